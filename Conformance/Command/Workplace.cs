// The folder of this process for what it compiles and rewrites, and the folder where it saves failures.
using PerfModel.Conformance.Checks;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>Files that a run makes.</summary>
internal static class Workplace
{
    /// <summary>Where failures are saved, below the current folder.</summary>
    public const string Failures = "perfmodel-failures";

    private static readonly Lazy<DirectoryInfo> Temporary = new(() => Directory.CreateTempSubdirectory("perfmodel-"));

    /// <summary>A new folder that is gone when the process ends.</summary>
    public static string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(Temporary.Value.FullName, name)).FullName;

    /// <summary>Removes what <see cref="NewFolder"/> made.</summary>
    public static void Clear()
    {
        if (!Temporary.IsValueCreated) return;
        try
        {
            Temporary.Value.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A child that is still ending holds a file; the system's own cleaning of its temporary folder is good enough.
        }
    }

    /// <summary>Saves a failure and returns the file's name, relative to the current folder.</summary>
    public static string Save(Failure failure)
    {
        var subject = string.Concat((failure.Saved.Subject ?? "subject").Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
        var file = Path.Combine(Failures, $"{subject}-{failure.Check}-{failure.Dialect}.txt");
        try
        {
            Directory.CreateDirectory(Failures);
            File.WriteAllText(file, failure.Saved.ToString());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot save {file}: {e.Message}");
        }

        return file;
    }

    /// <summary>The line to paste that replays a saved file.</summary>
    public static string ReplayLine(string file) =>
        File.Exists("Conformance/Conformance.csproj")
            ? $"dotnet run --project Conformance -c Release -- replay {file}"
            : $"perfmodel replay {file}";

    /// <summary>Reads a text that a user named; <c>-</c> is standard input.</summary>
    public static string Read(string file)
    {
        try
        {
            if (file == "-") return Console.In.ReadToEnd();
            if (new FileInfo(file) is { Exists: true, Length: > Text.DocumentParser.MaxLength }) throw new UsageException($"{file}: too long to be one of ours");
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException($"cannot read {Text.OperationParser.Short(file)}: {e.Message}");
        }
    }

    /// <summary>The dialects that <c>--dialect</c> names, or both.</summary>
    public static Dialect[] Dialects(string? name) => name switch
    {
        null => [Dialect.Rfc2011, Dialect.Amended],
        _ when Enum.GetValues<Dialect>().Where(dialect => string.Equals(dialect.ToString(), name, StringComparison.OrdinalIgnoreCase)).ToArray() is [var dialect] => [dialect],
        _ => throw new UsageException($"there is no dialect '{name}'; there are Rfc2011 and Amended"),
    };
}
