// The model with one thing wrong, for each Always: what a check of it must notice.
using System.Collections.Immutable;
using PerfModel.Model;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>A wrong step.</summary>
/// <param name="Name">What the command calls it, after <see cref="Prefix"/>.</param>
/// <param name="Summary">What is wrong.</param>
/// <param name="Breaks">The id of the Always that it is made for; it may break others too.</param>
/// <param name="Preset">The smallest preset in which it shows.</param>
/// <param name="Events">With how many events.</param>
/// <param name="PathLength">How many actions the shortest path has that breaks the property, in its dialect.</param>
public sealed record Mutant(string Name, string Summary, string Breaks, string Preset, int Events, int PathLength)
{
    /// <summary>What the name of a wrong machine begins with.</summary>
    public const string Prefix = "mutant:";

    /// <summary>
    /// All of them: first wrong steps of one call, each made of the state before, the operation and the right outcome;
    /// then wrong moves of calls under way, each made of the operation, the state before and the right step.
    /// </summary>
    public static ImmutableArray<Mutant> All { get; } =
    [
        Of("closed-owner-keeps-its-slot", "a Close leaves the slots that it held filled",
            "link-ends-agree", "gates", 2, 4,
            (s, op, right) => op is Operation.Close && !right.Result.IsError
                ? Each(right, e => WithSlotsOf(s, e))
                : right),
        Of("ticks-twice", "a Tick that found its event running counts one too much", "count-is-ticked", "gates", 1, 2,
            (s, op, right) => op is Operation.Tick tick && s.Find(tick.Instance) is { Running: true }
                ? Only(right, tick.Instance, e => e with { Count = e.Count + 1 })
                : right),
        Of("starters-stop", "an overflow pauses what it starts", "owner-moves-gate", "gates", 1, 3,
            (s, op, right) => Delivered(op, right) is { } p
                ? Each(right, e => e.Starter == p ? e with { Paused = true } : e)
                : right),
        Of("stoppers-first", "an overflow visits what it stops before what it starts",
            "targets-follow-trigger", "gates", 1, 4,
            (s, op, right) => Delivered(op, right) is { } p
                ? Each(right, e => e.Starter == p ? e with { Paused = false } : e)
                : right),
        Of("busy-displaces", "a link that is refused with EBUSY is made", "refusal-changes-nothing", "gates", 2, 4,
            (s, op, right) => op is Operation.SetLink set && right.Result.Errno == Errno.EBUSY
                ? Only(right, Instance.Own(set.Target), e => e.WithOwner(set.Role, Instance.Own(set.Trigger)))
                : right),
        Of("start-frees-the-slot", "an overflow empties the slots through which it starts",
            "slot-keeps-its-owner", "gates", 1, 3,
            (s, op, right) => Delivered(op, right) is { } p
                ? Each(right, e => e.Starter == p ? e with { Starter = null } : e)
                : right),
        Of("busy-for-exists", "a link that is there already is refused with EBUSY", "link-table-decides", "gates", 1, 3,
            (s, op, right) => op is Operation.SetLink && right.Result.Errno == Errno.EEXIST
                ? Answer(right, Errno.EBUSY)
                : right),
        Of("close-pauses", "a Close pauses what the event stopped", "close-moves-no-gate", "gates", 2, 4,
            (s, op, right) => op is Operation.Close close
                ? Each(right, e => s.Find(e.Id)?.Stopper == Instance.Own(close.Event) ? e with { Paused = true } : e)
                : right),
        Of("unthrottle-opens", "an Unthrottle opens the gate", "control-moves-nothing", "core", 1, 6,
            (s, op, right) => op is Operation.Unthrottle call
                ? Only(right, call.Instance, e => e with { Paused = false })
                : right),
        Of("enable-keeps-the-throttle", "what becomes Active by Enable stays throttled",
            "active-is-not-throttled", "core", 1, 4,
            (s, op, right) => op is Operation.Enable call && s.Find(call.Event) is { Throttled: true } own
                ? Only(right, own.Id, e => e with { Throttled = true })
                : right),
        Of("samples-twice", "an overflow writes its record twice", "samples-are-delivered", "gates", 1, 2,
            (s, op, right) => Delivered(op, right) is { } p
                ? Only(right, p, e => e with { Samples = e.Samples + 1 })
                : right),
        Of("fork-forgets-the-last", "a fork does not copy the last of two events",
            "fork-copies-what-inherits", "family", 2, 3,
            (s, op, right) => Forked(op, right) is { } fork && right.State.In(fork.Child).ToList() is [_, var last]
                ? right with { State = right.State.Remove(last.Id) }
                : right),
        Of("copies-open-late", "a copy begins disabled", "copy-begins-as-its-source", "family", 2, 2,
            (s, op, right) => Forked(op, right) is { } fork
                ? Each(right, e => e.Task == fork.Child ? e with { Enabled = false } : e)
                : right),
        Of("copies-are-unlinked", "a fork copies no link", "copy-is-linked-as-its-source", "family", 2, 3,
            (s, op, right) => Forked(op, right) is { } fork
                ? Each(right, e => e.Task == fork.Child ? e with { Starter = null, Stopper = null } : e)
                : right),
        Of("exit-forgets-what-was-counted", "what a copy counted is lost with it", "total-is-counted", "family", 2, 3,
            (s, op, right) => op is Operation.Exit
                ? Each(right, e => e with { Folded = s.Find(e.Id)?.Folded ?? 0 })
                : right),
        Of("enable-turns-copies-off", "an Enable disables the copies of its event",
            "enable-reaches-every-copy", "family", 2, 3,
            (s, op, right) => op is Operation.Enable call && !right.Result.IsError
                ? Each(right, e => e.Id.IsCopy && e.Id.Event == call.Event ? e with { Enabled = false } : e)
                : right),
        Of("exit-leaves-its-copies", "copies live on when their task exits",
            "instances-live-in-running-tasks", "family", 2, 3,
            (s, op, right) => op is Operation.Exit exit && !right.Result.IsError
                ? right with { State = s.With(new ForkedTask(exit.Task, TaskLife.Exited)) }
                : right),
        Of("used-name-is-tried-again", "a name that is used already is refused with EAGAIN",
            "fork-table-decides", "family", 2, 2,
            (s, op, right) => op is Operation.Fork && right.Result.Errno == Errno.EEXIST
                ? Answer(right, Errno.EAGAIN)
                : right),
        Of("leader-dies-alone", "the members of a leader that is closed stay as they were", "members-fail-with-their-leader", "gates", 2, 3,
            (s, op, right) => op is Operation.Close
                ? Each(right, e => e with { Enabled = s.Find(e.Id)!.Enabled, Failed = false })
                : right) with { Dialect = Dialect.Linux613 },
        Of("dead-leader-leads", "what is in error keeps its leader", "leader-leads", "gates", 2, 3,
            (s, op, right) => op is Operation.Close
                ? Each(right, e => e with { Leader = s.Find(e.Id)!.Leader })
                : right) with { Dialect = Dialect.Linux613 },

        Of("link-moves-the-gate", "SetStopper pauses its target", "visit-moves-gate", 1, 1,
            (op, s, right) => op is Operation.SetLink { Role: Role.Stopper } set && right.Call.Result == Result.Ok
                ? Only(right.State, Instance.Own(set.Target), e => e with { Paused = true })
                : right.State),
        Of("visit-stops-all", "a visit of what an overflow stops pauses every event", "one-gate-a-step", 2, 3,
            (op, s, right) => Stopped(right) is not null
                ? Each(right.State, e => e with { Paused = true })
                : right.State),
        Of("visit-waits-for-the-first", "a target is not paused while one of an earlier name is open",
            "visits-commute", 2, 4,
            (op, s, right) => Stopped(right) is { } target
                && s.Instances.Any(e => e.Id.CompareTo(target) < 0 && !e.Paused)
                ? Only(right.State, target, e => e with { Paused = s.Find(e.Id)!.Paused })
                : right.State),
        Of("sample-counts", "the sample of an overflow counts", "own-tick-moves-count", 1, 2,
            (op, s, right) => right.Label.Kind == StepKind.Sample
                ? Only(right.State, ((Operation.OnInstance)op).Instance, e => e with { Count = e.Count + 1 })
                : right.State),
        Of("dead-holder-holds", "a Close leaves the slots that it held filled", "link-ends-live", 2, 2,
            (op, s, right) => op is Operation.Close
                ? Each(right.State, e => WithSlotsOf(s, e))
                : right.State),
        Of("close-leaves-its-count", "what a closed event counted goes to another", "own-tick-moves-total", 2, 1,
            (op, s, right) => op is Operation.Close
                ? Each(right.State, e => e with { Folded = e.Folded + 1 })
                : right.State),
        Of("close-takes-its-triggers", "a Close ends what starts the event too", "one-death-a-step", 2, 2,
            (op, s, right) => op is Operation.Close close && s.Find(close.Event)?.Starter is { } p
                && p.Event != close.Event
                ? right.State.Remove(p)
                : right.State),
        Of("dropped-visit-ends-another", "a visit that is dropped ends the one that it met", "one-visit-at-a-time", 2, 4,
            (op, s, right) => right.Label is { Kind: StepKind.VisitBegins, Instance: var leader } && s.Find(leader) is { Visited: true }
                ? Only(right.State, leader, e => e with { Visited = false })
                : right.State) with { Dialect = Dialect.Linux613 },
    ];

    /// <summary>The dialect in which it shows.</summary>
    public Dialect Dialect { get; init; } = Dialect.Patch2011;

    /// <summary>Whether it is a wrong move of calls under way.</summary>
    public bool IsConcurrent => Move is not null;

    /// <summary>The wrong sequential step, or null.</summary>
    public Func<State, Operation, Outcome>? Step { get; private init; }

    /// <summary>The wrong move, or null.</summary>
    public Func<Configuration, Move, Move>? Move { get; private init; }

    private static Mutant Of(
        string name, string summary, string breaks, string preset, int events, int pathLength,
        Func<State, Operation, Outcome, Outcome> wrong) =>
        new(name, summary, breaks, preset, events, pathLength)
        {
            Step = (state, operation) => wrong(state, operation, Model.Step.Apply(state, operation)),
        };

    private static Mutant Of(
        string name, string summary, string breaks, int events, int pathLength,
        Func<Operation, State, CallStep, State> wrong) =>
        new(name, summary, breaks, "steps", events, pathLength)
        {
            Move = (before, move) =>
            {
                var operation = before.Calls[move.Thread]!.Operation;
                var step = move.Step with { State = wrong(operation, before.State, move.Step) };
                return step == move.Step ? move : new Move(move.Thread, step, before.After(move.Thread, step));
            },
        };

    private static Instance? Delivered(Operation operation, Outcome right) =>
        operation is Operation.Tick tick && right.Result.Number >= 1 ? tick.Instance : null;

    private static Operation.Fork? Forked(Operation operation, Outcome right) =>
        operation is Operation.Fork fork && !right.Result.IsError ? fork : null;

    private static Instance? Stopped(CallStep step) =>
        step.Label is { Kind: StepKind.Visit, Role: Role.Stopper, Instance: var target } ? target : null;

    private static InstanceState WithSlotsOf(State before, InstanceState e) =>
        before.Find(e.Id) is { } was ? e with { Starter = was.Starter, Stopper = was.Stopper } : e;

    private static Outcome Answer(Outcome right, Errno errno) => right with { Result = Result.Of(errno) };

    private static Outcome Each(Outcome right, Func<InstanceState, InstanceState> change) =>
        right with { State = Each(right.State, change) };

    private static Outcome Only(Outcome right, Instance id, Func<InstanceState, InstanceState> change) =>
        right with { State = Only(right.State, id, change) };

    private static State Each(State state, Func<InstanceState, InstanceState> change) =>
        state.Instances.Aggregate(state, (at, e) => at.With(change(e)));

    private static State Only(State state, Instance id, Func<InstanceState, InstanceState> change) =>
        state.Find(id) is { } e ? state.With(change(e)) : state;
}
