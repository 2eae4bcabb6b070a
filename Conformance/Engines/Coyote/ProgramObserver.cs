// What one program's schedules show to Coyote's child: it listens to the threads, and judges as far as the scheduler's clock allows.
using System.Collections.Immutable;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Coyote;

/// <summary>
/// The scheduler's notebook. It lies in an assembly that is never rewritten: were its bookkeeping a sequence of scheduling
/// points, a schedule would not take the same steps the second time, when much has been seen before. One thread runs at a time: it needs no lock.
/// </summary>
/// <param name="program">The program.</param>
/// <param name="dialect">The dialect that it runs in.</param>
/// <param name="atOnce">What judging may cost while a schedule runs; null for the default.</param>
internal sealed class ProgramObserver(Program program, Dialect dialect, Budget? atOnce = null)
{
    // The scheduler's clock runs until a schedule has ended: what is judged for long looks to it like a subject that hangs.
    private static readonly Budget AtOnce = new(25_000);

    private readonly Observations _seen = new(program, dialect, atOnce ?? AtOnce);
    private readonly List<int> _order = [];
    private readonly List<Result> _answers = [];
    private bool _begun;

    /// <summary>Histories whose judgement overran its budget.</summary>
    public long Unknown => _seen.Unknown;

    /// <summary>What was seen of the first schedule that violated, or null.</summary>
    public Program? Violation { get; private set; }

    /// <summary>The outcomes, most frequent first.</summary>
    public ImmutableArray<OutcomeCount> Outcomes => _seen.Outcomes;

    /// <summary>What was seen of a schedule that did not end; no history, if its threads had not begun.</summary>
    public Program Unfinished => _begun ? _seen.Shown(_order, _answers) : program.In(dialect) with { History = default, Schedule = default };

    /// <summary>A schedule begins: its subject is not made yet.</summary>
    public void Start()
    {
        _begun = false;
        _order.Clear();
        _answers.Clear();
    }

    /// <summary>Its threads begin, with these answers to its setup.</summary>
    public void Begin(IEnumerable<Result> setup)
    {
        _begun = true;
        _answers.AddRange(setup);
    }

    /// <summary>A thread is about to make its next call.</summary>
    public void Call(int thread) => _order.Add(-1 - thread);

    /// <summary>A thread's call has returned.</summary>
    public void Return(int thread, Result result)
    {
        _order.Add(thread);
        _answers.Add(result);
    }

    /// <summary>
    /// A schedule has ended, with these answers after it. Answers what is wrong with what it showed; or null, also if that is for
    /// <see cref="Settle"/> to say.
    /// </summary>
    public string? End(IEnumerable<Result> after)
    {
        _answers.AddRange(after);
        var judgement = _seen.Add(_order, _answers);
        if (judgement.Verdict != Verdict.Violates) return null;
        Violation ??= _seen.Shown(_order, _answers) with { Verdict = judgement.Verdict };
        return judgement.ToString();
    }

    /// <summary>Judges what would have taken too long while a schedule ran. Answers the first that violates, or null.</summary>
    public Program? Settle()
    {
        var wrong = _seen.Settle(Budget.Default);
        if (wrong is not null) Violation ??= wrong with { Verdict = Verdict.Violates };
        return wrong;
    }
}
