// Every outcome that the model allows a small concurrent program: all interleavings of all atomic steps, each configuration visited once.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Histories;

/// <summary>The observable answers of one run of a program: each thread's results in order, and those of after.</summary>
/// <param name="Threads">The results of each thread; fewer than it has operations if a call never returned.</param>
/// <param name="After">The results of after.</param>
public sealed record ProgramOutcome(ImmutableArray<ImmutableArray<Result>> Threads, ImmutableArray<Result> After)
{
    /// <summary>The outcome that a history and the answers of after amount to.</summary>
    public static ProgramOutcome Of(int threads, IEnumerable<HistoryEvent> events, IEnumerable<Result> after)
    {
        var results = Enumerable.Range(0, threads).Select(_ => ImmutableArray.CreateBuilder<Result>()).ToArray();
        foreach (var e in events)
            if (e.Return is { } result) results[e.Thread].Add(result);
        return new ProgramOutcome([.. results.Select(list => list.ToImmutable())], [.. after]);
    }

    /// <summary>The canonical line: <c>A: ok 1, ok | B: EBUSY | after: ok paused</c>. Two outcomes are equal if and only if their lines are.</summary>
    public override string ToString()
    {
        var parts = Threads.Select((results, thread) => $"{ProgramThread.Name(thread)}: {Listed(results)}");
        return string.Join(" | ", After.IsEmpty ? parts : parts.Append($"after: {Listed(After)}"));
    }

    /// <inheritdoc/>
    public bool Equals(ProgramOutcome? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(ToString(), StringComparison.Ordinal);

    private static string Listed(ImmutableArray<Result> results) => results.IsEmpty ? "-" : string.Join(", ", results);
}

/// <summary>The outcomes of a program.</summary>
/// <param name="Complete">Whether these are all; false if the budget ran out, and then others may be allowed as well.</param>
/// <param name="All">The outcomes found, in order of their lines.</param>
/// <param name="Expanded">How many configurations were expanded.</param>
/// <param name="Rules">The rules that decided some step on the way, those of chapter 7 included.</param>
public sealed record OutcomeSet(bool Complete, ImmutableSortedDictionary<string, ProgramOutcome> All, int Expanded, RuleSet Rules)
{
    /// <summary>Whether the model allows an outcome: null if the budget ran out before that was known.</summary>
    public bool? Allows(ProgramOutcome outcome) => All.ContainsKey(outcome.ToString()) ? true : Complete ? false : null;
}

/// <summary>Enumerates outcomes.</summary>
public static class Outcomes
{
    /// <summary>The outcomes of a document's program in one dialect; recorded answers are ignored.</summary>
    public static OutcomeSet Of(Program document, Dialect dialect, Budget budget) =>
        Of(document.DeclarationIn(dialect), document.Setup, document.Threads, document.After, budget);

    /// <summary>The outcomes of a program: setup, then threads at once, then after when all have ended.</summary>
    public static OutcomeSet Of(
        Declaration declaration, IReadOnlyList<Line> setup, IReadOnlyList<ProgramThread> threads, IReadOnlyList<Line> after, Budget budget)
    {
        var start = State.Initial(declaration);
        var rules = RuleSet.None;
        foreach (var line in setup)
        {
            var outcome = Step.Apply(start, line.Operation);
            rules |= Cited.By(start, line.Operation, outcome);
            start = outcome.State;
        }

        var found = new SortedDictionary<string, ProgramOutcome>(StringComparer.Ordinal);
        var known = new HashSet<Node>();
        var open = new Stack<Node>();
        var expanded = 0;
        Reach(new Node(Configuration.AtRest(start, threads.Count), [.. threads.Select(_ => Results.None)]));
        while (open.TryPop(out var node))
        {
            var calls = node.Configuration.Calls;
            if (calls.All(call => call is null))
            {
                var outcome = new ProgramOutcome([.. node.Results.Select(results => results.Listed())], Run(node.Configuration.State, after));
                found.TryAdd(outcome.ToString(), outcome);
                continue;
            }

            if (expanded == budget.Configurations) return Set(complete: false);
            expanded++;
            var moves = 0;
            foreach (var move in node.Configuration.Moves())
            {
                if (++moves > budget.Configurations) return Set(complete: false);
                rules |= Cited.By(node.Configuration, move);
                var results = node.Results;
                var next = move.After;
                if (move.Step.Call.Result is { } result)
                {
                    results = results.SetItem(move.Thread, new Results(results[move.Thread], result));
                    next = next.Return(move.Thread);
                }

                Reach(new Node(next, results));
            }
        }

        return Set(complete: true);

        // When a thread calls does not matter, only when its steps are taken: it calls at once.
        void Reach(Node node)
        {
            var configuration = node.Configuration;
            for (var thread = 0; thread < threads.Count; thread++)
            {
                if (configuration.Calls[thread] is null && node.Results[thread].Count < threads[thread].Lines.Length)
                    configuration = configuration.Invoke(thread, threads[thread].Lines[node.Results[thread].Count].Operation);
            }

            node = node with { Configuration = configuration };
            if (known.Add(node)) open.Push(node);
        }

        OutcomeSet Set(bool complete) => new(complete, found.ToImmutableSortedDictionary(StringComparer.Ordinal), expanded, rules);
    }

    private static ImmutableArray<Result> Run(State state, IReadOnlyList<Line> lines)
    {
        var results = ImmutableArray.CreateBuilder<Result>(lines.Count);
        foreach (var line in lines)
        {
            var outcome = Step.Apply(state, line.Operation);
            results.Add(outcome.Result);
            state = outcome.State;
        }

        return results.MoveToImmutable();
    }

    /// <summary>The results of one thread so far; compared by their elements.</summary>
    private sealed record Results(Results? Before, Result Last)
    {
        public static Results None { get; } = new(null, default);

        public int Count { get; } = Before is null ? 0 : Before.Count + 1;

        public ImmutableArray<Result> Listed() => Before is null ? [] : [.. Before.Listed(), Last];
    }

    private sealed record Node(Configuration Configuration, ImmutableArray<Results> Results)
    {
        public bool Equals(Node? other) =>
            other is not null && Configuration.Equals(other.Configuration) && Results.AsSpan().SequenceEqual(other.Results.AsSpan());

        public override int GetHashCode()
        {
            var hash = Configuration.GetHashCode();
            foreach (var results in Results) hash = hash * 31 + results.GetHashCode();
            return hash;
        }
    }
}
