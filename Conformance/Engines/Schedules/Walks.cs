// Two schedulers that draw: a uniform random walk, and PCT (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010).
namespace PerfModel.Conformance.Schedules;

/// <summary>Draws one execution after another, and knows nothing of what it has not drawn.</summary>
internal abstract class Walk(ulong seed, int maxSteps) : ExplorationScheduler(maxSteps)
{
    /// <summary>How many steps the execution has taken.</summary>
    protected int Steps { get; private set; }

    /// <summary>The same seed draws the same.</summary>
    protected Random Random { get; } = new(unchecked((int)(seed ^ (seed >> 32))));

    /// <inheritdoc/>
    public override bool? IsExhaustive => null;

    /// <inheritdoc/>
    public override bool TryBegin()
    {
        Begin();
        Steps = 0;
        Reset();
        return true;
    }

    /// <inheritdoc/>
    public override bool TryRestart() => false;

    /// <inheritdoc/>
    public override int Next(ReadOnlySpan<PendingStep> pending) => Steps == MaxSteps ? GiveUp(ExecutionEnd.CutOff) : Draw(pending);

    /// <inheritdoc/>
    public override void Took(in TakenStep step) => Steps++;

    /// <summary>An execution begins; <see cref="Steps"/> are those of the one before.</summary>
    protected abstract void Begin();

    /// <summary>The thread whose step is next.</summary>
    protected abstract int Draw(ReadOnlySpan<PendingStep> pending);
}

/// <summary>Each step is that of a thread drawn among those that are alive.</summary>
internal sealed class RandomWalk(ulong seed, int maxSteps) : Walk(seed, maxSteps)
{
    /// <inheritdoc/>
    protected override void Begin()
    {
    }

    /// <inheritdoc/>
    protected override int Draw(ReadOnlySpan<PendingStep> pending)
    {
        var alive = 0;
        foreach (var one in pending)
            if (one.Alive) alive++;
        var drawn = Random.Next(alive);
        for (var thread = 0; ; thread++)
            if (pending[thread].Alive && drawn-- == 0) return thread;
    }
}

/// <summary>
/// The thread of the highest priority goes on. Priorities are drawn for each execution, and at a few drawn steps that of the thread which
/// runs falls below all: a race that takes d switches is found with a probability of at least 1 in n·k^(d-1), n threads and k steps.
/// </summary>
/// <param name="threads">How many threads.</param>
/// <param name="seed">The same seed draws the same.</param>
/// <param name="maxSteps">After how many steps an execution is cut off.</param>
/// <param name="depth">d: one more than the priorities that fall.</param>
internal sealed class PriorityWalk(int threads, ulong seed, int maxSteps, int depth = 3) : Walk(seed, maxSteps)
{
    private readonly int[] _priority = new int[threads];
    private readonly int[] _falls = new int[depth - 1];

    // Of the executions so far, the longest: k is not known beforehand.
    private int _longest = 16;

    /// <inheritdoc/>
    protected override void Begin()
    {
        _longest = Math.Max(_longest, Steps);
        for (var i = 0; i < threads; i++) _priority[i] = depth + i;
        Random.Shuffle(_priority);
        for (var i = 0; i < _falls.Length; i++) _falls[i] = Random.Next(_longest);
    }

    /// <inheritdoc/>
    protected override int Draw(ReadOnlySpan<PendingStep> pending)
    {
        var highest = Highest(pending);
        for (var i = 0; i < _falls.Length; i++)
            if (_falls[i] == Steps) _priority[highest] = i;
        return Highest(pending);
    }

    private int Highest(ReadOnlySpan<PendingStep> pending)
    {
        var highest = -1;
        for (var thread = 0; thread < pending.Length; thread++)
            if (pending[thread].Alive && (highest < 0 || _priority[thread] > _priority[highest])) highest = thread;
        return highest;
    }
}
