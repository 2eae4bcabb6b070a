// The standard streams: JSON and pages on stdout, complaints and one line of progress on stderr, which costs nothing if nobody can write it.
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using PerfModel.Conformance.Pages;

namespace PerfModel.Conformance.Command;

/// <summary>Output of all verbs.</summary>
internal static partial class Output
{
    /// <summary>How the command writes JSON: readable, arrows and quotes unescaped.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    // Console.Out is a synchronized wrapper of it.
    private static StandardOutput? _writer;

    private static readonly Stopwatch SinceProgress = Stopwatch.StartNew();
    private static readonly Lock Telling = new();
    private static int _shown;
    private static bool _isOver;

    /// <summary>Whether the process was started with something to read.</summary>
    public static bool HasInput { get; } = IsOpen(0);

    /// <summary>Before anything else is opened: what goes to stdout is written, or the process says that it cannot.</summary>
    public static void Open()
    {
        // A terminal that tells no width has 0 columns.
        if (!Console.IsOutputRedirected && Console.WindowWidth > 0) PageText.FitInto(Console.WindowWidth);
        var output = IsOpen(1) ? Console.OpenStandardOutput() : null;
        _writer = new StandardOutput(output);
        Console.SetOut(_writer);
        if (!IsOpen(2)) Console.SetError(TextWriter.Null);
        // A process of the tests runs one command after another.
        (_shown, _isOver) = (0, false);
        SinceProgress.Restart();
    }

    /// <summary>Writes the one object.</summary>
    public static void WriteJson(object value) => _writer!.WriteUnfolded(JsonSerializer.Serialize(value, Json) + "\n");

    /// <summary>Tries whether a report can be written, before it takes long to make one. What is in the file stays there until then.</summary>
    /// <exception cref="UsageException">It cannot.</exception>
    public static void OpenReport(string file) => Try(file, () => File.Open(file, FileMode.OpenOrCreate, FileAccess.Write).Dispose());

    /// <summary>Writes the one object into a file.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static void WriteReport(string file, object value) => Try(file, () => File.WriteAllText(file, JsonSerializer.Serialize(value, Json) + "\n"));

    /// <summary>Writes a file that is no report.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static void WriteFile(string file, string text) => Try(file, () => File.WriteAllText(file, text));

    private static void Try(string file, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // .NET names the file behind its words once more.
            throw new UsageException($"cannot write {Text.Quoted.Short(file)}: {e.Message.Replace($" : '{Path.GetFullPath(file)}'", "", StringComparison.Ordinal)}");
        }
    }

    /// <summary>Writes an item of a list: what follows its name is folded under itself.</summary>
    public static void WriteItem(string name, string text)
    {
        foreach (var line in PageText.Fold(text, PageText.Width - name.Length))
        {
            Console.WriteLine((name + line).TrimEnd());
            name = new string(' ', name.Length);
        }
    }

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
        title = failure.Failure.Saved.Title,
        rules = failure.Failure.Rules.Rules.Select(rule => rule.ToString()),
        suspects = failure.Failure.Suspects.Rules.Select(rule => rule.ToString()),
        defects = failure.Failure.Defects.Select(defect => defect.Id),
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

    /// <summary>Writes a line on stderr, if anybody can.</summary>
    public static void WriteError(string line) => TryError(line + "\n");

    /// <summary>Says on stderr what is done and how far: in place on a terminal, every few seconds elsewhere.</summary>
    public static void Progress(string what, long done, long all) => Progress(() => all > 0 ? $"{what}: {done} of {all}" : done > 0 ? $"{what}: {done}" : what);

    /// <summary>The same with a line of one's own, made only when it is shown.</summary>
    public static void Progress(Func<string> told)
    {
        using var telling = Telling.EnterScope();
        var terminal = !Console.IsErrorRedirected;
        if (_isOver || SinceProgress.ElapsedMilliseconds < (terminal ? 100 : _shown == 0 ? 1000 : 3000)) return;
        SinceProgress.Restart();
        var line = told();
        // What does not fit would stay on the lines above.
        if (terminal && line.Length >= PageText.Width) line = line[..(PageText.Width - 1)];
        TryError(terminal ? "\r" + line.PadRight(_shown) : line + "\n");
        _shown = line.Length;
    }

    /// <summary>Takes the line of progress off the terminal.</summary>
    public static void EndProgress()
    {
        using var telling = Telling.EnterScope();
        if (_shown > 0 && !Console.IsErrorRedirected) TryError("\r" + new string(' ', _shown) + "\r");
        _shown = 0;
    }

    /// <summary>The same, and no other line of progress comes.</summary>
    public static void StopProgress()
    {
        using var telling = Telling.EnterScope();
        EndProgress();
        _isOver = true;
    }

    private static void TryError(string text)
    {
        try
        {
            Console.Error.Write(text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full device, or a reader that is gone: the verdict is on stdout.
        }
    }

    // What a process inherits is not closed on exec; a descriptor that is was opened by the runtime, in the place of one that was missing.
    private static bool IsOpen(int descriptor)
    {
        const int GetFlags = 1;
        return OperatingSystem.IsWindows() || Control(descriptor, GetFlags) == 0;
    }

    [DllImport("libc", EntryPoint = "fcntl")]
    private static extern int Control(int descriptor, int command);

    /// <summary>Standard output, whose faults are told as such.</summary>
    private sealed partial class StandardOutput(Stream? stream) : TextWriter
    {
        private readonly StreamWriter? _writer = stream is null ? null : new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Write(value.ToString());

        public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

        public override void Write(string? value) => WriteUnfolded(PageText.Width < PageText.Widest && value is not null ? string.Join('\n', value.Split('\n').Select(Folded)) : value);

        public void WriteUnfolded(string? value) => Try(writer => writer.Write(value));

        // For a narrow terminal: tables are made for 120 columns, and go on under themselves. Colours take no room.
        private static string Folded(string line)
        {
            if (Escape().Replace(line, "").Length <= PageText.Width || line.Contains('\u001b', StringComparison.Ordinal)) return line;
            var indent = new string(' ', Math.Min(line.Length - line.TrimStart().Length, PageText.Width / 2));
            return string.Join('\n', PageText.Fold(line.Trim(), PageText.Width - indent.Length).Select(part => (indent + part).TrimEnd()));
        }

        [GeneratedRegex(@"\u001b\[[0-9;]*m")]
        private static partial Regex Escape();

        public override void WriteLine(string? value) => Write(value + CoreNewLine[0]);

        public override void Flush() => Try(writer => writer.Flush());

        private void Try(Action<StreamWriter> write)
        {
            try
            {
                write(_writer ?? throw new IOException("it is closed"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new UsageException($"cannot write standard output: {e.Message}");
            }
        }
    }
}
