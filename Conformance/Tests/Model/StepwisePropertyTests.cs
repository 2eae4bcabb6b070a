// The stepwise properties: each Always holds in every step of random interleavings, late visits included; each Sometimes is reached; each Always can fail.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using Xunit;
using Xunit.Abstractions;
using static PerfModel.Model.Properties;

namespace PerfModel.Conformance.Tests;

public class StepwisePropertyTests(ITestOutputHelper output)
{
    private const string Setup =
        """
        p = Open(task 0, period 1, enabled)
        t = Open(task 0, enabled)
        u = Open(task 0, enabled)
        ScheduleIn(p)
        ScheduleIn(t)
        ScheduleIn(u)
        SetStopper(p, t)
        SetStopper(p, u)
        """;

    private const string Family =
        """
        t = Open(task 0, enabled, inherit)
        u = Open(task 0, enabled, inherit)
        Fork(0, 2)
        ScheduleIn(t@2)
        Tick(t@2, 3)
        """;

    private const string Group =
        """
        t = Open(task 0, aux, enabled)
        p = Open(task 0, period 1, enabled, leader t, pauses)
        ScheduleIn(p)
        """;

    private static readonly Handle P = Handle.Of('p'), T = Handle.Of('t'), U = Handle.Of('u');

    /// <summary>By the id of the property: what went wrong, and where.</summary>
    private static readonly ImmutableDictionary<string, ImmutableArray<(string What, (Configuration Before, Move Move) Wrong)>> Wrong =
        new Dictionary<string, ImmutableArray<(string, (Configuration, Move))>>
        {
            ["visit-moves-gate"] =
            [
                ("a Close stops", Doctored("Close(p)", 0, T, t => t with { Paused = true })),
                ("a read stops", Doctored("Paused(t)", 0, T, t => t with { Paused = true })),
            ],
            ["one-gate-a-step"] = [("two gates in one visit", Doctored("Overflow(p)", 1, U, u => u with { Paused = true }))],
            ["visits-commute"] = [("a visit that takes the other's target off", Doctored("Overflow(p)", 1, U, u => u with { Scheduled = false }))],
            ["own-tick-moves-count"] =
            [
                ("an Overflow counts", Doctored("Overflow(p)", 0, P, p => p with { Count = 1 })),
                ("another's Tick counts", Doctored("Tick(p, 1)", 0, T, t => t with { Count = 1 })),
                ("a Tick counts though its event is off", Doctored("Tick(t, 1)", 0, T, t => t with { Count = 1 }, "Disable(t)")),
            ],
            ["own-tick-moves-total"] =
            [
                ("a dying copy's count is lost", DoctoredFamily("Exit(2)", 1, s => s.With(s.Find(T)! with { Folded = 0 }))),
                ("a fork counts", DoctoredFamily("Fork(0, 3)", 2, s => s.With(s.Find(T)! with { Folded = 9 }))),
            ],
            ["copies-appear-with-their-task"] =
            [
                ("copies appear with the name", DoctoredFamily("Fork(0, 3)", 1, s => s.Add(new InstanceState(new Instance(T, 3), 3, -1, 0, true)))),
            ],
            ["one-death-a-step"] = [("a task's copies die together", DoctoredFamily("Exit(2)", 1, s => s.Remove(new Instance(U, 2))))],
            ["one-visit-at-a-time"] =
            [
                ("a visit begins, and leaves no mark", DoctoredGroup("Overflow(p)", 1, t => t with { Visited = false })),
                ("a read ends a visit", DoctoredGroup("Overflow(p)", 2, t => t with { Visited = false })),
                ("a visit does not end", DoctoredGroup("Overflow(p)", 3, t => t with { Visited = true })),
            ],
            ["link-ends-live"] = [("a dead owner owns", Doctored("Close(p)", 0, T, t => t with { Stopper = Instance.Own(P) }))],
        }.ToImmutableDictionary();

    public static TheoryData<string, Dialect> Always => Named(PropertyKind.Always);

    public static TheoryData<string, Dialect> Sometimes => Named(PropertyKind.Sometimes);

    public static TheoryData<string> EveryAlways => [.. Stepwise.Where(property => property.Kind == PropertyKind.Always).Select(property => property.Id)];

    [Theory]
    [MemberData(nameof(Always))]
    public void An_Always_holds_in_every_move(string id, Dialect dialect)
    {
        var property = Find(id);
        var moves = Walks.ConcurrentMoves(dialect);
        output.WriteLine($"seed {Walks.Seed}, {moves.Count} moves");
        Assert.InRange(moves.Count, 10_000, int.MaxValue);
        Assert.All(moves.Where(seen => !property.Holds(seen.Before, seen.Move)).Take(1), seen => Assert.Fail(Told(seen)));
    }

    [Theory]
    [MemberData(nameof(Sometimes))]
    public void A_Sometimes_is_reached_and_is_not_idle_talk(string id, Dialect dialect)
    {
        var property = Find(id);
        var moves = Walks.ConcurrentMoves(dialect);
        var reached = moves.Count(seen => property.Holds(seen.Before, seen.Move));
        output.WriteLine($"seed {Walks.Seed}, {reached} of {moves.Count} moves");
        Assert.InRange(reached, 1, moves.Count - 1);
    }

    [Theory]
    [MemberData(nameof(EveryAlways))]
    public void An_Always_can_fail(string id)
    {
        Assert.True(Wrong.ContainsKey(id), $"no wrong move is known for: {id}");
        foreach (var (what, wrong) in Wrong[id])
        {
            Assert.False(Find(id).Holds(wrong.Before, wrong.Move), $"{what} is not noticed: {Told(wrong)}");
            Assert.All(wrong.Before.Moves(), honest => Assert.True(Find(id).Holds(wrong.Before, honest), $"what the model does itself is blamed, not {what}"));
        }
    }

    [Fact]
    public void Every_wrong_move_belongs_to_a_property() =>
        Assert.Empty(Wrong.Keys.Except(Stepwise.Select(property => property.Id)));

    private static TheoryData<string, Dialect> Named(PropertyKind kind)
    {
        var data = new TheoryData<string, Dialect>();
        foreach (var property in Stepwise.Where(property => property.Kind == kind))
            foreach (var dialect in Enum.GetValues<Dialect>().Where(property.SpeaksOf))
                data.Add(property.Id, dialect);
        return data;
    }

    private static StepwiseProperty Find(string id) => Stepwise.Single(property => property.Id == id);

    /// <summary>The step that a call takes after so many others, but for what becomes of one event.</summary>
    private static (Configuration, Move) Doctored(string operation, int stepsBefore, Handle victim, Func<InstanceState, InstanceState> doctor, string more = "")
    {
        var before = Configuration.AtRest(Walks.State(Dialect.Patch2011, $"{Setup}\n{more}"), 1).Invoke(0, OperationParser.Operation(operation));
        for (var i = 0; i < stepsBefore; i++) before = before.Moves().First().After;
        var honest = before.Moves().First().Step;
        var wrong = honest with { State = honest.State.With(doctor(honest.State.Find(victim)!)) };
        return (before, new Move(0, wrong, before.After(0, wrong)));
    }

    /// <summary>The step that a call takes after so many others where p pauses t, but for what becomes of t.</summary>
    private static (Configuration, Move) DoctoredGroup(string operation, int stepsBefore, Func<InstanceState, InstanceState> doctor)
    {
        var before = Configuration.AtRest(Walks.State(Dialect.Linux613, Group), 1).Invoke(0, OperationParser.Operation(operation));
        for (var i = 0; i < stepsBefore; i++) before = before.Moves().First().After;
        var honest = before.Moves().First().Step;
        var wrong = honest with { State = honest.State.With(doctor(honest.State.Find(T)!)) };
        return (before, new Move(0, wrong, before.After(0, wrong)));
    }

    /// <summary>The step that a call takes after so many others in a system with copies, but for what becomes of the state.</summary>
    private static (Configuration, Move) DoctoredFamily(string operation, int stepsBefore, Func<State, State> doctor)
    {
        var before = Configuration.AtRest(Walks.State(Dialect.Patch2011, Family), 1).Invoke(0, OperationParser.Operation(operation));
        for (var i = 0; i < stepsBefore; i++) before = before.Moves().First().After;
        var honest = before.Moves().First().Step;
        var wrong = honest with { State = doctor(honest.State) };
        return (before, new Move(0, wrong, before.After(0, wrong)));
    }

    private static string Told((Configuration Before, Move Move) seen) =>
        $"{seen.Before.Calls[seen.Move.Thread]?.Operation}, a step of thread {seen.Move.Thread}\nbefore\n{seen.Before.State}\nafter\n{seen.Move.After.State}";
}
