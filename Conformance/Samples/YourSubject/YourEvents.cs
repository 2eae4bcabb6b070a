// Stands for the library that you have: starter and stopper events behind one lock, with handles and errors of its own. It knows nothing of the suite.
namespace Your;

public sealed class YourException(string errno) : Exception(errno);

public enum YourFlavor { Posted, Amended, Merged }

public sealed class YourEvents(int capacity, int tasks, int cpus, YourFlavor flavor)
{
    private const long MaxCount = (1L << 53) - 1;

    // An object, not a System.Threading.Lock: Coyote does not see that one.
    private readonly object _lock = new();
    private readonly Dictionary<long, Event> _live = [];
    private long _issued;

    public long Open(int task, int cpu, long period, bool inherit, bool enabled, bool paused, bool aux, long? leader, bool pauses, bool resumes)
    {
        lock (_lock)
        {
            if (period is < 0 or > MaxCount || task < -1 || cpu < -1 || cpu >= cpus || (task == -1 && cpu == -1) || (paused && flavor == YourFlavor.Posted)) throw new YourException("EINVAL");
            var grouped = aux || leader is not null || pauses || resumes;
            if (flavor != YourFlavor.Merged ? grouped : (pauses && resumes) || (pauses || resumes) != leader is not null) throw new YourException("EINVAL");
            if (flavor == YourFlavor.Merged && paused && !aux) throw new YourException("EOPNOTSUPP");
            if (leader is { } named) With(named, l => CheckLeader(l, task, cpu, inherit));
            if (_live.Count == capacity) throw new YourException("EMFILE");
            if (task >= tasks) throw new YourException("ESRCH");
            _live.Add(++_issued, new Event { Task = task, Cpu = cpu, Period = period, Inherit = inherit, Enabled = enabled, Paused = paused, Aux = aux, Leader = leader, Leads = leader is null, Pauses = pauses });
            return _issued;
        }
    }

    public void SetStarter(long trigger, long target) => SetLink(trigger, target, (e, owner) => e.Starter = owner, e => e.Starter);

    public void SetStopper(long trigger, long target) => SetLink(trigger, target, (e, owner) => e.Stopper = owner, e => e.Stopper);

    public void Close(long e) => With(e, _ =>
    {
        _live.Remove(e);
        foreach (var target in _live.Values)
        {
            if (target.Starter == e) target.Starter = null;
            if (target.Stopper == e) target.Stopper = null;
            if (target.Leader == e) (target.Leader, target.Enabled, target.Failed) = (null, false, true);
        }
    });

    public void Enable(long e, bool on) => With(e, x =>
    {
        x.Become(enabled: on, x.Scheduled);
        x.Failed &= !on;
    });

    public void Schedule(long e, bool on) => With(e, x => x.Become(x.Enabled, scheduled: on));

    public void Throttle(long e, bool on) => With(e, x => x.Throttled = on);

    public long? Tick(long e, long n) => With(e, x =>
    {
        if (n is < 0 or > uint.MaxValue) throw new YourException("EINVAL");
        if (!x.Runs) return null;
        if (x.Count + n > MaxCount) throw new YourException("EOVERFLOW");
        var periods = x.Period == 0 ? 0 : (x.Count + n) / x.Period - x.Count / x.Period;
        x.Count += n;
        return (long?)(periods == 0 ? 0 : Deliver(e, x, periods));
    });

    public long? Overflow(long e) => With(e, x => x.Runs && x.Period > 0 ? Deliver(e, x, 1) : (long?)null);

    public long Count(long e) => With(e, x => x.Count);

    public long Samples(long e) => With(e, x => x.Samples);

    public bool Paused(long e) => With(e, x => x.Paused);

    public int State(long e) => With(e, x => x.Failed ? 3 : !x.Enabled ? 0 : x.Scheduled ? 2 : 1);

    public long? Owner(long e, bool starter) => With(e, x => starter ? x.Starter : x.Stopper);

    private static void CheckLeader(Event leader, int task, int cpu, bool inherit)
    {
        if (!leader.Aux || !leader.Leads || leader.Task != task || leader.Cpu != cpu || (task >= 0 && leader.Inherit != inherit)) throw new YourException("EINVAL");
    }

    private void SetLink(long trigger, long target, Action<Event, long> set, Func<Event, long?> owner)
    {
        if (flavor == YourFlavor.Merged) With(trigger, _ => throw new YourException("ENOTTY"));
#if MISTAKE
        // Two locked halves: who reads in the first that the slot is free may find it taken in the second, and does not look.
        With(trigger, p => With(target, t => Check(p, t, trigger, owner(t))));
        With(target, t => set(t, trigger));
#else
        With(trigger, p => With(target, t =>
        {
            Check(p, t, trigger, owner(t));
            set(t, trigger);
        }));
#endif
    }

    private void Check(Event trigger, Event target, long handle, long? owner)
    {
#if MISTAKEN_ORDER
        // Looks at the slot before it compares the scopes.
        if (owner is not null) throw new YourException(owner == handle ? "EEXIST" : "EBUSY");
#endif
        if (trigger.Task != target.Task || trigger.Cpu != target.Cpu || (flavor == YourFlavor.Amended && trigger.Period == 0)) throw new YourException("EINVAL");
        if (owner is not null) throw new YourException(owner == handle ? "EEXIST" : "EBUSY");
    }

    private long Deliver(long e, Event trigger, long periods)
    {
        foreach (var target in _live.Values.Where(t => t.Starter == e)) target.Visit(paused: false, flavor);
        foreach (var target in _live.Values.Where(t => t.Stopper == e)) target.Visit(paused: true, flavor);
        if (trigger is { Leader: { } first, Pauses: true }) _live[first].Paused = true;
        trigger.Samples += periods;
        if (trigger is { Leader: { } last, Pauses: false }) _live[last].Paused = false;
        return periods;
    }

    private T With<T>(long e, Func<Event, T> action)
    {
        lock (_lock) return _live.TryGetValue(e, out var found) ? action(found) : throw new YourException("EBADF");
    }

    private void With(long e, Action<Event> action) => With(e, x => { action(x); return true; });

    private sealed class Event
    {
        public int Task, Cpu;
        public long Period, Count, Samples;
        public bool Inherit, Enabled, Scheduled, Paused, Throttled, Aux, Leads, Pauses, Failed;
        public long? Starter, Stopper, Leader;

        public bool Runs => Enabled && Scheduled && !Paused && !Throttled;

        public void Become(bool enabled, bool scheduled)
        {
            // What becomes active is no longer throttled.
            if (enabled && scheduled && !(Enabled && Scheduled)) Throttled = false;
            (Enabled, Scheduled) = (enabled, scheduled);
        }

        public void Visit(bool paused, YourFlavor flavor)
        {
            if (flavor == YourFlavor.Amended || (Enabled && Scheduled)) Paused = paused;
        }
    }
}
