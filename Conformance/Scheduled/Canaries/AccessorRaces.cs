// Races through accessors: static methods of a generic class that take the location by reference, as lock-free code here touches all shared state.
namespace PerfModel.Scheduled.Canaries;

/// <summary>What may stand before each access; chosen at compile time.</summary>
internal interface IAccessHook
{
    static abstract void BeforeAccess();
}

/// <summary>Nothing stands there: the hook of shipped code.</summary>
internal readonly struct NoHook : IAccessHook
{
    public static void BeforeAccess()
    {
    }
}

/// <summary>The accessors. Coyote must see through them, generic class, type parameter and reference parameter included.</summary>
internal static class Accessor<THook>
    where THook : struct, IAccessHook
{
    public static long LoadAcquire(ref long location)
    {
        THook.BeforeAccess();
        return Volatile.Read(ref location);
    }

    public static void StoreRelease(ref long location, long value)
    {
        THook.BeforeAccess();
        Volatile.Write(ref location, value);
    }

    public static bool TryExchange(ref long location, long expected, long value)
    {
        THook.BeforeAccess();
        return Interlocked.CompareExchange(ref location, value, expected) == expected;
    }

    public static T? LoadAcquire<T>(ref T? location)
        where T : class
    {
        THook.BeforeAccess();
        return Volatile.Read(ref location);
    }

    public static void StoreRelease<T>(ref T location, T value)
        where T : class?
    {
        THook.BeforeAccess();
        Volatile.Write(ref location, value);
    }

    public static bool TryExchange<T>(ref T? location, T? expected, T? value)
        where T : class
    {
        THook.BeforeAccess();
        return Interlocked.CompareExchange(ref location, value, expected) == expected;
    }
}

internal sealed class AccessorLong : Race
{
    private long _sum;

    protected override bool Lost => _sum != 2;

    protected override void Update() => Accessor<NoHook>.StoreRelease(ref _sum, Accessor<NoHook>.LoadAcquire(ref _sum) + 1);
}

internal sealed class AccessorReference : Race
{
    private Box? _sum = new(0);

    protected override bool Lost => _sum!.Value != 2;

    protected override void Update() =>
        Accessor<NoHook>.StoreRelease(ref _sum, new Box(Accessor<NoHook>.LoadAcquire(ref _sum)!.Value + 1));
}

internal sealed class AccessorCompareExchange : Race
{
    private long _taken;
    private bool _missed;

    protected override bool Lost => _missed;

    protected override void Update()
    {
        if (!Accessor<NoHook>.TryExchange(ref _taken, 0, 1))
            _missed = true;
        Accessor<NoHook>.TryExchange(ref _taken, 1, 0);
    }
}

internal sealed class AccessorCompareExchangeReference : Race
{
    private static readonly Box Token = new(1);

    private Box? _taken;
    private bool _missed;

    protected override bool Lost => _missed;

    protected override void Update()
    {
        if (!Accessor<NoHook>.TryExchange(ref _taken, null, Token))
            _missed = true;
        Accessor<NoHook>.TryExchange(ref _taken, Token, null);
    }
}

internal sealed class AccessorElement : Race
{
    private readonly long[] _sums = new long[2];

    protected override bool Lost => _sums[1] != 2;

    protected override void Update() => Accessor<NoHook>.StoreRelease(ref _sums[1], Accessor<NoHook>.LoadAcquire(ref _sums[1]) + 1);
}
