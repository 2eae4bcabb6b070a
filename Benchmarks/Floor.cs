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
    public static Measurement Exchanges(int words, int passes)
    {
        var memory = new long[words];
        return new Loop((long)words * passes, () => Exchange(memory, passes), expected: null);
    }

    /// <summary>One interlocked add after the other, all to one word.</summary>
    public static Measurement Adds(int times)
    {
        var memory = new long[1];
        return new Loop(times, () => Add(ref memory[0], times), expected: null);
    }

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
    private static long Exchange(long[] words, int passes)
    {
        long sum = 0;
        ref var first = ref MemoryMarshal.GetArrayDataReference(words);
        var length = words.Length;
        for (var pass = 0; pass < passes; pass++)
            for (nint i = 0; i < length; i++)
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
    private static long Read(ref long word, int times)
    {
        long sum = 0;
        for (var i = 0; i < times; i++) sum += Volatile.Read(ref word);
        return sum;
    }
}
