// Overflow, Tick and every read allocate nothing, whatever they find; a closed event is the garbage collector's.
using System.Runtime.CompilerServices;
using PerfModel.Implementation;
using Xunit;
using Xunit.Abstractions;

namespace PerfModel.Conformance.Tests;

public class AllocationTests(ITestOutputHelper output)
{
    private const int Rounds = 20_000;

    public static TheoryData<string> Calls => [.. Allocating.Calls.Keys];

    [Theory]
    [MemberData(nameof(Calls))]
    public void It_allocates_nothing(string call)
    {
        foreach (var dialect in Enum.GetValues<Dialect>())
        {
            var world = new Allocating(dialect);
            foreach (var (what, e) in world.Events) Assert.True(AllocatedBy(() => Allocating.Calls[call](world.System, e)) == 0, $"{call} of {what} in {dialect}");
        }
    }

    [Fact]
    public void An_allocation_would_be_seen() => Assert.InRange(AllocatedBy(() => GC.KeepAlive(new object())), 20L * Rounds, long.MaxValue);

    // What is compiled while it runs allocates its literals then, once: the least of some measurements is what the calls take.
    private long AllocatedBy(Action call)
    {
        long[] measured = [Measure(call), Measure(call), Measure(call)];
        if (measured.Max() != 0) output.WriteLine($"{string.Join(", ", measured)} bytes in {Rounds} calls");
        return measured.Min();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static long Measure(Action call)
    {
        for (var i = 0; i < Rounds; i++) call();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++) call();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Events in every condition that a call can meet: visits that move and that do not, dead targets, itself as its target.</summary>
    private sealed class Allocating
    {
        public static readonly Dictionary<string, Action<PerfEvents, EventInstance>> Calls = new()
        {
            ["Overflow"] = (system, e) => system.Overflow(e, out _),
            ["Tick"] = (system, e) => system.Tick(e, 3, out _),
            ["Tick of a wrong amount"] = (system, e) => system.Tick(e, -1, out _),
            ["TotalCount"] = (system, e) => system.TotalCount(e.Event, out _),
            ["Count"] = (system, e) => system.Count(e, out _),
            ["State"] = (system, e) => system.State(e, out _),
            ["Paused"] = (system, e) => system.Paused(e, out _),
            ["Samples"] = (system, e) => system.Samples(e, out _),
            ["StarterOf"] = (system, e) => system.StarterOf(e, out _),
            ["StopperOf"] = (system, e) => system.StopperOf(e, out _),
        };

        public Allocating(Dialect dialect)
        {
            System = new PerfEvents(new PerfEventsOptions { Dialect = dialect });
            var trigger = Running(2);
            var forked = Running(2);
            var idle = Open(2);
            var counting = Running(0);
            var oneShot = Running(1);
            var closed = Running(1);
            for (var i = 0; i < 30; i++)
            {
                var target = i % 3 == 0 ? Open(0) : Running(1);
                System.SetStarter(trigger, target);
                System.SetStopper(i % 2 == 0 ? trigger : closed, target);
                if (i % 5 == 0) System.Close(target);
            }

            // No read is of a value that nothing has moved yet.
            foreach (var e in (EventHandle[])[trigger, counting, forked])
            {
                Assert.Equal(Errno.None, System.Tick(e, 8, out _));
                Assert.Equal(Errno.None, System.Overflow(e, out _));
            }

            System.SetStarter(trigger, counting);
            System.SetStopper(trigger, idle);
            System.SetStopper(oneShot, oneShot);
            System.Close(closed);
            System.SetStarter(forked, forked);
            System.SetStopper(trigger, forked);
            for (var task = 1; task <= 3; task++)
            {
                Assert.Equal(Errno.None, System.Fork(task - 1, task));
                foreach (var e in (EventHandle[])[trigger, forked, oneShot])
                {
                    System.ScheduleIn(e.In(task));
                    Assert.Equal(Errno.None, System.Tick(e.In(task), 9, out _));
                }
            }

            Assert.Equal(Errno.None, System.Exit(2));
            Events =
            [
                ("a trigger", trigger), ("an idle event", idle), ("a counting event", counting), ("a one-shot", oneShot), ("a closed event", closed), ("no event", EventHandle.None),
                ("a copy that triggers", trigger.In(3)), ("a copy", forked.In(1)), ("a copy of a one-shot", oneShot.In(1)), ("a copy that is gone", forked.In(2)), ("a copy that never was", forked.In(4)),
            ];
        }

        public PerfEvents System { get; }

        public (string What, EventInstance Instance)[] Events { get; }

        private EventHandle Open(long period)
        {
            Assert.Equal(Errno.None, System.Open(new EventAttributes(0, EventAttributes.AnyCpu) { SamplePeriod = period, Inherit = true, Enabled = true }, out var handle));
            return handle;
        }

        private EventHandle Running(long period)
        {
            var handle = Open(period);
            System.ScheduleIn(handle);
            return handle;
        }
    }
}
