// The table as a person reads it, aligned; with --markdown exactly as README.md has it.
using System.Text;
using PerfModel.Benchmarks.Works;

namespace PerfModel.Benchmarks.Table;

/// <summary>Writes what was seen as one table: a line for each row, and one more for each further target of the row.</summary>
internal static class Report
{
    private static readonly string[] Heading = ["work", "targets", "threads", "unit", .. Columns.InTable, "B/op", "ratio (quartiles)", "target", "met"];

    /// <summary>The table.</summary>
    public static string Of(IReadOnlyList<Seen> all, bool markdown)
    {
        List<string[]> lines = [Heading];
        foreach (Seen seen in all) lines.AddRange(Lines(seen));
        int[] widths = [.. Enumerable.Range(0, Heading.Length).Select(column => lines.Max(line => line[column].Length))];
        StringBuilder text = new();
        for (var i = 0; i < lines.Count; i++)
        {
            text.AppendLine(Join(lines[i], widths, markdown));
            if (i == 0) text.AppendLine(markdown ? Rule(widths) : new string('-', widths.Sum() + (2 * (widths.Length - 1))));
        }

        return text.ToString();
    }

    /// <summary>How many targets are met, missed and not known, in one line.</summary>
    public static string Summary(IReadOnlyList<Seen> all)
    {
        Verdict[] verdicts = [.. all.SelectMany(Verdict.Of)];
        return $"{verdicts.Count(v => v.Met == true)} of {verdicts.Length} targets met, {verdicts.Count(v => v.Met == false)} missed, {verdicts.Count(v => v.Met is null)} not run.";
    }

    /// <summary>A number with three digits that say something.</summary>
    public static string Number(double? value) => value switch
    {
        null => "-",
        < 10 => value.Value.ToString("0.00"),
        < 100 => value.Value.ToString("0.0"),
        _ => value.Value.ToString("#,0"),
    };

    private static IEnumerable<string[]> Lines(Seen seen)
    {
        Row row = seen.Row;
        Verdict[] verdicts = Verdict.Of(seen);
        string[] cells =
        [
            row.Work, row.Targets?.ToString() ?? "-", row.Threads.ToString(), row.Unit.Label,
            .. Columns.InTable.Select(system => Number(seen.Value(system))), Bytes(seen.Bytes(Columns.Ours)), .. Verdicts(verdicts.FirstOrDefault()),
        ];
        yield return cells;

        // A target more is a line more, on which the rest is empty.
        foreach (Verdict verdict in verdicts.Skip(1))
            yield return [.. Enumerable.Repeat("", cells.Length - 3), .. Verdicts(verdict)];
    }

    private static string Bytes(double? bytes) => bytes is { } number ? number.ToString("#,0") : "-";

    private static string[] Verdicts(Verdict? verdict) => verdict switch
    {
        null => ["-", "-", "reported"],
        { Ratio: null } => ["-", verdict.Goal.ToString(), "not run"],
        { Ratio: { } ratio } => [
            verdict.Goal.IsAboutBytes ? Bytes(ratio.Median) + " B" : $"{Number(ratio.Median)} ({Number(ratio.Low)}–{Number(ratio.High)})",
            verdict.Goal.ToString(),
            verdict.Met == true ? "yes" : "NO"],
    };

    private static string Join(string[] cells, int[] widths, bool markdown)
    {
        // Numbers to the right, words to the left.
        IEnumerable<string> padded = cells.Select((cell, i) => i is >= 1 and <= 2 or >= 4 and <= 10 ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
        return markdown ? $"| {string.Join(" | ", padded)} |" : string.Join("  ", padded).TrimEnd();
    }

    private static string Rule(int[] widths) =>
        $"| {string.Join(" | ", widths.Select((width, i) => i is >= 1 and <= 2 or >= 4 and <= 10 ? new string('-', width - 1) + ":" : new string('-', width)))} |";
}
