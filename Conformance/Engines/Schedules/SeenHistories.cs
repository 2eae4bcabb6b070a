// What the executions of one program showed: each history judged by chapter 7, once; the outcomes counted.
using System.Collections.Immutable;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Schedules;

/// <summary>Judges and counts.</summary>
internal sealed class SeenHistories(Program program, Dialect dialect)
{
    private readonly Dictionary<Key, (string Outcome, Judgement Judgement)> _judged = [];
    private readonly Dictionary<string, (long Count, Verdict Worst)> _outcomes = [];

    /// <summary>Executions whose judgement overran its budget.</summary>
    public long Unknown { get; private set; }

    /// <summary>The outcomes, most frequent first.</summary>
    public ImmutableArray<OutcomeCount> Outcomes =>
    [
        .. _outcomes.Select(outcome => new OutcomeCount(outcome.Key, outcome.Value.Count, outcome.Value.Worst))
            .OrderByDescending(outcome => outcome.Count).ThenBy(outcome => outcome.Text, StringComparer.Ordinal),
    ];

    /// <summary>Adds what one execution showed, and answers how it is judged.</summary>
    public Judgement Add(IReadOnlyList<HistoryEvent> history, Result[] setup, Result[] after)
    {
        // A program's executions show few histories: most are some other again.
        var key = new Key([.. history.Select(e => e.Call is not null ? -1 - e.Thread : e.Thread)], [.. history.Where(e => e.Return is not null).Select(e => e.Return!.Value), .. setup, .. after]);
        if (!_judged.TryGetValue(key, out var seen))
        {
            var document = Shown(history, setup, after);
            seen = (ProgramOutcome.Of(program.Threads.Length, history, after).ToString(), HistoryChecker.Check(document, dialect, Budget.Default));
            _judged.Add(key, seen);
        }

        if (seen.Judgement.Verdict == Verdict.Inconclusive) Unknown++;
        var (count, worst) = _outcomes.GetValueOrDefault(seen.Outcome, (0, Verdict.Conforms));
        _outcomes[seen.Outcome] = (count + 1, worst.Worse(seen.Judgement.Verdict));
        return seen.Judgement;
    }

    /// <summary>The program with what was seen of it.</summary>
    public Program Shown(IReadOnlyList<HistoryEvent> history, IEnumerable<Result> setup, IEnumerable<Result> after) => program with
    {
        Dialect = dialect,
        Declaration = program.DeclarationIn(dialect),
        Setup = Answered(program.Setup, setup),
        History = [.. history],
        After = Answered(program.After, after),
        Schedule = default,
    };

    private static ImmutableArray<Line> Answered(ImmutableArray<Line> lines, IEnumerable<Result> results) =>
        [.. lines.Zip(results, (line, result) => line with { Result = result })];

    /// <summary>A history without the operations, which the program says: who called and returned in what order, and all answers.</summary>
    private sealed class Key(int[] order, Result[] results) : IEquatable<Key>
    {
        private readonly int[] _order = order;
        private readonly Result[] _results = results;
        private readonly int _hash = Hash(order, results);

        public bool Equals(Key? other) =>
            other is not null && _order.AsSpan().SequenceEqual(other._order) && _results.AsSpan().SequenceEqual(other._results);

        public override bool Equals(object? obj) => Equals(obj as Key);

        public override int GetHashCode() => _hash;

        private static int Hash(int[] order, Result[] results)
        {
            var hash = new HashCode();
            foreach (var e in order) hash.Add(e);
            foreach (var result in results) hash.Add(result);
            return hash.ToHashCode();
        }
    }
}
