// What checks find and how it adds up: reports of one check, and the verdict on each rule.
using System.Collections.Immutable;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Spec;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>The verdict of a check, of a run, or on a rule.</summary>
public enum RuleVerdict
{
    /// <summary>Spoken for, and nothing found against it.</summary>
    Pass,

    /// <summary>Something was found against it.</summary>
    Fail,

    /// <summary>A budget ran out, or a checker was blind: nobody can tell.</summary>
    Unknown,

    /// <summary>The checks that speak for it were left out on purpose or could not run here.</summary>
    NotRun,

    /// <summary>No check speaks for it, and SPEC.md says why.</summary>
    Untested,
}

/// <summary>The words of verdicts, for tables and JSON.</summary>
public static class RuleVerdictText
{
    /// <summary>pass, fail, unknown, not-run, untested.</summary>
    public static string Word(this RuleVerdict verdict) => verdict switch
    {
        RuleVerdict.Pass => "pass",
        RuleVerdict.Fail => "fail",
        RuleVerdict.Unknown => "unknown",
        RuleVerdict.NotRun => "not-run",
        _ => "untested",
    };
}

/// <summary>The outcome of one check.</summary>
public sealed record CheckReport(string Name, RuleVerdict Verdict)
{
    /// <summary>Examples, programs or schedules that ran.</summary>
    public long Iterations { get; init; }

    /// <summary>Single operations that ran.</summary>
    public long Operations { get; init; }

    /// <summary>The findings.</summary>
    public ImmutableArray<Finding> Failures { get; init; } = [];

    /// <summary>The rules that decided some answer which the check compared.</summary>
    public RuleSet Spoke { get; init; }

    /// <summary>Why it is unknown or was not run, or a remark; or null.</summary>
    public string? Remark { get; init; }

    /// <summary>The first operation that the subject does not implement, and why, in one line; null if it answered all. Nothing that needs it was checked.</summary>
    public string? Skipped { get; init; }

    /// <summary>The remark and the operation that was skipped, in one line; or null.</summary>
    internal string? Told => string.Join("; ", new[] { Skipped is null ? null : $"skipped {Skipped}", Remark }.OfType<string>()) is { Length: > 0 } told ? told : null;
}

/// <summary>The verdict of a run on one rule.</summary>
public sealed record RuleReport(SpecRule Rule, RuleVerdict Verdict, ImmutableArray<string> Checks);

/// <summary>The outcome of a whole run.</summary>
public sealed record RunReport(string Subject, ImmutableArray<Dialect> Dialects, ulong Seed, ImmutableArray<CheckReport> Checks, ImmutableArray<RuleReport> Rules, Verdict Verdict)
{
    /// <summary>The verdict if none of the failures were there: a list of known failures forgives them, and nothing else.</summary>
    internal Verdict Otherwise { get; init; } = Verdict;

    /// <summary>
    /// Adds up the checks. A rule fails if a failure has it in play, unless the rules in play in another failure are a part of
    /// those: one mistake shows in many places, and the smallest set names it best. If the sequential checks found a rule
    /// kept, calls that overlap did not break it: there the rules of chapter 7 are to blame. A rule passes if a check spoke for it
    /// and nothing about it is unknown. A run conforms only if some check ran, none failed, nothing was unknown, the subject skipped
    /// no operation, and every rule claimed that holds in these dialects was spoken for or left out on purpose.
    /// </summary>
    /// <param name="subject">The subject's name.</param>
    /// <param name="dialects">The dialects that were checked.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="checks">The reports.</param>
    /// <param name="profiles">The profiles that the subject claims.</param>
    /// <param name="complete">Whether every check was asked for; if not, a rule that nothing spoke for was not run.</param>
    /// <param name="asksForLess">Whether the user named a rule or some of the checks: then checks that were not run were not asked for.</param>
    public static RunReport Of(
        string subject, ImmutableArray<Dialect> dialects, ulong seed, ImmutableArray<CheckReport> checks, IReadOnlySet<Profile> profiles, bool complete, bool asksForLess = false)
    {
        var broken = Broken(checks);
        var rules = SpecDocument.Current.Rules.Select(rule => Rule(rule, broken, checks, IsClaimed(rule), complete)).ToImmutableArray();
        var verdict =
            checks.Any(check => check.Verdict == RuleVerdict.Fail) ? Verdict.Violates
            : checks.Any(check => check.Verdict == RuleVerdict.Unknown) || rules.Any(rule => rule.Verdict == RuleVerdict.Unknown) ? Verdict.Inconclusive
            // Where nothing ran nothing was shown.
            : !checks.Any(check => check.Verdict == RuleVerdict.Pass) ? Verdict.Inconclusive
            : checks.Any(check => check.Skipped is not null) ? Verdict.Partial
            : !asksForLess && rules.Any(rule => rule.Verdict == RuleVerdict.NotRun && IsClaimed(rule.Rule)) ? Verdict.Partial
            : Verdict.Conforms;
        return new RunReport(subject, dialects, seed, checks, rules, verdict) { Otherwise = verdict == Verdict.Violates ? Forgiven() : verdict };

        // A check ends with its failure: the rules that it did not come to are the failure's doing, and the tally of rules has them.
        Verdict Forgiven() => checks.Any(check => check.Verdict == RuleVerdict.Unknown) ? Verdict.Inconclusive
            : checks.Any(check => check.Skipped is not null) ? Verdict.Partial
            : Verdict.Conforms;

        bool IsClaimed(SpecRule rule) => rule.HoldsIn(dialects) && SpecDocument.Current.Claims(profiles, rule.Id);
    }

    private static RuleSet Broken(ImmutableArray<CheckReport> checks)
    {
        var sequential = checks.Where(check => check.Name is RulesCheck.Name or RandomCheck.Name).ToList();
        var kept = sequential.Aggregate(RuleSet.None, (set, check) => set | check.Spoke)
            - sequential.SelectMany(check => check.Failures).Aggregate(RuleSet.None, (set, failure) => set | failure.Rules);
        var inPlay = checks.SelectMany(check => check.Failures.Select(failure => sequential.Contains(check) || (failure.Rules - kept).IsEmpty ? failure.Rules : failure.Rules - kept)).ToList();
        return inPlay.Where(set => !inPlay.Any(other => other != set && (other & set) == other)).Aggregate(RuleSet.None, (all, set) => all | set);
    }

    private static RuleReport Rule(SpecRule rule, RuleSet broken, ImmutableArray<CheckReport> checks, bool isClaimed, bool complete)
    {
        var against = checks.Where(check => check.Failures.Any(failure => failure.Rules.Contains(rule.Id))).ToList();
        if (broken.Contains(rule.Id)) return Report(RuleVerdict.Fail, against);
        var spoke = checks.Where(check => check.Spoke.Contains(rule.Id)).ToList();
        if (rule.Untested is not null) return Report(RuleVerdict.Untested, []);
        if (!isClaimed) return Report(RuleVerdict.NotRun, []);
        if (spoke.Any(check => check.Verdict == RuleVerdict.Unknown)) return Report(RuleVerdict.Unknown, spoke);
        if (spoke.Count > 0) return Report(RuleVerdict.Pass, spoke);
        // What was in play and is not to blame is not for that spoken for.
        return Report(complete || against.Count > 0 ? RuleVerdict.Unknown : RuleVerdict.NotRun, against);

        RuleReport Report(RuleVerdict verdict, IEnumerable<CheckReport> by) => new(rule, verdict, [.. by.Select(check => check.Name)]);
    }
}
