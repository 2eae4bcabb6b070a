// What must be true of the spec, as sentences: Always, in every step of every system; Sometimes, in some step, so that Always is not idle talk.
using System.Collections.Immutable;

namespace PerfModel.Model;

/// <summary>How often a property holds.</summary>
public enum PropertyKind
{
    /// <summary>In every transition.</summary>
    Always,

    /// <summary>In some transition of some system.</summary>
    Sometimes,
}

/// <summary>An operation with no other under way, from call to return: the subject of sequential properties.</summary>
public readonly record struct Transition(State Before, Operation Operation, Result Result, State After);

/// <summary>The statement of a property, without the check of it.</summary>
/// <param name="Id">The name by which code and command lines know it.</param>
/// <param name="Name">The sentence.</param>
/// <param name="Kind">Always or Sometimes.</param>
/// <param name="Dialects">The dialects that it speaks of.</param>
public record Claim(string Id, string Name, PropertyKind Kind, DialectSet Dialects)
{
    /// <summary>Whether it speaks of a system of this dialect.</summary>
    public bool SpeaksOf(Dialect dialect) => Dialects.Contains(dialect);

    /// <inheritdoc/>
    public sealed override string ToString() => $"{Kind} {Name}";
}

/// <summary>A claim about transitions of the sequential spec.</summary>
/// <param name="Id">Its short name.</param>
/// <param name="Name">The sentence.</param>
/// <param name="Kind">Always or Sometimes.</param>
/// <param name="Dialects">The dialects that it speaks of.</param>
/// <param name="Holds">Whether the sentence is true of a transition.</param>
public sealed record Property(string Id, string Name, PropertyKind Kind, DialectSet Dialects, Func<Transition, bool> Holds)
    : Claim(Id, Name, Kind, Dialects);

/// <summary>A claim about atomic steps of the concurrent spec, late visits of rule 7.5 included.</summary>
/// <param name="Id">Its short name.</param>
/// <param name="Name">The sentence.</param>
/// <param name="Kind">Always or Sometimes.</param>
/// <param name="Holds">Whether it is true of a move, given the configuration before it.</param>
public sealed record StepwiseProperty(string Id, string Name, PropertyKind Kind, Func<Configuration, Move, bool> Holds)
    : Claim(Id, Name, Kind, DialectSet.All);

/// <summary>The properties of the spec.</summary>
public static class Properties
{
    private static readonly DialectSet Linux613 = DialectSet.Of(Dialect.Linux613);

    /// <summary>True between operations.</summary>
    public static ImmutableArray<Property> Sequential { get; } =
    [
        Always("link-ends-agree", "a link joins two live instances of equal task and cpu",
            t => t.After.Instances.All(e => Owners(e).All(owner =>
            t.After.Find(owner) is { } p && p.Task == e.Task && p.Cpu == e.Cpu))),

        Always("count-is-ticked", "a count moves exactly when its own Tick found it running, and by exactly the amount",
            t => Surviving(t).All(pair =>
            pair.After.Count - pair.Before.Count ==
                (t.Operation is Operation.Tick tick && tick.Instance == pair.Before.Id && pair.Before.Running && !t.Result.IsError ? tick.Amount : 0))),

        Always("owner-moves-gate", "a gate moves only by an overflow of an owner of that role",
            t => Surviving(t).Where(pair => pair.Before.Paused != pair.After.Paused).All(pair =>
            Delivered(t) is { } trigger && IsLinked(t.Before, trigger, pair.After.Paused ? Role.Stopper : Role.Starter, pair.Before))),

        Always("targets-follow-trigger", "after a trigger's overflow every target it stops is paused and every one it only starts is open, if the dialect lets its gate move",
            t =>
            Delivered(t) is not { } trigger || t.After.Instances
                .Where(e => t.After.Declaration.Dialect != Dialect.Patch2011 || e.Activity == Activity.Active)
                .All(e => IsLinked(t.After, trigger, Role.Stopper, e) ? e.Paused : !IsLinked(t.After, trigger, Role.Starter, e) || !e.Paused)),

        Always("refusal-changes-nothing", "an errno or a read changes nothing",
            t => !(t.Result.IsError || t.Operation.IsRead) || t.Before.Equals(t.After)),

        Always("slot-keeps-its-owner", "a filled slot empties only by the death of an end, and names the same owner until then",
            t => Surviving(t).All(pair =>
            Roles.All(role => pair.Before.Owner(role) is not { } owner || pair.After.Owner(role) == owner || t.After.Find(owner) is null))),

        Always("link-table-decides", "exactly one row of the link table applies", t =>
            t.Operation is not Operation.SetLink set || LinkTable(t.Before, set).Where(row => row.Applies).Select(row => row.Answer).ToList() is [var answer] && answer == t.Result),

        Always("close-moves-no-gate", "a Close moves no gate, and every slot it held can be filled in the next step",
            t => t.Operation is not Operation.Close || t.Result.IsError
            || Surviving(t).All(pair => pair.Before.Paused == pair.After.Paused && Freed(t, pair).All(role =>
                !pair.After.Sampling || Step.Apply(t.After, new Operation.SetLink(role, pair.After.Id.Event, pair.After.Id.Event)).Result == Result.Ok))),

        Always("control-moves-nothing", "Enable, Disable, ScheduleIn, ScheduleOut, Throttle and Unthrottle move no gate, no link and no count",
            t =>
            t.Operation is not (Operation.Enable or Operation.Disable or Operation.ScheduleIn or Operation.ScheduleOut or Operation.Throttle or Operation.Unthrottle)
            || Surviving(t).All(pair => pair.Before.Paused == pair.After.Paused && pair.Before.Count == pair.After.Count
                && Roles.All(role => pair.Before.Owner(role) == pair.After.Owner(role)))),

        Always("active-is-not-throttled", "what becomes Active is not throttled", t => Surviving(t).All(pair =>
            pair.Before.Activity == Activity.Active || pair.After.Activity != Activity.Active || !pair.After.Throttled)),

        Always("samples-are-delivered", "samples are written by own overflows only, as many as were delivered",
            t => Surviving(t).All(pair =>
            pair.After.Samples - pair.Before.Samples == (Delivered(t) == pair.Before.Id ? t.Result.Number : 0))),

        Always("fork-copies-what-inherits", "a fork copies every inheriting instance of its task, and nothing else",
            t => Forked(t) is not { } fork
            || t.After.In(fork.Child).Select(copy => copy.Id.Event).Order().SequenceEqual(t.Before.In(fork.Task).Where(e => e.Inherit).Select(e => e.Id.Event).Order())),

        Always("copy-begins-as-its-source", "a copy begins with its source's cpu, period and enabled bit, the dialect's gate, and nothing counted",
            t => Forked(t) is not { } fork
            || Copied(t, fork).All(pair => pair.Copy == new InstanceState(pair.Copy.Id, fork.Child, pair.Source.Cpu, pair.Source.Period, true)
            {
                Enabled = pair.Source.Enabled,
                Paused = t.After.Declaration.Dialect == Dialect.Linux613 ? pair.Source.Group.OpensPaused : pair.Source.Paused && t.After.Declaration.Dialect == Dialect.Amended,
                Starter = pair.Copy.Starter,
                Stopper = pair.Copy.Stopper,
                Group = pair.Source.Group,
                Leader = pair.Copy.Leader,
            })),

        Always("copy-is-linked-as-its-source", "a copy's link exists if and only if its source's did and both ends were copied",
            t => Forked(t) is not { } fork
            || Copied(t, fork).All(pair => Roles.All(role => pair.Copy.Owner(role) == InChild(pair.Source.Owner(role), t, fork))
                && pair.Copy.Leader == InChild(pair.Source.Leader, t, fork))),

        Always("total-is-counted", "a total grows by exactly what its own instances count, whatever dies",
            t => Totals(t.Before, t.After).All(total =>
            total.After - total.Before == (t.Operation is Operation.Tick tick && tick.Instance.Event == total.Of && t.Result.Number is not null ? tick.Amount : 0))),

        Always("enable-reaches-every-copy", "Enable and Disable reach every instance of their event",
            t => t.Operation is not (Operation.Enable or Operation.Disable) || t.Result.IsError
            || t.After.Instances.Where(e => e.Id.Event == ((Operation.OnEvent)t.Operation).Event).All(e => e.Enabled == t.Operation is Operation.Enable)),

        Always("instances-live-in-running-tasks", "every instance lives in a task that runs, and a name's life goes one way",
            t =>
            t.After.Instances.All(e => e.Task < 0 || t.After.Runs(e.Task)) && t.Before.Tasks.All(task => t.After.LifeOf(task.Name) >= task.Life)),

        Always("fork-table-decides", "exactly one row of the fork table applies", t =>
            t.Operation is not Operation.Fork fork || ForkTable(t.Before, fork).Where(row => row.Applies).Select(row => row.Answer).ToList() is [var answer] && answer == t.Result),

        Always("members-fail-with-their-leader", "a Close of a leader puts its members into error, off and without a leader, and nothing else puts anything there",
            t => Surviving(t).All(pair => !pair.After.Failed
                ? !(t.Operation is Operation.Close ended && pair.Before.Leader == Instance.Own(ended.Event))
                : pair.Before.Failed || (pair.After is { Enabled: false, Leader: null } && t.Operation is Operation.Close close && pair.Before.Leader == Instance.Own(close.Event))), Linux613),

        Always("leader-leads", "a leader is live, can be paused, leads only, and is of the member's scope; no slot is filled, and no visit is under way",
            t => t.After.Instances.All(e => e is { Starter: null, Stopper: null, Visited: false } && (e.Leader is not { } leader
                || (t.After.Find(leader) is { Group: { Aux: true, Role: null } } led && e.Group.Role is not null && led.Task == e.Task && led.Cpu == e.Cpu))), Linux613),

        Sometimes("member-in-error", "a member is in error",
            t => t.After.Instances.Any(e => e.Failed), Linux613),
        Sometimes("two-members-of-one-role", "a leader has two members of one role",
            t => t.After.Instances.Any(e => e.Leader is { } leader && t.After.Instances.Any(other => other != e && other.Leader == leader && other.Group.Role == e.Group.Role)), Linux613),

        Sometimes("copy-paused-alone", "a copy is paused while its event's own instance is open",
            t => t.After.Instances.Any(e => e is { Id.IsCopy: true, Paused: true } && t.After.Find(e.Id.Event) is { Paused: false })),
        Sometimes("grandchild-linked", "a grandchild is linked",
            t => Forked(t) is { } fork && !t.Before.IsRoot(fork.Task) && t.After.In(fork.Child).Any(e => e.Leader is not null || Owners(e).Any())),
        Sometimes("copy-outlives-its-handle", "a copy outlives its handle",
            t => t.After.Instances.Any(e => e.Id.IsCopy && t.After.Find(e.Id.Event) is null)),
        Sometimes("total-keeps-dead-copies", "a total has what a dead copy left",
            t => t.After.Instances.Any(e => e.Folded > 0)),
        Sometimes("event-pauses-itself", "an event pauses itself",
            t => Delivered(t) is { } e && t.Before.Find(e) is { Paused: false } && t.After.Find(e) is { Paused: true }, DialectSet.WithLinks),
        Sometimes("close-frees-a-slot", "a Close frees a slot of a live event",
            t => t.Operation is Operation.Close && Surviving(t).Any(pair => Freed(t, pair).Any()), DialectSet.WithLinks),
        Sometimes("paused-and-throttled", "paused and throttled at once",
            t => t.After.Instances.Any(e => e.Paused && e.Throttled)),
        Sometimes("both-roles-of-one-target", "one trigger has both roles of one target",
            t => t.After.Instances.Any(e => e.Starter is not null && e.Starter == e.Stopper), DialectSet.WithLinks),
        Sometimes("last-trigger-not-followed", "the gate is not what the last trigger wanted",
            t => Delivered(t) is { } p
            && t.After.Instances.Any(e => e.Stopper == p && !e.Paused), DialectSet.Of(Dialect.Patch2011)),
        Sometimes("event-opens-paused", "an event opens paused",
            t => t is { Operation: Operation.Open { Attributes.StartPaused: true }, Result.IsError: false }, DialectSet.Of(Dialect.Amended)),
        Sometimes("leader-opens-paused", "a leader opens paused",
            t => t is { Operation: Operation.Open { Attributes: { StartPaused: true, Aux: true } }, Result.IsError: false }, Linux613),
        .. new[] { Errno.EBADF, Errno.EINVAL, Errno.EEXIST, Errno.EBUSY, Errno.EMFILE, Errno.ESRCH, Errno.EOVERFLOW, Errno.EAGAIN }
            .Select(errno => Sometimes($"answers-{errno}", $"an operation answers {errno}", t => t.Result.Errno == errno, errno == Errno.EBUSY ? DialectSet.WithLinks : null)),
        .. new[] { Errno.ENOTTY, Errno.EOPNOTSUPP }
            .Select(errno => Sometimes($"answers-{errno}", $"an operation answers {errno}", t => t.Result.Errno == errno, Linux613)),
    ];

    /// <summary>True between atomic steps of calls that run at once.</summary>
    public static ImmutableArray<StepwiseProperty> Stepwise { get; } =
    [
        new("visit-moves-gate", "a gate moves only by a visit of a Tick or an Overflow under way", PropertyKind.Always,
            (before, move) =>
            GatesMoved(before, move).Count == 0
            || before.Calls[move.Thread] is { Result: null, Operation: Operation.Tick or Operation.Overflow }),
        new("one-gate-a-step", "a step moves one gate at most", PropertyKind.Always,
            (before, move) => GatesMoved(before, move).Count <= 1),
        new("visits-commute", "visits within a role commute", PropertyKind.Always,
            (before, move) => move.Step.Label is not { Kind: StepKind.Visit } visit
            || Visits(before, visit.Role).Where(other => other != (move.Thread, visit)).All(other =>
                Visited(move.After, other) is { } after && after.Equals(Visited(Visited(before, other)!, (move.Thread, visit))))),
        new("own-tick-moves-count", "a count changes only by a Tick of its own, if it ran just before", PropertyKind.Always,
            (before, move) =>
            before.State.Instances.All(e => move.After.State.Find(e.Id) is not { } after || after.Count == e.Count
                || (e.Running && before.Calls[move.Thread]!.Operation is Operation.Tick tick && tick.Instance == e.Id))),
        new("link-ends-live", "a link joins two live instances", PropertyKind.Always, (_, move) =>
            move.After.State.Instances.All(e => Owners(e).All(owner => move.After.State.Find(owner) is not null))),
        new("own-tick-moves-total", "a total moves only by a Tick of its own instances", PropertyKind.Always,
            (before, move) =>
            Totals(before.State, move.After.State).All(total => total.After == total.Before
                || (total.After > total.Before && before.Calls[move.Thread]!.Operation is Operation.Tick tick && tick.Instance.Event == total.Of))),
        new("copies-appear-with-their-task", "copies appear in the step in which their task begins to run", PropertyKind.Always,
            (before, move) =>
            move.After.State.Instances.All(e => !e.Id.IsCopy || before.State.Find(e.Id) is not null
                || (before.State.LifeOf(e.Task) == TaskLife.Coming && move.After.State.Runs(e.Task)))),
        new("one-death-a-step", "a step ends one instance at most", PropertyKind.Always, (before, move) =>
            before.State.Instances.Count(e => move.After.State.Find(e.Id) is null) <= 1),
        new("one-visit-at-a-time", "a leader is under a visit exactly while one overflow is in the middle of it", PropertyKind.Always,
            (_, move) => move.After.State.Instances.All(e => move.After.Calls.Count(call => IsInTheMiddle(call, move.After.State, e.Id)) == (e.Visited ? 1 : 0))) { Dialects = Linux613 },
        new("copy-outlives-its-task", "a copy is live though its task has ended", PropertyKind.Sometimes, (_, move) =>
            move.After.State.Instances.Any(e => e.Id.IsCopy && move.After.State.LifeOf(e.Task) == TaskLife.Exited)),
        new("copy-of-the-dead", "a copy appears of what died meanwhile", PropertyKind.Sometimes,
            (before, move) => move.Step.Label.Kind == StepKind.Appear
            && move.After.State.Instances.Any(e => e.Id.IsCopy && before.State.Find(e.Id) is null && move.After.State.Find(e.Id.Event) is null)),
        new("gate-moves-after-its-link", "a gate moves after the link that moved it has ended", PropertyKind.Sometimes,
            (before, move) =>
            GatesMoved(before, move) is [var (id, paused)]
            && !IsLinked(move.After.State, ((Operation.OnInstance)before.Calls[move.Thread]!.Operation).Instance, paused ? Role.Stopper : Role.Starter, move.After.State.Find(id)!)),
        // One call at a time it never does: the last to overflow runs on.
        new("cycle-falls-silent", "a cycle falls silent", PropertyKind.Sometimes,
            (before, move) => GatesMoved(before, move) is [var (id, _)]
            && move.After.State.Find(id) is { Paused: true, Stopper: { } stopper } && stopper != id
            && move.After.State.Find(stopper) is { Paused: true } other && other.Stopper == id) { Dialects = DialectSet.WithLinks },
        new("visit-is-dropped", "a visit is dropped, for another is in the middle of its own", PropertyKind.Sometimes,
            (before, move) => move.Step.Label is { Kind: StepKind.VisitBegins, Instance: var leader } && before.State.Find(leader) is { Visited: true }) { Dialects = Linux613 },
        new("two-overflows-at-once", "two overflows are under way at once", PropertyKind.Sometimes, (_, move) =>
            move.After.Calls.Count(call => call is { Result: null, Operation: Operation.Tick or Operation.Overflow }) > 1),
    ];

    private static readonly ImmutableArray<Role> Roles = [Role.Starter, Role.Stopper];

    private static Property Always(string id, string name, Func<Transition, bool> holds, DialectSet? dialects = null) =>
        new(id, name, PropertyKind.Always, dialects ?? DialectSet.All, holds);

    private static Property Sometimes(string id, string name, Func<Transition, bool> holds, DialectSet? dialects = null) =>
        new(id, name, PropertyKind.Sometimes, dialects ?? DialectSet.All, holds);

    private static IEnumerable<Instance> Owners(InstanceState e) => Roles.Select(role => e.Owner(role)).OfType<Instance>();

    // By the target's slot, or by the trigger's leader.
    private static bool IsLinked(State s, Instance trigger, Role role, InstanceState target) =>
        target.Owner(role) == trigger || (s.Find(trigger) is { } member && member.Leader == target.Id && member.Group.Role == role);

    private static Instance? InChild(Instance? source, Transition t, Operation.Fork fork) =>
        source is { } end && t.After.Find(new Instance(end.Event, fork.Child)) is { } copy ? copy.Id : null;

    private static bool IsInTheMiddle(Call? call, State state, Instance leader) => call is { Result: null, Operation: Operation.Tick or Operation.Overflow }
        && call.Steps(state).First().Label is { Kind: StepKind.VisitMoves or StepKind.VisitEnds } label && label.Instance == leader;

    private static IEnumerable<(InstanceState Before, InstanceState After)> Surviving(Transition t) =>
        from before in t.Before.Instances
        let after = t.After.Find(before.Id)
        where after is not null
        select (before, after);

    private static IEnumerable<Role> Freed(Transition t, (InstanceState Before, InstanceState After) pair) =>
        Roles.Where(role => pair.Before.Owner(role) is { } owner && t.After.Find(owner) is null);

    /// <summary>The trigger of the overflow that was delivered, or null.</summary>
    private static Instance? Delivered(Transition t) =>
        t.Operation is Operation.OnInstance call and (Operation.Tick or Operation.Overflow) && t.Result.Number >= 1 ? call.Instance : null;

    /// <summary>The fork that was carried out, or null.</summary>
    private static Operation.Fork? Forked(Transition t) => t.Operation is Operation.Fork fork && !t.Result.IsError ? fork : null;

    private static IEnumerable<(InstanceState Source, InstanceState Copy)> Copied(Transition t, Operation.Fork fork) =>
        from source in t.Before.In(fork.Task)
        let copy = t.After.Find(new Instance(source.Id.Event, fork.Child))
        where copy is not null
        select (source, copy);

    private static IEnumerable<(Handle Of, Int128 Before, Int128 After)> Totals(State before, State after) =>
        from own in before.Instances
        where !own.Id.IsCopy && after.Find(own.Id) is not null
        select (own.Id.Event, Step.Total(before, own.Id.Event)!.Value, Step.Total(after, own.Id.Event)!.Value);

    // The errno table of rule 6.2 as rows that exclude each other, written apart from the arms of Step.
    private static IEnumerable<(bool Applies, Result Answer)> ForkTable(State s, Operation.Fork fork)
    {
        var source = s.Runs(fork.Task);
        var used = fork.Child >= 0 && (fork.Child < s.Declaration.Roots || s.Tasks.Any(task => task.Name == fork.Child));
        var declared = fork.Child >= 0 && fork.Child < s.Declaration.Tasks;
        var full = Enumerable.Range(0, s.Declaration.Tasks).All(name => name < s.Declaration.Roots || s.Tasks.Any(task => task.Name == name));
        return
        [
            (!source, Result.Of(Errno.ESRCH)),
            (source && used, Result.Of(Errno.EEXIST)),
            (source && !used && full, Result.Of(Errno.EAGAIN)),
            (source && !used && !full && !declared, Result.Of(Errno.EINVAL)),
            (source && !used && declared, Result.Ok),
        ];
    }

    private static List<(Instance Id, bool Paused)> GatesMoved(Configuration before, Move move) =>
    [
        .. from e in before.State.Instances
           let after = move.After.State.Find(e.Id)
           where after is not null && after.Paused != e.Paused
           select (e.Id, after.Paused),
    ];

    /// <summary>The visits of a role that can be made here.</summary>
    private static IEnumerable<(int Thread, StepLabel Label)> Visits(Configuration here, Role role) =>
        from thread in Enumerable.Range(0, here.Calls.Length)
        from step in here.Calls[thread]?.Steps(here.State) ?? []
        where step.Label is { Kind: StepKind.Visit } && step.Label.Role == role
        select (thread, step.Label);

    /// <summary>Where a visit leads if it is made here, or null if it cannot be made here.</summary>
    private static Configuration? Visited(Configuration here, (int Thread, StepLabel Label) visit) =>
        here.Calls[visit.Thread]?.Steps(here.State).Where(step => step.Label == visit.Label).Select(step => here.After(visit.Thread, step)).FirstOrDefault();

    // The errno table of chapter 2 as rows that exclude each other, written apart from the arms of Step.
    private static IEnumerable<(bool Applies, Result Answer)> LinkTable(State s, Operation.SetLink set)
    {
        var p = s.Find(set.Trigger);
        var t = s.Find(set.Target);
        var live = p is not null && t is not null;
        var scope = live && p!.Task == t!.Task && p.Cpu == t.Cpu;
        var fit = scope && (p!.Period > 0 || s.Declaration.Dialect == Dialect.Patch2011);
        var owner = fit ? t!.Owner(set.Role) : null;
        if (s.Declaration.Dialect == Dialect.Linux613) return [(p is null, Result.Of(Errno.EBADF)), (p is not null, Result.Of(Errno.ENOTTY))];
        return
        [
            (!live, Result.Of(Errno.EBADF)),
            (live && !fit, Result.Of(Errno.EINVAL)),
            (fit && owner == p!.Id, Result.Of(Errno.EEXIST)),
            (fit && owner is not null && owner != p!.Id, Result.Of(Errno.EBUSY)),
            (fit && owner is null, Result.Ok),
        ];
    }
}
