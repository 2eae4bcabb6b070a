// Whoever runs a program of threads again and again: threads of this process, released together in each round, or those of a remote subject.
using System.Collections.Immutable;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>Whoever runs the rounds of one program.</summary>
internal interface ICrew : IDisposable
{
    /// <summary>Whose calls and returns the last round showed, in order: −1 − thread for a call, the thread for its return.</summary>
    List<int> Order { get; }

    /// <summary>What it answered: to the setup, to the threads in the order of their returns, to after.</summary>
    List<Result> Answers { get; }

    /// <summary>Why the subject does not implement some operation of the program, or null.</summary>
    string? Skipped { get; }

    /// <summary>One round: setup, all threads at once, after. False if it was cancelled: then the round says nothing.</summary>
    /// <param name="subject">A new system.</param>
    /// <param name="threw">What there was instead of an answer, in words; or null.</param>
    bool Run(ISubject subject, out string? threw);
}

/// <summary>The threads of a remote subject, which tells what they showed; many rounds in one message.</summary>
internal sealed class RemoteCrew(Program program, Declaration declaration, int rounds, IWitness? witness) : ICrew
{
    // The longer a message takes, the longer it takes to notice that it is never answered.
    private const int Most = 50;

    private readonly Queue<Round> _told = [];
    private int _left = rounds;

    public List<int> Order { get; private set; } = [];

    public List<Result> Answers { get; private set; } = [];

    public string? Skipped { get; private set; }

    public bool Run(ISubject subject, out string? threw)
    {
        if (_told.Count == 0)
        {
            var many = Math.Min(Most, _left);
            _left -= many;
            witness?.Call(0, Phase.Thread, 0, -1);
            foreach (var one in ((IRemoteSubject)subject).Run(program, declaration, many)) _told.Enqueue(one);
            witness?.Return(0);
        }

        var round = _told.Dequeue();
        (Order, Answers, Skipped, threw) = (round.Order, round.Answers, round.Skipped, round.Instead);
        return true;
    }

    public void Dispose()
    {
    }
}

/// <summary>The threads of one program: made once, released together in each round. The caller is thread A.</summary>
internal sealed class Crew : ICrew
{
    private readonly Program _program;
    private readonly CancellationToken _cancelled;
    private readonly IWitness? _witness;
    private readonly Thread[] _others;
    private SubjectRun? _run;
    private int _round;
    private int _arrived;
    private int _finished;
    private Exception? _threw;

    public Crew(Program program, CheckContext context)
    {
        _program = program;
        _cancelled = context.Cancelled;
        _witness = context.Witness;
        _others = new Thread[Math.Max(0, program.Threads.Length - 1)];
        for (var i = 0; i < _others.Length; i++)
        {
            var thread = i + 1;
            _others[i] = new Thread(() => Work(thread)) { IsBackground = true, Name = $"stress {ProgramThread.Name(thread)}" };
            _others[i].Start();
        }
    }

    public List<int> Order { get; } = [];

    public List<Result> Answers { get; } = [];

    public string? Skipped { get; private set; }

    public bool Run(ISubject subject, out string? threw)
    {
        Order.Clear();
        Answers.Clear();
        _threw = null;
        var run = new SubjectRun(subject, new StampedRecorder(_program.Threads.Length, _program.Threads.Select(thread => thread.Lines.Length).DefaultIfEmpty().Max()));
        if (!Ask(subject, _program.Setup, Phase.Setup, out threw)) return true;
        _run = run;
        Volatile.Write(ref _arrived, 0);
        Volatile.Write(ref _finished, 0);
        // Publishes the run; the others wait for this number.
        Interlocked.Increment(ref _round);
        if (_program.Threads.Length > 0 && !Perform(run, 0)) return false;
        if (!Until(() => Volatile.Read(ref _finished) == _others.Length)) return false;
        foreach (var e in run.Recorder.Events)
        {
            Order.Add(e.Return is null ? -1 - e.Thread : e.Thread);
            if (e.Return is { } result) Answers.Add(result);
        }

        threw = _threw is null ? null : Quoted.Thrown(_threw);
        if (_threw is NotImplementedException) Skipped = threw;
        if (threw is null) Ask(subject, _program.After, Phase.After, out threw);
        return true;
    }

    public void Dispose()
    {
        Interlocked.Exchange(ref _round, -1);
        // A subject that hangs keeps its thread, which ends with the process.
        foreach (var thread in _others) thread.Join(TimeSpan.FromSeconds(1));
    }

    private void Work(int thread)
    {
        for (var round = 1; ; round++)
        {
            if (!Until(() => Volatile.Read(ref _round) is var now && (now == round || now < 0)) || Volatile.Read(ref _round) < 0) return;
            if (!Perform(_run!, thread)) return;
            Interlocked.Increment(ref _finished);
        }
    }

    // All arrive before the first call is made: the shorter the program, the more that matters.
    private bool Perform(SubjectRun run, int thread)
    {
        Interlocked.Increment(ref _arrived);
        if (!Until(() => Volatile.Read(ref _arrived) == _others.Length + 1)) return false;
        try
        {
            var lines = _program.Threads[thread].Lines;
            for (var i = 0; i < lines.Length; i++)
            {
                _witness?.Call(thread, Phase.Thread, i);
                run.Recorder.Call(thread, lines[i].Operation);
                run.Recorder.Return(thread, run.Subject.Apply(lines[i].Operation));
                _witness?.Return(thread);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Its call has no return; what it threw is the finding, unless it is only not written yet.
            if (_threw is null or NotImplementedException) _threw = e;
            _witness?.Return(thread);
        }

        return true;
    }

    // Whether it came about; false if the run was cancelled first, and then nobody waits for anybody any more.
    private bool Until(Func<bool> condition)
    {
        var spin = new SpinWait();
        while (!condition())
        {
            if (_cancelled.IsCancellationRequested) return false;
            spin.SpinOnce(sleep1Threshold: -1);
        }

        return true;
    }

    private bool Ask(ISubject subject, ImmutableArray<Line> lines, Phase phase, out string? threw)
    {
        threw = null;
        try
        {
            for (var i = 0; i < lines.Length; i++)
            {
                _witness?.Call(0, phase, i);
                Answers.Add(subject.Apply(lines[i].Operation));
                _witness?.Return(0);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            threw = Quoted.Thrown(e);
            if (e is NotImplementedException) Skipped = threw;
            _witness?.Return(0);
        }

        return threw is null;
    }

    private sealed record SubjectRun(ISubject Subject, StampedRecorder Recorder);
}
