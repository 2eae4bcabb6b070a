// What one program's schedules show: records each, judges it by chapter 7, counts the outcomes.
using System.Collections.Immutable;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Engines;

/// <summary>
/// The scheduler's notebook. It lies in an assembly that is never rewritten: were its bookkeeping a sequence of scheduling
/// points, a schedule would not take the same steps the second time, when much has been seen before.
/// </summary>
/// <param name="program">The program.</param>
/// <param name="dialect">The dialect that it runs in.</param>
/// <param name="atOnce">What judging may cost while a schedule runs; null for the default.</param>
public sealed class ProgramObserver(Program program, Dialect dialect, Budget? atOnce = null)
{
    // The scheduler's clock runs until a schedule has ended: what is judged for long looks to it like a subject that hangs.
    private static readonly Budget AtOnce = new(25_000);

    private readonly Dictionary<string, Judgement> _judged = [];
    private readonly Dictionary<string, (Program Seen, long Times)> _postponed = [];
    private readonly Dictionary<string, (long Count, Verdict Worst)> _outcomes = [];
    private HistoryRecorder _recorder = new();
    private Program _seen = new();
    private bool _begun;

    /// <summary>Histories whose judgement overran its budget.</summary>
    public long Unknown { get; private set; }

    /// <summary>What was seen of the first schedule that violated, or null.</summary>
    public Program? Violation { get; private set; }

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

    /// <summary>
    /// A schedule has ended, with these answers after it. Answers what is wrong with what it showed; or null, also if that is for
    /// <see cref="Settle"/> to say.
    /// </summary>
    public string? End(IEnumerable<Result> after)
    {
        _seen = _seen with { History = _recorder.Events, After = Answered(program.After, after) };
        // Most schedules of a small program show what another one has shown.
        var text = _seen.ToString();
        if (!_judged.TryGetValue(text, out var judgement))
            _judged.Add(text, judgement = HistoryChecker.Check(_seen, dialect, atOnce ?? AtOnce));
        if (judgement.Verdict != Verdict.Inconclusive) return Note(_seen, judgement, 1);
        _postponed[text] = (_seen, _postponed.GetValueOrDefault(text).Times + 1);
        return null;
    }

    /// <summary>Judges what would have taken too long while a schedule ran. Answers what is wrong with the first that violates, or null.</summary>
    public string? Settle()
    {
        string? wrong = null;
        foreach (var (seen, times) in _postponed.Values)
        {
            var found = Note(seen, HistoryChecker.Check(seen, dialect, Budget.Default), times);
            wrong ??= found;
        }

        _postponed.Clear();
        return wrong;
    }

    private string? Note(Program seen, Judgement judgement, long times)
    {
        if (judgement.Verdict == Verdict.Inconclusive) Unknown += times;
        var outcome = ProgramOutcome.Of(program.Threads.Length, seen.History, seen.After.Select(line => line.Result!.Value)).ToString();
        var (count, worst) = _outcomes.GetValueOrDefault(outcome, (0, Verdict.Conforms));
        _outcomes[outcome] = (count + times, worst.Worse(judgement.Verdict));
        if (judgement.Verdict != Verdict.Violates) return null;
        Violation ??= seen with { Verdict = judgement.Verdict };
        return judgement.ToString();
    }

    /// <summary>What was seen of a schedule that did not end.</summary>
    public Program Unfinished => _begun ? _seen with { History = _recorder.Events } : _seen;

    private static ImmutableArray<Line> Answered(ImmutableArray<Line> lines, IEnumerable<Result> results) =>
        [.. lines.Zip(results, (line, result) => line with { Result = result })];
}
