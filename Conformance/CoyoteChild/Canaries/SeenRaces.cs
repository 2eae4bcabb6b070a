// The kinds of shared access that explored code may use: Coyote must find a race made of each.
namespace PerfModel.CoyoteChild.Canaries;

internal static class SeenRaces
{
    public static IReadOnlyList<Canary> All { get; } =
    [
        Seen("Interlocked.CompareExchange(ref int)", () => new CompareExchangeInt()),
        Seen("Interlocked.CompareExchange(ref long)", () => new CompareExchangeLong()),
        Seen("Interlocked.CompareExchange<T>(ref T), a class", () => new CompareExchangeReference()),
        Seen("Interlocked.Exchange(ref long)", () => new ExchangeLong()),
        Seen("Interlocked.Exchange<T>(ref T), a class", () => new ExchangeReference()),
        Seen("Interlocked.Increment and Decrement(ref int)", () => new IncrementInt()),
        Seen("Interlocked.Increment and Decrement(ref long)", () => new IncrementLong()),
        Seen("Interlocked.Add(ref long)", () => new AddLong()),
        Seen("Interlocked.And and Or(ref long)", () => new AndOrLong()),
        Seen("Volatile.Read and Write(ref int)", () => new VolatileInt()),
        Seen("Volatile.Read and Write(ref long)", () => new VolatileLong()),
        Seen("Volatile.Read and Write<T>(ref T), a class", () => new VolatileReference()),
        Seen("Volatile.Read and Write(ref array[i]), long", () => new VolatileElement()),
        Seen("Volatile.Read and Write<T>(ref array[i]), a class", () => new VolatileReferenceElement()),
        Seen("Interlocked.CompareExchange(ref array[i]), long", () => new CompareExchangeElement()),
        Seen("Interlocked.CompareExchange<T>(ref array[i]), a class", () => new CompareExchangeReferenceElement()),
        Seen("accessor method with a ref parameter, long", () => new RefAccessorLong()),
        Seen("accessor method with a ref parameter, a class", () => new RefAccessorReference()),
        Seen("accessor method with a ref parameter, array[i]", () => new RefAccessorElement()),
        Seen("accessor struct, long, load and store", () => new StructAccessorLong()),
        Seen("accessor struct, long, compare and exchange", () => new StructAccessorCompareExchange()),
        Seen("accessor struct, a class", () => new StructAccessorReference()),
        Seen("accessor struct, array[i]", () => new StructAccessorElement()),
        Seen("PerfModel.Implementation: its reads", () => new ImplementationReads()),
        Seen("PerfModel.Implementation: its updates", () => new ImplementationUpdates()),
        Seen("lock (object)", () => new LockTwice()),
        Seen("plain field of an object", () => new PlainField(), plainFields: true),
        Quiet("lock (object) around the whole update", () => new LockOnce()),
        Quiet("a CompareExchange loop", () => new CompareExchangeLoop()),
    ];

    private static Canary Seen(string kind, Func<Race> create, bool plainFields = false) =>
        new(kind, Sight.Seen, plainFields) { Create = create };

    private static Canary Quiet(string kind, Func<Race> create) => new(kind, Sight.Quiet, PlainFields: false) { Create = create };
}

internal sealed class CompareExchangeInt : Race
{
    private int _sum;

    protected override bool Lost => _sum != 2;

    protected override void Update()
    {
        int sum = Interlocked.CompareExchange(ref _sum, 0, 0);
        Interlocked.CompareExchange(ref _sum, sum + 1, sum);
    }
}

internal sealed class CompareExchangeLong : Race
{
    private long _sum;

    protected override bool Lost => _sum != 2;

    protected override void Update()
    {
        long sum = Interlocked.CompareExchange(ref _sum, 0, 0);
        Interlocked.CompareExchange(ref _sum, sum + 1, sum);
    }
}

/// <summary>A number in a box: what the reference races count with.</summary>
internal sealed class Box(int value)
{
    public readonly int Value = value;
}

internal sealed class CompareExchangeReference : Race
{
    private Box? _sum = new(0);

    protected override bool Lost => _sum!.Value != 2;

    protected override void Update()
    {
        Box? sum = Interlocked.CompareExchange(ref _sum, null, null);
        Interlocked.CompareExchange(ref _sum, new Box(sum!.Value + 1), sum);
    }
}

internal sealed class ExchangeLong : Race
{
    private long _tokens = 1;
    private bool _missed;

    protected override bool Lost => _missed;

    // Takes the only token and puts it back; the other finds none when it comes between.
    protected override void Update()
    {
        if (Interlocked.Exchange(ref _tokens, 0) == 0)
            _missed = true;
        else
            Interlocked.Exchange(ref _tokens, 1);
    }
}

internal sealed class ExchangeReference : Race
{
    private Box? _token = new(1);
    private bool _missed;

    protected override bool Lost => _missed;

    protected override void Update()
    {
        Box? token = Interlocked.Exchange(ref _token, null);
        if (token is null)
            _missed = true;
        else
            Interlocked.Exchange(ref _token, token);
    }
}

internal sealed class IncrementInt : Race
{
    private int _inside;
    private bool _met;

    protected override bool Lost => _met;

    protected override void Update()
    {
        if (Interlocked.Increment(ref _inside) == 2)
            _met = true;
        Interlocked.Decrement(ref _inside);
    }
}

internal sealed class IncrementLong : Race
{
    private long _inside;
    private bool _met;

    protected override bool Lost => _met;

    protected override void Update()
    {
        if (Interlocked.Increment(ref _inside) == 2)
            _met = true;
        Interlocked.Decrement(ref _inside);
    }
}

internal sealed class AddLong : Race
{
    private long _inside;
    private bool _met;

    protected override bool Lost => _met;

    protected override void Update()
    {
        if (Interlocked.Add(ref _inside, 1) == 2)
            _met = true;
        Interlocked.Add(ref _inside, -1);
    }
}

internal sealed class AndOrLong : Race
{
    private long _flag;
    private bool _met;

    protected override bool Lost => _met;

    protected override void Update()
    {
        if (Interlocked.Or(ref _flag, 1) == 1)
            _met = true;
        Interlocked.And(ref _flag, 0);
    }
}

internal sealed class VolatileInt : Race
{
    private int _sum;

    protected override bool Lost => _sum != 2;

    protected override void Update() => Volatile.Write(ref _sum, Volatile.Read(ref _sum) + 1);
}

internal sealed class VolatileLong : Race
{
    private long _sum;

    protected override bool Lost => _sum != 2;

    protected override void Update() => Volatile.Write(ref _sum, Volatile.Read(ref _sum) + 1);
}

internal sealed class VolatileReference : Race
{
    private Box _sum = new(0);

    protected override bool Lost => _sum.Value != 2;

    protected override void Update() => Volatile.Write(ref _sum, new Box(Volatile.Read(ref _sum).Value + 1));
}

internal sealed class VolatileElement : Race
{
    private readonly long[] _sums = new long[2];

    protected override bool Lost => _sums[1] != 2;

    protected override void Update() => Volatile.Write(ref _sums[1], Volatile.Read(ref _sums[1]) + 1);
}

internal sealed class VolatileReferenceElement : Race
{
    private readonly Box[] _sums = [new(0), new(0)];

    protected override bool Lost => _sums[1].Value != 2;

    protected override void Update() => Volatile.Write(ref _sums[1], new Box(Volatile.Read(ref _sums[1]).Value + 1));
}

internal sealed class CompareExchangeElement : Race
{
    private readonly long[] _sums = new long[2];

    protected override bool Lost => _sums[1] != 2;

    protected override void Update()
    {
        long sum = Interlocked.CompareExchange(ref _sums[1], 0, 0);
        Interlocked.CompareExchange(ref _sums[1], sum + 1, sum);
    }
}

internal sealed class CompareExchangeReferenceElement : Race
{
    private readonly Box?[] _sums = [new(0), new(0)];

    protected override bool Lost => _sums[1]!.Value != 2;

    protected override void Update()
    {
        Box? sum = Interlocked.CompareExchange(ref _sums[1], null, null);
        Interlocked.CompareExchange(ref _sums[1], new Box(sum!.Value + 1), sum);
    }
}

internal sealed class LockTwice : Race
{
    private readonly object _gate = new();
    private int _sum;

    protected override bool Lost => _sum != 2;

    protected override void Update()
    {
        int sum;
        lock (_gate)
            sum = _sum;
        lock (_gate)
            _sum = sum + 1;
    }
}

internal sealed class PlainField : Race
{
    private int _sum;

    protected override bool Lost => _sum != 2;

    protected override void Update() => _sum++;
}

internal sealed class LockOnce : Race
{
    private readonly object _gate = new();
    private int _sum;

    protected override bool Lost => _sum != 2;

    protected override void Update()
    {
        lock (_gate)
        {
            int sum = Volatile.Read(ref _sum);
            Volatile.Write(ref _sum, sum + 1);
        }
    }
}

internal sealed class CompareExchangeLoop : Race
{
    private long _sum;

    protected override bool Lost => _sum != 2;

    protected override void Update()
    {
        long sum;
        do
            sum = Volatile.Read(ref _sum);
        while (Interlocked.CompareExchange(ref _sum, sum + 1, sum) != sum);
    }
}
