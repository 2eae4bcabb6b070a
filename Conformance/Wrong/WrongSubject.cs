// A subject that is wrong on purpose: the shipped source with one exact edit, and what must notice it.
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Wrong;

/// <summary>What must catch a wrong subject: a check, within so many iterations, and words of its page.</summary>
public sealed record Catch(string Check, long Within, string Words);

/// <summary>
/// An edit file of <c>Conformance/Wrong</c>: lines <c>summary</c>, <c>breaks</c>, <c>file</c>, one or more
/// <c>caught CHECK within N: WORDS</c>, then the lines <c>before</c>, <c>after</c> and <c>end</c> around the two texts.
/// </summary>
public sealed record WrongSubject(string Name, string Summary, ImmutableArray<RuleId> Breaks, ImmutableArray<Catch> Catches, string File, string Before, string After)
{
    private static readonly Assembly Here = typeof(WrongSubject).Assembly;

    private static readonly Lazy<ImmutableArray<WrongSubject>> Loaded = new(() =>
        [.. Embedded.Names("Wrong/", Here).Select(name => Parse(name["Wrong/".Length..], Embedded.Text(name, Here)))]);

    /// <summary>All of them, by name.</summary>
    public static ImmutableArray<WrongSubject> All => Loaded.Value;

    /// <summary>
    /// The sources of the implementation and of its door, by file name, with the edit made.
    /// </summary>
    /// <exception cref="FormatException">The text before the edit does not stand exactly once in its file.</exception>
    public ImmutableDictionary<string, string> Sources()
    {
        var sources = Embedded.Names("Implementation/", Here).ToImmutableDictionary(name => name["Implementation/".Length..], name => Embedded.Text(name, Here));
        if (!sources.TryGetValue(File, out var source)) throw new FormatException($"wrong:{Name} edits {File}, which is not there");
        var times = source.Split(Before).Length - 1;
        if (times != 1) throw new FormatException($"wrong:{Name}: its 'before' stands {times} times in {File}, not once; the source has moved on");
        return sources.SetItem(File, source.Replace(Before, After, StringComparison.Ordinal));
    }

    /// <summary>Reads an edit file.</summary>
    /// <exception cref="FormatException">It is not of the form.</exception>
    public static WrongSubject Parse(string name, string text)
    {
        var lines = text.Split('\n');
        var before = Array.IndexOf(lines, "before");
        var after = Array.IndexOf(lines, "after");
        var end = Array.IndexOf(lines, "end");
        if (before < 0 || after < before || end < after) throw new FormatException($"wrong:{name}: expected the lines before, after, end, in this order");
        var head = lines[..before].Select(line => line.Split(' ', 2, StringSplitOptions.TrimEntries)).Where(words => words.Length == 2).ToLookup(words => words[0], words => words[1]);
        return new WrongSubject(name, head["summary"].Single(),
            [.. head["breaks"].Single().Split(',').Select(id => RuleId.TryParse(id.Trim(), out var rule) ? rule : throw new FormatException($"wrong:{name}: {id} is no rule"))],
            [.. head["caught"].Select(ParseCatch)],
            head["file"].Single(), Block(before, after), Block(after, end));

        string Block(int from, int to) => string.Concat(lines[(from + 1)..to].Select(line => line + "\n"));

        Catch ParseCatch(string line) => line.Split([' ', ':'], 4, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var check, "within", var within, var words]
            ? new Catch(check, long.Parse(within, CultureInfo.InvariantCulture), words)
            : throw new FormatException($"wrong:{name}: expected 'caught CHECK within N: WORDS'");
    }
}
