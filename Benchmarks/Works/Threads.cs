// Batches that several threads run at once, from one instant on; and a batch beside which another thread is busy.
namespace PerfModel.Benchmarks.Works;

/// <summary>So many threads, each with its own batch; timed from when all are let go to when the last is done.</summary>
/// <param name="subject">The system they share; null if they share none.</param>
/// <param name="operations">Of one batch.</param>
/// <param name="batches">What each thread runs; it answers how many operations did what they should.</param>
/// <param name="prepare">What is not timed.</param>
/// <remarks>
/// The threads are started anew for each run, before the clock is, and wait in a spin: so none is there to disturb the next column. The
/// caller is the first of them.
/// </remarks>
internal sealed class Together(Subject? subject, long operations, Func<long>[] batches, Action prepare) : Measurement
{
    private readonly long[] _done = new long[batches.Length];
    private int _ready;
    private int _go;
    private int _finished;

    public override long Operations => operations * batches.Length;

    public override void Prepare()
    {
        prepare();
        _ready = _go = _finished = 0;
        for (var i = 1; i < batches.Length; i++)
        {
            var number = i;
            new Thread(() => RunOne(number)) { IsBackground = true }.Start();
        }

        Spin.Until(() => Volatile.Read(ref _ready) == batches.Length - 1);
    }

    public override void Run()
    {
        Volatile.Write(ref _go, 1);
        _done[0] = batches[0]();
        Spin.Until(() => Volatile.Read(ref _finished) == batches.Length - 1);
        if (_done.Any(done => done != operations)) throw new InvalidOperationException("a thread did not do its work");
    }

    public override void Settle() => subject?.Settle();

    public override void Dispose() => subject?.Dispose();

    private void RunOne(int number)
    {
        subject?.EnterThread();
        Interlocked.Increment(ref _ready);
        Spin.Until(() => Volatile.Read(ref _go) == 1);
        _done[number] = batches[number]();
        Interlocked.Increment(ref _finished);
        subject?.LeaveThread();
    }
}

/// <summary>A loop in this thread while another thread repeats something else as fast as it can.</summary>
/// <param name="subject">The system they share.</param>
/// <param name="operations">Of the loop.</param>
/// <param name="loop">What is timed; it answers how many operations did what they should.</param>
/// <param name="beside">What the other thread repeats; some microseconds, as it ends only after it.</param>
internal sealed class Beside(Subject subject, long operations, Func<long> loop, Action beside) : Measurement
{
    private int _running;
    private int _stop;

    public override long Operations => operations;

    public override void Prepare()
    {
        Spin.Until(() => Volatile.Read(ref _running) == 0); // that of the last run
        _stop = 0;
        new Thread(Repeat) { IsBackground = true }.Start();
        Spin.Until(() => Volatile.Read(ref _running) == 1);
    }

    public override void Run()
    {
        var done = loop();
        Volatile.Write(ref _stop, 1);
        if (done != operations) throw new InvalidOperationException($"the loop did not do its work: {done} instead of {operations}");
    }

    public override void Settle()
    {
        Spin.Until(() => Volatile.Read(ref _running) == 0);
        subject.Settle();
    }

    public override void Dispose()
    {
        Volatile.Write(ref _stop, 1);
        Spin.Until(() => Volatile.Read(ref _running) == 0);
        subject.Dispose();
    }

    private void Repeat()
    {
        subject.EnterThread();
        beside();
        Volatile.Write(ref _running, 1);
        while (Volatile.Read(ref _stop) == 0) beside();
        subject.LeaveThread();
        Volatile.Write(ref _running, 0);
    }
}

/// <summary>Waits without the kernel, as what is waited for is some microseconds away; gives way if it is not.</summary>
internal static class Spin
{
    /// <summary>Returns when the condition is true.</summary>
    public static void Until(Func<bool> condition)
    {
        for (var i = 1; !condition(); i++)
            if (i % 4096 == 0) Thread.Yield();
    }
}
