// The Rules check: the readable examples of SPEC.md's chapters, run on the subject. It cannot find what nobody thought of.
using System.Collections.Immutable;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Spec;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>Runs every example, in each dialect that it speaks of.</summary>
public static class RulesCheck
{
    /// <summary>The name of the check.</summary>
    public const string Name = "rules";

    /// <summary>Runs the examples that name one of the rules, or all.</summary>
    public static CheckReport Run(CheckContext context, RuleId? only = null)
    {
        var failures = ImmutableArray.CreateBuilder<Failure>();
        var spoke = RuleSet.None;
        long examples = 0, operations = 0;
        var ofDialect = new Dictionary<Dialect, long>();
        var chosen = Examples.Sequences
            .Where(example => (only is null || example.Rules.Contains(only.Value)) && (context.Inheritance || !example.NeedsInheritance)).ToList();
        foreach (var example in chosen)
        {
            if (context.Cancelled.IsCancellationRequested) break;
            foreach (var dialect in example.Dialects.Intersect(context.Dialects))
            {
                var declaration = example.DeclarationIn(dialect);
                var outcome = Sequence.Compare(example, declaration, context.Create(declaration));
                examples++;
                ofDialect[dialect] = ofDialect.GetValueOrDefault(dialect) + 1;
                operations += outcome.Operations;
                var named = example.Rules.Aggregate(RuleSet.None, (set, rule) => set | RuleSet.Of(rule));
                spoke |= named | outcome.Spoke;
                if (outcome.Mismatch is not { } mismatch) continue;
                var saved = example with { Dialect = dialect, Declaration = declaration, Subject = context.Subject, Check = Name };
                var inPlay = named | mismatch.InPlay;
                failures.Add(new Failure(Name, dialect, inPlay, header => FailurePage.Of(mismatch with { InPlay = inPlay }, header), saved) { FoundAfter = ofDialect[dialect] });
            }

            context.Progress(Name, examples, chosen.Count * context.Dialects.Length);
        }

        return new CheckReport(Name, failures.Count > 0 ? Verdict.Fail : examples == 0 ? Verdict.NotRun : Verdict.Pass)
        {
            Iterations = examples,
            Operations = operations,
            Failures = failures.ToImmutable(),
            Spoke = spoke,
            Remark = examples == 0 ? "no example speaks of this" : null,
        };
    }
}
