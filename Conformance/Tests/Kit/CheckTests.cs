// The checks pass what is right, fail what throws, and say the same twice.
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Locked;
using PerfModel.Model;
using Xunit;
using Xunit.Abstractions;

namespace PerfModel.Conformance.Tests;

public class CheckTests(ITestOutputHelper output)
{
    private const ulong Seed = 7;

    internal static readonly Dialect[] Dialects = Enum.GetValues<Dialect>();

    [Theory]
    [InlineData("lockfree")]
    [LongInlineData("locked")]
    [LongInlineData("model")]
    public void A_right_subject_passes_the_examples(string name)
    {
        var report = RulesCheck.Run(Context(name));
        Passes(report);
        Assert.Equal(Spec.Examples.Sequences.Sum(example => example.Dialects.Length), report.Iterations);
    }

    [Theory]
    [InlineData("lockfree")]
    [InlineData("locked")]
    [InlineData("model")]
    public void A_right_subject_passes_random_sequences(string name)
    {
        var report = RandomCheck.Run(Context(name), 1500);
        Passes(report);
        Assert.Equal(Dialects.Length * 1500, report.Iterations);
    }

    [Fact]
    public void The_same_seed_says_the_same_twice_and_another_does_not()
    {
        Assert.Equal(Told(RandomCheck.Run(Context("locked"), 700)), Told(RandomCheck.Run(Context("locked"), 700)));
        Assert.Equal(Told(RandomCheck.Run(Context("forgetful"), 700)), Told(RandomCheck.Run(Context("forgetful"), 700)));
        Assert.NotEqual(RandomCheck.Run(Context("locked"), 700).Operations, RandomCheck.Run(Context("locked") with { Seed = 8 }, 700).Operations);
    }

    [Fact]
    public void A_subject_that_throws_fails_with_what_it_threw()
    {
        var report = RandomCheck.Run(Context("throws"), 100);
        Assert.Equal(RuleVerdict.Fail, report.Verdict);
        Assert.All(report.Failures, failure => Assert.Contains("threw NotSupportedException: not today", failure.Page(), StringComparison.Ordinal));
        Assert.All(report.Failures, failure => Assert.Equal("Throttle", failure.Saved.Setup[^1].Operation.Verb));

        var stressed = new StressCheck(Context("throws")).Run(500);
        Assert.Equal(RuleVerdict.Fail, stressed.Verdict);
        Assert.All(stressed.Failures, failure => Assert.Contains("not today", failure.Page(), StringComparison.Ordinal));
    }

    // Whatever the budget: a run for an hour has no end that it knows of.
    [Fact]
    public void Crowds_come_in_a_run_that_is_ended_by_somebody_else()
    {
        var crowds = 0;
        using var end = new CancellationTokenSource();
        var context = new CheckContext("model", declaration =>
        {
            if (declaration.Handles > 24) crowds++;
            return new ModelSubject(declaration);
        }, [Dialect.Amended], Seed) { Cancelled = end.Token, Progress = (_, done, _) => { if (done >= 5_000) end.Cancel(); } };
        Passes(RandomCheck.Run(context, long.MaxValue / 2));
        // Of fifty some have a trigger with a crowd of targets, the others a place with many lives.
        Assert.InRange(crowds, 10, 50);
    }

    // A run makes a hundred thousand: of those that own threads, none may be left.
    [Fact]
    public void A_system_is_disposed_when_its_program_is_over()
    {
        Owner.Alive = 0;
        foreach (var report in (CheckReport[])[RandomCheck.Run(Context("owner"), 200), new StressCheck(Context("owner")).Run(200), new SoakCheck(Context("owner")).Run(1)])
        {
            Passes(report with { Spoke = RuleSet.Of(1_01) });
            Assert.Equal(0, Owner.Alive);
        }
    }

    [Fact]
    public void A_failure_is_saved_such_that_it_fails_again()
    {
        foreach (var failure in RandomCheck.Run(Context("forgetful"), 700).Failures)
        {
            var saved = ProgramParser.ParseOne(failure.Saved.ToString(), "saved");
            Assert.Equal(("forgetful", RandomCheck.Name, failure.Dialect), (saved.Subject, saved.Check, saved.Dialect));
            Assert.NotNull(Sequence.Compare(saved, saved.Declaration, Create("forgetful")(saved.Declaration)).Mismatch);
            Assert.Null(Sequence.Compare(saved, saved.Declaration, Create("model")(saved.Declaration)).Mismatch);
        }
    }

    [Theory]
    [InlineData("twin")]
    [InlineData("forgetful")]
    public void The_dialects_at_once_come_to_what_they_come_to_one_after_the_other(string name)
    {
        var engine = new ScheduleEngine(Create(name));
        CheckReport Run(IEngine runs) => new ProgramsCheck(Context(name), runs, SchedulePlan.Every).Run(9_000);
        var report = Run(engine);
        Assert.Equal(name == "forgetful" ? Dialects.Length : 0, report.Failures.Length);
        // What a finding stopped has not overrun its budget.
        if (name == "forgetful") Assert.Null(report.Remark);
        Assert.Equal(Told(Run(new WrongRuns.Sighted(engine))), Told(report));
    }

    // Whichever of the two is wrong, it is not the subject; and it is not passed over.
    [Fact]
    public void An_outcome_that_every_schedule_lacks_is_a_finding()
    {
        var every = new ProgramsCheck(Context("model"), new Claims("A: ok | B: EBADF", "A: EBADF | B: ok"), SchedulePlan.Every);
        Assert.Equal(RuleVerdict.Pass, every.Run(100).Verdict);
        Assert.NotEmpty(every.Complete);

        CheckReport Second(params string[] outcomes) => new ProgramsCheck(Context("model"), new Claims(outcomes), SchedulePlan.Drawn) { Known = every.Complete }.Run(100);
        Assert.Equal(RuleVerdict.Pass, Second("A: ok | B: EBADF").Verdict);
        var report = Second("A: ok | B: EBADF", "A: ok | B: ok");
        Assert.Equal(RuleVerdict.Fail, report.Verdict);
        Assert.All(report.Failures, failure => Assert.Equal(FindingKind.ForbiddenOutcome, failure.Kind));
        Assert.Contains(
            "outcome : coyote saw an outcome that none of all schedules has: one of the two schedulers is wrong, and not the subject: A: ok | B: ok",
            Words(report.Failures[0].Page()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_is_ended_before_it_began_says_that_it_did_not_run()
    {
        var context = Context("model") with { Cancelled = new CancellationToken(canceled: true) };
        Assert.Equal(RuleVerdict.NotRun, RulesCheck.Run(context).Verdict);
        Assert.Equal(RuleVerdict.NotRun, RandomCheck.Run(context, 100).Verdict);
        Assert.Equal(RuleVerdict.NotRun, new StressCheck(context).Run(100).Verdict);
    }

    [Fact]
    public void One_rule_is_checked_by_its_own_examples()
    {
        var report = RulesCheck.Run(Context("model"), new RuleId(2, 4));
        Passes(report);
        Assert.Equal(Spec.Examples.Sequences.Where(example => example.Rules.Contains(new RuleId(2, 4))).Sum(example => example.Dialects.Length), report.Iterations);
        Assert.Equal(RuleVerdict.NotRun, RulesCheck.Run(Context("model"), new RuleId(7, 13)).Verdict);
    }

    private void Passes(CheckReport report) => Passes(report, output);

    internal static void Passes(CheckReport report, ITestOutputHelper output)
    {
        output.WriteLine($"seed {Seed}: {report.Name}, {report.Iterations} iterations, {report.Operations} operations");
        Assert.True(report.Verdict == RuleVerdict.Pass, report.Remark ?? string.Join("\n\n", report.Failures.Select(failure => failure.Page())));
        Assert.False(report.Spoke.IsEmpty);
    }

    private static string Told(CheckReport report)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{report.Name} {report.Verdict} {report.Iterations} {report.Operations} {report.Spoke} {report.Remark}\n"));
        foreach (var failure in report.Failures)
            text.AppendLine(CultureInfo.InvariantCulture, $"{failure.Dialect} {failure.Rules} {failure.FoundAfter}\n{failure.Page()}\n{failure.Saved}");
        return text.ToString();
    }

    internal static CheckContext Context(string subject) => new(subject, Create(subject), [.. Dialects], Seed);

    private static Func<Declaration, ISubject> Create(string name) => name switch
    {
        "lockfree" => declaration => new LockFreeSubject(declaration),
        "twin" => declaration => new Twin.CoroutineSubject(declaration),
        "locked" => declaration => new LockedSubject(declaration),
        "model" => declaration => new ModelSubject(declaration),
        "owner" => declaration => new Owner(declaration),
        "forgetful" => declaration => new Changed(declaration, operation => operation is not Operation.ScheduleOut, Result.Ok),
        _ => declaration => new Changed(declaration, operation => operation is not Operation.Throttle, null),
    };

    private static string Words(string page) => string.Join(' ', page.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>An engine that says of every program that it has these outcomes, and that they are all.</summary>
    private sealed class Claims(params string[] outcomes) : IEngine
    {
        public ExplorationReport Explore(Program program, Dialect dialect, ScheduleBudget budget) =>
            new() { Schedules = outcomes.Length, Exhaustive = true, Outcomes = [.. outcomes.Select(text => new OutcomeCount(text, 1, Verdict.Conforms))] };

        public ExplorationReport Replay(Program saved) => throw new NotSupportedException("there is no schedule to run again");

        public ImmutableArray<string> BlindTo(ulong seed) => [];
    }

    /// <summary>The model, which is to be disposed, and has something to say of it.</summary>
    private sealed class Owner : ISubject, IDisposable
    {
        private readonly ModelSubject _model;

        public Owner(Declaration declaration)
        {
            _model = new ModelSubject(declaration);
            Interlocked.Increment(ref Alive);
        }

        public static int Alive;

        public Result Apply(Operation operation) => _model.Apply(operation);

        public void Dispose()
        {
            Interlocked.Decrement(ref Alive);
            throw new NotSupportedException("nobody's verdict");
        }
    }

    /// <summary>The model, but for some operations: it answers them and does nothing, or it throws.</summary>
    private sealed class Changed(Declaration declaration, Func<Operation, bool> does, Result? answer) : ISubject
    {
        private readonly ModelSubject _model = new(declaration);

        public Result Apply(Operation operation) =>
            does(operation) ? _model.Apply(operation) : answer ?? throw new NotSupportedException("not today");
    }
}
