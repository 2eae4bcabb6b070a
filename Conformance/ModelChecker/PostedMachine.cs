// The posted patch as a machine: what each actor can do next, from Model/Posted; a word is the number of a state.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using PerfModel.Model.Posted;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>A bounded system of the posted machine. An actor that is under way takes its next statement; an idle one begins what it may.</summary>
/// <param name="system">The system.</param>
/// <param name="mends">What is mended.</param>
internal sealed class PostedMachine(PostedSystem system, Mend mends) : IMachine
{
    private readonly Numbering<Kernel> _states = new();
    private readonly ImmutableArray<PostedProperty> _properties = system.Properties;

    public ulong Initial => _states.Number(system.Initial);

    public int Degree => (int)Actor.Rcu + system.Choices.Length;

    public ImmutableArray<Claim> Claims { get; } = [.. system.Properties];

    public Symmetry Symmetry => Symmetry.None;

    public bool IsNumbered => true;

    public long Bytes => _states.Bytes;

    public int Expand(ulong state, ulong wanted, Span<Edge> edges)
    {
        var before = _states[state];
        if (before.Oops) return 0;
        var done = new Statement(mends);
        var count = 0;
        for (var action = 0; action < Degree; action++)
            if (Takes(done, before, action)) edges[count++] = new(_states.Number(done.Kernel), action, Broken(before, done, wanted));
        return count;
    }

    // The model has no such steps.
    public Program? Tell(IReadOnlyList<PathStep> path) => null;

    public IEnumerable<string> Narrate(IReadOnlyList<PathStep> path) =>
        Trace(path).Select(told => $"{Name(told.Actor)}: {told.Function}: {told.Code}");

    /// <summary>A path, statement by statement.</summary>
    public ImmutableArray<TracedStatement> Trace(IEnumerable<PathStep> path)
    {
        string[] names = [.. system.Events];
        return [.. path.Select(step =>
        {
            var done = new Statement(mends, names);
            Takes(done, _states[step.Before], step.Action);
            return new TracedStatement(done.Actor, done.Function, done.Code, [.. Describing.Changes(_states[step.Before], done.Kernel, names)]);
        })];
    }

    /// <summary>An actor as a lane is called.</summary>
    public static string Name(Actor actor) => actor switch
    {
        Actor.SyscallA => "syscall A",
        Actor.SyscallB => "syscall B",
        Actor.Cpu => "cpu",
        Actor.Nmi => "NMI",
        Actor.Child => "child",
        Actor.ChildCpu => "child's cpu",
        _ => "RCU",
    };

    // The first actions are those of actors under way, by number; then the choices.
    private bool Takes(Statement done, in Kernel before, int action)
    {
        var isUnderWay = action < (int)Actor.Rcu;
        var (actor, frame) = isUnderWay ? new Choice((Actor)action, before[(Actor)action]) : system.Choices[action - (int)Actor.Rcu];
        return before[actor].At == At.Idle != isUnderWay && done.Take(before, actor, frame);
    }

    private ulong Broken(in Kernel before, Statement done, ulong wanted)
    {
        var broken = 0UL;
        for (var i = 0; i < _properties.Length; i++)
            if ((wanted >> i & 1) != 0 && !_properties[i].Holds(before, done)) broken |= 1UL << i;
        return broken;
    }
}
