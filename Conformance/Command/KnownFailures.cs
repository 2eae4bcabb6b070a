// --known: the list of failures that a run is allowed, strict and self-expiring, as a text file. It is read, held against a run, and written anew.
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Command.Reports;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>An entry: nothing in it differs from run to run.</summary>
/// <param name="Rule">The likeliest of the rules that are broken, or <see cref="NoRule"/>.</param>
/// <param name="Check">The check that shows it.</param>
/// <param name="Dialect">The dialect.</param>
/// <param name="Message">What fails, in one line.</param>
/// <param name="MayPass">Whether a run need not show it.</param>
internal sealed partial record KnownFailure(string Rule, string Check, Dialect Dialect, string Message, bool MayPass)
{
    /// <summary>The mark of an entry that a run need not show.</summary>
    public const string Maybe = "maybe";

    /// <summary>Of a failure that no rule speaks of.</summary>
    public const string NoRule = "at-rest";

    private const int MostOfAMessage = 200;

    /// <summary>The entry that a finding would have.</summary>
    public static KnownFailure Of(Finding finding)
    {
        var title = finding.Saved.Title ?? "a program without a title";
        var told = IsDrawnByTheMachine(finding.Check) ? title : $"{title}: {Told(finding)}";
        return new(RuleOf(finding), finding.Check, finding.Dialect, Clean(told), IsDrawnByTheMachine(finding.Check));
    }

    /// <summary>Whether real threads decide what a check shows: no seed makes them repeat.</summary>
    public static bool IsDrawnByTheMachine(string check) => check is StressCheck.Name or SoakCheck.Name;

    /// <summary>The rule by which a finding is called.</summary>
    public static string RuleOf(Finding finding) =>
        (finding.Suspects.IsEmpty ? finding.Rules : finding.Suspects).Rules.Order().Select(rule => rule.ToString()).FirstOrDefault() ?? NoRule;

    /// <summary>Whether a finding is this one. Where real threads overlap in another way, other rules are suspected: one that is in play is enough.</summary>
    public bool Is(Finding finding)
    {
        var other = Of(finding);
        return other with { Rule = Rule, MayPass = MayPass } == this
            && (other.Rule == Rule || (IsDrawnByTheMachine(Check) && finding.Rules.Rules.Any(rule => rule.ToString() == Rule)));
    }

    /// <summary>The same but for the message.</summary>
    public bool IsAbout(KnownFailure other) => (Rule, Check, Dialect) == (other.Rule, other.Check, other.Dialect);

    /// <summary>Rule, check and dialect.</summary>
    public string Key => $"{Rule} {Check} {Dialect}";

    public override string ToString() => $"{(MayPass ? $"{Maybe} " : "")}{Key}: {Message}";

    // What is told of an end without an answer may hold times, counts and addresses.
    private static string Told(Finding finding) =>
        finding.Kind is FindingKind.WrongAnswer or FindingKind.NoOrder && finding.Message is null ? FailureStory.Of(finding).Headline : Number().Replace(FailureStory.Of(finding).Headline, "N");

    // One line, in which no comment begins.
    private static string Clean(string text) => CommentAt().Replace(Quoted.Short(text.ReplaceLineEndings(" "), MostOfAMessage), "'#'").Trim();

    [GeneratedRegex(@"0x[0-9A-Fa-f]+|(?<![A-Za-z@_-])[0-9]+(?:[.,:][0-9]+)*")]
    private static partial Regex Number();

    [GeneratedRegex(@"(?<=\s|^)#(?=\s|$)")]
    private static partial Regex CommentAt();
}

/// <summary>What came of a list.</summary>
/// <param name="Complaints">What is not as the list says; empty if nothing is.</param>
/// <param name="Shown">How many entries the run showed.</param>
/// <param name="Listed">The findings that are listed, each with the line of its entry.</param>
/// <param name="Fixed">The list as the run has it.</param>
internal sealed record KnownOutcome(ImmutableArray<string> Complaints, int Shown, ImmutableDictionary<Finding, int> Listed, KnownFailures Fixed);

/// <summary>The verdict on a run by a list.</summary>
/// <param name="File">The file of the list.</param>
/// <param name="IsEmpty">Whether it has no entries.</param>
/// <param name="Outcome">What came of it; of a list that was rewritten, the complaints are those before.</param>
/// <param name="Rewritten">Whether it was rewritten.</param>
/// <param name="ExitCode">How the run ends.</param>
internal sealed record JudgedKnown(string File, bool IsEmpty, KnownOutcome Outcome, bool Rewritten, int ExitCode)
{
    /// <summary>Whether the run is as the list says, or the list is now as the run shows.</summary>
    public bool IsKept => Rewritten || Outcome.Complaints.IsEmpty;

    /// <summary>Judges a run.</summary>
    public static JudgedKnown Of(KnownFailures known, RunReport report, bool rewrite)
    {
        var outcome = known.Against(report);
        if (!rewrite) return new(known.File, known.IsEmpty, outcome, false, outcome.Complaints.IsEmpty ? report.Otherwise.ExitCode() : Command.ExitCode.Violates);
        // A check that did not run leaves its entries, and the complaint about them.
        var after = outcome.Fixed.Against(report);
        return new(known.File, outcome.Fixed.IsEmpty, after with { Complaints = outcome.Complaints, Fixed = outcome.Fixed }, true, after.Complaints.IsEmpty ? report.Otherwise.ExitCode() : Command.ExitCode.Violates);
    }
}

/// <summary>A list of known failures.</summary>
internal sealed partial class KnownFailures
{
    private readonly ImmutableArray<Line> _lines;

    private KnownFailures(string file, ImmutableArray<Line> lines) => (File, _lines) = (file, lines);

    /// <summary>A line: an entry, a comment, both or neither.</summary>
    /// <param name="Entry">The entry, or null.</param>
    /// <param name="Comment">The comment with the spaces before it, or the empty string.</param>
    private sealed record Line(KnownFailure? Entry, string Comment)
    {
        public override string ToString() => $"{Entry}{Comment}";
    }

    /// <summary>The name of its file.</summary>
    public string File { get; }

    /// <summary>Whether it has no entries.</summary>
    public bool IsEmpty => _lines.All(line => line.Entry is null);

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="mayBegin">Whether one that is not there is an empty one.</param>
    /// <exception cref="UsageException">It cannot be read, or is malformed.</exception>
    public static KnownFailures Read(string file, bool mayBegin) =>
        mayBegin && !Path.Exists(file) ? Parse(file, "# Known failures: perfmodel run --known, with --fix to bring it up to date\n") : Parse(file, ArtifactStore.Read(file));

    /// <summary>Reads a text.</summary>
    /// <exception cref="UsageException">It is malformed.</exception>
    public static KnownFailures Parse(string file, string text)
    {
        var lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Select((line, i) => Parsed($"{Quoted.Short(file)}:{i + 1}", line)).ToImmutableArray();
        for (var i = 0; i < lines.Length; i++)
        {
            var before = lines[i].Entry is null ? -1 : lines.Take(i).ToList().FindIndex(other => other.Entry is { } entry && entry with { MayPass = lines[i].Entry!.MayPass } == lines[i].Entry);
            if (before >= 0) throw new UsageException($"{Quoted.Short(file)}:{i + 1}: the same entry stands in line {before + 1}");
        }

        return new KnownFailures(file, lines);
    }

    /// <summary>Holds the list against a run.</summary>
    public KnownOutcome Against(RunReport report)
    {
        var findings = report.Checks.SelectMany(check => check.Failures).Where(finding => !finding.Repeats).ToList();
        var listed = ImmutableDictionary.CreateBuilder<Finding, int>(ReferenceEqualityComparer.Instance);
        var fresh = new List<KnownFailure>();
        foreach (var finding in findings)
        {
            if (_lines.ToList().FindIndex(line => line.Entry?.Is(finding) == true) is >= 0 and var at) listed.Add(finding, at + 1);
            else if (KnownFailure.Of(finding) is var entry && !fresh.Contains(entry)) fresh.Add(entry);
        }

        var complaints = ImmutableArray.CreateBuilder<string>();
        var lines = new List<Line>();
        for (var i = 0; i < _lines.Length; i++)
        {
            var line = _lines[i];
            if (line.Entry is not { } entry || listed.ContainsValue(i + 1)) lines.Add(line);
            else if (fresh.FirstOrDefault(one => one.IsAbout(entry)) is { } instead)
            {
                complaints.Add($"{Place(i)}: {entry.Key} fails with another message: {instead.Message}");
                fresh.Remove(instead);
                lines.Add(line with { Entry = instead with { MayPass = instead.MayPass || entry.MayPass } });
            }
            else if (WhyNotShown(entry, report) is { } reason)
            {
                complaints.Add($"{Place(i)}: {entry.Key} {reason}: {entry.Message}");
                lines.Add(line);
            }
            else if (entry.MayPass) lines.Add(line);
            else
            {
                complaints.Add($"{Place(i)}: {entry.Key} passes now: {entry.Message}");
                // What a person wrote about it stays.
                if (line.Comment.Length > 0) lines.Add(new Line(null, line.Comment.TrimStart()));
            }
        }

        foreach (var entry in fresh)
        {
            complaints.Add($"{entry.Key} fails and is not listed: {entry.Message}");
            var behind = lines.FindLastIndex(line => line.Entry?.Check == entry.Check);
            lines.Insert(behind < 0 ? lines.Count : behind + 1, new Line(entry, ""));
        }

        return new KnownOutcome(complaints.ToImmutable(), listed.Values.Distinct().Count(), listed.ToImmutable(), new KnownFailures(File, [.. lines]));
    }

    /// <summary>The text of its file.</summary>
    public override string ToString() => string.Concat(_lines.Select(line => $"{line}\n"));

    private string Place(int line) => $"{Quoted.Short(File)}:{line + 1}";

    // A run that did not come to it says nothing about it; null if it did.
    private static string? WhyNotShown(KnownFailure entry, RunReport report)
    {
        if (!report.Dialects.Contains(entry.Dialect)) return "was not run (not this dialect)";
        var check = report.Checks.First(one => one.Name == entry.Check);
        return check.Verdict == RuleVerdict.NotRun ? $"was not run ({check.Told ?? "not asked for"})"
            : check.Verdict == RuleVerdict.Unknown ? $"is unknown ({check.Told ?? "nobody can tell"})"
            : check.Skipped is { } skipped ? $"may have been skipped (the subject skips {skipped})"
            : null;
    }

    private static Line Parsed(string place, string text)
    {
        var comment = CommentOf().Match(text);
        var rest = comment.Success ? text[..comment.Index] : text.TrimEnd();
        if (string.IsNullOrWhiteSpace(rest)) return new Line(null, text.TrimEnd());
        if (Entry().Match(rest.Trim()) is not { Success: true } entry) throw new UsageException($"{place}: expected RULE CHECK DIALECT: message, or {KnownFailure.Maybe} before it, not '{Quoted.Short(rest.Trim())}'");
        var (rule, check, named) = (entry.Groups["rule"].Value, entry.Groups["check"].Value, entry.Groups["dialect"].Value);
        if (rule != KnownFailure.NoRule && (!RuleId.TryParse(rule, out var id) || SpecDocument.Current.Find(id) is null)) throw new UsageException($"{place}: there is no rule '{Quoted.Short(rule)}'");
        if (!CheckNames.All.Contains(check)) throw new UsageException($"{place}: there is no check '{Quoted.Short(check)}'");
        var dialect = Enum.GetValues<Dialect>().Where(one => one.ToString() == named).ToList();
        if (dialect.Count == 0) throw new UsageException($"{place}: there is no dialect '{Quoted.Short(named)}'");
        var mayPass = entry.Groups["maybe"].Success;
        if (!mayPass && KnownFailure.IsDrawnByTheMachine(check)) throw new UsageException($"{place}: {check} does not show the same in each run: its entries begin with {KnownFailure.Maybe}");
        return new Line(new KnownFailure(rule, check, dialect[0], entry.Groups["message"].Value, mayPass), comment.Value.TrimEnd());
    }

    [GeneratedRegex(@"(?:^|\s+)#(?=\s|$).*$|^#.*$")]
    private static partial Regex CommentOf();

    [GeneratedRegex(@"^(?:(?<maybe>maybe)\s+)?(?<rule>\S+)\s+(?<check>\S+)\s+(?<dialect>[^\s:]+):\s+(?<message>.+)$")]
    private static partial Regex Entry();
}
