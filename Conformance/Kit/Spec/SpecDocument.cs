// SPEC.md as data: its rules, with the paragraphs that the command shows. The file is embedded, so that it cannot be missing or another.
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Spec;

/// <summary>A rule as SPEC.md writes it.</summary>
/// <param name="Id">Its permanent number.</param>
/// <param name="Title">A few words.</param>
/// <param name="Text">The requirement.</param>
/// <param name="Intent">Why.</param>
/// <param name="Source">The patch, the base kernel, or our decision.</param>
/// <param name="Untested">Why no check speaks for it, or null.</param>
public sealed record SpecRule(RuleId Id, string Title, string Text, string Intent, string Source, string? Untested)
{
    /// <summary>The dialects in which it holds (rule 8.1): those that its title begins with, or all; but for those in which another rule has its place.</summary>
    public DialectSet Dialects { get; init; } = NamedBy(Title);

    /// <summary>Whether it says anything of systems of these dialects.</summary>
    public bool HoldsIn(ImmutableArray<Dialect> dialects) => dialects.Any(Dialects.Contains);

    // As in "Patch2011 and Amended: no groups"; a title that begins with something else names all.
    private static DialectSet NamedBy(string title)
    {
        var named = title.Split(": ") is [var head, _, ..] ? head.Split(" and ") : [];
        return named.Length > 0 && named.All(name => Enum.GetNames<Dialect>().Contains(name)) ? DialectSet.Of([.. named.Select(Enum.Parse<Dialect>)]) : DialectSet.All;
    }
}

/// <summary>A row of the table of operations.</summary>
/// <param name="Operation">The operation with its arguments; two of a kind stand in one row.</param>
/// <param name="Kind">user, hardware or read.</param>
/// <param name="Answer">The value of an Ok, in words; empty if there is none.</param>
/// <param name="Errors">The errors in the order in which they are tested; <c>EEXIST or EBUSY</c> exclude each other.</param>
/// <param name="Rules">The rules, as the table has them.</param>
public sealed record SpecOperation(string Operation, string Kind, string Answer, ImmutableArray<string> Errors, string Rules);

/// <summary>A part of the spec that an implementation claims as a whole; the rule says which rules are in it.</summary>
public enum Profile
{
    /// <summary>Rule 9.1. In every claim.</summary>
    Core,

    /// <summary>Rule 9.2.</summary>
    Inheritance,

    /// <summary>Rule 9.3.</summary>
    Concurrency,
}

/// <summary>The rules of SPEC.md and its version.</summary>
public sealed partial class SpecDocument
{
    private static readonly Lazy<SpecDocument> Loaded = new(() => Parse(Embedded.Text("SPEC.md")));

    private readonly ImmutableArray<Claim> _claims;

    private SpecDocument(string version, ImmutableSortedDictionary<int, string> chapters, ImmutableArray<SpecRule> rules, ImmutableArray<SpecOperation> operations) =>
        (Version, Chapters, Rules, Operations, _claims) = (version, chapters, rules, operations, [.. ClaimsOf(rules)]);

    /// <summary>The spec that this kit was built with.</summary>
    public static SpecDocument Current => Loaded.Value;

    /// <summary>The spec's version, from its first lines.</summary>
    public string Version { get; }

    /// <summary>The titles of the chapters.</summary>
    public ImmutableSortedDictionary<int, string> Chapters { get; }

    /// <summary>Every rule, in order.</summary>
    public ImmutableArray<SpecRule> Rules { get; }

    /// <summary>The table of operations, in its order.</summary>
    public ImmutableArray<SpecOperation> Operations { get; }

    /// <summary>The rule of a number, or null.</summary>
    public SpecRule? Find(RuleId id) => Rules.FirstOrDefault(rule => rule.Id == id);

    /// <summary>Reads the form of SPEC.md: <c>## 2 Chapter</c>, <c>### 2.4 Title</c>, paragraphs, <c>*Intent.*</c>, <c>*Source.*</c>, <c>*Untested.*</c>.</summary>
    /// <exception cref="FormatException">A rule lacks a part, stands twice or in another's chapter, or its number is none.</exception>
    public static SpecDocument Parse(string text)
    {
        text = text.ReplaceLineEndings("\n");
        var version = VersionLine().Match(text);
        if (!version.Success) throw new FormatException("SPEC.md does not say its version: 'Version N.N'");
        var chapters = ImmutableSortedDictionary.CreateBuilder<int, string>();
        var rules = ImmutableArray.CreateBuilder<SpecRule>();
        var at = 0;
        foreach (var section in HeadingLine().Split(AnchorLine().Replace(text, "")))
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

        return new SpecDocument(version.Groups[1].Value, chapters.ToImmutable(), [.. InTheirPlaces(rules).OrderBy(rule => rule.Id)], [.. OperationRow().Matches(text).Select(Row)]);

        static SpecOperation Row(Match row) =>
            new(row.Groups[1].Value.Trim(), row.Groups[2].Value, row.Groups[3].Value.Trim(), [.. row.Groups[4].Value.Split(',', StringSplitOptions.TrimEntries)], row.Groups[5].Value.Trim());
    }

    // A rule of a dialect says which rules it has the place of.
    private static IEnumerable<SpecRule> InTheirPlaces(IReadOnlyCollection<SpecRule> rules)
    {
        var places = rules.SelectMany(rule => PlaceSentence().Matches(rule.Text.ReplaceLineEndings(" ")).SelectMany(sentence => RuleRange().Matches(sentence.Value)).Select(range => (rule.Dialects, Of: RangeOf(range)))).ToList();
        return rules.Select(rule => places.Where(place => place.Of.First.CompareTo(rule.Id) <= 0 && rule.Id.CompareTo(place.Of.Last) <= 0)
            .Aggregate(rule, (left, place) => left with { Dialects = left.Dialects.Without(place.Dialects) }));
    }

    /// <summary>Whether a rule is in one of the profiles, core always among them, or among those that two of them have together.</summary>
    public bool Claims(IReadOnlySet<Profile> profiles, RuleId rule) =>
        _claims.Any(claim => claim.Of.All(profile => profile == Profile.Core || profiles.Contains(profile)) && claim.Contains(rule));

    // Rules 9.1 to 9.3 name their rules in the sentence behind *PROFILE*; those "together with +OTHER" need a second profile.
    private static IEnumerable<Claim> ClaimsOf(ImmutableArray<SpecRule> rules)
    {
        foreach (var rule in rules.Where(rule => rule.Id is { Chapter: 9, Number: <= 3 }))
        {
            if (ProfileSentence().Match(rule.Text) is not { Success: true } sentence) throw new FormatException($"rule {rule.Id} names no profile and its rules");
            var profile = Named(sentence.Groups[1].Value);
            foreach (var (part, i) in sentence.Groups[2].Value.ReplaceLineEndings(" ").Split("together with +").Select((part, i) => (part, i)))
            {
                var ranges = RuleRange().Matches(part).Select(RangeOf).ToImmutableArray();
                if (ranges.IsEmpty) throw new FormatException($"rule {rule.Id} names no rules");
                yield return new Claim(i == 0 ? [profile] : [profile, Named(part.Split(' ')[0])], ranges);
            }
        }

        static Profile Named(string name) => Enum.TryParse(name, ignoreCase: true, out Profile profile) ? profile : throw new FormatException($"'{name}' is no profile");

    }

    private static (RuleId First, RuleId Last) RangeOf(Match match)
    {
        var (first, last) = (match.Groups[1].Value, match.Groups[match.Groups[2].Success ? 2 : 1].Value);
        return first.Contains('.', StringComparison.Ordinal) ? (Rule(first), Rule(last)) : (Rule($"{first}.1"), Rule(last + ".1") with { Number = int.MaxValue });

        static RuleId Rule(string text) => RuleId.TryParse(text, out var rule) ? rule : throw new FormatException($"{text} is no rule");
    }

    // What a profile claims, or two of them together.
    private sealed record Claim(ImmutableArray<Profile> Of, ImmutableArray<(RuleId First, RuleId Last)> Ranges)
    {
        public bool Contains(RuleId rule) => Ranges.Any(range => range.First.CompareTo(rule) <= 0 && rule.CompareTo(range.Last) <= 0);
    }

    [GeneratedRegex(@"^Version (\d+\.\d+)", RegexOptions.Multiline)]
    private static partial Regex VersionLine();

    [GeneratedRegex(@"\*\+?(\w+)\*: (.+?)\.(?:\s|\z)", RegexOptions.Singleline)]
    private static partial Regex ProfileSentence();

    [GeneratedRegex(@"This has the place of .*?\.(?: |\z)")]
    private static partial Regex PlaceSentence();

    // A chapter, a rule, or several: 6, 1 to 5, 9.4, 8.1 to 8.7.
    [GeneratedRegex(@"\b(\d(?:\.\d+)?)(?: to (\d(?:\.\d+)?))?")]
    private static partial Regex RuleRange();

    [GeneratedRegex(@"^\|([^|]+\)) \| (user|hardware|read) \|([^|]*)\|([^|]*)\|([^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex OperationRow();

    // The target of links to a rule, before its heading.
    [GeneratedRegex("^<a id=.*></a>\n", RegexOptions.Multiline)]
    private static partial Regex AnchorLine();

    [GeneratedRegex(@"^(?=#{1,3} )", RegexOptions.Multiline)]
    private static partial Regex HeadingLine();

    [GeneratedRegex(@"\A## (\d) (.+)")]
    private static partial Regex ChapterHeading();

    // Whatever starts with a digit means to be a rule.
    [GeneratedRegex(@"\A### ([0-9]\S*)[^\S\n]*(.*)")]
    private static partial Regex RuleHeading();
}
