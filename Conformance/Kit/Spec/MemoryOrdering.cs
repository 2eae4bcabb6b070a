// The table of Implementation/MEMORY-ORDERING.md as data: which access stands where in the source, and which rules are lost without its order.
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Spec;

/// <summary>One row.</summary>
/// <param name="Number">Its number, such as <c>M29</c>.</param>
/// <param name="Field">The field that is accessed, in a word.</param>
/// <param name="Where">The methods that make the access, the first one first, as the table has them: <c>HandleTable.TryTake</c>.</param>
/// <param name="Rules">The rules that are lost without its order.</param>
/// <param name="Fails">The failure when it is weakened, as the table has it.</param>
public sealed record MemoryOrderingRow(string Number, string Field, ImmutableArray<string> Where, RuleSet Rules, string Fails)
{
    /// <summary>The first of its methods, without the class.</summary>
    public string Method => Where[0][(Where[0].LastIndexOf('.') + 1)..];
}

/// <summary>The rows, in order.</summary>
public static partial class MemoryOrdering
{
    private static readonly Lazy<ImmutableArray<MemoryOrderingRow>> Loaded = new(() => Parse(Embedded.Text("MEMORY-ORDERING.md")));

    /// <summary>All of them.</summary>
    public static ImmutableArray<MemoryOrderingRow> Rows => Loaded.Value;

    /// <summary>The row of a number, or null.</summary>
    public static MemoryOrderingRow? Find(string? number) => Rows.FirstOrDefault(row => row.Number == number);

    /// <summary>Reads the table: number, field, access, where, pairs with, kept and lost, failure.</summary>
    public static ImmutableArray<MemoryOrderingRow> Parse(string text) =>
    [
        .. text.Split('\n').Where(line => TableRow().IsMatch(line)).Select(line => line.Trim().Trim('|').Split(" | ")).Select(cells => new MemoryOrderingRow(
            cells[0].Trim(),
            cells[1],
            [.. Code().Matches(cells[3]).Select(match => match.Groups[1].Value)],
            RuleSet.Of(RuleNumber().Matches(cells[5]).Select(match => RuleId.TryParse(match.Value, out var rule) ? rule : throw new FormatException($"{match.Value} is no rule"))),
            cells[6].Trim())),
    ];

    [GeneratedRegex(@"^\| M[0-9]+ \|")]
    private static partial Regex TableRow();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\b[1-9]\.[0-9]{1,2}\b")]
    private static partial Regex RuleNumber();
}
