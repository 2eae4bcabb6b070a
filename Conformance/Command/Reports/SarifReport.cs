// A report as SARIF 2.1.0, which code-scanning services read: the rules of SPEC.md, and a result for each failure.
using System.Text.Json;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Spec;
using PerfModel.Model;

namespace PerfModel.Conformance.Command.Reports;

/// <summary>Writes SARIF.</summary>
internal static class SarifReport
{
    // Of a failure that no rule speaks of.
    private const string NoRule = "at-rest";

    /// <summary>The document.</summary>
    public static string Write(ReportContent content)
    {
        var rules = (content.Rules.IsEmpty ? SpecDocument.Current.Rules : content.Rules.Select(rule => rule.Rule)).ToList();
        // A rule in play may be none of those that were asked for.
        rules.AddRange(content.Failures.SelectMany(failure => RulesOf(failure.Failure).Rules).Distinct().Where(id => !rules.Any(rule => rule.Id == id)).Order().Select(id => SpecDocument.Current.Find(id)!));
        var ids = rules.Select(rule => rule.Id.ToString()).Append(NoRule).ToList();
        return JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json",
            ["version"] = "2.1.0",
            ["runs"] = new[]
            {
                new
                {
                    tool = new { driver = new { name = "perfmodel", semanticVersion = SuiteVersion.Text, rules = rules.Select(Shape).Append(Unruled()) } },
                    automationDetails = new { id = $"perfmodel/{content.Verb}/{content.ShortSubject}" },
                    invocations = new[] { new { executionSuccessful = true, exitCode = content.ExitCode, toolExecutionNotifications = content.Checks.Where(IsToTell).Select(Shape) } },
                    columnKind = "utf16CodeUnits",
                    results = content.Failures.Select(failure => Shape(content, failure, ids)),
                    properties = new
                    {
                        suite = SuiteVersion.Text,
                        spec = SpecDocument.Current.Version,
                        subject = content.Subject,
                        verdict = content.Verdict.Word(),
                        summary = content.Summary,
                        dialects = content.Dialects.Select(dialect => dialect.ToString()),
                        profile = content.Profiles ?? "",
                        seed = content.Seed ?? 0,
                        claim = content.Claim ?? "",
                    },
                },
            },
        }, Output.Json) + "\n";
    }

    private static RuleSet RulesOf(Finding finding) => finding.Suspects.IsEmpty ? finding.Rules : finding.Suspects;

    private static object Shape(SpecRule rule) => Descriptor(rule.Id.ToString(), rule.Title, rule.Text.ReplaceLineEndings(" "), rule.Intent, $"SPEC.md#rule-{rule.Id}");

    private static object Unruled() => Descriptor(NoRule, "what holds at rest", "When all threads rest, the structures behind the answers are whole.", "No rule of SPEC.md speaks of this.", "SPEC.md");

    private static object Descriptor(string id, string title, string text, string help, string uri) => new
    {
        id,
        shortDescription = new { text = title },
        fullDescription = new { text },
        // A helpUri would have to be absolute, and the spec lies beside the sources, wherever these are.
        help = new { text = $"{help} ({uri})", markdown = $"{help} ([SPEC.md]({uri}))" },
        defaultConfiguration = new { level = "error" },
    };

    private static object Shape(ReportContent content, SavedFailure saved, List<string> ids)
    {
        var finding = saved.Failure;
        var rule = RulesOf(finding).Rules.Select(id => id.ToString()).FirstOrDefault() ?? NoRule;
        var location = new Dictionary<string, object>
        {
            ["logicalLocations"] = new[] { new { name = content.ShortSubject, fullyQualifiedName = $"{content.ShortSubject}/{finding.Check}/{finding.Dialect}", kind = "module" } },
        };
        if (saved.File is { } file) location["physicalLocation"] = new { artifactLocation = new { uri = string.Join('/', file.Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString)) } };
        return new
        {
            ruleId = rule,
            ruleIndex = ids.IndexOf(rule),
            kind = "fail",
            level = "error",
            message = new { text = $"{content.StoryOf(saved).Headline}\n\n{finding.Page(saved.Replay)}" },
            locations = new[] { location },
            // None says that it is not suppressed.
            suppressions = content.ListedAt(finding) is { } listed ? new[] { new { kind = "external", justification = listed } } : [],
            properties = new
            {
                check = finding.Check,
                dialect = finding.Dialect.ToString(),
                suspects = finding.Suspects.Rules.Select(id => id.ToString()),
                rules = finding.Rules.Rules.Select(id => id.ToString()),
                defects = finding.Defects.Select(defect => defect.Id),
                foundAfter = finding.FoundAfter,
                replay = saved.Replay ?? "",
            },
        };
    }

    private static bool IsToTell(CheckReport check) => check.Verdict is RuleVerdict.Unknown or RuleVerdict.NotRun || check.Told is not null;

    private static object Shape(CheckReport check) => new
    {
        level = check.Verdict == RuleVerdict.Unknown ? "warning" : "note",
        message = new { text = $"{check.Name}: {check.Verdict.Word()}{(check.Told is { } told ? $": {told}" : "")}" },
    };
}
