// What one program's schedules show: records each, judges it by chapter 7, counts the outcomes.
using System.Collections.Immutable;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Scheduled;

/// <summary>
/// The scheduler's notebook. It lies in an assembly that is never rewritten: were its bookkeeping a sequence of scheduling
/// points, a schedule would not take the same steps the second time, when much has been seen before.
/// </summary>
public sealed class ProgramObserver(Document program, Dialect dialect)
{
    private readonly Dictionary<string, Judgement> _judged = [];
    private readonly Dictionary<string, (long Count, string Worst)> _outcomes = [];
    private HistoryRecorder _recorder = new();
    private Document _seen = new();
    private bool _begun;

    /// <summary>Histories whose judgement overran its budget.</summary>
    public long Unknown { get; private set; }

    /// <summary>What was seen of the first schedule that violated, or null.</summary>
    public Document? Violation { get; private set; }

    /// <summary>The outcomes, most frequent first.</summary>
    public ImmutableArray<OutcomeCount> Outcomes =>
    [
        .. _outcomes.Select(outcome => new OutcomeCount(outcome.Key, outcome.Value.Count, outcome.Value.Worst))
            .OrderByDescending(outcome => outcome.Count).ThenBy(outcome => outcome.Text, StringComparer.Ordinal),
    ];

    /// <summary>A schedule begins: its subject is not made yet.</summary>
    public void Start()
    {
        _begun = false;
        _seen = program with { Dialect = dialect, Declaration = program.DeclarationIn(dialect), History = default, Schedule = default };
    }

    /// <summary>Its threads begin, with these answers to its setup.</summary>
    public void Begin(IEnumerable<Result> setup)
    {
        _begun = true;
        _recorder = new HistoryRecorder();
        _seen = _seen with { Setup = Answered(program.Setup, setup) };
    }

    /// <summary>A thread is about to call.</summary>
    public void Call(int thread, Operation operation) => _recorder.Call(thread, operation);

    /// <summary>A thread's call has returned.</summary>
    public void Return(int thread, Result result) => _recorder.Return(thread, result);

    /// <summary>A schedule has ended, with these answers after it. Answers what is wrong with what it showed, or null.</summary>
    public string? End(IEnumerable<Result> after)
    {
        _seen = _seen with { History = _recorder.Events, After = Answered(program.After, after) };
        // Most schedules of a small program show what another one has shown.
        var text = _seen.ToString();
        if (!_judged.TryGetValue(text, out var judgement))
            _judged.Add(text, judgement = HistoryChecker.Check(_seen, dialect, Budget.Default));
        if (judgement.Verdict == HistoryVerdict.Unknown) Unknown++;
        var outcome = ProgramOutcome.Of(program.Threads.Length, _seen.History, _seen.After.Select(line => line.Result!.Value)).ToString();
        var (count, worst) = _outcomes.GetValueOrDefault(outcome, (0, "conforms"));
        _outcomes[outcome] = (count + 1, OutcomeCount.Worse(worst, judgement.Word));
        if (judgement.Verdict != HistoryVerdict.Violates) return null;
        Violation ??= _seen with { Verdict = "violates" };
        return judgement.ToString();
    }

    /// <summary>What was seen of a schedule that did not end.</summary>
    public Document Unfinished => _begun ? _seen with { History = _recorder.Events } : _seen;

    private static ImmutableArray<Line> Answered(ImmutableArray<Line> lines, IEnumerable<Result> results) =>
        [.. lines.Zip(results, (line, result) => line with { Result = result })];
}
