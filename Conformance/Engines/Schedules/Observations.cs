// What the executions of one program showed: each history judged by chapter 7, once; the outcomes counted.
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Schedules;

/// <summary>Judges and counts. A program's executions show few histories: most are some other again.</summary>
/// <param name="program">The program.</param>
/// <param name="dialect">The dialect that it runs in.</param>
/// <param name="budget">What judging one history may cost.</param>
public sealed class Observations(Program program, Dialect dialect, Budget? budget = null)
{
    private readonly Dictionary<long, Observation> _seen = [];
    private readonly Dictionary<string, Tally> _outcomes = [];

    /// <summary>Executions whose judgement overran its budget.</summary>
    public long Unknown { get; private set; }

    /// <summary>The outcomes, most frequent first.</summary>
    public ImmutableArray<OutcomeCount> Outcomes =>
    [
        .. _outcomes.Select(outcome => new OutcomeCount(outcome.Key, outcome.Value.Count, outcome.Value.Worst))
            .OrderByDescending(outcome => outcome.Count).ThenBy(outcome => outcome.Text, StringComparer.Ordinal),
    ];

    /// <summary>Adds what one execution showed, and answers how it is judged.</summary>
    /// <param name="order">Whose calls and returns were seen, in order: −1 − thread for a call, the thread for its return.</param>
    /// <param name="answers">Those of the setup, those of the threads in the order of their returns, those of after.</param>
    public Judgement Add(List<int> order, List<Result> answers)
    {
        var calls = CollectionsMarshal.AsSpan(order);
        var results = CollectionsMarshal.AsSpan(answers);
        var hash = Hash(calls, results);
        ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(_seen, hash, out _);
        var seen = first;
        while (seen is not null && !(calls.SequenceEqual(seen.Order) && results.SequenceEqual(seen.Answers))) seen = seen.Next;
        if (seen is null) first = seen = Judged(order, answers, first);
        if (seen.Judgement.Verdict == Verdict.Inconclusive) Unknown++;
        seen.Outcome.Count++;
        return seen.Judgement;
    }

    /// <summary>The program with what was seen of it.</summary>
    public Program Shown(IReadOnlyList<int> order, IReadOnlyList<Result> answers)
    {
        var after = program.Setup.Length;
        var history = ImmutableArray.CreateBuilder<HistoryEvent>(order.Count);
        var calls = new int[program.Threads.Length];
        foreach (var one in order)
        {
            history.Add(one < 0
                ? new HistoryEvent(-1 - one, program.Threads[-1 - one].Lines[calls[-1 - one]++].Operation, null)
                : new HistoryEvent(one, null, answers[after++]));
        }

        return program with
        {
            Dialect = dialect,
            Declaration = program.DeclarationIn(dialect),
            Setup = Answered(program.Setup, answers.Take(program.Setup.Length)),
            History = history.MoveToImmutable(),
            After = Answered(program.After, answers.Skip(after)),
            Schedule = default,
        };
    }

    private Observation Judged(List<int> order, List<Result> answers, Observation? next)
    {
        var shown = Shown(order, answers);
        var judgement = HistoryChecker.Check(shown, dialect, budget ?? Budget.Default, shows: false);
        var text = ProgramOutcome.Of(program.Threads.Length, shown.History, shown.After.Select(line => line.Result!.Value)).ToString();
        ref var outcome = ref CollectionsMarshal.GetValueRefOrAddDefault(_outcomes, text, out _);
        outcome ??= new Tally();
        outcome.Worst = outcome.Worst.Worse(judgement.Verdict);
        return new Observation([.. order], [.. answers], judgement, outcome, next);
    }

    private static ImmutableArray<Line> Answered(ImmutableArray<Line> lines, IEnumerable<Result> results) =>
        [.. lines.Zip(results, (line, result) => line with { Result = result })];

    private static long Hash(ReadOnlySpan<int> order, ReadOnlySpan<Result> answers)
    {
        var hash = 17UL;
        foreach (var one in order) hash = (hash ^ (uint)one) * 0x9E3779B97F4A7C15UL;
        foreach (var answer in answers) hash = (hash ^ (hash >> 29) ^ (uint)answer.GetHashCode()) * 0x9E3779B97F4A7C15UL;
        return (long)hash;
    }

    /// <summary>A history without the operations, which the program says; and others of the same hash.</summary>
    private sealed record Observation(int[] Order, Result[] Answers, Judgement Judgement, Tally Outcome, Observation? Next);

    private sealed class Tally
    {
        public long Count;
        public Verdict Worst;
    }
}
