// What threads share in the posted subject: locations of the kernel's memory, one statement at a time, and its mutexes.
//
// A statement is one access, as in Model/Posted. With a scheduler a call is suspended before each of them; without one, on real threads, it is made at once,
// under a lock that no other statement of that location holds.
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using PerfModel.Conformance.Coroutines;

namespace PerfModel.Posted;

/// <summary>Memory of which the statements of all threads have one order.</summary>
/// <param name="owner">The name of the event that it is of.</param>
internal sealed class Location(string owner) : Cell
{
    private const string Nothing = "NULL";

    internal override object? Value => null;

    /// <summary>A statement that stores nothing.</summary>
    /// <param name="field">The field, as pages name it.</param>
    /// <param name="load">What it does; its answer is the value.</param>
    public Statement<T> Load<T>(string field, Func<T> load) => new(this, AccessKind.LoadAcquire, field, load);

    /// <summary>A test that leaves a mark, as it begins a visit: pages call it a load.</summary>
    /// <param name="field">The field.</param>
    /// <param name="test">The test.</param>
    /// <param name="shown">The value that was tested.</param>
    public Statement<bool> Test(string field, Func<bool> test, Func<object?> shown) => new(this, AccessKind.LoadAcquire, field, test) { StoresIf = _ => true, Shown = shown };

    /// <summary>A store that depends on what is there.</summary>
    /// <param name="field">The field.</param>
    /// <param name="swap">What it does; null if it has stored, else what was there.</param>
    /// <param name="shown">The value that is there afterwards.</param>
    public Statement<T?> Swap<T>(string field, Func<T?> swap, Func<object?> shown)
        where T : class => new(this, AccessKind.CompareExchange, field, swap) { StoresIf = was => was is null, Shown = shown };

    /// <summary>A statement that may store.</summary>
    /// <param name="field">The field.</param>
    /// <param name="store">What it does.</param>
    /// <param name="shown">The value that is there afterwards, as pages tell it; if it is not given, the answer.</param>
    public Statement<T> Store<T>(string field, Func<T> store, Func<object?>? shown = null) => new(this, AccessKind.StoreRelease, field, store) { Shown = shown };

    /// <summary>A statement that waits until it may store.</summary>
    /// <param name="field">The field.</param>
    /// <param name="admits">Whether it may.</param>
    /// <param name="store">What it does.</param>
    /// <param name="shown">The value that is there afterwards.</param>
    public Statement<T> StoreWhen<T>(string field, Func<bool> admits, Func<T> store, Func<object?>? shown = null) =>
        new(this, AccessKind.StoreRelease, field, store) { Admits = admits, Shown = shown };

    /// <summary>Makes a statement now: nobody schedules this thread.</summary>
    public void Make(Statement statement)
    {
        lock (this)
        {
            while (statement.Admits?.Invoke() == false) Monitor.Wait(this);
            statement.Perform();
            if (statement.Stores) Monitor.PulseAll(this);
        }
    }

    internal override bool MayRefuse(CoroutineThread thread) => ((Statement)thread.Reference!).Admits is not null;

    internal override bool Admits(CoroutineThread thread) => ((Statement)thread.Reference!).Admits?.Invoke() != false;

    internal override bool Perform(CoroutineThread thread)
    {
        var statement = (Statement)thread.Reference!;
        statement.Perform();
        return statement.Stores;
    }

    internal override (string Location, string Value)? Told(CoroutineThread thread)
    {
        var statement = (Statement)thread.Reference!;
        return ($"{owner}->{statement.Field}", Words(statement.Shown is { } shown ? shown() : statement.Answer));
    }

    private static string Words(object? value) => value switch
    {
        null => Nothing,
        bool flag => flag ? "1" : "0",
        _ => value.ToString() ?? Nothing,
    };
}

/// <summary>A statement, to be awaited.</summary>
internal abstract class Statement : IAwaited, ICriticalNotifyCompletion
{
    private readonly CoroutineThread? _thread;

    /// <summary>Announces it to the scheduler of this thread, if it has one.</summary>
    protected Statement(Cell cell, AccessKind kind, string field)
    {
        (Kind, Field) = (kind, field);
        if (!CoroutineThread.IsScheduled) return;
        _thread = CoroutineThread.Current;
        (_thread.Cell, _thread.Kind, _thread.Row, _thread.Reference) = (cell, kind, 0, this);
    }

    /// <summary>The kind of its access.</summary>
    public AccessKind Kind { get; }

    /// <summary>The field that it touches, as pages name it.</summary>
    public string Field { get; }

    /// <summary>Whether it may be made; null if it may always.</summary>
    public Func<bool>? Admits { get; init; }

    /// <summary>The value to be shown, if it is not the answer.</summary>
    public Func<object?>? Shown { get; init; }

    /// <summary>Its answer.</summary>
    public abstract object? Answer { get; }

    /// <summary>Whether it has stored.</summary>
    public abstract bool Stores { get; }

    /// <summary>Whether there is nobody to wait for.</summary>
    public bool IsCompleted => _thread is null;

    /// <summary>Makes it.</summary>
    public abstract void Perform();

    void IAwaited.Suspend(Frame frame) => _thread!.Suspended = frame;

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => throw new NotSupportedException();
}

/// <summary>A statement with an answer.</summary>
internal sealed class Statement<T>(Location location, AccessKind kind, string field, Func<T> access) : Statement(location, kind, field)
{
    private T? _answer;
    private ExceptionDispatchInfo? _thrown;

    public override object? Answer => _answer;

    public override bool Stores => StoresIf?.Invoke(_answer!) ?? Kind != AccessKind.LoadAcquire;

    /// <summary>Whether it has stored, by its answer; null if its kind says so.</summary>
    public Func<T, bool>? StoresIf { get; init; }

    // What it throws is thrown by the call that awaits it, and not by whoever makes it.
    public override void Perform()
    {
        try
        {
            _answer = access();
        }
        catch (OopsException e)
        {
            _thrown = ExceptionDispatchInfo.Capture(e);
        }
    }

    /// <summary>For the compiler.</summary>
    public Statement<T> GetAwaiter() => this;

    /// <summary>The answer. Without a scheduler the statement is made now.</summary>
    public T GetResult()
    {
        if (IsCompleted) location.Make(this);
        _thrown?.Throw();
        return _answer!;
    }
}

/// <summary>A mutex in memory that may be freed.</summary>
/// <param name="owner">The name of the structure that it is of.</param>
/// <param name="field">Its field there.</param>
internal sealed class Mutex(string owner, string field) : Cell
{
    private readonly object _gate = new();
    private bool _held;
    private bool _freed;

    internal override object? Value => null;

    /// <summary>mutex_lock. Whether there was a mutex: its memory may have been freed, and then nothing is held.</summary>
    public Holding Lock() => new(this, AccessKind.Lock);

    /// <summary>Whether its memory is still that of an event.</summary>
    public Holding Follow() => new(this, AccessKind.LoadAcquire);

    /// <summary>kfree.</summary>
    public Holding Free() => new(this, AccessKind.StoreRelease);

    /// <summary>mutex_unlock: no statement of its own, as nobody can tell it from the last one under the mutex.</summary>
    public void Unlock()
    {
        if (!CoroutineThread.IsScheduled)
        {
            Monitor.Exit(_gate);
            return;
        }

        _held = false;
        CoroutineThread.Current.Freed = this;
    }

    internal override bool MayRefuse(CoroutineThread thread) => thread.Kind == AccessKind.Lock;

    internal override bool Admits(CoroutineThread thread) => thread.Kind != AccessKind.Lock || !_held;

    internal override bool Perform(CoroutineThread thread)
    {
        if (thread.Kind == AccessKind.Lock) _held = !_freed;
        if (thread.Kind == AccessKind.StoreRelease) _freed = true;
        thread.LoadedNumber = _freed ? 0 : 1;
        return thread.Kind != AccessKind.LoadAcquire;
    }

    internal override (string Location, string Value)? Told(CoroutineThread thread) => ($"{owner}->{field}", _freed ? "freed" : _held ? "locked" : "there");

    private bool Make(AccessKind kind)
    {
        Monitor.Enter(_gate);
        if (kind == AccessKind.StoreRelease) _freed = true;
        var isThere = !_freed;
        if (kind != AccessKind.Lock || _freed) Monitor.Exit(_gate);
        return isThere;
    }

    /// <summary>An access to a mutex, to be awaited.</summary>
    internal readonly struct Holding : IAwaited, ICriticalNotifyCompletion
    {
        private readonly Mutex _mutex;
        private readonly AccessKind _kind;
        private readonly CoroutineThread? _thread;

        public Holding(Mutex mutex, AccessKind kind)
        {
            (_mutex, _kind) = (mutex, kind);
            if (!CoroutineThread.IsScheduled) return;
            _thread = CoroutineThread.Current;
            (_thread.Cell, _thread.Kind, _thread.Row) = (mutex, kind, 0);
        }

        /// <summary>Whether there is nobody to wait for.</summary>
        public bool IsCompleted => _thread is null;

        /// <summary>For the compiler.</summary>
        public Holding GetAwaiter() => this;

        /// <summary>Whether the mutex is there. Without a scheduler the access is made now.</summary>
        public bool GetResult() => _thread is null ? _mutex.Make(_kind) : _thread.LoadedNumber == 1;

        void IAwaited.Suspend(Frame frame) => _thread!.Suspended = frame;

        /// <inheritdoc/>
        public void OnCompleted(Action continuation) => throw new NotSupportedException();

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation) => throw new NotSupportedException();
    }
}

/// <summary>The kernel has followed a null pointer, or reached memory that was freed: on a machine, the end of everything; here, of the call.</summary>
/// <param name="defect">The defect.</param>
/// <param name="what">The statement, and what it met.</param>
internal sealed class OopsException(string defect, string what) : Exception($"{defect}: {what}");
