// The parent's end: starts the child, asks it, watches it while it works, and says what became of it when it is lost.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Child;

/// <summary>How long and how much a subject of the user's may take.</summary>
/// <param name="Patience">How long one call may take.</param>
/// <param name="Memory">How much its process may hold, in MiB.</param>
public sealed record ChildLimits(TimeSpan Patience, int Memory)
{
    /// <summary>What is far more than any subject needs.</summary>
    public static ChildLimits Default { get; } = new(TimeSpan.FromSeconds(10), 1024);

    /// <summary>Gives a process no more memory than that for objects.</summary>
    /// <param name="start">The process.</param>
    /// <param name="more">What it needs for itself beyond that, in MiB.</param>
    public void Limit(ProcessStartInfo start, int more = 0) =>
        start.Environment["DOTNET_GCHeapHardLimit"] = ((long)(Memory + more) << 20).ToString("x", CultureInfo.InvariantCulture);
}

/// <summary>A child that did not live to answer.</summary>
/// <param name="Kind">hang, crashed or memory; silent if it is not known to be the subject's doing; cancelled if it was ended because it did not stop.</param>
/// <param name="Message">What it did, to follow the name of a call: <c>did not return within 10 s</c>.</param>
/// <param name="Thread">The thread whose call was under way, or −1.</param>
/// <param name="Position">Where that thread stood.</param>
/// <param name="Words">What it called, if that stands in no program.</param>
/// <param name="Program">What was being run, or null.</param>
/// <param name="Tally">What the check had done.</param>
internal sealed record Death(string Kind, string Message, int Thread, Position Position, string Words, (Program Program, Dialect Dialect)? Program, (long Iterations, long Operations, RuleSet Spoke) Tally);

/// <summary>A running child with one subject of the user's.</summary>
internal sealed class SubjectChild : IDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    // How long a child may take to stop when it is told to; it looks between two sequences.
    private static readonly TimeSpan ToStop = TimeSpan.FromSeconds(2);

    // For a child that is at work outside of any call: starting, shrinking, judging. Then the fault is ours, or the machine's.
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(2);

    // What the suite itself and the runtime hold, beside the objects that the limit is for.
    private const long Overhead = 512L << 20;

    private readonly ChildLimits _terms;
    private readonly Process _process;
    private readonly CrashReport _lastWords;
    private readonly BlackBox _box;
    private readonly BlockingCollection<Reply> _replies = [];

    private SubjectChild(Process process, BlackBox box, ChildLimits terms)
    {
        (_process, _box, _terms) = (process, box, terms);
        _lastWords = new CrashReport(process.StandardError);
        new Thread(Listen) { IsBackground = true, Name = "answers" }.Start();
    }

    /// <summary>Starts a child.</summary>
    /// <param name="host">The program that is <see cref="SubjectHost"/> when it is told so.</param>
    /// <param name="box">The path of the black box.</param>
    /// <param name="terms">What the subject may take.</param>
    public static SubjectChild Start(string host, string box, ChildLimits terms)
    {
        var opened = BlackBox.Open(box);
        opened.Clear();
        var start = DotnetHost.Exec(host, SubjectHost.Verb, box);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        terms.Limit(start);
        return new SubjectChild(Process.Start(start)!, opened, terms);
    }

    /// <summary>Asks, and waits for the answer that ends the request, or for the child's death.</summary>
    /// <param name="request">The request.</param>
    /// <param name="patience">How long one call may take.</param>
    /// <param name="told">Told of the answers before that.</param>
    /// <param name="end">Asks the child to stop, and ends it if it does not.</param>
    public (Reply? Answer, Death? Death) Ask(Request request, TimeSpan patience, Action<Reply> told, CancellationToken end)
    {
        Write(request);
        var sinceSign = Stopwatch.StartNew();
        var sinceStop = new Stopwatch();
        var standing = new (long Calls, long Since)[BlackBox.Threads];
        var progress = new Reply("progress") { Message = request.Check ?? request.Verb };
        while (true)
        {
            if (_replies.TryTake(out var reply, Glance))
            {
                sinceSign.Restart();
                if (reply.Kind is not ("found" or "progress")) return (reply, null);
                if (reply.Kind == "progress") progress = reply;
                else told(reply);
            }

            // Again and again: whoever looks on sees that somebody watches.
            told(progress);

            if (end.IsCancellationRequested && !sinceStop.IsRunning)
            {
                sinceStop.Start();
                Write(new Request("stop"));
            }

            if (_replies.IsCompleted) return (null, Ended());
            if (TooMuch() is { } held) return (null, Lost("memory", Allocated(held)));
            for (var thread = 0; thread < standing.Length; thread++)
            {
                var position = _box.Of(thread);
                // A call may take what patience allows, a minute or an hour.
                if (position.Inside || position.Calls != standing[thread].Calls) sinceSign.Restart();
                if (!position.Inside || position.Calls != standing[thread].Calls) standing[thread] = (position.Calls, Stopwatch.GetTimestamp());
                else if (Stopwatch.GetElapsedTime(standing[thread].Since) >= patience)
                    return (null, Lost("hang", string.Create(CultureInfo.InvariantCulture, $"did not return within {patience.TotalSeconds:0.#} s"), thread));
            }

            if (sinceStop.Elapsed >= ToStop) return (null, Lost("cancelled", "did not stop when it was told to"));
            if (sinceSign.Elapsed >= Silence) return (null, Lost("silent", $"gave no sign of life for {Silence.TotalMinutes:0} minutes"));
        }
    }

    /// <summary>Ends the child, whatever it is doing.</summary>
    public void Dispose()
    {
        Kill();
        _process.Dispose();
        _box.Dispose();
    }

    private void Listen()
    {
        try
        {
            while (_process.StandardOutput.ReadLine() is { } line)
                if (Wire.Reply(line) is { } reply) _replies.Add(reply);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It was ended in the middle of a line.
        }

        _replies.CompleteAdding();
    }

    private void Write(Request request)
    {
        try
        {
            _process.StandardInput.WriteLine(Wire.Line(request));
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It is gone; whoever waits for its answer will hear of it.
        }
    }

    private long? TooMuch()
    {
        try
        {
            _process.Refresh();
            return _process.WorkingSet64 is var held && held > ((long)_terms.Memory << 20) + Overhead ? held >> 20 : null;
        }
        catch (InvalidOperationException)
        {
            // It has just ended.
            return null;
        }
    }

    private Death Ended()
    {
        // Its answers have ended; a process that only closed them is ended too.
        if (!_process.WaitForExit(ToStop)) Kill();
        _process.WaitForExit();
        var reason = _lastWords.Reason;
        return _box.OutOfMemory || reason?.Contains("OutOfMemory", StringComparison.Ordinal) == true || reason?.StartsWith("Out of memory", StringComparison.Ordinal) == true
            ? Lost("memory", Allocated(_terms.Memory))
            : Lost("crashed", reason is null ? $"ended the process with exit code {_process.ExitCode}" : $"ended the process: {Quoted.Short(reason, 160)}");
    }

    private static string Allocated(long held) => $"allocates without end: {held} MiB";

    // Ends the child first: what it would still write is no longer where it was lost.
    private Death Lost(string kind, string message, int thread = -1)
    {
        Kill();
        if (thread < 0 && kind is not ("silent" or "cancelled")) thread = Enumerable.Range(0, BlackBox.Threads).Where(one => _box.Of(one).Inside).DefaultIfEmpty(-1).First();
        return new Death(kind, message, thread, thread < 0 ? default : _box.Of(thread), thread < 0 ? "" : _box.Words(thread), _box.Program, _box.Tally);
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
