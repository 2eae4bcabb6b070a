// The programs that show the defects of the posted subject, one file each, by the defect's name.
using System.Collections.Immutable;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using PerfModel.Model.Posted;

namespace PerfModel.Posted;

/// <summary>The documents of <c>Conformance/Posted/Scenarios</c>, embedded.</summary>
internal static class PostedScenarios
{
    private static readonly Lazy<ImmutableSortedDictionary<string, Program>> Loaded = new(() => Scenarios.In(typeof(PostedScenarios).Assembly));

    /// <summary>All of them, by the defects that they show.</summary>
    public static ImmutableSortedDictionary<string, Program> All => Loaded.Value;

    /// <summary>The defects that the posted machine has and no program shows, and why.</summary>
    public static ImmutableDictionary<string, string> NotShown { get; } = Defect.All.Where(defect => defect.IsSurprise).ToImmutableDictionary(defect => defect.Id, _ => "Patch2011 asks for it, so no answer is wrong")
        .Add("D12", "D42 is what comes of it")
        .Add("D15", "the subject has no frequencies")
        .Add("D36", "D39 hides it: the slot of a copy that would show it is empty");

    /// <summary>The rules that they show broken.</summary>
    public static ImmutableArray<RuleId> Broken => [.. All.Values.SelectMany(program => program.Rules).Distinct().Order()];
}
