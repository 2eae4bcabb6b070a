// Two schedulers that draw: a uniform random walk, and PCT (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010).
namespace PerfModel.Conformance.Schedules;

/// <summary>Each step is that of a thread drawn among those that are alive.</summary>
public sealed class RandomWalk(ulong seed) : IDrawingScheduler
{
    private readonly Random _random = new(unchecked((int)(seed ^ (seed >> 32))));

    /// <inheritdoc/>
    public void Begin()
    {
    }

    /// <inheritdoc/>
    public int Next(ReadOnlySpan<PendingStep> pending)
    {
        var alive = 0;
        foreach (var one in pending)
            if (one.Alive) alive++;
        var drawn = _random.Next(alive);
        for (var thread = 0; ; thread++)
            if (pending[thread].Alive && drawn-- == 0) return thread;
    }

    /// <inheritdoc/>
    public void Took(in TakenStep step)
    {
    }
}

/// <summary>
/// The thread of the highest priority goes on. Priorities are drawn for each execution, and at a few drawn steps that of the thread which
/// runs falls below all: a race that takes d switches is found with a probability of at least 1 in n·k^(d-1), n threads and k steps.
/// </summary>
/// <param name="threads">How many threads.</param>
/// <param name="seed">The same seed draws the same.</param>
/// <param name="depth">d: one more than the priorities that fall.</param>
public sealed class PriorityWalk(int threads, ulong seed, int depth = 3) : IDrawingScheduler
{
    private readonly Random _random = new(unchecked((int)(seed ^ (seed >> 32))));
    private readonly int[] _priority = new int[threads];
    private readonly int[] _falls = new int[depth - 1];
    private int _step;

    // Of the executions so far, the longest: k is not known beforehand.
    private int _longest = 16;

    /// <inheritdoc/>
    public void Begin()
    {
        _longest = Math.Max(_longest, _step);
        _step = 0;
        for (var i = 0; i < threads; i++) _priority[i] = depth + i;
        _random.Shuffle(_priority);
        for (var i = 0; i < _falls.Length; i++) _falls[i] = _random.Next(_longest);
    }

    /// <inheritdoc/>
    public int Next(ReadOnlySpan<PendingStep> pending)
    {
        var highest = Highest(pending);
        for (var i = 0; i < _falls.Length; i++)
            if (_falls[i] == _step) _priority[highest] = i;
        return Highest(pending);
    }

    /// <inheritdoc/>
    public void Took(in TakenStep step) => _step++;

    private int Highest(ReadOnlySpan<PendingStep> pending)
    {
        var highest = -1;
        for (var thread = 0; thread < pending.Length; thread++)
            if (pending[thread].Alive && (highest < 0 || _priority[thread] > _priority[highest])) highest = thread;
        return highest;
    }
}
