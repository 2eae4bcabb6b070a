// What the executions of one program showed, whoever ran them: each history judged by chapter 7, once; the outcomes counted.
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Engines;

/// <summary>Judges and counts. A program's executions show few histories: most are some other again.</summary>
/// <param name="program">The program.</param>
/// <param name="dialect">The dialect that it runs in.</param>
/// <param name="budget">What judging one history may cost.</param>
internal sealed class Observations(Program program, Dialect dialect, Budget? budget = null)
{
    private readonly Dictionary<long, Observation> _byHash = [];
    private readonly List<Observation> _all = [];
    private readonly ProgramJudge _judge = new(program, dialect);

    /// <summary>Executions whose judgement overran its budget.</summary>
    public long Unknown => _all.Where(one => one.Judgement.Verdict == Verdict.Inconclusive).Sum(one => one.Count);

    /// <summary>The outcomes, most frequent first.</summary>
    public ImmutableArray<OutcomeCount> Outcomes =>
    [
        .. _all.GroupBy(Outcome, StringComparer.Ordinal)
            .Select(same => new OutcomeCount(same.Key, same.Sum(one => one.Count), same.Select(one => one.Judgement.Verdict).Worst()))
            .OrderByDescending(outcome => outcome.Count).ThenBy(outcome => outcome.Text, StringComparer.Ordinal),
    ];

    /// <summary>Adds what one execution showed, and answers how it is judged.</summary>
    /// <param name="order">Whose calls and returns were seen, in order: −1 − thread for a call, the thread for its return.</param>
    /// <param name="answers">Those of the setup, those of the threads in the order of their returns, those of after.</param>
    public Judgement Add(List<int> order, List<Result> answers)
    {
        var calls = CollectionsMarshal.AsSpan(order);
        var results = CollectionsMarshal.AsSpan(answers);
        ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(_byHash, Hash(calls, results), out _);
        var seen = first;
        while (seen is not null && !(calls.SequenceEqual(seen.Order) && results.SequenceEqual(seen.Answers))) seen = seen.Next;
        if (seen is null) first = seen = Judged(order, answers, first);
        seen.Count++;
        return seen.Judgement;
    }

    /// <summary>Judges once more what overran its budget. Answers the first that violates, or null.</summary>
    public Program? Settle(Budget enough)
    {
        Program? wrong = null;
        foreach (var one in _all.Where(one => one.Judgement.Verdict == Verdict.Inconclusive))
        {
            var shown = Shown(one.Order, one.Answers);
            one.Judgement = HistoryChecker.Check(shown, dialect, enough, shows: false);
            if (one.Judgement.Verdict == Verdict.Violates) wrong ??= shown;
        }

        return wrong;
    }

    /// <summary>The program with what was seen of it. What has no answer was not called, or did not return.</summary>
    public Program Shown(IReadOnlyList<int> order, IReadOnlyList<Result> answers)
    {
        Result[] all = [.. answers];
        return answers.Count < program.Setup.Length ? program.In(dialect) with { Setup = _judge.Setup(all), History = default, Schedule = default }
            : program.In(dialect) with { Setup = _judge.Setup(all), History = _judge.History([.. order], all), After = _judge.After([.. order], all), Schedule = default };
    }

    private Observation Judged(List<int> order, List<Result> answers, Observation? next)
    {
        _all.Add(new Observation([.. order], [.. answers], next));
        _all[^1].Judgement = _judge.Judge(_all[^1].Order, _all[^1].Answers, budget ?? Budget.Default);
        return _all[^1];
    }

    private string Outcome(Observation one) =>
        ProgramOutcome.Of(program.Threads.Length, _judge.History(one.Order, one.Answers), _judge.After(one.Order, one.Answers).Select(line => line.Result).OfType<Result>()).ToString();

    private static long Hash(ReadOnlySpan<int> order, ReadOnlySpan<Result> answers)
    {
        var hash = 17UL;
        foreach (var one in order) hash = (hash ^ (uint)one) * 0x9E3779B97F4A7C15UL;
        foreach (var answer in answers) hash = (hash ^ (hash >> 29) ^ (uint)answer.GetHashCode()) * 0x9E3779B97F4A7C15UL;
        return (long)hash;
    }

    /// <summary>A history without the operations, which the program says; and others of the same hash.</summary>
    private sealed record Observation(int[] Order, Result[] Answers, Observation? Next)
    {
        public Judgement Judgement { get; set; } = null!;

        public long Count { get; set; }
    }
}
