// Which rules of SPEC.md a step exercises: the second pure function of the model. Step says what follows, Cited by which rules.
//
// No answer depends on it: runs know by it which rules they covered, and pages which rules are at issue. The rules of a refusal
// can be asked without a state too, since a refusal that was seen may be one that no state explains.
using static PerfModel.Model.Errno;
using static PerfModel.Model.RuleSet;

namespace PerfModel.Model;

/// <summary>The rules that a transition of the model exercises.</summary>
public static class Cited
{
    /// <summary>The rules of chapters 1 to 6 and 8 by which an operation, with no other under way, changes and answers.</summary>
    /// <param name="before">The state before it.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="outcome">The outcome that <see cref="Step.Apply"/> makes of the two.</param>
    public static RuleSet By(State before, Operation operation, Outcome outcome)
    {
        // An only step is known already.
        if (IsOneStep(operation, outcome.Result))
            return Deciding(before, operation, new(outcome.State, Call.Returned(operation, outcome.Result), default));
        return EachStep(before, operation);
    }

    // Apart, as what listens to the steps is an object, which an only step does without.
    private static RuleSet EachStep(State start, Operation operation)
    {
        var rules = RuleSet.None;
        Step.Alone(start, operation, (before, step) => rules |= Deciding(before, operation, step));
        return rules;
    }

    private static bool IsOneStep(Operation operation, Result answer) => operation switch
    {
        Operation.Fork or Operation.Exit or Operation.Enable or Operation.Disable or Operation.TotalCount => false,
        Operation.Tick or Operation.Overflow => answer.Number is null or 0,
        _ => true,
    };

    /// <summary>All rules that one step of a call exercises, those of chapter 7 included.</summary>
    public static RuleSet By(State before, Operation operation, CallStep step) =>
        Deciding(before, operation, step) | Allowing(before, operation, step);

    /// <summary>All rules that a move exercises.</summary>
    public static RuleSet By(Configuration before, Move move) =>
        By(before.State, before.Calls[move.Thread]!.Operation, move.Step);

    /// <summary>
    /// The rules by which some state of a dialect refuses an operation with this answer, or ignores it; none if no state does. Of
    /// EINVAL the rule that needs no other condition.
    /// </summary>
    public static RuleSet Refusing(Dialect dialect, Operation operation, Result answer) => (operation, answer.Errno) switch
    {
        (Operation.SetLink, not Errno.None) when dialect == Dialect.Linux613 => Of(8_11),
        (Operation.Open, EBADF or EOPNOTSUPP) when dialect != Dialect.Linux613 => RuleSet.None,
        (Operation.Open, EINVAL) => Of(1_03),
        (Operation.Open, EMFILE) => Of(1_04),
        (Operation.Open, EBADF) => Of(8_14),
        (Operation.Open, EOPNOTSUPP) => Of(8_13),
        (Operation.Open, ESRCH) => Of(1_05),
        (Operation.SetLink, EBADF) => Of(2_02),
        (Operation.SetLink, EINVAL) => Of(2_03),
        (Operation.SetLink, EEXIST) => Of(2_04),
        (Operation.SetLink, EBUSY) => Of(2_05),
        (Operation.Fork, not Errno.None) => Of(6_02),
        (Operation.Exit, not Errno.None) => Of(6_09),
        (Operation.TotalCount, EBADF) => Of(1_07) | Of(6_10),
        (Operation.TotalCount, not Errno.None) => Of(6_10),
        (Operation.Tick, EINVAL) => Of(4_03),
        (Operation.Tick, EOVERFLOW) => Of(4_06),
        (Operation.Tick, _) when answer == Result.Ignored => Of(4_02),
        (Operation.Overflow, _) when answer == Result.Ignored => Of(4_08),
        (Operation.OnInstance { Instance: var named }, EBADF) => Of(1_07) | OfACopy(named),
        (_, EBADF) => Of(1_07),
        _ => RuleSet.None,
    };

    /// <summary>The rule that says of which steps an operation consists.</summary>
    private static RuleSet Program(Dialect dialect, Operation operation) => operation switch
    {
        Operation.Overflow => Of(7_03),
        Operation.Tick => Of(7_07),
        Operation.Close => Of(7_08),
        Operation.Open { Attributes.Leader: not null } when dialect == Dialect.Linux613 => Of(8_21),
        Operation.TotalCount => Of(7_09),
        Operation.Fork or Operation.Exit => Of(7_10),
        Operation.Enable or Operation.Disable => Of(7_11),
        _ => Of(7_02),
    };

    /// <summary>
    /// The rules that say which steps of an operation are too early, too late, too many or missing, those of chapter 7 or what has
    /// their place in a dialect; not 7.2, which says no more than that it is one.
    /// </summary>
    /// <param name="dialect">The dialect.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="answer">Its answer, if that is known.</param>
    public static RuleSet Bounding(Dialect dialect, Operation operation, Result? answer) => operation switch
    {
        Operation.Tick or Operation.Overflow => Program(dialect, operation) | Of(7_03) | Of(7_04) | Of(7_05) | Of(dialect == Dialect.Linux613 ? 8_18 : 7_06),
        Operation.Open when answer?.Errno == EMFILE => Of(7_12),
        Operation.Close when dialect == Dialect.Linux613 => Program(dialect, operation) | Of(8_19),
        _ => Program(dialect, operation) - Of(7_02),
    };

    /// <summary>The rules of chapter 7 that let the step be taken where it stands.</summary>
    private static RuleSet Allowing(State s, Operation operation, CallStep step) => (operation, step.Label) switch
    {
        (Operation.OnInstance p, { Kind: StepKind.Visit, Instance: var target, Role: var role }) =>
            Of(7_06) | Of(s.Find(target)?.Owner(role) == p.Instance ? 7_04 : 7_05),
        (_, { Kind: StepKind.Sample }) => Of(7_03),
        (Operation.OnInstance p, { Kind: StepKind.VisitBegins or StepKind.VisitMoves or StepKind.VisitEnds }) => Of(8_18) | Of(s.Find(p.Instance) is not null ? 7_04 : 7_05),
        (_, { Kind: StepKind.Fails }) => Of(8_19),
        (Operation.Enable or Operation.Disable, { Kind: StepKind.Whole }) => Of(7_01) | Of(7_02),
        (Operation.Open, _) when step.Call.Result?.Errno == EMFILE => Of(7_01) | Of(7_12),
        _ => Of(7_01) | Program(s.Declaration.Dialect, operation),
    };

    /// <summary>The rules of chapters 1 to 6 and 8 that decide the changes and the answer of the step.</summary>
    private static RuleSet Deciding(State s, Operation operation, CallStep step)
    {
        if (step.Call.Result is { IsError: true } refusal) return Refused(s, operation, refusal.Errno) | Of(1_09);
        return (operation, step.Label) switch
        {
            (_, { Kind: StepKind.Visit }) => Visited(s, step.Label),
            (Operation.OnInstance, { Kind: StepKind.VisitBegins or StepKind.VisitMoves or StepKind.VisitEnds }) => LeaderVisited(s, step.Label),
            (_, { Kind: StepKind.Fails }) => Of(8_19),
            (Operation.Open, { Kind: StepKind.Leader }) => Of(8_14),
            (Operation.OnInstance p, { Kind: StepKind.Sample }) => When(s.Find(p.Instance) is not null, 4_12),
            (Operation.Open { Attributes: var a }, _) => Of(1_01) | Of(1_02) | BesideCopies(s)
                | When(a.StartPaused, s.Declaration.Dialect == Dialect.Linux613 ? 8_13 : 8_05) | When(a.Leader is not null, 8_12) | When(a.Leader is not null, 8_15),
            (Operation.SetLink set, _) => Linked(s, set),
            (Operation.Close close, _) => Closed(s, close),
            (Operation.TotalCount, _) => Of(6_10) | When(step.Call.Result is not null, 1_09),
            (Operation.Fork fork, _) => Forked(s, fork, step),
            (Operation.Exit, { Kind: StepKind.CopyDies, Instance: var copy }) => CopyDied(s, s.Find(copy)!),
            (Operation.Exit, _) => Of(6_09),
            (Operation.OnEvent, { Kind: StepKind.End }) => RuleSet.None,
            (Operation.OnEvent change, { Kind: StepKind.Copy } at) => Of(6_11) | Unthrottled(s, change, at.Instance),
            (Operation.OnEvent change, _) => Of(3_02) | Of(3_04) | Unthrottled(s, change, Instance.Own(change.Event)),
            (Operation.OnInstance call, _) => OnInstance(s, call, step.Call.Settled!.Value),
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "no operation of the model"),
        };
    }

    private static RuleSet Refused(State s, Operation operation, Errno errno) => (operation, errno) switch
    {
        (Operation.Open { Attributes: var a }, EINVAL) =>
            WrongArgument(s, a) | OtherErrors(s, a),
        (Operation.Open { Attributes: var a }, EMFILE) => Of(1_04) | OtherErrors(s, a) | BesideCopies(s),
        (Operation.SetLink, _) when s.Declaration.Dialect == Dialect.Linux613 => Refusing(Dialect.Linux613, operation, Result.Of(errno)),
        (Operation.SetLink set, EBADF) => Of(2_02) | OtherErrors(s, set),
        (Operation.SetLink set, EINVAL) =>
            Of(Step.OfOneScope(s.Find(set.Trigger)!, s.Find(set.Target)!) ? 8_07 : 2_03) | OtherErrors(s, set),
        (Operation.Exit exit, _) => Of(6_09) | When(s.IsRoot(exit.Task), 6_01),
        _ => Refusing(s.Declaration.Dialect, operation, Result.Of(errno)),
    };

    private static RuleSet WrongArgument(State s, Attributes a) =>
        Step.IsWrong(s, a) ? Of(1_03)
        : s.Declaration.Dialect != Dialect.Linux613 && a.Grouped ? Of(8_10)
        : (a.Pauses && a.Resumes) || (a.Pauses || a.Resumes) != a.Leader is not null ? Of(8_12)
        : a.Leader is not null ? Of(8_14)
        : s.LifeOf(a.Task) is not null ? Of(6_01)
        : Of(8_04);

    // More than one error of Open applies.
    private static RuleSet OtherErrors(State s, Attributes a) =>
        When(s.LiveHandles >= s.Declaration.Handles || a.Task >= s.Declaration.Roots, 1_06);

    // A refusal stands before another that applies too.
    private static RuleSet OtherErrors(State s, Operation.SetLink set) =>
        When(s.Find(set.Target)?.Owner(set.Role) is not null, 2_06);

    // Copies are live and do not count.
    private static RuleSet BesideCopies(State s) => When(s.LiveHandles < s.Instances.Length, 6_08);

    private static RuleSet Linked(State s, Operation.SetLink set)
    {
        var (p, t) = (s.Find(set.Trigger)!, s.Find(set.Target)!);
        return Of(2_01) | Of(2_09)
            | When(t.Owner(set.Role == Role.Starter ? Role.Stopper : Role.Starter) == p.Id, 2_07)
            | When(p.Id == t.Id || p.Starter == t.Id || p.Stopper == t.Id, 2_08)
            | When(!p.Sampling, 8_06)
            | When(s.CopiesOf(set.Trigger).Any() && s.CopiesOf(set.Target).Any(), 6_12);
    }

    private static RuleSet Closed(State s, Operation.Close close) =>
        Of(1_08) | When(IsLinked(s, s.Find(close.Event)!), 2_10) | When(!s.MembersOf(Instance.Own(close.Event)).IsEmpty, 8_19) | When(s.CopiesOf(close.Event).Any(), 6_13);

    private static RuleSet CopyDied(State s, InstanceState copy) =>
        Of(6_09) | When(IsLinked(s, copy), 2_10) | When(copy.Samples > 0, 6_14);

    private static bool IsLinked(State s, InstanceState e) =>
        (e.Starter ?? e.Stopper) is not null || s.Instances.Any(target => target.Starter == e.Id || target.Stopper == e.Id);

    private static RuleSet Forked(State s, Operation.Fork fork, CallStep step)
    {
        if (step.Label.Kind == StepKind.Source) return RuleSet.None;
        if (step.Label.Kind == StepKind.Name) return Of(6_02);
        var uncopied = Of(6_02) | When(!s.Instances.IsEmpty, 6_03);
        if (!step.State.In(fork.Child).Any()) return uncopied;
        var gates = s.Declaration.Dialect switch
        {
            Dialect.Amended => Of(8_09),
            Dialect.Linux613 => Of(8_22),
            _ => Of(8_08),
        };
        return uncopied | Of(6_04) | Of(s.Declaration.Dialect == Dialect.Linux613 ? 8_23 : 6_05) | gates | When(!s.IsRoot(fork.Task), 6_06);
    }

    private static RuleSet OnInstance(State s, Operation.OnInstance call, Result answer)
    {
        var e = s.Find(call.Instance)!;
        return call switch
        {
            Operation.ScheduleIn => Of(3_03) | Of(3_04) | OfACopy(e.Id) | When(Unthrottles(e, e.Enabled), 5_03),
            Operation.ScheduleOut => Of(3_03) | Of(3_04) | OfACopy(e.Id),
            Operation.Throttle => Of(5_01) | OfACopy(e.Id),
            Operation.Unthrottle => Of(5_02) | OfACopy(e.Id),
            Operation.Tick or Operation.Overflow when answer == Result.Ignored => Refusing(s.Declaration.Dialect, call, answer) | Of(4_01),
            Operation.Tick => Of(e.Sampling ? 4_05 : 4_04) | Of(4_01),
            Operation.Overflow => Of(4_07) | Of(4_01),
            Operation.CountOf => Of(4_14) | Of(1_09),
            Operation.StateOf => Of(e.Failed ? 8_19 : 3_01) | Of(1_09),
            Operation.PausedOf => Of(4_13) | Of(1_09),
            Operation.OwnerOf => Of(s.Declaration.Dialect == Dialect.Linux613 ? 8_11 : 2_11) | Of(1_09),
            _ => Of(4_14) | Of(1_09) | When(e.Id.IsCopy, 6_14),
        };
    }

    private static RuleSet Visited(State s, StepLabel visit)
    {
        var order = Of(visit.Role == Role.Starter ? 4_09 : 4_10);
        return s.Find(visit.Instance) switch
        {
            null => order,
            { Activity: not Activity.Active } when s.Declaration.Dialect == Dialect.Patch2011 => Of(8_02),
            var t => order | When(t.Sampling, 4_11) | When(t.Activity != Activity.Active, 8_03) | When(t.Throttled, 5_04),
        };
    }

    private static RuleSet LeaderVisited(State s, StepLabel visit) => (visit.Kind, s.Find(visit.Instance)) switch
    {
        (StepKind.VisitBegins, { Visited: true }) => Of(8_18),
        (StepKind.VisitMoves, var leader) => Of(8_16) | When(leader!.Activity != Activity.Active, 8_17) | When(leader.Throttled, 5_04) | When(leader.Sampling, 4_11),
        _ => Of(8_16),
    };

    // What becomes Active is no longer throttled; and what is enabled is in no error.
    private static RuleSet Unthrottled(State s, Operation.OnEvent change, Instance reached) =>
        When(change is Operation.Enable && s.Find(reached) is { Failed: true }, 8_20) | When(change is Operation.Enable && s.Find(reached) is { } e && Unthrottles(e, e.Scheduled), 5_03);

    private static bool Unthrottles(InstanceState before, bool otherBit) =>
        before.Activity != Activity.Active && otherBit && before.Throttled;

    // The hardware names a copy.
    private static RuleSet OfACopy(Instance instance) => When(instance.IsCopy, 6_07);

    private static RuleSet When(bool exercised, int rule) => exercised ? Of(rule) : RuleSet.None;
}
