// The Markdown files of the repository, as far as the tests of the documentation need to understand them.
using System.Text.RegularExpressions;

namespace PerfModel.Conformance.Tests.Docs;

/// <summary>A fenced block: the word behind its fence, and its lines.</summary>
public sealed record Fence(string Language, string[] Lines);

/// <summary>One Markdown file.</summary>
public sealed partial class Markdown
{
    private Markdown(string name) => (Name, Text) = (name, File.ReadAllText(Repository.PathOf(name)).ReplaceLineEndings("\n"));

    /// <summary>Every one, but for what builds leave behind.</summary>
    public static IReadOnlyList<Markdown> All { get; } =
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.md", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(name => !name.Split('/').Any(part => part is "bin" or "obj" || part.StartsWith('.')))
            .Order(StringComparer.Ordinal).Select(name => new Markdown(name)),
    ];

    /// <summary>The path below the root.</summary>
    public string Name { get; }

    public string Text { get; }

    /// <summary>The folder that relative links start from.</summary>
    public string Folder => Path.GetDirectoryName(Repository.PathOf(Name))!;

    /// <summary>The file of that name.</summary>
    public static Markdown Named(string name) => All.Single(file => file.Name == name);

    /// <summary>The targets of links.</summary>
    public IEnumerable<string> Links => Link().Matches(Fenced().Replace(Text, "")).Select(match => match.Groups[1].Value);

    /// <summary>What stands in backticks outside of fenced blocks.</summary>
    public IEnumerable<string> Code => Span().Matches(Fenced().Replace(Text, "")).Select(match => match.Groups[1].Value);

    /// <summary>What stands in backticks in the first column of tables whose heading is that word.</summary>
    public IEnumerable<string> FirstColumn(string heading)
    {
        var inside = false;
        foreach (var line in Text.Split('\n'))
        {
            inside = line.StartsWith($"| {heading} |", StringComparison.Ordinal) || (inside && line.StartsWith('|'));
            if (!inside) continue;
            foreach (Match match in Span().Matches(line.Split('|')[1])) yield return match.Groups[1].Value;
        }
    }

    /// <summary>The anchors of headings, as GitHub makes them, and those that are written down.</summary>
    public IEnumerable<string> Anchors => Written().Matches(Text).Select(match => match.Groups[1].Value).Concat(Heading().Matches(Fenced().Replace(Text, "")).Select(match =>
        string.Concat(match.Groups[1].Value.ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-')));

    /// <summary>The fenced blocks.</summary>
    public IEnumerable<Fence> Fences => Fenced().Matches(Text).Select(match => new Fence(match.Groups[1].Value, match.Groups[2].Value.Split('\n')[..^1]));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Span();

    [GeneratedRegex("""<a id="([^"]+)"></a>""")]
    private static partial Regex Written();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^```(\w*)\n((?:.*\n)*?)```$", RegexOptions.Multiline)]
    private static partial Regex Fenced();
}
