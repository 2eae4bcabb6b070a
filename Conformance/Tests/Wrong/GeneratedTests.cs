// The mutants that a program makes: of every kind there are some, each names its place, those that matter are found; and what is not found has its reason.
using System.Collections.Immutable;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Command;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Wrong;
using Xunit;

namespace PerfModel.Conformance.Tests;

public class GeneratedTests
{
    [Fact]
    public void There_is_one_for_each_place_and_way_to_change_it()
    {
        Assert.Equal(Generated.All.Length, Generated.All.Select(mutant => mutant.Name).Distinct().Count());
        Assert.Equal(["always", "blind", "heedless", "never", "omitted", "swapped", "torn"], Classes(ofModel: false));
        Assert.Equal(["arm", "bound", "conjunct", "difference", "effect", "errno", "first", "left", "order", "right", "second"], Classes(ofModel: true));
        Assert.All(Generated.All, mutant => Assert.Matches(@"^\w+\.cs:\d+, \w+: ", mutant.Summary));
        Assert.All(Generated.All, mutant => Assert.NotEqual(mutant.Hunks[0].Before, mutant.Hunks[0].After));

        static IEnumerable<string> Classes(bool ofModel) => Generated.All.Where(mutant => mutant.IsOfModel == ofModel).Select(mutant => mutant.Class!).Distinct().Order(StringComparer.Ordinal);
    }

    // The rows of MEMORY-ORDERING that are compare-exchanges and additions. Exchanges are fences more than they are updates: nobody looks at what they return.
    [Fact]
    public void Every_interlocked_access_is_torn()
    {
        var rows = File.ReadLines(Repository.PathOf("Implementation", "MEMORY-ORDERING.md")).Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length > 4 && (cells[3].Contains("CompareExchange", StringComparison.Ordinal) || cells[3] == "Add")).Select(cells => cells[1]).ToHashSet();
        Assert.Superset(new HashSet<string> { "M3", "M5", "M11", "M23", "M27", "M28", "M33", "M44", "M48", "M52", "M53" }, rows);
        Assert.Empty(rows.Except(Generated.All.Where(mutant => mutant.Class == "torn").Select(mutant => mutant.Name.Split('-')[0])));
    }

    [Theory]
    [InlineData("M33-torn", SchedulePlan.Schedules)]
    [InlineData("M28-blind", SchedulePlan.Schedules)]
    [InlineData("M44-heedless", SchedulePlan.Schedules)]
    [InlineData("model-2.4-arm", RulesCheck.Name)]
    [InlineData("model-2.6-order", RulesCheck.Name)]
    [InlineData("model-5.1-effect", RulesCheck.Name)]
    public void It_is_found(string name, string by)
    {
        var row = Tried(name, [by]);
        Assert.Equal("found", row.Verdict);
        Assert.True(row.Cells[0].After > 0);
    }

    [Fact]
    public void What_differs_is_seen_side_by_side() => Assert.Equal("found", Tried("model-2.4-arm", [WrongTrial.Compared]).Verdict);

    [LongFact]
    public void What_does_not_differ_is_not_seen_side_by_side()
    {
        Assert.Null(SideBySide.Difference(declaration => new ModelSubject(declaration), CancellationToken.None, out var compared));
        Assert.InRange(compared, 100_000, long.MaxValue);
        var excused = Tried("model-Visit-arm", [WrongTrial.Compared]);
        Assert.Equal(("not-run", Verdict.Inconclusive), (excused.Verdict, MutantsVerb.VerdictOf([excused])));
        Assert.NotNull(excused.Reason);
        Assert.Equal(Verdict.Conforms, MutantsVerb.VerdictOf([excused with { IsWhole = true }]));
    }

    [Fact]
    public void What_is_excused_exists_and_has_a_reason()
    {
        var names = Generated.All.Select(mutant => mutant.Name).Concat(SpecDocument.Current.Rules.Select(rule => $"rule {rule.Id}")).ToHashSet();
        Assert.All(Generated.Survivors, one => Assert.Contains(one.Key, names));
        Assert.All(Generated.Survivors.Values, reason => Assert.InRange(reason.Length, 10, 200));
    }

    // One that breaks it, of whatever kind; or why there can be none.
    [Fact]
    public void Every_rule_has_a_mutant_or_its_reason()
    {
        var broken = WrongSubject.All.Concat(Generated.All).SelectMany(wrong => wrong.Breaks).ToHashSet();
        Assert.Empty(SpecDocument.Current.Rules.Where(rule => broken.Contains(rule.Id) == Generated.Survivors.ContainsKey($"rule {rule.Id}")).Select(rule => $"{rule.Id} {rule.Title}"));
    }

    private static MutantsVerb.Row Tried(string name, ImmutableArray<string> checks) =>
        MutantsVerb.RowOf(Generated.All.Single(mutant => mutant.Name == name), 1, 1, checks, isThorough: false, _ => { }, CancellationToken.None);
}
