// A schedule as a list of threads, in a saved failure: `A*3 B*12 A` is three steps of A, twelve of B, one of A.
using System.Collections.Immutable;
using System.Globalization;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Schedules;

/// <summary>Writes and reads schedules.</summary>
internal static class SavedSchedule
{
    private const int TurnsPerLine = 24;
    private const int MostSteps = 10_000_000;

    /// <summary>The lines of a schedule.</summary>
    public static ImmutableArray<string> Lines(IReadOnlyList<int> choices)
    {
        var turns = new List<string>();
        for (var i = 0; i < choices.Count;)
        {
            var from = i;
            while (i < choices.Count && choices[i] == choices[from]) i++;
            turns.Add(FormattableString.Invariant($"{ProgramThread.Name(choices[from])}{(i - from == 1 ? "" : $"*{i - from}")}"));
        }

        return [.. turns.Chunk(TurnsPerLine).Select(line => string.Join(' ', line))];
    }

    /// <summary>The threads of the steps, in order.</summary>
    /// <param name="lines">The lines of the schedule.</param>
    /// <param name="threads">How many threads the program has.</param>
    /// <exception cref="FormatException">It is no such list, or names another thread.</exception>
    public static ImmutableArray<int> Parse(IEnumerable<string> lines, int threads)
    {
        var names = Enumerable.Range(0, threads).ToDictionary(ProgramThread.Name);
        var choices = ImmutableArray.CreateBuilder<int>();
        foreach (var turn in lines.SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            var steps = 1;
            var parts = turn.Split('*', 2);
            if (!names.TryGetValue(parts[0], out var thread)
                || (parts.Length == 2 && (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out steps) || steps == 0))
                || choices.Count + (long)steps > MostSteps)
                throw new FormatException($"'{Quoted.Short(turn)}' is no turn of a thread of this program in a schedule");
            for (var i = 0; i < steps; i++) choices.Add(thread);
        }

        return choices.ToImmutable();
    }
}

/// <summary>Follows a schedule to its end.</summary>
internal sealed class FollowedSchedule(ImmutableArray<int> choices) : IThreadScheduler
{
    private int _next;
    private bool _left;

    /// <summary>Whether each step was the one that the schedule tells, and none was left over on either side.</summary>
    public bool Followed => !_left && _next == choices.Length;

    /// <summary>Follows it from the beginning.</summary>
    public bool TryRestart()
    {
        (_next, _left) = (0, false);
        return true;
    }

    /// <inheritdoc/>
    public int Next(ReadOnlySpan<PendingStep> pending)
    {
        if (_next < choices.Length && pending[choices[_next]].Alive) return choices[_next++];
        _left = true;
        return IThreadScheduler.Nobody;
    }

    /// <inheritdoc/>
    public void Took(in TakenStep step)
    {
    }
}
