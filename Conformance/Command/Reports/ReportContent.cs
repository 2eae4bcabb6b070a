// What a report tells, whatever its form: the verdict on a subject, the rules, the checks and their failures.
using System.Collections.Immutable;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Subjects;
using PerfModel.Model;

namespace PerfModel.Conformance.Command.Reports;

/// <summary>The content of a report.</summary>
/// <param name="Verb">The verb that it is of.</param>
/// <param name="Subject">The subject, as --subject takes it.</param>
/// <param name="Verdict">The verdict on it.</param>
/// <param name="Summary">The last line on the terminal: verdict and what it rests on.</param>
/// <param name="Json">The object of --json.</param>
internal sealed record ReportContent(string Verb, string Subject, Verdict Verdict, string Summary, object Json)
{
    private readonly Dictionary<SavedFailure, FailureStory> _stories = new(ReferenceEqualityComparer.Instance);

    /// <summary>The dialects.</summary>
    public ImmutableArray<Dialect> Dialects { get; init; } = [];

    /// <summary>The profiles that the subject claims, or null where they do not count.</summary>
    public string? Profiles { get; init; }

    /// <summary>The seed, or null.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The sentence to quote, or null.</summary>
    public string? Claim { get; init; }

    /// <summary>The rules that were asked for, with their verdicts; none of a replay.</summary>
    public ImmutableArray<RuleReport> Rules { get; init; } = [];

    /// <summary>The checks.</summary>
    public ImmutableArray<CheckReport> Checks { get; init; } = [];

    /// <summary>The failures, those of one check together.</summary>
    public IReadOnlyList<SavedFailure> Failures { get; init; } = [];

    /// <summary>The list of known failures, and what came of it; or null.</summary>
    public JudgedKnown? Known { get; init; }

    /// <summary>How the process ends.</summary>
    public int ExitCode => Known?.ExitCode ?? Verdict.ExitCode();

    /// <summary>Where a failure is listed as known, in words; null if it is not.</summary>
    public string? ListedAt(Findings.Finding failure) => Known is not null && Known.Outcome.Listed.TryGetValue(failure, out var line) ? $"known: {Known.File}:{line}" : null;

    /// <summary>The subject without the folders of a path.</summary>
    public string ShortSubject => SubjectName.Short(Subject);

    /// <summary>The story of a failure. To judge a history takes its time, and a form asks more than once.</summary>
    public FailureStory StoryOf(SavedFailure failure)
    {
        if (!_stories.TryGetValue(failure, out var story)) _stories.Add(failure, story = FailureStory.Of(failure.Failure));
        return story;
    }

    /// <summary>The failures of a check.</summary>
    public IReadOnlyList<SavedFailure> Of(CheckReport check) => [.. Failures.Where(failure => failure.Failure.Check == check.Name)];
}
