// Texts that are built into an assembly: SPEC.md, the examples and the scenarios into the kit, the litmus tests into the engines, the wrong
// edits and the sources that they edit into the command.
using System.Reflection;

namespace PerfModel.Conformance.Text;

/// <summary>Embedded texts, by their names with forward slashes; those of the kit unless another assembly is named.</summary>
public static class Embedded
{
    private static readonly Assembly Kit = typeof(Embedded).Assembly;

    /// <summary>The names that start so, in ordinal order.</summary>
    public static IEnumerable<string> Names(string prefix, Assembly? assembly = null) =>
        (assembly ?? Kit).GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    /// <summary>A text, its line ends as <c>\n</c>.</summary>
    public static string Text(string name, Assembly? assembly = null)
    {
        using var stream = (assembly ?? Kit).GetManifestResourceStream(name) ?? throw new ArgumentException($"no embedded text {name}", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
