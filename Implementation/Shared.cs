// Every access to state that threads share: five accessors, the access mode in each name, the scheduling hook in each.
//
// The fields are private to these two structs, so the compiler keeps the rest of the room from reaching shared state in any
// other way. They hold a long or a reference, and go through Volatile and Interlocked only: what a rewriting scheduler sees.
// A field of these types must never be readonly: the compiler would call the accessor on a copy.
//
// The test of the hook's type is decided before the JIT looks at what it guards: so the location and the row, which only the hook is
// given, leave no trace in the shipped build.
using System.Runtime.CompilerServices;

namespace PerfModel.Implementation;

public partial class PerfEvents<THook>
{
    /// <summary>A long that threads share.</summary>
    private struct SharedLong(long value)
    {
        private long _value = value;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long LoadAcquire(Row row = Row.None)
        {
            if (typeof(THook) != typeof(NoHook)) return THook.Access(AccessKind.LoadAcquire, ref _value, 0, 0, row);
            return Volatile.Read(ref _value);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void StoreRelease(long value, Row row = Row.None)
        {
            if (typeof(THook) != typeof(NoHook)) { THook.Access(AccessKind.StoreRelease, ref _value, value, 0, row); return; }
            Volatile.Write(ref _value, value);
        }

        /// <summary>Stores <paramref name="value"/> if <paramref name="expected"/> is there; returns the previous value.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long CompareExchange(long value, long expected, Row row = Row.None)
        {
            if (typeof(THook) != typeof(NoHook)) return THook.Access(AccessKind.CompareExchange, ref _value, value, expected, row);
            return Interlocked.CompareExchange(ref _value, value, expected);
        }

        /// <summary>Adds, and returns the sum.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public long Add(long amount, Row row = Row.None)
        {
            if (typeof(THook) != typeof(NoHook)) return THook.Access(AccessKind.Add, ref _value, amount, 0, row) + amount;
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
        public T? LoadAcquire(Row row = Row.None)
        {
            if (typeof(THook) != typeof(NoHook)) return THook.Access(AccessKind.LoadAcquire, ref _value, null, null, row);
            return Volatile.Read(ref _value);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void StoreRelease(T? value, Row row = Row.None)
        {
            if (typeof(THook) != typeof(NoHook)) { THook.Access(AccessKind.StoreRelease, ref _value, value, null, row); return; }
            Volatile.Write(ref _value, value);
        }

        /// <summary>Stores <paramref name="value"/> if <paramref name="expected"/> is there; returns the previous value.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T? CompareExchange(T? value, T? expected, Row row = Row.None)
        {
            if (typeof(THook) != typeof(NoHook)) return THook.Access(AccessKind.CompareExchange, ref _value, value, expected, row);
            return Interlocked.CompareExchange(ref _value, value, expected);
        }

        /// <summary>Stores <paramref name="value"/>; returns the previous value.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public T? Exchange(T? value, Row row = Row.None)
        {
            if (typeof(THook) != typeof(NoHook)) return THook.Access(AccessKind.Exchange, ref _value, value, null, row);
            return Interlocked.Exchange(ref _value, value);
        }

        /// <summary>For the debugger, which must not run into a scheduler.</summary>
        public T? PeekWithoutHook() => Volatile.Read(ref _value);
    }
}
