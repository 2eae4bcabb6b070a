// Rule numbers, as the model cites them: 2_07 in the code is rule 2.7 of SPEC.md.
using System.Globalization;

namespace PerfModel.Model;

/// <summary>The permanent number of a rule of SPEC.md: chapter and place in it.</summary>
/// <param name="Chapter">1…9.</param>
/// <param name="Number">1…28, permanent and never reused.</param>
public readonly record struct RuleId(int Chapter, int Number) : IComparable<RuleId>
{
    /// <summary>Reads <c>2.7</c>; false if the text is not of that form or out of range.</summary>
    public static bool TryParse(string? text, out RuleId rule)
    {
        rule = default;
        if (text?.Split('.') is not [var chapterText, var numberText]) return false;
        if (!int.TryParse(chapterText, NumberStyles.None, CultureInfo.InvariantCulture, out var chapter)) return false;
        if (!int.TryParse(numberText, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        if (chapter is < 1 or > 9 || number is < 1 or > RuleSet.PerChapter) return false;
        rule = new RuleId(chapter, number);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(RuleId other) =>
        Chapter.CompareTo(other.Chapter) is var byChapter and not 0 ? byChapter : Number.CompareTo(other.Number);

    /// <summary>The id as SPEC.md writes it: <c>2.7</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Chapter}.{Number}");
}

/// <summary>A set of rules, small enough to travel with every step.</summary>
public readonly record struct RuleSet(UInt128 Low, UInt128 High)
{
    /// <summary>The most rules that a chapter can have.</summary>
    public const int PerChapter = 28;

    /// <summary>The set of no rule.</summary>
    public static RuleSet None => default;

    /// <summary>The set of one rule, its number written <c>c_nn</c>: <c>RuleSet.Of(2_07)</c> is {2.7}.</summary>
    public static RuleSet Of(int rule) => Of(new RuleId(rule / 100, rule % 100));

    /// <summary>The set of one rule.</summary>
    public static RuleSet Of(RuleId rule)
    {
        var bit = (rule.Chapter - 1) * PerChapter + rule.Number - 1;
        return bit < 128 ? new(UInt128.One << bit, 0) : new(0, UInt128.One << (bit - 128));
    }

    /// <summary>The set of some rules.</summary>
    public static RuleSet Of(IEnumerable<RuleId> rules) => rules.Aggregate(None, (set, rule) => set | Of(rule));

    /// <summary>Whether the set has no rule.</summary>
    public bool IsEmpty => Low == 0 && High == 0;

    /// <summary>How many rules the set has.</summary>
    public int Count => (int)(UInt128.PopCount(Low) + UInt128.PopCount(High));

    /// <summary>The rules of the set, in order.</summary>
    public IEnumerable<RuleId> Rules
    {
        get
        {
            for (var bit = 0; bit < 9 * PerChapter; bit++)
            {
                var rule = new RuleId(bit / PerChapter + 1, bit % PerChapter + 1);
                if (Contains(rule)) yield return rule;
            }
        }
    }

    /// <summary>Whether a rule is in the set.</summary>
    public bool Contains(RuleId rule) => !(this & Of(rule)).IsEmpty;

    /// <summary>The rules of either set.</summary>
    public static RuleSet operator |(RuleSet left, RuleSet right) => new(left.Low | right.Low, left.High | right.High);

    /// <summary>The rules of both sets.</summary>
    public static RuleSet operator &(RuleSet left, RuleSet right) => new(left.Low & right.Low, left.High & right.High);

    /// <summary>The rules of the left set that are not in the right one.</summary>
    public static RuleSet operator -(RuleSet left, RuleSet right) => new(left.Low & ~right.Low, left.High & ~right.High);

    /// <summary>The rules, separated by commas.</summary>
    public override string ToString() => string.Join(", ", Rules);
}
