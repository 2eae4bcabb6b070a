// The arithmetic of verdicts: how failures, doubts and silence of the checks add up to a verdict on each rule and on the run.
using System.Collections.Immutable;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using Xunit;
using static PerfModel.Conformance.Checks.RuleVerdict;

namespace PerfModel.Conformance.Tests;

public class RunReportTests
{
    private static readonly HashSet<Profile> Core = [Profile.Core], Concurrent = [Profile.Core, Profile.Concurrency];

    private static readonly RuleSet All = SpecDocument.Current.Rules.Aggregate(RuleSet.None, (set, rule) => set | RuleSet.Of(rule.Id));

    [Theory]
    [InlineData(Pass, Verdict.Conforms, 0, "conforms")]
    [InlineData(Fail, Verdict.Violates, 1, "violates")]
    [InlineData(Unknown, Verdict.Inconclusive, 3, "inconclusive")]
    public void A_verdict_has_an_exit_code_and_a_word(RuleVerdict verdict, Verdict whole, int code, string word)
    {
        var report = Run(Concurrent, complete: true, Check("rules", verdict, All, verdict == Fail ? RuleSet.Of(2_04) : RuleSet.None));
        Assert.Equal((whole, code, word), (report.Verdict, report.Verdict.ExitCode(), report.Verdict.Word()));
    }

    [Theory]
    [InlineData(Verdict.Violates, Pass, Pass)]
    [InlineData(Verdict.Violates, Fail, Unknown, Pass)]
    [InlineData(Verdict.Inconclusive, Unknown, Pass, NotRun)]
    [InlineData(Verdict.Conforms, Pass, NotRun)]
    [InlineData(Verdict.Inconclusive, NotRun)]
    [InlineData(Verdict.Inconclusive)]
    public void Fail_beats_unknown_beats_pass_and_nothing_is_nothing(Verdict expected, params RuleVerdict[] checks)
    {
        if (expected == Verdict.Violates && !checks.Contains(Fail)) checks = [.. checks, Fail];
        var report = Run(Concurrent, complete: false, [.. checks.Select((verdict, i) => Check($"check {i}", verdict, RuleSet.Of(1_01), verdict == Fail ? RuleSet.Of(2_04) : RuleSet.None))]);
        Assert.Equal(expected, report.Verdict);
    }

    [Fact]
    public void A_rule_fails_that_a_failure_has_in_play_though_others_spoke_for_it()
    {
        var report = Run(Concurrent, complete: true, Check("rules", Pass, All), Check("random", Fail, All, RuleSet.Of(2_04)));
        Assert.Equal(Fail, Of(report, "2.4").Verdict);
        Assert.Equal("random", string.Join(", ", Of(report, "2.4").Checks));
        Assert.Equal(Pass, Of(report, "2.5").Verdict);
        Assert.Equal("rules, random", string.Join(", ", Of(report, "2.5").Checks));
    }

    [Fact]
    public void A_rule_in_doubt_is_unknown_and_so_is_the_run()
    {
        var report = Run(Concurrent, complete: true, Check("rules", Pass, All), Check("coyote", Unknown, RuleSet.Of(7_04)));
        Assert.Equal(Unknown, Of(report, "7.4").Verdict);
        Assert.Equal(Pass, Of(report, "7.5").Verdict);
        Assert.Equal(Verdict.Inconclusive, report.Verdict);
    }

    [Fact]
    public void A_rule_that_is_not_claimed_is_not_run_whatever_spoke_for_it()
    {
        var report = Run(Core, complete: true, Check("rules", Pass, All));
        Assert.Equal(NotRun, Of(report, "7.4").Verdict);
        Assert.Equal(Pass, Of(report, "2.4").Verdict);
        Assert.Equal(Verdict.Conforms, report.Verdict);
    }

    [Fact]
    public void A_rule_that_is_broken_fails_though_it_was_not_claimed() =>
        Assert.Equal(Fail, Of(Run(Core, complete: true, Check("coyote", Fail, All, RuleSet.Of(7_04))), "7.4").Verdict);

    [Theory]
    [InlineData("9.2")]
    [InlineData("7.13")]
    [InlineData("9.1")]
    public void An_untested_rule_stays_untested_and_does_no_harm(string id)
    {
        var report = Run(Concurrent, complete: true, Check("rules", Pass, All));
        Assert.Equal(Untested, Of(report, id).Verdict);
        Assert.Empty(Of(report, id).Checks);
        Assert.Equal(Verdict.Conforms, report.Verdict);
    }

    [Theory]
    [InlineData(true, Unknown, Verdict.Inconclusive)]
    [InlineData(false, NotRun, Verdict.Conforms)]
    public void A_rule_that_nothing_spoke_for_is_a_doubt_only_if_everything_was_asked_for(bool complete, RuleVerdict rule, Verdict run)
    {
        var report = Run(Concurrent, complete, Check("rules", Pass, All - RuleSet.Of(2_04)));
        Assert.Equal(rule, Of(report, "2.4").Verdict);
        Assert.Equal(run, report.Verdict);
    }

    [Fact]
    public void The_smallest_failure_says_best_what_is_wrong()
    {
        var report = Run(Concurrent, complete: true, Check("rules", Fail, All, RuleSet.Of(2_04)), Check("random", Fail, All, RuleSet.Of(2_04) | RuleSet.Of(2_05)));
        Assert.Equal(["2.4"], Failed(report));
        Assert.Equal("rules, random", string.Join(", ", Of(report, "2.4").Checks));
    }

    [Fact]
    public void What_sequences_found_kept_an_overlap_did_not_break()
    {
        var report = Run(Concurrent, complete: true, Check("random", Pass, RuleSet.Of(4_10)), Check("coyote", Fail, All, RuleSet.Of(4_10) | RuleSet.Of(7_04)));
        Assert.Equal(["7.4"], Failed(report));
    }

    [Fact]
    public void If_all_that_is_in_play_was_found_kept_it_is_blamed_all_the_same()
    {
        var report = Run(Concurrent, complete: true, Check("random", Pass, RuleSet.Of(4_10)), Check("coyote", Fail, All, RuleSet.Of(4_10)));
        Assert.Equal(["4.10"], Failed(report));
    }

    [Theory]
    [InlineData(false, Verdict.Partial, 3, "partial")]
    [InlineData(true, Verdict.Conforms, 0, "conforms")]
    public void What_was_claimed_and_not_run_makes_it_partial_unless_less_was_asked_for(bool asksForLess, Verdict verdict, int code, string word)
    {
        RunReport Of(RuleSet spoke) => RunReport.Of("subject", [Dialect.Amended], 1, [Check("rules", Pass, spoke)], Concurrent, complete: false, asksForLess);
        var report = Of(RuleSet.Of(2_04));
        Assert.Equal((verdict, code, word), (report.Verdict, report.Verdict.ExitCode(), report.Verdict.Word()));
        // Of a profile that is not claimed nothing is missed.
        Assert.Equal(Verdict.Conforms, Of(All).Verdict);
        Assert.Contains(Of(All).Rules, row => row.Verdict == NotRun);
    }

    // Rule 8.1: who offers one dialect conforms in that one.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_one_dialect_the_rules_of_the_other_are_not_missed(bool complete)
    {
        RunReport In(params Dialect[] dialects) =>
            RunReport.Of("subject", [.. dialects], 1, [Check("rules", Pass, All - RuleSet.Of(8_02) - RuleSet.Of(8_04) - RuleSet.Of(8_06) - RuleSet.Of(8_08))], Concurrent, complete);
        Assert.Equal(Verdict.Conforms, In(Dialect.Amended).Verdict);
        Assert.Equal(NotRun, Of(In(Dialect.Amended), "8.2").Verdict);
        Assert.Equal(complete ? Verdict.Inconclusive : Verdict.Partial, In(Dialect.Patch2011, Dialect.Amended).Verdict);
        Assert.Equal(complete ? Verdict.Inconclusive : Verdict.Partial, In(Dialect.Patch2011).Verdict);
    }

    [Fact]
    public void Every_rule_of_the_spec_has_its_row() =>
        Assert.Equal(SpecDocument.Current.Rules, Run(Core, complete: true).Rules.Select(row => row.Rule));

    [Fact]
    public void Every_verdict_has_a_word() =>
        Assert.Equal(["pass", "fail", "unknown", "not-run", "untested"], Enum.GetValues<RuleVerdict>().Select(verdict => verdict.Word()));

    private static RunReport Run(HashSet<Profile> profiles, bool complete, params CheckReport[] checks) =>
        RunReport.Of("subject", [Dialect.Patch2011, Dialect.Amended], 1, [.. checks], profiles, complete, asksForLess: !complete);

    private static CheckReport Check(string name, RuleVerdict verdict, RuleSet spoke, RuleSet inPlay = default) => new(name, verdict)
    {
        Spoke = spoke,
        Failures = verdict == Fail ? [new Finding(FindingKind.NoOrder, new Program { Check = name }, inPlay, inPlay)] : ImmutableArray<Finding>.Empty,
    };

    private static RuleReport Of(RunReport report, string id) => report.Rules.Single(row => row.Rule.Id.ToString() == id);

    private static IEnumerable<string> Failed(RunReport report) => report.Rules.Where(row => row.Verdict == Fail).Select(row => row.Rule.Id.ToString());
}
