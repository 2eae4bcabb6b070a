// SPEC.md as data: its rules, with the paragraphs that the command shows. The file is embedded, so that it cannot be missing or another.
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Spec;

/// <summary>A rule as SPEC.md writes it.</summary>
/// <param name="Id">Its permanent number.</param>
/// <param name="Title">A few words.</param>
/// <param name="Text">What must hold.</param>
/// <param name="Intent">Why.</param>
/// <param name="Source">The patch, the base kernel, or our decision.</param>
/// <param name="Untested">Why no check speaks for it, or null.</param>
public sealed record SpecRule(RuleId Id, string Title, string Text, string Intent, string Source, string? Untested);

/// <summary>A part of the spec that an implementation claims as a whole (chapter 9).</summary>
public enum Profile
{
    /// <summary>Chapters 1 to 5 and rules 8.1 to 8.7: one thread, no fork (rule 9.1).</summary>
    Core,

    /// <summary>Core, chapter 6, rules 8.8 and 8.9, and with concurrency rules 7.9 to 7.11 (rule 9.2).</summary>
    Inheritance,

    /// <summary>Core and the rest of chapter 7 (rule 9.3).</summary>
    Concurrency,
}

/// <summary>The rules of SPEC.md and its version.</summary>
public sealed partial class SpecDocument
{
    private static readonly Lazy<SpecDocument> Loaded = new(() => Parse(Embedded.Text("SPEC.md")));

    private SpecDocument(string version, ImmutableSortedDictionary<int, string> chapters, ImmutableArray<SpecRule> rules) =>
        (Version, Chapters, Rules) = (version, chapters, rules);

    /// <summary>The spec that this kit was built with.</summary>
    public static SpecDocument Current => Loaded.Value;

    /// <summary>The spec's version, from its first lines.</summary>
    public string Version { get; }

    /// <summary>The titles of the chapters.</summary>
    public ImmutableSortedDictionary<int, string> Chapters { get; }

    /// <summary>Every rule, in order.</summary>
    public ImmutableArray<SpecRule> Rules { get; }

    /// <summary>The rule of a number, or null.</summary>
    public SpecRule? Find(RuleId id) => Rules.FirstOrDefault(rule => rule.Id == id);

    /// <summary>Reads the form of SPEC.md: <c>## 2 Chapter</c>, <c>### 2.4 Title</c>, paragraphs, <c>*Intent.*</c>, <c>*Source.*</c>, <c>*Untested.*</c>.</summary>
    /// <exception cref="FormatException">A rule lacks a part, stands twice or in another's chapter, or its number is none.</exception>
    public static SpecDocument Parse(string text)
    {
        var version = VersionLine().Match(text);
        if (!version.Success) throw new FormatException("SPEC.md does not say its version: 'Version N.N'");
        var chapters = ImmutableSortedDictionary.CreateBuilder<int, string>();
        var rules = ImmutableArray.CreateBuilder<SpecRule>();
        var at = 0;
        foreach (var section in HeadingLine().Split(text.ReplaceLineEndings("\n")))
        {
            if (ChapterHeading().Match(section) is { Success: true } chapter)
            {
                at = chapter.Groups[1].ValueSpan[0] - '0';
                if (!chapters.TryAdd(at, chapter.Groups[2].Value)) throw new FormatException($"chapter {at} stands twice");
            }

            if (RuleHeading().Match(section) is not { Success: true } heading) continue;
            if (!RuleId.TryParse(heading.Groups[1].Value, out var id) || id.Chapter != at) throw new FormatException($"'{heading.Value}' is not a rule of chapter {at}");
            if (rules.Any(rule => rule.Id == id)) throw new FormatException($"rule {id} stands twice");
            if (heading.Groups[2].Length == 0) throw new FormatException($"rule {id} has no title");
            var paragraphs = section[heading.Length..].Split("\n\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            rules.Add(new SpecRule(id, heading.Groups[2].Value.Trim(),
                string.Join("\n\n", paragraphs.TakeWhile(paragraph => !paragraph.StartsWith('*'))) is { Length: > 0 } says ? says : throw new FormatException($"rule {id} says nothing"),
                Part("Intent") ?? throw new FormatException($"rule {id} has no intent"),
                Part("Source") ?? throw new FormatException($"rule {id} has no source"),
                Part("Untested")));

            string? Part(string name) => paragraphs
                .SelectMany(paragraph => paragraph.Split("\n*").Select((part, i) => i == 0 ? part : "*" + part))
                .FirstOrDefault(part => part.StartsWith($"*{name}.*", StringComparison.Ordinal))?[(name.Length + 3)..].ReplaceLineEndings(" ").Trim();
        }

        return new SpecDocument(version.Groups[1].Value, chapters.ToImmutable(), [.. rules.OrderBy(rule => rule.Id)]);
    }

    /// <summary>Whether a profile claims a rule; chapter 9 and everything that core claims is in every profile.</summary>
    public static bool Claims(IReadOnlySet<Profile> profiles, RuleId rule) => rule switch
    {
        { Chapter: 6 } or { Chapter: 8, Number: 8 or 9 } => profiles.Contains(Profile.Inheritance),
        { Chapter: 7, Number: >= 9 and <= 11 } => profiles.Contains(Profile.Inheritance) && profiles.Contains(Profile.Concurrency),
        { Chapter: 7 } => profiles.Contains(Profile.Concurrency),
        _ => true,
    };

    [GeneratedRegex(@"^Version (\d+\.\d+)", RegexOptions.Multiline)]
    private static partial Regex VersionLine();

    [GeneratedRegex(@"^(?=#{1,3} )", RegexOptions.Multiline)]
    private static partial Regex HeadingLine();

    [GeneratedRegex(@"\A## (\d) (.+)")]
    private static partial Regex ChapterHeading();

    // Whatever starts with a digit means to be a rule.
    [GeneratedRegex(@"\A### ([0-9]\S*)[^\S\n]*(.*)")]
    private static partial Regex RuleHeading();
}
