// diff: two reports that say the same, each kind of difference, and texts that are no reports.
using System.Text.Json.Nodes;
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

public sealed class DiffTests : IDisposable
{
    // Reports of the two that most of the tests compare, made once.
    private static readonly Lazy<(string Right, string Wrong)> Reports = new(() =>
    {
        using var cli = new Cli();
        return (cli.Run("run", "--checks", "rules", "--json").Exits(0).Out, cli.Run("run", "--checks", "rules", "--subject", "wrong:dead-owner-owns", "--json").Exits(1).Out);
    });

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Two_runs_of_one_subject_say_the_same()
    {
        _cli.Run("run", "--checks", "rules", "--report", "a.json").Exits(0);
        _cli.Write("b.json", Reports.Value.Right);
        Assert.Equal("a.json and b.json say the same\n", _cli.Run("diff", "a.json", "b.json").Exits(0).Out);
        var json = _cli.Run("diff", "a.json", "b.json", "--json").Exits(0);
        Schemas.Valid("diff", json);
        Assert.True(json.Json.GetProperty("same").GetBoolean());
    }

    [Fact]
    public void A_subject_that_breaks_a_rule_differs_by_rules_checks_and_failures()
    {
        _cli.Write("a.json", Reports.Value.Right);
        _cli.Write("b.json", Reports.Value.Wrong);
        var page = _cli.Run("diff", "a.json", "b.json").Exits(1).Out;
        foreach (var line in (string[])["rule  2.1   pass -> fail   Making a link", "check rules: pass -> fail", "came  2.1 rules Amended: a slot that a death freed can be filled at once", "asked otherwise: subject lockfree -> wrong:dead-owner-owns"])
            Assert.Contains(line, page.Split('\n'));
        Assert.Matches("\na.json and b.json differ: verdict conforms -> violates, [0-9]+ rules, 1 checks, 2 failures came\n$", page);
        var json = _cli.Run("diff", "b.json", "a.json", "--json").Exits(1);
        Schemas.Valid("diff", json);
        Assert.False(json.Json.GetProperty("same").GetBoolean());
        Assert.Equal((0, 2), (json.Json.GetProperty("came").GetArrayLength(), json.Json.GetProperty("gone").GetArrayLength()));
        Assert.Equal("2.1 rules Patch2011", string.Join(' ', ((string[])["rule", "check", "dialect"]).Select(name => json.Json.GetProperty("gone")[0].GetProperty(name).GetString())));
    }

    // One member of a report that is another, and the line that tells it; null where it does not count.
    public static TheoryData<string, string, string?> Changes => new()
    {
        { "suite", "9.9.9", "version of suite: " },
        { "spec", "9.9", "version of spec: " },
        { "verdict", "partial", "differ: verdict violates -> partial" },
        { "rules.0.verdict", "unknown", "rule  1.1   pass -> unknown" },
        { "checks.0.verdict", "unknown", "check rules: fail -> unknown" },
        { "checks.0.failures.0.dialect", "Linux613", "came  2.1 rules Linux613: a slot" },
        { "checks.0.failures.0.title", "other", "came  2.1 rules Patch2011: other" },
        { "checks.0.failures.0.suspects.0", "2.9", "came  2.9 rules Patch2011: a slot" },
        { "subject", "mine\u001b", null },
        { "checks.0.failures.0.page", "other", null },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Each_difference_is_told(string at, string value, string? line)
    {
        _cli.Write("a.json", Reports.Value.Wrong);
        var report = JsonNode.Parse(Reports.Value.Wrong)!;
        var steps = at.Split('.');
        var owner = steps[..^1].Aggregate(report, (node, step) => int.TryParse(step, out var index) ? node[index]! : node[step]!);
        if (int.TryParse(steps[^1], out var last)) owner[last] = value;
        else owner[steps[^1]] = value;
        _cli.Write("b.json", report.ToJsonString());
        var answer = _cli.Run("diff", "a.json", "b.json").Exits(line is null ? 0 : 1);
        Assert.Contains(line ?? "say the same", answer.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', answer.Out);
    }

    [Theory]
    [InlineData("b.json is no JSON report of run", "{}")]
    [InlineData("b.json is no JSON report of run", "not JSON")]
    [InlineData("b.json is no JSON report of run", "null")]
    [InlineData("b.json is no JSON report of run", """{"verdict":"conforms","subject":"x","dialects":[],"seed":1,"spec":"","suite":"","rules":[null],"checks":[null]}""")]
    [InlineData("b.json is no JSON report of run", """{"verdict":"conforms","subject":"x","dialects":[],"seed":1,"spec":"","suite":"","rules":[{"id":"1.1","title":"","verdict":""}],"checks":[{"name":"x","verdict":"","failures":[]},{"name":"x","verdict":"","failures":[]}]}""")]
    [InlineData("cannot read no.json: there is no such file", null)]
    public void What_is_no_report_is_refused(string words, string? text)
    {
        _cli.Write("a.json", Reports.Value.Right);
        if (text is not null) _cli.Write("b.json", text);
        _cli.Run("diff", "a.json", text is null ? "no.json" : "b.json").Complains(words);
    }
}
