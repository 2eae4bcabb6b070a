// run --known: a run must fail exactly as its list says, and --fix brings the list up to date without losing a comment.
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Command;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

public sealed class KnownFailureTests : IDisposable
{
    private const string One = "2.1 rules Patch2011: a slot that a death freed can be filled at once: SetStarter(q, t) -> EBUSY: must be ok";
    private const string Other = "2.1 rules Amended: a slot that a death freed can be filled at once: SetStarter(q, t) -> EBUSY: must be ok";

    private static readonly string[] Wrong = ["run", "--subject", "wrong:dead-owner-owns", "--rule", "2.10", "--known", "known.txt"];
    private static readonly string[] Right = ["run", "--rule", "2.10", "--known", "known.txt"];

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void A_run_that_fails_as_listed_ends_well_and_claims_nothing()
    {
        _cli.Write("known.txt", $"# ours\n{One}   # ticket 7\n\n{Other}\n");
        var page = _cli.Run([.. Wrong, "--report", "a.sarif", "--report", "a.xml"]).Exits(0).Out;
        Assert.StartsWith("wrong:dead-owner-owns conforms but for 2 known failures: rules ", page.TrimEnd('\n').Split('\n')[^1], StringComparison.Ordinal);
        foreach (var words in (string[])["claim: ", "known: ", "DOES NOT CONFORM"]) Assert.DoesNotContain(words, page, StringComparison.Ordinal);
        Assert.Contains("\"justification\": \"known: known.txt:2\"", _cli.Read("a.sarif"), StringComparison.Ordinal);
        Assert.Contains("\"exitCode\": 0", _cli.Read("a.sarif"), StringComparison.Ordinal);
        Assert.DoesNotContain("<failure", _cli.Read("a.xml"), StringComparison.Ordinal);

        var json = _cli.Run([.. Wrong, "--json"]).Exits(0);
        Schemas.Valid("run", json);
        Assert.Equal("violates", json.Json.GetProperty("verdict").GetString());
        var known = json.Json.GetProperty("known");
        Assert.Equal((0, 2, 0), (known.GetProperty("exitCode").GetInt32(), known.GetProperty("failures").GetInt32(), known.GetProperty("complaints").GetArrayLength()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, json.Json.GetProperty("claim").ValueKind);
    }

    [Fact]
    public void A_failure_that_is_not_listed_fails_the_run()
    {
        _cli.Write("known.txt", One + "\n");
        var page = _cli.Run([.. Wrong, "--report", "a.xml"]).Exits(1).Out;
        Assert.Equal(["2.1 rules Amended fails and is not listed: a slot that a death freed can be filled at once: SetStarter(q, t) -> EBUSY: must be ok"], Told(page));
        Assert.Contains("wrong:dead-owner-owns violates, and not as known.txt says: ", page, StringComparison.Ordinal);
        // Its page is shown, and that of the other is not.
        Assert.Contains("wrong:dead-owner-owns, Amended\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong:dead-owner-owns, Patch2011\n", page, StringComparison.Ordinal);
        Assert.Contains("name=\"2.1 rules Amended fails and is not listed: ", _cli.Read("a.xml"), StringComparison.Ordinal);
        Schemas.Valid("run", _cli.Run([.. Wrong, "--json"]).Exits(1));
    }

    [Fact]
    public void A_listed_one_that_passes_fails_the_run()
    {
        _cli.Write("known.txt", "\n" + One + "\n");
        var page = _cli.Run(Right).Exits(1).Out;
        Assert.Equal([$"known.txt:2: 2.1 rules Patch2011 passes now: {One.Split(": ", 2)[1]}"], Told(page));
        Assert.Contains("lockfree conforms, and not as known.txt says: ", page, StringComparison.Ordinal);
        Assert.DoesNotContain("claim: ", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_message_fails_the_run()
    {
        _cli.Write("known.txt", $"{One.Replace("must be ok", "must be EINVAL", StringComparison.Ordinal)}\n{Other}\n");
        Assert.Equal([$"known.txt:1: 2.1 rules Patch2011 fails with another message: {One.Split(": ", 2)[1]}"], Told(_cli.Run(Wrong).Exits(1).Out));
    }

    [Theory]
    [InlineData("2.1 coyote Amended: x", "known.txt:3: 2.1 coyote Amended was not run (not asked for): x")]
    [InlineData("maybe 2.1 stress Amended: x", "known.txt:3: 2.1 stress Amended was not run (not asked for): x")]
    public void A_listed_one_that_was_not_run_fails_the_run(string entry, string complaint)
    {
        _cli.Write("known.txt", $"{One}\n{Other}\n{entry}\n");
        Assert.Equal([complaint], Told(_cli.Run("run", "--subject", "wrong:dead-owner-owns", "--checks", "rules", "--known", "known.txt").Exits(1).Out));
    }

    [Fact]
    public void One_of_a_dialect_that_was_not_run_fails_the_run()
    {
        _cli.Write("known.txt", $"{One}\n{Other}\n");
        Assert.Equal([$"known.txt:2: 2.1 rules Amended was not run (not this dialect): {Other.Split(": ", 2)[1]}"], Told(_cli.Run([.. Wrong, "--dialect", "Patch2011"]).Exits(1).Out));
    }

    [Fact]
    public void Fix_rewrites_the_list_and_keeps_its_comments_where_they_are()
    {
        _cli.Write("known.txt", $"# before\n{One.Replace("must be ok", "was seen", StringComparison.Ordinal)}  # ticket 7\n\n2.3 rules Amended: gone  # ticket 8\n2.4 rules Amended: gone too\n2.1 coyote Amended: not today\n# behind\n");
        var answer = _cli.Run([.. Wrong, "--fix", "--json"]).Exits(1);
        Schemas.Valid("run", answer);
        Assert.True(answer.Json.GetProperty("known").GetProperty("rewritten").GetBoolean());
        Assert.Equal(5, answer.Json.GetProperty("known").GetProperty("complaints").GetArrayLength());
        // The check of one entry did not run: it stays, and is complained of.
        Assert.Equal($"# before\n{One}  # ticket 7\n{Other}\n\n# ticket 8\n2.1 coyote Amended: not today\n# behind\n", _cli.Read("known.txt"));
        _cli.Write("known.txt", _cli.Read("known.txt").Replace("2.1 coyote Amended: not today\n", "", StringComparison.Ordinal));
        var before = _cli.Read("known.txt");
        Assert.DoesNotContain("known: ", _cli.Run(Wrong).Exits(0).Out.Replace("known: known.txt is rewritten", "", StringComparison.Ordinal), StringComparison.Ordinal);
        _cli.Run([.. Wrong, "--fix"]).Exits(0);
        Assert.Equal(before, _cli.Read("known.txt"));
    }

    [Fact]
    public void Fix_begins_a_list()
    {
        Assert.Contains("known: known.txt is rewritten\n", _cli.Run([.. Wrong, "--fix"]).Exits(0).Out, StringComparison.Ordinal);
        Assert.Equal([One, Other], _cli.Read("known.txt").TrimEnd('\n').Split('\n')[1..]);
        // And an empty one is that of a subject that conforms.
        Assert.Contains("lockfree conforms: ", _cli.Run([.. Right, "--fix"]).Exits(0).Out, StringComparison.Ordinal);
        Assert.StartsWith("#", Assert.Single(_cli.Read("known.txt").TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
        _cli.Run(Right).Exits(0);
    }

    [Theory]
    [InlineData("known.txt:1: expected RULE CHECK DIALECT: message, or maybe before it, not '2.1 rules'", "2.1 rules")]
    [InlineData("known.txt:2: there is no rule '2.99'", "# one\n2.99 rules Amended: x")]
    [InlineData("known.txt:1: there is no check 'rule'", "2.1 rule Amended: x")]
    [InlineData("known.txt:1: there is no dialect '2'", "2.1 rules 2: x")]
    [InlineData("known.txt:1: stress does not show the same in each run: its entries begin with maybe", "2.1 stress Amended: x")]
    [InlineData("known.txt:3: the same entry stands in line 1", "2.1 rules Amended: x # one\n\nmaybe 2.1 rules Amended: x # two")]
    public void A_malformed_list_is_one_line(string words, string text)
    {
        _cli.Write("known.txt", text + "\n");
        _cli.Run(Right).Complains(words);
    }

    [Theory]
    [InlineData("cannot read no.txt: there is no such file", "--known", "no.txt")]
    [InlineData("--fix rewrites the list of --known", "--fix")]
    [InlineData("--known is of runs that repeat themselves: --seconds makes none", "--known", "no.txt", "--seconds", "9")]
    [InlineData("--fix cannot rewrite standard input", "--known", "-", "--fix")]
    [InlineData("cannot write no/list: ", "--known", "no/list", "--fix")]
    public void Bad_usage_is_one_line(string words, params string[] arguments) => _cli.Run(["run", .. arguments]).Complains(words);

    [Fact]
    public void What_real_threads_show_may_pass_and_has_any_of_its_rules()
    {
        var list = KnownFailures.Parse("known.txt", "maybe 7.5 stress Amended: a race\n");
        Assert.Empty(list.Against(Report()).Complaints);
        Assert.Equal(0, list.Against(Report()).Shown);
        var shown = list.Against(Report(Found("a race", 7_05, 7_06)));
        Assert.Equal((0, 1), (shown.Complaints.Length, shown.Shown));
        Assert.Equal(["known.txt:1: 7.5 stress Amended fails with another message: another race"], list.Against(Report(Found("another race", 7_05))).Complaints.ToArray());
        Assert.Equal(["7.6 stress Amended fails and is not listed: a race"], list.Against(Report(Found("a race", 7_06))).Complaints.ToArray());
    }

    // An end without an answer is told with times and addresses, and a title may look like a comment.
    [Fact]
    public void A_message_is_the_same_in_each_run_and_one_line()
    {
        var finding = Finding.OfUnfinished(Saved("a # title", RandomCheck.Name), Ending.Hung, "no answer in 10.5 s, at 0x7fEE\nand 12,345 more of p@2");
        Assert.Equal("7.1 random Amended: a '#' title: hang: no answer in N s, at N and N more of p@2", KnownFailure.Of(finding).ToString());
        Assert.True(Assert.Single(KnownFailures.Parse("f", KnownFailure.Of(finding).ToString()).Against(Report(finding)).Listed).Value == 1);
    }

    private static Program Saved(string title, string check) => ProgramParser.ParseOne("perfmodel 1\ndialect Amended\nend\n", "test") with { Title = title, Check = check };

    private static Finding Found(string title, params int[] rules) => new(FindingKind.NoOrder, Saved(title, StressCheck.Name), rules.Aggregate(RuleSet.None, (set, rule) => set | RuleSet.Of(rule)), RuleSet.None);

    private static RunReport Report(params Finding[] found)
    {
        var checks = CheckNames.All.Select(name => new CheckReport(name, RuleVerdict.Pass)).Select(check => found.Where(finding => finding.Check == check.Name).ToList() is { Count: > 0 } own ? check with { Verdict = RuleVerdict.Fail, Failures = [.. own] } : check);
        return RunReport.Of("mine", [Dialect.Amended], 1, [.. checks], new HashSet<Spec.Profile> { Spec.Profile.Core }, complete: false, asksForLess: true);
    }

    // A complaint may be folded.
    private static List<string> Told(string page) => [.. page.Replace("\n         ", " ", StringComparison.Ordinal).Split('\n').Where(line => line.StartsWith("known: ", StringComparison.Ordinal)).Select(line => line["known: ".Length..])];
}
