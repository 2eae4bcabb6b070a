// The rooms of Kit and Engines use each other in one direction: the arrows, read off the using lines, have no circle. A room that is named
// in the middle of a line only is not seen.
using System.Text.RegularExpressions;
using Xunit;

namespace PerfModel.Conformance.Tests.Docs;

public partial class ArrowTests
{
    [Fact]
    public void The_rooms_have_no_circle()
    {
        var arrows = Sources().SelectMany(Arrows).ToHashSet();
        Assert.Contains(("Checks", "Engines"), arrows);
        Assert.Null(Circle(arrows));
    }

    [Fact]
    public void A_circle_would_be_seen()
    {
        var arrows = Arrows("using PerfModel.Conformance.Text;\nusing PerfModel.Conformance.Child;\nusing PerfModel.Model;\n\nnamespace PerfModel.Conformance.Checks;\n")
            .Concat([("Text", "Spec"), ("Child", "Wire"), ("Wire", "Checks")]).ToHashSet();
        Assert.Equal("Checks → Child → Wire → Checks", Circle(arrows));
    }

    private static IEnumerable<string> Sources() => ((string[])["Kit", "Engines"])
        .SelectMany(room => Directory.EnumerateFiles(Repository.PathOf("Conformance", room), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Select(File.ReadAllText);

    private static IEnumerable<(string From, string To)> Arrows(string source) =>
        from room in Namespace().Matches(source)
        from used in Using().Matches(source)
        where used.Groups[1].Value != room.Groups[1].Value
        select (room.Groups[1].Value, used.Groups[1].Value);

    /// <summary>Some rooms that use each other in a ring, or null.</summary>
    private static string? Circle(HashSet<(string From, string To)> arrows)
    {
        var left = arrows.Select(arrow => arrow.From).Concat(arrows.Select(arrow => arrow.To)).ToHashSet();
        while (left.FirstOrDefault(room => !arrows.Any(arrow => arrow.From == room && left.Contains(arrow.To))) is { } last) left.Remove(last);
        if (left.Count == 0) return null;
        // Whoever is left uses one that is left: following these comes round.
        var path = new List<string> { left.Order(StringComparer.Ordinal).First() };
        while (path.IndexOf(path[^1]) == path.Count - 1) path.Add(arrows.Where(arrow => arrow.From == path[^1] && left.Contains(arrow.To)).Min(arrow => arrow.To)!);
        return string.Join(" → ", path.Skip(path.IndexOf(path[^1])));
    }

    [GeneratedRegex(@"^namespace PerfModel\.Conformance\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^using (?:static )?PerfModel\.Conformance\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex Using();
}
