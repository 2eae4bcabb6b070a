// What Coyote 1.7.11 on .NET 10 does not see, and what it raises a false alarm about. Explored code must not use any of these (SeamLint.cs).
namespace PerfModel.CoyoteChild.Canaries;

internal static class Holes
{
    public static IReadOnlyList<Canary> All { get; } =
    [
        Unseen("plain field of an object, when plain fields are not asked for", plainFields: false, () => new PlainField()),
        Unseen("volatile field, when plain fields are not asked for", plainFields: false, () => new VolatileKeyword()),
        Unseen("plain property, even when plain fields are asked for", plainFields: true, () => new PlainProperty()),
        Unseen("static field", plainFields: true, () => new StaticField()),
        Unseen("array element, read and written plainly", plainFields: true, () => new PlainElement()),
        Unseen("location behind a ref local", plainFields: true, () => new RefLocal()),
        Unseen("Interlocked on byte", plainFields: true, () => new CompareExchangeByte()),
        Unseen("Interlocked on ushort", plainFields: true, () => new CompareExchangeUShort()),
        Unseen("Interlocked.MemoryBarrier", plainFields: true, () => new Barrier()),
        Unseen("a store that another thread sees late (weak memory)", plainFields: true, () => new StoreBuffering()),
        new("Interlocked.CompareExchange<T>, an enum", Sight.Refused, PlainFields: false) { Create = () => new CompareExchangeEnum() },
        new("Interlocked.CompareExchange<T>, a bool", Sight.Refused, PlainFields: false) { Create = () => new CompareExchangeBool() },
        new("System.Threading.Lock", Sight.FalseAlarm, PlainFields: false) { Create = () => new LockObject(), HangTimeout = TimeSpan.FromSeconds(0.5) },
        new("AutoResetEvent", Sight.FalseAlarm, PlainFields: false) { Create = () => new EventAsLock(new AutoResetEvent(true)) },
        new("EventWaitHandle", Sight.FalseAlarm, PlainFields: false) { Create = () => new EventAsLock(new EventWaitHandle(true, EventResetMode.AutoReset)) },
        new("Monitor.TryEnter with a time limit", Sight.FalseAlarm, PlainFields: false) { Create = () => new TimedEntry() },
        new("SpinLock", Sight.Refused, PlainFields: false) { Create = () => new SpinLocked() },
    ];

    private static Canary Unseen(string kind, bool plainFields, Func<Race> create) =>
        new(kind, Sight.Unseen, plainFields) { Create = create };
}

internal sealed class VolatileKeyword : Race
{
    private volatile int _sum;

    protected override bool Lost => _sum != 2;

    protected override void Update()
    {
        int sum = _sum;
        _sum = sum + 1;
    }
}

internal sealed class PlainProperty : Race
{
    protected override bool Lost => Sum != 2;

    private int Sum { get; set; }

    protected override void Update() => Sum++;
}

internal sealed class StaticField : Race
{
    private static int _sum;

    public StaticField() => _sum = 0;

    protected override bool Lost => _sum != 2;

    protected override void Update() => _sum++;
}

/// <summary>Its array is reached through a static field, so that no load of an instance field stands beside the access.</summary>
internal sealed class PlainElement : Race
{
    private static readonly int[] Sums = new int[1];

    public PlainElement() => Sums[0] = 0;

    protected override bool Lost => Sums[0] != 2;

    protected override void Update() => Sums[0]++;
}

internal sealed class RefLocal : Race
{
    private static readonly int[] Sums = new int[1];

    public RefLocal() => Sums[0] = 0;

    protected override bool Lost => Sums[0] != 2;

    protected override void Update()
    {
        ref int sum = ref Sums[0];
        sum = sum + 1;
    }
}

internal sealed class CompareExchangeByte : Race
{
    private byte _sum;

    protected override bool Lost => _sum != 2;

    protected override void Update()
    {
        byte sum = Interlocked.CompareExchange(ref _sum, 0, 0);
        Interlocked.CompareExchange(ref _sum, (byte)(sum + 1), sum);
    }
}

internal sealed class CompareExchangeUShort : Race
{
    private ushort _sum;

    protected override bool Lost => _sum != 2;

    protected override void Update()
    {
        ushort sum = Interlocked.CompareExchange(ref _sum, 0, 0);
        Interlocked.CompareExchange(ref _sum, (ushort)(sum + 1), sum);
    }
}

internal sealed class Barrier : Race
{
    private static int _sum;

    public Barrier() => _sum = 0;

    protected override bool Lost => _sum != 2;

    protected override void Update()
    {
        int sum = _sum;
        Interlocked.MemoryBarrier();
        _sum = sum + 1;
    }
}

/// <summary>Each thread sets its own flag and reads the other's. Both reading nothing happens on every processor, and in no order of steps.</summary>
internal sealed class StoreBuffering : Race
{
    private readonly int[] _flags = new int[2];
    private int _threads;
    private int _readNothing;

    protected override bool Lost => _readNothing == 2;

    protected override void Update()
    {
        int me = Interlocked.Increment(ref _threads) - 1;
        Volatile.Write(ref _flags[me], 1);
        if (Volatile.Read(ref _flags[1 - me]) == 0)
            Interlocked.Increment(ref _readNothing);
    }
}

internal sealed class CompareExchangeEnum : Race
{
    private DayOfWeek _day;

    protected override bool Lost => false;

    protected override void Update() => Interlocked.CompareExchange(ref _day, DayOfWeek.Monday, DayOfWeek.Sunday);
}

internal sealed class CompareExchangeBool : Race
{
    private bool _set;

    protected override bool Lost => !_set;

    protected override void Update() => Interlocked.CompareExchange(ref _set, true, false);
}

internal sealed class LockObject : Race
{
    private readonly Lock _gate = new();
    private int _sum;

    protected override bool Lost => _sum != 2;

    protected override void Update()
    {
        lock (_gate)
            Volatile.Write(ref _sum, Volatile.Read(ref _sum) + 1);
    }
}

/// <summary>Who waits takes the signal away. In Coyote's model one who has waited leaves it there, and the next is let in as well.</summary>
internal sealed class EventAsLock(EventWaitHandle free) : Race
{
    private int _sum;

    protected override bool Lost => _sum != 4;

    protected override void Update()
    {
        for (int i = 0; i < 2; i++)
        {
            free.WaitOne();
            Volatile.Write(ref _sum, Volatile.Read(ref _sum) + 1);
            free.Set();
        }
    }
}

internal sealed class TimedEntry : Race
{
    private readonly object _gate = new();
    private int _sum;

    protected override bool Lost => _sum != 2;

    protected override void Update()
    {
        while (!Monitor.TryEnter(_gate, 1)) Thread.Yield();
        Volatile.Write(ref _sum, Volatile.Read(ref _sum) + 1);
        Monitor.Exit(_gate);
    }
}

internal sealed class SpinLocked : Race
{
    private SpinLock _gate;
    private int _sum;

    protected override bool Lost => _sum != 2;

    protected override void Update()
    {
        bool taken = false;
        _gate.Enter(ref taken);
        Volatile.Write(ref _sum, Volatile.Read(ref _sum) + 1);
        _gate.Exit();
    }
}
