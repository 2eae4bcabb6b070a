// The checker's rival, written apart from it and straight from rule 7.1: try every total order of all atomic steps. No automaton, no laziness, no memory.
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Tests.Histories;

/// <summary>Answers small questions slowly and obviously.</summary>
public static class BruteForce
{
    /// <summary>Whether some order of all steps gives every answer that was seen.</summary>
    public static bool Conforms(Declaration declaration, IReadOnlyList<Line> setup, IReadOnlyList<HistoryEvent> events, IReadOnlyList<Line> after)
    {
        var state = State.Initial(declaration);
        foreach (var line in setup)
        {
            var outcome = Step.Apply(state, line.Operation);
            if (line.Result is { } seen && seen != outcome.Result) return false;
            state = outcome.State;
        }

        var calls = Calls(events, after);
        return Conforms(state, calls, [.. calls.Select(call => Call.Begin(call.Operation))]);
    }

    private static bool Conforms(State state, List<Seen> seen, Call[] calls)
    {
        if (Enumerable.Range(0, calls.Length).All(i => !seen[i].Returned || calls[i].Result is not null)) return true;
        return Orders(state, calls, i => Enumerable.Range(0, calls.Length).All(j => !seen[j].Precedes(seen[i]) || calls[j].Result is not null),
            (i, after, moved) => (moved[i].Result is not { } result || seen[i].Answer is not { } answer || result == answer) && Conforms(after, seen, moved));
    }

    /// <summary>The lines of all outcomes of a program, in the form that the kit gives them.</summary>
    public static SortedSet<string> Outcomes(Declaration declaration, IReadOnlyList<Line> setup, IReadOnlyList<ProgramThread> threads, IReadOnlyList<Line> after)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var place = threads.SelectMany((thread, t) => thread.Lines.Select((line, i) => (Thread: t, Index: i, line.Operation))).ToList();
        var state = setup.Aggregate(State.Initial(declaration), (s, line) => Step.Apply(s, line.Operation).State);
        Go(state, [.. place.Select(call => Call.Begin(call.Operation))]);
        return found;

        bool Go(State s, Call[] calls)
        {
            if (!calls.All(call => call.Result is not null))
                return Orders(s, calls, i => place[i].Index == 0 || calls[i - 1].Result is not null, (_, next, moved) => Go(next, moved));
            var seen = string.Join(" | ", threads.Select((_, t) =>
                $"{(char)('A' + t)}: {string.Join(", ", place.Index().Where(p => p.Item.Thread == t).Select(p => calls[p.Index].Result))}"));
            var results = new List<string>();
            foreach (var line in after)
            {
                var outcome = Step.Apply(s, line.Operation);
                results.Add(outcome.Result.ToString());
                s = outcome.State;
            }

            found.Add(results.Count == 0 ? seen : $"{seen} | after: {string.Join(", ", results)}");
            return false;
        }
    }

    // Every step of every call that may move; true as soon as one leads to where `then` is content.
    private static bool Orders(State state, Call[] calls, Func<int, bool> mayMove, Func<int, State, Call[], bool> then)
    {
        for (var i = 0; i < calls.Length; i++)
        {
            if (calls[i].Result is not null || !mayMove(i)) continue;
            foreach (var step in calls[i].Steps(state).SelectMany(step => step.EachAnswer()))
            {
                Call[] moved = [.. calls];
                moved[i] = step.Call;
                for (var j = 0; j < moved.Length; j++) moved[j] = moved[j].Observe(step.State);
                if (then(i, step.State, moved)) return true;
            }
        }

        return false;
    }

    private static List<Seen> Calls(IReadOnlyList<HistoryEvent> events, IReadOnlyList<Line> after)
    {
        var calls = new List<Seen>();
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].Call is not { } operation) continue;
            var thread = events[i].Thread;
            var end = Enumerable.Range(i + 1, events.Count - i - 1).FirstOrDefault(k => events[k].Thread == thread, int.MaxValue);
            calls.Add(new Seen(operation, i, end, end == int.MaxValue ? null : events[end].Return));
        }

        for (var i = 0; i < after.Count; i++)
            calls.Add(new Seen(after[i].Operation, events.Count + 2 * i, events.Count + 2 * i + 1, after[i].Result));
        return calls;
    }

    private sealed record Seen(Operation Operation, int Begin, int End, Result? Answer)
    {
        public bool Returned => End != int.MaxValue;

        public bool Precedes(Seen other) => End < other.Begin;
    }
}
