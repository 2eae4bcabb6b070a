// The bare bones of a page: labels that end in one column, long texts folded under themselves, plain ASCII, no line too long.
using System.Text;
using System.Text.RegularExpressions;

namespace PerfModel.Conformance.Pages;

/// <summary>Writes a page, label by label.</summary>
internal sealed partial class PageText
{
    /// <summary>The widest page, in columns; also that of a file, which has no width of its own.</summary>
    public const int Widest = 120;

    /// <summary>The narrowest page, in columns.</summary>
    public const int Narrowest = 40;

    /// <summary>The longest line, in columns: <see cref="Widest"/> unless a terminal is narrower.</summary>
    public static int Width { get; private set; } = Widest;

    /// <summary>Where texts begin.</summary>
    public const int Indent = 15;

    /// <summary>The longest text.</summary>
    public static int Room => Width - Indent;

    // A space at which no line is folded.
    private const char Hard = '\u00a0';

    private readonly StringBuilder _text = new();

    /// <summary>Makes the pages of this process as wide as a terminal, from <see cref="Narrowest"/> to <see cref="Widest"/>.</summary>
    public static void FitInto(int columns) => Width = Math.Clamp(columns, Narrowest, Widest);

    /// <summary>A line without a label.</summary>
    public void Line(string text = "") => _text.Append(Ascii(text).TrimEnd()).Append('\n');

    /// <summary>The first line: left, middle and right, on lines of their own if they do not fit on one.</summary>
    public void Head(string verdict, string middle, string right)
    {
        verdict = verdict.PadRight(20);
        var room = Width - verdict.Length - right.Length - 2;
        if (middle.Length <= room)
        {
            Line(verdict + middle.PadRight(room) + "  " + right);
            return;
        }

        if (verdict.Length + right.Length <= Width) Line(verdict + right);
        else
        {
            Line(verdict);
            foreach (var part in Fold(right, Width)) Line(part);
        }

        if (middle.Length == 0) return;
        foreach (var part in Fold(middle, Room)) Line(new string(' ', Indent) + part);
    }

    /// <summary>A text behind its label.</summary>
    public void Label(string label, string text)
    {
        // Before it is folded: it becomes longer.
        foreach (var part in Fold(text.Replace("…", "...", StringComparison.Ordinal), Room))
        {
            Line(label.PadLeft(Indent - 3) + (label.Length > 0 ? " : " : "   ") + part);
            label = "";
        }
    }

    /// <summary>A line to paste behind its label: never folded, however long.</summary>
    public void LabelUnfolded(string label, string text) => Line(label.PadLeft(Indent - 3) + " : " + text);

    /// <summary>Texts behind one label, each on a line of its own.</summary>
    public void Label(string label, IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            Label(label, text);
            label = "";
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>A text in lines that fit, parted at spaces where it has any; all but the first are set in by two.</summary>
    public static IEnumerable<string> Fold(string text, int room)
    {
        var first = true;
        while (text.Length > room)
        {
            var cut = text.LastIndexOf(' ', room);
            // A word longer than a narrow terminal stays whole.
            if (cut <= 2) cut = Width == Widest ? room : text.IndexOf(' ', room);
            if (cut < 0) break;
            yield return text[..cut];
            text = text[cut..].TrimStart();
            if (first) room -= 2;
            first = false;
            text = "  " + text;
        }

        yield return text;
    }

    /// <summary>A list that is folded between its items only.</summary>
    public static string Listed(IEnumerable<string> items, string separator = ", ") => string.Join(separator, items.Select(item => item.Replace(' ', Hard)));

    /// <summary>The lines of a text: paragraphs are folded anew, items of a list are set in below their text, rows of a table stay.</summary>
    public static IEnumerable<string> Paragraphs(string text)
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

    // Names of subjects and titles come from elsewhere.
    private static string Ascii(string text) => string.Concat(text.Select(c => c == Hard ? ' ' : c is >= ' ' and <= '~' ? c : '?'));

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
