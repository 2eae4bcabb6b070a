// A system as the works see it: events by number, and each operation as a loop of many, whatever language it is written in.
namespace PerfModel.Benchmarks.Works;

/// <summary>One system, and the loops that are timed.</summary>
/// <remarks>
/// The calls of this class are virtual, or go into native code; neither is paid per operation, because the loop is behind the call.
/// Each loop answers how many of its operations did what they should, so that nobody is fast by doing nothing.
/// </remarks>
internal abstract class Subject : IDisposable
{
    /// <summary>Opens an event of task 0 and this cpu, enabled and sampling.</summary>
    /// <returns>Its number.</returns>
    public abstract int Open(int cpu = 0, bool running = true);

    /// <summary>Puts events in the order in which they lie in memory, if they may not be: that in which they were opened, unless told otherwise.</summary>
    public virtual void OrderByMemory(int[] events)
    {
    }

    /// <summary>Ends an event.</summary>
    public abstract void Close(int e);

    /// <summary>Links, once.</summary>
    public abstract void SetStarter(int trigger, int target);

    /// <summary>Links, once.</summary>
    public abstract void SetStopper(int trigger, int target);

    /// <summary>Whether a gate is paused.</summary>
    public abstract bool IsPaused(int e);

    /// <summary>What an event counted.</summary>
    public abstract long CountOf(int e);

    /// <summary>Room for events that a work opens and closes by the batch.</summary>
    public abstract Pool NewPool(int size);

    /// <summary>Overflows of one trigger.</summary>
    public abstract long Overflow(int trigger, int times);

    /// <summary>Overflows of one trigger and then of another, so many times.</summary>
    public abstract long OverflowInTurn(int one, int other, int times);

    /// <summary>SetStarter, refused each time.</summary>
    /// <param name="trigger">The trigger.</param>
    /// <param name="target">The target.</param>
    /// <param name="refusal">The errno it must be refused with.</param>
    /// <param name="times">How often.</param>
    public abstract long Refuse(int trigger, int target, int refusal, int times);

    /// <summary>Open and Close.</summary>
    public abstract long OpenClose(int times);

    /// <summary>Open, SetStarter and Close of the target.</summary>
    public abstract long OpenLinkClose(int trigger, int times);

    /// <summary>Ticks by 1, none of which completes the period.</summary>
    public abstract long Tick(int e, int times);

    /// <summary>Reads of the count.</summary>
    public abstract long Count(int e, int times);

    /// <summary>Reads of the gate, which is open.</summary>
    public abstract long Paused(int e, int times);

    /// <summary>Reads of who the starter is.</summary>
    public abstract long StarterOf(int trigger, int target, int times);

    /// <summary>What a thread must do before it calls anything here.</summary>
    public virtual void EnterThread()
    {
    }

    /// <summary>What it must do before it ends.</summary>
    public virtual void LeaveThread()
    {
    }

    /// <summary>Ends what goes on after the calls have returned.</summary>
    public virtual void Settle()
    {
    }

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>Events that are opened together, outside of what is timed, to be linked and closed one after the other.</summary>
internal abstract class Pool
{
    /// <summary>Opens as many as there is room for.</summary>
    public abstract void Fill();

    /// <summary>SetStarter and Close of each.</summary>
    public abstract long LinkAndClose(int trigger);

    /// <summary>SetStarter of each.</summary>
    public abstract long Link(int trigger);

    /// <summary>Close of each.</summary>
    public abstract long Close();
}
