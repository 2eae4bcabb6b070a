// Judges a history of any length, in a bounded memory: part by part, each from every configuration that explains all before it.
//
// A part ends where no call is under way, if there is such a place, and else anywhere: what is carried over are configurations, a state and how far the
// calls under way have come (the frontier; just-in-time linearization, Lowe 2017). The answers of these calls are known before the part is judged, as the
// events that follow are read until they have returned. If the frontier has every configuration that explains the past, a part that none of them explains is
// a violation; if some had to be left out, nobody knows.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Histories;

/// <summary>A call or a return of a trace.</summary>
/// <param name="Line">Its line in the log, from 1.</param>
/// <param name="Thread">Its thread, from 0.</param>
/// <param name="Call">The operation, of a call.</param>
/// <param name="Return">The answer, of a return.</param>
internal sealed record TraceEvent(long Line, int Thread, Operation? Call, Result? Return)
{
    /// <summary>The operation, of a call. That of an Open has its name when the call has returned.</summary>
    public Operation? Call { get; set; } = Call;
}

/// <summary>The first line that nothing explains.</summary>
/// <param name="Event">The return.</param>
/// <param name="Violation">What was possible there.</param>
/// <param name="Before">The last events before it, oldest first.</param>
internal sealed record TraceFault(TraceEvent Event, Violation Violation, ImmutableArray<TraceEvent> Before);

/// <summary>Judges events as they come.</summary>
/// <param name="declaration">The declaration of the system.</param>
/// <param name="part">How many events are judged at once, at most.</param>
internal sealed class TraceJudge(Declaration declaration, int part = TraceJudge.UsualPart)
{
    // Long enough that what a part costs beside its search is little, short enough that its memory is.
    private const int UsualPart = 1_000;

    // How often it is looked whether a part can be judged.
    private const int Often = 64;

    // Events behind a part that are waited for, until the calls under way at its end have returned.
    private const int MostAhead = 50_000;

    // More configurations than ways to have got there that matter.
    private const int MostOfFrontier = 200;

    // From so near a violation is explained.
    private const int Near = 16;

    private const int ShownBefore = 20;

    private static readonly Budget Enough = new(200_000);

    private readonly List<TraceEvent> _events = [];
    private readonly Queue<TraceEvent> _before = [];
    private readonly SortedDictionary<int, Operation> _underWay = [];
    private List<Configuration> _frontier = [Configuration.AtRest(State.Initial(declaration), 1)];
    private int _threads;

    /// <summary>Events that were judged.</summary>
    public long Judged { get; private set; }

    /// <summary>The rules of the steps that explain them.</summary>
    public RuleSet Exercised { get; private set; }

    /// <summary>Whether every configuration that explains the past was carried over.</summary>
    public bool IsExact { get; private set; } = true;

    /// <summary>The first line that nothing explains, or null.</summary>
    public TraceFault? Fault { get; private set; }

    /// <summary>The verdict until now.</summary>
    public Verdict Verdict => _frontier.Count > 0 ? Verdict.Conforms : IsExact && Fault is not null ? Verdict.Violates : Verdict.Inconclusive;

    /// <summary>Takes an event. False when the verdict is known, and nothing behind matters.</summary>
    public bool Add(TraceEvent e)
    {
        _events.Add(e);
        _threads = Math.Max(_threads, e.Thread + 1);
        if (_events.Count >= part && _events.Count % Math.Min(part, Often) == 0 && CutAt() is { } cut) Judge(cut);
        return _frontier.Count > 0;
    }

    /// <summary>There are no more events: a call without a return may have taken any of its steps.</summary>
    public void End()
    {
        while (_frontier.Count > 0 && _events.Count > 0) Judge(Math.Min(_events.Count, part));
    }

    // Where a part ends: where no call is under way, rather late than early, or else at its full length; null while calls that are under way there have not returned.
    private int? CutAt()
    {
        var underWay = new HashSet<int>(_underWay.Keys);
        var rest = 0;
        for (var i = 0; i < part; i++)
        {
            if (_events[i].Call is not null) underWay.Add(_events[i].Thread);
            else underWay.Remove(_events[i].Thread);
            if (underWay.Count == 0 && i >= part / 2) rest = i + 1;
        }

        if (rest > 0) return rest;
        for (var i = part; i < _events.Count && underWay.Count > 0; i++)
            if (_events[i].Return is not null) underWay.Remove(_events[i].Thread);
        return underWay.Count == 0 || _events.Count >= MostAhead ? part : null;
    }

    private void Judge(int cut)
    {
        if (Explains(cut)) return;
        // From near by it is cheaper to say what was possible. Every configuration is carried over: it is met again, at the latest where it was.
        for (var left = cut; left > Near && Explains(Near); left -= Near) cut = left - Near;
        if (Explains(Math.Min(cut, Near), isLast: true)) return;
        Judged += Fault is null ? 0 : _events.IndexOf(Fault.Event);
        _frontier = [];
    }

    // Carries the frontier over a part, if anything explains it.
    private bool Explains(int cut, bool isLast = false)
    {
        var under = _underWay.Select(call => new HistoryEvent(call.Key, call.Value, null)).ToList();
        var moments = Moments.Of([], [.. under, .. _events.Select(e => new HistoryEvent(e.Thread, e.Call, e.Return))], [], _threads + 1);
        var scope = new Scope(under.Count + cut, moments.All.Length, Exhaustive: false);
        // One search from all of them: they meet soon.
        var origin = new Origin([.. _frontier.Select(configuration => Widened(configuration, moments.Slots))], under.Count);
        var search = new Search(moments, scope, Enough) { Collects = MostOfFrontier }.Run(origin);
        IsExact &= !search.Overrun && search.Collected.Count < MostOfFrontier;
        if (search.Explained is not { } explained)
        {
            if (isLast) Fault = FaultOf(Explanation.OfHistory(moments, origin, search.Farthest!.Moment, HistoryChecker.Enough(search.Expanded, Enough)), under.Count);
            return false;
        }

        Exercised = Explanation.OrderTo(moments, explained).Steps.Aggregate(Exercised, (rules, step) => rules | step.Rules);
        _frontier = [.. search.Collected.Select(end => end.Configuration).Distinct()];
        foreach (var e in _events.Take(cut))
        {
            if (e.Call is { } call) _underWay[e.Thread] = call;
            else _underWay.Remove(e.Thread);
        }

        foreach (var e in _events.Take(cut).TakeLast(ShownBefore)) _before.Enqueue(e);
        while (_before.Count > ShownBefore) _before.Dequeue();
        _events.RemoveRange(0, cut);
        Judged += cut;
        return true;
    }

    private TraceFault FaultOf(Violation violation, int underWay)
    {
        var at = violation.Place.Index - underWay;
        return new TraceFault(_events[at], violation, [.. _before.Concat(_events.Take(at)).TakeLast(ShownBefore)]);
    }

    // The last slot is that of after, which no trace has.
    private static Configuration Widened(Configuration configuration, int slots) => configuration.Calls.Length == slots ? configuration
        : Configuration.Of(configuration.State, configuration.Calls.Concat(new Call?[slots - configuration.Calls.Length]));
}
