// The visited set: words in one array, added to by several threads at once without locks.
using System.Numerics;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>A set of words other than 2⁶⁴−1: open addressing, linear probing. It grows only while nobody adds.</summary>
internal sealed class WordSet
{
    private const int LeastSlots = 1 << 8;

    // A slot holds the complement of its word, so that 0 is an empty slot. Filled once, never changed.
    private ulong[] _slots = new ulong[LeastSlots];

    /// <summary>What the array takes.</summary>
    public long Bytes => (long)_slots.Length * sizeof(ulong);

    /// <summary>How many words it can hold before it must grow: three of four slots.</summary>
    public long Room => _slots.Length / 4L * 3;

    /// <summary>What it would take to hold so many words, beside the old array while it moves.</summary>
    public long BytesToHold(long words) => SlotsFor(words) is var slots && slots == _slots.Length ? Bytes : slots * sizeof(ulong) + Bytes;

    /// <summary>Whether so many words fit into any array.</summary>
    public static bool Fits(long words) => SlotsFor(words) <= Array.MaxLength;

    /// <summary>Adds a word, and says whether it is new. Exactly one of the threads that add the same word is told so.</summary>
    public bool Add(ulong word)
    {
        var slots = _slots;
        var kept = ~word;
        for (var at = Home(word, slots.Length); ; at = at + 1 & slots.Length - 1)
        {
            ref var slot = ref slots[at];
            var seen = Volatile.Read(ref slot);
            if (seen == 0) seen = Interlocked.CompareExchange(ref slot, kept, 0);
            if (seen == 0) return true;
            if (seen == kept) return false;
        }
    }

    /// <summary>Makes room for so many words in all. Nobody adds meanwhile.</summary>
    public void Grow(long words)
    {
        if (words <= Room) return;
        var slots = new ulong[SlotsFor(words)];
        foreach (var kept in _slots)
        {
            if (kept == 0) continue;
            var at = Home(~kept, slots.Length);
            while (slots[at] != 0) at = at + 1 & slots.Length - 1;
            slots[at] = kept;
        }

        _slots = slots;
    }

    private static long SlotsFor(long words) => Math.Max(LeastSlots, (long)BitOperations.RoundUpToPowerOf2((ulong)(words / 3 * 4 + 4)));

    // The finalizer of MurmurHash3: states differ in few bits.
    private static int Home(ulong word, int slots)
    {
        word ^= word >> 33;
        word *= 0xff51afd7ed558ccd;
        word ^= word >> 33;
        word *= 0xc4ceb9fe1a85ec53;
        word ^= word >> 33;
        return (int)(word & (ulong)(slots - 1));
    }
}
