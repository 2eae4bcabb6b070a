// Every access to state that threads share: five accessors, the access mode in each name, the scheduling hook before each.
//
// The fields are private to these two structs, so the compiler keeps the rest of the room from reaching shared state in any
// other way. They hold a long or a reference, and go through Volatile and Interlocked only: what a rewriting scheduler sees.
// A field of these types must never be readonly: the compiler would call the accessor on a copy.
//
// The test of the hook's type is decided before the JIT looks at what it guards: so the location, which the hook is told, leaves
// no trace in the shipped build. An empty hook alone would leave the computation of an address here and there.
using System.Runtime.CompilerServices;

namespace PerfModel.Implementation;

/// <summary>How an access to shared state is ordered.</summary>
public enum AccessKind
{
    /// <summary>A load; what follows it in program order stays after it.</summary>
    LoadAcquire,

    /// <summary>A store; what precedes it in program order stays before it.</summary>
    StoreRelease,

    /// <summary>An interlocked store if the value is the expected one; a full fence either way.</summary>
    CompareExchange,

    /// <summary>An interlocked store that returns what was there; a full fence.</summary>
    Exchange,

    /// <summary>An interlocked addition; a full fence.</summary>
    Add,
}

/// <summary>Stands before every access to shared state: the door for a scheduler that decides which thread takes the next step.</summary>
/// <remarks>
/// The hook is a struct type argument, so each system is compiled for its own hook and calls it directly.
/// Between two calls of the hook a thread makes exactly one shared access.
/// </remarks>
public interface ISchedulingHook
{
    /// <summary>Called by a thread that is about to make an access.</summary>
    /// <param name="kind">What it is about to do.</param>
    /// <param name="location">Where: two accesses conflict only if they are to one location, and one of them stores.</param>
    /// <param name="expected">What a compare-exchange expects to find: if it is not there, nothing is stored. Else the default.</param>
    static abstract void BeforeAccess<T>(AccessKind kind, ref readonly T location, T? expected);
}

/// <summary>The hook of the shipped build: nothing. No accessor even calls it, and the JIT leaves no trace of it.</summary>
public readonly struct NoHook : ISchedulingHook
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void BeforeAccess<T>(AccessKind kind, ref readonly T location, T? expected)
    {
    }
}

public partial class PerfEvents<THook>
{
    /// <summary>A long that threads share.</summary>
    private struct SharedLong(long value)
    {
        private long _value = value;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long LoadAcquire()
        {
            if (typeof(THook) != typeof(NoHook)) THook.BeforeAccess(AccessKind.LoadAcquire, ref _value, default);
            return Volatile.Read(ref _value);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void StoreRelease(long value)
        {
            if (typeof(THook) != typeof(NoHook)) THook.BeforeAccess(AccessKind.StoreRelease, ref _value, default);
            Volatile.Write(ref _value, value);
        }

        /// <summary>Stores <paramref name="value"/> if <paramref name="expected"/> is there; returns what was there.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long CompareExchange(long value, long expected)
        {
            if (typeof(THook) != typeof(NoHook)) THook.BeforeAccess(AccessKind.CompareExchange, ref _value, expected);
            return Interlocked.CompareExchange(ref _value, value, expected);
        }

        /// <summary>Adds, and returns the sum.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long Add(long amount)
        {
            if (typeof(THook) != typeof(NoHook)) THook.BeforeAccess(AccessKind.Add, ref _value, default);
            return Interlocked.Add(ref _value, amount);
        }

        /// <summary>For the debugger, which must not run into a scheduler.</summary>
        public long PeekWithoutHook() => Volatile.Read(ref _value);
    }

    /// <summary>A reference that threads share.</summary>
    private struct SharedReference<T>(T? value)
        where T : class
    {
        private T? _value = value;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T? LoadAcquire()
        {
            if (typeof(THook) != typeof(NoHook)) THook.BeforeAccess(AccessKind.LoadAcquire, ref _value, default);
            return Volatile.Read(ref _value);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void StoreRelease(T? value)
        {
            if (typeof(THook) != typeof(NoHook)) THook.BeforeAccess(AccessKind.StoreRelease, ref _value, default);
            Volatile.Write(ref _value, value);
        }

        /// <summary>Stores <paramref name="value"/> if <paramref name="expected"/> is there; returns what was there.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T? CompareExchange(T? value, T? expected)
        {
            if (typeof(THook) != typeof(NoHook)) THook.BeforeAccess(AccessKind.CompareExchange, ref _value, expected);
            return Interlocked.CompareExchange(ref _value, value, expected);
        }

        /// <summary>Stores <paramref name="value"/>; returns what was there.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T? Exchange(T? value)
        {
            if (typeof(THook) != typeof(NoHook)) THook.BeforeAccess(AccessKind.Exchange, ref _value, default);
            return Interlocked.Exchange(ref _value, value);
        }

        /// <summary>For the debugger, which must not run into a scheduler.</summary>
        public T? PeekWithoutHook() => Volatile.Read(ref _value);
    }
}
