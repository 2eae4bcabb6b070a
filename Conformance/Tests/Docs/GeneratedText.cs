// A part of a page that a test makes: between two comments, compared as it stands, and written anew with PERFMODEL_WRITE=1.
using Xunit;

namespace PerfModel.Conformance.Tests.Docs;

internal static class GeneratedText
{
    /// <summary>Asserts that the part of the file between <c>&lt;!-- name --&gt;</c> and <c>&lt;!-- /name --&gt;</c> is the text.</summary>
    public static void Holds(string file, string name, string text)
    {
        var page = File.ReadAllText(file).ReplaceLineEndings("\n");
        var begin = $"<!-- {name} -->\n";
        var start = page.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var end = page.IndexOf($"<!-- /{name} -->", StringComparison.Ordinal);
        Assert.True(start >= begin.Length && end >= start, $"{file} lacks the comments around its part '{name}'");
        if (Environment.GetEnvironmentVariable("PERFMODEL_WRITE") == "1") File.WriteAllText(file, page[..start] + text + page[end..]);
        else Assert.True(page[start..end] == text, $"'{name}' of {file} has changed; PERFMODEL_WRITE=1 writes it anew:\n{text}");
    }
}
