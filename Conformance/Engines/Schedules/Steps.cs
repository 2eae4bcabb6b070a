// What the depth-first scheduler knows of a program: whose step touches which location, whether it writes there, and where calls begin and end.
namespace PerfModel.Conformance.Schedules;

/// <summary>What a parked thread will do next, as far as that can be known before it is done.</summary>
/// <param name="Alive">Whether the thread has a next step, and can take it: it does not wait for a lock.</param>
/// <param name="Location">The location that it will touch; 0 is none.</param>
internal readonly record struct PendingStep(bool Alive, nint Location);

/// <summary>A step that was taken: one access to shared state, and all that the thread did until its next.</summary>
/// <param name="Thread">Whose step it was.</param>
/// <param name="Location">The location that it touched; 0 is none. It names the location within one execution only.</param>
/// <param name="Writes">Whether it stored. A compare-exchange that failed did not: it is a read.</param>
/// <param name="Begins">Whether a call begins with it.</param>
/// <param name="Ends">Whether a call ends with it.</param>
internal readonly record struct TakenStep(int Thread, nint Location, bool Writes, bool Begins = false, bool Ends = false)
{
    /// <summary>Whether it had to wait, or would have had to in another state.</summary>
    public bool Waits { get; init; }

    /// <summary>Whether it took a lock, which is its location.</summary>
    public bool Locks { get; init; }

    /// <summary>The lock that was given back in what the thread did after the access; 0 is none.</summary>
    public nint Frees { get; init; }

    /*
     * DEPENDENT STEPS, and why histories lose nothing by the reduction.
     *
     * Two steps of different threads that are not dependent can be swapped where they are neighbours, and nobody can tell: both
     * threads see what they saw, and the state after them is the same. Executions that differ in such swaps only are equivalent (a
     * Mazurkiewicz trace); one of each is enough.
     *
     * - Two accesses to one location of which one stores.
     * - The end of a call and the beginning of another thread's call: what the judge of histories sees beside the answers is which
     *   calls had returned before which were made (rule 7.1). So the order of such a pair must survive a swap. Two ends, or two
     *   beginnings, may swap: no judge asks for their order.
     *
     * A call is taken to begin with its first access, and to end with its last. Its true call comes earlier and its true return later,
     * by code that touches nothing shared. So every true history has the order in time of the one that is judged, or less of it, and
     * an order of atomic steps that explains the judged one explains the true one. And the judged one can be true: nothing need
     * come between. So no violation is lost, and none invented. To make calls and returns steps of their own would cost many more
     * traces, and show histories that ask for less.
     *
     * To take a lock is an access that stores. A thread that waits for one has no step. To give one back is no access: the step with
     * which it comes is ordered before the next that takes the lock, as the two cannot change places; the race for the lock is that of
     * the two steps that take it. A step that has to wait, for a lock or for something else at its location, is taken to race with all
     * before it that it depends on, not with the last alone: that may be what it waited for.
     */

    /// <summary>Whether the order of two steps can be seen.</summary>
    public bool DependsOn(in TakenStep other) =>
        Thread == other.Thread
        || (Location == other.Location && Location != 0 && (Writes || other.Writes))
        || (Begins && other.Ends)
        || (Ends && other.Begins);

    /// <summary>Whether it is the same step in another execution, in which locations have other names.</summary>
    internal bool IsAsBefore(in TakenStep other) => Thread == other.Thread && Writes == other.Writes && Begins == other.Begins && Ends == other.Ends;

    /// <summary>Whether a step may come to depend on another when it is taken in another state: what it stores and whether it is its call's last may change.</summary>
    internal bool MayDependOn(in TakenStep other) =>
        Thread == other.Thread || (Location == other.Location && Location != 0) || other.Begins || (Begins && other.Ends);
}

/// <summary>Decides whose step is next, each time all threads are parked.</summary>
internal interface IThreadScheduler
{
    /// <summary>Nobody's step: the execution is given up.</summary>
    const int Nobody = -1;

    /// <summary>The thread whose step is next, or <see cref="Nobody"/>. At least one thread is alive.</summary>
    int Next(ReadOnlySpan<PendingStep> pending);

    /// <summary>The step was taken.</summary>
    void Took(in TakenStep step);
}

/// <summary>A scheduler that makes one execution after another: <see cref="TryBegin"/>, the execution, <see cref="End"/>, until there is no other.</summary>
/// <param name="maxSteps">After how many steps an execution is cut off.</param>
internal abstract class ExplorationScheduler(int maxSteps) : IThreadScheduler
{
    /// <summary>Executions that came to their end.</summary>
    public long Completed { get; private set; }

    /// <summary>Executions given up because all that could follow is equivalent to what was seen.</summary>
    public long Equivalent { get; private set; }

    /// <summary>Executions cut off for their length. What lies behind was not seen.</summary>
    public long CutOff { get; private set; }

    /// <summary>How the execution came to its end.</summary>
    public ExecutionEnd Ending { get; private set; }

    /// <summary>Whether every execution was seen, up to equivalence; null for a scheduler that cannot know.</summary>
    public abstract bool? IsExhaustive { get; }

    /// <summary>After how many steps an execution is cut off.</summary>
    protected int MaxSteps => maxSteps;

    /// <summary>The threads that have a next step, a bit each.</summary>
    protected static ulong AliveOf(ReadOnlySpan<PendingStep> pending)
    {
        var alive = 0UL;
        for (var thread = 0; thread < pending.Length; thread++)
            if (pending[thread].Alive) alive |= 1UL << thread;
        return alive;
    }

    /// <summary>Chooses the next execution; false if there is none.</summary>
    public abstract bool TryBegin();

    /// <summary>Forgets what was seen of the execution that was begun last: it will be made again. False for a scheduler that cannot make it again.</summary>
    public abstract bool TryRestart();

    /// <inheritdoc/>
    public abstract int Next(ReadOnlySpan<PendingStep> pending);

    /// <inheritdoc/>
    public abstract void Took(in TakenStep step);

    /// <summary>The execution has come to its end, or was given up as it was told.</summary>
    public virtual void End()
    {
        switch (Ending)
        {
            case ExecutionEnd.Complete: Completed++; break;
            case ExecutionEnd.Equivalent: Equivalent++; break;
            default: CutOff++; break;
        }
    }

    /// <summary>Nothing was seen of the execution that begins.</summary>
    protected void Reset() => Ending = ExecutionEnd.Complete;

    /// <summary>The answer of <see cref="Next"/> that gives the execution up.</summary>
    protected int GiveUp(ExecutionEnd end)
    {
        Ending = end;
        return IThreadScheduler.Nobody;
    }
}

/// <summary>How an execution came to its end.</summary>
internal enum ExecutionEnd
{
    /// <summary>No thread has a step left.</summary>
    Complete,

    /// <summary>All that could follow is equivalent to what was seen.</summary>
    Equivalent,

    /// <summary>It was too long.</summary>
    CutOff,
}

/// <summary>The program does not take the steps that it took before: it is no function of its schedule, and nothing can be said of it.</summary>
internal sealed class DivergedException() : Exception("the program does not take the same steps in the same order: it is not a function of its schedule");
