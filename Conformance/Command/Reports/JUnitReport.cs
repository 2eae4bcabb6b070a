// A report as JUnit XML, which build servers read: a suite for each check, a case for each rule that it spoke for and for each failure.
using System.Globalization;
using System.Text;
using System.Xml;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Spec;

namespace PerfModel.Conformance.Command.Reports;

/// <summary>Writes JUnit.</summary>
internal static class JUnitReport
{
    private const string Failed = "failure", Unknown = "error", Skipped = "skipped";

    /// <summary>A case; <paramref name="Outcome"/> is the element that says it did not pass, or null.</summary>
    private sealed record Case(string Name, string? Outcome = null, string Type = "", string Message = "", string Text = "");

    /// <summary>The document.</summary>
    public static string Write(ReportContent content)
    {
        var text = new StringBuilder();
        using (var writer = XmlWriter.Create(new Utf8Writer(text), new XmlWriterSettings { Indent = true, NewLineChars = "\n" }))
        {
            var suites = content.Checks.Select(check => (check.Name, Cases: Cases(content, check).ToList())).Append(("no check", Cases: Unchecked(content).ToList())).Append(("known failures", Cases: Disagreeing(content).ToList())).Where(suite => suite.Cases.Count > 0).ToList();
            writer.WriteStartElement("testsuites");
            Attribute(writer, "name", $"perfmodel {content.Verb} {content.ShortSubject}");
            Totals(writer, [.. suites.SelectMany(suite => suite.Cases)]);
            foreach (var (name, cases) in suites) Suite(writer, content, name, cases);
            writer.WriteEndElement();
        }

        return text.Append('\n').ToString();
    }

    private static void Suite(XmlWriter writer, ReportContent content, string name, List<Case> cases)
    {
        writer.WriteStartElement("testsuite");
        Attribute(writer, "name", name);
        Totals(writer, cases);
        Attribute(writer, "skipped", Count(cases, Skipped));
        writer.WriteStartElement("properties");
        foreach (var (key, value) in ((string, string?)[])[("suite", SuiteVersion.Text), ("spec", SpecDocument.Current.Version), ("subject", content.Subject), ("dialects", string.Join(", ", content.Dialects)), ("profile", content.Profiles), ("seed", content.Seed?.ToString(CultureInfo.InvariantCulture)), ("verdict", content.Verdict.Word()), ("claim", content.Claim)])
        {
            if (value is null) continue;
            writer.WriteStartElement("property");
            Attribute(writer, "name", key);
            Attribute(writer, "value", value);
            writer.WriteEndElement();
        }

        writer.WriteEndElement();
        foreach (var one in cases)
        {
            writer.WriteStartElement("testcase");
            Attribute(writer, "classname", $"perfmodel.{name.Replace(' ', '-')}");
            Attribute(writer, "name", one.Name);
            if (one.Outcome is not null)
            {
                writer.WriteStartElement(one.Outcome);
                Attribute(writer, "type", one.Type);
                Attribute(writer, "message", one.Message);
                writer.WriteString(Clean(one.Text));
                writer.WriteEndElement();
            }

            writer.WriteEndElement();
        }

        writer.WriteEndElement();
    }

    private static IEnumerable<Case> Cases(ReportContent content, CheckReport check)
    {
        if (check.Verdict == RuleVerdict.NotRun) yield return new Case($"the check {check.Name}", Skipped, "not-run", check.Told ?? "not run");
        else if (check.Verdict == RuleVerdict.Unknown) yield return new Case($"the check {check.Name}", Unknown, "unknown", check.Told ?? "nobody can tell");
        else yield return new Case($"the check {check.Name}");

        var failures = content.Of(check).Select((failure, i) => (failure.Failure, Name: $"failure {i + 1}: {content.StoryOf(failure).Headline}", Page: failure.Failure.Page(failure.Replay))).ToList();
        foreach (var rule in content.Rules.Where(rule => rule.Checks.Contains(check.Name)))
        {
            var name = NameOf(rule.Rule);
            // The page stands with the failure, once; a rule says which.
            var against = failures.Where(failure => failure.Failure.Rules.Contains(rule.Rule.Id)).ToList();
            yield return rule.Verdict switch
            {
                RuleVerdict.Fail when against.Count > 0 && against.All(failure => content.ListedAt(failure.Failure) is not null) => new Case(name, Skipped, "known", $"in play in {against[0].Name}, which is known"),
                RuleVerdict.Fail => new Case(name, Failed, "rule", $"in play in {(against.Count == 0 ? "a failure that repeats another" : against[0].Name)}", against.Count > 1 ? $"and in {against.Count - 1} more" : ""),
                RuleVerdict.Unknown => new Case(name, Unknown, "unknown", "nobody can tell"),
                _ => new Case(name),
            };
        }

        foreach (var (failure, name, page) in failures)
            yield return content.ListedAt(failure) is { } listed ? new Case(name, Skipped, "known", listed, page) : new Case(name, Failed, failure.Kind.ToString(), name[(name.IndexOf(':', StringComparison.Ordinal) + 2)..], page);
    }

    private static IEnumerable<Case> Unchecked(ReportContent content) => content.Rules.Where(rule => rule.Checks.IsEmpty)
        .Select(rule => rule.Verdict == RuleVerdict.Unknown ? new Case(NameOf(rule.Rule), Unknown, "unknown", "nobody can tell") : new Case(NameOf(rule.Rule), Skipped, rule.Verdict.Word(), rule.Rule.Untested ?? "not run"));

    // A list that was rewritten has been told.
    private static IEnumerable<Case> Disagreeing(ReportContent content) =>
        content.Known is { IsKept: false } known ? known.Outcome.Complaints.Select(complaint => new Case(complaint, Failed, "known", complaint)) : [];

    private static string NameOf(SpecRule rule) => $"{rule.Id} {rule.Title}";

    private static void Totals(XmlWriter writer, IReadOnlyCollection<Case> cases)
    {
        Attribute(writer, "tests", cases.Count.ToString(CultureInfo.InvariantCulture));
        Attribute(writer, "failures", Count(cases, Failed));
        Attribute(writer, "errors", Count(cases, Unknown));
    }

    private static string Count(IEnumerable<Case> cases, string outcome) => cases.Count(one => one.Outcome == outcome).ToString(CultureInfo.InvariantCulture);

    private static void Attribute(XmlWriter writer, string name, string value) => writer.WriteAttributeString(name, Clean(value));

    // Texts of a subject may hold what XML cannot.
    private static string Clean(string text) => string.Concat(text.EnumerateRunes().Select(rune => rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? Rune.ReplacementChar : rune));

    private sealed class Utf8Writer(StringBuilder text) : StringWriter(text)
    {
        public override Encoding Encoding => Encoding.UTF8;
    }
}
