// The checks of a run, in order, each with its budget.
using System.Collections.Immutable;
using System.Diagnostics;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Spec;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>The names of the checks, and what each can speak for.</summary>
internal static class CheckNames
{
    /// <summary>In the order in which they run.</summary>
    public static ImmutableArray<string> All { get; } = [RulesCheck.Name, RandomCheck.Name, SchedulePlan.Schedules, EnumerationCheck.Name, SchedulePlan.Coyote, StressCheck.Name, SoakCheck.Name];

    /// <summary>Those that run if nobody says which: a soak is for who has the time.</summary>
    public static ImmutableArray<string> Usual { get; } = [.. All.Where(name => name != SoakCheck.Name)];

    /// <summary>The same with a line on each.</summary>
    public static ImmutableArray<Named> Entries { get; } =
    [
        new(RulesCheck.Name, "the readable examples of SPEC.md's chapters"),
        new(RandomCheck.Name, "sequences by FsCheck beside the model, shrunk"),
        new(SchedulePlan.Schedules, "every scenario, and drawn programs, in every schedule of our own engine"),
        new(EnumerationCheck.Name, "every program of two calls, and some of three, over the universes, in every schedule of our own engine"),
        new(SchedulePlan.Coyote, "scenarios and drawn programs under Coyote's schedules"),
        new(StressCheck.Name, "the same on real threads"),
        new(SoakCheck.Name, "a mixed load on real threads, and its books at rest; with --seconds or --checks soak"),
    ];
}

/// <summary>Runs the checks that were asked for.</summary>
internal sealed class Suite
{
    // Where no other scheduler has seen every schedule, Coyote's are worth more.
    private const long OfCoyote = 1_500, OfCoyoteAlone = 8_000;

    // How --seconds is shared. The examples end by themselves.
    private static readonly ImmutableDictionary<string, double> Shares = ImmutableDictionary<string, double>.Empty
        .Add(RulesCheck.Name, 1).Add(RandomCheck.Name, 1).Add(SchedulePlan.Schedules, 2).Add(EnumerationCheck.Name, 2).Add(SchedulePlan.Coyote, 2).Add(StressCheck.Name, 1).Add(SoakCheck.Name, 4);

    private readonly RunOptions _terms;
    private readonly ReadySubject _subject;
    private readonly CancellationToken _interrupted;
    private readonly Dictionary<(Text.Program, Dialect), ImmutableArray<OutcomeCount>> _complete = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    private Suite(RunOptions terms, ReadySubject subject, CancellationToken interrupted) => (_terms, _subject, _interrupted) = (terms, subject, interrupted);

    /// <summary>Runs them, one after the other.</summary>
    /// <exception cref="UsageException">There is no place for what a check must write.</exception>
    public static RunReport Run(RunOptions terms, ReadySubject subject, CancellationToken interrupted)
    {
        var suite = new Suite(terms, subject, interrupted);
        // Before the run: when the other checks have ended is too late to say so.
        if (suite.WhyNot(SchedulePlan.Coyote, []) is null) ArtifactStore.NewFolder("rewritten");
        return suite.Run();
    }

    private RunReport Run()
    {
        var reports = ImmutableArray.CreateBuilder<CheckReport>();
        foreach (var name in CheckNames.All)
        {
            if (_interrupted.IsCancellationRequested) reports.Add(new CheckReport(name, RuleVerdict.Unknown) { Remark = "interrupted" });
            else if (WhyNot(name, reports) is { } reason) reports.Add(new CheckReport(name, RuleVerdict.NotRun) { Remark = reason });
            else reports.Add(RunOne(name));
        }

        // What --fail-fast left out was not run, and is not unknown.
        var complete = !(_terms.FailFast && reports.Any(report => report.Verdict == RuleVerdict.Fail)) && _terms.Rule is null && CheckNames.Usual.All(_terms.Checks.Contains) && _terms.Iterations is null && _terms.Seconds is null
            && reports.All(report => report.Skipped is null);
        return RunReport.Of(_terms.Subject, _terms.Dialects, _terms.Seed, reports.ToImmutable(), _terms.Profiles, complete && !_interrupted.IsCancellationRequested, asksForLess: _terms.Less is not null);
    }

    /// <summary>Why a check is left out on purpose, or null.</summary>
    private string? WhyNot(string name, IEnumerable<CheckReport> before) =>
        name == SoakCheck.Name && !_terms.Checks.Contains(name) ? "runs with --seconds or --checks soak"
        : !_terms.Checks.Contains(name) ? "not asked for"
        : _terms.Rule is not null && name != RulesCheck.Name ? "a rule was named: its examples run"
        : name is SchedulePlan.Schedules or EnumerationCheck.Name or SchedulePlan.Coyote or StressCheck.Name or SoakCheck.Name && !_terms.Profiles.Contains(Profile.Concurrency) ? "the subject does not claim +concurrency"
        : name is SchedulePlan.Schedules or EnumerationCheck.Name && !_subject.IsHooked ? "its accesses to shared state do not come to our scheduler"
        : name == SoakCheck.Name && _subject.Apart is { IsRemote: true } ? "calls come to an adapter one at a time"
        : name == SchedulePlan.Coyote && _subject.Target is null ? "it is no assembly of .NET, which Coyote rewrites"
        : _terms.FailFast && before.Any(report => report.Verdict == RuleVerdict.Fail) ? "an earlier check failed"
        : null;

    private CheckReport RunOne(string name)
    {
        if (_terms.Seconds is not { } seconds || name == RulesCheck.Name) return RunFor(name, _terms.Dialects, null);
        // Time is shared among the dialects too; a number of iterations is per dialect anyhow.
        var share = TimeFor(name, seconds) / _terms.Dialects.Length;
        return _terms.Dialects.Select(dialect => RunFor(name, [dialect], share)).Aggregate(Together);
    }

    private CheckReport RunFor(string name, ImmutableArray<Dialect> dialects, TimeSpan? time)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_interrupted);
        if (time is not null) end.CancelAfter(time.Value);
        var context = new CheckContext(_terms.Subject, _subject.Create, dialects, _terms.Seed)
        {
            Inheritance = _terms.Profiles.Contains(Profile.Inheritance),
            Progress = Output.Progress,
            Cancelled = end.Token,
        };
        var report = Perform(name, context);
        // A part that found nothing is not the whole: after Ctrl-C nobody knows; with --seconds a part is what was asked for.
        return !end.IsCancellationRequested || report.Verdict == RuleVerdict.Fail ? report
            : _interrupted.IsCancellationRequested ? report with { Verdict = RuleVerdict.Unknown, Remark = "interrupted" }
            : report.Verdict == RuleVerdict.NotRun ? report with { Verdict = RuleVerdict.Unknown, Remark = "out of time before anything of it was finished" }
            : report;
    }

    private static CheckReport Together(CheckReport one, CheckReport other) => new(one.Name, Worse(one.Verdict, other.Verdict))
    {
        Iterations = one.Iterations + other.Iterations,
        Operations = one.Operations + other.Operations,
        Failures = [.. one.Failures, .. other.Failures],
        Spoke = one.Spoke | other.Spoke,
        Remark = one.Remark ?? other.Remark,
    };

    private static RuleVerdict Worse(RuleVerdict one, RuleVerdict other) =>
        one == RuleVerdict.Fail || other == RuleVerdict.Fail ? RuleVerdict.Fail : one == RuleVerdict.Unknown || other == RuleVerdict.Unknown ? RuleVerdict.Unknown : one;

    private CheckReport Perform(string name, CheckContext context)
    {
        var iterations = _terms.Iterations ?? (_terms.Seconds is null ? null : Grammar.MostIterations);
        if (name == SchedulePlan.Coyote) return Coyote(context, iterations ?? (_subject.Hooked is null ? OfCoyoteAlone : OfCoyote));
        if (_subject.Apart is { } apart) return apart.Check(name, context, iterations, _terms.Rule);
        var runner = new CheckRunner(context, _subject.Hooked);
        var report = runner.Run(name, iterations, _terms.Rule);
        foreach (var (program, outcomes) in runner.Complete) _complete[program] = outcomes;
        return report;
    }

    private CheckReport Coyote(CheckContext context, long schedules)
    {
        try
        {
            using var explorer = _subject.Explorer(context.Cancelled);
            return new ProgramsCheck(context, explorer, SchedulePlan.Drawn) { Known = _complete }.Run(schedules);
        }
        catch (SubjectException e)
        {
            return new CheckReport(SchedulePlan.Coyote, RuleVerdict.Unknown) { Remark = e.Message.ReplaceLineEndings(" ") };
        }
    }

    // Its share of the time that is left, among the checks that are still to come.
    private TimeSpan TimeFor(string name, long seconds)
    {
        var left = TimeSpan.FromSeconds(seconds) - _clock.Elapsed;
        var coming = CheckNames.All.SkipWhile(check => check != name).Where(check => WhyNot(check, []) is null).Sum(check => Shares[check]);
        return left > TimeSpan.Zero ? left * (Shares[name] / coming) : TimeSpan.Zero;
    }
}
