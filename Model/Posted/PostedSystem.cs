// The bounded systems of the posted machine: which events there are, and what each actor may begin. Few, each of them whole.
using System.Collections.Immutable;

namespace PerfModel.Model.Posted;

/// <summary>What an idle actor may begin: the first statement of a call, an interrupt or a callback.</summary>
/// <param name="Actor">The actor.</param>
/// <param name="Frame">The statement and its arguments.</param>
internal readonly record struct Choice(Actor Actor, Frame Frame);

/// <summary>A bounded system.</summary>
/// <param name="Name">What the command calls it.</param>
/// <param name="Definition">What it holds, and its bound.</param>
/// <param name="Events">The names of the events by address.</param>
/// <param name="Initial">Where it starts.</param>
/// <param name="Choices">What can begin.</param>
internal sealed record PostedSystem(string Name, string Definition, ImmutableArray<string> Events, Kernel Initial, ImmutableArray<Choice> Choices)
{
    private static readonly ImmutableArray<Actor> Threads = [Actor.SyscallA, Actor.SyscallB];
    private static readonly ImmutableArray<Role> Roles = [Role.Starter, Role.Stopper];

    /// <summary>All of them.</summary>
    public static ImmutableArray<PostedSystem> All { get; } = [Links(), Window(), Forks()];

    /// <summary>The one of this name, or null.</summary>
    public static PostedSystem? Find(string name) => All.FirstOrDefault(system => system.Name == name);

    /// <summary>The claims about it.</summary>
    public ImmutableArray<PostedProperty> Properties => [.. PostedProperties.All.Where(property => property.Systems.Contains(Name))];

    private static PostedSystem Links()
    {
        byte[] events = [1, 2];
        return new("links",
            "The memory of two events a and b, which is used again once it is freed. Two threads, each of which opens events (sampling or counting), closes them, and makes either of them a starter or a stopper "
            + "of either, or of -1, again and again. Grace periods end when they may. Nothing overflows.",
            ["NULL", "a", "b", "", ""], default,
            [
                .. from thread in Threads from e in events from asked in (Asked[])[Asked.Sampling, Asked.Counting] select Call(thread, At.Open, e, asked: asked | Asked.Reuse),
                .. from thread in Threads from e in events select Call(thread, At.Close, e),
                .. from thread in Threads from role in Roles from trigger in events from target in (byte[])[0, .. events] select Call(thread, At.Claim, trigger, target, role),
                .. from e in events select Call(Actor.Rcu, At.GracePeriod, e),
            ]);
    }

    private static PostedSystem Window()
    {
        const byte P = 1, Q = 2, T = 3;
        byte[] events = [P, Q, T];
        var initial = new Kernel();
        foreach (var trigger in (byte[])[P, Q])
            initial.Events[trigger] = new PerfEvent { Life = Life.Live, File = true, State = EventState.Active, OnPmu = true, Running = true, Sampling = true };
        return new("window",
            "One cpu and three sampling events: p and q, which count from the start to their release, and t. A thread opens t, once, to wait for a starter or not; makes p, q or t its starter and its stopper; and closes "
            + "events. The cpu schedules t in and out, enables and disables it in cross-calls, ends its throttle and adjusts its frequency in the tick, and takes overflows of each event. Between any two of its statements "
            + "comes a non-maskable interrupt: an overflow of each event, or one that throttles t. Grace periods end when they may.",
            ["NULL", "p", "q", "t", ""], initial,
            [
                .. from asked in (Asked[])[Asked.Sampling, Asked.Sampling | Asked.Paused] select Call(Actor.SyscallA, At.Open, T, asked: asked),
                .. from role in Roles from trigger in events select Call(Actor.SyscallA, At.Claim, trigger, T, role),
                .. from e in events select Call(Actor.SyscallA, At.Close, e),
                .. from at in (At[])[At.SchedIn, At.SchedOut, At.Enable, At.Disable, At.Unthrottle, At.AdjustStop] select Call(Actor.Cpu, at, T),
                .. from cpu in (Actor[])[Actor.Cpu, Actor.Nmi] from trigger in events select Call(cpu, At.Overflow, trigger),
                Call(Actor.Nmi, At.Throttle, T),
                .. from e in events select Call(Actor.Rcu, At.GracePeriod, e),
            ]);
    }

    private static PostedSystem Forks()
    {
        const byte S = 1, T = 2;
        byte[] events = [S, T, Patch.CopyOf(S), Patch.CopyOf(T)];
        var asked = from inherit in (Asked[])[Asked.Counting, Asked.Inherit] from software in (Asked[])[Asked.Counting, Asked.Software] select Asked.Sampling | Asked.Scheduled | inherit | software;
        return new("forks",
            "Two sampling events s and t of one task, each a hardware or a software event, inherited or not, which count from the moment they are opened to their release. A thread opens each of them once, t to wait for its starter or not, and forks one child; "
            + "it and another thread make s the starter and the stopper of t, and close both. The child exits, context by context. s overflows, and so does its copy s' on the child's cpu. Grace periods end when they may.",
            ["NULL", "s", "t", "s'", "t'"], default,
            [
                .. from e in (byte[])[S, T] from what in asked select Call(Actor.SyscallA, At.Open, e, asked: what),
                .. from what in asked select Call(Actor.SyscallA, At.Open, T, asked: what | Asked.Paused),
                .. from thread in Threads from e in (byte[])[S, T] select Call(thread, At.Close, e),
                .. from thread in Threads from role in Roles select Call(thread, At.Claim, S, T, role),
                Call(Actor.SyscallA, At.Inherit),
                Call(Actor.Nmi, At.Overflow, S),
                Call(Actor.ChildCpu, At.Overflow, Patch.CopyOf(S)),
                Call(Actor.Child, At.Exit),
                .. from e in events select Call(Actor.Rcu, At.GracePeriod, e),
            ]);
    }

    private static Choice Call(Actor actor, At at, byte e = 0, byte other = 0, Role role = Role.Starter, Asked asked = Asked.Counting) =>
        new(actor, new Frame { At = at, Event = e, Other = other, Role = role, Seen = (byte)asked });
}
