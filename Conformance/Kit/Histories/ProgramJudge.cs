// Judges the histories of one program: what the model answers to whole calls, one after the other, is worked out once and shared by all of them.
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Histories;

/// <summary>
/// A program runs many times, and most of its histories are explained by some order of whole calls; so these orders are tried first, as far as the history allows them, in a
/// tree that grows with the histories asked. The next best is an order of steps behind which after gives the answers that were seen: when every call has returned the system is at rest, and the
/// answers of after are a function of its state. If neither explains a history, <see cref="HistoryChecker"/> judges it whole, and can say why.
/// </summary>
/// <param name="program">The program.</param>
/// <param name="dialect">The dialect that it runs in.</param>
public sealed class ProgramJudge(Program program, Dialect dialect)
{
    // Of a program with many calls there are too many orders to keep.
    private const int MostNodes = 4_096;

    private readonly Dictionary<State, ImmutableArray<Result>> _after = [];
    private ImmutableArray<Result> _setup;
    private Node? _root;
    private int _nodes;

    /// <summary>Judges the observations of one run.</summary>
    /// <param name="order">The calls and returns that were seen, in order: −1 − thread for a call, the thread for its return.</param>
    /// <param name="answers">Those of the setup, those of the threads in the order of their returns, those of after.</param>
    /// <param name="budget">How many configurations may be expanded.</param>
    public Judgement Judge(ReadOnlySpan<int> order, ReadOnlySpan<Result> answers, Budget budget)
    {
        if (_root is null) (_root, _setup) = Begin();
        if (answers.Length == program.Setup.Length + order.Length / 2 + program.After.Length && answers[..program.Setup.Length].SequenceEqual(_setup.AsSpan()))
        {
            var calls = new Calls(program, order, answers, budget);
            if (calls.AreExplainedFrom(_root, this)) return new Judgement(Verdict.Conforms, calls.Tried);
            var search = Explain(_root.State, History(order, answers), answers[^program.After.Length..].ToArray(), budget);
            if (search?.Explained is not null) return new Judgement(Verdict.Conforms, search.Expanded);
            if (search?.Overrun == true) return new Judgement(Verdict.Inconclusive, search.Expanded);
        }

        return HistoryChecker.Check(program.DeclarationIn(dialect), Answered(program.Setup, answers), History(order, answers), After(order, answers), budget, shows: false);
    }

    /// <summary>The calls and returns of a run.</summary>
    public ImmutableArray<HistoryEvent> History(ReadOnlySpan<int> order, ReadOnlySpan<Result> answers)
    {
        var next = program.Setup.Length;
        var history = new HistoryEvent[order.Length];
        Span<int> calls = stackalloc int[program.Threads.Length];
        for (var i = 0; i < history.Length; i++)
        {
            history[i] = order[i] < 0
                ? new HistoryEvent(-1 - order[i], program.Threads[-1 - order[i]].Lines[calls[-1 - order[i]]++].Operation, null)
                : new HistoryEvent(order[i], null, answers[next++]);
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(history);
    }

    /// <summary>The setup with the answers of a run; a line without one was not called, or did not return.</summary>
    public ImmutableArray<Line> Setup(ReadOnlySpan<Result> answers) => Answered(program.Setup, answers);

    /// <summary>The lines of after with the answers of a run.</summary>
    public ImmutableArray<Line> After(ReadOnlySpan<int> order, ReadOnlySpan<Result> answers)
    {
        var from = program.Setup.Length;
        foreach (var one in order)
            if (one >= 0) from++;
        return Answered(program.After, answers[Math.Min(from, answers.Length)..]);
    }

    private static ImmutableArray<Line> Answered(ImmutableArray<Line> lines, ReadOnlySpan<Result> answers)
    {
        var answered = new Line[lines.Length];
        for (var i = 0; i < answered.Length; i++) answered[i] = i < answers.Length ? lines[i] with { Result = answers[i] } : lines[i];
        return ImmutableCollectionsMarshal.AsImmutableArray(answered);
    }

    private (Node Root, ImmutableArray<Result> Setup) Begin()
    {
        var (state, answers) = Alone(State.Initial(program.DeclarationIn(dialect)), program.Setup);
        return (new Node(state, default, program.Threads.Length), answers);
    }

    // Null if it cannot be asked so.
    private Search? Explain(State start, ImmutableArray<HistoryEvent> events, Result[] after, Budget budget)
    {
        var moments = Moments.Of(program.Setup, events, []);
        // A call that has not returned may still be moving when after runs.
        if (moments.Returns.Contains(-1)) return null;
        var all = moments.All.Length;
        return new Search(moments, new Scope(all, all, Exhaustive: false), budget) { IsEnd = end => AnswersAfter(end, after) }.Run(Origin.AtRest(start, moments));
    }

    private bool AnswersAfter(State end, ReadOnlySpan<Result> after)
    {
        if (!_after.TryGetValue(end, out var answers)) _after[end] = answers = Alone(end, program.After).Answers;
        return after.SequenceEqual(answers.AsSpan());
    }

    private static (State State, ImmutableArray<Result> Answers) Alone(State state, ImmutableArray<Line> lines)
    {
        var answers = new Result[lines.Length];
        for (var i = 0; i < answers.Length; i++)
        {
            for (var time = 0; time < lines[i].Times; time++) (state, answers[i]) = Step.Apply(state, lines[i].Operation);
        }

        return (state, ImmutableCollectionsMarshal.AsImmutableArray(answers));
    }

    /// <summary>The state after some whole calls, one after the other.</summary>
    private sealed class Node(State state, Result answer, int threads)
    {
        private readonly Node?[] _next = new Node?[threads];

        public State State => state;

        /// <summary>The answer of the call that led here.</summary>
        public Result Answer => answer;

        public Node? After(int thread, Operation call, ProgramJudge judge)
        {
            if (_next[thread] is { } known) return known;
            if (judge._nodes == MostNodes) return null;
            judge._nodes++;
            var outcome = Step.Apply(state, call);
            return _next[thread] = new Node(outcome.State, outcome.Result, threads);
        }
    }

    /// <summary>The calls of a history, thread by thread.</summary>
    private ref struct Calls
    {
        private readonly Program _program;
        private readonly ReadOnlySpan<Result> _after;
        private readonly (int Call, int Return, Result Answer)[][] _calls;
        private readonly int[] _done;
        private readonly Budget _budget;

        public Calls(Program program, ReadOnlySpan<int> order, ReadOnlySpan<Result> answers, Budget budget)
        {
            (_program, _budget) = (program, budget);
            _after = answers[^program.After.Length..];
            _calls = new (int, int, Result)[program.Threads.Length][];
            _done = new int[program.Threads.Length];
            for (var thread = 0; thread < _calls.Length; thread++) _calls[thread] = new (int, int, Result)[program.Threads[thread].Lines.Length];
            var next = program.Setup.Length;
            for (var i = 0; i < order.Length; i++)
            {
                var thread = order[i] < 0 ? -1 - order[i] : order[i];
                ref var call = ref _calls[thread][_done[thread]];
                if (order[i] < 0)
                {
                    call.Call = i;
                    continue;
                }

                (call.Return, call.Answer) = (i, answers[next++]);
                _done[thread]++;
            }

            Array.Clear(_done);
        }

        /// <summary>How many calls were tried.</summary>
        public int Tried { get; private set; }

        // The next call is one that began before any other that is left returned.
        public bool AreExplainedFrom(Node node, ProgramJudge judge)
        {
            var firstReturn = int.MaxValue;
            for (var thread = 0; thread < _calls.Length; thread++)
                if (_done[thread] < _calls[thread].Length) firstReturn = Math.Min(firstReturn, _calls[thread][_done[thread]].Return);
            if (Tried++ == _budget.Configurations) return false;
            if (firstReturn == int.MaxValue) return judge.AnswersAfter(node.State, _after);
            for (var thread = 0; thread < _calls.Length; thread++)
            {
                if (_done[thread] == _calls[thread].Length || _calls[thread][_done[thread]] is var call && call.Call > firstReturn) continue;
                if (node.After(thread, _program.Threads[thread].Lines[_done[thread]].Operation, judge) is not { } next || next.Answer != call.Answer) continue;
                _done[thread]++;
                if (AreExplainedFrom(next, judge)) return true;
                _done[thread]--;
            }

            return false;
        }
    }
}
