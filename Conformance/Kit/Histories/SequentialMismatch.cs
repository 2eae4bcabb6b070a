// Operations that run alone, one after the other: the first answer that the model does not give.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Histories;

/// <summary>A line with an answer that is not the model's.</summary>
/// <param name="Lines">All lines, in order.</param>
/// <param name="Index">The line that differs, from 0.</param>
/// <param name="Expected">The model's answer.</param>
/// <param name="Rules">The rules that give it.</param>
/// <param name="Before">The state before the line.</param>
public sealed record SequentialMismatch(ImmutableArray<Line> Lines, int Index, Result Expected, RuleSet Rules, State Before)
{
    /// <summary>The rules in play: those that give the answer, and those of an earlier change that it may show.</summary>
    public RuleSet InPlay { get; init; } = Rules;

    /// <summary>
    /// The likeliest to be broken: those that give the answer, if it is an errno or of a call that changes something. A read shows
    /// the last change before it, if there was one.
    /// </summary>
    public RuleSet Suspects => Operation.IsRead && !Expected.IsError && InPlay - Rules is { IsEmpty: false } change ? change : Violation.News(Rules);

    /// <summary>The exception of the subject instead of an answer, in words, or null.</summary>
    public string? Threw { get; init; }

    /// <summary>The operation that was called.</summary>
    public Operation Operation => Lines[Index].Operation;

    /// <summary>The answer that was seen.</summary>
    public Result Seen => Lines[Index].Result!.Value;

    /// <summary>
    /// Runs the lines and finds the first answer that is recorded and differs, or null; <paramref name="end"/> is the state
    /// that the model is left in, before the line that differs.
    /// </summary>
    /// <param name="start">The state before the lines.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="end">The state behind them.</param>
    /// <param name="threw">The event instead of an answer to the last line, in words, or null.</param>
    public static SequentialMismatch? Find(State start, IReadOnlyList<Line> lines, out State end, string? threw = null)
    {
        end = start;
        (State Before, Operation Operation, Outcome Outcome)? lastChange = null;
        for (var i = 0; i < lines.Count; i++)
        {
            for (var time = 0; time < lines[i].Times; time++)
            {
                var outcome = Step.Apply(end, lines[i].Operation);
                if (threw is not null && i == lines.Count - 1 ? lines[i].Result is null : lines[i].Result is { } seen && seen != outcome.Result)
                {
                    // Where an errno was due, its own rule was broken. Elsewhere what is seen may come from the last change as well.
                    var rules = Cited.By(end, lines[i].Operation, outcome);
                    var inPlay = rules - RuleSet.Of(1_09);
                    if (!outcome.Result.IsError && lastChange is { } last) inPlay |= Cited.By(last.Before, last.Operation, last.Outcome);
                    return new([.. lines], i, outcome.Result, rules, end) { Threw = lines[i].Result is null ? threw : null, InPlay = inPlay };
                }

                if (!lines[i].Operation.IsRead) lastChange = (end, lines[i].Operation, outcome);
                end = outcome.State;
            }
        }

        return null;
    }
}
