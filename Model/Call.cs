// Operations as programs of atomic steps: what one call under way can do next, and what it must have done (chapter 7).
namespace PerfModel.Model;

/// <summary>One thing that a call can do next.</summary>
/// <param name="State">The state after it.</param>
/// <param name="Call">The call after it; it has a <see cref="Model.Call.Result"/> once it can return.</param>
/// <param name="Label">Which step of its call it is.</param>
public readonly record struct CallStep(State State, Call Call, StepLabel Label)
{
    /// <summary>The highest number that it may answer, its own being the lowest (rule 7.9); null if it has one answer.</summary>
    public long? Highest { get; init; }

    /// <summary>The step for each answer that it may give.</summary>
    public IEnumerable<CallStep> EachAnswer()
    {
        if (Highest is not { } highest || Call.Result?.Number is not { } lowest)
        {
            yield return this;
            yield break;
        }

        for (var more = 0L; more <= highest - lowest; more++) yield return Answering(Result.Of(lowest + more));
    }

    /// <summary>The step with this answer if it may give it, else with its own.</summary>
    public CallStep Answering(Result answer) =>
        answer.Number >= Call.Result?.Number && answer.Number <= Highest
            ? new(State, Call.Returned(Call.Operation, answer), Label)
            : this;
}

/// <summary>Which step of its call a step is.</summary>
/// <param name="Kind">The place in the call's program.</param>
/// <param name="Instance">The target of a visit, or the copy that the step is on.</param>
/// <param name="Role">The role of the link that is visited.</param>
public readonly record struct StepLabel(StepKind Kind, Instance Instance = default, Role Role = default);

/// <summary>The places in the programs of chapter 7.</summary>
public enum StepKind
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>Of Tick and Overflow: the first (rules 7.3 and 7.7).</summary>
    Admission,

    /// <summary>Of Tick and Overflow: a visit (rule 7.6).</summary>
    Visit,

    /// <summary>Of Tick and Overflow: the last (rule 7.3).</summary>
    Sample,

    /// <summary>Of TotalCount: the first (rule 7.9).</summary>
    Begin,

    /// <summary>Of TotalCount, Enable and Disable: the last; it changes nothing (rules 7.9 and 7.11).</summary>
    End,

    /// <summary>Of Fork: the source runs (rule 7.10).</summary>
    Source,

    /// <summary>Of Fork: the name is taken (rule 7.10).</summary>
    Name,

    /// <summary>Of Fork: the task runs and its copies appear (rule 7.10).</summary>
    Appear,

    /// <summary>Of Exit: the task ends (rule 7.10).</summary>
    TaskEnds,

    /// <summary>Of Exit: a copy dies (rule 7.10).</summary>
    CopyDies,

    /// <summary>Of Enable and Disable: the own instance (rule 7.11).</summary>
    Own,

    /// <summary>Of Enable and Disable: a copy (rule 7.11).</summary>
    Copy,

    /// <summary>Of an Open with a leader: the leader is found (rule 8.21).</summary>
    Leader,

    /// <summary>Of an Open with a leader: the event is live (rule 8.21).</summary>
    Opened,

    /// <summary>Of Close and of an Open with a leader, in Linux613: the death of a leader reaches an instance (rules 8.19 and 8.21).</summary>
    Fails,

    /// <summary>Of Tick and Overflow in Linux613: a visit begins, or is dropped (rule 8.18).</summary>
    VisitBegins,

    /// <summary>Of Tick and Overflow in Linux613: a visit moves the gate (rule 8.18).</summary>
    VisitMoves,

    /// <summary>Of Tick and Overflow in Linux613: a visit ends (rule 8.18).</summary>
    VisitEnds,
}

/// <summary>
/// The local state of one call: its steps so far and the facts learnt from them. A call is a program of atomic steps (rule 7.1);
/// the program is here, the effect of its steps on the system in <see cref="Step"/>.
/// </summary>
public abstract partial record Call
{
    private protected Call(Operation operation) => Operation = operation;

    /// <summary>The operation that was called.</summary>
    public Operation Operation { get; }

    /// <summary>The answer, once every step is taken; null before.</summary>
    public Result? Result { get; private protected init; }

    /// <summary>The answer that the steps taken so far have settled, or null: an overflow's is settled by its admission.</summary>
    public virtual Result? Settled => Result;

    /// <summary>Every step that the call can take now; none once it has its result.</summary>
    /// <param name="state">The system before the step.</param>
    public abstract IEnumerable<CallStep> Steps(State state);

    /// <summary>The call after somebody, itself included, has moved the system to <paramref name="after"/>.</summary>
    public virtual Call Observe(State after) => this;

    /// <summary>A call that has taken no step.</summary>
    public static Call Begin(Operation operation) => operation switch
    {
        Operation.Tick or Operation.Overflow => new Delivery(operation),
        Operation.Enable or Operation.Disable => new ReachingCopies((Operation.OnEvent)operation),
        Operation.TotalCount read => new Totalling(read),
        Operation.Fork fork => new Forking(fork),
        Operation.Exit exit => new Exiting(exit),
        Operation.Close close => new Closing(close),
        Operation.Open { Attributes.Leader: not null } open => new Opening(open),
        _ => new Single(operation),
    };

    /// <summary>The call with its answer; its local state is of no more use and is forgotten.</summary>
    internal static Call Returned(Operation operation, Result result) => new Single(operation) { Result = result };

    /// <summary>An operation of one step (rules 7.2, 7.8 and 7.12).</summary>
    private sealed record Single(Operation Operation) : Call(Operation)
    {
        public override IEnumerable<CallStep> Steps(State state)
        {
            if (Result is not null) yield break;
            var outcome = Step.Atomic(state, Operation);
            yield return new(outcome.State, Returned(Operation, outcome.Result), default);
        }
    }

    private enum Phase
    {
        Admission,
        Starters,
        Stoppers,
    }

    /// <summary>
    /// Tick or Overflow: admission; visits of the starter links; visits of the stopper links; the sample (rule 7.3).
    /// Links are named by their targets: a trigger and a target are joined in one role at most once, ever.
    /// </summary>
    private sealed record Delivery(Operation Operation) : Call(Operation)
    {
        private readonly Phase _phase;
        private readonly long _overflows;
        private readonly Visits _starters;
        private readonly Visits _stoppers;

        private Instance Trigger => ((Operation.OnInstance)Operation).Instance;

        private Delivery(Operation operation, Phase phase, long overflows, Visits starters, Visits stoppers) : this(operation) =>
            (_phase, _overflows, _starters, _stoppers) = (phase, overflows, starters, stoppers);

        public override Result? Settled => _phase == Phase.Admission ? null : Model.Result.Of(_overflows);

        public override IEnumerable<CallStep> Steps(State state)
        {
            if (_phase == Phase.Admission)
            {
                yield return Admit(state);
                yield break;
            }

            // A phase is left by the first step of the next one: leaving later is never harder, what is owed only shrinks.
            if (_phase == Phase.Starters)
            {
                foreach (var target in _starters.Open.Members)
                    yield return Visit(state, target, Role.Starter,
                        new Delivery(Operation, Phase.Starters, _overflows, _starters.Make(target), _stoppers));
                if (!_starters.Owed.IsEmpty) yield break;
            }

            foreach (var target in _stoppers.Open.Members)
                yield return Visit(state, target, Role.Stopper,
                    new Delivery(Operation, Phase.Stoppers, _overflows, Visits.None, _stoppers.Make(target)));
            if (!_stoppers.Owed.IsEmpty) yield break;

            var sampled = Step.Sample(state, Trigger, _overflows);
            yield return new(sampled, Returned(Operation, Model.Result.Of(_overflows)), new(StepKind.Sample));
        }

        public override Call Observe(State after)
        {
            if (_phase == Phase.Admission) return this;
            var starters = _phase == Phase.Starters ? _starters.Observe(after, Trigger, Role.Starter) : _starters;
            var stoppers = _stoppers.Observe(after, Trigger, Role.Stopper);
            return starters == _starters && stoppers == _stoppers ? this : new Delivery(Operation, _phase, _overflows, starters, stoppers);
        }

        private CallStep Admit(State state)
        {
            var outcome = Operation is Operation.Tick tick
                ? Step.AdmitTick(state, tick, out var overflows)
                : Step.AdmitOverflow(state, (Operation.Overflow)Operation, out overflows);
            if (overflows == 0) return new(outcome.State, Returned(Operation, outcome.Result), default);
            if (state.Declaration.Dialect == Dialect.Linux613) return new(outcome.State, GroupDelivery.Admitted(Operation, overflows, outcome.State), new(StepKind.Admission));
            var starters = Visits.Of(outcome.State.TargetsOf(Trigger, Role.Starter));
            var stoppers = Visits.Of(outcome.State.TargetsOf(Trigger, Role.Stopper));
            var admitted = new Delivery(Operation, Phase.Starters, overflows, starters, stoppers);
            return new(outcome.State, admitted, new(StepKind.Admission));
        }

        private static CallStep Visit(State state, Instance target, Role role, Delivery after) =>
            new(Step.Visit(state, target, role), after, new(StepKind.Visit, target, role));
    }

    /// <summary>The visits of one role that an overflow must make, may make and has made, by target (rules 7.4 and 7.5).</summary>
    /// <param name="Owed">The link was held at every instant since admission: visited before the role is left.</param>
    /// <param name="Open">The link was held at some instant since admission: the visit may be made. Owed ⊆ Open.</param>
    /// <param name="Made">Visited: never again.</param>
    private readonly record struct Visits(InstanceSet Owed, InstanceSet Open, InstanceSet Made)
    {
        public static Visits None => default;

        /// <summary>The visits of the links held at admission.</summary>
        public static Visits Of(InstanceSet held) => new(held, held, InstanceSet.Empty);

        public Visits Make(Instance target) => new(Owed.Without(target), Open.Without(target), Made.With(target));

        /// <summary>Links are made and end; a dead target is forgotten, since visiting it does nothing (rule 7.5).</summary>
        public Visits Observe(State after, Instance trigger, Role role)
        {
            var held = after.TargetsOf(trigger, role);
            var made = Made;
            return new(
                Owed.Where(held.Contains),
                Open.Union(held.Where(target => !made.Contains(target))).Where(target => after.Find(target) is not null),
                Made.Where(target => after.Find(target) is not null));
        }
    }
}
