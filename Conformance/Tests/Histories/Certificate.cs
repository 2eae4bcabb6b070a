// Checks an order of steps that the checker shows: legal steps of the model, each between its call and its return, giving what was seen.
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Tests.Histories;

/// <summary>Needs no search, so it trusts nobody's.</summary>
public static class Certificate
{
    /// <summary>Why the order does not explain the first <paramref name="events"/> events and <paramref name="after"/> lines, or null if it does.</summary>
    public static string? Objection(SmallHistory history, Order order, int events, int after)
    {
        var state = history.Program.Setup.Aggregate(State.Initial(history.Program.Declaration), (s, line) => Step.Apply(s, line.Operation).State);
        var moments = history.Events.Take(events).Concat(history.After.Take(after).SelectMany((line, i) => new HistoryEvent[]
        {
            new(history.Events.Max(e => e.Thread) + 1, line.Operation, null),
            new(history.Events.Max(e => e.Thread) + 1, null, line.Result),
        })).ToList();
        // The failing call itself may have begun, and steps of it may stand in the order.
        if (after < history.After.Length && events == history.Events.Length)
            moments.Add(new(history.Events.Max(e => e.Thread) + 1, history.After[after].Operation, null));
        var spans = moments.Index().Where(m => m.Item.Call is not null)
            .Select(m => (Begin: m.Index, End: moments.FindIndex(m.Index + 1, e => e.Thread == m.Item.Thread), m.Item.Call!)).ToList();
        var calls = spans.Select(span => Call.Begin(span.Item3)).ToArray();
        foreach (var step in order.Steps)
        {
            var (begin, end, _) = spans[step.Call];
            if (spans.Index().Any(other => other.Item.End >= 0 && other.Item.End < begin && calls[other.Index].Result is null))
                return $"{step.Operation} moves before an earlier call is done";
            var taken = calls[step.Call].Steps(state).SelectMany(s => s.EachAnswer()).Where(s => s.State.Equals(step.Step.State) && s.Call.Equals(step.Step.Call) && s.Label == step.Step.Label).ToList();
            if (taken.Count != 1) return $"{step.Operation} has no such step";
            if (step.First != calls[step.Call].Equals(Call.Begin(step.Operation))) return $"{step.Operation} is not said to begin where it begins";
            state = taken[0].State;
            calls[step.Call] = taken[0].Call;
            for (var i = 0; i < calls.Length; i++) calls[i] = calls[i].Observe(state);
            if (calls[step.Call].Result is { } result && end >= 0 && moments[end].Return is { } seen && seen != result)
                return $"{step.Operation} answers {result}, {seen} was seen";
        }

        return spans.Index().FirstOrDefault(span => span.Item.End >= 0 && calls[span.Index].Result is null) is { Item: { Item3: { } undone } }
            ? $"{undone} returned, and is not done"
            : null;
    }
}
