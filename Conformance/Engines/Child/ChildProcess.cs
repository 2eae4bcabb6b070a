// The only place where a process is started that a subject may hang or end: feeds it, watches it while it works, and says what became of it when it is lost.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Child;

/// <summary>How long and how much a subject of the user's may take.</summary>
/// <param name="Patience">How long one call may take.</param>
/// <param name="Memory">How much its process may hold, in MiB.</param>
internal sealed record ChildLimits(TimeSpan Patience, int Memory)
{
    /// <summary>What is far more than any subject needs.</summary>
    public static ChildLimits Default { get; } = new(TimeSpan.FromSeconds(10), 1024);
}

/// <summary>Why a child did not live to answer.</summary>
internal enum DeathCause
{
    /// <summary>A call did not return; whether the subject or the machine stood still shows when it is run again.</summary>
    Hung,

    /// <summary>The process ended by itself.</summary>
    Crashed,

    /// <summary>A signal ended the process; whose signal it was shows when it is run again.</summary>
    Killed,

    /// <summary>An adapter ended, or broke the protocol; whether it does so whenever it is asked this shows when it is run again.</summary>
    Broken,

    /// <summary>The process held more than it may.</summary>
    OutOfMemory,

    /// <summary>The process gave no sign of life outside of any call: the fault is ours, or the machine's.</summary>
    Silent,

    /// <summary>The process did not stop when it was told to.</summary>
    Cancelled,
}

/// <summary>A child that did not live to answer.</summary>
/// <param name="Cause">Why.</param>
/// <param name="What">What it did, to follow the name of a call: <c>did not return within 10 s</c>.</param>
/// <param name="Threads">The threads whose calls were under way, and where each stood.</param>
/// <param name="Words">What the first of them called, if that stands in no program.</param>
/// <param name="Program">What was being run, or null.</param>
/// <param name="Tally">What the check had done.</param>
internal sealed record Death(
    DeathCause Cause, string What, (int Thread, Position Position)[] Threads, string Words, (Program Program, Dialect Dialect)? Program, (long Iterations, long Operations, RuleSet Spoke) Tally)
{
    /// <summary>Whether the subject is to blame only if the same call ends a second child.</summary>
    public bool NeedsProof => Cause is DeathCause.Hung or DeathCause.Killed or DeathCause.Broken;

    /// <summary>The same for a finding.</summary>
    public Ending Ending => Cause switch { DeathCause.Hung => Ending.Hung, DeathCause.OutOfMemory => Ending.OutOfMemory, _ => Ending.Crashed };

    /// <summary>Where the first of its threads stood.</summary>
    public Position Position => Threads is [var (_, position), ..] ? position : default;

    /// <summary>What is to be said of it if it does not come again.</summary>
    public string Doubt => Cause switch
    {
        DeathCause.Silent => $"the child {What}: the machine stood still, or has no memory to spare",
        DeathCause.Hung => $"{Message}, and not when it was run again: the machine stood still, or was too busy",
        DeathCause.Broken => $"{Message}, and not when it was run again",
        _ => $"{Message}, and not when it was run again: somebody else ended it, for the sake of memory perhaps",
    };

    /// <summary>The call and what it did, in one line.</summary>
    public string Message => Threads.Length == 0 ? $"between two calls the subject {What}" : $"{string.Join(" or ", Threads.Select(Call).Distinct())} {What}";

    /// <summary>Whether another child died of the same call.</summary>
    public bool IsSameAs(Death other) =>
        Cause == other.Cause && Position.Phase == other.Position.Phase
        && Program?.Program.ToString() == other.Program?.Program.ToString()
        // Which of several threads is noticed first is chance.
        // And of many operations in one message nobody knows which was the one.
        && (Program?.Program.Threads.IsEmpty == false || Position.Time < 0 || Position.Line == other.Position.Line);

    private string Call((int Thread, Position Position) at)
    {
        if (at.Position.Phase == Phase.Making) return "the constructor";
        if (at.Position.Phase == Phase.Disposing) return "Dispose";
        if (at.Position.Phase == Phase.Loose) return Words;
        var lines = Program?.Program is not { } program ? []
            : at.Position.Phase == Phase.Thread ? (at.Thread < program.Threads.Length ? program.Threads[at.Thread].Lines : [])
            : at.Position.Phase == Phase.After ? program.After
            : program.Threads.IsEmpty ? program.Setup.AddRange(program.After) : program.Setup;
        if (at.Position.Line >= lines.Length) return "a call";
        if (at.Position.Time < 0) return at.Position.Phase == Phase.Thread ? "the program of threads" : $"{lines[at.Position.Line].Operation}, or a call behind it,";
        return $"{(at.Position.Phase == Phase.Thread ? $"thread {ProgramThread.Name(at.Thread)}: " : "")}{lines[at.Position.Line].Operation}";
    }
}

/// <summary>A running child, which is a <see cref="ChildHost"/>.</summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    // How long a child may take to stop when it is told to; it looks between two sequences.
    private static readonly TimeSpan ToStop = TimeSpan.FromSeconds(2);

    // For a child that is at work outside of any call: starting, shrinking, judging. Then the fault is ours, or the machine's.
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(2);

    // What the suite itself and the runtime hold, beside the objects that the limit is for.
    private const long Overhead = 512L << 20;

    // HUP, INT, KILL and TERM: what ends a process and is no fault in it.
    private static readonly int[] Signals = [129, 130, 137, 143];

    private readonly ChildLimits? _limits;
    private readonly Process _process;
    private readonly CrashReport _crashReport;
    private readonly BlackBox _box;
    private readonly BlockingCollection<Reply> _replies = [];
    private volatile bool _chatters;

    private ChildProcess(Process process, BlackBox box, ChildLimits? limits)
    {
        (_process, _box, _limits) = (process, box, limits);
        _crashReport = new CrashReport(process.StandardError);
        new Thread(Listen) { IsBackground = true, Name = "answers" }.Start();
    }

    /// <summary>Whether the subject wrote to standard output.</summary>
    public bool Chatters => _chatters || _box.Printed;

    /// <summary>Starts a child.</summary>
    /// <param name="assembly">Its program.</param>
    /// <param name="folder">Where its black box lies, whose path is its last argument.</param>
    /// <param name="limits">What the subject may take; null for one of ours.</param>
    /// <param name="own">What the program needs for itself beyond that, in MiB.</param>
    /// <param name="arguments">The arguments before that.</param>
    /// <exception cref="SubjectException">The program is not there.</exception>
    public static ChildProcess Start(string assembly, string folder, ChildLimits? limits, int own = 0, params string[] arguments)
    {
        if (!File.Exists(assembly)) throw new SubjectException($"the child's program is missing: {assembly}");
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, "black-box");
        var box = BlackBox.Open(path);
        box.Clear();
        var start = DotnetHost.Exec(assembly, [.. arguments, path]);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        if (limits is not null) limits = limits with { Memory = limits.Memory + own };
        if (limits is not null) start.Environment["DOTNET_GCHeapHardLimit"] = ((long)limits.Memory << 20).ToString("x", CultureInfo.InvariantCulture);
        return new ChildProcess(Process.Start(start)!, box, limits);
    }

    /// <summary>Asks, and waits for the answer that ends the request, or for the child's death.</summary>
    /// <param name="request">The request.</param>
    /// <param name="patience">How long one call may take; <see cref="Timeout.InfiniteTimeSpan"/> where none is made.</param>
    /// <param name="told">Told of the answers before that.</param>
    /// <param name="end">Asks the child to stop, and ends it if it does not.</param>
    public (Reply? Answer, Death? Death) Ask(Request request, TimeSpan patience, Action<Reply> told, CancellationToken end)
    {
        Write(request);
        // A clock that stands still while nobody looks: if this process was stopped, the child was too, perhaps.
        var (now, looked) = (TimeSpan.Zero, Stopwatch.GetTimestamp());
        var (sign, stopped) = (now, TimeSpan.MaxValue);
        var standing = new (long Calls, TimeSpan Since)[BlackBox.Threads];
        var progress = new Reply.Progress(request switch { Request.Check check => check.Name, Request.Run { Program.Check: { } saved } => saved, _ => "child" }, 0, 0);
        while (true)
        {
            var replied = _replies.TryTake(out var reply, Glance);
            var passed = Stopwatch.GetElapsedTime(looked);
            (now, looked) = (now + (passed < 4 * Glance ? passed : 4 * Glance), Stopwatch.GetTimestamp());
            if (replied)
            {
                sign = now;
                if (reply is Reply.Lost lost) return (null, Lost(lost.Cause, lost.What));
                if (reply is not (Reply.Found or Reply.Progress)) return (reply, null);
                if (reply is Reply.Progress further) progress = further;
                else told(reply);
            }

            // Again and again: whoever looks on sees that somebody watches.
            told(progress);

            if (end.IsCancellationRequested && stopped == TimeSpan.MaxValue)
            {
                stopped = now;
                Write(new Request.Stop());
            }

            if (_replies.IsCompleted) return (null, Ended());
            if (TooMuch() is { } held) return (null, Lost(DeathCause.OutOfMemory, Allocated(held)));
            for (var thread = 0; thread < standing.Length; thread++)
            {
                var position = _box.Of(thread);
                // A call may take what patience allows, a minute or an hour.
                if (position.Inside || position.Calls != standing[thread].Calls) sign = now;
                if (!position.Inside || position.Calls != standing[thread].Calls) standing[thread] = (position.Calls, now);
                else if (patience > TimeSpan.Zero && now - standing[thread].Since >= patience)
                    return (null, Lost(DeathCause.Hung, string.Create(CultureInfo.InvariantCulture, $"did not return within {patience.TotalSeconds:0.#} s"), thread));
            }

            if (stopped != TimeSpan.MaxValue && now - stopped >= ToStop) return (null, Lost(DeathCause.Cancelled, "did not stop when it was told to"));
            if (now - sign >= Silence) return (null, Lost(DeathCause.Silent, $"gave no sign of life for {Silence.TotalMinutes:0} minutes"));
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
            {
                if (Wire.Reply(line) is { } reply) _replies.Add(reply);
                else _chatters |= line.Length > 0;
            }
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
        if (_limits is null) return null;
        try
        {
            _process.Refresh();
            return _process.WorkingSet64 is var held && held > ((long)_limits.Memory << 20) + Overhead ? held >> 20 : null;
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
        var reason = _crashReport.Reason;
        if (_limits is not null && (_box.OutOfMemory || reason?.Contains("OutOfMemory", StringComparison.Ordinal) == true || reason?.StartsWith("Out of memory", StringComparison.Ordinal) == true))
            return Lost(DeathCause.OutOfMemory, Allocated(_limits.Memory));
        if (reason is not null) return Lost(DeathCause.Crashed, $"ended the process: {Quoted.Short(reason, 160)}");
        return Lost(Signals.Contains(_process.ExitCode) ? DeathCause.Killed : DeathCause.Crashed, $"ended the process with exit code {_process.ExitCode}");
    }

    /// <summary>What is said of a process that holds too much, in MiB.</summary>
    internal static string Allocated(long held) => $"allocates without end: {held} MiB";

    // Ends the child first: what it would still write is no longer where it was lost.
    private Death Lost(DeathCause cause, string what, int thread = -1)
    {
        Kill();
        int[] threads = thread >= 0 ? [thread] : cause is DeathCause.Silent or DeathCause.Cancelled ? [] : [.. Enumerable.Range(0, BlackBox.Threads).Where(one => _box.Of(one).Inside)];
        return new Death(cause, what, [.. threads.Select(one => (one, _box.Of(one)))], threads is [var first, ..] ? _box.Words(first) : "", _box.Program, _box.Tally);
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
