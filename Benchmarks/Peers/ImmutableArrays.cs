// The peer that a C# programmer would write next: no lock, an immutable array of targets in each trigger, replaced by compare-exchange.
using PerfModel.Implementation;

namespace PerfModel.Benchmarks.Peers;

/// <summary>A system of immutable arrays: the same checks, errors and visits as Patch2011 has them.</summary>
internal readonly struct ImmutableArrays : ISystem<ImmutableArrays.Ref>
{
    private const long Live = 1;
    private const long Enabled = 2;
    private const long Scheduled = 4;
    private const long Throttled = 8;
    private const long PausedBit = 16;
    private const long Active = Live | Enabled | Scheduled;
    private const int CountShift = 8;

    /// <summary>An event by reference.</summary>
    public readonly record struct Ref(Event Event);

    /// <inheritdoc/>
    public Ref Open(int cpu, bool running) => new(new Event { Cpu = cpu, Word = Live | Enabled | (running ? Scheduled : 0) });

    /// <inheritdoc/>
    public Errno Close(Ref e)
    {
        Event closed = e.Event;
        if ((Interlocked.And(ref closed.Word, ~Live) & Live) == 0) return Errno.EBADF;
        if (Volatile.Read(ref closed.Starter) is { } starter) Remove(ref starter.Starts, closed);
        if (Volatile.Read(ref closed.Stopper) is { } stopper) Remove(ref stopper.Stops, closed);
        foreach (Event target in Interlocked.Exchange(ref closed.Starts, [])) Interlocked.CompareExchange(ref target.Starter, null, closed);
        foreach (Event target in Interlocked.Exchange(ref closed.Stops, [])) Interlocked.CompareExchange(ref target.Stopper, null, closed);
        return Errno.None;
    }

    /// <inheritdoc/>
    public Errno SetStarter(Ref trigger, Ref target) => Link(trigger.Event, target.Event, ref target.Event.Starter, ref trigger.Event.Starts);

    /// <inheritdoc/>
    public Errno SetStopper(Ref trigger, Ref target) => Link(trigger.Event, target.Event, ref target.Event.Stopper, ref trigger.Event.Stops);

    /// <inheritdoc/>
    public long Overflow(Ref trigger)
    {
        if (!Runs(Volatile.Read(ref trigger.Event.Word))) return -1;
        Deliver(trigger.Event);
        return 1;
    }

    /// <inheritdoc/>
    public long Tick(Ref e, long n)
    {
        Event counting = e.Event;
        long seen;
        do
        {
            seen = Volatile.Read(ref counting.Word);
            if (!Runs(seen)) return -1;
        }
        while (Interlocked.CompareExchange(ref counting.Word, seen + (n << CountShift), seen) != seen);

        // Most counts are below one period: then nothing need be divided.
        var before = seen >> CountShift;
        if (before + n < counting.Period) return 0;
        var overflows = ((before + n) / counting.Period) - (before / counting.Period);
        if (overflows > 0) Deliver(counting);
        return overflows;
    }

    /// <inheritdoc/>
    public long Count(Ref e) => Volatile.Read(ref e.Event.Word) >> CountShift;

    /// <inheritdoc/>
    public bool Paused(Ref e) => (Volatile.Read(ref e.Event.Word) & PausedBit) != 0;

    /// <inheritdoc/>
    public bool IsStarter(Ref trigger, Ref target) => Volatile.Read(ref target.Event.Starter) == trigger.Event;

    private static bool Runs(long word) => (word & (Active | Throttled | PausedBit)) == Active;

    private static bool IsLive(Event e) => (Volatile.Read(ref e.Word) & Live) != 0;

    private static Errno Link(Event trigger, Event target, ref Event? slot, ref Event[] array)
    {
        if (!IsLive(trigger) || !IsLive(target)) return Errno.EBADF;
        if (trigger.Task != target.Task || trigger.Cpu != target.Cpu) return Errno.EINVAL;

        // A look first: a refusal then costs no interlocked instruction.
        Event? owner = Volatile.Read(ref slot) ?? Interlocked.CompareExchange(ref slot, trigger, null);
        if (owner is not null) return owner == trigger ? Errno.EEXIST : Errno.EBUSY;
        Add(ref array, target);
        if (IsLive(trigger) && IsLive(target)) return Errno.None;

        // An end closed meanwhile, and may have looked at the array too early.
        Remove(ref array, target);
        Interlocked.CompareExchange(ref slot, null, trigger);
        return Errno.EBADF;
    }

    private static void Add(ref Event[] array, Event target)
    {
        Event[] seen;
        Event[] longer;
        do
        {
            seen = Volatile.Read(ref array);
            longer = new Event[seen.Length + 1];
            Array.Copy(seen, longer, seen.Length);
            longer[^1] = target;
        }
        while (Interlocked.CompareExchange(ref array, longer, seen) != seen);
    }

    private static void Remove(ref Event[] array, Event target)
    {
        Event[] seen;
        Event[] shorter;
        do
        {
            seen = Volatile.Read(ref array);
            var at = Array.IndexOf(seen, target);
            if (at < 0) return;
            shorter = seen.Length == 1 ? [] : new Event[seen.Length - 1];
            Array.Copy(seen, shorter, at);
            Array.Copy(seen, at + 1, shorter, at, shorter.Length - at);
        }
        while (Interlocked.CompareExchange(ref array, shorter, seen) != seen);
    }

    private static void Deliver(Event trigger)
    {
        foreach (Event target in Volatile.Read(ref trigger.Starts)) SetGate(target, paused: 0);
        foreach (Event target in Volatile.Read(ref trigger.Stops)) SetGate(target, PausedBit);
        Interlocked.Increment(ref trigger.Samples);
    }

    private static void SetGate(Event target, long paused)
    {
        while (true)
        {
            var seen = Volatile.Read(ref target.Word);
            if ((seen & Active) != Active || (seen & PausedBit) == paused) return;
            if (Interlocked.CompareExchange(ref target.Word, seen ^ PausedBit, seen) == seen) return;
        }
    }

    /// <summary>An event: one word for life, state, gate and count; two slots; two arrays.</summary>
    internal sealed class Event
    {
#pragma warning disable CA1051 // fields, since Interlocked takes references to them
        public long Word;
        public Event? Starter;
        public Event? Stopper;
        public Event[] Starts = [];
        public Event[] Stops = [];
        public long Samples;
#pragma warning restore CA1051

        public int Task { get; init; }

        public int Cpu { get; init; }

        public long Period { get; init; } = EventAttributes.MaxSamplePeriod;
    }
}
