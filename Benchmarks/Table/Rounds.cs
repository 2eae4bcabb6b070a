// Measures the columns of a row in turn, round after round, so that whatever slows the machine down slows them all.
using System.Diagnostics;
using System.Runtime;
using PerfModel.Benchmarks.Works;

namespace PerfModel.Benchmarks.Table;

/// <summary>What was seen of a row: for each column the samples of its rounds, in the order of the rounds.</summary>
internal sealed record Seen(Row Row, IReadOnlyDictionary<string, Sample[]> Samples)
{
    /// <summary>The number of a column: the median of its rounds; null if the column is not there.</summary>
    public double? Value(string column) =>
        Samples.TryGetValue(column, out Sample[]? samples) ? Spread.Of(samples.Select(Row.Unit.Of)).Median : null;

    /// <summary>What the calling thread allocated per operation; null if other threads, a child or native code did the work.</summary>
    public double? Bytes(string column) => Row.Threads > 1 || column == Columns.AsPosted || (Row.Once && !Row.Unit.IsBytes) || !Samples.TryGetValue(column, out Sample[]? samples)
        ? null
        : samples.Sum(sample => (double)sample.Bytes) / samples.Sum(sample => sample.Operations);

    /// <summary>Ours over another column, as it was in each round; null if the other is not there.</summary>
    public Spread? RatioTo(string column)
    {
        if (!Samples.TryGetValue(column, out Sample[]? other) || !Samples.TryGetValue(Columns.Ours, out Sample[]? ours)) return null;
        return Spread.Of(ours.Zip(other, (mine, theirs) => Row.Unit.Of(mine) / Row.Unit.Of(theirs)));
    }
}

/// <summary>The middle of some numbers, and the quartiles around it.</summary>
internal readonly record struct Spread(double Low, double Median, double High)
{
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new(At(0.25), At(0.5), At(0.75));

        double At(double part)
        {
            var place = part * (sorted.Length - 1);
            var below = (int)place;
            return below + 1 == sorted.Length ? sorted[below] : sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below]));
        }
    }
}

/// <summary>How long things take.</summary>
/// <param name="Count">How many rounds.</param>
internal sealed record Rounds(int Count = Rounds.Default)
{
    public const int Default = 9;

    private const int MostIfReported = 5;

    private static readonly TimeSpan LengthOfSample = TimeSpan.FromMilliseconds(6);
    private static readonly TimeSpan MostOfSample = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan LeastWarmUp = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan MostWarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(150);

    /// <summary>Sets all columns up, warms them up, measures them, ends them.</summary>
    public Seen Measure(Row row, CancellationToken stop)
    {
        List<(string Name, Measurement Measurement)> started = [];
        try
        {
            foreach (Column column in row.Columns) started.Add((column.Name, column.Start()));
            var rounds = RoundsOf(row);
            if (!row.Once) WarmUp([.. started.Select(column => column.Measurement)], stop);
            int[] batches = [.. started.Select(column => row.Once ? 1 : Batches(column.Measurement))];
            var samples = started.ToDictionary(column => column.Name, _ => new Sample[rounds]);

            GC.Collect();
            for (var round = 0; round < rounds; round++)
            {
                stop.ThrowIfCancellationRequested();
                for (var i = 0; i < started.Count; i++)
                {
                    // Another one begins each round, as the first may be paying for what was before the round.
                    var turn = (i + round) % started.Count;
                    samples[started[turn].Name][round] = started[turn].Measurement.Take(batches[turn]);
                    started[turn].Measurement.Settle();
                }
            }

            // A child that was interrupted with us answers too early.
            stop.ThrowIfCancellationRequested();
            return new(row, samples);
        }
        finally
        {
            foreach ((_, Measurement measurement) in started) measurement.Dispose();
        }
    }

    // What is only reported is measured less often.
    private int RoundsOf(Row row) => row.Once ? 1 : row.Goals.Length == 0 ? Math.Min(Count, MostIfReported) : Count;

    /// <summary>Runs all in turn until the JIT has had nothing to compile for longer than it waits between its tiers, which is 100 ms.</summary>
    private static void WarmUp(Measurement[] measurements, CancellationToken stop)
    {
        var all = Stopwatch.StartNew();
        var sinceLast = Stopwatch.StartNew();
        var compiled = JitInfo.GetCompiledMethodCount();
        while (all.Elapsed < LeastWarmUp || (sinceLast.Elapsed < Quiet && all.Elapsed < MostWarmUp))
        {
            stop.ThrowIfCancellationRequested();
            foreach (Measurement measurement in measurements) measurement.Take(1);
            var now = JitInfo.GetCompiledMethodCount();
            if (now == compiled) continue;
            compiled = now;
            sinceLast.Restart();
        }
    }

    /// <summary>How many batches are one sample.</summary>
    private static int Batches(Measurement measurement)
    {
        // The fastest of some: one that was interrupted would make the samples too short. What prepares a batch may take far longer
        // than the batch; it is not timed, but it is waited for.
        var fastest = double.MaxValue;
        var all = Stopwatch.StartNew();
        for (var i = 0; i < 3; i++) fastest = Math.Min(fastest, measurement.Take(1).Seconds);
        var most = Math.Max(1, (int)(MostOfSample / (all.Elapsed / 3)));
        return Math.Clamp((int)Math.Ceiling(LengthOfSample.TotalSeconds / fastest), 1, most);
    }
}
