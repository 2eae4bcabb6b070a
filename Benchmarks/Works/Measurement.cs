// What is timed: a batch of operations that one call runs, and what must stand before it.
using System.Diagnostics;

namespace PerfModel.Benchmarks.Works;

/// <summary>What one sample saw.</summary>
/// <param name="Seconds">The time of the batches, without what prepared them.</param>
/// <param name="Operations">How many operations that were.</param>
/// <param name="Bytes">What the calling thread allocated in them.</param>
internal readonly record struct Sample(double Seconds, double Operations, long Bytes);

/// <summary>One column of one row, with its system set up.</summary>
internal abstract class Measurement : IDisposable
{
    /// <summary>How many operations one <see cref="Run"/> is.</summary>
    public abstract long Operations { get; }

    /// <summary>What is not timed: once before each <see cref="Run"/>.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>The batch.</summary>
    public abstract void Run();

    /// <summary>What is not timed: after a sample, so that nothing of it goes on in the next column's.</summary>
    public virtual void Settle()
    {
    }

    /// <summary>Times so many batches.</summary>
    public virtual Sample Take(int batches)
    {
        long ticks = 0, bytes = 0;
        for (var i = 0; i < batches; i++)
        {
            Prepare();
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            Run();
            ticks += Stopwatch.GetTimestamp() - start;
            bytes += GC.GetAllocatedBytesForCurrentThread() - allocated;
        }

        return new Sample((double)ticks / Stopwatch.Frequency, (double)batches * Operations, bytes);
    }

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>A loop in one thread.</summary>
/// <param name="operations">How many operations it is.</param>
/// <param name="loop">Runs it, and answers how many did what they should.</param>
/// <param name="expected">What it must answer; null if that is not fixed.</param>
/// <param name="prepare">What is not timed.</param>
/// <param name="owned">What ends with it.</param>
internal sealed class Loop(long operations, Func<long> loop, long? expected, Action? prepare = null, Subject? owned = null) : Measurement
{
    public override long Operations => operations;

    public override void Prepare() => prepare?.Invoke();

    public override void Run()
    {
        var done = loop();
        if (expected is { } required && done != required)
            throw new InvalidOperationException($"the loop did not do its work: {done} instead of {required}");
    }

    public override void Settle() => owned?.Settle();

    public override void Dispose() => owned?.Dispose();
}

/// <summary>What so many things keep alive, instead of what they take: seen by two full collections, before and after.</summary>
/// <param name="count">How many things.</param>
/// <param name="prepare">Makes what they are to be in.</param>
/// <param name="build">Makes them.</param>
internal sealed class Held(long count, Func<object> prepare, Action<object> build) : Measurement
{
    public override long Operations => count;

    public override void Run() => build(prepare());

    public override Sample Take(int batches)
    {
        var inside = prepare();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        build(inside);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(inside);

        // No time: it would be that of the collections.
        return new Sample(Seconds: 1, count, after - before);
    }

    public override void Dispose()
    {
        // The garbage collector has it.
    }
}
