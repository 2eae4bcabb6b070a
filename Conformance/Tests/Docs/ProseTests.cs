// The prose rule: sentences have nouns as subjects. It counts the words that stand for a noun which the writer did not choose.
// It cannot see whether the noun that was chosen is the right one.
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace PerfModel.Conformance.Tests.Docs;

public sealed partial class ProseTests
{
    /// <summary>Headless words that are allowed in a thousand.</summary>
    private const int PerThousand = 3;

    private const int Columns = 120;

    // History is not rewritten, and the rules of the specification keep their wording.
    private static readonly string[] Exempt = ["CHANGELOG.md", "SPEC.md", "Conformance/EVIDENCE.md"];

    public static TheoryData<string> Pages => [.. Markdown.All.Select(page => page.Name).Except(Exempt), "Implementation/PerfEvents.cs"];

    public static TheoryData<string> Libraries => ["PerfModel.Implementation", "PerfModel.Model", "PerfModel.Conformance.Kit", "PerfModel.Conformance.Engines"];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Sentences_of_a_page_have_nouns_as_subjects(string name) => Assert.Empty(Faults(ProseOf(name)));

    [Theory]
    [MemberData(nameof(Pages))]
    [InlineData("SPEC.md")]
    public void Lines_of_a_page_have_120_columns(string name) =>
        Assert.DoesNotContain(TextOf(name).Split('\n'), line => line.Length > Columns && !line.StartsWith('|') && !line.StartsWith("![", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Sentences_of_public_documentation_have_nouns_as_subjects(string library)
    {
        var types = Assembly.Load(library).GetTypes().ToDictionary(type => type.FullName!.Replace('+', '.'));
        var texts = XDocument.Load(Path.Combine(AppContext.BaseDirectory, library + ".xml")).Descendants("member")
            .Where(member => IsPublic(member.Attribute("name")!.Value[2..].Split('(')[0], types))
            .SelectMany(member => member.Elements()).Select(element => Space().Replace(element.Value, " ").Trim()).ToList();
        Assert.NotEmpty(texts);
        Assert.Empty(Faults(string.Join("\n\n", texts)));
    }

    [Theory]
    [InlineData("What is found is shrunk.", "a sentence begins with What")]
    [InlineData("It ends. So there is nothing.", "a sentence begins with So")]
    [InlineData("| x | Who sees it |", "a sentence begins with Who")]
    [InlineData("- Whose slot it is", "a sentence begins with Whose")]
    [InlineData("One two three what.", "1 headless words in 4, more than 3 in 1000: what")]
    [InlineData("`what` and\n```text\nWhat?\n```\nnouns", null)]
    public void A_fault_of_the_prose_is_seen(string text, string? fault) => Assert.Equal(fault, Faults(Unquoted(text)).FirstOrDefault());

    private static IEnumerable<string> Faults(string prose)
    {
        foreach (Match begin in Begin().Matches(prose)) yield return $"a sentence begins with {begin.Groups[1].Value}";
        var headless = Headless().Matches(prose);
        var words = Word().Count(prose);
        if (headless.Count * 1000 > words * PerThousand) yield return $"{headless.Count} headless words in {words}, more than {PerThousand} in 1000: {string.Join(" | ", headless.Select(match => Around(prose, match)))}";
    }

    // Of the type that a member is, or lies in.
    private static bool IsPublic(string member, Dictionary<string, Type> types)
    {
        while (!types.ContainsKey(member))
        {
            if (member.LastIndexOf('.') is not (> 0 and var end)) return false;
            member = member[..end];
        }

        return types[member].IsVisible;
    }

    private static string Around(string prose, Match match) =>
        prose.Length < 60 ? match.Value : prose[Math.Max(0, match.Index - 25)..Math.Min(prose.Length, match.Index + 25)].ReplaceLineEndings(" ");

    // Of a source file, its essay: the first block comment.
    private static string TextOf(string name)
    {
        var text = File.ReadAllText(Repository.PathOf(name)).ReplaceLineEndings("\n");
        return Path.GetExtension(name) == ".md" ? text : text[(text.IndexOf("/*", StringComparison.Ordinal) + 2)..text.IndexOf("*/", StringComparison.Ordinal)];
    }

    private static string ProseOf(string name) => Unquoted(Path.GetExtension(name) == ".md" ? TextOf(name) : Margin().Replace(TextOf(name), ""));

    // Code is not prose: fenced blocks, and what stands in backticks.
    private static string Unquoted(string text) => Comment().Replace(Span().Replace(Fenced().Replace(text, ""), "x"), "");

    [GeneratedRegex(@"(?:[.!?:]\s+|\|\s*|\n\n|(?:^|\n\s*)(?:[-*]\s+|\d+\.\s+|))(What|Who|Whose|So)\b")]
    private static partial Regex Begin();

    [GeneratedRegex(@"\b(?:what|who|whom|whose|whatever|whoever)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Headless();

    [GeneratedRegex(@"[A-Za-z][A-Za-z'’-]*")]
    private static partial Regex Word();

    [GeneratedRegex(@"^```.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();

    [GeneratedRegex("`[^`\n]+`")]
    private static partial Regex Span();

    [GeneratedRegex(@"<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^\s*\* ?", RegexOptions.Multiline)]
    private static partial Regex Margin();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
