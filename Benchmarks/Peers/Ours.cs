// The library, through its public surface and by handles, as anybody uses it.
using PerfModel.Implementation;

namespace PerfModel.Benchmarks.Peers;

/// <summary>One <see cref="PerfEvents"/>.</summary>
internal readonly struct Ours(Dialect dialect, int capacity) : ISystem<EventHandle>
{
    /// <summary>What an event opens with here, on the one cpu or the other.</summary>
    public static EventAttributes Attributes(int cpu) => new(Task: 0, cpu) { SamplePeriod = EventAttributes.MaxSamplePeriod, Enabled = true };

    /// <summary>The system itself, for what no peer does.</summary>
    public PerfEvents Events { get; } = new(new PerfEventsOptions { Dialect = dialect, Capacity = capacity, Cpus = 2 });

    /// <inheritdoc/>
    public EventHandle Open(int cpu, bool running)
    {
        Events.Open(Attributes(cpu), out EventHandle handle);
        if (running) Events.ScheduleIn(handle);
        return handle;
    }

    /// <inheritdoc/>
    public Errno Close(EventHandle e) => Events.Close(e);

    /// <inheritdoc/>
    public Errno SetStarter(EventHandle trigger, EventHandle target) => Events.SetStarter(trigger, target);

    /// <inheritdoc/>
    public Errno SetStopper(EventHandle trigger, EventHandle target) => Events.SetStopper(trigger, target);

    /// <inheritdoc/>
    public long Overflow(EventHandle trigger)
    {
        Events.Overflow(trigger, out var overflows);
        return overflows;
    }

    /// <inheritdoc/>
    public long Tick(EventHandle e, long n)
    {
        Events.Tick(e, n, out var overflows);
        return overflows;
    }

    /// <inheritdoc/>
    public long Count(EventHandle e)
    {
        Events.Count(e, out var count);
        return count;
    }

    /// <inheritdoc/>
    public bool Paused(EventHandle e)
    {
        Events.Paused(e, out var paused);
        return paused;
    }

    /// <inheritdoc/>
    public bool IsStarter(EventHandle trigger, EventHandle target)
    {
        Events.StarterOf(target, out EventInstance owner);
        return owner.Event == trigger;
    }
}
