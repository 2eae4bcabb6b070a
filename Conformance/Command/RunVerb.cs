// run: the conformance of a subject. The checks one after the other, then a table of rules, the failures' pages, and the verdict.
using System.Collections.Immutable;
using System.Diagnostics;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Command.Reports;
using PerfModel.Conformance.Spec;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>What the user asked of run.</summary>
internal sealed record RunOptions(
    string Subject, ImmutableArray<Dialect> Dialects, IReadOnlySet<Profile> Profiles, RuleId? Rule, ImmutableArray<string>? Asked,
    long? Iterations, long? Seconds, ulong Seed, bool FailFast, ChildLimits Foreign)
{
    /// <summary>The checks that run: a soak is for those who have the time.</summary>
    public ImmutableArray<string> Checks => Asked ?? (Seconds is null ? CheckNames.Usual : CheckNames.All);

    /// <summary>The options with which less was asked for, in words; null if all was.</summary>
    public string? Less =>
        Rule is { } rule ? $"--rule {rule}" : Asked is { } asked && CheckNames.Usual.Except(asked).Any() ? $"--checks {string.Join(",", asked)}" : null;

    /// <summary>Refuses options that do not go together.</summary>
    /// <exception cref="UsageException">There are such.</exception>
    public void RefuseContradictions()
    {
        if (Iterations is not null && Seconds is not null) throw new UsageException("--iterations and --seconds are two budgets: run takes one of them");
        if (Rule is not { } id) return;
        var rule = SpecDocument.Current.Find(id)!;
        if (!rule.HoldsIn(Dialects)) throw new UsageException($"{id} is no rule of {string.Join(" and ", Dialects)}: there is nothing to check");
        if (rule.Untested is { } reason) throw new UsageException($"no check covers {id}: {reason}");
        if (!SpecDocument.Current.Claims(Profiles, id)) throw new UsageException($"profile {string.Join('+', Profiles.Order()).ToLowerInvariant()} does not claim {id}: there is nothing to check");
        if (!Checks.Contains(RulesCheck.Name))
            throw new UsageException($"--rule runs the examples of a rule, which are of the check {RulesCheck.Name}; {id} is covered by {string.Join(", ", Evidence.ChecksOf(rule))}, and --checks runs one of them whole");
    }
}

/// <summary>The verb run.</summary>
internal static class RunVerb
{
    public static System.CommandLine.Command Create(Interrupts interrupts)
    {
        var verb = new System.CommandLine.Command("run", "Checks the conformance of a subject.")
        {
            Grammar.Subject, Grammar.Dialect, Grammar.Profile, Grammar.Rule, Grammar.Checks, Grammar.Iterations, Grammar.Seconds, Grammar.Seed,
            Grammar.FailFast, Grammar.Known, Grammar.Fix, Grammar.Report, Grammar.Json, Grammar.Patience, Grammar.Memory,
        };
        verb.SetAction(parsed =>
        {
            var seconds = parsed.GetValue(Grammar.Seconds);
            var terms = new RunOptions(
                parsed.GetRequiredValue(Grammar.Subject),
                parsed.GetValue(Grammar.Dialect) is { } dialect ? [dialect] : [.. Enum.GetValues<Dialect>()],
                Grammar.Profiles(parsed),
                parsed.GetValue(Grammar.Rule),
                parsed.GetValue(Grammar.Checks),
                parsed.GetValue(Grammar.Iterations),
                seconds,
                parsed.GetValue(Grammar.Seed),
                parsed.GetValue(Grammar.FailFast),
                Grammar.Limits(parsed));
            terms.RefuseContradictions();
            var fix = parsed.GetValue(Grammar.Fix);
            var known = parsed.GetValue(Grammar.Known) is { } file ? KnownOf(file, fix, seconds) : fix ? throw new UsageException("--fix rewrites the list of --known, which names none") : null;
            return Run(terms, known, fix, parsed.GetValue(Grammar.Dialect) is not null, parsed.GetValue(Grammar.Profile) is not null, ReportFiles.Of(parsed.GetValue(Grammar.Report)), parsed.GetValue(Grammar.Json), interrupts.Token);
        });
        return verb;
    }

    private static KnownFailures KnownOf(string file, bool fix, long? seconds)
    {
        // How far a check comes in its time differs from run to run, and with it what it finds.
        if (seconds is not null) throw new UsageException("--known is of runs that repeat themselves: --seconds makes none, --iterations does");
        if (fix && file == "-") throw new UsageException("--fix cannot rewrite standard input");
        return KnownFailures.Read(file, mayBegin: fix);
    }

    private static int Run(RunOptions terms, KnownFailures? known, bool fix, bool isDialectAsked, bool isProfileAsked, ReportFiles reports, bool json, CancellationToken interrupted)
    {
        using var subject = SubjectRegistry.Prepare(terms.Subject, terms.Foreign, interrupted);
        terms = terms with { Profiles = subject.OfClaimed(terms.Profiles, isProfileAsked) };
        // Once more: the rule that was named may be of a dialect that is left out.
        if (!isDialectAsked) (terms with { Dialects = [.. terms.Dialects.Intersect(subject.Offered)] }).RefuseContradictions();
        terms = terms with { Dialects = subject.OfOffered(terms.Dialects, isDialectAsked) };
        reports.Open();
        if (fix) Output.OpenReport(known!.File);
        var clock = Stopwatch.StartNew();
        var report = Suite.Run(terms, subject, interrupted);
        var failures = ArtifactStore.Save(report.Checks.SelectMany(check => check.Failures).Where(failure => !failure.Repeats));
        Output.EndProgress();
        var judged = known is null ? null : JudgedKnown.Of(known, report, fix && !interrupted.IsCancellationRequested);
        if (judged is { Rewritten: true }) Output.WriteFile(judged.File, judged.Outcome.Fixed.ToString());
        var page = new RunPage(report, terms, failures, judged, clock.Elapsed, interrupted.IsCancellationRequested);
        if (json) Output.WriteJson(page.ToJson());
        else page.Write();
        reports.Write(page.ToReport());
        return page.ExitCode;
    }
}
