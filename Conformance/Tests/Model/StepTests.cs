// Step is total and pure: every operation on every kind of instance has an answer from its table, and the order of visits never shows.
using System.Collections.Immutable;
using PerfModel.Model;
using Xunit;
using Xunit.Abstractions;
using static PerfModel.Model.Errno;

namespace PerfModel.Conformance.Tests;

public class StepTests(ITestOutputHelper output)
{
    private static readonly ImmutableArray<long> Amounts = [long.MinValue, -1, 0, 1, 2, 7, Step.MaxAmount, Step.MaxAmount + 1, long.MaxValue];

    private static readonly ImmutableArray<int> Edges = [int.MinValue, -2, -1, 0, 1, 2, 3, 4, int.MaxValue];

    private static readonly ImmutableArray<long> Periods = [long.MinValue, -1, 0, 1, Step.MaxPeriod, Step.MaxPeriod + 1, long.MaxValue];

    // The operations' table of SPEC.md.
    private static ImmutableArray<Errno> Refusals(Operation operation, Dialect dialect) => operation switch
    {
        Operation.Open when dialect == Dialect.Linux613 => [EINVAL, EMFILE, ESRCH, EBADF, EOPNOTSUPP],
        Operation.SetLink when dialect == Dialect.Linux613 => [EBADF, ENOTTY],
        Operation.Open => [EINVAL, EMFILE, ESRCH],
        Operation.SetLink => [EBADF, EINVAL, EEXIST, EBUSY],
        Operation.Tick => [EBADF, EINVAL, EOVERFLOW],
        _ => [EBADF],
    };

    [Theory]
    [LongInlineData(Dialect.Patch2011)]
    [LongInlineData(Dialect.Amended)]
    [InlineData(Dialect.Linux613)]
    public void Every_operation_has_an_answer_in_every_state(Dialect dialect)
    {
        var states = States(dialect).Where((_, i) => i % 200 == 0).ToList();
        var asked = 0;
        foreach (var state in states)
        {
            foreach (var operation in Everything(state))
            {
                var outcome = Step.Apply(state, operation);
                Assert.True(!outcome.Result.IsError || Refusals(operation, dialect).Contains(outcome.Result.Errno), $"{operation} -> {outcome.Result}\n{state}");
                Assert.False(Cited.By(state, operation, outcome).IsEmpty, $"no rule answers {operation}\n{state}");
                Assert.Equal(outcome, Step.Apply(state, operation));
                asked++;
            }
        }

        output.WriteLine($"seed {Walks.Seed}, {states.Count} states, {asked} operations");
        Assert.InRange(asked, 10_000, int.MaxValue);
    }

    [Theory]
    [InlineData(Dialect.Patch2011)]
    [InlineData(Dialect.Amended)]
    public void Alone_every_order_of_visits_ends_as_Apply_does(Dialect dialect)
    {
        int calls = 0, choices = 0;
        foreach (var state in States(dialect).Where((_, i) => i % 10 == 0))
        {
            foreach (var e in state.Instances)
            {
                foreach (var operation in (Operation[])[new Operation.Overflow(e.Id), new Operation.Tick(e.Id, e.Period)])
                {
                    var ends = Ends(state, operation, ref choices);
                    var applied = Step.Apply(state, operation);
                    Assert.Equal([(applied.State, applied.Result)], ends);
                    calls++;
                }
            }
        }

        output.WriteLine($"seed {Walks.Seed}, {calls} calls, {choices} times there was a choice");
        Assert.InRange(choices, 100, int.MaxValue);
    }

    [Fact]
    public void A_state_takes_no_name_twice_and_changes_nobody_who_is_not_there()
    {
        var state = Walks.State(Dialect.Patch2011, "a = Open(task 0)");
        Assert.Throws<ArgumentException>(() => state.Add(state.Instances[0]));
        Assert.Throws<ArgumentException>(() => state.With(state.Instances[0] with { Id = Instance.Own(Handle.Of('b')) }));
    }

    private static IEnumerable<State> States(Dialect dialect) => Walks.SequentialTransitions(dialect).Select(transition => transition.After);

    /// <summary>Every operation, on the first live events, one never opened, −1, copies, and with arguments at every edge.</summary>
    private static IEnumerable<Operation> Everything(State state)
    {
        var fresh = new Handle(state.Instances.Select(e => e.Id.Event.Id).DefaultIfEmpty(-1).Max() + 1);
        Handle[] handles = [.. state.Instances.Take(3).Select(e => e.Id.Event), fresh, Handle.Invalid, new Handle(int.MaxValue)];
        Instance[] instances = [.. handles.Select(Instance.Own), new Instance(handles[0], 0), new Instance(handles[0], 3), new Instance(handles[0], int.MaxValue)];
        foreach (var task in Edges)
            foreach (var cpu in Edges)
                foreach (var period in Periods)
                    yield return new Operation.Open(fresh, new Attributes(task, cpu, period, Inherit: period == 0, Enabled: cpu == 0, StartPaused: task == 0));
        foreach (var p in handles)
        {
            foreach (var t in handles)
            {
                yield return new Operation.SetLink(Role.Starter, p, t);
                yield return new Operation.SetLink(Role.Stopper, p, t);
            }

            yield return new Operation.Close(p);
            yield return new Operation.Enable(p);
            yield return new Operation.Disable(p);
        }

        foreach (var e in instances)
        {
            foreach (var amount in Amounts) yield return new Operation.Tick(e, amount);
            yield return new Operation.ScheduleIn(e);
            yield return new Operation.ScheduleOut(e);
            yield return new Operation.Throttle(e);
            yield return new Operation.Unthrottle(e);
            yield return new Operation.Overflow(e);
            yield return new Operation.CountOf(e);
            yield return new Operation.StateOf(e);
            yield return new Operation.PausedOf(e);
            yield return new Operation.OwnerOf(Role.Starter, e);
            yield return new Operation.OwnerOf(Role.Stopper, e);
            yield return new Operation.SamplesOf(e);
        }
    }

    private static HashSet<(State, Result)> Ends(State start, Operation operation, ref int choices)
    {
        var ends = new HashSet<(State, Result)>();
        var known = new HashSet<(State, Call)>();
        var open = new Stack<(State State, Call Call)>([(start, Call.Begin(operation))]);
        while (open.TryPop(out var at))
        {
            if (at.Call.Result is { } result)
            {
                ends.Add((at.State, result));
                continue;
            }

            var steps = at.Call.Steps(at.State).ToList();
            if (steps.Count > 1) choices++;
            foreach (var step in steps)
                if ((step.State, step.Call.Observe(step.State)) is var next && known.Add(next)) open.Push(next);
        }

        return ends;
    }
}
