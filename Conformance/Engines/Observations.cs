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
public sealed class Observations(Program program, Dialect dialect, Budget? budget = null)
{
    private readonly Dictionary<long, Observation> _byHash = [];
    private readonly List<Observation> _all = [];

    /// <summary>Executions whose judgement overran its budget.</summary>
    public long Unknown => _all.Where(one => one.Judgement.Verdict == Verdict.Inconclusive).Sum(one => one.Count);

    /// <summary>The outcomes, most frequent first.</summary>
    public ImmutableArray<OutcomeCount> Outcomes =>
    [
        .. _all.GroupBy(one => one.Outcome, StringComparer.Ordinal)
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
        var setup = Answered(program.Setup, answers);
        if (answers.Count < program.Setup.Length) return program.In(dialect) with { Setup = setup, History = default, Schedule = default };
        var after = program.Setup.Length;
        var history = ImmutableArray.CreateBuilder<HistoryEvent>(order.Count);
        var calls = new int[program.Threads.Length];
        foreach (var one in order)
        {
            history.Add(one < 0
                ? new HistoryEvent(-1 - one, program.Threads[-1 - one].Lines[calls[-1 - one]++].Operation, null)
                : new HistoryEvent(one, null, answers[after++]));
        }

        return program.In(dialect) with { Setup = setup, History = history.MoveToImmutable(), After = Answered(program.After, [.. answers.Skip(after)]), Schedule = default };
    }

    private Observation Judged(List<int> order, List<Result> answers, Observation? next)
    {
        var shown = Shown(order, answers);
        var judgement = HistoryChecker.Check(shown, dialect, budget ?? Budget.Default, shows: false);
        var outcome = ProgramOutcome.Of(program.Threads.Length, shown.History, shown.After.Select(line => line.Result!.Value)).ToString();
        _all.Add(new Observation([.. order], [.. answers], outcome, next) { Judgement = judgement });
        return _all[^1];
    }

    private static ImmutableArray<Line> Answered(ImmutableArray<Line> lines, IReadOnlyList<Result> results) =>
        [.. lines.Select((line, i) => i < results.Count ? line with { Result = results[i] } : line)];

    private static long Hash(ReadOnlySpan<int> order, ReadOnlySpan<Result> answers)
    {
        var hash = 17UL;
        foreach (var one in order) hash = (hash ^ (uint)one) * 0x9E3779B97F4A7C15UL;
        foreach (var answer in answers) hash = (hash ^ (hash >> 29) ^ (uint)answer.GetHashCode()) * 0x9E3779B97F4A7C15UL;
        return (long)hash;
    }

    /// <summary>A history without the operations, which the program says; and others of the same hash.</summary>
    private sealed record Observation(int[] Order, Result[] Answers, string Outcome, Observation? Next)
    {
        public required Judgement Judgement { get; set; }

        public long Count { get; set; }
    }
}
