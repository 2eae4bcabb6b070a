// The Rules check: the readable examples of SPEC.md's chapters, run on the subject. It cannot find what nobody thought of.
using System.Collections.Immutable;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Spec;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>Runs every example, in each dialect that it speaks of.</summary>
internal static class RulesCheck
{
    /// <summary>The name of the check.</summary>
    public const string Name = "rules";

    /// <summary>Runs the examples that name one of the rules, or all.</summary>
    /// <param name="context">The terms.</param>
    /// <param name="only">The rule; null for all.</param>
    /// <param name="skip">How many of them to leave out at the beginning, because they have run.</param>
    public static CheckReport Run(CheckContext context, RuleId? only = null, long skip = 0)
    {
        var failures = ImmutableArray.CreateBuilder<Finding>();
        var spoke = RuleSet.None;
        long examples = 0, operations = 0, reached = 0;
        string? skipped = null;
        var ofDialect = new Dictionary<Dialect, long>();
        var chosen = Examples.Sequences
            .Where(example => (only is null || example.Rules.Contains(only.Value)) && (context.Inheritance || !example.NeedsInheritance)).ToList();
        var thrown = new Dictionary<string, (long Times, string First)>();
        foreach (var example in chosen)
        {
            if (context.Cancelled.IsCancellationRequested) break;
            foreach (var dialect in example.Dialects.Intersect(context.Dialects))
            {
                ofDialect[dialect] = ofDialect.GetValueOrDefault(dialect) + 1;
                if (++reached <= skip) continue;
                var outcome = Sequence.Run(context, example, dialect);
                skipped ??= outcome.Skipped;
                examples++;
                operations += outcome.Operations;
                spoke |= outcome.Mismatch?.Threw is null && outcome.Skipped is null ? RuleSet.Of(example.Rules) | outcome.Spoke : outcome.Spoke;
                context.Witness?.Tally(examples, operations, spoke);
                if (outcome.Mismatch is not { } mismatch) continue;
                // What throws wherever it is called would be a hundred pages that say the same.
                var repeats = mismatch.Threw is { } threw && Again(thrown, mismatch.Operation.Verb, threw);
                failures.Add(Finding.OfSequence(context.Saved(Name, example, dialect), mismatch) with { FoundAfter = ofDialect[dialect], Repeats = repeats, Defects = outcome.Defects });
                context.Witness?.Found(failures[^1]);
            }

            context.Progress(Name, examples, chosen.Count * context.Dialects.Length);
        }

        return new CheckReport(Name, failures.Count > 0 ? RuleVerdict.Fail : examples == 0 ? RuleVerdict.NotRun : RuleVerdict.Pass)
        {
            Iterations = examples,
            Operations = operations,
            Failures = failures.ToImmutable(),
            Spoke = spoke,
            Skipped = skipped,
            Remark = examples == 0 ? NoExample(only) : Thrown(thrown, examples),
        };
    }

    // The same exception from the same verb is the same mistake, whatever its message says of the arguments.
    private static bool Again(Dictionary<string, (long Times, string First)> thrown, string verb, string threw)
    {
        var key = $"{verb} {threw.Split(':')[0]}";
        var (times, first) = thrown.GetValueOrDefault(key, (0, $"{verb} {threw}"));
        thrown[key] = (times + 1, first);
        return times > 0;
    }

    // What chapter 7 asks shows in no sequence.
    private static string NoExample(RuleId? only)
    {
        if (only is not { } rule || Examples.Of(rule).Any(example => example.History.IsDefault)) return "no example speaks of this";
        var histories = Examples.Of(rule).Count(example => !example.History.IsDefault);
        var scenarios = Scenarios.All.Count(scenario => scenario.Value.Rules.Contains(rule));
        return histories + scenarios == 0 ? "no example speaks of this" : $"no sequence speaks of {rule}, but {histories} histories and {scenarios} scenarios do: perfmodel explain {rule} shows them";
    }

    private static string? Thrown(Dictionary<string, (long Times, string First)> thrown, long examples) =>
        thrown.Count == 0 ? null
        : $"{(thrown.Values.Sum(one => one.Times) == examples && examples > 1 ? "every example ends" : $"{thrown.Values.Sum(one => one.Times)} of {examples} examples end")} with an exception: {thrown.Values.MaxBy(one => one.Times).First}";
}
