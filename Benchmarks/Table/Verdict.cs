// Whether a row keeps what is demanded of it.
using PerfModel.Benchmarks.Works;

namespace PerfModel.Benchmarks.Table;

/// <summary>One demand, and what was seen of it.</summary>
/// <param name="Goal">The demand.</param>
/// <param name="Ratio">Ours over the other column, or ours in bytes; null if the other column was not run.</param>
internal sealed record Verdict(Goal Goal, Spread? Ratio)
{
    /// <summary>Null if it cannot be said.</summary>
    public bool? Met => Ratio is { } ratio ? Goal.IsMetBy(ratio.Median) : null;

    /// <summary>Each demand of a row.</summary>
    public static Verdict[] Of(Seen seen) => [.. seen.Row.Goals.Select(goal => new Verdict(goal, Measured(seen, goal)))];

    /// <summary>Of all together: null if one cannot be said, or if there is none.</summary>
    public static bool? All(Verdict[] verdicts) =>
        verdicts.Length == 0 || verdicts.Any(verdict => verdict.Met is null) ? null : verdicts.All(verdict => verdict.Met == true);

    private static Spread? Measured(Seen seen, Goal goal)
    {
        if (!goal.IsAboutBytes) return seen.RatioTo(goal.To);

        // Rounded, as a buffer that the runtime hands out now and then is no byte of an operation.
        return seen.Bytes(Columns.Ours) is { } bytes ? Spread.Of([Math.Round(bytes)]) : null;
    }
}
