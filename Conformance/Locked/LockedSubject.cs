// The baseline: the spec as one would write it first, with one lock and lists. Readable, obviously right, and slow under contention.
using PerfModel.Conformance.Subjects;
using PerfModel.Model;

namespace PerfModel.Locked;

/// <summary>A system with one lock around everything. Conforms to every profile that it claims: core, +concurrency.</summary>
public sealed class LockedSubject(Declaration declaration) : ISubject
{
    private const long MaxCount = (1L << 53) - 1;
    private const long MaxAmount = (1L << 32) - 1;

    private readonly object _oneAtATime = new();
    private readonly Dictionary<Handle, Event> _live = [];

    private bool Amended => declaration.Dialect == Dialect.Amended;

    /// <inheritdoc/>
    public Result Apply(Operation operation)
    {
        lock (_oneAtATime)
        {
            return operation switch
            {
                Operation.Open open => Open(open.Name, open.Attributes),
                Operation.SetLink set => SetLink(set.Role, Find(set.Trigger), Find(set.Target)),
                Operation.OnEvent call => Find(call.Event) is { } e ? OnEvent(call, e) : Result.Of(Errno.EBADF),
                Operation.OnInstance call => Find(call.Instance.Event) is { } e && !call.Instance.IsCopy ? OnInstance(call, e) : Result.Of(Errno.EBADF),
                _ => throw new ArgumentOutOfRangeException(nameof(operation)),
            };
        }
    }

    private Event? Find(Handle handle) => _live.GetValueOrDefault(handle);

    private Result Open(Handle name, Attributes a)
    {
        if (a.Period is < 0 or > MaxCount || a.Task < -1 || a.Cpu < -1 || a.Cpu >= declaration.Cpus || (a.Task == -1 && a.Cpu == -1)
            || (a.StartPaused && !Amended))
            return Result.Of(Errno.EINVAL);
        if (_live.Count >= declaration.Handles) return Result.Of(Errno.EMFILE);
        if (a.Task >= declaration.Roots) return Result.Of(Errno.ESRCH);
        _live.Add(name, new Event(name, a));
        return Result.Ok;
    }

    private Result SetLink(Role role, Event? trigger, Event? target)
    {
        if (trigger is null || target is null) return Result.Of(Errno.EBADF);
        if (trigger.Task != target.Task || trigger.Cpu != target.Cpu) return Result.Of(Errno.EINVAL);
        if (Amended && trigger.Period == 0) return Result.Of(Errno.EINVAL);
        ref var owner = ref target.Owner(role);
        if (owner is not null) return Result.Of(owner == trigger ? Errno.EEXIST : Errno.EBUSY);
        owner = trigger;
        trigger.Targets(role).Add(target);
        return Result.Ok;
    }

    private Result OnEvent(Operation.OnEvent call, Event e)
    {
        switch (call)
        {
            case Operation.Close:
                Close(e);
                break;
            case Operation.Enable:
                e.Throttled &= e.Active || !e.Scheduled;
                e.Enabled = true;
                break;
            case Operation.Disable:
                e.Enabled = false;
                break;
        }

        return Result.Ok;
    }

    private void Close(Event e)
    {
        _live.Remove(e.Name);
        foreach (var role in Enum.GetValues<Role>())
        {
            foreach (var target in e.Targets(role)) target.Owner(role) = null;
            e.Owner(role)?.Targets(role).Remove(e);
        }
    }

    private Result OnInstance(Operation.OnInstance call, Event e)
    {
        switch (call)
        {
            case Operation.ScheduleIn:
                e.Throttled &= e.Active || !e.Enabled;
                e.Scheduled = true;
                return Result.Ok;
            case Operation.ScheduleOut:
                e.Scheduled = false;
                return Result.Ok;
            case Operation.Throttle:
                e.Throttled = true;
                return Result.Ok;
            case Operation.Unthrottle:
                e.Throttled = false;
                return Result.Ok;
            case Operation.Tick tick:
                return Tick(e, tick.Amount);
            case Operation.Overflow:
                if (!e.Running || e.Period == 0) return Result.Ignored;
                return Deliver(e, 1);
            case Operation.CountOf:
                return Result.Of(e.Count);
            case Operation.StateOf:
                return Result.Of(!e.Enabled ? Activity.Off : e.Scheduled ? Activity.Active : Activity.Inactive);
            case Operation.PausedOf:
                return Result.Gate(e.Paused);
            case Operation.OwnerOf read:
                return e.Owner(read.Role) is { } owner ? Result.Owner(Instance.Own(owner.Name)) : Result.NoOwner;
            case Operation.SamplesOf:
                return Result.Of(e.Samples);
            default:
                throw new ArgumentOutOfRangeException(nameof(call));
        }
    }

    private Result Tick(Event e, long amount)
    {
        if (amount is < 0 or > MaxAmount) return Result.Of(Errno.EINVAL);
        if (!e.Running) return Result.Ignored;
        if (e.Count + amount > MaxCount) return Result.Of(Errno.EOVERFLOW);
        var overflows = e.Period == 0 ? 0 : (e.Count + amount) / e.Period - e.Count / e.Period;
        e.Count += amount;
        return overflows == 0 ? Result.Of(0L) : Deliver(e, overflows);
    }

    private Result Deliver(Event trigger, long overflows)
    {
        foreach (var target in trigger.Targets(Role.Starter)) Visit(target, paused: false);
        foreach (var target in trigger.Targets(Role.Stopper)) Visit(target, paused: true);
        trigger.Samples += overflows;
        return Result.Of(overflows);
    }

    private void Visit(Event target, bool paused)
    {
        if (Amended || target.Active) target.Paused = paused;
    }

    private sealed class Event(Handle name, Attributes attributes)
    {
        private readonly List<Event> _starts = [];
        private readonly List<Event> _stops = [];
        private Event? _starter;
        private Event? _stopper;

        public Handle Name => name;

        public int Task => attributes.Task;

        public int Cpu => attributes.Cpu;

        public long Period => attributes.Period;

        public bool Enabled { get; set; } = attributes.Enabled;

        public bool Scheduled { get; set; }

        public bool Paused { get; set; } = attributes.StartPaused;

        public bool Throttled { get; set; }

        public long Count { get; set; }

        public long Samples { get; set; }

        public bool Active => Enabled && Scheduled;

        public bool Running => Active && !Paused && !Throttled;

        public ref Event? Owner(Role role) => ref role == Role.Starter ? ref _starter : ref _stopper;

        public List<Event> Targets(Role role) => role == Role.Starter ? _starts : _stops;
    }
}
