// The readable examples: programs with their answers, one file per chapter of SPEC.md.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Spec;

/// <summary>The documents of <c>Conformance/Kit/Examples</c>, embedded.</summary>
public static class Examples
{
    private static readonly Lazy<ImmutableArray<Document>> Loaded = new(() =>
        [.. Embedded.Names("Examples/").SelectMany(name => DocumentParser.ParseAll(Embedded.Text(name), name))]);

    /// <summary>All of them, in order of chapter.</summary>
    public static ImmutableArray<Document> All => Loaded.Value;

    /// <summary>Those that any subject can run: sequences with their answers.</summary>
    public static IEnumerable<Document> Sequences => All.Where(document => document.History.IsDefault);

    /// <summary>Those that name a rule.</summary>
    public static IEnumerable<Document> Of(RuleId rule) => All.Where(document => document.Rules.Contains(rule));
}
