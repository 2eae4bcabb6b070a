// What the checker of histories answers: a verdict, and all that a person needs to see why.
using System.Collections.Immutable;
using PerfModel.Model;

namespace PerfModel.Conformance.Histories;

/// <summary>How much work a question is worth; spent work is counted, never timed, so that the answer is the same everywhere.</summary>
/// <param name="Configurations">How many configurations may be expanded, from 0.</param>
public readonly record struct Budget(int Configurations)
{
    /// <summary>Enough for any program that a person would call small: some seconds at the worst.</summary>
    public static Budget Default { get; } = new(500_000);
}

/// <summary>The three parts of the observations of a program.</summary>
public enum Section
{
    /// <summary>Ran first, alone.</summary>
    Setup,

    /// <summary>Ran at once, in threads.</summary>
    History,

    /// <summary>Ran when all threads had ended.</summary>
    After,
}

/// <summary>A place in the observations.</summary>
/// <param name="Section">The part.</param>
/// <param name="Index">The line of setup or after, or the event of the history; from 0.</param>
public readonly record struct Place(Section Section, int Index)
{
    /// <summary>The place in words, counted from 1.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Section switch { Section.Setup => "setup, line", Section.After => "after, line", _ => "history, event" }} {Index + 1}");
}

/// <summary>Why a history violates the spec.</summary>
public sealed record Violation
{
    /// <summary>Where the first answer stands that no order explains.</summary>
    public required Place Place { get; init; }

    /// <summary>The thread that got the answer, or −1 in setup and after.</summary>
    public required int Thread { get; init; }

    /// <summary>The operation that was called.</summary>
    public required Operation Operation { get; init; }

    /// <summary>The answer that was seen.</summary>
    public required Result Seen { get; init; }

    /// <summary>The answers that were possible there, all before it being explained.</summary>
    public required ImmutableArray<Result> Possible { get; init; }

    /// <summary>The possible answers in words.</summary>
    public string PossibleWords => string.Join(" or ", PossibleIsComplete ? Possible.Select(result => result.ToString()) : Possible.Select(result => result.ToString()).Append("..."));

    /// <summary>Whether nothing else was possible; false if the budget ran out on the way.</summary>
    public required bool PossibleIsComplete { get; init; }

    /// <summary>A longest order of steps that explains everything before the place.</summary>
    public required Order Longest { get; init; }

    /// <summary>The state that this order leads to.</summary>
    public required State State { get; init; }

    /// <summary>The state after the setup, or before its failing line.</summary>
    public required State Start { get; init; }

    /// <summary>Some orders that were tried, those that go furthest first, each with where it breaks.</summary>
    public required ImmutableArray<BrokenOrder> Tried { get; init; }

    /// <summary>How often an order came to an answer that was not the one seen; orders that differ in nothing that matters are tried once.</summary>
    public required int DeadEnds { get; init; }

    /// <summary>
    /// The rules in play: those that give the possible answers; those that give the seen one elsewhere, if it is a refusal; and
    /// in the orders shown those of the steps that overlap the call or touch an event that it names.
    /// </summary>
    public required RuleSet Rules { get; init; }

    /// <summary>The rules that give the possible answers.</summary>
    public required RuleSet AnswerRules { get; init; }

    /// <summary>
    /// The likeliest to be broken: those that give the possible answers, or, of a read, those of the last change that it may show; and the rules of
    /// chapter 7 on the steps of the calls that touched the same and overlapped others.
    /// </summary>
    public required RuleSet Suspects { get; init; }

    // Cited wherever anything is answered at all: they distinguish nothing.
    private static readonly RuleSet Commonplace = RuleSet.Of(1_09) | RuleSet.Of(7_01) | RuleSet.Of(7_02);

    /// <summary>The rules in a set that are worth a reader's attention.</summary>
    internal static RuleSet News(RuleSet rules) => rules - Commonplace;
}

/// <summary>An order of steps and the first answer that it does not explain.</summary>
/// <param name="Order">The steps before it.</param>
/// <param name="Thread">The thread that got the answer, or −1 in after.</param>
/// <param name="Operation">The operation that was called.</param>
/// <param name="Must">The answer that the order asks for.</param>
/// <param name="Rules">The rules that give that answer.</param>
public sealed record BrokenOrder(Order Order, int Thread, Operation Operation, Result Must, RuleSet Rules);

/// <summary>The answer of <see cref="HistoryChecker"/>.</summary>
/// <param name="Verdict">Conforms, violates or unknown.</param>
/// <param name="Expanded">How many configurations were expanded to know.</param>
/// <param name="Order">Where it conforms: an order of steps that explains every answer.</param>
/// <param name="Violation">Where it violates: why.</param>
public sealed record Judgement(Verdict Verdict, int Expanded, Order? Order = null, Violation? Violation = null)
{
    /// <summary>The verdict as the text grammar writes it.</summary>
    public string Word => Verdict.HistoryWord();

    /// <summary>One line.</summary>
    public override string ToString() => Violation is { } f
        ? $"{Word} at {f.Place}: {f.Operation} -> {f.Seen}; possible: {f.PossibleWords} ({f.AnswerRules})"
        : Word;
}
