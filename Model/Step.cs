// The spec as a pure function: (state, operation) -> (state, answer, rules). One arm per rule, its number on the arm.
//
// Step.Atomic is one atomic step; Step.Apply is an operation from call to return with nobody else about. An operation of
// more than one step is a Call (Call.cs); what its steps do to the state is here. Written to be read, not to be fast.
namespace PerfModel.Model;

/// <summary>What a step made of a state.</summary>
/// <param name="State">The state after it.</param>
/// <param name="Result">The answer.</param>
/// <param name="Rules">The rules that decided it.</param>
public readonly record struct Outcome(State State, Result Result, RuleSet Rules);

/// <summary>The sequential semantics of every operation.</summary>
public static partial class Step
{
    /// <summary>The highest count, 2⁵³−1 (rule 4.6).</summary>
    public const long MaxCount = (1L << 53) - 1;

    /// <summary>The highest period, 2⁵³−1 (rule 1.3).</summary>
    public const long MaxPeriod = MaxCount;

    /// <summary>The highest amount of one Tick, 2³²−1 (rule 4.3).</summary>
    public const long MaxAmount = (1L << 32) - 1;

    /// <summary>An operation from call to return, with no other under way.</summary>
    public static Outcome Apply(State state, Operation operation)
    {
        var call = Call.Begin(operation);
        var rules = RuleSet.None;
        while (call.Result is null)
        {
            // Alone, the choices of a call differ only in the order of visits within a role, and those commute.
            var step = call.Steps(state).First();
            state = step.State;
            call = step.Call.Observe(state);
            rules |= step.Rules;
        }

        return new Outcome(state, call.Result.Value, rules);
    }

    /// <summary>An operation of one step (rule 7.2): all but Tick, Overflow and what touches more than one task.</summary>
    internal static Outcome Atomic(State s, Operation operation) => operation switch
    {
        Operation.Open open => Open(s, open.Name, open.Attributes),
        Operation.SetLink set => SetLink(s, set),
        Operation.OnEvent call => s.Find(call.Event) is { } e ? OnEvent(s, call, e) : Refuse(s, Errno.EBADF, 1_07),
        Operation.OnInstance call => s.Find(call.Instance) is { } e ? OnInstance(s, call, e) : Refuse(s, Errno.EBADF, 1_07, Copied(call.Instance)),
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "not an operation of one step"),
    };

    private static Outcome Open(State s, Handle name, Attributes a) => a switch
    {
        { Period: < 0 or > MaxPeriod } => Refuse(s, Errno.EINVAL, 1_03, OpenPrecedence(s, a)),
        { Task: < -1 } => Refuse(s, Errno.EINVAL, 1_03, OpenPrecedence(s, a)),
        { Cpu: var cpu } when cpu < -1 || cpu >= s.Declaration.Cpus => Refuse(s, Errno.EINVAL, 1_03, OpenPrecedence(s, a)),
        { Task: -1, Cpu: -1 } => Refuse(s, Errno.EINVAL, 1_03, OpenPrecedence(s, a)),
        { Task: var task } when s.LifeOf(task) is not null => Refuse(s, Errno.EINVAL, 6_01, OpenPrecedence(s, a)),
        { StartPaused: true } when s.Declaration.Dialect == Dialect.Patch2011 => Refuse(s, Errno.EINVAL, 8_04, OpenPrecedence(s, a)),
        _ when s.LiveHandles >= s.Declaration.Handles => Refuse(s, Errno.EMFILE, 1_04, OpenPrecedence(s, a) | Capacity(s)),
        { Task: var task } when task >= s.Declaration.Roots => Refuse(s, Errno.ESRCH, 1_05),
        _ => new(s.Add(new InstanceState(Instance.Own(name), a.Task, a.Cpu, a.Period, a.Inherit)
        {
            Enabled = a.Enabled,
            Paused = a.StartPaused,
        }), Result.Ok, Cite(1_01) | Cite(1_02) | Capacity(s) | (a.StartPaused ? Cite(8_05) : RuleSet.None)),
    };

    // Rule 6.8 speaks where copies are live and do not count.
    private static RuleSet Capacity(State s) => s.LiveHandles < s.Instances.Length ? Cite(6_08) : RuleSet.None;

    // Rule 1.6 speaks where more than one error of Open applies.
    private static RuleSet OpenPrecedence(State s, Attributes a) =>
        s.LiveHandles >= s.Declaration.Handles || a.Task >= s.Declaration.Roots ? Cite(1_06) : RuleSet.None;

    private static Outcome SetLink(State s, Operation.SetLink set) => (s.Find(set.Trigger), s.Find(set.Target)) switch
    {
        (null, _) or (_, null) => Refuse(s, Errno.EBADF, 2_02, LinkPrecedence(s, set)),
        var (p, t) when p.Task != t.Task || p.Cpu != t.Cpu => Refuse(s, Errno.EINVAL, 2_03, LinkPrecedence(s, set)),
        ({ Sampling: false }, _) when s.Declaration.Dialect == Dialect.Amended => Refuse(s, Errno.EINVAL, 8_07, LinkPrecedence(s, set)),
        var (p, t) when t.Owner(set.Role) == p.Id => Refuse(s, Errno.EEXIST, 2_04),
        var (_, t) when t.Owner(set.Role) is not null => Refuse(s, Errno.EBUSY, 2_05),
        var (p, t) => new(s.With(t.WithOwner(set.Role, p.Id)), Result.Ok,
            Cite(2_01) | Cite(2_09)
            | (t.Owner(Other(set.Role)) == p.Id ? Cite(2_07) : RuleSet.None)
            | (p.Id == t.Id || p.Starter == t.Id || p.Stopper == t.Id ? Cite(2_08) : RuleSet.None)
            | (p.Sampling ? RuleSet.None : Cite(8_06))
            | (s.CopiesOf(p.Id.Event).Any() && s.CopiesOf(t.Id.Event).Any() ? Cite(6_12) : RuleSet.None)),
    };

    // Rule 2.6 speaks where a refusal stands before another that applies too.
    private static RuleSet LinkPrecedence(State s, Operation.SetLink set) =>
        s.Find(set.Target)?.Owner(set.Role) is not null ? Cite(2_06) : RuleSet.None;

    private static Outcome OnEvent(State s, Operation.OnEvent call, InstanceState e) => call switch
    {
        Operation.Close => new(s.Remove(e.Id), Result.Ok,
            Cite(1_08) | (e.Starter is null && e.Stopper is null && Holds(s, e).IsEmpty ? RuleSet.None : Cite(2_10))
            | (s.CopiesOf(call.Event).Any() ? Cite(6_13) : RuleSet.None)),
        Operation.Enable => Done(s, BecomeActiveIf(e, e with { Enabled = true }), 3_02, Unthrottling(e, e.Scheduled)),
        Operation.Disable => Done(s, e with { Enabled = false }, 3_02),
        _ => throw new ArgumentOutOfRangeException(nameof(call), call, "not a call on an event"),
    };

    private static Outcome OnInstance(State s, Operation.OnInstance call, InstanceState e) => call switch
    {
        Operation.ScheduleIn => Done(s, BecomeActiveIf(e, e with { Scheduled = true }), 3_03, Unthrottling(e, e.Enabled)),
        Operation.ScheduleOut => Done(s, e with { Scheduled = false }, 3_03),
        Operation.Throttle => Done(s, e with { Throttled = true }, 5_01),
        Operation.Unthrottle => Done(s, e with { Throttled = false }, 5_02),
        Operation.CountOf => Read(s, Result.Of(e.Count), 4_14),
        Operation.StateOf => Read(s, Result.Of(e.Activity), 3_01),
        Operation.PausedOf => Read(s, Result.Gate(e.Paused), 4_13),
        Operation.OwnerOf read => Read(s, Result.OwnerOrNone(e.Owner(read.Role)), 2_11),
        Operation.SamplesOf => Read(s, Result.Of(e.Samples), 4_14, e.Id.IsCopy ? Cite(6_14) : RuleSet.None),
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
            (null, _) => Refuse(s, Errno.EBADF, 1_07, Copied(tick.Instance)),
            (_, < 0 or > MaxAmount) => Refuse(s, Errno.EINVAL, 4_03),
            ({ Running: false }, _) => new(s, Result.Ignored, Cite(4_02) | Cite(4_01)),
            var (_, n) when e.Count + n > MaxCount => Refuse(s, Errno.EOVERFLOW, 4_06),
            ({ Sampling: false }, var n) => new(s.With(e with { Count = e.Count + n }), Result.Of(0L), Cite(4_04) | Cite(4_01)),
            var (_, n) => new(s.With(e with { Count = e.Count + n }), Result.Of(overflows), Cite(4_05) | Cite(4_01)),
        };
    }

    /// <summary>The first step of Overflow (rules 4.7, 4.8 and 7.3): answers, or admits one overflow.</summary>
    internal static Outcome AdmitOverflow(State s, Operation.Overflow overflow, out long overflows)
    {
        var e = s.Find(overflow.Instance);
        overflows = e is { Running: true, Sampling: true } ? 1 : 0;
        return e switch
        {
            null => Refuse(s, Errno.EBADF, 1_07, Copied(overflow.Instance)),
            { Running: false } or { Sampling: false } => new(s, Result.Ignored, Cite(4_08) | Cite(4_01)),
            _ => new(s, Result.Of(1L), Cite(4_07) | Cite(4_01)),
        };
    }

    /// <summary>One visit of a pass (rules 4.9 to 4.11 and 7.6): tests the target and moves its gate together.</summary>
    internal static (State State, RuleSet Rules) Visit(State s, Instance target, Role role)
    {
        var order = role == Role.Starter ? Cite(4_09) : Cite(4_10);
        return s.Find(target) switch
        {
            null => (s, order),
            { Activity: not Activity.Active } when s.Declaration.Dialect == Dialect.Patch2011 => (s, Cite(8_02)),
            var t => (t.Paused == (role == Role.Stopper) ? s : s.With(t with { Paused = role == Role.Stopper }),
                order | (t.Sampling ? Cite(4_11) : RuleSet.None)
                | (t.Activity != Activity.Active ? Cite(8_03) : RuleSet.None)
                | (t.Throttled ? Cite(5_04) : RuleSet.None)),
        };
    }

    /// <summary>The last step of Tick and Overflow (rule 4.12): the records are written, whatever became of the gate.</summary>
    internal static (State State, RuleSet Rules) Sample(State s, Instance trigger, long overflows) => s.Find(trigger) switch
    {
        null => (s, RuleSet.None),
        var p => (s.With(p with { Samples = p.Samples + overflows }), Cite(4_12)),
    };

    // Rule 5.3: what becomes Active is no longer throttled.
    private static InstanceState BecomeActiveIf(InstanceState before, InstanceState after) =>
        before.Activity != Activity.Active && after.Activity == Activity.Active ? after with { Throttled = false } : after;

    private static RuleSet Unthrottling(InstanceState before, bool otherBit) =>
        before.Activity != Activity.Active && otherBit && before.Throttled ? Cite(5_03) : RuleSet.None;

    private static InstanceSet Holds(State s, InstanceState e) =>
        s.TargetsOf(e.Id, Role.Starter).Union(s.TargetsOf(e.Id, Role.Stopper));

    private static Role Other(Role role) => role == Role.Starter ? Role.Stopper : Role.Starter;

    private static Outcome Done(State s, InstanceState changed, int rule, RuleSet also = default) =>
        new(s.With(changed), Result.Ok, Cite(rule) | also | Copied(changed.Id) | (rule / 100 == 3 ? Cite(3_04) : RuleSet.None));

    // Rule 6.7 speaks where the hardware or a read names a copy.
    private static RuleSet Copied(Instance instance) => instance.IsCopy ? Cite(6_07) : RuleSet.None;

    private static Outcome Read(State s, Result answer, int rule, RuleSet also = default) => new(s, answer, Cite(rule) | also | Cite(1_09));

    private static Outcome Refuse(State s, Errno errno, int rule, RuleSet also = default) =>
        new(s, Result.Of(errno), Cite(rule) | also | Cite(1_09));

    private static RuleSet Cite(int rule) => RuleSet.Of(rule);
}
