// Reports of run and replay in each form: valid by the schema that is published, the same content in all, and no text of a subject gets out of its place.
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using System.Xml.Schema;
using NJsonSchema;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Command;
using PerfModel.Conformance.Command.Reports;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Tests.Command;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests.Reports;

public sealed partial class ReportTests : IDisposable
{
    /// <summary>What a subject may say to whoever shows it.</summary>
    internal const string Hostile = "<img src=x onerror=alert(1)></script><script>alert(2)</script>]]>&amp;\u0001\u001b[31m\uFFFE\uD800\"' @data@";

    private static readonly string[] Overlapping = ["run", "--subject", "wrong:claims-before-publishing", "--checks", "schedules", "--dialect", "Amended"];
    private static readonly string[] EveryForm = ["--report", "a.html", "--report", "a.json", "--report", "a.xml", "--report", "a.sarif"];

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void A_run_writes_every_form_at_once_and_each_is_valid()
    {
        var answer = _cli.Run([.. Overlapping, .. EveryForm]).Exits(1);
        Assert.Contains("no order", answer.Out, StringComparison.Ordinal);
        var json = JsonDocument.Parse(_cli.Read("a.json")).RootElement;
        Assert.Empty(Schemas.Errors("run", _cli.Read("a.json")));
        var version = json.GetProperty("suite").GetString()!;
        Assert.StartsWith($"perfmodel suite {version}, ", _cli.Run("--version").Out, StringComparison.Ordinal);
        var failures = json.GetProperty("checks").EnumerateArray().SelectMany(check => check.GetProperty("failures").EnumerateArray()).ToList();
        Assert.NotEmpty(failures);

        var junit = JUnit(_cli.Read("a.xml"));
        Assert.All(junit.Descendants("testsuite"), suite => Assert.Equal(version, suite.Descendants("property").Single(property => property.Attribute("name")!.Value == "suite").Attribute("value")!.Value));
        var schedules = junit.Descendants("testsuite").Single(suite => suite.Attribute("name")!.Value == "schedules");
        // The page of each failure, and a case for each rule that the check spoke for.
        Assert.Equal(failures.Select(failure => failure.GetProperty("page").GetString()), schedules.Descendants("failure").Where(failure => failure.Attribute("type")!.Value == "NoOrder").Select(failure => failure.Value));
        Assert.Equal(["7.4 What an overflow visits"], schedules.Descendants("testcase").Select(one => one.Attribute("name")!.Value).Where(name => name.StartsWith("7.4 ", StringComparison.Ordinal)));
        foreach (var suite in junit.Descendants("testsuite")) Assert.Equal([suite.Descendants("testcase").Count(), suite.Descendants("failure").Count(), suite.Descendants("error").Count(), suite.Descendants("skipped").Count()], ((string[])["tests", "failures", "errors", "skipped"]).Select(name => int.Parse(suite.Attribute(name)!.Value)));

        Assert.Empty(SarifErrors(_cli.Read("a.sarif")));
        var sarif = JsonDocument.Parse(_cli.Read("a.sarif")).RootElement.GetProperty("runs")[0];
        var driver = sarif.GetProperty("tool").GetProperty("driver");
        Assert.Equal(version, driver.GetProperty("semanticVersion").GetString());
        Assert.Equal(failures.Count, sarif.GetProperty("results").GetArrayLength());
        foreach (var result in sarif.GetProperty("results").EnumerateArray())
        {
            var rule = driver.GetProperty("rules")[result.GetProperty("ruleIndex").GetInt32()];
            Assert.Equal(result.GetProperty("ruleId").GetString(), rule.GetProperty("id").GetString());
            Assert.Contains($"<a id=\"{Anchor().Match(rule.GetProperty("help").GetProperty("markdown").GetString()!).Groups[1].Value}\">", File.ReadAllText(Repository.PathOf("SPEC.md")), StringComparison.Ordinal);
        }

        var page = PageData(_cli.Read("a.html"));
        Assert.Contains(version, page.GetProperty("facts").EnumerateArray().Select(fact => fact[1].GetString()));
        var story = page.GetProperty("failures")[0];
        Assert.Equal(failures[0].GetProperty("page").GetString(), story.GetProperty("page").GetString());
        // The last step of the closest order is the one that breaks it, and its call is the bar that is marked.
        var last = story.GetProperty("orders")[0].GetProperty("steps").EnumerateArray().Last();
        Assert.Equal("ok paused", last.GetProperty("must").GetString());
        Assert.Contains("t: active, paused", string.Join('\n', last.GetProperty("state").EnumerateArray()), StringComparison.Ordinal);
        Assert.True(story.GetProperty("bars")[last.GetProperty("call").GetInt32()].GetProperty("marked").GetBoolean());
        Assert.Equal(story.GetProperty("bars").GetArrayLength() * 2, story.GetProperty("events").GetInt32());

        // The same from the file that the run saved.
        var saved = _cli.Saved("wrong-claims-before-publishing-schedules-Amended");
        _cli.Run(["replay", saved, .. EveryForm]).Exits(1);
        Assert.Empty(Schemas.Errors("replay", _cli.Read("a.json")));
        Assert.Single(JUnit(_cli.Read("a.xml")).Descendants("testsuite"));
        Assert.Empty(SarifErrors(_cli.Read("a.sarif")));
        Assert.Equal(story.GetProperty("orders").ToString(), PageData(_cli.Read("a.html")).GetProperty("failures")[0].GetProperty("orders").ToString());
        Assert.Contains($"replay {saved}", PageData(_cli.Read("a.html")).GetProperty("failures")[0].GetProperty("replay").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_finds_nothing_has_its_reports_too()
    {
        _cli.Run(["run", "--checks", "rules", "--profile", "core", .. EveryForm]).Exits(0);
        Assert.Empty(JUnit(_cli.Read("a.xml")).Descendants("failure"));
        Assert.Empty(SarifErrors(_cli.Read("a.sarif")));
        Assert.Equal(0, JsonDocument.Parse(_cli.Read("a.sarif")).RootElement.GetProperty("runs")[0].GetProperty("results").GetArrayLength());
        Assert.Equal("conforms", PageData(_cli.Read("a.html")).GetProperty("verdict").GetString());
    }

    [Fact]
    public void A_sequence_is_told_state_by_state()
    {
        var story = FailureStory.Of(Wrong(null).Failure);
        Assert.Equal("Paused(p) -> ok open: must be ok paused", story.Headline);
        var steps = Assert.Single(story.Orders).Steps;
        Assert.Equal(["p = Open(task 0, period 1, enabled)", "3 times Count(p)", "ScheduleIn(p)", "SetStopper(p, p)", "Overflow(p)", "Paused(p)"], steps.Select(step => step.Words));
        Assert.Equal(["(nothing is open)"], FailureStory.Of(Finding.OfUnrest(ProgramParser.ParseOne("perfmodel 1\nend\n", "test"), "x")).Start!.Value.ToArray());
        Assert.Contains("inactive", steps[0].State[0], StringComparison.Ordinal);
        Assert.Contains("active, open", steps[3].State[0], StringComparison.Ordinal);
        Assert.Contains("paused", steps[4].State[0], StringComparison.Ordinal);
        Assert.Equal([null, null, null, null, null, "ok paused"], steps.Select(step => step.Must));
    }

    [Fact]
    public void What_a_subject_says_stays_text_in_every_form()
    {
        var content = Of(Wrong(Hostile), Hostile);
        var xml = JUnit(JUnitReport.Write(content));
        Assert.Contains(xml.Descendants("property"), property => property.Attribute("value")!.Value.StartsWith("exec:<img src=x onerror=alert(1)></script>", StringComparison.Ordinal));
        Assert.Contains(xml.Descendants("failure"), failure => failure.Attribute("message")!.Value.Contains("<img src=x", StringComparison.Ordinal));
        Assert.Empty(SarifErrors(SarifReport.Write(content)));
        var page = HtmlReport.Write(content);
        // Two scripts, the data and ours, and nothing of the subject's outside of the data but as text of the title.
        Assert.Equal(2, ScriptEnd().Count(page));
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.Contains("<img src=x onerror=alert(1)></script>", PageData(page).GetProperty("failures")[0].GetProperty("headline").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', page + JUnitReport.Write(content) + SarifReport.Write(content));
    }

    // A saved failure may come from anybody, and so may the name in it.
    [Fact]
    public void A_name_in_a_file_does_not_reach_the_terminal_as_it_is()
    {
        var file = _cli.Write("saved.txt", "perfmodel 1\ndialect Patch2011\nsubject bad\u001b[31mred\ncheck stress\nverdict violates\np = Open(task 0)\nthread A\n  Count(p)\nhistory\n  A: Count(p) -> ok 5\nend\n");
        var answer = _cli.Run(["replay", file, .. EveryForm]).Exits(1);
        Assert.Contains("bad?[31mred violates", answer.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', answer.Out + _cli.Read("a.html") + _cli.Read("a.xml") + _cli.Read("a.sarif") + _cli.Read("a.json"));
        JUnit(_cli.Read("a.xml"));
        Assert.Empty(SarifErrors(_cli.Read("a.sarif")));
    }

    [Fact]
    public void A_check_that_cannot_tell_is_an_error_in_JUnit_and_a_warning_in_SARIF()
    {
        var content = new ReportContent("run", "lockfree", Verdict.Inconclusive, "", new { }) { Checks = [new CheckReport("coyote", RuleVerdict.Unknown) { Remark = "blind" }] };
        Assert.Equal("blind", JUnit(JUnitReport.Write(content)).Descendants("error").Single().Attribute("message")!.Value);
        var sarif = SarifReport.Write(content);
        Assert.Empty(SarifErrors(sarif));
        Assert.Contains("\"level\": \"warning\"", sarif, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<testsuites><testsuite name='a' tests='1' failures='0'/></testsuites>", "errors")]
    [InlineData("<testsuites><testsuite name='a' tests='one' failures='0' errors='0'/></testsuites>", "tests")]
    [InlineData("<testsuites><testcase name='a'/></testsuites>", "testcase")]
    [InlineData("<testsuites><testsuite name='a' tests='1' failures='1' errors='0'><testcase name='a'><failed/></testcase></testsuite></testsuites>", "failed")]
    public void What_is_no_JUnit_is_noticed(string document, string words) =>
        Assert.Contains(words, Assert.Throws<XmlSchemaValidationException>(() => JUnit(document)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"ruleIndex\": ", "\"ruleIndex\": -7", "ruleIndex")]
    [InlineData("\"level\": \"error\"", "\"level\": \"fatal\"", "level")]
    [InlineData("\"executionSuccessful\": true,", "", "executionSuccessful")]
    [InlineData("\"name\": \"perfmodel\",", "", "name")]
    [InlineData("\"columnKind\": ", "\"columnNature\": ", "columnNature")]
    [InlineData("\"version\": \"2.1.0\",", "", "version")]
    public void What_is_no_SARIF_is_noticed(string right, string wrong, string words)
    {
        var sarif = SarifReport.Write(Of(Wrong(null), "mine"));
        Assert.Empty(SarifErrors(sarif));
        Assert.Contains(SarifErrors(sarif.Replace(right, wrong, StringComparison.Ordinal)), error => error.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_may_load_nothing()
    {
        var page = HtmlReport.Write(Of(Wrong(null), "mine"));
        Assert.Matches("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; script-src 'sha256-[A-Za-z0-9+/]{43}=';", page);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--report 'report.pdf': expected a name that ends in .html, .json, .xml or .sarif", "run", "--report", "report.pdf")]
    [InlineData("--report names a.html twice", "run", "--report", "a.html", "--report", "a.html")]
    [InlineData("cannot write missing/a.html", "run", "--report", "a.json", "--report", "missing/a.html")]
    [InlineData("enumerate writes its report as JSON only; .html is a form of run and replay", "enumerate", "--report", "a.html")]
    [InlineData("merge writes its report as JSON only; .sarif is a form of run and replay", "merge", "a.json", "--report", "a.sarif")]
    [InlineData("enumerate writes one report", "enumerate", "--report", "a", "--report", "b")]
    [InlineData("explore does not take", "explore", "--report", "a.html")]
    public void A_report_that_cannot_be_is_refused_before_the_run(string words, params string[] arguments) => _cli.Run(arguments).Complains(words);

    /// <summary>A failing sequence, whose last call threw if a message is given.</summary>
    internal static SavedFailure Wrong(string? threw)
    {
        var program = ProgramParser.ParseOne($"perfmodel 1\ndialect Patch2011\nsubject mine\ncheck random\np = Open(task 0, period 1, enabled)\n3 times Count(p) -> ok 0\nScheduleIn(p)\nSetStopper(p, p)\nOverflow(p)\nPaused(p){(threw is null ? " -> ok open" : "")}\nend\n", "test");
        return new SavedFailure(Finding.OfSequence(program, SequentialMismatch.Find(State.Initial(program.Declaration), program.Setup, out _, threw)!), "perfmodel-failures/a.txt");
    }

    /// <summary>The report of one failure of a subject behind an adapter.</summary>
    internal static ReportContent Of(SavedFailure failure, string subject) => new("run", "exec:" + subject, Verdict.Violates, subject, new { })
    {
        Dialects = [Dialect.Patch2011],
        Claim = subject,
        Checks = [new CheckReport("random", RuleVerdict.Fail) { Remark = subject }],
        Failures = [failure],
    };

    /// <summary>The data in a page.</summary>
    internal static JsonElement PageData(string page) => JsonDocument.Parse(Data().Match(page).Groups[1].Value).RootElement;

    // Throws at what the schema does not have.
    private static XDocument JUnit(string document)
    {
        var schemas = new XmlSchemaSet();
        schemas.Add(null, Path.Combine(AppContext.BaseDirectory, "Reports", "junit.xsd"));
        var parsed = XDocument.Parse(document);
        parsed.Validate(schemas, null);
        return parsed;
    }

    // By the published schema, which is in a package of its authors.
    private static List<string> SarifErrors(string document) => [.. Sarif.Value.Validate(document).Select(error => error.ToString())];

    private static readonly Lazy<JsonSchema> Sarif = new(() => JsonSchema.FromFileAsync(Path.Combine(AppContext.BaseDirectory, "Reports", "sarif-2.1.0.json")).GetAwaiter().GetResult());

    [GeneratedRegex("<script type=\"application/json\" id=\"data\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Data();

    [GeneratedRegex(@"\(SPEC\.md#(.+?)\)")]
    private static partial Regex Anchor();

    [GeneratedRegex("</script>")]
    private static partial Regex ScriptEnd();
}
