// Histories of runs rather than of drawings: the model's own runs conform, also when they are larger than the rival can judge; recorders keep the order of time.
using System.Collections.Immutable;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests.Histories;

public class RecordedTests
{
    private static readonly string[] Alphabet =
    [
        "Overflow(p)", "Overflow(p)", "Tick(q, 3)", "SetStarter(q, t)", "SetStopper(q, p)", "Close(p)", "Overflow(t)", "Paused(t)",
        "Count(q)", "Disable(t)", "Samples(p)", "SetStopper(t, t)", "StopperOf(t)", "Open", "Unthrottle(q)",
    ];

    private static readonly ImmutableArray<Line> Setup = ProgramParser.ParseOne("""
        p = Open(task 0, period 1, enabled)
        q = Open(task 0, period 2, enabled)
        t = Open(task 0, period 1, enabled)
        ScheduleIn(p)
        ScheduleIn(q)
        ScheduleIn(t)
        SetStopper(p, t)
        SetStarter(p, q)
        """, "setup").Setup;

    [Theory]
    [InlineData(2, 3, 500, Dialect.Patch2011)]
    [InlineData(3, 3, 500, Dialect.Amended)]
    [InlineData(5, 4, 50, Dialect.Patch2011)]
    [InlineData(2, 300, 2, Dialect.Amended)]
    public void Runs_of_the_model_conform(int threads, int operations, int runs, Dialect dialect)
    {
        var declaration = new Declaration(dialect, Handles: 5);
        for (var seed = 0; seed < runs; seed++)
        {
            var history = Run(declaration, threads, operations, new Random(seed));
            var judgement = HistoryChecker.Check(declaration, Setup, history.Events, history.After, Budget.Default);
            Assert.True(judgement.Verdict == Verdict.Conforms, $"seed {seed}\n{history}\n{judgement}");
            if (operations < 10) Assert.Null(Certificate.Objection(history, judgement.Order!, history.Events.Length, history.After.Length));
            if (judgement.Expanded > 0)
                Assert.Equal(Verdict.Inconclusive, HistoryChecker.Check(declaration, Setup, history.Events, history.After, new Budget(judgement.Expanded - 1)).Verdict);
        }
    }

    // A run whose every answer is right but one: mostly it violates, and where it is said to conform the order proves it.
    [Fact]
    public void Runs_with_a_wrong_answer_violate_or_have_an_order()
    {
        var (declaration, violating) = (new Declaration(Dialect.Patch2011, Handles: 5), 0);
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var history = Run(declaration, 3, 3, random);
            var returns = history.Events.Index().Where(e => e.Item.Return is not null).Select(e => e.Index).ToList();
            var at = returns[random.Next(returns.Count)];
            var wrong = history with { Events = history.Events.SetItem(at, history.Events[at] with { Return = Wrong(history.Events[at].Return!.Value) }) };
            var judgement = HistoryChecker.Check(declaration, Setup, wrong.Events, wrong.After, Budget.Default);
            if (judgement.Verdict == Verdict.Conforms)
            {
                Assert.Null(Certificate.Objection(wrong, judgement.Order!, wrong.Events.Length, wrong.After.Length));
                continue;
            }

            violating++;
            Assert.Equal(Verdict.Violates, judgement.Verdict);
            var place = judgement.Violation!.Place;
            var (events, after) = place.Section == Section.After ? (wrong.Events.Length, place.Index) : (place.Index, 0);
            Assert.Null(Certificate.Objection(wrong, judgement.Violation.Longest, events, after));
        }

        Assert.True(violating > 300, $"{violating} of 400");
    }

    [Fact]
    public void Stamps_are_in_the_order_of_time()
    {
        const int Threads = 3, Calls = 200;
        var recorder = new StampedRecorder(Threads, Calls);
        var system = new object();
        var state = Setup.Aggregate(State.Initial(new Declaration(Dialect.Patch2011)), (s, line) => Step.Apply(s, line.Operation).State);
        var start = new Barrier(Threads);
        var threads = Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            var random = new Random(thread);
            start.SignalAndWait();
            for (var i = 0; i < Calls; i++)
            {
                var operation = OperationParser.Operation(Alphabet[random.Next(5)]);
                recorder.Call(thread, operation);
                Result result;
                lock (system)
                {
                    (state, result) = Step.Apply(state, operation);
                }

                recorder.Return(thread, result);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Equal(2 * Threads * Calls, recorder.Events.Length);
        var judgement = HistoryChecker.Check(new Declaration(Dialect.Patch2011), Setup, recorder.Events, [], Budget.Default);
        Assert.True(judgement.Verdict == Verdict.Conforms, judgement.ToString());
    }

    [Fact]
    public void Recorders_keep_a_call_that_never_returned()
    {
        var (list, stamped) = (new ListRecorder(), new StampedRecorder(2, 2));
        Record(list.Call, list.Return);
        Record(stamped.Call, stamped.Return);
        Assert.All([list.Events, stamped.Events], events => Assert.Equal(["A calls Close(p)", "B: Paused(t) -> ok open", "B calls Overflow(p)"], Program.Shortened(events)));

        static void Record(Action<int, Operation> call, Action<int, Result> returned)
        {
            call(0, OperationParser.Operation("Close(p)"));
            call(1, OperationParser.Operation("Paused(t)"));
            returned(1, Result.Gate(paused: false));
            call(1, OperationParser.Operation("Overflow(p)"));
        }
    }

    [Theory]
    [InlineData("A calls Close(p)", "A calls Close(q)")]
    [InlineData("A returns ok", "")]
    [InlineData("A calls p = Open(task 0)", "")]
    [InlineData("A calls x = Open(task 0)", "B calls x = Open(task 0)")]
    public void What_is_no_history_is_refused(string first, string second)
    {
        var events = new[] { first, second }.Where(text => text.Length > 0).Select(text => text.Split(' ', 3) is [var thread, "calls", var call]
            ? new HistoryEvent(thread[0] - 'A', OperationParser.Operation(call), null)
            : new HistoryEvent(0, null, Result.Ok)).ToImmutableArray();
        Assert.Throws<ProgramException>(() => HistoryChecker.Check(new Declaration(Dialect.Patch2011), Setup, events, [], Budget.Default));
    }

    private static SmallHistory Run(Declaration declaration, int threads, int operations, Random random)
    {
        var state = Setup.Aggregate(State.Initial(declaration), (s, line) => Step.Apply(s, line.Operation).State);
        var configuration = Configuration.AtRest(state, threads);
        var (recorder, done, opened) = (new ListRecorder(), new int[threads], 0);
        while (Enumerable.Range(0, threads).Where(i => done[i] < operations || configuration.Calls[i] is not null).ToList() is { Count: > 0 } busy)
        {
            var thread = busy[random.Next(busy.Count)];
            if (configuration.Calls[thread] is not { } call)
            {
                var text = Alphabet[random.Next(Alphabet.Length)];
                var operation = text == "Open" ? new Operation.Open(Handle.Of('x', ++opened), new Attributes(Task: 0)) : OperationParser.Operation(text);
                configuration = configuration.Invoke(thread, operation);
                recorder.Call(thread, operation);
                done[thread]++;
            }
            else if (call.Result is { } result)
            {
                configuration = configuration.Return(thread);
                recorder.Return(thread, result);
            }
            else
            {
                var moves = configuration.Moves().Where(move => move.Thread == thread).ToList();
                configuration = moves[random.Next(moves.Count)].After;
            }
        }

        var (end, after) = (configuration.State, ImmutableArray.CreateBuilder<Line>());
        foreach (var operation in Program.Readout("pqt".Select(name => Instance.Own(Handle.Of(name)))))
        {
            var outcome = Step.Apply(end, operation);
            after.Add(new Line(operation, outcome.Result));
            end = outcome.State;
        }

        return new SmallHistory(new SmallProgram(declaration, Setup, [], []), recorder.Events, after.ToImmutable());
    }

    private static Result Wrong(Result right) =>
        right == Result.Ok ? Result.Of(Errno.EBUSY)
        : right.IsError ? Result.Ok
        : right.Number is { } number ? Result.Of(number + 1)
        : right == Result.Gate(paused: true) ? Result.Gate(paused: false)
        : right == Result.Gate(paused: false) ? Result.Gate(paused: true)
        : right == Result.NoOwner ? Result.Owner(Instance.Own(Handle.Of('q')))
        : Result.NoOwner;

    /// <summary>Where one thread runs at a time: a list, in the order in which it is told.</summary>
    private sealed class ListRecorder
    {
        private readonly List<HistoryEvent> _events = [];

        public ImmutableArray<HistoryEvent> Events => [.. _events];

        public void Call(int thread, Operation operation) => _events.Add(new HistoryEvent(thread, operation, null));

        public void Return(int thread, Result result) => _events.Add(new HistoryEvent(thread, null, result));
    }
}
