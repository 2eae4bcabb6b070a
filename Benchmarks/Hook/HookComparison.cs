// Whether the hook costs anything in the shipped build, without a clock: the machine code of the library beside that of its copy without it.
using System.Diagnostics;
using System.Reflection;
using PerfModel.Implementation;

namespace PerfModel.Benchmarks.Hook;

/// <summary>Compares every method of <see cref="PerfEvents{THook}"/> and its nested types, compiled with all optimisations.</summary>
internal static class HookComparison
{
    /// <summary>Makes this program the child that only compiles.</summary>
    public const string CompileArgument = "--hook-compile";

    private const int ExitIdentical = 0;
    private const int ExitDifferent = 1;
    private const int ExitUnknown = 2;

    // Where a hook must be seen, or the comparison is blind: what each of these does begins with a shared access.
    private static readonly string[] MustDiffer =
    [
        "PerfEvents:Count(", "PerfEvents:OverflowOnce(", "PerfEvents:Pass(", "PerfEvents:Walk(", "PerfEvents:PassOver(", "PerfEvents:VisitFrom(", "PerfEvents:Visit(", "PerfEvents:Deliver(", "PerfEvents:Read(",
        "PerfEvents:Change(", "PerfEvents:ChangeFamily(", "PerfEvents:Inherit(", "PerfEvents:Sum(", "PerfEvents:Claim(", "PerfEvents:Close(", "PerfEvents+HandleTable:Find(", "PerfEvents+HandleTable:TryTake(",
        "PerfEvents+SharedLong:LoadAcquire(", "PerfEvents+SharedLong:StoreRelease(", "PerfEvents+SharedLong:CompareExchange(",
        "PerfEvents+SharedLong:Add(", "PerfEvents+SharedReference`1[System.__Canon]:LoadAcquire(",
        "PerfEvents+SharedReference`1[System.__Canon]:CompareExchange(", "PerfEvents+SharedReference`1[System.__Canon]:Exchange(",
    ];

    /// <summary>Compares and reports.</summary>
    /// <returns>The exit code: 0 identical; 1 different; 2 nothing can be said.</returns>
    public static int Run(TextWriter output)
    {
        if (typeof(PerfEvents).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true })
        {
            output.WriteLine("The library was built without optimisation, so this would not be the shipped code: build with -c Release.");
            return ExitUnknown;
        }

        MachineCode code = MachineCode.Parse(Compile());
        if (code.WithoutHook.Count == 0)
        {
            output.WriteLine("The JIT printed nothing: this needs a CoreCLR of .NET 8 or later.");
            return ExitUnknown;
        }

        // The control: a hook that does something. It shows which methods a hook stands in, and that this comparison sees one.
        HashSet<string> hooked = [.. Different(code.WithoutHook, code.Counting)];
        string[] unseen = [.. MustDiffer.Where(start => !hooked.Any(method => method.StartsWith(start, StringComparison.Ordinal)))];
        HashSet<string> different = [.. Different(code.WithoutHook, code.Shipped)];

        output.WriteLine("Instructions without hook, as shipped, and with a hook that counts, in each method in which a hook stands:");
        output.WriteLine();
        foreach (var method in hooked.Union(different).Order(StringComparer.Ordinal))
        {
            var verdict = different.Contains(method) ? "DIFFERENT" : "identical";
            output.WriteLine($"{Count(code.WithoutHook, method)} {Count(code.Shipped, method)} {Count(code.Counting, method)}  {verdict}  {method}");
        }

        foreach (var method in different.Order(StringComparer.Ordinal)) WriteDifference(output, code, method);
        output.WriteLine();
        output.WriteLine($"{code.WithoutHook.Count} methods, a hook stands in {hooked.Count}. As shipped {different.Count} differ from those without hook.");
        if (unseen.Length == 0) return different.Count == 0 ? ExitIdentical : ExitDifferent;
        output.WriteLine($"But the hook that counts was not seen in {string.Join(", ", unseen)}: the comparison says nothing.");
        return ExitUnknown;
    }

    /// <summary>What the JIT prints in a child process, as this one cannot change its JIT's settings any more.</summary>
    private static string Compile()
    {
        var printed = Path.GetTempFileName();
        try
        {
            ProcessStartInfo start = StartOfThisProgram(CompileArgument);

            // No tiers: what is compiled ahead of its first call is then optimised at once, and always in the same way. All that is
            // timed here is timed with the runtime's defaults.
            start.Environment["DOTNET_TieredCompilation"] = "0";
            start.Environment["DOTNET_JitDisasm"] = Subjects.Pattern;
            start.Environment["DOTNET_JitDisasmDiffable"] = "1"; // addresses are printed as one and the same number
            start.Environment["DOTNET_JitStdOutFile"] = printed;
            using Process child = Process.Start(start)!;
            child.WaitForExit();
            return child.ExitCode == 0
                ? File.ReadAllText(printed)
                : throw new InvalidOperationException($"the child that compiles ended with exit code {child.ExitCode}");
        }
        finally
        {
            File.Delete(printed);
        }
    }

    // This process is the program's own executable, or a `dotnet` that was given the assembly.
    private static ProcessStartInfo StartOfThisProgram(string argument)
    {
        var executable = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(executable) == "dotnet"
            ? new(executable, ["exec", typeof(HookComparison).Assembly.Location, argument])
            : new(executable, [argument]);
    }

    /// <summary>The methods that are not the same in both, or not in both.</summary>
    private static IEnumerable<string> Different(Dictionary<string, CompiledMethod> one, Dictionary<string, CompiledMethod> other) =>
        one.Keys.Union(other.Keys).Where(method => !one.TryGetValue(method, out CompiledMethod? a)
            || !other.TryGetValue(method, out CompiledMethod? b)
            || !a.Lines.SequenceEqual(b.Lines));

    private static string Count(Dictionary<string, CompiledMethod> system, string method) =>
        (system.TryGetValue(method, out CompiledMethod? compiled) ? $"{compiled.Instructions}" : "none").PadLeft(5);

    /// <summary>From the first line that differs to the last, of both.</summary>
    private static void WriteDifference(TextWriter output, MachineCode code, string method)
    {
        string[] without = code.WithoutHook.TryGetValue(method, out CompiledMethod? a) ? a.Lines : [];
        string[] shipped = code.Shipped.TryGetValue(method, out CompiledMethod? b) ? b.Lines : [];
        var shorter = Math.Min(without.Length, shipped.Length);
        var head = 0;
        while (head < shorter && without[head] == shipped[head]) head++;
        var tail = 0;
        while (tail < shorter - head && without[^(tail + 1)] == shipped[^(tail + 1)]) tail++;

        output.WriteLine();
        output.WriteLine($"{method}: equal up to line {head} and in the last {tail}; without hook (-) and shipped (+) between:");
        foreach (var line in without[head..^tail]) output.WriteLine($"- {line}");
        foreach (var line in shipped[head..^tail]) output.WriteLine($"+ {line}");
    }
}
