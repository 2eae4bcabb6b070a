// The readable examples: programs with their answers, one file per chapter of SPEC.md.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Spec;

/// <summary>The documents of <c>Conformance/Kit/Examples</c>, embedded.</summary>
public static class Examples
{
    private static readonly Lazy<ImmutableArray<Program>> Loaded = new(() =>
        [.. Embedded.Names("Examples/").SelectMany(name => ProgramParser.ParseAll(Embedded.Text(name), name))]);

    /// <summary>All of them, in order of chapter.</summary>
    public static ImmutableArray<Program> All => Loaded.Value;

    /// <summary>Those that any subject can run: sequences with their answers.</summary>
    public static IEnumerable<Program> Sequences => All.Where(document => document.History.IsDefault);

    /// <summary>Those that name a rule.</summary>
    public static IEnumerable<Program> Of(RuleId rule) => All.Where(document => document.Rules.Contains(rule));
}
