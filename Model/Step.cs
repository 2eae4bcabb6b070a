// The spec as a pure function: (state, operation) -> (state, answer). One arm per rule, the rule's number beside it.
//
// Step.Atomic is one atomic step; Step.Apply is an operation from call to return with nobody else about. An operation of
// more than one step is a Call (Call.cs); what its steps do to the state is here. Written to be read, not to be fast.
// Which rules a step exercises is another question, answered by Cited.
using static PerfModel.Model.Errno;

namespace PerfModel.Model;

/// <summary>The outcome of a step: the state after it and the answer.</summary>
/// <param name="State">The state after it.</param>
/// <param name="Result">The answer.</param>
public readonly record struct Outcome(State State, Result Result);

/// <summary>The sequential semantics of every operation.</summary>
public static partial class Step
{
    /// <summary>The highest count, 2⁵³−1 (rule 4.6).</summary>
    public const long MaxCount = (1L << 53) - 1;

    /// <summary>The highest period, 2⁵³−1 (rule 1.3).</summary>
    public const long MaxPeriod = MaxCount;

    /// <summary>The highest amount of one Tick, 2³²−1 (rule 4.3).</summary>
    public const long MaxAmount = (1L << 32) - 1;

    // Each call has a step for each instance that it touches, and some more. A wrong model, as a mutant is, must not hang the one who asks it.
    private const int MostSteps = 1 << 20;

    /// <summary>An operation from call to return, with no other under way.</summary>
    public static Outcome Apply(State state, Operation operation) => Alone(state, operation, null);

    /// <summary>The same; each step is told with the state before it.</summary>
    internal static Outcome Alone(State state, Operation operation, Action<State, CallStep>? told)
    {
        var call = Call.Begin(operation);
        for (var steps = 0; ; steps++)
        {
            if (steps == MostSteps) throw new InvalidOperationException($"{operation} takes steps without an end");
            var step = First(call, state);
            told?.Invoke(state, step);
            state = step.State;
            call = step.Call.Observe(state);
            if (call.Result is { } result) return new(state, result);
        }
    }

    // Alone, the choices of a call differ only in the order of visits within a role, and those commute.
    private static CallStep First(Call call, State state)
    {
        foreach (var step in call.Steps(state)) return step;
        throw new InvalidOperationException("a call that has not answered can take a step");
    }

    /// <summary>An operation of one step (rule 7.2): all but Tick, Overflow and those that touch more than one task.</summary>
    internal static Outcome Atomic(State s, Operation operation) => operation switch
    {
        Operation.Open open => Open(s, open.Name, open.Attributes),
        Operation.SetLink set => SetLink(s, set),
        Operation.OnEvent call => s.Find(call.Event) is { } e ? OnEvent(s, call, e) : Refuse(s, EBADF), // 1.7
        Operation.OnInstance call => s.Find(call.Instance) is { } e ? OnInstance(s, call, e) : Refuse(s, EBADF), // 1.7
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "not an operation of one step"),
    };

    private static Outcome Open(State s, Handle name, Attributes a) => a switch // 1.6
    {
        _ when Refused(s, a) is { } errno => Refuse(s, errno),
        { Task: var task } when s.LifeOf(task) is not null => Refuse(s, EINVAL), // 6.1
        _ when s.LiveHandles >= s.Declaration.Handles => Refuse(s, EMFILE), // 1.4, 6.8
        { Task: var task } when task >= s.Declaration.Roots => Refuse(s, ESRCH), // 1.5
        _ => new(s.Add(new InstanceState(Instance.Own(name), a.Task, a.Cpu, a.Period, a.Inherit) // 1.1, 1.2
        {
            Enabled = a.Enabled, // 1.1
            Paused = a.StartPaused, // 8.5, 8.13
            Group = GroupAttributes.Of(a), // 8.12
            Leader = a.Leader is { } leader ? Instance.Own(leader) : null, // 8.15
        }), Result.Ok),
    };

    /// <summary>Why no state of this system opens such an event, or null.</summary>
    private static Errno? Refused(State s, Attributes a) => (s.Declaration.Dialect, a) switch
    {
        _ when IsWrong(s, a) => EINVAL, // 1.3
        (Dialect.Patch2011, { StartPaused: true }) => EINVAL, // 8.4
        (not Dialect.Linux613, { Grouped: true }) => EINVAL, // 8.10
        (_, { Pauses: true, Resumes: true }) => EINVAL, // 8.12
        var (_, asked) when (asked.Pauses || asked.Resumes) != asked.Leader is not null => EINVAL, // 8.12
        (Dialect.Linux613, { StartPaused: true, Aux: false }) => EOPNOTSUPP, // 8.13
        _ => null,
    };

    /// <summary>Whether no system of this declaration opens such an event (rule 1.3).</summary>
    internal static bool IsWrong(State s, Attributes a) =>
        a.Period is < 0 or > MaxPeriod || a.Task < -1 || a.Cpu < -1 || a.Cpu >= s.Declaration.Cpus || a is { Task: -1, Cpu: -1 };

    private static Outcome SetLink(State s, Operation.SetLink set) => (s.Find(set.Trigger), s.Find(set.Target)) switch // 2.6
    {
        (not null, _) when s.Declaration.Dialect == Dialect.Linux613 => Refuse(s, ENOTTY), // 8.11
        (null, _) or (_, null) => Refuse(s, EBADF), // 2.2
        var (p, t) when !OfOneScope(p, t) => Refuse(s, EINVAL), // 2.3
        ({ Sampling: false }, _) when s.Declaration.Dialect == Dialect.Amended => Refuse(s, EINVAL), // 8.7
        var (p, t) when t.Owner(set.Role) == p.Id => Refuse(s, EEXIST), // 2.4
        var (_, t) when t.Owner(set.Role) is not null => Refuse(s, EBUSY), // 2.5
        var (p, t) => Done(s, t.WithOwner(set.Role, p.Id)), // 2.1, 2.9
    };

    /// <summary>Whether two instances count in one task and on one cpu (rule 2.3).</summary>
    internal static bool OfOneScope(InstanceState p, InstanceState t) => p.Task == t.Task && p.Cpu == t.Cpu;

    private static Outcome OnEvent(State s, Operation.OnEvent call, InstanceState e) => call switch
    {
        Operation.Close => new(s.Remove(e.Id), Result.Ok), // 1.8, 2.10, 6.13
        Operation.Enable => Done(s, BecomeActiveIf(e, e with { Enabled = true, Failed = false })), // 3.2, 8.20
        Operation.Disable => Done(s, e with { Enabled = false }), // 3.2
        _ => throw new ArgumentOutOfRangeException(nameof(call), call, "not a call on an event"),
    };

    private static Outcome OnInstance(State s, Operation.OnInstance call, InstanceState e) => call switch
    {
        Operation.ScheduleIn => Done(s, BecomeActiveIf(e, e with { Scheduled = true })), // 3.3
        Operation.ScheduleOut => Done(s, e with { Scheduled = false }), // 3.3
        Operation.Throttle => Done(s, e with { Throttled = true }), // 5.1
        Operation.Unthrottle => Done(s, e with { Throttled = false }), // 5.2
        Operation.CountOf => new(s, Result.Of(e.Count)), // 4.14
        Operation.StateOf => new(s, Result.Of(e.Activity)), // 3.1
        Operation.PausedOf => new(s, Result.Gate(e.Paused)), // 4.13
        Operation.OwnerOf read => new(s, Result.OwnerOrNone(e.Owner(read.Role))), // 2.11
        Operation.SamplesOf => new(s, Result.Of(e.Samples)), // 4.14
        _ => throw new ArgumentOutOfRangeException(nameof(call), call, "not a call of one step on an instance"),
    };

    /// <summary>The first step of Tick (rules 4.2 to 4.6 and 7.7): answers, or counts and admits <paramref name="overflows"/> ≥ 1 overflows.</summary>
    internal static Outcome AdmitTick(State s, Operation.Tick tick, out long overflows)
    {
        var e = s.Find(tick.Instance);
        overflows = e is { Running: true, Sampling: true } && tick.Amount is >= 0 and <= MaxAmount && e.Count + tick.Amount <= MaxCount
            ? (e.Count + tick.Amount) / e.Period - e.Count / e.Period
            : 0;
        return (e, tick.Amount) switch
        {
            (null, _) => Refuse(s, EBADF), // 1.7
            (_, < 0 or > MaxAmount) => Refuse(s, EINVAL), // 4.3
            ({ Running: false }, _) => new(s, Result.Ignored), // 4.2
            var (_, n) when e.Count + n > MaxCount => Refuse(s, EOVERFLOW), // 4.6
            ({ Sampling: false }, var n) => new(s.With(e with { Count = e.Count + n }), Result.Of(0L)), // 4.4
            var (_, n) => new(s.With(e with { Count = e.Count + n }), Result.Of(overflows)), // 4.5
        };
    }

    /// <summary>The first step of Overflow (rules 4.7, 4.8 and 7.3): answers, or admits one overflow.</summary>
    internal static Outcome AdmitOverflow(State s, Operation.Overflow overflow, out long overflows)
    {
        var e = s.Find(overflow.Instance);
        overflows = e is { Running: true, Sampling: true } ? 1 : 0;
        return e switch
        {
            null => Refuse(s, EBADF), // 1.7
            { Running: false } or { Sampling: false } => new(s, Result.Ignored), // 4.8
            _ => new(s, Result.Of(1L)), // 4.7
        };
    }

    /// <summary>One visit of a pass (rules 4.9 to 4.11 and 7.6): tests the target and moves its gate together.</summary>
    internal static State Visit(State s, Instance target, Role role) => s.Find(target) switch
    {
        null => s, // 7.5
        { Activity: not Activity.Active } when s.Declaration.Dialect == Dialect.Patch2011 => s, // 8.2
        var t when t.Paused == (role == Role.Stopper) => s,
        var t => s.With(t with { Paused = role == Role.Stopper }), // 4.9, 4.10, 8.3
    };

    /// <summary>The last step of Tick and Overflow (rule 4.12): the records are written, whether or not the gate has moved.</summary>
    internal static State Sample(State s, Instance trigger, long overflows) =>
        s.Find(trigger) is { } p ? s.With(p with { Samples = p.Samples + overflows }) : s;

    // Rule 5.3: what becomes Active is no longer throttled.
    private static InstanceState BecomeActiveIf(InstanceState before, InstanceState after) =>
        before.Activity != Activity.Active && after.Activity == Activity.Active ? after with { Throttled = false } : after;

    private static Outcome Done(State s, InstanceState changed) => new(s.With(changed), Result.Ok);

    private static Outcome Refuse(State s, Errno errno) => new(s, Result.Of(errno)); // 1.9
}
