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

    // They do the same in each run. The others draw, or are timed.
    private static readonly ImmutableArray<string> Determined = [RulesCheck.Name, SchedulePlan.Schedules, EnumerationCheck.Name];

    /// <summary>
    /// How surely a rule is decided: <c>untested</c>, no check speaks for it; <c>stochastic</c>, of the checks that can speak for it only those ran that draw
    /// or are timed; <c>profile</c>, it is asked of a subject that claims more than core; else <c>required</c>.
    /// </summary>
    /// <param name="rule">The rule.</param>
    /// <param name="ran">The checks that ran, or null for all. A subject whose accesses do not come to our scheduler is not run by all.</param>
    public static string StrengthOf(SpecRule rule, IEnumerable<string>? ran = null)
    {
        var checks = ChecksOf(rule);
        var those = ran is null ? checks : [.. checks.Intersect(ran)];
        return checks.IsEmpty ? "untested"
            : !those.IsEmpty && !those.Intersect(Determined).Any() ? "stochastic"
            : !SpecDocument.Current.Claims(new HashSet<Profile> { Profile.Core }, rule.Id) ? "profile"
            : "required";
    }

    /// <summary>The scenarios about a rule. Each is explored in every schedule, up to equivalence.</summary>
    public static IEnumerable<string> ScenariosOf(SpecRule rule) => Scenarios.All.Where(scenario => scenario.Value.Rules.Contains(rule.Id)).Select(scenario => scenario.Key);

    /// <summary>The litmus tests about a rule.</summary>
    public static IEnumerable<string> LitmusOf(SpecRule rule) => LitmusTest.All.Where(test => test.Rules.Contains(rule.Id)).Select(test => test.Name);
}
