// Operations as programs of atomic steps: what one call under way can do next, and what it must have done (chapter 7).
namespace PerfModel.Model;

/// <summary>One thing that a call can do next.</summary>
/// <param name="State">The state after it.</param>
/// <param name="Call">The call after it; it has a <see cref="Model.Call.Result"/> once it can return.</param>
/// <param name="Rules">The rules of chapters 1 to 6 and 8 that decided it.</param>
/// <param name="Concurrent">The rules of chapter 7 that allow it where it stands.</param>
public readonly record struct CallStep(State State, Call Call, RuleSet Rules, RuleSet Concurrent)
{
    /// <summary>What the step is to its call, for those who tell of it.</summary>
    public StepKind Kind { get; init; }

    /// <summary>The link that the step visits, or null if it is no visit.</summary>
    public LinkVisit? Visit { get; init; }

    /// <summary>The copy that the step is about; of <see cref="StepKind.Copy"/> and <see cref="StepKind.CopyDies"/> only.</summary>
    public Instance Copy { get; init; }
}

/// <summary>What a step is to its call.</summary>
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
}

/// <summary>A visit, for those who tell of it: which role of which target.</summary>
public readonly record struct LinkVisit(Role Role, Instance Target);

/// <summary>
/// The local state of one call: what it has done and learnt so far. A call is a program of atomic steps (rule 7.1);
/// the program is here, what its steps do to the system is in <see cref="Step"/>.
/// </summary>
public abstract partial record Call
{
    private protected Call(Operation operation) => Operation = operation;

    /// <summary>What was called.</summary>
    public Operation Operation { get; }

    /// <summary>The answer, once every step is taken; null before.</summary>
    public Result? Result { get; private protected init; }

    /// <summary>The answer that the steps taken so far have settled, or null: an overflow's is settled by its admission.</summary>
    public virtual Result? Settled => Result;

    /// <summary>Every step that the call can take now; none once it has its result.</summary>
    /// <param name="state">The system before the step.</param>
    /// <param name="seen">What the call is known to answer, or null. Of steps that differ in nothing but their answer only one is given then, one that answers this if there is any.</param>
    public abstract IEnumerable<CallStep> Steps(State state, Result? seen = null);

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
        _ => new Single(operation),
    };

    private static RuleSet Concurrent(int rule) => RuleSet.Of(7_01) | RuleSet.Of(rule);

    /// <summary>The call with its answer; what it had learnt is of no more use and is forgotten.</summary>
    private static Call Returned(Operation operation, Result result) => new Single(operation) { Result = result };

    /// <summary>An operation of one step (rules 7.2, 7.8 and 7.12).</summary>
    private sealed record Single(Operation Operation) : Call(Operation)
    {
        public override IEnumerable<CallStep> Steps(State state, Result? seen)
        {
            if (Result is not null) yield break;
            var outcome = Step.Atomic(state, Operation);
            var concurrent = Operation switch
            {
                Operation.Close => RuleSet.Of(7_08),
                Operation.Open when outcome.Result.Errno == Errno.EMFILE => RuleSet.Of(7_12),
                _ => RuleSet.Of(7_02),
            };
            yield return new(outcome.State, Returned(Operation, outcome.Result), outcome.Rules, concurrent | RuleSet.Of(7_01));
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
        private readonly Links _starters;
        private readonly Links _stoppers;

        private Instance Trigger => ((Operation.OnInstance)Operation).Instance;

        private Delivery(Operation operation, Phase phase, long overflows, Links starters, Links stoppers) : this(operation) =>
            (_phase, _overflows, _starters, _stoppers) = (phase, overflows, starters, stoppers);

        public override Result? Settled => _phase == Phase.Admission ? null : Model.Result.Of(_overflows);

        public override IEnumerable<CallStep> Steps(State state, Result? seen)
        {
            if (_phase == Phase.Admission)
            {
                yield return Admit(state);
                yield break;
            }

            // A phase is left by the first step of the next one: leaving later is never harder, links only dissolve.
            if (_phase == Phase.Starters)
            {
                foreach (var target in _starters.Open.Members)
                    yield return Visit(state, target, Role.Starter,
                        new Delivery(Operation, Phase.Starters, _overflows, _starters.Visit(target), _stoppers));
                if (!_starters.Owed.IsEmpty) yield break;
            }

            foreach (var target in _stoppers.Open.Members)
                yield return Visit(state, target, Role.Stopper,
                    new Delivery(Operation, Phase.Stoppers, _overflows, Links.None, _stoppers.Visit(target)));
            if (!_stoppers.Owed.IsEmpty) yield break;

            var (sampled, rules) = Step.Sample(state, Trigger, _overflows);
            yield return new(sampled, Returned(Operation, Model.Result.Of(_overflows)), rules, RuleSet.Of(7_03)) { Kind = StepKind.Sample };
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
            var ticks = Operation is Operation.Tick;
            var outcome = ticks
                ? Step.AdmitTick(state, (Operation.Tick)Operation, out var overflows)
                : Step.AdmitOverflow(state, (Operation.Overflow)Operation, out overflows);
            var concurrent = RuleSet.Of(7_01) | RuleSet.Of(ticks ? 7_07 : 7_03);
            if (overflows == 0) return new(outcome.State, Returned(Operation, outcome.Result), outcome.Rules, concurrent);
            var starters = Links.HeldAtAdmission(outcome.State.TargetsOf(Trigger, Role.Starter));
            var stoppers = Links.HeldAtAdmission(outcome.State.TargetsOf(Trigger, Role.Stopper));
            return new(outcome.State, new Delivery(Operation, Phase.Starters, overflows, starters, stoppers), outcome.Rules, concurrent) { Kind = StepKind.Admission };
        }

        private CallStep Visit(State state, Instance target, Role role, Delivery after)
        {
            var (visited, rules) = Step.Visit(state, target, role);
            var held = state.Find(target)?.Owner(role) == Trigger;
            var concurrent = RuleSet.Of(7_06) | RuleSet.Of(held ? 7_04 : 7_05);
            return new(visited, after, rules, concurrent) { Kind = StepKind.Visit, Visit = new LinkVisit(role, target) };
        }
    }

    /// <summary>What an overflow knows of its links of one role (rules 7.4 and 7.5), by their targets.</summary>
    /// <param name="Owed">Held without interruption since admission and not visited: it must visit these before it leaves the role.</param>
    /// <param name="Open">Held at some moment since admission and not visited: it may visit these. Owed ⊆ Open.</param>
    /// <param name="Visited">Visited: never again.</param>
    private readonly record struct Links(InstanceSet Owed, InstanceSet Open, InstanceSet Visited)
    {
        public static Links None => default;

        public static Links HeldAtAdmission(InstanceSet held) => new(held, held, InstanceSet.Empty);

        public Links Visit(Instance target) => new(Owed.Without(target), Open.Without(target), Visited.With(target));

        /// <summary>Links dissolve and appear; a dead target is forgotten, since visiting it does nothing (rule 7.5).</summary>
        public Links Observe(State after, Instance trigger, Role role)
        {
            var held = after.TargetsOf(trigger, role);
            var visited = Visited;
            return new(
                Owed.Where(held.Contains),
                Open.Union(held.Where(target => !visited.Contains(target))).Where(target => after.Find(target) is not null),
                Visited.Where(target => after.Find(target) is not null));
        }
    }
}
