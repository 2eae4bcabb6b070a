// A failure as data for a picture of it: what was called, in which order, and the model's state after each step. Its page in words is FailurePage.
using System.Collections.Immutable;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Command.Reports;

/// <summary>One step of a story.</summary>
/// <param name="Thread">The thread that took it, or null.</param>
/// <param name="Words">The step.</param>
/// <param name="Answer">The answer that was seen, or null.</param>
/// <param name="State">The model's state after it, or before it of the step that is wrong.</param>
/// <param name="Must">Of the step that is wrong: the answer that was due; else null.</param>
/// <param name="Call">The place of its call among the lanes, or −1.</param>
internal sealed record StoryStep(string? Thread, string Words, string? Answer, ImmutableArray<string> State, string? Must = null, int Call = -1);

/// <summary>Steps one after the other: a sequence, or an order of atomic steps that was tried.</summary>
/// <param name="Name">What they are.</param>
/// <param name="Hidden">How many steps before these are left out.</param>
/// <param name="Steps">The steps; the last is the one that is wrong, if one is.</param>
internal sealed record StoryOrder(string Name, int Hidden, ImmutableArray<StoryStep> Steps);

/// <summary>A call in the lane of its thread.</summary>
/// <param name="Thread">The number of the lane.</param>
/// <param name="Begin">The event at which it begins, from 0.</param>
/// <param name="End">The event of its return, or null.</param>
/// <param name="Words">The call with its answer.</param>
/// <param name="Marked">Whether its answer is the one that is not explained.</param>
internal sealed record StoryBar(int Thread, int Begin, int? End, string Words, bool Marked);

/// <summary>The story of a failure.</summary>
internal sealed record FailureStory(string Headline)
{
    // Of a long sequence the end matters.
    private const int StepsShown = 200;

    /// <summary>The state before the threads, or null of a sequence.</summary>
    public ImmutableArray<string>? Start { get; init; }

    /// <summary>The orders, the closest first; one of a sequence.</summary>
    public ImmutableArray<StoryOrder> Orders { get; init; } = [];

    /// <summary>Of a history, the names of its threads.</summary>
    public ImmutableArray<string> Threads { get; init; } = [];

    /// <summary>Of a history, its calls.</summary>
    public ImmutableArray<StoryBar> Bars { get; init; } = [];

    /// <summary>How many calls and returns there are.</summary>
    public int Events { get; init; }

    /// <summary>The lines that ran when all threads had ended.</summary>
    public ImmutableArray<string> After { get; init; } = [];

    /// <summary>What else is known, in sentences.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>The story of a finding.</summary>
    public static FailureStory Of(Finding finding)
    {
        var saved = finding.Saved.In(finding.Dialect);
        var threw = finding.Kind == FindingKind.WrongAnswer && finding.Ending != Ending.Returned ? finding.Message : null;
        var initial = State.Initial(saved.Declaration);
        if (SequentialMismatch.Find(initial, saved.Setup, out var start, threw) is { } mismatch) return OfSequence(initial, mismatch);
        if (finding.Kind == FindingKind.NoOrder && HistoryChecker.Check(saved, saved.Declaration.Dialect, Budget.Default).Violation is { } violation) return OfHistory(saved, start, violation);
        return Seen(saved, start, saved.History.IsDefault ? [] : saved.History, -1) with
        {
            Headline = $"{FailurePage.What(finding)}: {finding.Message ?? "nothing more is known"}",
            Notes = [.. saved.History.IsDefault ? saved.Threads.Select((thread, i) => $"Thread {ProgramThread.Name(i)} was to run {string.Join("; ", thread.Lines.Select(line => line.Operation))}.") : []],
        };
    }

    private static FailureStory OfSequence(State initial, SequentialMismatch mismatch)
    {
        var steps = ImmutableArray.CreateBuilder<StoryStep>();
        var state = initial;
        for (var i = 0; i < mismatch.Index; i++)
        {
            var line = mismatch.Lines[i];
            for (var time = 0; time < line.Times; time++) state = Step.Apply(state, line.Operation).State;
            steps.Add(new StoryStep(null, (line with { Result = null }).ToString(), line.Result?.ToString(), Lines(state, line.Operation)));
        }

        var seen = mismatch.Lines[mismatch.Index].Result?.ToString() ?? mismatch.Threw;
        steps.Add(new StoryStep(null, mismatch.Operation.ToString(), seen, Lines(mismatch.Before, mismatch.Operation), mismatch.Expected.ToString()));
        return new FailureStory($"{mismatch.Operation} -> {seen}: must be {mismatch.Expected}") { Orders = [Shown("the operations", steps)] };
    }

    private static FailureStory OfHistory(Program saved, State start, Violation violation)
    {
        var inAfter = violation.Place.Section == Section.After;
        var events = saved.History.IsDefault ? [] : saved.History;
        if (!inAfter) events = events[..(violation.Place.Index + 1)];
        var whose = violation.Thread < 0 ? "after the threads" : $"in thread {ProgramThread.Name(violation.Thread)}";
        var orders = violation.Tried.Select((tried, i) => OrderOf($"order {i + 1}", tried.Order, new StoryStep(tried.Thread < 0 ? null : ProgramThread.Name(tried.Thread), tried.Operation.ToString(), tried.Thread == violation.Thread && tried.Operation == violation.Operation ? violation.Seen.ToString() : null, [], tried.Must.ToString()))).ToList();
        // An order that fits as far as any may be one of them.
        if (!violation.Tried.Any(tried => tried.Order.ToString() == violation.Longest.ToString())) orders.Add(OrderOf("the longest that fits", violation.Longest, null));
        return Seen(saved, start, events, inAfter ? -1 : violation.Place.Index) with
        {
            Headline = $"no order explains {violation.Operation} -> {violation.Seen}, {whose}",
            Orders = [.. orders],
            After = [.. inAfter ? saved.After[..(violation.Place.Index + 1)].Select(line => line.ToString()) : []],
            Notes = [$"Possible there: {violation.PossibleWords}.", .. violation.DeadEnds > violation.Tried.Length ? [FormattableString.Invariant($"Of {violation.DeadEnds} dead ends {violation.Tried.Length} are shown.")] : (string[])[]],
        };

        StoryOrder OrderOf(string name, Order order, StoryStep? wrong)
        {
            var steps = order.Told().Select(told => new StoryStep(told.Last.Thread < 0 ? null : ProgramThread.Name(told.Last.Thread), told.Words, told.Last.Step.Call.Result?.ToString(), Lines(told.Last.Step.State, told.Last.Operation), Call: told.Last.Call)).ToList();
            var last = order.Steps.IsEmpty ? start : order.Steps[^1].Step.State;
            if (wrong is not null) steps.Add(wrong with { State = Lines(last, violation.Operation), Call = CallOf(wrong) });
            return Shown(name, steps);
        }

        // The last call of that thread which is the same.
        int CallOf(StoryStep wrong) => Drawing.Bars(events, -1).ToList().FindLastIndex(bar => ProgramThread.Name(bar.Thread) == wrong.Thread && bar.Text.StartsWith(wrong.Words, StringComparison.Ordinal));
    }

    private static FailureStory Seen(Program saved, State start, ImmutableArray<HistoryEvent> events, int marked) => new("")
    {
        Start = Lines(start, null),
        Threads = [.. Enumerable.Range(0, events.IsEmpty ? 0 : events.Max(e => e.Thread) + 1).Select(ProgramThread.Name)],
        Bars = [.. Drawing.Bars(events, marked).Select(bar => new StoryBar(bar.Thread, bar.Begin, bar.End, bar.Text, bar.Marked))],
        Events = events.Length,
        After = [],
    };

    private static StoryOrder Shown(string name, IReadOnlyCollection<StoryStep> steps) => new(name, Math.Max(0, steps.Count - StepsShown), [.. steps.TakeLast(StepsShown)]);

    private static ImmutableArray<string> Lines(State state, Operation? call) => [.. FailurePage.Described(state, call)];
}
