// The child process in which Coyote runs rewritten copies of what it explores. Started by the perfmodel command, not by a person.
using PerfModel.Scheduled.Canaries;
using PerfModel.Scheduled.Rewriting;

if (RewritingCheck.ComplaintAboutBuiltIn() is string complaint)
{
    Console.Error.WriteLine(complaint);
    return 2;
}
uint seed = args.Length > 1 ? uint.Parse(args[1]) : 0;
var clock = System.Diagnostics.Stopwatch.StartNew();
foreach (Sighting s in Aviary.RunCanaries(seed)) Console.WriteLine($"{(s.IsAsExpected ? "   " : "!!!")} {s}");
Console.WriteLine(clock.Elapsed);
foreach (Sighting s in Aviary.RunHoles(seed)) Console.WriteLine($"{(s.IsAsExpected ? "   " : "!!!")} {s}");
Console.WriteLine(clock.Elapsed);
return 0;
