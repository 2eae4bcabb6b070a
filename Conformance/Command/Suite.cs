// The checks of a run, in order, each with its budget.
using System.Collections.Immutable;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Scheduled;
using PerfModel.Conformance.Spec;

namespace PerfModel.Conformance.Command;

/// <summary>The names of the checks, and what each can speak for.</summary>
internal static class CheckNames
{
    /// <summary>In the order in which they run.</summary>
    public static ImmutableArray<string> All { get; } = [RulesCheck.Name, RandomCheck.Name, ScheduledCheck.Name, StressCheck.Name];

    /// <summary>Reads a list separated by commas; null is all.</summary>
    public static ImmutableArray<string> Parse(string? list)
    {
        if (list is null) return All;
        var names = list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.FirstOrDefault(name => !All.Contains(name)) is { } unknown) throw new UsageException($"there is no check '{Text.OperationParser.Short(unknown)}'; there are {string.Join(", ", All)}");
        return names.Length > 0 ? [.. All.Intersect(names)] : throw new UsageException("--checks names none");
    }

    /// <summary>The checks that can speak for a rule, known without running them: chapter 7 needs threads, the examples name their rules.</summary>
    public static ImmutableArray<string> ThatSpeakFor(SpecRule rule) => rule switch
    {
        { Untested: not null } => [],
        { Id.Chapter: 7 } => [ScheduledCheck.Name, StressCheck.Name],
        _ => [.. Examples.Of(rule.Id).Any(example => example.History.IsDefault) ? [RulesCheck.Name] : ImmutableArray<string>.Empty, RandomCheck.Name, ScheduledCheck.Name, StressCheck.Name],
    };
}

/// <summary>Runs the checks that were asked for.</summary>
internal static class Suite
{
    // What makes a run of all checks, in both dialects, end within a minute on two cores.
    private const long Sequences = 20_000;
    private const long Schedules = 4_000;
    private const long Rounds = 40_000;

    public static RunReport Run(RunTerms terms, CancellationToken end)
    {
        var subject = Catalogue.Prepare(terms.Subject);
        var context = new CheckContext(terms.Subject, subject.Create, terms.Dialects, terms.Seed) { Progress = Output.Progress, Cancelled = end };
        var reports = ImmutableArray.CreateBuilder<CheckReport>();
        foreach (var name in CheckNames.All)
        {
            var reason = !terms.Checks.Contains(name) ? "not asked for"
                : terms.Rule is not null && name != RulesCheck.Name ? "a rule was named: its examples run"
                : !terms.Profiles.Contains(Profile.Concurrency) && name is ScheduledCheck.Name or StressCheck.Name && !terms.Profiles.Contains(Profile.Concurrency) ? "the subject does not claim +concurrency"
                : terms.FailFast && reports.Any(report => report.Verdict == Verdict.Fail) ? "an earlier check failed"
                : end.IsCancellationRequested ? "the run was ended before" : null;
            reports.Add(reason is null ? RunOne(name, terms, context, subject) : new CheckReport(name, Verdict.NotRun) { Remark = reason });
        }

        var complete = terms.Rule is null && terms.Checks.Length == CheckNames.All.Length && terms.Dialects.Length == 2 && !end.IsCancellationRequested && terms.Iterations is null;
        return RunReport.Of(terms.Subject, terms.Dialects, terms.Seed, reports.ToImmutable(), terms.Profiles, complete);
    }

    private static CheckReport RunOne(string name, RunTerms terms, CheckContext context, ReadySubject subject)
    {
        switch (name)
        {
            case RulesCheck.Name:
                return RulesCheck.Run(context, terms.Rule);
            case RandomCheck.Name:
                return RandomCheck.Run(context, terms.Iterations ?? (terms.Seconds is null ? Sequences : long.MaxValue / 4));
            case ScheduledCheck.Name:
                try
                {
                    using var explorer = subject.Explorer();
                    return new ScheduledCheck(context, explorer).Run(terms.Iterations ?? Schedules);
                }
                catch (ScheduledChildException e)
                {
                    return new CheckReport(name, Verdict.Unknown) { Remark = e.Message.ReplaceLineEndings(" ") };
                }

            default:
                return new StressCheck(context).Run(terms.Iterations ?? Rounds);
        }
    }
}
