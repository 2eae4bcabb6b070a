// What goes to stdout as JSON, and the one line of progress on stderr.
using System.CommandLine;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using PerfModel.Conformance.Pages;

namespace PerfModel.Conformance.Command;

/// <summary>Output of all verbs.</summary>
internal static class Output
{
    /// <summary>How the command writes JSON: readable, arrows and quotes unescaped.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    private static readonly Stopwatch SinceProgress = Stopwatch.StartNew();
    private static int _shown;

    /// <summary>The option that every verb has.</summary>
    public static Option<bool> JsonOption() => new("--json") { Description = "one JSON object on stdout, and nothing else there" };

    /// <summary>Writes the one object.</summary>
    public static void WriteJson(object value) => Console.WriteLine(JsonSerializer.Serialize(value, Json));

    /// <summary>Prints the page of a failure.</summary>
    public static void WritePage(SavedFailure failure)
    {
        Console.WriteLine(failure.Failure.Page(failure.Replay).TrimEnd());
        Console.WriteLine();
    }

    /// <summary>A failure as JSON.</summary>
    public static object Shape(SavedFailure failure) => new
    {
        dialect = failure.Failure.Dialect.ToString(),
        rules = failure.Failure.Rules.Rules.Select(rule => rule.ToString()),
        suspects = failure.Failure.Suspects.Rules.Select(rule => rule.ToString()),
        interleaving = failure.Failure.Interleaving.Select(step => new
        {
            thread = Text.ProgramThread.Name(step.Thread),
            row = step.Row,
            access = step.Kind.ToString(),
            location = step.Location,
            value = step.Value,
        }),
        foundAfter = failure.Failure.FoundAfter,
        file = failure.File,
        replay = failure.Replay,
        page = failure.Failure.Page(failure.Replay),
    };

    /// <summary>Says on stderr what is done and how far: in place on a terminal, every few seconds elsewhere.</summary>
    public static void Progress(string what, long done, long all) => Progress(() => all > 0 ? $"{what}: {done} of {all}" : $"{what}: {done}");

    /// <summary>The same with a line of one's own, made only when it is shown.</summary>
    public static void Progress(Func<string> told)
    {
        var terminal = !Console.IsErrorRedirected;
        if (SinceProgress.ElapsedMilliseconds < (terminal ? 100 : 3000)) return;
        SinceProgress.Restart();
        var line = told();
        if (terminal) Console.Error.Write("\r" + line.PadRight(_shown));
        else Console.Error.WriteLine(line);
        _shown = line.Length;
    }

    /// <summary>Takes the line of progress off the terminal.</summary>
    public static void EndProgress()
    {
        if (_shown > 0 && !Console.IsErrorRedirected) Console.Error.Write("\r" + new string(' ', _shown) + "\r");
        _shown = 0;
    }
}
