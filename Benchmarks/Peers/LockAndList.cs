// The peer that a C# programmer would write first: objects with plain fields, a List of targets in each trigger, one lock around it all.
using PerfModel.Implementation;

namespace PerfModel.Benchmarks.Peers;

/// <summary>A system under one lock: the same checks, errors and visits as Patch2011 has them.</summary>
internal readonly struct LockAndList() : ISystem<LockAndList.Ref>
{
    private readonly Lock _lock = new();

    /// <summary>An event by reference.</summary>
    public readonly record struct Ref(Event Event);

    /// <inheritdoc/>
    public Ref Open(int cpu, bool running) => new(new Event { Cpu = cpu, IsScheduled = running });

    /// <inheritdoc/>
    public Errno Close(Ref e)
    {
        lock (_lock)
        {
            Event closed = e.Event;
            if (!closed.IsLive) return Errno.EBADF;
            closed.IsLive = false;
            closed.Starter?.Starts.Remove(closed);
            closed.Stopper?.Stops.Remove(closed);
            foreach (Event target in closed.Starts) target.Starter = null;
            foreach (Event target in closed.Stops) target.Stopper = null;
            return Errno.None;
        }
    }

    /// <inheritdoc/>
    public Errno SetStarter(Ref trigger, Ref target)
    {
        lock (_lock)
        {
            Errno refusal = Refusal(trigger.Event, target.Event, target.Event.Starter);
            if (refusal != Errno.None) return refusal;
            target.Event.Starter = trigger.Event;
            trigger.Event.Starts.Add(target.Event);
            return Errno.None;
        }
    }

    /// <inheritdoc/>
    public Errno SetStopper(Ref trigger, Ref target)
    {
        lock (_lock)
        {
            Errno refusal = Refusal(trigger.Event, target.Event, target.Event.Stopper);
            if (refusal != Errno.None) return refusal;
            target.Event.Stopper = trigger.Event;
            trigger.Event.Stops.Add(target.Event);
            return Errno.None;
        }
    }

    /// <inheritdoc/>
    public long Overflow(Ref trigger)
    {
        lock (_lock)
        {
            if (!trigger.Event.Runs) return -1;
            Deliver(trigger.Event);
            return 1;
        }
    }

    /// <inheritdoc/>
    public long Tick(Ref e, long n)
    {
        lock (_lock)
        {
            Event counting = e.Event;
            if (!counting.Runs) return -1;
            var before = counting.Count;
            counting.Count += n;

            // The division only where a period is completed, or it would be most of the cost.
            if (counting.Count < counting.NextOverflow) return 0;
            var overflows = (counting.Count / counting.Period) - (before / counting.Period);
            counting.NextOverflow += overflows * counting.Period;
            Deliver(counting);
            return overflows;
        }
    }

    /// <inheritdoc/>
    public long Count(Ref e)
    {
        lock (_lock) return e.Event.Count;
    }

    /// <inheritdoc/>
    public bool Paused(Ref e)
    {
        lock (_lock) return e.Event.IsPaused;
    }

    /// <inheritdoc/>
    public bool IsStarter(Ref trigger, Ref target)
    {
        lock (_lock) return target.Event.Starter == trigger.Event;
    }

    private static Errno Refusal(Event trigger, Event target, Event? owner) =>
        !trigger.IsLive || !target.IsLive ? Errno.EBADF
        : trigger.Task != target.Task || trigger.Cpu != target.Cpu ? Errno.EINVAL
        : owner == trigger ? Errno.EEXIST
        : owner is not null ? Errno.EBUSY
        : Errno.None;

    private static void Deliver(Event trigger)
    {
        foreach (Event target in trigger.Starts)
            if (target.IsActive) target.IsPaused = false;
        foreach (Event target in trigger.Stops)
            if (target.IsActive) target.IsPaused = true;
        trigger.Samples++;
    }

    /// <summary>An event; everything in it is read and written under the lock.</summary>
    internal sealed class Event
    {
        public int Task { get; init; }

        public int Cpu { get; init; }

        public long Period { get; init; } = EventAttributes.MaxSamplePeriod;

        public long NextOverflow { get; set; } = EventAttributes.MaxSamplePeriod;

        public bool IsLive { get; set; } = true;

        public bool IsEnabled { get; set; } = true;

        public bool IsScheduled { get; set; }

        public bool IsThrottled { get; set; }

        public bool IsPaused { get; set; }

        public long Count { get; set; }

        public long Samples { get; set; }

        public Event? Starter { get; set; }

        public Event? Stopper { get; set; }

        public List<Event> Starts { get; } = [];

        public List<Event> Stops { get; } = [];

        public bool IsActive => IsLive && IsEnabled && IsScheduled;

        public bool Runs => IsActive && !IsThrottled && !IsPaused;
    }
}
