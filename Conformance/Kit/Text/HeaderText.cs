// The headers that say what they like, and how a # gets into them, which elsewhere starts a comment.
using System.Text.RegularExpressions;

namespace PerfModel.Conformance.Text;

/// <summary>
/// In these headers a # starts a comment only behind a blank. Behind a blank and a backslash it is itself, and one backslash goes: so
/// <c>C#</c> is written as it is, and <c>issue #5</c> as <c>issue \#5</c>.
/// </summary>
internal static partial class HeaderText
{
    /// <summary>Whether the line is such a header.</summary>
    public static bool Are(string line) => line.Split(' ', 2)[0] is "title" or "subject" or "check" or "strategy";

    /// <summary>Whether a # starts a comment behind this.</summary>
    public static bool IsBlank(char c) => c is ' ' or '\t';

    /// <summary>The words as the header has them.</summary>
    public static string Write(string words) => Hash().Replace(words, @"\$0");

    /// <summary>The words that a header means.</summary>
    public static string Read(string value) => EscapedHash().Replace(value, "$1");

    [GeneratedRegex(@"(?<=^|[ \t])\\*#")]
    private static partial Regex Hash();

    [GeneratedRegex(@"(?<=^|[ \t])\\(\\*#)")]
    private static partial Regex EscapedHash();
}
