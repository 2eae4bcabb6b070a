// For each sequential Always, transitions that the model never makes: what a mistake in one arm of Step would look like.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Tests;

internal static class WrongTransitions
{
    private static readonly Handle P = Handle.Of('p'), Q = Handle.Of('q'), T = Handle.Of('t'), U = Handle.Of('u');

    // p stops and q starts t; everything runs; u has nothing to do with them.
    private static readonly State Linked = Walks.State(Dialect.Patch2011,
        """
        p = Open(task 0, period 1, enabled)
        q = Open(task 0, period 1, enabled)
        t = Open(task 0, period 3, enabled)
        u = Open(task 1, enabled)
        ScheduleIn(p)
        ScheduleIn(q)
        ScheduleIn(t)
        SetStopper(p, t)
        SetStarter(q, t)
        """);

    /// <summary>By the id of the property: what went wrong, and where.</summary>
    public static ImmutableDictionary<string, ImmutableArray<(string What, Transition Wrong)>> Of { get; } = new Dictionary<string, ImmutableArray<(string, Transition)>>
    {
        ["link-ends-agree"] =
        [
            ("a closed trigger keeps its slot", Doctored("Close(p)", t => t with { Stopper = Instance.Own(P) })),
            ("a link across tasks", Doctored("SetStarter(u, t)", t => t with { Starter = Instance.Own(U) })),
            ("a link across cpus", Doctored("Enable(t)", t => t with { Cpu = 1 })),
        ],
        ["count-is-ticked"] =
        [
            ("a Tick counts twice", Doctored("Tick(t, 1)", t => t with { Count = 2 })),
            ("a Tick counts nothing", Doctored("Tick(t, 2)", t => t with { Count = 0 })),
            ("another's Tick counts", Doctored("Tick(p, 1)", t => t with { Count = 1 })),
            ("an Overflow counts", Doctored("Overflow(t)", t => t with { Count = 3 })),
        ],
        ["owner-moves-gate"] =
        [
            ("the starter stops", Doctored("Overflow(q)", t => t with { Paused = true })),
            ("the target stops itself, unlinked", Doctored("Tick(t, 3)", t => t with { Paused = true })),
            ("a Close stops", Doctored("Close(p)", t => t with { Paused = true })),
        ],
        ["targets-follow-trigger"] =
        [
            ("a stop is lost", Doctored("Overflow(p)", t => t with { Paused = false })),
            ("a start is lost", Doctored("Overflow(q)", t => t with { Paused = true })),
        ],
        ["refusal-changes-nothing"] =
        [
            ("a refused link is made", Doctored("SetStopper(q, t)", t => t with { Stopper = Instance.Own(Q) })),
            ("a read resets", Doctored("Count(t)", t => t with { Enabled = false })),
        ],
        ["slot-keeps-its-owner"] =
        [
            ("Disable unlinks", Doctored("Disable(t)", t => t with { Starter = null })),
            ("a later Set displaces the owner", Doctored("SetStarter(p, t)", t => t with { Starter = Instance.Own(P) })),
        ],
        ["link-table-decides"] =
        [
            ("EBUSY where EEXIST is due", Answered("SetStopper(p, t)", Result.Of(Errno.EBUSY))),
            ("EEXIST where EBUSY is due", Answered("SetStopper(q, t)", Result.Of(Errno.EEXIST))),
            ("EBUSY before EINVAL", Answered("SetStopper(u, t)", Result.Of(Errno.EBUSY))),
            ("EINVAL where there is no event", Answered("SetStopper(-1, t)", Result.Of(Errno.EINVAL))),
            ("Ok to all", Answered("SetStarter(p, t)", Result.Ok)),
        ],
        ["close-moves-no-gate"] =
        [
            ("a dead stopper stops once more", Doctored("Close(p)", t => t with { Paused = true })),
            ("a dead owner owns", Doctored("Close(p)", t => t with { Stopper = Instance.Own(P) })),
            ("the slot is handed on", Doctored("Close(q)", t => t with { Starter = Instance.Own(P) })),
        ],
        ["control-moves-nothing"] =
        [
            ("Enable counts", Doctored("Enable(t)", t => t with { Count = 1 })),
            ("Disable stops", Doctored("Disable(t)", t => t with { Paused = true })),
            ("ScheduleIn unlinks", Doctored("ScheduleIn(t)", t => t with { Stopper = null })),
            ("ScheduleOut stops", Doctored("ScheduleOut(t)", t => t with { Paused = true })),
            ("Throttle stops", Doctored("Throttle(t)", t => t with { Paused = true })),
            ("Unthrottle links", Doctored("Unthrottle(p)", t => t with { Starter = Instance.Own(P) })),
        ],
        ["active-is-not-throttled"] =
        [
            ("ScheduleIn keeps the throttle", Doctored("ScheduleIn(t)", t => t with { Throttled = true }, from: "ScheduleOut(t)")),
            ("Enable keeps the throttle", Doctored("Enable(t)", t => t with { Throttled = true }, from: "Disable(t)")),
        ],
        ["samples-are-delivered"] =
        [
            ("a Tick of two periods writes one sample", Doctored("Tick(t, 6)", t => t with { Samples = 1 })),
            ("an ignored Overflow writes one", Doctored("Overflow(t)", t => t with { Samples = 1 }, from: "ScheduleOut(t)")),
            ("another's overflow writes one", Doctored("Overflow(p)", t => t with { Samples = 1 })),
        ],
        ["fork-copies-what-inherits"] =
        [
            ("a copy is forgotten", Forked("Fork(0, 2)", s => s.Remove(Copy(T)))),
            ("what does not inherit is copied", Forked("Fork(0, 2)", s => s.Add(new InstanceState(Copy(Q), 2, -1, 1, true)))),
        ],
        ["copy-begins-as-its-source"] =
        [
            ("a copy begins paused", Forked("Fork(0, 2)", s => s.With(s.Find(Copy(T))! with { Paused = true }))),
            ("a copy begins with the count", Forked("Fork(0, 2)", s => s.With(s.Find(Copy(T))! with { Count = 2 }))),
            ("a copy begins scheduled", Forked("Fork(0, 2)", s => s.With(s.Find(Copy(T))! with { Scheduled = true }))),
            ("a copy begins off", Forked("Fork(0, 2)", s => s.With(s.Find(Copy(P))! with { Enabled = false }))),
        ],
        ["copy-is-linked-as-its-source"] =
        [
            ("a link is forgotten", Forked("Fork(0, 2)", s => s.With(s.Find(Copy(T))! with { Stopper = null }))),
            ("a link in the other role", Forked("Fork(0, 2)", s => s.With(s.Find(Copy(T))! with { Starter = Copy(P) }))),
            ("a link to the source's trigger", Forked("Fork(0, 2)", s => s.With(s.Find(Copy(T))! with { Stopper = Instance.Own(P) }))),
        ],
        ["total-is-counted"] =
        [
            ("a dead copy leaves nothing", Forked("Exit(3)", s => s.With(s.Find(T)! with { Folded = 0 }))),
            ("a dead copy leaves its count twice", Forked("Exit(3)", s => s.With(s.Find(T)! with { Folded = 2 }))),
            ("a fork copies the count into the total", Forked("Fork(3, 2)", s => s.With(s.Find(Copy(T))! with { Count = 1 }))),
        ],
        ["enable-reaches-every-copy"] =
        [
            ("a copy stays enabled", Forked("Disable(t)", s => s.With(s.Find(new Instance(T, 3))! with { Enabled = true }))),
        ],
        ["instances-live-in-running-tasks"] =
        [
            ("a copy outlives its task", Forked("Exit(3)", s => s.Add(new InstanceState(new Instance(U, 3), 3, -1, 0, true)))),
            ("a name is used again", Forked("Fork(0, 2)", s => s.With(new ForkedTask(3, TaskLife.Coming)))),
        ],
        ["members-fail-with-their-leader"] =
        [
            ("a member is not told", Grouped("Close(t)", s => s.With(s.Find(P)! with { Failed = false }))),
            ("a member stays enabled", Grouped("Close(t)", s => s.With(s.Find(P)! with { Enabled = true }))),
            ("a stranger is told", Grouped("Close(t)", s => s.With(s.Find(Q)! with { Failed = true }))),
            ("a Disable puts into error", Grouped("Disable(p)", s => s.With(s.Find(P)! with { Failed = true }))),
        ],
        ["leader-leads"] =
        [
            ("a member keeps its dead leader", Grouped("Close(t)", s => s.With(s.Find(P)! with { Leader = Instance.Own(T) }))),
            ("a leader is of another task", Grouped("Enable(t)", s => s.With(s.Find(P)! with { Task = 1 }))),
            ("a leader cannot be paused", Grouped("Enable(t)", s => s.With(s.Find(T)! with { Group = default }))),
            ("a member has no role", Grouped("Enable(t)", s => s.With(s.Find(P)! with { Group = default }))),
            ("a slot is filled", Grouped("SetStopper(p, t)", s => s.With(s.Find(T)! with { Stopper = Instance.Own(P) }))),
            ("a visit does not end", Grouped("Overflow(p)", s => s.With(s.Find(T)! with { Visited = true }))),
        ],
        ["fork-table-decides"] =
        [
            ("EINVAL where EEXIST is due", ForkAnswered("Fork(0, 1)", Errno.EINVAL)),
            ("EEXIST of a task that is not there before its ESRCH", ForkAnswered("Fork(2, 3)", Errno.EEXIST)),
            ("EAGAIN though a name is left", ForkAnswered("Fork(0, 9)", Errno.EAGAIN)),
            ("Ok to a name that is used", ForkAnswered("Fork(3, 3)", Errno.None)),
        ],
    }.ToImmutableDictionary();

    // p stops t, and both are inherited; q is not. Task 3 was forked, and t counted 1 in it.
    private static State WithFork => Walks.State(Dialect.Patch2011,
        """
        p = Open(task 0, period 1, enabled, inherit)
        q = Open(task 0, period 1, enabled)
        t = Open(task 0, period 3, enabled, inherit)
        ScheduleIn(t)
        Tick(t, 2)
        SetStopper(p, t)
        SetStarter(q, t)
        Fork(0, 3)
        ScheduleIn(t@3)
        Tick(t@3, 1)
        """);

    // p pauses t; q is alone.
    private static State WithGroup => Walks.State(Dialect.Linux613,
        """
        t = Open(task 0, aux, enabled)
        p = Open(task 0, period 1, enabled, leader t, pauses)
        q = Open(task 0, enabled)
        ScheduleIn(p)
        """);

    private static Instance Copy(Handle handle) => new(handle, 2);

    /// <summary>What the model does to a system with a group, but for what becomes of the state.</summary>
    private static Transition Grouped(string operation, Func<State, State> doctor)
    {
        var call = OperationParser.Operation(operation);
        var outcome = Step.Apply(WithGroup, call);
        return new Transition(WithGroup, call, outcome.Result, doctor(outcome.State));
    }

    /// <summary>What the model does to a system that has forked, but for what becomes of the state.</summary>
    private static Transition Forked(string operation, Func<State, State> doctor)
    {
        var call = OperationParser.Operation(operation);
        var outcome = Step.Apply(WithFork, call);
        return new Transition(WithFork, call, outcome.Result, doctor(outcome.State));
    }

    private static Transition ForkAnswered(string operation, Errno answer)
    {
        var call = OperationParser.Operation(operation);
        return new Transition(WithFork, call, answer == Errno.None ? Result.Ok : Result.Of(answer), Step.Apply(WithFork, call).State);
    }

    /// <summary>What the model does, but for what becomes of t.</summary>
    private static Transition Doctored(string operation, Func<InstanceState, InstanceState> doctor, string? from = null)
    {
        var before = from is null ? Linked : Step.Apply(Linked, OperationParser.Operation(from)).State;
        var call = OperationParser.Operation(operation);
        var outcome = Step.Apply(before, call);
        return new Transition(before, call, outcome.Result, outcome.State.With(doctor(outcome.State.Find(T)!)));
    }

    /// <summary>What the model does, but for its answer.</summary>
    private static Transition Answered(string operation, Result answer)
    {
        var call = OperationParser.Operation(operation);
        return new Transition(Linked, call, answer, Step.Apply(Linked, call).State);
    }
}
