// A soak that finds something has a finding like any other: its rule, its page, and a round that can be run again.
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Locked;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests;

public class SoakTests
{
    [Fact]
    public void A_right_subject_passes_a_round()
    {
        var report = new SoakCheck(Context(declaration => new LockedSubject(declaration), 3)).Run(1);
        Assert.True(report.Verdict == RuleVerdict.Pass, report.Remark);
        Assert.Empty(report.Failures);
    }

    [Fact]
    public void What_does_not_hold_at_rest_is_found_and_its_round_finds_it_again()
    {
        var found = Assert.Single(new SoakCheck(Context(declaration => new Changed(declaration, _ => Result.Of(0L)), 3)).Run(2).Failures);
        Assert.Equal((FindingKind.NotAtRest, RuleSet.Of(4_14), RuleSet.Of(4_14), 1L), (found.Kind, found.Rules, found.Suspects, found.FoundAfter));
        var page = found.Page("replay it");
        foreach (var part in (string[])["DOES NOT CONFORM", "soak, changed, Amended", "suspects : 4.14", "at rest : Count(", "its calls add up to", "drawn from seed 3", "replay : replay it"])
            Assert.True(page.Contains(part, StringComparison.Ordinal), $"{part}:\n{page}");

        var saved = ProgramParser.ParseOne(found.Saved.ToString(), "saved");
        Assert.Equal((SoakCheck.Name, "changed", 3UL, Dialect.Amended), (saved.Check, saved.Subject, saved.Seed, saved.Dialect));
        var again = Assert.Single(new SoakCheck(Context(declaration => new Changed(declaration, _ => Result.Of(0L)), saved.Seed!.Value)).Run(1).Failures);
        Assert.Equal(found.Rules, again.Rules);
    }

    [Fact]
    public void What_throws_is_a_finding_too()
    {
        var found = Assert.Single(new SoakCheck(Context(declaration => new Changed(declaration, _ => throw new NotSupportedException("not today")), 3)).Run(1).Failures);
        Assert.Equal((FindingKind.Unfinished, Ending.Threw), (found.Kind, found.Ending));
        Assert.Contains("threw : a call threw NotSupportedException: not today", found.Page(), StringComparison.Ordinal);
    }

    private static CheckContext Context(Func<Declaration, ISubject> create, ulong seed) => new("changed", create, [Dialect.Amended], seed);

    /// <summary>The baseline, whose Ticks by one, of events that live, are answered otherwise.</summary>
    private sealed class Changed(Declaration declaration, Func<Operation, Result> answer) : ISubject
    {
        private readonly LockedSubject _subject = new(declaration);

        public Result Apply(Operation operation) =>
            operation is Operation.Tick { Instance.IsCopy: false } tick && _subject.Apply(new Operation.StateOf(tick.Instance)) == Result.Of(Activity.Active)
            && _subject.Apply(new Operation.PausedOf(tick.Instance)) == Result.Gate(false) ? answer(operation) : _subject.Apply(operation);
    }
}
