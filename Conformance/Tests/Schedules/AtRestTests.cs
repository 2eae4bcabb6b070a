// What holds at rest: the shipped structures are whole after every schedule and every round of a soak; one that keeps what it should let go is found by both.
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Conformance.Wrong;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests.Schedules;

public class AtRestTests
{
    [Fact]
    public void Nothing_is_asked_of_the_shipped_build() => Assert.False(typeof(IInspectable).IsAssignableFrom(typeof(LockFreeSubject)));

    // An edit that changes nothing.
    [Fact]
    public void A_right_subject_is_whole_after_each_call_and_each_round()
    {
        var (wrong, create) = Maker(Edited("stoppers-first", edit => edit with { Name = "right", Hunks = [edit.Hunks[0] with { After = edit.Hunks[0].Before }] }));
        var subject = (IInspectable)create(new Declaration(Dialect.Amended));
        foreach (var line in Scenarios.All["exit-vs-tick"].Setup.Select(line => line.Operation).Append(new Operation.Close(new Handle(0))).Append(new Operation.Exit(2)))
        {
            ((ISubject)subject).Apply(line);
            Assert.Null(subject.Unrest());
        }

        var report = new SoakCheck(new CheckContext(wrong.Subject, create, [.. Enum.GetValues<Dialect>()], 1)).Run(2);
        Assert.True(report.Verdict == RuleVerdict.Pass, report.Remark);
    }

    [Theory]
    [InlineData("forgets-the-tombstone", "is dead, and still refers to an owner")]
    public void A_leak_is_found_in_a_soak(string name, string words)
    {
        var (wrong, create) = Maker(WrongRuns.Find(name));
        var found = Assert.Single(new SoakCheck(new CheckContext(wrong.Subject, create, [Dialect.Amended], 1)).Run(3).Failures);
        Assert.Equal(FindingKind.NotAtRest, found.Kind);
        Assert.Contains(words, found.Message, StringComparison.Ordinal);
    }

    // Its answers are right: only at rest it shows.
    [Fact]
    public void A_schedule_that_leaves_a_leak_is_shown_and_replayed()
    {
        var engine = new ScheduleEngine(WrongRuns.Maker(WrongRuns.Find("counts-no-refusal"), WrongCompiler.CoroutineType));
        var program = ProgramParser.ParseOne("perfmodel 1\np = Open(task 0, period 1, enabled)\nt = Open(task 0)\nthread A\n  SetStopper(p, t)\nthread B\n  SetStopper(p, t)\nend\n", "race");
        var found = engine.Explore(program, Dialect.Amended, new ScheduleBudget(1_000)).Finding;
        Assert.Equal(FindingKind.NotAtRest, found!.Kind);
        Assert.Equal(found.Message, engine.Replay(found.Saved).Finding?.Message);
        var page = found.Page();
        foreach (var part in (string[])["no rule : speaks of this", "at rest : handle", "1 entries are dead, and 0 were counted", "interleaving :"])
            Assert.True(page.Contains(part, StringComparison.Ordinal), $"{part}:\n{page}");
    }

    private static WrongSubject Edited(string name, Func<WrongSubject, WrongSubject> edit) => edit(WrongRuns.Find(name));

    private static (WrongSubject Wrong, Func<Declaration, ISubject> Create) Maker(WrongSubject wrong) =>
        (wrong, new WrongTrial(wrong, WrongCompiler.Compile(wrong, WrongRuns.NewFolder())).Maker(WrongCompiler.InspectedType));
}
