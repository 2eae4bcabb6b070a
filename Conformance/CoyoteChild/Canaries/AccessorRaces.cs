// Races through accessors, in both forms in which lock-free code can keep all its shared accesses in one place.
namespace PerfModel.CoyoteChild.Canaries;

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

/// <summary>Static methods that take the location by reference.</summary>
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

/// <summary>Structs that keep their field to themselves, nested in a generic class: the form of PerfModel.Implementation.</summary>
internal sealed class Sharing<THook>
    where THook : struct, IAccessHook
{
    internal struct SharedLong
    {
        private long _value;

        public long LoadAcquire()
        {
            THook.BeforeAccess();
            return Volatile.Read(ref _value);
        }

        public void StoreRelease(long value)
        {
            THook.BeforeAccess();
            Volatile.Write(ref _value, value);
        }

        public long CompareExchange(long value, long expected)
        {
            THook.BeforeAccess();
            return Interlocked.CompareExchange(ref _value, value, expected);
        }
    }

    internal struct SharedReference<T>(T? value)
        where T : class
    {
        private T? _value = value;

        public T? LoadAcquire()
        {
            THook.BeforeAccess();
            return Volatile.Read(ref _value);
        }

        public T? CompareExchange(T? value, T? expected)
        {
            THook.BeforeAccess();
            return Interlocked.CompareExchange(ref _value, value, expected);
        }

        public T? Exchange(T? value)
        {
            THook.BeforeAccess();
            return Interlocked.Exchange(ref _value, value);
        }
    }
}

internal sealed class RefAccessorLong : Race
{
    private long _sum;

    protected override bool Lost => _sum != 2;

    protected override void Update() => Accessor<NoHook>.StoreRelease(ref _sum, Accessor<NoHook>.LoadAcquire(ref _sum) + 1);
}

internal sealed class RefAccessorReference : Race
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

internal sealed class RefAccessorElement : Race
{
    private readonly Box?[] _sums = [new(0), new(0)];

    protected override bool Lost => _sums[1]!.Value != 2;

    protected override void Update() =>
        Accessor<NoHook>.StoreRelease(ref _sums[1], new Box(Accessor<NoHook>.LoadAcquire(ref _sums[1])!.Value + 1));
}

internal sealed class StructAccessorLong : Race
{
    private Sharing<NoHook>.SharedLong _sum;

    protected override bool Lost => _sum.LoadAcquire() != 2;

    protected override void Update() => _sum.StoreRelease(_sum.LoadAcquire() + 1);
}

internal sealed class StructAccessorCompareExchange : Race
{
    private Sharing<NoHook>.SharedLong _taken;
    private bool _missed;

    protected override bool Lost => _missed;

    protected override void Update()
    {
        if (_taken.CompareExchange(1, 0) != 0)
            _missed = true;
        _taken.CompareExchange(0, 1);
    }
}

internal sealed class StructAccessorReference : Race
{
    private Sharing<NoHook>.SharedReference<Box> _sum = new(new Box(0));

    protected override bool Lost => _sum.LoadAcquire()!.Value != 2;

    protected override void Update()
    {
        Box? sum = _sum.LoadAcquire();
        _sum.CompareExchange(new Box(sum!.Value + 1), sum);
    }
}

internal sealed class StructAccessorElement : Race
{
    private readonly Sharing<NoHook>.SharedReference<Box>[] _token = [new(null), new(new Box(1))];
    private bool _missed;

    protected override bool Lost => _missed;

    protected override void Update()
    {
        Box? token = _token[1].Exchange(null);
        if (token is null)
            _missed = true;
        else
            _token[1].Exchange(token);
    }
}
