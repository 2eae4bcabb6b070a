// The physical floor: what the memory and the interlocked instructions cost by themselves, with nothing around them.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PerfModel.Benchmarks.Works;

namespace PerfModel.Benchmarks;

/// <summary>Loops over N contiguous words, one step for each, without a bounds check.</summary>
internal static class Floor
{
    /// <summary>One volatile load and compare for each word.</summary>
    public static Measurement Loads(int words, int passes)
    {
        var memory = new long[words];
        return new Loop((long)words * passes, () => Load(memory, passes), expected: 0);
    }

    /// <summary>One interlocked exchange for each word.</summary>
    /// <param name="words">How many words.</param>
    /// <param name="passes">How often.</param>
    /// <param name="apart">How far the words lie apart, in words: 1 is contiguous.</param>
    public static Measurement Exchanges(int words, int passes, int apart = 1)
    {
        var memory = new long[words * apart];
        return new Loop((long)words * passes, () => Exchange(memory, passes, apart), expected: null);
    }

    /// <summary>One interlocked add after the other, all to one word.</summary>
    public static Measurement Adds(int times)
    {
        var memory = new long[1];
        return new Loop(times, () => Add(ref memory[0], times), expected: null);
    }

    /// <summary>One word loaded, and compare-exchanged for the next number: what a step that tests before it adds cannot do without.</summary>
    public static Measurement TestedAdds(int times)
    {
        var memory = new long[1];
        return new Loop(times, () => TestedAdd(ref memory[0], times), expected: null);
    }

    /// <summary>One object of the size of a link after the other, by so many threads at once, with nothing in common but the heap.</summary>
    public static Measurement Allocations(int threads, int times) =>
        new Together(null, times, [.. Enumerable.Repeat<Func<long>>(() => Allocate(times), threads)], static () => { });

    /// <summary>One volatile load after the other, all of one word.</summary>
    public static Measurement Reads(int times)
    {
        var memory = new long[1];
        return new Loop(times, () => Read(ref memory[0], times), expected: 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Load(long[] words, int passes)
    {
        long different = 0;
        ref var first = ref MemoryMarshal.GetArrayDataReference(words);
        var length = words.Length;
        for (var pass = 0; pass < passes; pass++)
            for (nint i = 0; i < length; i++)
                if (Volatile.Read(ref Unsafe.Add(ref first, i)) != 0) different++;
        return different;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Exchange(long[] words, int passes, int apart)
    {
        long sum = 0;
        ref var first = ref MemoryMarshal.GetArrayDataReference(words);
        var length = words.Length;
        for (var pass = 0; pass < passes; pass++)
            for (nint i = 0; i < length; i += apart)
                sum += Interlocked.Exchange(ref Unsafe.Add(ref first, i), pass);
        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Add(ref long word, int times)
    {
        long last = 0;
        for (var i = 0; i < times; i++) last = Interlocked.Add(ref word, 1);
        return last;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long TestedAdd(ref long word, int times)
    {
        long taken = 0;
        for (var i = 0; i < times; i++)
        {
            var seen = Volatile.Read(ref word);
            if (Interlocked.CompareExchange(ref word, seen + 1, seen) == seen) taken++;
        }

        return taken;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Allocate(int times)
    {
        // A header, a type, and three words more, as a link has. Kept for a while, or the JIT would not put it on the heap.
        var kept = new Tuple<object?, object?, long>[256];
        for (var i = 0; i < times; i++) kept[i & 255] = new(null, null, i);
        return kept[(times - 1) & 255].Item3 + 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Read(ref long word, int times)
    {
        long sum = 0;
        for (var i = 0; i < times; i++) sum += Volatile.Read(ref word);
        return sum;
    }
}
