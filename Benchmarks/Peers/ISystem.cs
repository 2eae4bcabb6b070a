// What every system written in C# does here, so that one source drives them all.
using PerfModel.Implementation;

namespace PerfModel.Benchmarks.Peers;

/// <summary>A system of starter and stopper events, ours or a peer: the part of it that is measured.</summary>
/// <typeparam name="TEvent">How it names an event: a handle, or a reference in a struct.</typeparam>
/// <remarks>
/// Both types are structs, so that the JIT compiles each loop anew for each system, with the system's own methods in it: no column
/// pays for being driven by the same source.
/// </remarks>
internal interface ISystem<TEvent>
    where TEvent : struct
{
    /// <summary>Opens a sampling event of task 0, enabled, far from the end of its period; scheduled if it shall run.</summary>
    TEvent Open(int cpu, bool running);

    /// <summary>Ends an event and its links.</summary>
    Errno Close(TEvent e);

    /// <summary>Links: the trigger's overflow opens the target's gate.</summary>
    Errno SetStarter(TEvent trigger, TEvent target);

    /// <summary>Links: the trigger's overflow pauses the target.</summary>
    Errno SetStopper(TEvent trigger, TEvent target);

    /// <summary>Visits the targets of a running event.</summary>
    /// <returns>1; something else if the event does not run.</returns>
    long Overflow(TEvent trigger);

    /// <summary>Adds to the count of a running event.</summary>
    /// <returns>How many periods that completed.</returns>
    long Tick(TEvent e, long n);

    /// <summary>What it counted.</summary>
    long Count(TEvent e);

    /// <summary>Whether its gate is paused.</summary>
    bool Paused(TEvent e);

    /// <summary>Whether the trigger is the target's starter.</summary>
    bool IsStarter(TEvent trigger, TEvent target);
}
