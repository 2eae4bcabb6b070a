// The maps are true: links lead somewhere, every file of a room stands in its README, and every file named there exists.
using System.Reflection;
using System.Text.RegularExpressions;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Wrong;
using Xunit;

namespace PerfModel.Conformance.Tests.Docs;

public sealed partial class RoomTests
{
    public static TheoryData<string> Files => [.. Markdown.All.Select(file => file.Name)];

    [Fact]
    public void The_files_that_a_reader_looks_for_are_there() =>
        Assert.Subset(
            Markdown.All.Select(file => file.Name).ToHashSet(),
            new HashSet<string> { "README.md", "TOUR.md", "IMPLEMENTING.md", "SPEC.md", "CONTRIBUTING.md", "CHANGELOG.md", "Model/README.md", "Implementation/README.md", "Implementation/MEMORY-ORDERING.md", "Conformance/README.md", "Conformance/CoyoteChild/README.md", "Benchmarks/README.md" });

    [Theory]
    [MemberData(nameof(Files))]
    public void No_link_is_dead(string name)
    {
        var file = Markdown.Named(name);
        foreach (var link in file.Links.Where(link => !link.Contains("://", StringComparison.Ordinal)))
        {
            var (path, anchor) = link.Split('#', 2) is [var before, var after] ? (before, after) : (link, null);
            var target = path.Length == 0 ? Repository.PathOf(name) : Path.GetFullPath(Path.Combine(file.Folder, path));
            Assert.True(Path.Exists(target), $"{name} links to {link}, which is not there");
            if (anchor is null) continue;
            var other = Markdown.Named(Path.GetRelativePath(Repository.Root, target).Replace('\\', '/'));
            Assert.True(other.Anchors.Contains(anchor), $"{name} links to {link}: {other.Name} has no such heading");
        }
    }

    [Theory]
    [InlineData("Model", "file")]
    [InlineData("Implementation", "file")]
    [InlineData("Conformance/CoyoteChild", "file")]
    [InlineData("Conformance/ModelChecker", "file")]
    [InlineData("Conformance/Posted", "file")]
    [InlineData("Benchmarks", "file")]
    [InlineData("Conformance", "folder")]
    public void The_table_names_every_file_of_the_room_and_no_other(string room, string heading)
    {
        var folder = Repository.PathOf(room.Split('/'));
        var named = Markdown.Named($"{room}/README.md").FirstColumn(heading).Select(name => name.TrimEnd('/')).ToList();
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.True(Path.Exists(Path.Combine(folder, name)), $"{room}/README.md names {name}, which is not there"));
        // A folder stands for what is in it, or each of its files stands for itself.
        var missing = Directory.EnumerateFiles(folder, "*.*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
            .Where(name => Path.GetExtension(name) is ".cs" or ".targets" or ".edit" or ".txt" or ".json")
            .Where(name => !name.Split('/').Any(part => part is "bin" or "obj" or "perfmodel-failures" or "BenchmarkDotNet.Artifacts"))
            .Where(name => !named.Any(one => name == one || name.StartsWith(one + "/", StringComparison.Ordinal)));
        Assert.Empty(missing);
    }

    [Fact]
    public void The_model_cites_every_rule_that_a_check_speaks_for()
    {
        // What a system declares and follows is given to the model; no step decides it.
        string[] given = ["8.1", "9.4"];
        var sources = string.Concat(Directory.EnumerateFiles(Repository.PathOf("Model"), "*.cs").Select(File.ReadAllText));
        var cited = Citation().Matches(sources).Select(match => $"{match.Groups[1].Value}.{match.Groups[2].Value.TrimStart('0')}").ToHashSet();
        Assert.Empty(SpecDocument.Current.Rules.Where(rule => rule.Untested is null).Select(rule => rule.Id.ToString()).Except(cited).Except(given));
        Assert.Empty(cited.Except(SpecDocument.Current.Rules.Select(rule => rule.Id.ToString())));
    }

    [Fact]
    public void Contributing_names_what_waits_for_CI()
    {
        var waiting = typeof(RoomTests).Assembly.GetTypes()
            .Where(type => type.GetMethods().SelectMany(method => method.CustomAttributes).Any(Waits));
        Assert.Equal(waiting.Select(type => type.Name).Distinct().Order(StringComparer.Ordinal), Markdown.Named("CONTRIBUTING.md").FirstColumn("waits for CI").Order(StringComparer.Ordinal));

        static bool Waits(CustomAttributeData attribute) =>
            attribute.AttributeType == typeof(LongFactAttribute) || attribute.AttributeType == typeof(LongTheoryAttribute) || attribute.AttributeType == typeof(LongInlineDataAttribute) || attribute.AttributeType == typeof(LongMemberDataAttribute)
            || attribute.NamedArguments.Any(argument => argument.MemberName == nameof(Command.UnixFactAttribute.Long) && argument.TypedValue.Value is true);
    }

    [Fact]
    public void The_README_is_read_in_ten_minutes() => Assert.InRange(Markdown.Named("README.md").Text.TrimEnd('\n').Split('\n').Length, 1, 150);

    [Fact]
    public void The_guide_has_every_rule_of_a_subject()
    {
        var text = Markdown.Named("IMPLEMENTING.md").Text;
        var ranges = Regex.Matches(text.Split("## Errors")[0], @"\[(\d)\.(\d+)\]\([^)]*\)(?: to \[\d\.(\d+)\])?").Select(match =>
            (Chapter: int.Parse(match.Groups[1].Value), From: int.Parse(match.Groups[2].Value), To: int.Parse(match.Groups[match.Groups[3].Success ? 3 : 2].Value)));
        Assert.Empty(SpecDocument.Current.Rules.Where(rule => rule.Untested is null && !ranges.Any(range => range.Chapter == rule.Id.Chapter && range.From <= rule.Id.Number && rule.Id.Number <= range.To)).Select(rule => rule.Id));
    }

    [Fact]
    public void Contributing_shows_an_edit_as_it_is()
    {
        var edit = string.Concat(File.ReadAllLines(Repository.PathOf("Conformance", "Wrong", "dead-owner-owns.edit")).Select(line => $"    {line}\n"));
        Assert.Contains(edit, Markdown.Named("CONTRIBUTING.md").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_changelog_is_about_this_version()
    {
        var text = Markdown.Named("CHANGELOG.md").Text;
        var version = typeof(WrongSubject).Assembly.GetName().Version!.ToString(3);
        Assert.Contains($"\n## {version}", text, StringComparison.Ordinal);
        Assert.Contains($"spec {SpecDocument.Current.Version}", text, StringComparison.Ordinal);
        Assert.Contains($" {SpecDocument.Current.Rules.Length} rules", text, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\b(\d)_(\d\d)\b")]
    private static partial Regex Citation();
}
