// What can speak for a rule, known without running anything: the checks, the scenarios that are explored in every schedule, the litmus tests.
using System.Collections.Immutable;
using PerfModel.Conformance.Litmus;
using PerfModel.Conformance.Spec;

namespace PerfModel.Conformance.Checks;

/// <summary>What speaks for a rule of an implementation.</summary>
internal static class Evidence
{
    /// <summary>The checks of a run that can speak for a rule: chapter 7 needs threads, the examples name their rules.</summary>
    public static ImmutableArray<string> ChecksOf(SpecRule rule) => rule switch
    {
        { Untested: not null } => [],
        { Id.Chapter: 7 } => [SchedulePlan.Schedules, EnumerationCheck.Name, SchedulePlan.Coyote, StressCheck.Name],
        _ => [.. Examples.Of(rule.Id).Any(example => example.History.IsDefault) ? [RulesCheck.Name] : ImmutableArray<string>.Empty, RandomCheck.Name, SchedulePlan.Schedules, EnumerationCheck.Name, SchedulePlan.Coyote, StressCheck.Name],
    };

    /// <summary>The scenarios about a rule. Each is explored in every schedule, up to equivalence.</summary>
    public static IEnumerable<string> ScenariosOf(SpecRule rule) => Scenarios.All.Where(scenario => scenario.Value.Rules.Contains(rule.Id)).Select(scenario => scenario.Key);

    /// <summary>The litmus tests about a rule.</summary>
    public static IEnumerable<string> LitmusOf(SpecRule rule) => LitmusTest.All.Where(test => test.Rules.Contains(rule.Id)).Select(test => test.Name);
}
