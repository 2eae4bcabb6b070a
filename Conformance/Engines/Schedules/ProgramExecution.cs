// One program on one subject after the other, each thread one step at a time: setup alone, the threads as a scheduler says, after alone.
using System.Collections.Immutable;
using PerfModel.Conformance.Coroutines;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Schedules;

/// <summary>Runs a program, and keeps what the last execution showed until the next.</summary>
/// <param name="program">The program.</param>
/// <param name="declaration">What its subject declares.</param>
internal abstract class ProgramExecution(Program program, Declaration declaration) : IDisposable
{
    private readonly List<int> _order = [];
    private readonly List<Result> _answers = [];
    private Exception? _alone;
    private ISubject? _subject;

    /// <summary>An execution of a subject's threads: as coroutines if it has them, else as threads that park.</summary>
    public static ProgramExecution Of(Program program, Dialect dialect, Func<Declaration, ISubject> create, AccessLog? log = null)
    {
        var declaration = program.DeclarationIn(dialect);
        var first = create(declaration);
        return first is ICoroutineSubject
            ? new CoroutineExecution(program, declaration, declared => (ICoroutineSubject)create(declared)) { Log = log }
            : Parked();

        ParkedExecution Parked()
        {
            first.End();
            return new ParkedExecution(program, declaration, create, log) { Log = log };
        }
    }

    /// <summary>Whose calls and returns were seen, in order: −1 − thread for a call, the thread for its return.</summary>
    public List<int> Order => _order;

    /// <summary>The answers: those of the setup, those of the threads in the order of their returns, those of after.</summary>
    public List<Result> Answers => _answers;

    /// <summary>The choices, one for each step.</summary>
    public abstract IReadOnlyList<int> Choices { get; }

    /// <summary>What a call threw, or null.</summary>
    public Exception? Thrown => _alone ?? ThrownByThreads;

    /// <summary>The known defects that the last execution ran into.</summary>
    public ImmutableArray<KnownDefect> Met => _subject?.Met() ?? [];

    /// <summary>What did not hold in the subject's structures when all threads had ended, or null.</summary>
    public string? Unrest { get; private set; }

    /// <summary>Where the accesses of the threads are told, or null. Not those of parked threads in .NET: they tell the hook where, and not what.</summary>
    public AccessLog? Log { get; init; }

    /// <summary>Runs it; false if it says nothing, and must be made again.</summary>
    /// <exception cref="DivergedException">The scheduler's.</exception>
    public bool Run(IThreadScheduler scheduler)
    {
        _order.Clear();
        _answers.Clear();
        Log?.Restart();
        (_alone, Unrest) = (null, null);
        var subject = _subject = Create(declaration);
        var valid = !Ask(subject, program.Setup) || RunThreads(subject, scheduler);
        if (GivenUp) return valid;
        if (Thrown is null)
        {
            // Before anything else is called, which might mend it.
            Unrest = (subject as IInspectable)?.Unrest();
            Ask(subject, program.After);
        }

        subject.End();
        return valid;
    }

    // Whether all have answered: what throws is the subject's, whatever it is, and nothing is called after it.
    private bool Ask(ISubject subject, ImmutableArray<Line> lines)
    {
        try
        {
            foreach (var line in lines) _answers.Add(subject.Apply(line.Operation));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _alone = e;
        }

        return _alone is null;
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    protected abstract Exception? ThrownByThreads { get; }

    protected abstract ISubject Create(Declaration declared);

    protected abstract bool RunThreads(ISubject subject, IThreadScheduler scheduler);

    protected ImmutableArray<Line> LinesOf(int thread) => program.Threads[thread].Lines;

    protected int Threads => program.Threads.Length;

    /// <summary>Whether the threads were left where they stood.</summary>
    protected bool GivenUp { get; set; }

    protected void Called(int thread) => _order.Add(-1 - thread);

    protected void Answered(int thread, Result result)
    {
        _order.Add(thread);
        _answers.Add(result);
    }
}

/// <summary>By parked threads: for what has a hook and is no coroutine.</summary>
/// <remarks>
/// A location is known by its address, and the collector moves what is there. So an execution during which the collector ran says nothing: it takes the
/// same steps when it is made again, since the subject is a function of its schedule. In one without a collection nothing moves.
/// </remarks>
internal sealed class ParkedExecution(Program program, Declaration declaration, Func<Declaration, ISubject> create, AccessLog? log = null) : ProgramExecution(program, declaration)
{
    private readonly ParkedThreads _threads = new(program.Threads.Length) { Log = log };

    public override IReadOnlyList<int> Choices => _threads.Choices;

    protected override Exception? ThrownByThreads => _threads.Thrown;

    public override void Dispose() => _threads.Dispose();

    protected override ISubject Create(Declaration declared) => create(declared);

    protected override bool RunThreads(ISubject subject, IThreadScheduler scheduler) => _threads.Run(scheduler, thread => Perform(subject, thread), Called);

    private void Perform(ISubject subject, int thread)
    {
        foreach (var line in LinesOf(thread))
        {
            _threads.Calls(thread);
            var result = subject.Apply(line.Operation);
            _threads.Returns(thread);
            Answered(thread, result);
        }
    }
}

/// <summary>By coroutines: everything on the thread that calls.</summary>
/// <remarks>What is given up is dropped where it stands: nothing is unwound, and nobody waits.</remarks>
internal sealed class CoroutineExecution : ProgramExecution
{
    // Of all executions of this process: a location that outlives one is counted anew in the next.
    private static long s_executions;

    private readonly Func<Declaration, ICoroutineSubject> _create;
    private readonly OneThread[] _threads;
    private readonly PendingStep[] _pending;
    private readonly List<int> _choices = [];
    private Exception? _thrown;
    private long _execution;
    private int _locations;
    private bool _waits;

    public CoroutineExecution(Program program, Declaration declaration, Func<Declaration, ICoroutineSubject> create)
        : base(program, declaration)
    {
        _create = create;
        _threads = [.. program.Threads.Select(thread => new OneThread([.. thread.Lines.Select(line => line.Operation)]))];
        _pending = new PendingStep[_threads.Length];
    }

    public override IReadOnlyList<int> Choices => _choices;

    protected override Exception? ThrownByThreads => _thrown;

    public override void Dispose()
    {
    }

    protected override ISubject Create(Declaration declared) => _create(declared);

    protected override bool RunThreads(ISubject subject, IThreadScheduler scheduler)
    {
        _execution = Interlocked.Increment(ref s_executions);
        _locations = 0;
        (_thrown, GivenUp, _waits) = (null, false, false);
        _choices.Clear();
        for (var thread = 0; thread < _threads.Length; thread++)
        {
            _threads[thread].Line = 0;
            BeginCall((ICoroutineSubject)subject, thread);
        }

        while (IsAlive())
        {
            var next = scheduler.Next(_pending);
            if (GivenUp = next == IThreadScheduler.Nobody) break;
            _choices.Add(next);
            scheduler.Took(Step((ICoroutineSubject)subject, next));
            if (_waits) LookWhoCanGoOn();
        }

        if (!GivenUp && _thrown is null && _threads.Any(thread => thread.Waits)) _thrown = new InvalidOperationException("deadlock: every thread waits for a lock");
        return true;
    }

    private bool IsAlive()
    {
        foreach (var pending in _pending)
            if (pending.Alive) return true;
        return false;
    }

    // Up to its first access; a call that touches nothing has returned already, and takes a step of its own all the same.
    private void BeginCall(ICoroutineSubject subject, int index)
    {
        var thread = _threads[index];
        if (thread.Line == thread.Operations.Length)
        {
            _pending[index] = default;
            return;
        }

        CoroutineThread.Current = thread.Coroutine;
        thread.Coroutine.Suspended = null;
        thread.Begins = true;
        thread.Call = subject.Begin(thread.Operations[thread.Line]);
        Pend(index, thread);
    }

    private void Pend(int index, OneThread thread)
    {
        var suspended = thread.Coroutine.Suspended is not null;
        _pending[index] = new PendingStep(true, suspended ? thread.Coroutine.Cell!.NumberIn(_execution, ref _locations) : 0);
        thread.Waits = suspended && thread.Coroutine.Cell!.MayRefuse(thread.Coroutine);
        _waits |= thread.Waits;
    }

    // A lock that was taken or given back concerns all who are about to take it.
    private void LookWhoCanGoOn()
    {
        for (var index = 0; index < _threads.Length; index++)
            if (_threads[index] is { Waits: true, Coroutine: var coroutine }) _pending[index] = _pending[index] with { Alive = coroutine.Cell!.Admits(coroutine) };
    }

    private TakenStep Step(ICoroutineSubject subject, int index)
    {
        var thread = _threads[index];
        var coroutine = thread.Coroutine;
        var (begins, writes, location) = (thread.Begins, false, _pending[index].Location);
        var (waits, locks) = (thread.Waits, thread.Waits && coroutine.Kind == AccessKind.Lock);
        thread.Waits = false;
        if (begins) Called(index);
        thread.Begins = false;
        if (coroutine.Suspended is { } suspended)
        {
            writes = coroutine.Cell!.Perform(coroutine);
            Log?.Made(index, coroutine, writes);
            CoroutineThread.Current = coroutine;
            coroutine.Suspended = null;
            suspended.GoOn();
        }

        if (!thread.Call.IsCompleted)
        {
            Pend(index, thread);
            return Taken();
        }

        try
        {
            Answered(index, thread.Call.Result);
        }
        catch (Exception e)
        {
            // The subject's, whatever it is. The thread makes no other call.
            _thrown ??= e;
            _pending[index] = default;
            return Taken();
        }

        // The next call begins after it, with what it gives back.
        var taken = Taken(ends: true);
        thread.Line++;
        BeginCall(subject, index);
        return taken;

        TakenStep Taken(bool ends = false) => new(index, location, writes, begins, ends) { Waits = waits, Locks = locks, Frees = Freed(coroutine) };
    }

    private nint Freed(CoroutineThread coroutine)
    {
        if (coroutine.Freed is not { } freed) return 0;
        coroutine.Freed = null;
        return freed.NumberIn(_execution, ref _locations);
    }

    private sealed class OneThread(Operation[] operations)
    {
        public readonly Operation[] Operations = operations;
        public readonly CoroutineThread Coroutine = new();
        public Co<Result> Call;
        public int Line;
        public bool Begins;
        public bool Waits;
    }
}
