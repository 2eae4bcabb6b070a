// States that do not fit into a word get a number each, in the order of their arrival.
using System.Runtime.CompilerServices;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>Numbers for values, and values by their numbers. Who comes first decides the number: one thread alone numbers them alike in every run.</summary>
internal sealed class Numbering<T> where T : unmanaged, IEquatable<T>
{
    private const int SegmentBits = 12;

    // A value never moves: its segment is read without the lock once its number is known.
    private readonly List<T[]> _segments = [];
    private readonly Lock _numbering = new();
    private T[][] _read = [];
    private int[] _slots = new int[1 << 10];
    private int _count;

    /// <summary>What it takes.</summary>
    public long Bytes => (long)_segments.Count * Unsafe.SizeOf<T>() << SegmentBits | (long)_slots.Length * sizeof(int);

    /// <summary>The value with this number.</summary>
    public ref readonly T this[ulong number] => ref _read[number >> SegmentBits][number & (1UL << SegmentBits) - 1];

    /// <summary>The number of a value.</summary>
    public ulong Number(in T value)
    {
        using var numbering = _numbering.EnterScope();
        var hash = value.GetHashCode();
        var at = hash & _slots.Length - 1;
        for (; _slots[at] != 0; at = at + 1 & _slots.Length - 1)
            if (this[(ulong)_slots[at] - 1].Equals(value)) return (ulong)_slots[at] - 1;
        return Add(value, at);
    }

    private ulong Add(in T value, int at)
    {
        if (_count >> SegmentBits == _segments.Count)
        {
            _segments.Add(new T[1 << SegmentBits]);
            _read = [.. _segments];
        }

        _segments[^1][_count & (1 << SegmentBits) - 1] = value;
        _slots[at] = ++_count;
        if (_count > _slots.Length / 2) Grow();
        return (ulong)_count - 1;
    }

    private void Grow()
    {
        var slots = new int[_slots.Length * 2];
        for (var number = 1; number <= _count; number++)
        {
            var at = this[(ulong)number - 1].GetHashCode() & slots.Length - 1;
            while (slots[at] != 0) at = at + 1 & slots.Length - 1;
            slots[at] = number;
        }

        _slots = slots;
    }
}
