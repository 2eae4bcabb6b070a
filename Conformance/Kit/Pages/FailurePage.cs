// The page that a person reads when something does not conform: the words of the domain, what was seen, what was possible, and a line to paste that replays it.
using System.Collections.Immutable;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Pages;

/// <summary>What a page says of the run that it comes from.</summary>
/// <param name="Check">The check that found it.</param>
/// <param name="Subject">The subject that it is about.</param>
/// <param name="Dialect">The dialect of the run.</param>
/// <param name="Replay">The command that replays it, ready to paste; null if nothing was saved.</param>
/// <param name="Title">What the example or scenario shows, or null.</param>
public sealed record PageHeader(string Check, string Subject, Dialect Dialect, string? Replay = null, string? Title = null)
{
    /// <summary>The right end of the first line.</summary>
    public override string ToString() => $"{Check}, {Subject}, {Dialect}";
}

/// <summary>Writes failure pages: plain ASCII, no line longer than 120 but the one to paste.</summary>
public static class FailurePage
{
    /// <summary>The most lines of a list that are shown before the one that matters.</summary>
    private const int LinesBefore = 16;

    /// <summary>The most steps of an order that are shown: the last ones.</summary>
    private const int StepsShown = 12;

    // Cited wherever anything is answered at all: no news on a page that has little room. They stand in the first line.
    private static readonly RuleSet Commonplace = RuleSet.Of(1_09) | RuleSet.Of(7_01) | RuleSet.Of(7_02);

    /// <summary>The page of a document's history that violates, or of which nothing is known.</summary>
    public static string Of(Program document, Judgement judgement, PageHeader header) =>
        Of(document.DeclarationIn(header.Dialect), document.Setup, document.History.IsDefault ? [] : document.History, document.After, judgement, header);

    /// <summary>The page of a history that violates, or of which nothing is known.</summary>
    public static string Of(
        Declaration declaration, IReadOnlyList<Line> setup, ImmutableArray<HistoryEvent> events, IReadOnlyList<Line> after, Judgement judgement, PageHeader header)
    {
        var mismatch = SequentialMismatch.Find(State.Initial(declaration), setup, out var start);
        if (mismatch is not null) return Of(mismatch, header);
        var page = new PageText();
        if (judgement.Violation is { } violation)
        {
            var inAfter = violation.Place.Section == Section.After;
            page.Head("DOES NOT CONFORM", $"rules in play: {violation.Rules}", header.ToString());
            Title(page, header);
            Seen(page, start, inAfter ? events : events[..(violation.Place.Index + 1)], inAfter ? [.. after.Take(violation.Place.Index + 1)] : [], violation);
            page.Line();
            Orders(page, violation);
        }
        else
        {
            page.Head(judgement.Verdict == Verdict.Conforms ? "CONFORMS" : "UNKNOWN", "", header.ToString());
            page.Line();
            Seen(page, start, events, [.. after], null);
            page.Line();
            if (judgement.Order is { } order) page.Label("order", Listed(order));
            else page.Label("no verdict", FormattableString.Invariant($"{judgement.Expanded} configurations were expanded, which was the budget; this is no kind of success"));
        }

        Replay(page, header);
        return page.ToString();
    }

    /// <summary>The page of operations that ran alone, and of which one was answered wrongly.</summary>
    public static string Of(SequentialMismatch mismatch, PageHeader header)
    {
        var page = new PageText();
        page.Head("DOES NOT CONFORM", $"rules in play: {mismatch.InPlay}", header.ToString());
        Title(page, header);
        var lines = mismatch.Lines.Take(mismatch.Index + 1).ToList();
        var hidden = Math.Max(0, lines.Count - 1 - LinesBefore);
        var calls = lines.Skip(hidden).Select(line => (line with { Result = null }).ToString()).ToList();
        var column = Math.Min(60, calls.Max(call => call.Length));
        var texts = lines.Skip(hidden).Select((line, i) => $"{calls[i].PadRight(column)}  {line.Result?.ToString() ?? ""}").ToList();
        texts[^1] += $"{mismatch.Threw}   X  must be {mismatch.Expected}{Cited(mismatch.Rules)}";
        if (hidden > 0) texts.Insert(0, FormattableString.Invariant($"({hidden} operations before)"));
        page.Label("operations", texts);
        page.Line();
        page.Label("state before", mismatch.Before.Describe());
        Replay(page, header);
        return page.ToString();
    }

    /// <summary>The page of a schedule that did not end: a crash, an exception, a deadlock, a hang.</summary>
    /// <param name="document">What was seen until then.</param>
    /// <param name="kind">What it was, in a word.</param>
    /// <param name="message">What is known of it, in a line.</param>
    /// <param name="header">The run.</param>
    /// <param name="rules">The rules in play; 7.1 unless told otherwise.</param>
    public static string OfUnfinished(Program document, string kind, string message, PageHeader header, RuleSet? rules = null)
    {
        _ = SequentialMismatch.Find(State.Initial(document.DeclarationIn(header.Dialect)), document.Setup, out var start);
        var page = new PageText();
        page.Head("DOES NOT CONFORM", $"rules in play: {rules ?? RuleSet.Of(7_01)}", header.ToString());
        Title(page, header);
        Seen(page, start, document.History.IsDefault ? [] : document.History, [], null);
        // Nothing was seen: what was to run.
        for (var thread = 0; document.History.IsDefault && thread < document.Threads.Length; thread++)
            page.Label($"thread {ProgramThread.Name(thread)}", PageText.Listed(document.Threads[thread].Lines.Select(line => line.Operation.ToString()), "; "));
        page.Line();
        page.Label(kind, message);
        Replay(page, header);
        return page.ToString();
    }

    /// <summary>A page that was drawn without a line to replay it, with one.</summary>
    public static string WithReplay(string drawn, PageHeader header)
    {
        var page = new PageText();
        Replay(page, header);
        return drawn + page;
    }

    private static void Seen(PageText page, State start, ImmutableArray<HistoryEvent> events, ImmutableArray<Line> after, Violation? violation)
    {
        page.Label("start", start.Describe());
        var drawing = Drawing.Of(events, violation is { Place.Section: Section.History } ? violation.Place.Index : -1, PageText.Room);
        if (drawing.Omitted > 0) page.Label("", FormattableString.Invariant($"({drawing.Omitted} calls were over before what is drawn)"));
        foreach (var (thread, bars) in drawing.Lanes) page.Label($"thread {ProgramThread.Name(thread)}", [bars]);
        if (drawing.Legend.Length > LinesBefore) page.Label("calls", PageText.Listed(drawing.Legend, "; "));
        else page.Label("calls", drawing.Legend);
        var hidden = Math.Max(0, after.Length - 1 - LinesBefore);
        var texts = after.Skip(hidden).Select(line => line.ToString()).ToList();
        if (hidden > 0) texts.Insert(0, FormattableString.Invariant($"({hidden} lines before)"));
        if (violation is { Place.Section: Section.After }) texts[^1] += "   X";
        page.Label("after", texts);
    }

    private static void Orders(PageText page, Violation violation)
    {
        var whose = violation.Thread < 0 ? "after the threads" : $"in thread {ProgramThread.Name(violation.Thread)}";
        page.Label("no order", $"explains {violation.Operation} -> {violation.Seen}, {whose} (X). Possible: {violation.PossibleWords}{Cited(violation.AnswerRules)}");
        var column = Math.Min(50, violation.Tried.Max(tried => (int?)Listed(tried.Order).Length) ?? 0);
        for (var i = 0; i < violation.Tried.Length; i++)
        {
            var tried = violation.Tried[i];
            var who = tried.Thread < 0 ? "" : ProgramThread.Name(tried.Thread) + ": ";
            var must = $"{who}{tried.Operation} must be {tried.Must}{Cited(tried.Rules)}";
            var (label, order) = (FormattableString.Invariant($"order {i + 1}"), Listed(tried.Order));
            if (order.Length <= column && column + 3 + must.Length <= PageText.Room) page.Label(label, $"{order.PadRight(column)}   {must}");
            else page.Label(label, [order, "  " + must]);
        }

        if (violation.DeadEnds > violation.Tried.Length)
            page.Label("", FormattableString.Invariant($"({violation.DeadEnds} dead ends in all)"));
        var same = violation.Tried.Select(tried => Listed(tried.Order)).ToList().IndexOf(Listed(violation.Longest));
        page.Label("longest fit", same < 0 ? Listed(violation.Longest) : FormattableString.Invariant($"that of order {same + 1}"));
        page.Label("leads to", violation.State.Describe());
    }

    private static void Title(PageText page, PageHeader header)
    {
        page.Line();
        if (header.Title is not null) page.Label("about", header.Title);
    }

    private static void Replay(PageText page, PageHeader header)
    {
        if (header.Replay is null) return;
        page.Line();
        page.LabelUnfolded("replay", header.Replay);
    }

    /// <summary>The last steps of an order in words.</summary>
    private static string Listed(Order order)
    {
        var words = order.Words();
        return words.IsEmpty ? order.ToString()
            : words.Length <= StepsShown ? PageText.Listed(words)
            : FormattableString.Invariant($"({words.Length - StepsShown} steps before), ") + PageText.Listed(words[^StepsShown..]);
    }

    private static string Cited(RuleSet rules) => (rules - Commonplace) is { IsEmpty: false } news ? $"   ({news})" : "";
}
