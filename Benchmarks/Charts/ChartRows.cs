// What is drawn, and the rows that it takes: those of the table, and some sizes and numbers of threads between.
using PerfModel.Benchmarks.Works;

namespace PerfModel.Benchmarks.Charts;

/// <summary>One chart: a line for each column, from the rows of some works.</summary>
/// <param name="File">Its name without extension.</param>
/// <param name="Title">What it shows.</param>
/// <param name="X">What goes to the right.</param>
/// <param name="Y">What goes up.</param>
/// <param name="AgainstThreads">Whether it is threads that go to the right, and not targets.</param>
/// <param name="IsLogarithmic">Whether up is logarithmic.</param>
/// <param name="Rows">Its rows.</param>
internal sealed record Chart(string File, string Title, string X, string Y, bool AgainstThreads, bool IsLogarithmic, Row[] Rows);

/// <summary>The charts.</summary>
internal static class ChartRows
{
    private static readonly int[] LinkSizes = [1, 64, 1024];

    // One more than this machine has shows nothing but the scheduler.
    private static int[] Threads => [.. Enumerable.Range(0, 8).Select(i => 1 << i).Where(n => n <= Math.Max(2, Environment.ProcessorCount))];

    /// <summary>Each chart.</summary>
    public static Chart[] Charts() =>
    [
        new("overflow", "Overflow, nothing flips", "targets", "ns per target", AgainstThreads: false, IsLogarithmic: true,
            [.. Catalogue.OverflowSizes.Select(n => Catalogue.Still(n, shuffled: false)), .. Scale.OverflowSizes.Select(Scale.Overflow)]),
        new("overflow-flips", "Overflow, all flip", "targets", "ns per target", AgainstThreads: false, IsLogarithmic: false,
            [.. Catalogue.OverflowSizes.Select(Catalogue.Flipping)]),
        new("link-and-close", "SetStarter + Close of a target", "targets that stay", "ns", AgainstThreads: false, IsLogarithmic: true,
            [.. Catalogue.LinkSizes.Where(n => n > 0).Concat(LinkSizes).Select(Catalogue.Linking)]),
        new("threads-one-trigger", "SetStarter + Close, one trigger for all threads", "threads", "M pairs/s", AgainstThreads: true, IsLogarithmic: false,
            [.. Threads.Select(n => Catalogue.Together(Catalogue.LinkAndCloseOneTrigger, n, ownTriggers: false))]),
        new("threads-own-triggers", "SetStarter + Close, a trigger for each thread", "threads", "M pairs/s", AgainstThreads: true, IsLogarithmic: false,
            [.. Threads.Select(n => Catalogue.Together(Catalogue.LinkAndCloseOwnTriggers, n, ownTriggers: true))]),
    ];

    /// <summary>The rows of all charts.</summary>
    public static IEnumerable<Row> All() => Charts().SelectMany(chart => chart.Rows);
}
