// How often each rule is cited over fixed walks is pinned in citations.txt: each line a rule, its count in each dialect.
using PerfModel.Conformance.Spec;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests;

public class CitedTests
{
    [Fact]
    public void Each_rule_is_cited_as_often_as_ever()
    {
        var counts = Enum.GetValues<Dialect>().Select(Citations).ToList();
        var lines = counts.SelectMany(one => one.Keys).Distinct().Order()
            .Select(rule => $"{rule} {string.Join(' ', counts.Select(one => one.GetValueOrDefault(rule)))}");
        var file = Repository.PathOf("Conformance/Tests/Model/citations.txt");
        if (Environment.GetEnvironmentVariable("PERFMODEL_WRITE") == "1") File.WriteAllLines(file, lines);
        Assert.Equal(File.ReadAllLines(file), lines);
    }

    // A refusal is given by the rules that are said to give it in some state, but for those that speak of one dialect or of tasks.
    [Theory]
    [InlineData(Dialect.Patch2011)]
    [InlineData(Dialect.Amended)]
    [InlineData(Dialect.Linux613)]
    public void A_refusal_is_by_the_rules_that_refuse_so(Dialect dialect)
    {
        var conditional = RuleSet.Of(6_01) | RuleSet.Of(8_04) | RuleSet.Of(8_07) | RuleSet.Of(8_10) | RuleSet.Of(8_12) | RuleSet.Of(8_14);
        var refused = 0;
        foreach (var (before, operation, answer, after) in Walks.SequentialTransitions(dialect))
        {
            var (cited, refusing) = (Cited.By(before, operation, new Outcome(after, answer)), Cited.Refusing(dialect, operation, answer));
            if (!answer.IsError && answer != Result.Ignored)
            {
                Assert.True(refusing.IsEmpty, $"{operation} -> {answer}: {refusing} refuse it");
                continue;
            }

            refused++;
            Assert.False(refusing.IsEmpty, $"{operation} -> {answer}: no rule refuses it");
            Assert.True((refusing - cited).IsEmpty || !(cited & conditional).IsEmpty, $"{operation} -> {answer}: {cited}, not {refusing}");
        }

        Assert.InRange(refused, 10_000, int.MaxValue);
    }

    // What a page names is to be read in SPEC.md: a rule that another has the place of in the dialect would mislead.
    [Theory]
    [InlineData(Dialect.Patch2011)]
    [InlineData(Dialect.Amended)]
    [InlineData(Dialect.Linux613)]
    public void What_refuses_and_what_bounds_holds_in_the_dialect(Dialect dialect)
    {
        var named = Walks.SequentialTransitions(dialect).Select(transition => transition.Operation).Distinct()
            .SelectMany(operation => Enum.GetValues<Errno>().Select(Result.Of).Append(Result.Ignored)
                .Select(answer => Cited.Refusing(dialect, operation, answer) | Cited.Bounding(dialect, operation, answer)))
            .Aggregate((all, more) => all | more);
        Assert.Equal([], named.Rules.Where(rule => !SpecDocument.Current.Find(rule)!.Dialects.Contains(dialect)));
        Assert.Equal(dialect == Dialect.Linux613, named.Contains(new RuleId(8, 18)));
    }

    private static Dictionary<RuleId, int> Citations(Dialect dialect)
    {
        var alone = Walks.SequentialTransitions(dialect).Select(transition => Cited.By(transition.Before, transition.Operation, new Outcome(transition.After, transition.Result)));
        var together = Walks.ConcurrentMoves(dialect).Select(one => Cited.By(one.Before, one.Move));
        return alone.Concat(together).SelectMany(cited => cited.Rules).CountBy(rule => rule).ToDictionary();
    }
}
