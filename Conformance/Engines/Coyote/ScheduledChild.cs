// The parent's end of the child process in which Coyote explores: finds it, starts it, asks it one thing at a time, ends it.
using System.Diagnostics;
using System.Text.Json;
using PerfModel.Conformance.Child;

namespace PerfModel.Conformance.Engines;

/// <summary>A running child process that explores schedules.</summary>
/// <remarks>One request is one line of JSON; its answers are lines of JSON, the last of which says <c>"reply":"done"</c> or
/// <c>"reply":"error"</c>. The child must not be trusted to answer, because what it explores may hang or crash.</remarks>
public sealed class ScheduledChild : IDisposable
{
    /// <summary>Where the child lies, beside the program that asks.</summary>
    public static string DefaultAssembly { get; } = Path.Combine(AppContext.BaseDirectory, "coyote", "PerfModel.CoyoteChild.dll");

    // What Coyote keeps of the schedules that it has explored, in MiB.
    private const int CoyotesOwn = 512;

    private readonly Process _process;
    private readonly CrashReport _lastWords;

    private ScheduledChild(Process process)
    {
        _process = process;
        _lastWords = new CrashReport(process.StandardError);
    }

    /// <summary>Starts the child.</summary>
    /// <param name="assembly">Its main assembly; <see cref="DefaultAssembly"/> unless told otherwise.</param>
    /// <param name="terms">How much a subject of the user's may take; null for one of ours.</param>
    /// <exception cref="ScheduledChildException">It is not there.</exception>
    public static ScheduledChild Start(string? assembly = null, ChildLimits? terms = null)
    {
        assembly ??= DefaultAssembly;
        if (!File.Exists(assembly))
            throw new ScheduledChildException($"the scheduler's program is missing: {assembly}");
        ProcessStartInfo start = DotnetHost.Exec(assembly);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        terms?.Limit(start, CoyotesOwn);
        return new ScheduledChild(Process.Start(start)!);
    }

    /// <summary>Asks, and yields each answer as it comes, the closing <c>done</c> not included. Read them to the end before asking again.</summary>
    /// <param name="request">The request; <c>verb</c> says which.</param>
    /// <param name="patience">How long it may be silent. After that it is ended.</param>
    /// <param name="end">Ends the child while it is asked.</param>
    /// <exception cref="ScheduledChildException">It refused, fell silent or ended; the message is one line.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="end"/> was cancelled; the child is ended.</exception>
    public IEnumerable<JsonElement> Ask(object request, TimeSpan patience, CancellationToken end = default)
    {
        Write(JsonSerializer.Serialize(request, JsonSerializerOptions.Web));
        while (true)
        {
            JsonElement answer = Parse(ReadLine(patience, end));
            string? reply = answer.GetProperty("reply").GetString();
            if (reply == "done")
                yield break;
            if (reply == "error")
                throw new ScheduledChildException(answer.GetProperty("message").GetString() ?? "the scheduler refused without a reason");
            yield return answer;
        }
    }

    /// <summary>Ends the child, whatever it is doing.</summary>
    public void Dispose()
    {
        End();
        _process.Dispose();
    }

    private void Write(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            throw Ended();
        }
    }

    private string ReadLine(TimeSpan patience, CancellationToken end)
    {
        Task<string?> line = _process.StandardOutput.ReadLineAsync(CancellationToken.None).AsTask();
        try
        {
            if (!line.Wait((int)patience.TotalMilliseconds, end))
            {
                End();
                throw new ScheduledChildException($"the scheduler gave no sign of life for {patience.TotalSeconds:0} s and was ended", childIsGone: true);
            }
        }
        catch (OperationCanceledException)
        {
            End();
            throw;
        }

        return line.Result ?? throw Ended();
    }

    private static JsonElement Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(line);
        }
        catch (JsonException)
        {
            throw new ScheduledChildException($"the scheduler answered something that is no JSON: {line}");
        }
    }

    private ScheduledChildException Ended()
    {
        _process.WaitForExit();
        string? reason = _lastWords.Reason;
        // What it complains of itself ends with this code; all else on its standard error may be a subject's chatter.
        const int Complained = 2;
        return new ScheduledChildException(
            reason ?? (_process.ExitCode == Complained && _lastWords.Lines.ToList() is { Count: > 0 } lines ? string.Join('\n', lines) : $"the scheduler's process ended with exit code {_process.ExitCode}"), childIsGone: true);
    }

    private void End()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
    }
}

/// <summary>The child process could not do what it was asked; the message is one line, or what it wrote as it ended.</summary>
public sealed class ScheduledChildException(string message, bool childIsGone = false) : Exception(message)
{
    /// <summary>Whether the child ended or had to be ended, and did not merely refuse.</summary>
    public bool ChildIsGone => childIsGone;
}
