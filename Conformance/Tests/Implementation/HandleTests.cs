// Handles: issued once, refused when there is no room, and harmless whatever number a caller makes up.
using PerfModel.Implementation;
using Xunit;

namespace PerfModel.Conformance.Tests;

public class HandleTests
{
    private static readonly EventAttributes Plain = new(0, EventAttributes.AnyCpu) { SamplePeriod = 1, Enabled = true };

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(65_536)]
    public void A_handle_is_issued_once(int capacity)
    {
        var system = new PerfEvents(new PerfEventsOptions { Capacity = capacity });
        var issued = new HashSet<long>();
        for (var i = 0; i < 300_000; i++)
        {
            Assert.Equal(Errno.None, system.Open(Plain, out var handle));
            Assert.True(handle.Value > 0 && issued.Add(handle.Value), $"{handle} again");
            Assert.Equal(Errno.None, system.Close(handle));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void As_many_events_live_as_were_declared_and_not_one_more(int capacity)
    {
        var system = new PerfEvents(new PerfEventsOptions { Capacity = capacity });
        var live = new Queue<EventHandle>();
        for (var i = 0; i < capacity; i++) live.Enqueue(Opened(system));
        for (var i = 0; i < 3 * capacity; i++)
        {
            Assert.Equal(Errno.EMFILE, system.Open(Plain, out var none));
            Assert.Equal(EventHandle.None, none);
            Assert.Equal(Errno.EMFILE, system.Open(Plain with { Task = 1 }, out _));
            Assert.Equal(Errno.EINVAL, system.Open(Plain with { SamplePeriod = -1 }, out _));
            Assert.Equal(Errno.None, system.Close(live.Dequeue()));
            Assert.Equal(Errno.ESRCH, system.Open(Plain with { Task = 1 }, out _));
            live.Enqueue(Opened(system));
        }

        Assert.All(live, handle => Assert.Equal(Errno.None, system.Count(handle, out _)));
    }

    [Fact]
    public void A_number_that_was_never_issued_is_refused_by_every_call()
    {
        foreach (var capacity in (int[])[1, 3, 64])
        {
            var system = new PerfEvents(new PerfEventsOptions { Capacity = capacity, Dialect = Dialect.Amended });
            var live = Opened(system);
            var dead = Opened(new PerfEvents(new PerfEventsOptions { Capacity = capacity }));
            if (capacity > 1)
            {
                dead = Opened(system);
                system.Close(dead);
            }

            var hostile = new HashSet<long> { 0, -1, 1, long.MinValue, long.MaxValue, int.MinValue, int.MaxValue, ~live.Value, -live.Value, live.Value - 1, live.Value + 1, dead.Value, dead.Value + 1 };
            for (var bit = 0; bit < 64; bit++) hostile.Add(live.Value ^ (1L << bit));
            hostile.Remove(live.Value);
            foreach (var number in hostile) RefusedByEveryCall(system, new EventHandle(number), live);
            Assert.Equal(Errno.None, system.StarterOf(live, out var owner));
            Assert.Equal(default, owner);
        }
    }

    [Fact]
    public void A_copy_that_is_not_there_is_refused_by_every_call()
    {
        var system = new PerfEvents(new PerfEventsOptions { Roots = 2, Tasks = 300 });
        var inherited = Opened(system, Plain with { Inherit = true });
        var elsewhere = Opened(system, Plain with { Inherit = true, Task = 1 });
        var alone = Opened(system);
        Assert.Equal(Errno.None, system.Fork(0, 2));
        Assert.Equal(Errno.None, system.Fork(2, 3));
        Assert.Equal(Errno.None, system.Exit(3));
        Assert.Equal(Errno.None, system.Count(inherited.In(2), out _));
        foreach (var task in (int[])[int.MinValue, -1, 0, 1, 3, 4, 255, 299, 300, int.MaxValue]) RefusedByEveryCall(system, inherited.In(task));
        foreach (var e in (EventHandle[])[elsewhere, alone, EventHandle.None, new(-1), new(long.MaxValue)]) RefusedByEveryCall(system, e.In(2));
        Assert.Equal(Errno.None, system.Exit(2));
        RefusedByEveryCall(system, inherited.In(2));
        RefusedByEveryCall(system, default);
    }

    [Fact]
    public void A_handle_of_a_closed_event_does_not_name_the_next_tenant_of_its_place()
    {
        var system = new PerfEvents(new PerfEventsOptions { Capacity = 1 });
        var first = Opened(system);
        system.Close(first);
        var second = Opened(system);
        RefusedByEveryCall(system, first, second);
        Assert.Equal(Errno.None, system.Close(second));
    }

    private static EventHandle Opened(PerfEvents system) => Opened(system, Plain);

    private static EventHandle Opened(PerfEvents system, EventAttributes attributes)
    {
        Assert.Equal(Errno.None, system.Open(attributes, out var handle));
        return handle;
    }

    private static void RefusedByEveryCall(PerfEvents system, EventHandle e, EventHandle live)
    {
        Errno[] answers =
        [
            system.SetStarter(e, live), system.SetStarter(live, e), system.SetStopper(e, live), system.SetStopper(live, e), system.SetStarter(e, e),
            system.Enable(e), system.Disable(e), system.TotalCount(e, out var total), system.Close(e),
        ];
        Assert.All(answers, errno => Assert.Equal(Errno.EBADF, errno));
        Assert.Equal(0, total);
        RefusedByEveryCall(system, e);
    }

    private static void RefusedByEveryCall(PerfEvents system, EventInstance e)
    {
        Errno[] answers =
        [
            system.ScheduleIn(e), system.ScheduleOut(e), system.Throttle(e), system.Unthrottle(e),
            system.Tick(e, 1, out var ticked), system.Tick(e, -1, out _), system.Overflow(e, out var overflowed),
            system.Count(e, out var count), system.State(e, out _), system.Paused(e, out var paused), system.Samples(e, out var samples),
            system.StarterOf(e, out var starter), system.StopperOf(e, out var stopper),
        ];
        Assert.All(answers, errno => Assert.Equal(Errno.EBADF, errno));
        Assert.Equal((0, 0, 0, 0, false, default, default), (ticked, overflowed, count, samples, paused, starter, stopper));
    }
}
