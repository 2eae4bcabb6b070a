// struct perf_event of the posted patch, as far as the patch reads and writes it.
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace PerfModel.Model.Posted;

/// <summary>Whose the memory of an event is.</summary>
internal enum Life : byte
{
    /// <summary>Nobody's: it was never allocated.</summary>
    None,

    /// <summary>The allocator's again: it was freed.</summary>
    Freed,

    /// <summary>An event's.</summary>
    Live,

    /// <summary>A dead event's, until a grace period ends: call_rcu(kfree).</summary>
    Dead,
}

/// <summary>event->state.</summary>
internal enum EventState : byte
{
    /// <summary>PERF_EVENT_STATE_OFF.</summary>
    Off,

    /// <summary>PERF_EVENT_STATE_INACTIVE.</summary>
    Inactive,

    /// <summary>PERF_EVENT_STATE_ACTIVE.</summary>
    Active,
}

/// <summary>An event's memory. A pointer is an address, a set of events has the bit of each address; 0 is NULL.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct PerfEvent
{
    public Life Life;
    public EventState State;

    /// <summary>event->paused, which only the overflow handler of a trigger writes.</summary>
    public bool Paused;

    /// <summary>Between pmu->add and pmu->del.</summary>
    public bool OnPmu;

    /// <summary>The hardware's own: it counts. Apart from <see cref="Paused"/>, which it ought to follow.</summary>
    public bool Running;

    /// <summary>hwc->interrupts == MAX_INTERRUPTS.</summary>
    public bool Throttled;

    /// <summary>event->starter.</summary>
    public byte Starter;

    /// <summary>event->stopper.</summary>
    public byte Stopper;

    /// <summary>event->starter_list: the events whose starter_entry is on it.</summary>
    public byte StarterList;

    /// <summary>event->stopper_list.</summary>
    public byte StopperList;

    /// <summary>event->starter_stopper_mutex is held.</summary>
    public bool Mutex;

    /// <summary>event->overflow_handler == perf_event_pause_resume.</summary>
    public bool Handler;

    /// <summary>attr.sample_period > 0.</summary>
    public bool Sampling;

    /// <summary>attr.inherit.</summary>
    public bool Inherit;

    /// <summary>The index of its context: hardware events are in context 0, software events in 1.</summary>
    public byte Context;

    /// <summary>A user's file descriptor refers to it.</summary>
    public bool File;

    /// <summary>event->parent: of a copy in a child, the event that it was made of.</summary>
    public byte Parent;

    /// <summary>The user asked for a closed gate at perf_event_open, and no starter has overflowed yet. The patch has no such attribute.</summary>
    public bool Awaits;

    /// <summary>Of a dead event: the handlers that were in a read-side critical section when call_rcu was called, and still are.</summary>
    public byte Readers;

    /// <summary>Whether a pointer to it may be followed.</summary>
    public readonly bool IsAllocated => Life >= Life.Live;

    /// <summary>event->starter or event->stopper.</summary>
    [UnscopedRef]
    public ref byte Owner(Role role)
    {
        if (role == Role.Starter) return ref Starter;
        return ref Stopper;
    }

    /// <summary>event->starter_list or event->stopper_list.</summary>
    [UnscopedRef]
    public ref byte List(Role role)
    {
        if (role == Role.Starter) return ref StarterList;
        return ref StopperList;
    }
}
