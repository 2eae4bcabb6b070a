// The page that a person reads when something does not conform: the words of the domain, what was seen, what was possible, and a line to paste that replays it.
using System.Collections.Immutable;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Pages;

/// <summary>The data of a page about the run that it comes from.</summary>
/// <param name="Check">The check that found it.</param>
/// <param name="Subject">The subject that it is about.</param>
/// <param name="Dialect">The dialect of the run.</param>
/// <param name="Replay">The command that replays it, ready to paste; null if nothing was saved.</param>
/// <param name="Title">The title of the example or scenario, or null.</param>
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

    /// <summary>The most events and tasks of a state that are shown.</summary>
    private const int MostOfAState = 24;

    /// <summary>The most suspects that are told with their intent: of more, a reader wants the list.</summary>
    private const int IntentsShown = 5;

    /// <summary>The most rows of MEMORY-ORDERING.md that are named.</summary>
    private const int RowsShown = 8;

    /// <summary>The most steps of an order that are shown: the last ones.</summary>
    private const int StepsShown = 12;

    /// <summary>The page of a finding.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="replay">The command that replays it, or null if it was not saved.</param>
    public static string Page(this Finding finding, string? replay = null) =>
        Of(finding, new PageHeader(finding.Check, SubjectName.Short(finding.Saved.Subject), finding.Dialect, replay, finding.Saved.Title));

    /// <summary>The page of any judgement on a program's history.</summary>
    public static string Of(Program program, Judgement judgement, PageHeader header)
    {
        if (judgement.Violation is not null) return Of(Finding.OfHistory(program.In(header.Dialect), judgement), header);
        var page = new PageText();
        page.Head(judgement.Verdict == Verdict.Conforms ? "CONFORMS" : "UNKNOWN", "", header.ToString());
        page.Line();
        _ = SequentialMismatch.Find(State.Initial(program.DeclarationIn(header.Dialect)), program.Setup, out var start);
        Seen(page, start, program.History.IsDefault ? [] : program.History, program.After, null);
        page.Line();
        if (judgement.Order is { } order)
        {
            page.Label("order", Listed(order));
            // One call under way in a thread at most: one that did not return is the thread's last.
            var pending = program.History.IsDefault ? [] : program.History.GroupBy(one => one.Thread).Where(events => events.Last().Call is not null).Select(events => events.Key).ToHashSet();
            var took = order.Steps.Where(step => pending.Contains(step.Thread) && !order.Steps.Any(other => other.Thread == step.Thread && other.Call > step.Call))
                .Select(step => $"{ProgramThread.Name(step.Thread)}: {step.Operation}").Distinct().ToList();
            if (took.Count > 0) page.Label("pending", $"{PageText.Listed(took)} never returned, and {(took.Count == 1 ? "takes its" : "take their")} steps in this order");
        }
        else page.Label("no verdict", FormattableString.Invariant($"{judgement.Expanded} configurations were expanded, which was the budget; this is no kind of success"));
        Replay(page, header);
        return page.ToString();
    }

    private static string Of(Finding finding, PageHeader header)
    {
        var page = new PageText();
        page.Head("DOES NOT CONFORM", "", header.ToString());
        page.Line();
        Lead(page, finding, header);
        page.Label(finding.Defects.Length == 1 ? "defect" : "defects", finding.Defects.Select(defect => $"{defect.Id}: {defect.Words}"));
        page.Line();
        if (header.Title is not null) page.Label("about", header.Title);
        var saved = finding.Saved.In(header.Dialect);
        var threw = finding.Kind == FindingKind.WrongAnswer && finding.Ending != Ending.Returned ? finding.Message : null;
        if (SequentialMismatch.Find(State.Initial(saved.Declaration), saved.Setup, out var start, threw) is { } mismatch) Sequence(page, mismatch);
        else if (finding.Kind == FindingKind.NoOrder) History(page, start, saved);
        else if (saved.Threads.IsEmpty && saved.Seed is { } seed && finding.Check == "soak") Round(page, seed, finding);
        else Unfinished(page, start, finding);
        if (!finding.Interleaving.IsEmpty)
        {
            page.Line();
            page.Label("interleaving", Interleaving.Told(finding.Interleaving));
            if (finding.Minimal is { } minimal) page.Label("smallest", minimal);
        }

        Replay(page, header);
        return page.ToString();
    }

    // What to think of first: the rules that are the likeliest to be broken, and where in our own source that is kept.
    private static void Lead(PageText page, Finding finding, PageHeader header)
    {
        if (finding.Suspects.IsEmpty)
        {
            page.Label("no rule", "speaks of this: every answer is right, and the structures behind them are not whole");
            return;
        }

        var told = finding.Suspects.Count <= IntentsShown;
        page.Label("suspects", finding.Suspects.Rules.Select(SpecDocument.Current.Find).SelectMany(rule => (string[])[$"{rule!.Id} {rule.Title}", .. told ? [$"\"{rule.Intent}\""] : Array.Empty<string>()]));
        if (finding.Rules - finding.Suspects is { IsEmpty: false } others) page.Label("involved too", others.ToString());
        if (!SubjectName.IsOfOurSource(header.Subject)) return;
        // Of a recorded schedule, the rows that it went through.
        var rows = MemoryOrdering.Rows.Where(row => !(row.Rules & finding.Suspects).IsEmpty).OrderByDescending(row => (row.Rules & finding.Suspects).Count).ToList();
        if (rows.Where(row => finding.Interleaving.Any(step => step.Row == row.Number)).ToList() is { Count: > 0 } met) rows = met;
        if (rows.Count == 0) return;
        var shown = rows.Take(RowsShown).GroupBy(row => row.Where[0]).Select(place => $"{place.Key} {string.Join(" ", place.Select(row => row.Number))}");
        page.Label("look first", $"{PageText.Listed(shown)} of Implementation/MEMORY-ORDERING.md{(rows.Count > RowsShown ? FormattableString.Invariant($" ({rows.Count - RowsShown} more rows are about these rules)") : "")}");
    }

    // Operations that ran alone, the last of which was answered wrongly.
    private static void Sequence(PageText page, SequentialMismatch mismatch)
    {
        var lines = mismatch.Lines.Take(mismatch.Index + 1).ToList();
        var hidden = Math.Max(0, lines.Count - 1 - LinesBefore);
        var calls = lines.Skip(hidden).Select(line => (line with { Result = null }).ToString()).ToList();
        var column = Math.Min(60, calls.Max(call => call.Length));
        var texts = lines.Skip(hidden).Select((line, i) => $"{calls[i].PadRight(column)}  {line.Result?.ToString() ?? ""}").ToList();
        texts[^1] += $"{mismatch.Threw}   X  must be {mismatch.Expected}{Cited(mismatch.Rules)}";
        if (hidden > 0) texts.Insert(0, FormattableString.Invariant($"({hidden} operations before)"));
        page.Label("operations", texts);
        page.Line();
        page.Label("state before", Described(mismatch.Before, mismatch.Operation));
    }

    // What is judged is what was saved, so whoever draws the page needs nothing else.
    private static void History(PageText page, State start, Program saved)
    {
        if (HistoryChecker.Check(saved, saved.Declaration.Dialect, Budget.Default).Violation is not { } violation) return;
        var inAfter = violation.Place.Section == Section.After;
        var events = saved.History.IsDefault ? [] : saved.History;
        Seen(page, start, inAfter ? events : events[..(violation.Place.Index + 1)], inAfter ? saved.After[..(violation.Place.Index + 1)] : [], violation);
        page.Line();
        Orders(page, violation);
    }

    // What many threads did for long is not told: a round is its seed.
    private static void Round(PageText page, ulong seed, Finding finding)
    {
        page.Label(What(finding), finding.Message ?? "");
        page.Label("round", FormattableString.Invariant($"number {finding.FoundAfter}, whose calls are drawn from seed {seed}; how they overlap is up to the machine"));
    }

    // A crash, an exception, a deadlock, a hang; or an outcome of which nothing more is known than that it came.
    private static void Unfinished(PageText page, State start, Finding finding)
    {
        var saved = finding.Saved;
        Seen(page, start, saved.History.IsDefault ? [] : saved.History, [], null);
        // Nothing was seen: what was to run.
        for (var thread = 0; saved.History.IsDefault && thread < saved.Threads.Length; thread++)
            page.Label($"thread {ProgramThread.Name(thread)}", PageText.Listed(saved.Threads[thread].Lines.Select(line => line.Operation.ToString()), "; "));
        page.Line();
        page.Label(What(finding), finding.Message ?? "");
    }

    /// <summary>The event instead of an answer, in a word.</summary>
    internal static string What(Finding finding) => finding.Kind switch
    {
        FindingKind.NotAtRest => "at rest",
        FindingKind.ForbiddenOutcome => "outcome",
        _ => finding.Ending.Word(),
    };

    private static void Seen(PageText page, State start, ImmutableArray<HistoryEvent> events, ImmutableArray<Line> after, Violation? violation)
    {
        page.Label("start", Described(start));
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

    /// <summary>The lines of a state. Of a crowd, those that the call names, the first others, and how many more.</summary>
    internal static IEnumerable<string> Described(State state, Operation? call = null)
    {
        var named = call?.Uses.Select(used => $"{used}").ToHashSet() ?? [];
        var lines = state.Describe().ToList();
        if (lines.Count > MostOfAState) lines = [.. lines.OrderByDescending(line => named.Contains(line.Split(':', '@')[0]))];
        return lines.Count <= MostOfAState ? lines : lines.Take(MostOfAState).Append(FormattableString.Invariant($"({lines.Count - MostOfAState} more)"));
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

    private static string Cited(RuleSet rules) => Violation.News(rules) is { IsEmpty: false } news ? $"   ({news})" : "";
}
