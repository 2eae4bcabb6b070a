// Your own code that uses the library: a profiler's window, between the overflow of one event and that of another.
using PerfModel.Implementation;

namespace Your;

/// <summary>Whatever it watches counts from the overflow of its begin to that of its end.</summary>
public sealed class Window(PerfEvents events, EventHandle begin, EventHandle end)
{
    /// <summary>Takes an event into the window; false if another window has it.</summary>
    public bool Watch(EventHandle target)
    {
        // One call decides: who gets the slot of the starter has the event, and nobody else asks for the other slot.
        if (events.SetStarter(begin, target) != Errno.None) return false;
        return events.SetStopper(end, target) == Errno.None;
    }

    /// <summary>The same with a mistake: it looks first and acts later, and by then another window may have acted.</summary>
    public bool WatchIfFree(EventHandle target)
    {
        _ = events.StarterOf(target, out var owner);
        if (owner != EventHandle.None) return false;
        _ = events.SetStarter(begin, target);
        _ = events.SetStopper(end, target);
        return true;
    }
}
