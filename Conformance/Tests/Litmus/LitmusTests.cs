// Litmus tests: what they list is what the model says; the shipped library shows nothing forbidden; and the runner sees what is there to see.
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Litmus;
using PerfModel.Conformance.Subjects;
using Xunit;

namespace PerfModel.Conformance.Tests.Litmus;

[Collection(nameof(Alone))]
public sealed class LitmusTests
{
    private const ulong Seed = 1;

    // So many of each take a few seconds together; the continuous run has more.
    private const long Few = 1_000;

    // A busy machine has the two threads overlap now and then only.
    private const long Many = 300_000;

    // So many times that, where nothing shows that they met: a machine with much else to do lets them meet seldom.
    private const int Patience = 12;

    public static TheoryData<string> Names => [.. LockFreeLitmus.All.Select(test => test.Name)];

    public static TheoryData<string> Programs => [.. LockFreeLitmus.All.Where(test => test.Program is not null).Select(test => test.Name)];

    [Theory]
    [MemberData(nameof(Programs))]
    public void What_is_listed_as_allowed_is_what_the_model_allows(string name)
    {
        var test = Find(name);
        var model = Outcomes.Of(test.Program!, test.Program!.Dialect ?? PerfModel.Model.Dialect.Patch2011, Budget.Default);
        Assert.True(model.Complete);
        Assert.Equal(model.All.Keys.Order(StringComparer.Ordinal), test.Outcomes.Where(outcome => outcome.Class == LitmusClass.Allowed).Select(outcome => outcome.Outcome).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_lists_each_outcome_once_and_something_that_must_not_be_seen(string name)
    {
        var test = Find(name);
        Assert.Equal(test.Outcomes.Length, test.Outcomes.Select(outcome => outcome.Outcome).Distinct().Count());
        Assert.Contains(test.Outcomes, outcome => outcome.Class == (test.Rows.IsEmpty ? LitmusClass.Required : LitmusClass.Forbidden));
        Assert.All(test.Outcomes, outcome => Assert.Matches("[^ ]", outcome.Because));
        Assert.Equal(test.Rows.IsEmpty, test.Rules.IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_forbidden_is_seen_of_the_shipped_library(string name)
    {
        var report = LitmusRunner.Run(Find(name), declaration => new LockFreeSubject(declaration), Few, Seed);
        Assert.Equal(Few, report.Iterations);
        Assert.Equal(Few, report.Counts.Sum(count => count.Count));
        Assert.True(!report.Forbidden.Any(), LitmusPage.Of(report, "lockfree"));
    }

    [Fact]
    public void Store_buffering_is_seen()
    {
        var report = Enumerable.Range(1, 30 * Patience).Select(Control).FirstOrDefault(one => one.Verdict == Verdict.Conforms) ?? Control(0);
        Assert.Equal(Verdict.Conforms, report.Verdict);
        Assert.Contains(report.Counts, count => count is { Outcome.Outcome: "A: 0 | B: 0", Count: > 0 });
    }

    [Theory]
    [InlineData("two-claims", "tests-then-claims", "both were told Ok")]
    [InlineData("visit-vs-tick", "stores-the-gate-back", "the count was lost: the visit stored what it had loaded before")]
    [InlineData("busy-then-fire", "claims-before-publishing", "the slot was claimed before the link was published")]
    [InlineData("lost-claim", "acts-on-every-entry", "q lost, and its overflow acted on what it had laid into its table")]
    [InlineData("same-claim", "lost-claim-is-busy", "the claim that was overtaken did not look whose the slot is")]
    public void A_wrong_subject_shows_what_is_forbidden(string name, string wrong, string words)
    {
        var test = Find(name);
        var context = WrongRuns.Context(WrongRuns.Find(wrong), PerfModel.Model.Dialect.Patch2011);
        var report = LitmusRunner.Run(test, context.Create, Many, Seed, untilForbidden: true);
        for (var time = 1; time < Patience && report.Verdict != Verdict.Violates && Control(time).Verdict != Verdict.Conforms; time++)
            report = LitmusRunner.Run(test, context.Create, Many, Seed + (ulong)time, untilForbidden: true);
        Assert.Equal(Verdict.Violates, report.Verdict);
        var page = LitmusPage.Of(report, context.Subject);
        foreach (var part in (string[])[words, $"litmus, wrong:{wrong}", $"{string.Join(", ", test.Rows)} of Implementation/MEMORY-ORDERING.md", $"rules in play: {string.Join(", ", test.Rules)}", " times\n"])
            Assert.Contains(part, page, StringComparison.Ordinal);
        Assert.Contains("  forbidden  ", LitmusPage.Histogram(report), StringComparison.Ordinal);
    }

    [Fact]
    public void What_throws_and_what_nobody_thought_of_is_forbidden()
    {
        var report = LitmusRunner.Run(Find("two-claims"), _ => new Thrower(), 10, Seed);
        Assert.Equal(Verdict.Violates, report.Verdict);
        Assert.Equal(["threw InvalidTimeZoneException: not today"], report.Forbidden.Select(count => count.Outcome.Outcome));
        Assert.Contains("no order of steps gives this", LitmusPage.Of(report, "thrower"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_had_to_be_seen_and_was_not_makes_it_inconclusive()
    {
        var test = Find("tick-vs-tick");
        var report = LitmusRunner.Run(test with { Outcomes = [.. test.Outcomes, new LitmusOutcome("A: - | B: -", LitmusClass.Required, "never")] }, declaration => new LockFreeSubject(declaration), 10, Seed);
        Assert.Equal(Verdict.Inconclusive, report.Verdict);
        Assert.Contains("never seen : A: - | B: -", LitmusPage.Of(report, "lockfree"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("perfmodel 1\ntitle t\nend\n", "litmus x: one line 'rows M1, …' is needed before the program")]
    [InlineData("rows M1\n", "litmus x: a program from 'perfmodel 1' to 'end' is needed")]
    [InlineData("rows M1\nperfmodel 1\nt = Open(task 0)\nend\n", "litmus x: a title is needed")]
    [InlineData("rows M1\nperfmodel 1\ntitle t\nt = Open(task 0)\nend\nallowed A: ok\n", "litmus x: expected 'allowed OUTCOME -- why' or 'forbidden OUTCOME -- why', not 'allowed A: ok'")]
    [InlineData("rows M1\nperfmodel 1\ntitle t\nt = Open(task 0)\nend\nperhaps A: ok -- why\n", "litmus x: expected 'allowed OUTCOME -- why' or 'forbidden OUTCOME -- why', not 'perhaps A: ok -- why'")]
    public void A_malformed_file_is_refused(string text, string message) => Assert.Equal(message, Assert.Throws<FormatException>(() => LitmusTest.Parse("x", text)).Message);

    // What shows that the machine lets two threads meet.
    private static LitmusReport Control(int time) =>
        LitmusRunner.Run(Find("store-buffering"), _ => throw new NotSupportedException("there is no subject"), 10_000, Seed + (ulong)time);

    private static LitmusTest Find(string name) => LockFreeLitmus.All.Single(test => test.Name == name);

    // It opens what the setup asks for, and claims nothing.
    private sealed class Thrower : ISubject
    {
        public PerfModel.Model.Result Apply(PerfModel.Model.Operation operation) =>
            operation is PerfModel.Model.Operation.SetLink ? throw new InvalidTimeZoneException("not today") : PerfModel.Model.Result.Ok;
    }
}
