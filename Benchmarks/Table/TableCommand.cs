// `--table`: measures the rows and prints them.
using System.CommandLine;
using System.IO.Enumeration;
using System.Text;
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

    /// <summary>Whether these arguments are for this mode.</summary>
    public static bool Takes(string[] arguments) => arguments.Contains("--table");

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
            TableOption, FilterOption, RoundsOption, JsonOption, MarkdownOption,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(FilterOption), parsed.GetValue(RoundsOption), parsed.GetValue(JsonOption), parsed.GetValue(MarkdownOption)));
        ParseResult result = command.Parse(arguments);
        if (result.Errors is [var error, ..]) return Refuse(error.Message);
        return result.Invoke();
    }

    private static int Run(string? filter, int rounds, bool json, bool markdown)
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        Row[] rows = [.. Catalogue.Rows().Where(row => filter is null || FileSystemName.MatchesSimpleExpression(filter, row.Name))];
        if (rows.Length == 0) return Refuse($"no row matches {filter}; the rows are named like \"{Catalogue.Rows().First().Name}\"");
        if (NativeBuild.WhyNot is { } why) Console.Error.WriteLine($"\"{Columns.AsPosted}\" is not run: {why}");

        using CancellationTokenSource stop = new();
        ConsoleCancelEventHandler interrupt = (_, pressed) =>
        {
            // A second one ends the program at once, as ever.
            pressed.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        };
        Console.CancelKeyPress += interrupt;
        List<Seen> seen = Measure(rows, new Rounds(rounds), stop.Token);
        Console.CancelKeyPress -= interrupt;

        Console.Out.Write(json ? Json.Of(seen) + Environment.NewLine : Report.Of(seen, markdown));
        if (!json && !markdown) Console.Out.WriteLine(Environment.NewLine + Report.Summary(seen));
        return stop.IsCancellationRequested ? ExitInterrupted : ExitDone;
    }

    private static List<Seen> Measure(Row[] rows, Rounds rounds, CancellationToken stop)
    {
        List<Seen> seen = [];
        try
        {
            foreach (Row row in rows)
            {
                Progress.Say(FormattableString.Invariant($"{seen.Count + 1} of {rows.Length}: {row.Name}"));
                seen.Add(rounds.Measure(row, stop));
            }

            Progress.Clear();
        }
        catch (OperationCanceledException)
        {
            Progress.Clear();
            Console.Error.WriteLine(FormattableString.Invariant($"interrupted: {seen.Count} of {rows.Length} rows were measured"));
        }

        return seen;
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine(why);
        return ExitBadInput;
    }
}
