// The shared state of a twin: each location an object, each accessor twice, alone and as a step that a scheduler takes.
//
// These stand for the accessors of Implementation/Shared.cs, under the same names. Alone they are plain: an explorer runs one program on one thread.
using System.Collections;
using System.Runtime.CompilerServices;

namespace PerfModel.Conformance.Coroutines;

#pragma warning disable CA1000, CA1051 // What a generator writes: the shortest form.

/// <summary>A location that threads share. It has an identity of its own, which no collector moves and no other location gets.</summary>
public abstract class Cell
{
    private long _execution;
    private int _number;

    /// <summary>Makes the access of a thread; answers whether it stored.</summary>
    internal abstract bool Perform(CoroutineThread thread);

    /// <summary>The value in it, as far as a person may be told it.</summary>
    internal abstract object? Value { get; }

    /// <summary>Whether the access that a thread is about to make may have to wait.</summary>
    internal virtual bool MayRefuse(CoroutineThread thread) => false;

    /// <summary>Whether the access that a thread is about to make can be made: a lock that is held has to be waited for.</summary>
    internal virtual bool Admits(CoroutineThread thread) => true;

    /// <summary>The access that a thread has made in the words of a page, if the location has words of its own; else null.</summary>
    internal virtual (string Location, string Value)? Told(CoroutineThread thread) => null;

    /// <summary>The number of this location in an execution: locations are counted as threads come to them.</summary>
    internal int NumberIn(long execution, ref int counted)
    {
        if (_execution != execution) (_execution, _number) = (execution, ++counted);
        return _number;
    }
}

/// <summary>A long that threads share.</summary>
public sealed class SharedLong(long value) : Cell
{
    private long _value = value;

    /// <summary>Zero.</summary>
    public SharedLong()
        : this(0)
    {
    }

    internal override object? Value => _value;

#pragma warning disable CS1591 // The accessors' docs are in Implementation/Shared.cs; _Co is the same as a step of a coroutine.
    public long LoadAcquire(int row = 0) => _value;

    public void StoreRelease(long value, int row = 0) => _value = value;

    public long CompareExchange(long value, long expected, int row = 0)
    {
        var there = _value;
        if (there == expected) _value = value;
        return there;
    }

    public long Exchange(long value, int row = 0)
    {
        var there = _value;
        _value = value;
        return there;
    }

    public long Add(long amount, int row = 0) => _value += amount;

    public long PeekWithoutHook() => _value;

    public NumberAccess LoadAcquire_Co(int row = 0) => Begin(AccessKind.LoadAcquire, 0, 0, row);

    public NumberAccess StoreRelease_Co(long value, int row = 0) => Begin(AccessKind.StoreRelease, value, 0, row);

    public NumberAccess CompareExchange_Co(long value, long expected, int row = 0) => Begin(AccessKind.CompareExchange, value, expected, row);

    public NumberAccess Exchange_Co(long value, int row = 0) => Begin(AccessKind.Exchange, value, 0, row);

    public NumberAccess Add_Co(long amount, int row = 0) => Begin(AccessKind.Add, amount, 0, row);
#pragma warning restore CS1591

    internal override bool Perform(CoroutineThread thread)
    {
        var there = thread.LoadedNumber = _value;
        switch (thread.Kind)
        {
            case AccessKind.LoadAcquire:
                return false;
            case AccessKind.CompareExchange:
                if (there != thread.ExpectedNumber) return false;
                _value = thread.Number;
                return true;
            case AccessKind.Add:
                thread.LoadedNumber = _value = there + thread.Number;
                return true;
            default:
                _value = thread.Number;
                return true;
        }
    }

    private NumberAccess Begin(AccessKind kind, long number, long expected, int row)
    {
        var thread = CoroutineThread.Current;
        thread.Cell = this;
        thread.Kind = kind;
        thread.Number = number;
        thread.ExpectedNumber = expected;
        thread.Row = row;
        return new(thread);
    }
}

/// <summary>A reference that threads share.</summary>
public sealed class SharedReference<T>(T? value) : Cell
    where T : class
{
    private T? _value = value;

    /// <summary>Null.</summary>
    public SharedReference()
        : this(null)
    {
    }

    internal override object? Value => _value;

#pragma warning disable CS1591 // As above.
    public T? LoadAcquire(int row = 0) => _value;

    public void StoreRelease(T? value, int row = 0) => _value = value;

    public T? CompareExchange(T? value, T? expected, int row = 0)
    {
        var there = _value;
        if (ReferenceEquals(there, expected)) _value = value;
        return there;
    }

    public T? Exchange(T? value, int row = 0)
    {
        var there = _value;
        _value = value;
        return there;
    }

    public T? PeekWithoutHook() => _value;

    public ReferenceAccess<T> LoadAcquire_Co(int row = 0) => Begin(AccessKind.LoadAcquire, null, null, row);

    public ReferenceAccess<T> StoreRelease_Co(T? value, int row = 0) => Begin(AccessKind.StoreRelease, value, null, row);

    public ReferenceAccess<T> CompareExchange_Co(T? value, T? expected, int row = 0) => Begin(AccessKind.CompareExchange, value, expected, row);

    public ReferenceAccess<T> Exchange_Co(T? value, int row = 0) => Begin(AccessKind.Exchange, value, null, row);
#pragma warning restore CS1591

    internal override bool Perform(CoroutineThread thread)
    {
        thread.LoadedReference = _value;
        if (thread.Kind == AccessKind.LoadAcquire || (thread.Kind == AccessKind.CompareExchange && !ReferenceEquals(_value, thread.ExpectedReference))) return false;
        _value = Unsafe.As<T?>(thread.Reference);
        return true;
    }

    private ReferenceAccess<T> Begin(AccessKind kind, T? reference, T? expected, int row)
    {
        var thread = CoroutineThread.Current;
        thread.Cell = this;
        thread.Kind = kind;
        thread.Reference = reference;
        thread.ExpectedReference = expected;
        thread.Row = row;
        return new(thread);
    }
}

/// <summary>An array of shared state, each element made when it is first asked for.</summary>
[CollectionBuilder(typeof(Cells), nameof(Cells.Of))]
public sealed class Cells<T>(int length) : IEnumerable<T>
    where T : class, new()
{
    private readonly T?[] _items = new T?[length];

    /// <summary>How many there are.</summary>
    public int Length => _items.Length;

    /// <summary>An element.</summary>
    public T this[int index]
    {
        get => _items[index] ??= new T();
        set => _items[index] = value;
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => Enumerable.Range(0, Length).Select(i => this[i]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>The helpers that a twin needs beside its own source.</summary>
public static class Cells
{
    /// <summary>An array of these.</summary>
    public static Cells<T> Of<T>(ReadOnlySpan<T> items)
        where T : class, new()
    {
        var cells = new Cells<T>(items.Length);
        for (var i = 0; i < items.Length; i++) cells[i] = items[i];
        return cells;
    }

    /// <summary>As <see cref="Array.TrueForAll"/>.</summary>
    public static async Co<bool> TrueForAll<T>(T[] items, Func<T, Co<bool>> predicate)
    {
        foreach (var item in items)
            if (!await predicate(item)) return false;
        return true;
    }

    /// <summary>The answer of a call, once the values that it gave by <see cref="Out{T}"/> are where its caller wants them.</summary>
    public static T Then<T>(T answer, object? _, object? __ = null) => answer;
}

/// <summary>An out parameter of a coroutine.</summary>
public sealed class Out<T>
{
    /// <summary>Its value.</summary>
    public T Value = default!;

    /// <summary>A new one, which the caller keeps too.</summary>
    public static Out<T> New(out Out<T> made) => made = new Out<T>();

    /// <summary>Gives the value to a variable.</summary>
    public object? Get(out T value)
    {
        value = Value;
        return null;
    }
}
