// What explore prints, and the same as JSON.
using System.Collections.Immutable;
using System.Globalization;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Scheduled;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using Failure = PerfModel.Conformance.Checks.Failure;

namespace PerfModel.Conformance.Command;

/// <summary>What an exploration came to.</summary>
internal sealed record Explored(
    string? Scenario, string Subject, Dialect Dialect, string Strategy, ulong Seed, Document? Program, OutcomeSet? Allowed,
    ImmutableArray<OutcomeCount> Outcomes, ImmutableArray<(Failure Failure, string File)> Failures)
{
    public long Schedules { get; init; }

    public long Programs { get; init; }

    public long DistinctOutcomes { get; init; }

    public double Seconds { get; init; }

    public long Unknown { get; init; }

    public ImmutableArray<string> BlindTo { get; init; } = [];

    public string? Remark { get; init; }

    private double SchedulesPerSecond => Seconds > 0 ? Schedules / Seconds : 0;

    private string Verdict => !Failures.IsEmpty ? "violates" : Unknown > 0 || !BlindTo.IsEmpty || Schedules == 0 || Remark is not null ? "inconclusive" : "conforms";

    /// <summary>Prints it and answers the exit code.</summary>
    public int Write(bool json)
    {
        if (json) Output.WriteJson(ToJson());
        else WriteText();
        return Verdict switch { "conforms" => Exit.Conforms, "violates" => Exit.Violates, _ => Exit.Inconclusive };
    }

    private object ToJson() => new
    {
        verdict = Verdict,
        subject = Subject,
        scenario = Scenario,
        dialect = Dialect.ToString(),
        strategy = Strategy,
        seed = Seed,
        iterations = Schedules,
        programs = Programs,
        schedulesPerSecond = Math.Round(SchedulesPerSecond),
        blindTo = BlindTo,
        remark = Remark,
        outcomes = Outcomes.Select(outcome => new { outcome = outcome.Text, count = outcome.Count, verdict = outcome.Verdict, allowed = Allowed?.All.ContainsKey(outcome.Text) }),
        allowed = Allowed is null ? null : new { complete = Allowed.Complete, outcomes = Allowed.All.Keys },
        failures = Failures.Select(failure => new
        {
            rules = failure.Failure.Rules.Rules.Select(rule => rule.ToString()),
            foundAfter = failure.Failure.FoundAfter,
            file = failure.File,
            replay = Workplace.ReplayLine(failure.File),
            page = failure.Failure.Page(Workplace.ReplayLine(failure.File)),
        }),
    };

    private void WriteText()
    {
        if (Program is not null && Allowed is not null)
        {
            Console.WriteLine($"{Scenario}: {Program.Title} ({Dialect})");
            WriteProgram(Program);
            Console.WriteLine();
            Console.WriteLine("  schedules  the model  outcome");
            foreach (var outcome in Outcomes)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{outcome.Count,11:N0}  {(outcome.Verdict == "violates" ? "FORBIDS" : Allowed.All.ContainsKey(outcome.Text) ? "allows" : "forbids"),-9}  {outcome.Text}"));
            foreach (var unseen in Allowed.All.Keys.Except(Outcomes.Select(outcome => outcome.Text)))
                Console.WriteLine($"{"-",11}  {"allows",-9}  {unseen}");
            Console.WriteLine();
        }

        foreach (var (failure, file) in Failures)
        {
            Console.WriteLine(failure.Page(Workplace.ReplayLine(file)).TrimEnd());
            Console.WriteLine();
        }

        if (!BlindTo.IsEmpty) Console.WriteLine($"blind: {string.Join("; ", BlindTo)}");
        if (Remark is not null) Console.WriteLine($"remark: {Remark}");
        var what = Scenario is null ? string.Create(CultureInfo.InvariantCulture, $"{Programs:N0} programs, {DistinctOutcomes:N0} distinct outcomes, ") : "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Subject} {Verdict}: {what}{Schedules:N0} schedules, {SchedulesPerSecond:N0} schedules/s, strategy {Strategy}, seed {Seed}"));
    }

    private static void WriteProgram(Document program)
    {
        foreach (var line in program.Setup) Console.WriteLine($"  {line.Operation}");
        for (var thread = 0; thread < program.Threads.Length; thread++)
            Console.WriteLine($"  thread {ProgramThread.Name(thread)}: {string.Join("; ", program.Threads[thread].Lines.Select(line => line.Operation))}");
        if (!program.After.IsEmpty) Console.WriteLine($"  after: {string.Join("; ", program.After.Select(line => line.Operation))}");
    }
}
