// A process that stays and runs one command after another: most of a short command's time is the start of its process.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Command;
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

/// <summary>
/// Runs commands in processes of the tests' own, one at a time in each. Descriptors 0 to 2 are files that each command has for itself, and so is the current
/// folder; what is static outlives it. With PERFMODEL_ALONE=1, as in .ci/long, and on Windows, which has no descriptors, each command has a process of its own; so
/// has, everywhere, what only such a process can show: signals, streams that are closed, the memory of the command itself.
/// </summary>
internal sealed class CommandHost : IDisposable
{
    /// <summary>The first argument of the process; then come the name of the pipe, and the folder for the files behind the descriptors.</summary>
    public const string Verb = "command-host";

    private static readonly ConcurrentBag<CommandHost> Idle = [];

    private readonly string _streams = Directory.CreateTempSubdirectory("perfmodel streams ").FullName;
    private readonly NamedPipeServerStream _pipe;
    private readonly StreamReader _answers;
    private readonly Process _process;

    private CommandHost(TimeSpan patience)
    {
        var name = "perfmodel-" + Guid.NewGuid().ToString("N");
        _pipe = new NamedPipeServerStream(name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
        var start = DotnetHost.Exec(typeof(CommandHost).Assembly.Location, Verb, name, _streams);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        if (!_pipe.WaitForConnectionAsync().Wait(patience))
        {
            Dispose();
            Assert.Fail("the process that runs commands did not come up");
        }

        _answers = new StreamReader(_pipe);
    }

    /// <summary>Whether commands run in such a process.</summary>
    public static bool IsUsed { get; } = Environment.GetEnvironmentVariable("PERFMODEL_ALONE") != "1" && !OperatingSystem.IsWindows();

    /// <summary>Runs a command in a folder.</summary>
    public static Answer Run(string folder, string input, string[] arguments, TimeSpan patience)
    {
        var host = Idle.TryTake(out var idle) ? idle : new CommandHost(patience);
        try
        {
            var answer = host.Answer(new Job(folder, arguments), input, patience);
            Idle.Add(host);
            return answer;
        }
        catch (Exception)
        {
            host.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _pipe.Dispose();
        Directory.Delete(_streams, recursive: true);
    }

    /// <summary>The process: runs commands until nobody asks any more, as when the tests are over or were killed.</summary>
    public static int Serve(string name, string streams)
    {
        using var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut);
        pipe.Connect();
        using var jobs = new StreamReader(pipe);
        while (jobs.ReadLine() is { } line)
        {
            var job = JsonSerializer.Deserialize<Job>(line)!;
            Directory.SetCurrentDirectory(job.Folder);
            for (var descriptor = 0; descriptor <= 2; descriptor++) Redirect(descriptor, Stream(streams, descriptor));
            Console.SetIn(new StreamReader(Console.OpenStandardInput()));
            Console.SetError(new StreamWriter(Console.OpenStandardError()) { AutoFlush = true });
            var code = EntryPoint.Main(job.Arguments);
            // Tests ask which processes are left in their folder.
            Directory.SetCurrentDirectory(streams);
            pipe.Write(Encoding.UTF8.GetBytes($"{code}\n"));
        }

        Directory.Delete(streams, recursive: true);
        return 0;
    }

    private Answer Answer(Job job, string input, TimeSpan patience)
    {
        File.WriteAllText(Stream(_streams, 0), input);
        for (var descriptor = 1; descriptor <= 2; descriptor++) File.WriteAllText(Stream(_streams, descriptor), "");
        _pipe.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(job) + "\n"));
        var code = _answers.ReadLineAsync();
        if (!code.Wait(patience)) Assert.Fail($"it hung: {Written(1)}\n{Written(2)}");
        return code.Result is null
            ? throw new InvalidOperationException($"the process ended: {Written(1)}\n{Written(2)}")
            : new Answer(int.Parse(code.Result, System.Globalization.CultureInfo.InvariantCulture), Written(1), Written(2));

        string Written(int descriptor) => File.ReadAllText(Stream(_streams, descriptor));
    }

    /// <summary>The file behind a descriptor.</summary>
    private static string Stream(string streams, int descriptor) => Path.Combine(streams, $"{descriptor}");

    private static void Redirect(int descriptor, string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, descriptor == 0 ? FileAccess.Read : FileAccess.Write, FileShare.ReadWrite);
        if (Duplicate((int)file.DangerousGetHandle(), descriptor) < 0) throw new IOException($"dup2 failed: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [DllImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static extern int Duplicate(int from, int to);

    private sealed record Job(string Folder, string[] Arguments);
}
