// Records calls and returns as real threads report them, the call before it is made and the return after.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Histories;

/// <summary>
/// For real threads: a stamp before each call and one after each return, from one counter, so that the order of two stamps is
/// an order in real time. Each thread writes to a buffer of its own, made beforehand; nothing is allocated while threads run.
/// </summary>
/// <remarks>
/// A stamp is an interlocked operation, hence a full fence on either side of every call, and all threads meet at its counter.
/// Reorderings between two calls of one thread cannot be seen through it, and overlaps get rarer. Litmus tests run unstamped.
/// </remarks>
public sealed class StampedRecorder
{
    private readonly Buffer[] _buffers;
    private long _clock;

    /// <summary>Room for so many calls of each of so many threads.</summary>
    public StampedRecorder(int threads, int callsPerThread) =>
        _buffers = [.. Enumerable.Range(0, threads).Select(_ => new Buffer(callsPerThread))];

    /// <summary>Every call and return so far, in order. To be asked when no thread reports any more.</summary>
    public ImmutableArray<HistoryEvent> Events =>
    [
        .. _buffers.SelectMany((buffer, thread) => buffer.Calls.Take(buffer.Begun).SelectMany(call => call.Returned == 0
                ? new[] { (call.Called, new HistoryEvent(thread, call.Operation, null)) }
                : [(call.Called, new HistoryEvent(thread, call.Operation, null)), (call.Returned, new HistoryEvent(thread, null, call.Result))]))
            .OrderBy(stamped => stamped.Item1)
            .Select(stamped => stamped.Item2),
    ];

    /// <summary>A thread is about to call.</summary>
    /// <exception cref="IndexOutOfRangeException">The thread made more calls than there is room for.</exception>
    public void Call(int thread, Operation operation)
    {
        var buffer = _buffers[thread];
        ref var call = ref buffer.Calls[buffer.Begun++];
        call.Operation = operation;
        call.Called = Interlocked.Increment(ref _clock);
    }

    /// <summary>A thread's call has returned.</summary>
    public void Return(int thread, Result result)
    {
        // The stamp first: nothing of the recorder may stand between the return and its stamp.
        var returned = Interlocked.Increment(ref _clock);
        var buffer = _buffers[thread];
        ref var call = ref buffer.Calls[buffer.Begun - 1];
        call.Result = result;
        call.Returned = returned;
    }

    private struct Stamped
    {
        public Operation Operation;
        public Result Result;
        public long Called;
        public long Returned;
    }

    /// <summary>One thread's calls. An object of its own, and an array: threads share no line of cache but by bad luck at the ends.</summary>
    private sealed class Buffer(int calls)
    {
        public readonly Stamped[] Calls = new Stamped[calls];
        public int Begun;
    }
}
