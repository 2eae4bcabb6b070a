// The coroutines in which the twin's calls run: async methods on one thread, suspended before each access to shared state, never handed to another.
//
// An async method of C# is a state machine that the compiler makes; its builder decides what a suspension costs. This one keeps the machines in
// pools, resumes the innermost of a call directly, and knows no scheduler, no context and no thread. So a switch costs tens of nanoseconds where
// two parked threads cost microseconds, and an execution that is given up is dropped without being unwound.
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace PerfModel.Conformance.Coroutines;

#pragma warning disable CA1000 // The compiler asks for a static Create.

/// <summary>Something that a coroutine waits for.</summary>
public interface IAwaited
{
    /// <summary>The coroutine is suspended until this has come about.</summary>
    void Suspend(Frame frame);
}

/// <summary>A suspended method: where it goes on, and the method that waits for it.</summary>
public abstract class Frame
{
    internal Frame? Caller;
    internal bool Returned;
    internal ExceptionDispatchInfo? Thrown;

    internal abstract void GoOn();

    internal abstract void Release();

    /// <summary>The method has returned or thrown: its caller, if it waits already, goes on at once.</summary>
    internal void Return()
    {
        Returned = true;
        Caller?.GoOn();
    }
}

/// <summary>A suspended method that answers a <typeparamref name="T"/>.</summary>
public abstract class Frame<T> : Frame
{
    internal T? Result;
}

/// <summary>The pool, and the state machine that the compiler made of a method.</summary>
internal sealed class Frame<T, TMachine> : Frame<T>
    where TMachine : IAsyncStateMachine
{
    [ThreadStatic]
    private static Frame<T, TMachine>? t_free;

    private Frame<T, TMachine>? _next;

    public TMachine? Machine;

    public static Frame<T, TMachine> Rent()
    {
        if (t_free is not { } frame) return new Frame<T, TMachine>();
        t_free = frame._next;
        frame.Caller = null;
        frame.Returned = false;
        return frame;
    }

    internal override void GoOn() => Machine!.MoveNext();

    // What the machine refers to stays until it is used again: no more than one call's worth of objects for each machine.
    internal override void Release()
    {
        if (Thrown is not null) return;
        _next = t_free;
        t_free = this;
    }
}

/// <summary>A call that may be suspended before each of its accesses. It is awaited once.</summary>
/// <typeparam name="T">The type of its answer.</typeparam>
[AsyncMethodBuilder(typeof(CoBuilder<>))]
public readonly struct Co<T>
{
    private readonly Frame<T>? _frame;
    private readonly T? _result;

    internal Co(Frame<T>? frame, T? result) => (_frame, _result) = (frame, result);

    /// <summary>Whether it has returned or thrown.</summary>
    public bool IsCompleted => _frame is null || _frame.Returned;

    /// <summary>Its answer. It is completed.</summary>
    public T Result
    {
        get
        {
            if (_frame is not { } frame) return _result!;
            frame.Thrown?.Throw();
            var result = frame.Result!;
            frame.Release();
            return result;
        }
    }

    /// <summary>For the compiler.</summary>
    public Awaiter GetAwaiter() => new(this);

    /// <summary>For the compiler.</summary>
    public readonly struct Awaiter(Co<T> co) : ICriticalNotifyCompletion, IAwaited
    {
        private readonly Co<T> _co = co;

        /// <summary>Whether there is nothing to wait for.</summary>
        public bool IsCompleted => _co.IsCompleted;

        /// <summary>The answer of the awaited call.</summary>
        public T GetResult() => _co.Result;

        void IAwaited.Suspend(Frame frame) => _co._frame!.Caller = frame;

        /// <inheritdoc/>
        public void OnCompleted(Action continuation) => throw new NotSupportedException("a coroutine is awaited by another alone");

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation) => throw new NotSupportedException("a coroutine is awaited by another alone");
    }
}

/// <summary>Builds <see cref="Co{T}"/>, for the compiler.</summary>
public struct CoBuilder<T>
{
    private Frame<T>? _frame;
    private T? _result;

    /// <summary>A method begins.</summary>
    public static CoBuilder<T> Create() => default;

    /// <summary>The call, as its caller gets it.</summary>
    public readonly Co<T> Task => new(_frame, _result);

    /// <summary>Runs it up to its first suspension.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Start<TMachine>(ref TMachine machine)
        where TMachine : IAsyncStateMachine => machine.MoveNext();

    /// <summary>Nothing: the machine is kept in its frame.</summary>
    public readonly void SetStateMachine(IAsyncStateMachine machine)
    {
    }

    /// <summary>It has returned.</summary>
    public void SetResult(T result)
    {
        if (_frame is not { } frame)
        {
            _result = result;
            return;
        }

        frame.Result = result;
        frame.Return();
    }

    /// <summary>It has thrown. A call that threw before its first access has a frame all the same: its caller asks there.</summary>
    public void SetException(Exception exception)
    {
        var frame = _frame ??= new ThrownFrame<T>();
        frame.Thrown = ExceptionDispatchInfo.Capture(exception);
        frame.Return();
    }

    /// <summary>It is suspended. The compiler refuses to wait for anything else; and the constraint makes a direct call where a value would be boxed.</summary>
    public void AwaitUnsafeOnCompleted<TAwaiter, TMachine>(ref TAwaiter awaiter, ref TMachine machine)
        where TAwaiter : ICriticalNotifyCompletion, IAwaited
        where TMachine : IAsyncStateMachine
    {
        var frame = _frame;
        if (frame is null)
        {
            var rented = Frame<T, TMachine>.Rent();
            _frame = frame = rented;
            rented.Machine = machine;
        }

        awaiter.Suspend(frame);
    }

    /// <summary>It is suspended.</summary>
    public void AwaitOnCompleted<TAwaiter, TMachine>(ref TAwaiter awaiter, ref TMachine machine)
        where TAwaiter : INotifyCompletion
        where TMachine : IAsyncStateMachine => throw new NotSupportedException($"a coroutine cannot wait for {typeof(TAwaiter)}");
}

/// <summary>Of a method that threw before it was ever suspended.</summary>
internal sealed class ThrownFrame<T> : Frame<T>
{
    internal override void GoOn()
    {
    }

    internal override void Release()
    {
    }
}
