// One thread of a program as a coroutine: the access before which it is suspended, and what that access answered.
using System.Runtime.CompilerServices;

namespace PerfModel.Conformance.Coroutines;

/// <summary>The kind of an access.</summary>
public enum AccessKind
{
    /// <summary>A load with acquire order.</summary>
    LoadAcquire,

    /// <summary>A store with release order.</summary>
    StoreRelease,

    /// <summary>A store if the expected value is there; a full fence.</summary>
    CompareExchange,

    /// <summary>A store that answers the former value; a full fence.</summary>
    Exchange,

    /// <summary>An addition that answers the sum; a full fence.</summary>
    Add,

    /// <summary>Taking a lock, which waits until nobody has it.</summary>
    Lock,
}

/// <summary>A thread that is suspended before an access to shared state.</summary>
/// <remarks>Only the operands of the kind of its cell mean anything: numbers, or references.</remarks>
public sealed class CoroutineThread
{
    [ThreadStatic]
    private static CoroutineThread? t_current;

    internal Frame? Suspended;
    internal Cell? Cell;
    internal AccessKind Kind;
    internal int Row;
    internal long Number, ExpectedNumber, LoadedNumber;
    internal object? Reference, ExpectedReference, LoadedReference;

    // The lock that was given back since the last access, which takes no step of its own.
    internal Cell? Freed;

    /// <summary>The one that runs.</summary>
    internal static CoroutineThread Current
    {
        get => t_current!;
        set => t_current = value;
    }

    /// <summary>Whether a scheduler drives the calls of this thread; if not, they make their accesses at once.</summary>
    internal static bool IsScheduled => t_current is not null;

    /// <summary>Runs something that no scheduler drives.</summary>
    internal static T Alone<T>(Func<T> run)
    {
        var before = t_current;
        t_current = null;
        try
        {
            return run();
        }
        finally
        {
            t_current = before;
        }
    }
}

/// <summary>An access to a number, to be awaited.</summary>
public readonly struct NumberAccess : ICriticalNotifyCompletion, IAwaited
{
    private readonly CoroutineThread _thread;

    internal NumberAccess(CoroutineThread thread) => _thread = thread;

    /// <summary>Never: a scheduler says when.</summary>
    public bool IsCompleted => false;

    /// <summary>The value that was loaded.</summary>
    public long GetResult() => _thread.LoadedNumber;

    /// <summary>For the compiler.</summary>
    public NumberAccess GetAwaiter() => this;

    void IAwaited.Suspend(Frame frame) => _thread.Suspended = frame;

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => throw new NotSupportedException();
}

/// <summary>An access to a reference, to be awaited.</summary>
public readonly struct ReferenceAccess<T> : ICriticalNotifyCompletion, IAwaited
    where T : class
{
    private readonly CoroutineThread _thread;

    internal ReferenceAccess(CoroutineThread thread) => _thread = thread;

    /// <summary>Never: a scheduler says when.</summary>
    public bool IsCompleted => false;

    /// <summary>The value that was loaded.</summary>
    public T? GetResult() => Unsafe.As<T?>(_thread.LoadedReference);

    /// <summary>For the compiler.</summary>
    public ReferenceAccess<T> GetAwaiter() => this;

    void IAwaited.Suspend(Frame frame) => _thread.Suspended = frame;

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => throw new NotSupportedException();
}
