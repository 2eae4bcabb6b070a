// BenchmarkDotNet with its usual switches, in this process.
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace PerfModel.Benchmarks.Classes;

/// <summary>All benchmark classes, or what the arguments pick of them.</summary>
internal static class BenchmarkDotNetCommand
{
    private const int ExitDone = 0;
    private const int ExitFailed = 1;
    private const int ExitBadInput = 2;

    // After these BenchmarkDotNet prints what it was asked for, and runs nothing.
    private static readonly string[] RunNothing = ["--help", "--version", "--info", "--list", "-h"];

    /// <summary>Runs them.</summary>
    /// <returns>0; 1 if one did not run; 2 if there was nothing to run.</returns>
    public static int Run(string[] arguments)
    {
        Type[] classes = [.. typeof(WorkBenchmarks).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(WorkBenchmarks)) && !type.IsAbstract)
            .OrderBy(type => type.Name, StringComparer.Ordinal)];

        // In this process: nothing is built for it, and the native peer is loaded once.
        Summary[] summaries = BenchmarkRunner.Run(classes, config: null, [.. arguments, "--inProcess", "--join"]);
        if (arguments.Any(RunNothing.Contains)) return ExitDone;
        BenchmarkReport[] reports = [.. summaries.SelectMany(summary => summary.Reports)];
        if (reports.Length > 0)
            return reports.All(report => report.Success) && !summaries.Any(summary => summary.HasCriticalValidationErrors) ? ExitDone : ExitFailed;
        Console.Error.WriteLine($"no benchmark was run by these arguments: {string.Join(' ', arguments)}; --list flat names them all");
        return ExitBadInput;
    }
}
