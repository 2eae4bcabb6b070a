// Runs litmus tests on real threads: all released at each instance together, and nothing between them and the memory but the subject.
using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using PerfModel.Conformance.Subjects;
using PerfModel.Model;

namespace PerfModel.Conformance.Litmus;

/// <summary>How often an outcome was seen.</summary>
internal sealed record LitmusCount(LitmusOutcome Outcome, long Count);

/// <summary>What a litmus test showed.</summary>
/// <param name="Test">The test.</param>
/// <param name="Iterations">How many instances ran.</param>
/// <param name="Counts">Every outcome that is listed or was seen, in the order of the list.</param>
internal sealed record LitmusReport(LitmusTest Test, long Iterations, ImmutableArray<LitmusCount> Counts)
{
    /// <summary>The forbidden outcomes that were seen.</summary>
    public IEnumerable<LitmusCount> Forbidden => Counts.Where(count => count.Count > 0 && count.Outcome.Class == LitmusClass.Forbidden);

    /// <summary>The outcomes that had to be seen and were not.</summary>
    public IEnumerable<LitmusCount> Missing => Counts.Where(count => count.Count == 0 && count.Outcome.Class == LitmusClass.Required);

    /// <summary>What it shows of the subject; and what had to be seen and was not, of the machine.</summary>
    public Verdict Verdict => Forbidden.Any() ? Verdict.Violates : Missing.Any() || Iterations == 0 ? Verdict.Inconclusive : Verdict.Conforms;
}

/// <summary>
/// The runner. Before each instance the threads wait for one another by spinning on each other's number, then for one moment of the clock, then
/// for a drawn number of turns each, so that each step of one meets each step of the others. What is measured is the machine: the same
/// seed does not give the same counts.
/// </summary>
internal sealed class LitmusRunner
{
    // So many instances are made at once: between them no thread waits for more than its partners.
    private const int Batch = 256;

    // The longest delay, as a power of two. The calls of one thread take a few hundred nanoseconds, a turn one or two.
    private const int MostTurns = 10;

    // From the moment when all have come until they go: longer than it takes to hear of it.
    private static readonly long Notice = Math.Max(1, Stopwatch.Frequency / 4_000_000);

    // Numbers of two threads never share a cache line.
    private const int Apart = 8;

    private readonly LitmusBody _body;
    private readonly long[] _arrived;
    private readonly ulong _seed;
    private int _instances;
    private long _moment;
    private long _set;

    private LitmusRunner(LitmusBody body, ulong seed)
    {
        _body = body;
        _seed = seed;
        _arrived = new long[body.Threads * Apart];
    }

    /// <summary>Runs a test so many times, or until a forbidden outcome was seen, if that is enough.</summary>
    public static LitmusReport Run(LitmusTest test, Func<Declaration, ISubject> create, long iterations, ulong seed, bool untilForbidden = false, CancellationToken cancelled = default)
    {
        var seen = new Dictionary<string, long>();
        var ran = new LitmusRunner(test.Body(create), seed).Run(iterations, seen, () => cancelled.IsCancellationRequested || (untilForbidden && seen.Keys.Any(outcome => test.Classify(outcome).Class == LitmusClass.Forbidden)));
        return new LitmusReport(test, ran,
        [
            .. test.Outcomes.Select(outcome => new LitmusCount(outcome, seen.GetValueOrDefault(outcome.Outcome))),
            .. seen.Where(one => test.Outcomes.All(outcome => outcome.Outcome != one.Key)).OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => new LitmusCount(test.Classify(one.Key), one.Value)),
        ]);
    }

    private long Run(long iterations, Dictionary<string, long> seen, Func<bool> enough)
    {
        long done = 0;
        var others = Enumerable.Range(1, _body.Threads - 1).Select(thread => new Thread(() => Work(thread)) { IsBackground = true, Name = $"litmus {thread}" }).ToList();
        var batch = 0;
        others.ForEach(thread => thread.Start());
        while (done < iterations && !enough())
        {
            _instances = (int)Math.Min(Batch, iterations - done);
            _body.Allocate(_instances);
            // The others wait for this number: it publishes the instances.
            Play(0, ++batch);
            Meet(0, Last(batch));
            for (var i = 0; i < _instances; i++)
            {
                var outcome = _body.Outcome(i);
                seen[outcome] = seen.GetValueOrDefault(outcome) + 1;
            }

            done += _instances;
        }

        Volatile.Write(ref _arrived[0], long.MaxValue);
        others.ForEach(thread => thread.Join());
        return done;
    }

    // Each batch has numbers of its own: for its beginning, for when all is prepared, for each instance, and for its end.
    private static long First(int batch) => (long)batch * (Batch + 3);

    private static long Last(int batch) => First(batch) + Batch + 2;

    private void Work(int thread)
    {
        for (var batch = 1; ; batch++)
        {
            var spin = new SpinWait();
            while (Volatile.Read(ref _arrived[0]) < First(batch)) spin.SpinOnce(sleep1Threshold: -1);
            if (Volatile.Read(ref _arrived[0]) == long.MaxValue) return;
            Play(thread, batch);
            Meet(thread, Last(batch));
        }
    }

    private void Play(int thread, int batch)
    {
        var random = (uint)(_seed * 2654435761 + (ulong)(batch * 16 + thread) * 40503 + 1);
        Meet(thread, First(batch));
        var instances = _instances;
        for (var i = thread; i < instances; i += _body.Threads) _body.Prepare(i);
        Meet(thread, First(batch) + 1);
        for (var i = 0; i < instances; i++)
        {
            random = random * 1664525 + 1013904223;
            // Short delays as often as long ones.
            var turns = (random >> 8) % (1u << (int)((random >> 20) % (MostTurns + 1)));
            Go(thread, First(batch) + 2 + i);
            Turn(turns);
            _body.Run(thread, i);
        }
    }

    // Says that this thread has come so far, and waits until all have.
    private void Meet(int thread, long number)
    {
        Volatile.Write(ref _arrived[thread * Apart], number);
        for (var other = 0; other < _arrived.Length; other += Apart) Await(ref _arrived[other], number);
    }

    private static void Await(ref long place, long number)
    {
        var turns = 0;
        while (Volatile.Read(ref place) < number)
        {
            // Whoever is waited for has no processor: it gets this one.
            if (++turns % 1000 == 0) Thread.Yield();
        }
    }

    // The same, and then until a moment that the first thread sets.
    private void Go(int thread, long number)
    {
        Meet(thread, number);
        if (thread == 0)
        {
            _moment = Stopwatch.GetTimestamp() + Notice;
            Volatile.Write(ref _set, number);
        }

        Await(ref _set, number);
        var moment = _moment;
        while (Stopwatch.GetTimestamp() < moment)
        {
        }
    }

    // Each turn needs the one before, so that no compiler leaves any out.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint Turn(uint turns)
    {
        var x = turns;
        for (var i = 0u; i < turns; i++) x = x * 1664525 + 1013904223;
        return x;
    }
}
