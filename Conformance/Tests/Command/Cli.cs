// Runs the perfmodel command as a user does: arguments, standard input, and a folder of its own; in CI a process of its own, else one that stays.
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Subjects;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

/// <summary>What a process answered.</summary>
public sealed record Answer(int Code, string Out, string Err)
{
    /// <summary>The one JSON object on stdout.</summary>
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Out);

    /// <summary>The lines on stderr that are no progress.</summary>
    public IEnumerable<string> Complaints => Err.Split('\n').Where(line => line.StartsWith("perfmodel: ", StringComparison.Ordinal));

    /// <summary>Asserts the exit code, and shows everything if it is another.</summary>
    public Answer Exits(int code)
    {
        Assert.True(code == Code, $"exit code {Code}, not {code}\n{Out}\n{Err}");
        return this;
    }

    /// <summary>Asserts that bad input was met as it must be: exit code 2, one line on stderr with these words, nothing else anywhere.</summary>
    public Answer Complains(string words)
    {
        Exits(2);
        Assert.Equal("", Out);
        var line = Assert.Single(Err.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("perfmodel: ", line, StringComparison.Ordinal);
        Assert.Contains(words, line, StringComparison.Ordinal);
        return this;
    }
}

/// <summary>A folder of its own, in which the command runs and saves what it finds.</summary>
public sealed class Cli : IDisposable
{
    // Far more than anything here takes: a process that is still there has hung.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>The command's assembly.</summary>
    public static string Assembly { get; } = Path.Combine(AppContext.BaseDirectory, "perfmodel.dll");

    /// <summary>What the command calls itself in its help: the program that runs it.</summary>
    public static string Called => CommandHost.IsUsed ? typeof(CommandHost).Assembly.GetName().Name! : "perfmodel";

    /// <summary>The folder.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("perfmodel test ").FullName;

    /// <summary>Runs the command to its end.</summary>
    public Answer Run(params string[] arguments) => Run("", arguments);

    /// <summary>Runs the command to its end with this on its standard input.</summary>
    public Answer Run(string input, string[] arguments) =>
        CommandHost.IsUsed ? CommandHost.Run(Folder, input, arguments, Patience) : Run(DotnetHost.Exec(Assembly, arguments), input);

    /// <summary>Runs the command to its end in a process of its own.</summary>
    public Answer RunProcess(params string[] arguments) => Run(DotnetHost.Exec(Assembly, arguments), "");

    /// <summary>Replays a saved failure as its page says: a subject of the user's is named again.</summary>
    public Answer Replay(string file, params string[] more)
    {
        var subject = Read(file).Split('\n').FirstOrDefault(line => line.StartsWith("subject ", StringComparison.Ordinal))?["subject ".Length..];
        string[] named = subject is not null && SubjectName.IsUsers(subject) ? ["--subject", subject] : [];
        return Run(["replay", file, .. named, .. more]);
    }

    /// <summary>Runs any process to its end in the folder.</summary>
    public Answer Run(ProcessStartInfo start, string input)
    {
        using var process = Start(start);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        return End(process, output, process.StandardError.ReadToEndAsync());
    }

    /// <summary>Runs the command where no other program is found.</summary>
    public Answer RunAlone(params string[] arguments)
    {
        var start = DotnetHost.Exec(Assembly, arguments);
        start.Environment["PATH"] = Folder;
        return Run(start, "");
    }

    /// <summary>Starts the command, waits for its first line of progress, interrupts it, and lets it end.</summary>
    public Answer RunInterrupted(params string[] arguments) => RunInterrupted(1, arguments);

    /// <summary>The same with so many signals, one right after the other.</summary>
    public Answer RunInterrupted(int times, params string[] arguments)
    {
        using var process = Start(DotnetHost.Exec(Assembly, arguments));
        var output = process.StandardOutput.ReadToEndAsync();
        var first = process.StandardError.ReadLine();
        Assert.True(first is not null && !process.HasExited, $"it ended before it could be interrupted: {first}");
        Interrupt(process, times);
        return End(process, output, process.StandardError.ReadToEndAsync());
    }

    /// <summary>Starts the command with an open standard input, and interrupts it a moment later.</summary>
    public Answer RunInterruptedWhileReading(params string[] arguments)
    {
        using var process = Start(DotnetHost.Exec(Assembly, arguments));
        // There is nothing to see of a process that reads; it listens for signals before it does.
        Thread.Sleep(TimeSpan.FromSeconds(3));
        Interrupt(process);
        return End(process, process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    /// <summary>Writes a file into the folder and answers its name.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(Path.Combine(Folder, name), text);
        return name;
    }

    /// <summary>Writes bytes into a file of the folder and answers its name.</summary>
    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(Path.Combine(Folder, name), bytes);
        return name;
    }

    /// <summary>The one finding that was saved by a name that begins so, as a replay line names it.</summary>
    public string Saved(string name) =>
        Path.GetRelativePath(Folder, Assert.Single(Directory.GetFiles(Path.Combine(Folder, "perfmodel-failures"), name + "-*.txt")));

    /// <summary>Reads a file of the folder.</summary>
    public string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private Process Start(ProcessStartInfo start)
    {
        start.WorkingDirectory = Folder;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardOutputEncoding = start.StandardErrorEncoding = Encoding.UTF8;
        return Process.Start(start)!;
    }

    private static void Interrupt(Process process, int times = 1)
    {
        // The shell's own kill: the program of that name is not everywhere.
        using var kill = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", string.Join("; sleep 0.01; ", Enumerable.Repeat($"kill -INT {process.Id}", times))]))!;
        kill.WaitForExit();
    }

    private static Answer End(Process process, Task<string> output, Task<string> errors)
    {
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"it hung: {output.Result}\n{errors.Result}");
        }

        return new Answer(process.ExitCode, output.Result, errors.Result);
    }
}

/// <summary>A test that sends signals.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows()) Skip = "Windows has no SIGINT that a process could send to another; run the tests on Linux or macOS";
        else if (IgnoresInterrupts()) Skip = "SIGINT is ignored here, as in a job that a shell started in the background, and so it would be by every process that is started; run the tests in the foreground";
    }

    /// <summary>Whether it takes long, and waits for CI.</summary>
    public bool Long
    {
        get => Skip == Tests.Long.Skip;
        set => Skip ??= value ? Tests.Long.Skip : null;
    }

    // The mask of ignored signals, where the system tells it; SIGINT is bit 1.
    private static bool IgnoresInterrupts() =>
        File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } line
        && (Convert.ToUInt64(line["SigIgn:".Length..].Trim(), 16) >> 1 & 1) != 0;
}

/// <summary>A test that needs a device of Unix.</summary>
public sealed class DeviceFactAttribute : FactAttribute
{
    public DeviceFactAttribute(string device)
    {
        if (!File.Exists(device)) Skip = $"there is no {device} here";
    }
}

/// <summary>A theory that sends signals.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute()
    {
        if (OperatingSystem.IsWindows()) Skip = "Windows has no signals that a process could send to itself; run the tests on Linux or macOS";
    }
}

/// <summary>Tests that need a device of Unix.</summary>
public sealed class DeviceTheoryAttribute : TheoryAttribute
{
    public DeviceTheoryAttribute(string device)
    {
        if (!File.Exists(device)) Skip = $"there is no {device} here";
    }
}
