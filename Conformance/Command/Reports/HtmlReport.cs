// A report as one page for a browser. page.html has the looks and the moves; what it shows is one block of data in it, and the page may load nothing.
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Command.Reports;

/// <summary>Writes the page.</summary>
internal static partial class HtmlReport
{
    // As on the terminal: nobody reads a hundred stories of one check.
    private const int StoriesOfACheck = 10;

    // Nothing in it may end the element that it stands in: the encoder writes < and > as \u003C and \u003E.
    private static readonly JsonSerializerOptions Inside = new() { Encoder = JavaScriptEncoder.Default };

    /// <summary>The document.</summary>
    public static string Write(ReportContent content)
    {
        var page = Embedded.Text("Reports/page.html", typeof(HtmlReport).Assembly);
        // All at once: a subject may be called as a place is.
        return Place().Replace(page, place => place.Groups[1].Value switch
        {
            "title" => WebUtility.HtmlEncode($"{Quoted.Short(content.ShortSubject, 200)} {content.Verdict.Word()} - PerfModel"),
            "style" => HashOf(page, "style"),
            "script" => HashOf(page, "script"),
            _ => JsonSerializer.Serialize(Data(content), Inside),
        });
    }

    private static object Data(ReportContent content) => new
    {
        verb = content.Verb,
        subject = content.ShortSubject,
        verdict = content.Verdict.Word(),
        summary = content.Summary,
        claim = content.Claim,
        facts = new[] { ["Suite", SuiteVersion.Text], ["Spec", SpecDocument.Current.Version], ["Dialects", string.Join(", ", content.Dialects)], ["Profile", content.Profiles], new[] { "Seed", content.Seed?.ToString() } }.Where(fact => fact[1] is not null),
        rules = content.Rules.Select(rule => new { id = rule.Rule.Id.ToString(), title = rule.Rule.Title, verdict = rule.Verdict.Word(), checks = rule.Checks, why = rule.Verdict == RuleVerdict.Untested ? rule.Rule.Untested : rule.Rule.Intent }),
        checks = content.Checks.Select(check => new { name = check.Name, verdict = check.Verdict.Word(), iterations = check.Iterations, operations = check.Operations, remark = check.Told, more = Math.Max(0, content.Of(check).Count - StoriesOfACheck) }),
        failures = content.Checks.SelectMany(check => content.Of(check).Take(StoriesOfACheck)).Select(failure => Shape(failure, content.StoryOf(failure))),
    };

    private static object Shape(SavedFailure saved, FailureStory story)
    {
        var finding = saved.Failure;
        var met = Interleaving.Met(finding.Interleaving);
        return new
        {
            headline = story.Headline,
            check = finding.Check,
            dialect = finding.Dialect.ToString(),
            about = finding.Saved.Title,
            suspects = finding.Suspects.Rules.Select(id => SpecDocument.Current.Find(id)!).Select(rule => new { id = rule.Id.ToString(), title = rule.Title, intent = rule.Intent }),
            others = (finding.Rules - finding.Suspects).Rules.Select(id => id.ToString()),
            defects = finding.Defects.Select(defect => new { id = defect.Id, words = defect.Words }),
            notes = story.Notes,
            start = story.Start,
            orders = story.Orders.Select(order => new { name = order.Name, hidden = order.Hidden, steps = order.Steps.Select(step => new { thread = step.Thread, words = step.Words, answer = step.Answer, state = step.State, must = step.Must, call = step.Call }) }),
            threads = story.Threads,
            bars = story.Bars.Select(bar => new { thread = bar.Thread, begin = bar.Begin, end = bar.End, words = bar.Words, marked = bar.Marked }),
            events = story.Events,
            after = story.After,
            interleaving = met.Select(step => new { thread = ProgramThread.Name(step.Thread), words = Interleaving.Words(step) }),
            leftOut = met.Count < finding.Interleaving.Length ? Interleaving.LeftOut(finding.Interleaving.Length - met.Count) : null,
            minimal = finding.Minimal,
            replay = saved.Replay,
            page = finding.Page(saved.Replay),
        };
    }

    // What the policy of the page lets run: this text, and no other.
    private static string HashOf(string page, string element)
    {
        var begin = page.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        return Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(page[begin..page.IndexOf($"</{element}>", begin, StringComparison.Ordinal)])));
    }

    [GeneratedRegex("@(title|style|script|data)@")]
    private static partial Regex Place();
}
