// The baseline: the spec as one would write it first, with one lock and lists. Readable, obviously right, and slow under contention.
using PerfModel.Conformance.Subjects;
using PerfModel.Model;

namespace PerfModel.Locked;

/// <summary>A system with one lock around everything. Conforms to every profile: core, +inheritance, +concurrency.</summary>
public sealed class LockedSubject(Declaration declaration) : ISubject
{
    private const long MaxCount = (1L << 53) - 1;
    private const long MaxAmount = (1L << 32) - 1;

    private readonly object _oneAtATime = new();
    private readonly Dictionary<Instance, Event> _live = [];
    private readonly HashSet<int> _usedNames = [.. Enumerable.Range(0, declaration.Roots)];
    private readonly HashSet<int> _running = [.. Enumerable.Range(0, declaration.Roots)];

    private bool Amended => declaration.Dialect == Dialect.Amended;

    private bool Linux613 => declaration.Dialect == Dialect.Linux613;

    /// <inheritdoc/>
    public Result Apply(Operation operation)
    {
        lock (_oneAtATime)
        {
            return operation switch
            {
                Operation.Open open => Open(open.Name, open.Attributes),
                Operation.SetLink set when Linux613 => Result.Of(Find(set.Trigger) is null ? Errno.EBADF : Errno.ENOTTY),
                Operation.SetLink set => SetLink(set.Role, Find(set.Trigger), Find(set.Target)),
                Operation.OnEvent call => Find(call.Event) is { } e ? OnEvent(call, e) : Result.Of(Errno.EBADF),
                Operation.OnInstance call => _live.GetValueOrDefault(call.Instance) is { } e ? OnInstance(call, e) : Result.Of(Errno.EBADF),
                Operation.Fork fork => Fork(fork.Task, fork.Child),
                Operation.Exit exit => Exit(exit.Task),
                _ => throw new ArgumentOutOfRangeException(nameof(operation)),
            };
        }
    }

    private Event? Find(Handle handle) => _live.GetValueOrDefault(Instance.Own(handle));

    private IEnumerable<Event> CopiesOf(Event e) => _live.Values.Where(copy => copy.Id.IsCopy && copy.Id.Event == e.Id.Event);

    private Result Open(Handle name, Attributes a)
    {
        if (a.Period is < 0 or > MaxCount || a.Task < -1 || a.Cpu < -1 || a.Cpu >= declaration.Cpus || (a.Task == -1 && a.Cpu == -1)
            || (a.StartPaused && !Amended && !Linux613)
            || (a.Grouped && !Linux613)
            || (a.Pauses && a.Resumes)
            || (a.Pauses || a.Resumes) != a.Leader is not null)
            return Result.Of(Errno.EINVAL);
        if (Linux613 && a.StartPaused && !a.Aux) return Result.Of(Errno.EOPNOTSUPP);
        var leader = a.Leader is { } named ? Find(named) : null;
        if (a.Leader is not null && leader is null) return Result.Of(Errno.EBADF);
        if (leader is not null && !CanLead(leader, a)) return Result.Of(Errno.EINVAL);
        if (a.Task >= declaration.Roots && _usedNames.Contains(a.Task)) return Result.Of(Errno.EINVAL);
        if (_live.Keys.Count(id => !id.IsCopy) >= declaration.Handles) return Result.Of(Errno.EMFILE);
        if (a.Task >= declaration.Roots) return Result.Of(Errno.ESRCH);
        _live.Add(Instance.Own(name), new Event(Instance.Own(name), a) { Leader = leader });
        return Result.Ok;
    }

    private static bool CanLead(Event leader, Attributes a) => leader.Attributes is { Aux: true, Leader: null }
        && leader.Task == a.Task && leader.Attributes.Cpu == a.Cpu && (a.Task < 0 || leader.Attributes.Inherit == a.Inherit);

    private Result Fork(int task, int child)
    {
        if (!_running.Contains(task)) return Result.Of(Errno.ESRCH);
        if (_usedNames.Contains(child)) return Result.Of(Errno.EEXIST);
        if (_usedNames.Count == declaration.Tasks) return Result.Of(Errno.EAGAIN);
        if (child < 0 || child >= declaration.Tasks) return Result.Of(Errno.EINVAL);
        _usedNames.Add(child);
        _running.Add(child);
        var copies = _live.Values.Where(e => e.Task == task && e.Attributes.Inherit).ToDictionary(source => source, source => new Event(
            new Instance(source.Id.Event, child),
            source.Attributes with { Task = child, Enabled = source.Enabled, StartPaused = Linux613 ? source.Attributes.StartPaused : Amended && source.Paused }));
        foreach (var (source, copy) in copies)
        {
            _live.Add(copy.Id, copy);
            copy.Leader = source.Leader is { } leader ? copies.GetValueOrDefault(leader) : null;
            foreach (var role in Enum.GetValues<Role>())
                if (source.Owner(role) is { } owner && copies.TryGetValue(owner, out var trigger)) Join(role, trigger, copy);
        }

        return Result.Ok;
    }

    private Result Exit(int task)
    {
        if (task < declaration.Roots || !_running.Remove(task)) return Result.Of(Errno.ESRCH);
        foreach (var copy in _live.Values.Where(e => e.Task == task).ToList())
        {
            if (Find(copy.Id.Event) is { } own) own.LeftByCopies += copy.Count;
            Die(copy);
        }

        return Result.Ok;
    }

    private Result SetLink(Role role, Event? trigger, Event? target)
    {
        if (trigger is null || target is null) return Result.Of(Errno.EBADF);
        if (trigger.Task != target.Task || trigger.Attributes.Cpu != target.Attributes.Cpu) return Result.Of(Errno.EINVAL);
        if (Amended && trigger.Period == 0) return Result.Of(Errno.EINVAL);
        if (target.Owner(role) is { } owner) return Result.Of(owner == trigger ? Errno.EEXIST : Errno.EBUSY);
        Join(role, trigger, target);
        return Result.Ok;
    }

    private static void Join(Role role, Event trigger, Event target)
    {
        target.Owner(role) = trigger;
        trigger.Targets(role).Add(target);
    }

    private Result OnEvent(Operation.OnEvent call, Event e)
    {
        switch (call)
        {
            case Operation.TotalCount:
                var total = CopiesOf(e).Aggregate(e.LeftByCopies + e.Count, (sum, copy) => sum + copy.Count);
                return total > long.MaxValue ? Result.Of(Errno.EOVERFLOW) : Result.Of((long)total);
            case Operation.Close:
                Die(e);
                foreach (var member in _live.Values.Where(member => member.Leader == e)) member.Fail();
                return Result.Ok;
            case Operation.Enable:
                foreach (var instance in CopiesOf(e).Prepend(e)) instance.Enable();
                return Result.Ok;
            case Operation.Disable:
                foreach (var instance in CopiesOf(e).Prepend(e)) instance.Enabled = false;
                return Result.Ok;
            default:
                throw new ArgumentOutOfRangeException(nameof(call));
        }
    }

    private void Die(Event e)
    {
        _live.Remove(e.Id);
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
                return Result.Of(e.Failed ? Activity.Error : !e.Enabled ? Activity.Off : e.Scheduled ? Activity.Active : Activity.Inactive);
            case Operation.PausedOf:
                return Result.Gate(e.Paused);
            case Operation.OwnerOf read:
                return Result.OwnerOrNone(e.Owner(read.Role)?.Id);
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
        if (trigger is { Leader: { } paused, Attributes.Pauses: true }) Visit(paused, paused: true);
        trigger.Samples += overflows;
        if (trigger is { Leader: { } resumed, Attributes.Resumes: true }) Visit(resumed, paused: false);
        return Result.Of(overflows);
    }

    private void Visit(Event target, bool paused)
    {
        if (Amended || Linux613 || target.Active) target.Paused = paused;
    }

    private sealed class Event(Instance id, Attributes attributes)
    {
        private readonly List<Event> _starts = [];
        private readonly List<Event> _stops = [];
        private Event? _starter;
        private Event? _stopper;

        public Instance Id => id;

        public Attributes Attributes => attributes;

        public int Task => attributes.Task;

        public long Period => attributes.Period;

        public bool Enabled { get; set; } = attributes.Enabled;

        public bool Scheduled { get; set; }

        public bool Paused { get; set; } = attributes.StartPaused;

        public bool Throttled { get; set; }

        public Event? Leader { get; set; }

        public bool Failed { get; private set; }

        public long Count { get; set; }

        public long Samples { get; set; }

        public Int128 LeftByCopies { get; set; }

        public bool Active => Enabled && Scheduled;

        public bool Running => Active && !Paused && !Throttled;

        public void Enable()
        {
            Throttled &= Active || !Scheduled;
            (Enabled, Failed) = (true, false);
        }

        public void Fail() => (Enabled, Failed, Leader) = (false, true, null);

        public ref Event? Owner(Role role) => ref role == Role.Starter ? ref _starter : ref _stopper;

        public List<Event> Targets(Role role) => role == Role.Starter ? _starts : _stops;
    }
}
