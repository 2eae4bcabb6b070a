// The named scenarios: small concurrent programs, one race each, one file each.
using System.Collections.Immutable;
using System.Reflection;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Spec;

/// <summary>The documents of <c>Conformance/Kit/Scenarios</c>, embedded, by their file names.</summary>
public static class Scenarios
{
    private const string Folder = "Scenarios/";

    private static readonly Lazy<ImmutableSortedDictionary<string, Program>> Loaded = new(() => In(typeof(Scenarios).Assembly));

    /// <summary>All of them.</summary>
    public static ImmutableSortedDictionary<string, Program> All => Loaded.Value;

    /// <summary>Those that speak of a dialect and ask nothing that the subject does not claim.</summary>
    public static IEnumerable<Program> For(Model.Dialect dialect, bool inheritance) =>
        All.Values.Where(scenario => scenario.Dialects.Contains(dialect) && (inheritance || !scenario.NeedsInheritance));

    /// <summary>Those of a folder of this name that are embedded in an assembly.</summary>
    internal static ImmutableSortedDictionary<string, Program> In(Assembly assembly) => Embedded.Names(Folder, assembly).ToImmutableSortedDictionary(
        name => name[Folder.Length..^".txt".Length],
        name => ProgramParser.ParseOne(Embedded.Text(name, assembly), name));
}
