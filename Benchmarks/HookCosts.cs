// Times the shipped library beside its copy without the hook, in one run: the ratio is the price of the hook.
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace PerfModel.Benchmarks;

/// <summary>Each operation twice, the copy without the hook as the baseline.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
[MedianColumn]
[CategoriesColumn]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[HideColumns(Column.Error)]
public class HookCosts
{
    private readonly Implementation.Benchmarked.Workload _shipped = new();
    private readonly WithoutHook.Benchmarked.Workload _withoutHook = new();

    /// <summary>Runs them all, or those that BenchmarkDotNet's own arguments pick.</summary>
    /// <returns>False if one did not run.</returns>
    public static bool Run(string[] arguments)
    {
        // In this process: nothing is built for it, and both copies meet the same heap and the same moment of the machine.
        Summary summary = BenchmarkRunner.Run<HookCosts>(args: [.. arguments, "--inProcess"]);
        return !summary.HasCriticalValidationErrors && summary.Reports.Length > 0 && summary.Reports.All(report => report.Success);
    }

    [Benchmark(Baseline = true, Description = "without hook"), BenchmarkCategory("Overflow, no target")]
    public long WithoutHookOverflow0() => _withoutHook.OverflowWithoutTargets();

    [Benchmark(Description = "shipped"), BenchmarkCategory("Overflow, no target")]
    public long ShippedOverflow0() => _shipped.OverflowWithoutTargets();

    [Benchmark(Baseline = true, Description = "without hook"), BenchmarkCategory("Overflow, 1 target")]
    public long WithoutHookOverflow1() => _withoutHook.OverflowWithOneTarget();

    [Benchmark(Description = "shipped"), BenchmarkCategory("Overflow, 1 target")]
    public long ShippedOverflow1() => _shipped.OverflowWithOneTarget();

    [Benchmark(Baseline = true, Description = "without hook"), BenchmarkCategory("Overflow, 16 targets")]
    public long WithoutHookOverflow16() => _withoutHook.OverflowWithManyTargets();

    [Benchmark(Description = "shipped"), BenchmarkCategory("Overflow, 16 targets")]
    public long ShippedOverflow16() => _shipped.OverflowWithManyTargets();

    [Benchmark(Baseline = true, Description = "without hook"), BenchmarkCategory("Tick, not crossing")]
    public long WithoutHookTick() => _withoutHook.Tick();

    [Benchmark(Description = "shipped"), BenchmarkCategory("Tick, not crossing")]
    public long ShippedTick() => _shipped.Tick();

    [Benchmark(Baseline = true, Description = "without hook"), BenchmarkCategory("Count")]
    public long WithoutHookCount() => _withoutHook.Count();

    [Benchmark(Description = "shipped"), BenchmarkCategory("Count")]
    public long ShippedCount() => _shipped.Count();

    [Benchmark(Baseline = true, Description = "without hook"), BenchmarkCategory("Open, SetStarter, Close")]
    public WithoutHook.Errno WithoutHookOpenLinkClose() => _withoutHook.OpenLinkClose();

    [Benchmark(Description = "shipped"), BenchmarkCategory("Open, SetStarter, Close")]
    public Implementation.Errno ShippedOpenLinkClose() => _shipped.OpenLinkClose();
}
