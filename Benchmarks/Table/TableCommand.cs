// `--table`: measures the rows and prints them. `--charts`: draws them, and measures only what is drawn if there is no table to print.
using System.CommandLine;
using System.IO.Enumeration;
using System.Text;
using PerfModel.Benchmarks.Charts;
using PerfModel.Benchmarks.Peers;
using PerfModel.Benchmarks.Works;

namespace PerfModel.Benchmarks.Table;

/// <summary>The paired mode.</summary>
internal static class TableCommand
{
    private const int ExitDone = 0;
    private const int ExitBadInput = 2;
    private const int ExitInterrupted = 130;

    private static readonly Option<bool> TableOption = new("--table") { Description = "Print the table." };
    private static readonly Option<string> FilterOption = new("--filter") { Description = "Only rows whose work matches, * and ? as in file names." };
    private static readonly Option<int> RoundsOption = new("--rounds") { Description = "How many rounds.", DefaultValueFactory = _ => Rounds.Default };
    private static readonly Option<bool> JsonOption = new("--json") { Description = "One JSON object instead of the table." };
    private static readonly Option<bool> MarkdownOption = new("--markdown") { Description = "The table as README.md has it." };

    private static readonly Option<string> ChartsOption = new("--charts") { Description = "The folder to draw the charts in, as SVG." };

    /// <summary>Whether these arguments are for this mode.</summary>
    public static bool Takes(string[] arguments) => arguments.Contains("--table") || arguments.Contains("--charts");

    /// <summary>Parses, measures, prints.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        RoundsOption.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var rounds) && rounds is >= 1 and <= 1000))
                result.AddError("--rounds is a number from 1 to 1000");
        });
        RootCommand command = new("PerfModel's benchmarks, as one table: ours, the peers and the floor, in the same run.")
        {
            TableOption, FilterOption, RoundsOption, JsonOption, MarkdownOption, ChartsOption,
        };
        command.SetAction(Run);
        ParseResult result = command.Parse(arguments);
        if (result.Errors is [var error, ..]) return Refuse(error.Message);
        return result.Invoke();
    }

    private static int Run(ParseResult parsed)
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var filter = parsed.GetValue(FilterOption);
        var charts = parsed.GetValue(ChartsOption);
        var table = parsed.GetValue(TableOption);
        Row[] inTable = table ? [.. Catalogue.Rows(), .. Scale.Rows(), .. Tools.Rows()] : [];
        Row[] inCharts = charts is null ? [] : [.. ChartRows.All()];
        Row[] rows = [.. inTable.Concat(inCharts).DistinctBy(row => row.Key).Where(row => filter is null || FileSystemName.MatchesSimpleExpression(filter, row.Name))];
        if (rows.Length == 0) return Refuse($"no row matches {filter}; the rows are named like \"{Catalogue.Rows().First().Name}\"");
        try
        {
            if (charts is not null) ChartFiles.RequireFolder(charts);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Refuse($"--charts {charts}: {e.Message}");
        }

        if (table && Tools.WhyNotCoyote is { } missing) Console.Error.WriteLine($"the row of Coyote is not run: {missing}");
        if (NativeBuild.WhyNot is { } why) Console.Error.WriteLine($"\"{Columns.AsPosted}\" is not run: {why}");

        using CancellationTokenSource stop = new();
        ConsoleCancelEventHandler interrupt = (_, pressed) =>
        {
            // A second one ends the program at once, as ever.
            pressed.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        };
        Console.CancelKeyPress += interrupt;
        List<Seen> seen = Measure(rows, new Rounds(parsed.GetValue(RoundsOption)), stop.Token);
        Console.CancelKeyPress -= interrupt;

        if (table) Print([.. seen.Where(row => inTable.Any(wanted => wanted.Key == row.Row.Key))], parsed.GetValue(JsonOption), parsed.GetValue(MarkdownOption));
        if (charts is not null) ChartFiles.Draw(seen, charts);
        return stop.IsCancellationRequested ? ExitInterrupted : ExitDone;
    }

    private static void Print(Seen[] seen, bool json, bool markdown)
    {
        Console.Out.Write(json ? Json.Of(seen) + Environment.NewLine : Report.Of(seen, markdown));
        if (!json && !markdown) Console.Out.WriteLine(Environment.NewLine + Report.Summary(seen));
    }

    private static List<Seen> Measure(Row[] rows, Rounds rounds, CancellationToken stop)
    {
        List<Seen> seen = [];
        try
        {
            foreach (Row row in rows)
            {
                Progress.Say($"{seen.Count + 1} of {rows.Length}: {row.Name}");
                seen.Add(rounds.Measure(row, stop));
            }

            Progress.Clear();
        }
        catch (Exception e) when (e is OperationCanceledException || stop.IsCancellationRequested)
        {
            Progress.Clear();
            Console.Error.WriteLine($"interrupted: {seen.Count} of {rows.Length} rows were measured");
        }

        return seen;
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine(why);
        return ExitBadInput;
    }
}
