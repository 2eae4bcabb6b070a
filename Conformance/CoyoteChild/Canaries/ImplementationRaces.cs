// Races between calls of the implementation: found only if its own accesses, in the rewritten copy that is explored, are scheduling points.
using PerfModel.Implementation;

namespace PerfModel.CoyoteChild.Canaries;

/// <summary>A running, counting event that two threads use. Each call is atomic; two calls are not.</summary>
internal abstract class ImplementationRace : Race
{
    private readonly PerfEvents _events = new(new PerfEventsOptions { Capacity = 2, Tasks = 1, Cpus = 1 });
    private readonly EventHandle _event;

    protected ImplementationRace()
    {
        Errno opened = _events.Open(new EventAttributes(0, EventAttributes.AnyCpu) { Enabled = true }, out _event);
        Errno scheduled = _events.ScheduleIn(_event);
        if (opened != Errno.None || scheduled != Errno.None)
            throw new InvalidOperationException($"a canary could not open its event: {opened}, {scheduled}");
    }

    protected long Read()
    {
        _events.Count(_event, out long count);
        return count;
    }

    protected void Tick() => _events.Tick(_event, 1, out _);
}

/// <summary>One ticks; the other reads twice, and the tick falls between.</summary>
internal sealed class ImplementationReads : ImplementationRace
{
    private int _threads;
    private long _difference;

    protected override bool Lost => _difference != 0;

    protected override void Update()
    {
        if (_threads++ == 0)
        {
            Tick();
        }
        else
        {
            long before = Read();
            _difference = Read() - before;
        }
    }
}

/// <summary>Both read, then tick, and neither saw the other's tick.</summary>
internal sealed class ImplementationUpdates : ImplementationRace
{
    private int _sawNothing;

    protected override bool Lost => _sawNothing == 2;

    protected override void Update()
    {
        if (Read() == 0)
            _sawNothing++;
        Tick();
    }
}
