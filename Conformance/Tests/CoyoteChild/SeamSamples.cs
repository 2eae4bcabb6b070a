// Code that SeamLint must complain about, one mistake to a method, and code that it must let pass. Never run.
#pragma warning disable CA1051, CA2211, CA1823, CA1812, CA1002, IDE0044, IDE0051, IDE0052, CS0169, CS0414, CS0649 // Visible, static, unused, unassigned fields: that is what the samples are about.
namespace PerfModel.Conformance.Tests.CoyoteChild.Samples;

/// <summary>The accessors of the samples.</summary>
internal static class Shared<THook>
    where THook : struct
{
    public static long LoadAcquire(ref long location) => Volatile.Read(ref location);

    public static T? LoadAcquire<T>(ref T? location)
        where T : class => Volatile.Read(ref location);

    public static bool TryExchange<T>(ref T? location, T? expected, T? value)
        where T : class => Interlocked.CompareExchange(ref location, value, expected) == expected;

    public static void AcceptedPlainInside(long[] words, int i) => words[i] = words[i] + 1;

    public static byte ByteExchange(ref byte location) => Interlocked.Exchange(ref location, 1);

    public static DayOfWeek EnumExchange(ref DayOfWeek location) => Interlocked.Exchange(ref location, DayOfWeek.Monday);

    public static T AnyExchange<T>(ref T location, T value) => Interlocked.Exchange(ref location, value);

    public static void Fence() => Interlocked.MemoryBarrier();
}

/// <summary>The other form of accessors: a struct that keeps its field to itself.</summary>
internal struct SharedLong
{
    private long _value;

    public long LoadAcquire() => Volatile.Read(ref _value);

    public long Add(long amount) => Interlocked.Add(ref _value, amount);
}

internal struct Hook;

internal sealed class Node
{
    public readonly long Number;
    public long Word;
    public Node? Next;
    public byte Small;

    public Node(long number)
    {
        Number = number;
        Word = number;
    }

    public long Mutable { get; set; }

    public long Fixed { get; init; }
}

internal sealed class Counters
{
    private SharedLong _issued;

    private SharedLong _other;

    public long Next() => Pick(true).Add(1) - _other.LoadAcquire();

    private ref SharedLong Pick(bool first) => ref first ? ref _issued : ref _other;
}

/// <summary>Made of accessors: a reference to it is harmless.</summary>
internal struct Pair
{
    private SharedLong _left;
    private SharedLong _right;

    public long Sum() => _left.LoadAcquire() + _right.LoadAcquire();
}

internal sealed class PairOwner
{
    private Pair _pair;

    public ref Pair Get() => ref _pair;
}

/// <summary>Not made of accessors, and part of an object.</summary>
internal struct Tally
{
    private long _sum;

    public void CountsPlainly() => _sum++;
}

internal sealed class TallyOwner
{
    private Tally _tally;

    public void Count() => _tally.CountsPlainly();
}

internal static class Good
{
    private static readonly long[] Table = [1, 2, 3];

    public static long Accessors(Node node, Node?[] nodes, bool flag)
    {
        long word = Shared<Hook>.LoadAcquire(ref node.Word);
        Node? next = Shared<Hook>.LoadAcquire(ref nodes[word > 0 ? 1 : 0]);
        Shared<Hook>.TryExchange(ref node.Next, flag ? next : null, new Node(word));
        return node.Number + node.Fixed + Table[1];
    }

    public static long Structs(Counters counters, SharedLong[] words) => counters.Next() + words[1].Add(1);

    public static bool FreshArray()
    {
        var words = new long[3];
        return Array.TrueForAll(words, word => word == 0);
    }

    public static Node Fresh(int length)
    {
        var node = new Node(1) { Mutable = 3 };
        node.Word = 2;
        var words = new long[length];
        for (int i = 0; i < words.Length; i++)
            words[i] = i + node.Word;
        node.Next = new Node(words[0]) { Fixed = 4 };
        return node;
    }

    public static bool Out(Node node, out long number)
    {
        number = node.Number;
        number++;
        return true;
    }

    public static Func<long> Closure(Node node)
    {
        long sum = node.Number;
        return () => ++sum;
    }
}

internal static class Bad
{
    public static long ChangingStatic;

    public static long ReadsField(Node node) => node.Word;

    public static void WritesField(Node node) => node.Word = 1;

    public static void CompoundField(Node node) => node.Word += 1;

    public static long ReadsThroughLocal(Node node)
    {
        Node? found = node;
        while (found!.Number > 0)
            found = Shared<Hook>.LoadAcquire(ref found.Next);
        return found.Word;
    }

    public static long ReadsElement(long[] words) => words[0];

    public static void WritesElement(long[] words) => words[0] = 1;

    public static void RefLocal(long[] words)
    {
        ref long word = ref words[0];
        word = 1;
    }

    public static long ThroughRef(ref long location) => location;

    public static void InterlockedItself(Node node) => Interlocked.Increment(ref node.Word);

    public static void AddressToStranger(Node node) => Math.DivRem(1, 2, out node.Word);

    public static void Locks(Node node)
    {
        lock (node)
            _ = node.Number;
    }

    public static void Spins() => default(SpinWait).SpinOnce();

    public static void Copies(long[] from, long[] to) => Array.Copy(from, to, 1);
}

internal sealed class BadFields
{
    private volatile int _word;
    private SharedLong _shared;
    private List<Node> _nodes = [];
    private readonly Node?[] _slots = new Node?[4];

    public Node? ReadsWrittenArray(int i)
    {
        Shared<Hook>.TryExchange(ref _slots[i], null, new Node(1));
        return _slots[i];
    }

    public int ReadsVolatile() => _word;

    public long CopiesAccessor()
    {
        SharedLong copy = _shared;
        return copy.LoadAcquire();
    }
}
