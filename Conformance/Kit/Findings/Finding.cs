// What a check found wrong, as data: it travels as it is, and its page is a function of it.
using System.Collections.Immutable;
using System.Text.Json.Serialization;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Findings;

/// <summary>The ways in which something does not conform.</summary>
public enum FindingKind
{
    /// <summary>A call that ran alone was answered in another way than the model's, or not at all.</summary>
    WrongAnswer,

    /// <summary>No order of atomic steps explains the answers of calls that overlap (rule 7.1).</summary>
    NoOrder,

    /// <summary>A program did not come to its end, and no single call is to blame.</summary>
    Unfinished,

    /// <summary>A scheduler showed an outcome that another one, which saw every schedule, says is none.</summary>
    ForbiddenOutcome,

    /// <summary>When all threads rested, something did not hold.</summary>
    NotAtRest,
}

/// <summary>A finding, shrunk as far as possible (delta debugging).</summary>
/// <param name="Kind">In which way it is wrong.</param>
/// <param name="Saved">
/// The document that replays it: subject, check and dialect, and the observations. Of a <see cref="FindingKind.WrongAnswer"/> the last line of the
/// setup is the call that was answered wrongly; it has no answer if <see cref="Ending"/> names an end without one.
/// </param>
/// <param name="Rules">The rules in play.</param>
/// <param name="Suspects">Those of them that are the likeliest to be broken.</param>
public sealed record Finding(FindingKind Kind, Program Saved, RuleSet Rules, RuleSet Suspects)
{
    /// <summary>How the execution ended.</summary>
    public Ending Ending { get; init; }

    /// <summary>The known facts about an ending without an answer, or the invariant that did not hold, in one line; or null.</summary>
    public string? Message { get; init; }

    /// <summary>How many examples, programs or schedules of this dialect it took to find it, itself included; shrinking not counted.</summary>
    public long FoundAfter { get; init; }

    /// <summary>Whether an earlier finding of the check says the same: it counts, but nobody needs its page.</summary>
    public bool Repeats { get; init; }

    /// <summary>The known defects that the subject ran into, if it is one that notes them (<see cref="IDefective"/>).</summary>
    public ImmutableArray<KnownDefect> Defects { get; init; } = [];

    /// <summary>The accesses of its schedule, if an engine recorded them.</summary>
    public ImmutableArray<InterleavedStep> Interleaving { get; init; } = [];

    /// <summary>The sense in which program and schedule are the smallest that fail, where that was shown, in one line; or null.</summary>
    public string? Minimal { get; init; }

    /// <summary>The check.</summary>
    [JsonIgnore]
    public string Check => Saved.Check ?? "";

    /// <summary>The dialect that the subject was told to follow.</summary>
    [JsonIgnore]
    public Dialect Dialect => Saved.Dialect ?? Dialect.Patch2011;

    /// <summary>The finding of a sequence with a last answer that is not the model's.</summary>
    /// <param name="program">The program, its subject, check and dialect said.</param>
    /// <param name="mismatch">Where it differs.</param>
    /// <param name="ending">The event instead of an answer, if nothing was answered.</param>
    public static Finding OfSequence(Program program, SequentialMismatch mismatch, Ending ending = Ending.Returned) =>
        new(FindingKind.WrongAnswer, program with { Setup = mismatch.Lines, After = [] }, mismatch.InPlay | RuleSet.Of(program.Rules), mismatch.Suspects)
        {
            Ending = ending == Ending.Returned && mismatch.Threw is not null ? Ending.Threw : ending,
            Message = mismatch.Threw,
        };

    /// <summary>The finding of a history that violates the spec.</summary>
    /// <param name="saved">The observations, with subject, check and dialect.</param>
    /// <param name="judgement">The judgement on it, if it is known already.</param>
    public static Finding OfHistory(Program saved, Judgement? judgement = null)
    {
        judgement ??= HistoryChecker.Check(saved, saved.Dialect ?? Dialect.Patch2011, Budget.Default);
        return new Finding(FindingKind.NoOrder, saved, judgement.Violation?.Rules ?? RuleSet.Of(7_01), judgement.Violation?.Suspects ?? RuleSet.Of(7_01));
    }

    /// <summary>The finding of a program that did not come to its end.</summary>
    /// <param name="saved">The observations until then.</param>
    /// <param name="ending">How it ended.</param>
    /// <param name="message">The known facts about it, in one line.</param>
    /// <param name="rule">The rule in play: 7.1 unless told otherwise.</param>
    public static Finding OfUnfinished(Program saved, Ending ending, string message, int rule = 7_01) =>
        new(FindingKind.Unfinished, saved, RuleSet.Of(rule), RuleSet.Of(rule)) { Ending = ending, Message = message };

    /// <summary>The finding of a program that has right answers, and leaves the subject's structures broken: no rule speaks of them.</summary>
    /// <param name="saved">The observations.</param>
    /// <param name="unrest">The invariant that does not hold, in one line.</param>
    public static Finding OfUnrest(Program saved, string unrest) => new(FindingKind.NotAtRest, saved, RuleSet.None, RuleSet.None) { Message = unrest };
}
