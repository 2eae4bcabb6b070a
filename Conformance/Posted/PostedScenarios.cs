// The programs that show the defects of the posted subject, one file each, by the defect's name.
using System.Collections.Immutable;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Posted;

/// <summary>The documents of <c>Conformance/Posted/Scenarios</c>, embedded.</summary>
internal static class PostedScenarios
{
    private static readonly Lazy<ImmutableSortedDictionary<string, Program>> Loaded = new(() => Scenarios.In(typeof(PostedScenarios).Assembly));

    /// <summary>All of them, by the defects that they show.</summary>
    public static ImmutableSortedDictionary<string, Program> All => Loaded.Value;

    /// <summary>The rules that they show broken.</summary>
    public static ImmutableArray<RuleId> Broken => [.. All.Values.SelectMany(program => program.Rules).Distinct().Order()];
}
