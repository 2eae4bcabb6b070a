// What is timed, on one system: written once, and copied by WithoutHook.targets as the library is. So both copies are measured by the same
// source, and the namespace, inside the one of the library, is what makes the names below mean the one copy or the other.
namespace PerfModel.Implementation.Benchmarked;

/// <summary>One system with the events that the benchmarks use, and their operations.</summary>
/// <remarks>Each answers something, or the JIT might leave it out.</remarks>
public sealed class Workload
{
    private readonly PerfEvents _perf = new(new PerfEventsOptions { Dialect = Dialect.Amended, Capacity = 1024, Cpus = 1 });
    private readonly EventHandle _unlinked;
    private readonly EventHandle _linkedToOne;
    private readonly EventHandle _linkedToMany;
    private readonly EventHandle _ticked;
    private readonly EventHandle _linking;

    /// <summary>Opens, links and schedules all that the operations need.</summary>
    public Workload()
    {
        _unlinked = RunningTrigger(targets: 0);
        _linkedToOne = RunningTrigger(targets: 1);
        _linkedToMany = RunningTrigger(targets: 16);
        _ticked = RunningTrigger(targets: 1);
        _linking = RunningTrigger(targets: 0);
    }

    /// <summary>An overflow that has nobody to start.</summary>
    public long OverflowWithoutTargets() => Overflow(_unlinked);

    /// <summary>An overflow that visits one open gate: nothing flips.</summary>
    public long OverflowWithOneTarget() => Overflow(_linkedToOne);

    /// <summary>An overflow that visits 16 open gates: nothing flips.</summary>
    public long OverflowWithManyTargets() => Overflow(_linkedToMany);

    /// <summary>A Tick far from the end of its period.</summary>
    public long Tick()
    {
        _perf.Tick(_ticked, 1, out var overflows);
        return overflows;
    }

    /// <summary>A read of a count.</summary>
    public long Count()
    {
        _perf.Count(_ticked, out var count);
        return count;
    }

    /// <summary>A target that is opened, linked and closed. Allocates, and now and then rebuilds its trigger's table.</summary>
    public Errno OpenLinkClose()
    {
        _perf.Open(new EventAttributes(Task: 0, Cpu: 0), out EventHandle target);
        _perf.SetStarter(_linking, target);
        return _perf.Close(target);
    }

    private long Overflow(EventHandle trigger)
    {
        _perf.Overflow(trigger, out var overflows);
        return overflows;
    }

    private EventHandle RunningTrigger(int targets)
    {
        _perf.Open(new EventAttributes(Task: 0, Cpu: 0) { SamplePeriod = EventAttributes.MaxSamplePeriod, Enabled = true }, out EventHandle trigger);
        _perf.ScheduleIn(trigger);
        for (var i = 0; i < targets; i++)
        {
            _perf.Open(new EventAttributes(Task: 0, Cpu: 0) { Enabled = true }, out EventHandle target);
            _perf.ScheduleIn(target);
            _perf.SetStarter(trigger, target);
        }

        return trigger;
    }
}
