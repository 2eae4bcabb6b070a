// Judges what was seen of a concurrent program by chapter 7: can all atomic steps be put in one order that explains every answer?
//
// How the search goes, and why it is sound, is told in Search.cs; what a person is told of a violation is made in Explanation.cs.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Histories;

/// <summary>Judges histories (linearizability). Pure: the same question has the same answer.</summary>
public static class HistoryChecker
{
    /// <summary>How many broken orders a failure lists at most.</summary>
    public const int OrdersListed = 5;

    /// <summary>Judges a document's setup, history and after in one dialect.</summary>
    /// <exception cref="ProgramException">The document has threads and no history, or its history is none.</exception>
    /// <param name="document">The document.</param>
    /// <param name="dialect">The dialect.</param>
    /// <param name="budget">How many configurations may be expanded.</param>
    /// <param name="shows">Whether somebody will look at the order that explains a history which conforms.</param>
    public static Judgement Check(Program document, Dialect dialect, Budget budget, bool shows = true)
    {
        if (document.History.IsDefault && !document.Threads.IsEmpty)
            throw new ProgramException("the document has threads, and no history of what they saw");
        return Check(document.DeclarationIn(dialect), document.Setup, document.History.IsDefault ? [] : document.History, document.After, budget, shows);
    }

    /// <summary>Judges the observations of a run (rule 7.1).</summary>
    /// <param name="declaration">The declaration of the system.</param>
    /// <param name="setup">The calls that ran first, alone. An answer that is not recorded is not judged, here and in <paramref name="after"/>.</param>
    /// <param name="events">The calls and returns of the threads, in the order in which they were seen. A call without a return may have taken any prefix of its steps.</param>
    /// <param name="after">The calls that ran one after the other when every call that returned had returned; calls without a return may still be moving.</param>
    /// <param name="budget">How many configurations may be expanded for the verdict; the explanation of a violation costs some times as much as its discovery.</param>
    /// <param name="shows">Whether somebody will look at the order that explains a history which conforms.</param>
    /// <exception cref="ProgramException">It is no history: a return without a call, two calls of a thread at once, a handle issued twice.</exception>
    public static Judgement Check(
        Declaration declaration, IReadOnlyList<Line> setup, ImmutableArray<HistoryEvent> events, IReadOnlyList<Line> after, Budget budget, bool shows = true)
    {
        var moments = Moments.Of(setup, events, after);
        if (SequentialMismatch.Find(State.Initial(declaration), setup, out var start) is { } mismatch)
            return new Judgement(Verdict.Violates, 0, Violation: Explanation.OfSetup(mismatch));
        var all = moments.All.Length;
        var origin = Origin.AtRest(start, moments);
        var search = new Search(moments, new Scope(all, all, Exhaustive: false), budget).Run(origin);
        if (search.Explained is { } explained)
            return new Judgement(Verdict.Conforms, search.Expanded, shows ? Explanation.OrderTo(moments, explained) : null);
        if (search.Overrun) return new Judgement(Verdict.Inconclusive, search.Expanded);
        return new Judgement(Verdict.Violates, search.Expanded,
            Violation: Explanation.OfHistory(moments, origin, search.Farthest!.Moment, Enough(search.Expanded, budget)));
    }

    /// <summary>The budget of an attempt to explain a violation: somewhat more than the cost of its discovery.</summary>
    internal static Budget Enough(int expanded, Budget budget) => new((int)Math.Min(budget.Configurations, 5_000 + 4L * expanded));
}
