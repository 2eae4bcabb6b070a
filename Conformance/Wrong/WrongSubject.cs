// A subject that is wrong on purpose: the shipped source with one exact edit, and what must notice it.
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Wrong;

/// <summary>What must catch a wrong subject: a check, within so many iterations, and words of its page.</summary>
internal sealed record Catch(string Check, long Within, string Words);

/// <summary>One place of an edit: in this file, this text, which stands there exactly once, becomes that.</summary>
internal sealed record Hunk(string File, string Before, string After);

/// <summary>
/// An edit file of <c>Conformance/Wrong</c>: lines <c>summary</c>, <c>breaks</c>, and one or more
/// <c>caught CHECK within N: WORDS</c>, perhaps <c>class NAME</c>, its class of bugs, <c>kind leak</c> if all its answers are right, <c>dialect NAME</c> if the mistake shows in that alone, and <c>takes N</c> if no sequence of a few operations shows it; then one or more hunks: a line <c>file NAME</c>, and the lines <c>before</c>,
/// <c>after</c> and <c>end</c> around the two texts.
/// </summary>
internal sealed partial record WrongSubject(string Name, string Summary, ImmutableArray<RuleId> Breaks, ImmutableArray<Catch> Catches, ImmutableArray<Hunk> Hunks)
{
    /// <summary>The dialect in which alone it shows, or null if it shows in Patch2011 and Amended.</summary>
    public Dialect? Dialect { get; init; }

    /// <summary>The class of bugs that it stands for, such as <c>lost update</c>, or null if the edit does not say.</summary>
    public string? Class { get; init; }

    /// <summary>How many operations, reads not counted, a shrunk sequence takes at most to show it.</summary>
    public int Operations { get; init; } = 8;

    /// <summary>Where the sources of the implementation are among the resources.</summary>
    internal const string Implementation = "Implementation/";

    /// <summary>Where those of the model's step are.</summary>
    internal const string Model = "Model/";

    /// <summary>The kind of those whose answers are right, and which keep what they should let go.</summary>
    public const string Leak = "leak";

    /// <summary>The kind of those that a program makes.</summary>
    public const string Generated = "generated";

    /// <summary><c>wrong</c>, or one of the two others.</summary>
    public string Kind { get; init; } = "wrong";

    /// <summary>Whether it is the model's step that is changed, and not the implementation: such a subject does one call at a time.</summary>
    public bool IsOfModel { get; init; }

    /// <summary>Sources that the changed ones need.</summary>
    public ImmutableDictionary<string, string> Added { get; init; } = [];

    /// <summary>Its name as a subject.</summary>
    public string Subject => $"{(Kind == Generated ? "generated:" : "wrong:")}{Name}";

    private static readonly Assembly Here = typeof(WrongSubject).Assembly;

    private static readonly Lazy<ImmutableArray<WrongSubject>> Loaded = new(() =>
        [.. Embedded.Names("Wrong/", Here).Select(name => Parse(name["Wrong/".Length..], Embedded.Text(name, Here)))]);

    /// <summary>All of them, by name.</summary>
    public static ImmutableArray<WrongSubject> All => Loaded.Value;

    /// <summary>
    /// The sources of the implementation and of its adapter, by file name, with the edit made.
    /// </summary>
    /// <exception cref="FormatException">The text before the edit does not stand exactly once in its file.</exception>
    public ImmutableDictionary<string, string> Sources()
    {
        var folder = IsOfModel ? Model : Implementation;
        var sources = Embedded.Names(folder, Here).ToImmutableDictionary(name => name[folder.Length..], name => Embedded.Text(name, Here)).AddRange(Added);
        foreach (var hunk in Hunks)
        {
            if (!sources.TryGetValue(hunk.File, out var source)) throw new FormatException($"wrong:{Name} edits {hunk.File}, which is not there");
            var places = PlacesOf(hunk.Before, source);
            if (places.Count != 1) throw new FormatException($"wrong:{Name}: a 'before' stands {places.Count} times in {hunk.File}, not once; the source has moved on");
            sources = sources.SetItem(hunk.File, $"{source[..places[0].Start]}{hunk.After}{source[places[0].End..]}");
        }

        return sources;
    }

    // Rows are labels: a text that does not stand in a source may stand there without them.
    private static List<(int Start, int End)> PlacesOf(string text, string source)
    {
        var exact = AllOf(text, source);
        if (exact.Count > 0) return [.. exact.Select(start => (start, start + text.Length))];
        var labels = RowArgument().Matches(source);
        return [.. AllOf(text, RowArgument().Replace(source, "")).Select(start => (InSource(start), InSource(start + text.Length - 1) + 1))];

        int InSource(int index)
        {
            foreach (Match label in labels)
                if (label.Index <= index) index += label.Length;
            return index;
        }
    }

    private static List<int> AllOf(string text, string source)
    {
        var all = new List<int>();
        for (var at = source.IndexOf(text, StringComparison.Ordinal); at >= 0; at = source.IndexOf(text, at + text.Length, StringComparison.Ordinal)) all.Add(at);
        return all;
    }

    [GeneratedRegex(@"(, )?\b(Row row = Row\.\w+|Row\.M[0-9]+|row)(?=\))")]
    private static partial Regex RowArgument();

    /// <summary>Reads an edit file.</summary>
    /// <exception cref="FormatException">It is not of the form.</exception>
    public static WrongSubject Parse(string name, string text)
    {
        var hunks = ImmutableArray.CreateBuilder<Hunk>();
        var head = new List<(string Key, string Value)>();
        var lines = new Queue<string>(text.Split('\n'));
        while (lines.TryDequeue(out var line))
        {
            if (line == "before") hunks.Add(new Hunk(head.LastOrDefault(entry => entry.Key == "file").Value ?? throw new FormatException($"wrong:{name}: a 'before' without a file"), Until("after"), Until("end")));
            else if (line.Split(' ', 2, StringSplitOptions.TrimEntries) is ["summary" or "class" or "kind" or "breaks" or "caught" or "file" or "dialect" or "takes", { Length: > 0 } value] and [var key, _]) head.Add((key, value));
            else if (line.Length > 0) throw new FormatException($"wrong:{name}: '{Quoted.Short(line.Split(' ')[0])}' is no line of an edit");
        }

        return new WrongSubject(name, One("summary"),
            // A leak breaks none: all its answers are right.
            [.. (IsLeak() ? [] : One("breaks").Split(',')).Select(id => RuleId.TryParse(id.Trim(), out var rule) ? rule : throw new FormatException($"wrong:{name}: {Quoted.Short(id)} is no rule"))],
            [.. head.Where(entry => entry.Key == "caught").Select(entry => ParseCatch(entry.Value))],
            hunks.ToImmutable())
        {
            Class = head.Any(entry => entry.Key == "class") ? One("class") : null,
            Kind = IsLeak() ? Leak : "wrong",
            Operations = !head.Any(entry => entry.Key == "takes") ? 8
                : int.TryParse(One("takes"), NumberStyles.None, CultureInfo.InvariantCulture, out var operations) ? operations : throw new FormatException($"wrong:{name}: 'takes' is a number of operations"),
            Dialect = head.Any(entry => entry.Key == "dialect") ? One("dialect") switch
            {
                nameof(PerfModel.Model.Dialect.Patch2011) or "Rfc2011" => PerfModel.Model.Dialect.Patch2011,
                nameof(PerfModel.Model.Dialect.Amended) => PerfModel.Model.Dialect.Amended,
                nameof(PerfModel.Model.Dialect.Linux613) => PerfModel.Model.Dialect.Linux613,
                _ => throw new FormatException($"wrong:{name}: a dialect is Patch2011, Amended or Linux613"),
            } : null,
        };

        string One(string key) => head.Where(entry => entry.Key == key).ToList() is [var only] ? only.Value : throw new FormatException($"wrong:{name}: one line '{key}' is needed");

        bool IsLeak() => head.Any(entry => entry.Key == "kind") && (One("kind") == Leak ? true : throw new FormatException($"wrong:{name}: a kind is leak"));

        string Until(string word)
        {
            var block = new System.Text.StringBuilder();
            while (lines.TryDequeue(out var line))
            {
                // The dialect's old name, in edits kept elsewhere.
                if (line == word) return block.Replace("Dialect.Rfc2011", "Dialect.Patch2011").ToString();
                block.Append(line).Append('\n');
            }

            throw new FormatException($"wrong:{name}: the line '{word}' is missing");
        }

        Catch ParseCatch(string line) => line.Split([' ', ':'], 4, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var check, "within", var within, var words]
            && long.TryParse(within, NumberStyles.None, CultureInfo.InvariantCulture, out var most)
            ? new Catch(check == "scheduled" ? SchedulePlan.Coyote : check, most, words)
            : throw new FormatException($"wrong:{name}: expected 'caught CHECK within N: WORDS'");
    }
}
