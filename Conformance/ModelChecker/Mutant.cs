// The model with one thing wrong, for each Always: what a check of it must notice.
using System.Collections.Immutable;
using PerfModel.Model;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>A wrong step.</summary>
/// <param name="Name">What the command calls it.</param>
/// <param name="Summary">What is wrong.</param>
/// <param name="Breaks">The Always that it is made for; it may break others too.</param>
/// <param name="Preset">The smallest preset in which it shows.</param>
/// <param name="Events">With how many events.</param>
/// <param name="PathLength">How many actions the shortest path has that breaks the property, in Patch2011.</param>
public sealed record Mutant(string Name, string Summary, string Breaks, string Preset, int Events, int PathLength)
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<Mutant> All { get; } =
    [
        Of("closed-owner-keeps-its-slot", "a Close leaves the slots that it held filled", "a link joins two live instances of equal task and cpu", "gates", 2, 4,
            (s, op, o) => op is Operation.Close && !o.Result.IsError ? o with { State = Each(o.State, e => s.Find(e.Id) is { } b ? e with { Starter = b.Starter, Stopper = b.Stopper } : e) } : o),
        Of("ticks-twice", "a Tick that found its event running counts one too much", "a count moves exactly when its own Tick found it running, and by exactly the amount", "gates", 1, 2,
            (s, op, o) => op is Operation.Tick t && s.Find(t.Instance) is { Running: true } ? o with { State = Only(o.State, t.Instance, e => e with { Count = e.Count + 1 }) } : o),
        Of("starters-stop", "an overflow pauses what it starts", "a gate moves only by an overflow of an owner of that role", "gates", 1, 3,
            (s, op, o) => Delivered(op, o) is { } p ? o with { State = Each(o.State, e => e.Starter == p ? e with { Paused = true } : e) } : o),
        Of("stoppers-first", "an overflow visits what it stops before what it starts", "after a trigger's overflow every target it stops is paused and every one it only starts is open, if the dialect lets its gate move", "gates", 1, 4,
            (s, op, o) => Delivered(op, o) is { } p ? o with { State = Each(o.State, e => e.Starter == p ? e with { Paused = false } : e) } : o),
        Of("busy-displaces", "a link that is refused with EBUSY is made", "an errno or a read changes nothing", "gates", 2, 4,
            (s, op, o) => op is Operation.SetLink set && o.Result.Errno == Errno.EBUSY ? o with { State = Only(o.State, Instance.Own(set.Target), e => e.WithOwner(set.Role, Instance.Own(set.Trigger))) } : o),
        Of("start-frees-the-slot", "an overflow empties the slots through which it starts", "a filled slot empties only by the death of an end, and names the same owner until then", "gates", 1, 3,
            (s, op, o) => Delivered(op, o) is { } p ? o with { State = Each(o.State, e => e.Starter == p ? e with { Starter = null } : e) } : o),
        Of("busy-for-exists", "a link that is there already is refused with EBUSY", "exactly one row of the link table applies", "gates", 1, 3,
            (s, op, o) => op is Operation.SetLink && o.Result.Errno == Errno.EEXIST ? o with { Result = Result.Of(Errno.EBUSY) } : o),
        Of("close-pauses", "a Close pauses what the event stopped", "a Close moves no gate, and every slot it held can be filled in the next step", "gates", 2, 4,
            (s, op, o) => op is Operation.Close c ? o with { State = Each(o.State, e => s.Find(e.Id)?.Stopper == Instance.Own(c.Event) ? e with { Paused = true } : e) } : o),
        Of("unthrottle-opens", "an Unthrottle opens the gate", "Enable, Disable, ScheduleIn, ScheduleOut, Throttle and Unthrottle move no gate, no link and no count", "core", 1, 6,
            (s, op, o) => op is Operation.Unthrottle u ? o with { State = Only(o.State, u.Instance, e => e with { Paused = false }) } : o),
        Of("enable-keeps-the-throttle", "what becomes Active by Enable stays throttled", "what becomes Active is not throttled", "core", 1, 4,
            (s, op, o) => op is Operation.Enable c && s.Find(c.Event) is { Throttled: true } ? o with { State = Only(o.State, Instance.Own(c.Event), e => e with { Throttled = true }) } : o),
        Of("samples-twice", "an overflow writes its record twice", "samples are written by own overflows only, as many as were delivered", "gates", 1, 2,
            (s, op, o) => Delivered(op, o) is { } p ? o with { State = Only(o.State, p, e => e with { Samples = e.Samples + 1 }) } : o),
        Of("fork-forgets-the-last", "a fork does not copy the last of two events", "a fork copies every inheriting instance of its task, and nothing else", "family", 2, 3,
            (s, op, o) => Forked(op, o) is { } f && o.State.In(f.Child).ToList() is [_, var last] ? o with { State = o.State.Remove(last.Id) } : o),
        Of("copies-open-late", "a copy begins disabled", "a copy begins with its source's cpu, period and enabled bit, the dialect's gate, and nothing counted", "family", 2, 2,
            (s, op, o) => Forked(op, o) is { } f ? o with { State = Each(o.State, e => e.Task == f.Child ? e with { Enabled = false } : e) } : o),
        Of("copies-are-unlinked", "a fork copies no link", "a copy's link exists if and only if its source's did and both ends were copied", "family", 2, 3,
            (s, op, o) => Forked(op, o) is { } f ? o with { State = Each(o.State, e => e.Task == f.Child ? e with { Starter = null, Stopper = null } : e) } : o),
        Of("exit-forgets-what-was-counted", "what a copy counted is lost with it", "a total grows by exactly what its own instances count, whatever dies", "family", 2, 3,
            (s, op, o) => op is Operation.Exit ? o with { State = Each(o.State, e => e with { Folded = s.Find(e.Id)?.Folded ?? 0 }) } : o),
        Of("enable-turns-copies-off", "an Enable disables the copies of its event", "Enable and Disable reach every instance of their event", "family", 2, 3,
            (s, op, o) => op is Operation.Enable c && !o.Result.IsError ? o with { State = Each(o.State, e => e.Id.IsCopy && e.Id.Event == c.Event ? e with { Enabled = false } : e) } : o),
        Of("exit-leaves-its-copies", "copies live on when their task exits", "every instance lives in a task that runs, and a name's life goes one way", "family", 2, 3,
            (s, op, o) => op is Operation.Exit x && !o.Result.IsError ? o with { State = s.With(new ForkedTask(x.Task, TaskLife.Exited)) } : o),
        Of("used-name-is-tried-again", "a name that is used already is refused with EAGAIN", "exactly one row of the fork table applies", "family", 2, 2,
            (s, op, o) => op is Operation.Fork && o.Result.Errno == Errno.EEXIST ? o with { Result = Result.Of(Errno.EAGAIN) } : o),

        Of("link-moves-the-gate", "SetStopper pauses its target", "a gate moves only by a visit of a Tick or an Overflow under way", 1, 1, (before, move) =>
            before.Calls[move.Thread]!.Operation is Operation.SetLink { Role: Role.Stopper } set && move.Step.Call.Result == Result.Ok
                ? Redone(before, move, s => Only(s, Instance.Own(set.Target), e => e with { Paused = true })) : move),
        Of("visit-stops-all", "a visit of what an overflow stops pauses every event", "a step moves one gate at most", 2, 3, (before, move) =>
            move.Step.Label is { Kind: StepKind.Visit, Role: Role.Stopper } ? Redone(before, move, s => Each(s, e => e with { Paused = true })) : move),
        Of("visit-waits-for-the-first", "a target is not paused while one of an earlier name is open", "visits within a role commute", 2, 4, (before, move) =>
            move.Step.Label is { Kind: StepKind.Visit, Role: Role.Stopper } visit && before.State.Instances.Any(e => e.Id.CompareTo(visit.Instance) < 0 && !e.Paused)
                ? Redone(before, move, s => Only(s, visit.Instance, e => e with { Paused = before.State.Find(e.Id)!.Paused })) : move),
        Of("sample-counts", "the sample of an overflow counts", "a count changes only by a Tick of its own, if it ran just before", 1, 2, (before, move) =>
            move.Step.Label.Kind == StepKind.Sample ? Redone(before, move, s => Only(s, ((Operation.OnInstance)before.Calls[move.Thread]!.Operation).Instance, e => e with { Count = e.Count + 1 })) : move),
        Of("dead-holder-holds", "a Close leaves the slots that it held filled", "a link joins two live instances", 2, 2, (before, move) =>
            before.Calls[move.Thread]!.Operation is Operation.Close ? Redone(before, move, s => Each(s, e => before.State.Find(e.Id) is { } b ? e with { Starter = b.Starter, Stopper = b.Stopper } : e)) : move),
        Of("close-leaves-its-count", "what a closed event counted goes to another", "a total moves only by a Tick of its own instances", 2, 1, (before, move) =>
            before.Calls[move.Thread]!.Operation is Operation.Close ? Redone(before, move, s => Each(s, e => e with { Folded = e.Folded + 1 })) : move),
        Of("close-takes-its-triggers", "a Close ends what starts the event too", "a step ends one instance at most", 2, 2, (before, move) =>
            before.Calls[move.Thread]!.Operation is Operation.Close close && before.State.Find(close.Event)?.Starter is { } starter && starter.Event != close.Event ? Redone(before, move, s => s.Remove(starter)) : move),
    ];

    /// <summary>Whether it is a wrong move of calls under way.</summary>
    public bool IsConcurrent => Move is not null;

    /// <summary>The wrong sequential step, or null.</summary>
    public Func<State, Operation, Outcome>? Step { get; private init; }

    /// <summary>The wrong move, or null.</summary>
    public Func<Configuration, Move, Move>? Move { get; private init; }

    private static Mutant Of(string name, string summary, string breaks, string preset, int events, int pathLength, Func<State, Operation, Outcome, Outcome> wrong) =>
        new(name, summary, breaks, preset, events, pathLength) { Step = (state, operation) => wrong(state, operation, Model.Step.Apply(state, operation)) };

    private static Mutant Of(string name, string summary, string breaks, int events, int pathLength, Func<Configuration, Move, Move> wrong) =>
        new(name, summary, breaks, "steps", events, pathLength) { Move = wrong };

    private static Instance? Delivered(Operation operation, Outcome outcome) => operation is Operation.Tick tick && outcome.Result.Number >= 1 ? tick.Instance : null;

    private static Operation.Fork? Forked(Operation operation, Outcome outcome) => operation is Operation.Fork fork && !outcome.Result.IsError ? fork : null;

    private static State Each(State state, Func<InstanceState, InstanceState> change) => state.Instances.Aggregate(state, (at, e) => at.With(change(e)));

    private static State Only(State state, Instance id, Func<InstanceState, InstanceState> change) => state.Find(id) is { } e ? state.With(change(e)) : state;

    private static Move Redone(Configuration before, Move move, Func<State, State> change)
    {
        var step = move.Step with { State = change(move.Step.State) };
        return new Move(move.Thread, step, before.After(move.Thread, step));
    }
}
