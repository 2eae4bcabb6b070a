// Every wrong subject is caught by each check that its edit names, in time, with its words and its rules; and the matrix of Conformance/README.md is true.
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Tests.Docs;
using PerfModel.Conformance.Text;
using PerfModel.Conformance.Wrong;
using PerfModel.Model;
using Xunit;
using Xunit.Abstractions;

namespace PerfModel.Conformance.Tests;

public class MatrixTests(ITestOutputHelper output)
{
    public static TheoryData<string, string> Catches => Caught(check => check is not (SchedulePlan.Coyote or EnumerationCheck.Name), of: (wrong, check) => !IsSecond(wrong, check));

    // The examples of a mistake that random sequences show too.
    public static TheoryData<string, string> SecondCatches => Caught(check => check == RulesCheck.Name, of: IsSecond);

    // What takes more than all programs of three calls is asked of `enumerate` by .ci/run: it knows in which universe.
    public static TheoryData<string, string> Enumerated => Caught(check => check == EnumerationCheck.Name, 2_000_000);

    public static TheoryData<string> CatchesOfTheScheduler => [.. WrongSubject.All.Where(wrong => wrong.Catches.Any(caught => caught.Check == SchedulePlan.Coyote)).Select(wrong => wrong.Name)];

    public static TheoryData<string> CatchesOfCoyote => [.. Part.OfThisCommit(WrongSubject.All.Where(wrong => wrong.Catches.Any(caught => caught.Check == SchedulePlan.Coyote)).Select(wrong => wrong.Name))];

    public static TheoryData<string> InBoth => [.. WrongSubject.All.Where(wrong => wrong.Dialect is null && wrong.Catches.Any(caught => caught.Check == RandomCheck.Name)).Select(wrong => wrong.Name)];

    public static TheoryData<string> Sequential => [.. WrongSubject.All.Where(wrong => wrong.Catches.Any(caught => caught.Check == RandomCheck.Name)).Select(wrong => wrong.Name)];

    [Theory]
    [MemberData(nameof(Catches))]
    [LongMemberData(nameof(SecondCatches))]
    public void It_is_caught_in_time_with_these_words(string name, string check)
    {
        var wrong = WrongRuns.Find(name);
        var promise = wrong.Catches.Single(caught => caught.Check == check);
        var report = WrongRuns.Report(wrong, check);
        output.WriteLine($"seed {WrongRuns.Seed}, {report.Iterations} iterations");
        IsAsPromised(wrong, promise, report);
    }

    // No scenario has been made for these.
    [LongTheory]
    [MemberData(nameof(Enumerated))]
    public void It_is_found_by_enumeration(string name, string check) => It_is_caught_in_time_with_these_words(name, check);

    [LongTheory]
    [MemberData(nameof(CatchesOfCoyote))]
    public void Its_race_is_caught_in_time_with_these_words(string name) => It_is_caught_in_time_with_these_words(name, SchedulePlan.Coyote);

    // What Coyote finds by luck, our own engine finds because it leaves nothing out.
    [Theory]
    [MemberData(nameof(CatchesOfTheScheduler))]
    public void Its_race_is_found_among_all_schedules(string name)
    {
        var wrong = WrongRuns.Find(name);
        var report = WrongRuns.Report(wrong, SchedulePlan.Schedules);
        // Or its structures are broken before an answer is.
        Assert.True(report.Failures.Any(failure => failure.Kind == FindingKind.NotAtRest || wrong.Breaks.Any(failure.Rules.Contains)), $"{report.Verdict.Word()} in {report.Iterations}; {report.Remark}");
    }

    [LongTheory]
    [MemberData(nameof(InBoth))]
    public void It_is_caught_in_the_other_dialect_too(string name)
    {
        var wrong = WrongRuns.Find(name);
        foreach (var promise in wrong.Catches.Where(caught => caught.Check is not (SchedulePlan.Coyote or EnumerationCheck.Name)))
            IsAsPromised(wrong, promise, WrongRuns.Run(wrong, promise.Check, WrongRuns.Context(wrong, Dialect.Amended)));
    }

    [Theory]
    [MemberData(nameof(Sequential))]
    public void Its_sequence_is_shrunk_to_what_matters(string name)
    {
        var wrong = WrongRuns.Find(name);
        var failure = WrongRuns.Report(wrong, RandomCheck.Name).Failures[0];
        Assert.InRange(failure.Saved.Setup.Count(line => !line.Operation.IsRead), 1, wrong.Operations);

        var saved = ProgramParser.ParseOne(failure.Saved.ToString(), "saved");
        Assert.NotNull(Sequence.Compare(saved, saved.Declaration, WrongRuns.Context(wrong, wrong.Dialect ?? Dialect.Patch2011).Create(saved.Declaration)).Mismatch);
    }

    // Beside what the edits promise, it says what else catches each subject: that is most of the time.
    [LongFact]
    public void The_matrix_in_the_README_is_true() =>
        GeneratedText.Holds(Repository.PathOf("Conformance", "README.md"), "matrix", WrongRuns.Matrix());

    private static TheoryData<string, string> Caught(Func<string, bool> by, long within = long.MaxValue, Func<WrongSubject, string, bool>? of = null)
    {
        var data = new TheoryData<string, string>();
        foreach (var wrong in WrongSubject.All)
            foreach (var caught in wrong.Catches.Where(caught => by(caught.Check) && caught.Within <= within && of?.Invoke(wrong, caught.Check) != false)) data.Add(wrong.Name, caught.Check);
        return data;
    }

    private static bool IsSecond(WrongSubject wrong, string check) => check == RulesCheck.Name && wrong.Catches.Any(caught => caught.Check == RandomCheck.Name);

    private static void IsAsPromised(WrongSubject wrong, Catch promise, CheckReport report)
    {
        Assert.True(report.Verdict == Checks.RuleVerdict.Fail, $"wrong:{wrong.Name} is {report.Verdict.Word()} in {report.Iterations} of {promise.Check}; {report.Remark}");
        Assert.Null(report.Remark);
        Assert.InRange(report.Failures.Min(failure => failure.FoundAfter), 1, promise.Within);
        var telling = report.Failures.Where(failure => failure.Page().Contains(promise.Words, StringComparison.Ordinal)).ToList();
        Assert.True(telling.Count > 0, $"no page says '{promise.Words}':\n{string.Join("\n", report.Failures.Select(failure => failure.Page()))}");
        if (wrong.Kind == WrongSubject.Leak) Assert.Contains(telling, failure => failure.Kind == FindingKind.NotAtRest);
        else Assert.True(telling.Any(failure => wrong.Breaks.Any(failure.Rules.Contains)), $"none of {string.Join(", ", wrong.Breaks)} is in play:\n{string.Join("\n", telling.Select(failure => failure.Page()))}");
        Assert.All(report.Failures, failure => Assert.Equal(($"wrong:{wrong.Name}", promise.Check), (failure.Saved.Subject, failure.Saved.Check)));
    }
}
