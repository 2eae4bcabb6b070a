// The folder of this process for what it compiles and rewrites, and the folder where it saves failures.
using System.Text;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Command;

/// <summary>A failure, and the file that replays it, relative to the current folder; null if it could not be saved.</summary>
internal sealed record SavedFailure(Finding Failure, string? File)
{
    /// <summary>The line to paste that replays it.</summary>
    public string? Replay => File is null ? null : ArtifactStore.ReplayLine(File, Failure.Saved.Subject);
}

/// <summary>Files that a run makes.</summary>
internal static class ArtifactStore
{
    private const string Prefix = "perfmodel-";

    // Held open while the process lives: whoever can open it alone knows that nobody does.
    private const string Alive = "alive";

    // Another one for the next command: a process of the tests runs several.
    private static Lazy<(DirectoryInfo Folder, FileStream Alive)> _temporary = new(MakeTemporary);

    /// <summary>A new folder that is gone when the command ends.</summary>
    /// <exception cref="UsageException">There is no place for it.</exception>
    public static string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(_temporary.Value.Folder.FullName, name)).FullName;

    /// <summary>Removes what <see cref="NewFolder"/> made.</summary>
    public static void Clear()
    {
        if (!_temporary.IsValueCreated) return;
        var made = _temporary.Value;
        _temporary = new(MakeTemporary);
        made.Alive.Dispose();
        Delete(made.Folder.FullName);
    }

    private static (DirectoryInfo Folder, FileStream Alive) MakeTemporary()
    {
        try
        {
            var folder = Directory.CreateTempSubdirectory(Prefix);
            var alive = new FileStream(Path.Combine(folder.FullName, Alive), FileMode.CreateNew, FileAccess.Write, FileShare.None);
            foreach (var other in Directory.GetDirectories(Path.GetTempPath(), $"{Prefix}*").Where(IsDead)) Delete(other);
            return (folder, alive);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot make a temporary folder in {Path.GetTempPath()}, which TMPDIR names: {(Directory.Exists(Path.GetTempPath()) ? "it cannot be written" : "it does not exist")}");
        }
    }

    // What a process that was killed has left. A folder that is about to get its file is none.
    private static bool IsDead(string folder)
    {
        try
        {
            if (new DirectoryInfo(folder).LinkTarget is not null || !File.Exists(Path.Combine(folder, Alive))) return false;
            using var alone = new FileStream(Path.Combine(folder, Alive), FileMode.Open, FileAccess.Write, FileShare.None);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A child that is still ending holds a file: the next process sweeps it.
        }
    }

    /// <summary>Saves failures; the first <see cref="FailureFolder.MostOfACheck"/> of each check have a file.</summary>
    public static List<SavedFailure> Save(IEnumerable<Finding> failures) =>
        [.. FailureFolder.Save(failures, Complain).Select(saved => new SavedFailure(saved.Finding, saved.File))];

    /// <summary>Saves a program by a name that begins with these words; null if it could not be saved.</summary>
    public static string? Save(Text.Program program, params string[] words) => FailureFolder.Save(program, Complain, words);

    /// <summary>The name of a file beside the saved failures, by these words.</summary>
    /// <exception cref="UsageException">There is no place for it.</exception>
    public static string Beside(string name)
    {
        try
        {
            return Path.Combine(Directory.CreateDirectory(FailureFolder.Name).Name, string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '+' ? c : '-')));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot make the folder {FailureFolder.Name}: {e.Message}");
        }
    }

    /// <summary>The line to paste that replays a saved file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="subject">Its subject: one of the user's has to be named again.</param>
    public static string ReplayLine(string file, string? subject) => LineOf("replay", SubjectName.Argument(file)) + SubjectName.ReplayOption(subject);

    /// <summary>The line to paste that asks the model.</summary>
    public static string EvalLine(string file) => LineOf("eval", file);

    /// <summary>Reads a text that a user named; <c>-</c> is standard input.</summary>
    public static string Read(string file)
    {
        using var reader = Reader(file);
        var name = file == "-" ? "standard input" : Quoted.Short(file);
        try
        {
            return ReadBounded(reader) ?? throw new UsageException($"cannot read {name}: too long to be one of ours");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot read {name}: {e.Message}");
        }
    }

    /// <summary>Opens a text that a user named, of any length; <c>-</c> is standard input.</summary>
    public static TextReader Reader(string file)
    {
        var name = file == "-" ? "standard input" : Quoted.Short(file);
        try
        {
            if (file.Length == 0) throw new UsageException("cannot read '': expected the name of a file");
            if (file == "-" && !Output.HasInput) throw new UsageException($"cannot read {name}: it is closed");
            if (Directory.Exists(file)) throw new UsageException($"cannot read {name}: it is a folder");
            if (file != "-" && !File.Exists(file)) throw new UsageException($"cannot read {name}: there is no such file");
            return file == "-" ? Console.In : new StreamReader(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException($"cannot read {name}: {e.Message}");
        }
    }

    private static string LineOf(string verb, string file) =>
        File.Exists("Conformance/Conformance.csproj")
            ? $"dotnet run --project Conformance -c Release -- {verb} {file}"
            : $"perfmodel {verb} {file}";

    // On stderr: it must not cost the user the verdict.
    private static void Complain(string line)
    {
        Output.EndProgress();
        Output.WriteError($"perfmodel: {line}");
    }

    // A device or a pipe has no length to look at beforehand, and may have no end.
    private static string? ReadBounded(TextReader reader)
    {
        var text = new StringBuilder();
        var buffer = new char[1 << 16];
        while (reader.Read(buffer, 0, buffer.Length) is var read and > 0)
        {
            text.Append(buffer, 0, read);
            if (text.Length > Text.ProgramParser.MaxLength) return null;
        }

        return text.ToString();
    }
}
