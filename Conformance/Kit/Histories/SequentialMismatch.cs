// Operations that run alone, one after the other: the first answer that the model does not give.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Histories;

/// <summary>A line whose answer is not the model's.</summary>
/// <param name="Lines">All lines, in order.</param>
/// <param name="Index">The line that differs, from 0.</param>
/// <param name="Expected">The model's answer.</param>
/// <param name="Rules">The rules that give it.</param>
/// <param name="Before">The state before the line.</param>
public sealed record SequentialMismatch(ImmutableArray<Line> Lines, int Index, Result Expected, RuleSet Rules, State Before)
{
    /// <summary>The rules in play: those that give the answer, and those of an earlier change that it may show.</summary>
    public RuleSet InPlay { get; init; } = Rules;

    /// <summary>What the subject threw instead of an answer, or null.</summary>
    public string? Threw { get; init; }

    /// <summary>What was called.</summary>
    public Operation Operation => Lines[Index].Operation;

    /// <summary>What was seen.</summary>
    public Result Seen => Lines[Index].Result!.Value;

    /// <summary>
    /// Runs the lines and finds the first answer that is recorded and differs, or null; <paramref name="end"/> is the state
    /// that the model is left in, before the line that differs.
    /// </summary>
    public static SequentialMismatch? Find(State start, IReadOnlyList<Line> lines, out State end)
    {
        end = start;
        for (var i = 0; i < lines.Count; i++)
        {
            for (var time = 0; time < lines[i].Times; time++)
            {
                var outcome = Step.Apply(end, lines[i].Operation);
                if (lines[i].Result is { } seen && seen != outcome.Result)
                    return new SequentialMismatch([.. lines], i, outcome.Result, outcome.Rules, end);
                end = outcome.State;
            }
        }

        return null;
    }
}
