// Folds the paragraphs of SPEC.md, which has lines of its own, to the width of a page.
using System.Text.RegularExpressions;

namespace PerfModel.Conformance.Command;

/// <summary>Text in lines that fit on a page.</summary>
internal static partial class Folding
{
    /// <summary>The longest line, as on the pages of failures.</summary>
    public const int Width = 120;

    /// <summary>The lines of a text: paragraphs are folded anew, items of a list are set in below their text, rows of a table stay.</summary>
    public static IEnumerable<string> Fold(string text)
    {
        var paragraph = "";
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (line.Length > 0 && !StartsAnew().IsMatch(line))
            {
                paragraph = paragraph.Length > 0 ? $"{paragraph} {line.Trim()}" : line;
                continue;
            }

            foreach (var folded in FoldOne(paragraph)) yield return folded;
            paragraph = line;
            if (line.Length > 0) continue;
            yield return "";
        }

        foreach (var folded in FoldOne(paragraph)) yield return folded;
    }

    /// <summary>The same, all on stdout.</summary>
    public static void Write(string text)
    {
        foreach (var line in Fold(text)) Console.WriteLine(line);
    }

    private static IEnumerable<string> FoldOne(string paragraph)
    {
        if (paragraph.Length == 0) yield break;
        var indent = new string(' ', paragraph[0] == '|' ? 0 : Lead().Match(paragraph).Length);
        while (paragraph.Length > Width && paragraph[0] != '|')
        {
            var cut = paragraph.LastIndexOf(' ', Width);
            if (cut <= indent.Length) break;
            yield return paragraph[..cut].TrimEnd();
            paragraph = indent + paragraph[cut..].TrimStart();
        }

        yield return paragraph;
    }

    [GeneratedRegex(@"^(\d+\. |- |\|)")]
    private static partial Regex StartsAnew();

    // What stands before the text of an item, or before that of a label.
    [GeneratedRegex(@"^(\d+\. |- |[A-Z][a-z]+: )?")]
    private static partial Regex Lead();
}
