// Chapter 6 by direct calls, a clause at a time: what a fork copies, what an exit leaves, and what reaches the copies of an event.
using System.Reflection;
using PerfModel.Implementation;
using Xunit;
using EventAttributes = PerfModel.Implementation.EventAttributes;

namespace PerfModel.Conformance.Tests;

public class InheritanceTests
{
    private static readonly EventAttributes Inherited = new(0, EventAttributes.AnyCpu) { SamplePeriod = 10, Inherit = true, Enabled = true };

    private readonly PerfEvents _rfc2011 = new(new PerfEventsOptions { Capacity = 16, Roots = 2, Tasks = 8, Cpus = 2 });
    private readonly PerfEvents _system = new(new PerfEventsOptions { Capacity = 16, Roots = 2, Tasks = 8, Cpus = 2, Dialect = Dialect.Amended });

    [Fact]
    public void Fork_refuses_in_this_order_a_task_that_does_not_run_a_used_name_no_name_left_and_a_name_out_of_range()
    {
        // 6.2
        foreach (var task in (int[])[-1, 2, 7, 8, int.MinValue, int.MaxValue]) Assert.Equal(Errno.ESRCH, _system.Fork(task, 0));
        foreach (var name in (int[])[0, 1]) Assert.Equal(Errno.EEXIST, _system.Fork(0, name));
        foreach (var name in (int[])[-1, 8, int.MinValue, int.MaxValue]) Assert.Equal(Errno.EINVAL, _system.Fork(0, name));
        for (var name = 2; name < 8; name++) Fork(name - 1, name);
        Exit(7);
        foreach (var name in (int[])[6, 7]) Assert.Equal(Errno.EEXIST, _system.Fork(6, name));
        foreach (var name in (int[])[-1, 8, int.MinValue, int.MaxValue]) Assert.Equal(Errno.EAGAIN, _system.Fork(6, name));
        foreach (var name in (int[])[6, 8]) Assert.Equal(Errno.ESRCH, _system.Fork(7, name));
    }

    [Fact]
    public void Exit_refuses_what_is_no_forked_running_task()
    {
        // 6.1, 6.9
        Fork(0, 2);
        foreach (var task in (int[])[-1, 0, 1, 3, 8, int.MinValue, int.MaxValue]) Assert.Equal(Errno.ESRCH, _system.Exit(task));
        Exit(2);
        Assert.Equal(Errno.ESRCH, _system.Exit(2));
    }

    [Fact]
    public void Open_on_a_forked_task_is_einval_from_the_fork_on_and_before_a_full_table()
    {
        // 6.1, 1.5, 1.6
        Errno OpenOn(int task) => _system.Open(Inherited with { Task = task }, out _);
        Assert.Equal((Errno.ESRCH, Errno.ESRCH), (OpenOn(2), OpenOn(8)));
        Fork(0, 2);
        Assert.Equal((Errno.EINVAL, Errno.ESRCH), (OpenOn(2), OpenOn(3)));
        for (var i = 0; i < 16; i++) Open();
        Exit(2);
        Assert.Equal((Errno.EINVAL, Errno.EMFILE, Errno.EMFILE, Errno.EMFILE), (OpenOn(2), OpenOn(3), OpenOn(8), OpenOn(0)));
        Fork(0, 3);
        Assert.Equal(Errno.EINVAL, OpenOn(3));
    }

    [Fact]
    public void A_fork_copies_what_its_task_has_and_inherits_and_nothing_else()
    {
        // 6.3
        var anyCpu = Open();
        var idle = Open(Inherited with { Cpu = 1, Enabled = false, SamplePeriod = 0 });
        var alone = Open(Inherited with { Inherit = false });
        var elsewhere = Open(Inherited with { Task = 1 });
        var ofNoTask = Open(Inherited with { Task = EventAttributes.NoTask, Cpu = 0 });
        var closed = Open();
        Close(closed);
        Fork(0, 2);
        var late = Open();
        Assert.Equal([true, true, false, false, false, false, false], new[] { anyCpu, idle, alone, elsewhere, ofNoTask, closed, late }.Select(e => IsLive(e.In(2))));
        Fork(2, 3);
        Assert.Equal([true, true, false], new[] { anyCpu, idle, late }.Select(e => IsLive(e.In(3))));
        Fork(1, 4);
        Assert.Equal([true, false], new[] { elsewhere, anyCpu }.Select(e => IsLive(e.In(4))));
    }

    [Fact]
    public void A_copy_starts_as_its_source_is_enabled_and_with_nothing_else_of_its_state()
    {
        // 6.4
        var e = Open();
        _system.ScheduleIn(e);
        Tick(e, 25);
        _system.Throttle(e);
        Fork(0, 2);
        Assert.Equal((0, 0, EventState.Inactive, false), Look(e.In(2)));
        _system.Disable(e);
        Fork(0, 3);
        Assert.Equal(EventState.Off, Look(e.In(3)).State);

        // The period is the event's, and the count of a copy starts its own.
        _system.Enable(e);
        _system.ScheduleIn(e.In(2));
        Assert.Equal((0, 1), (Tick(e.In(2), 9), Tick(e.In(2), 1)));
        Assert.Equal((10, 1, EventState.Active, false), Look(e.In(2)));
        Assert.Equal((25, 2, EventState.Active, false), Look(e));

        // A throttle is not inherited: the copy ran at once.
        _system.Throttle(e.In(2));
        Fork(2, 4);
        _system.ScheduleIn(e.In(4));
        Assert.Equal(0, Tick(e.In(4), 1));
    }

    [Fact]
    public void The_gate_of_a_copy_is_open_in_rfc2011_and_that_of_its_source_in_amended()
    {
        // 8.8
        var (stopper, e) = (Open(_rfc2011), Open(_rfc2011));
        _rfc2011.SetStopper(stopper, e);
        foreach (var one in (EventHandle[])[stopper, e]) _rfc2011.ScheduleIn(one);
        _rfc2011.Overflow(stopper, out _);
        Assert.Equal(Errno.None, _rfc2011.Fork(0, 2));
        Assert.Equal((Errno.None, true), (_rfc2011.Paused(e, out var source), source));
        Assert.Equal((Errno.None, false), (_rfc2011.Paused(e.In(2), out var copy), copy));

        // 8.9
        var opener = Open();
        var paused = Open(Inherited with { StartPaused = true });
        _system.SetStarter(opener, paused);
        _system.ScheduleIn(opener);
        Fork(0, 2);
        Assert.Equal(1, Overflow(opener));
        Fork(0, 3);
        Fork(2, 4);
        Assert.Equal([false, true, false, true], new EventInstance[] { paused, paused.In(2), paused.In(3), paused.In(4) }.Select(e => Look(e).Paused));
    }

    [Fact]
    public void Links_are_copied_whole_or_not_at_all_and_stay_within_the_task()
    {
        // 6.5
        var (p, t, alone) = (Open(), Open(), Open(Inherited with { Inherit = false }));
        var u = Open();
        Assert.Equal((Errno.None, Errno.None, Errno.None, Errno.None), (_system.SetStarter(p, t), _system.SetStopper(alone, t), _system.SetStopper(t, alone), _system.SetStopper(u, u)));
        Fork(0, 2);
        Assert.Equal((p.In(2), default), Owners(t.In(2)));
        Assert.Equal((default, u.In(2)), Owners(u.In(2)));
        Assert.Equal((p, alone), Owners(t));

        foreach (var e in (EventInstance[])[u, u.In(2)]) _system.ScheduleIn(e);
        Assert.Equal(1, Overflow(u.In(2)));
        Assert.Equal((true, false), (Look(u.In(2)).Paused, Look(u).Paused));

        // A dead trigger owns nothing that could be copied.
        Close(p);
        Fork(0, 3);
        Assert.Equal(default, Owners(t.In(3)));
        Assert.Equal((p.In(2), default), Owners(t.In(2)));
    }

    [Fact]
    public void A_grandchild_has_the_links_of_its_parent_and_lives_on_without_it()
    {
        // 6.6
        var (p, t) = (Open(), Open());
        _system.SetStopper(p, t);
        Fork(0, 2);
        Fork(2, 3);
        Close(p);
        Close(t);
        Fork(3, 4);
        Exit(2);
        Exit(3);
        Assert.Equal((default, p.In(4)), Owners(t.In(4)));
        _system.ScheduleIn(p.In(4));
        Assert.Equal(1, Overflow(p.In(4)));
        Assert.True(Look(t.In(4)).Paused);
    }

    [Fact]
    public void Copies_take_no_place_from_events()
    {
        // 6.8
        for (var i = 0; i < 16; i++) Open();
        for (var name = 2; name < 8; name++) Fork(0, name);
        Assert.Equal(Errno.EMFILE, _system.Open(Inherited, out _));
    }

    [Fact]
    public void What_a_task_counted_stays_in_the_total_when_it_exits()
    {
        // 6.9, 6.10, 6.14
        var e = Open();
        Assert.Equal(0, Total(e));
        Fork(0, 2);
        Fork(2, 3);
        foreach (var one in (EventInstance[])[e, e.In(2), e.In(3)]) _system.ScheduleIn(one);
        Tick(e, 1);
        Tick(e.In(2), 20);
        Tick(e.In(3), 300);
        Assert.Equal((321, 1, 20, 300), (Total(e), Look(e).Count, Look(e.In(2)).Count, Look(e.In(3)).Count));
        Exit(2);
        Assert.Equal((321, 1, 300), (Total(e), Look(e).Count, Look(e.In(3)).Count));
        Exit(3);
        Assert.Equal((321, (1, 0, EventState.Active, false)), (Total(e), Look(e)));
        Tick(e, 4000);
        Fork(0, 4);
        Assert.Equal(4321, Total(e));
        Close(e);
        Assert.Equal(Errno.EBADF, _system.TotalCount(e, out _));
    }

    [Fact]
    public void A_total_above_2_to_the_63_is_refused_and_counts_on()
    {
        // 6.10: 1024 copies of 2⁵³−1 and an own count of 1023 are 2⁶³−1.
        var system = new PerfEvents(new PerfEventsOptions { Tasks = 1100 });
        var e = Open(system);
        for (var task = 1; task <= 1024; task++)
        {
            Assert.Equal(Errno.None, system.Fork(0, task));
            PutCount(system, e.In(task), EventAttributes.MaxSamplePeriod);
            if (task % 2 == 0) Assert.Equal(Errno.None, system.Exit(task));
        }

        system.ScheduleIn(e);
        system.Tick(e, 1023, out _);
        Assert.Equal((Errno.None, long.MaxValue), (system.TotalCount(e, out var most), most));
        system.Tick(e, 1, out _);
        Assert.Equal((Errno.EOVERFLOW, 0), (system.TotalCount(e, out var refused), refused));
        for (var task = 1; task <= 1024; task += 2) Assert.Equal(Errno.None, system.Exit(task));
        Assert.Equal(Errno.EOVERFLOW, system.TotalCount(e, out _));
        Assert.Equal(Errno.None, system.Close(e));
        Assert.Equal(Errno.EBADF, system.TotalCount(e, out _));
    }

    [Fact]
    public void Enable_and_disable_reach_every_copy_and_decide_by_the_own_instance()
    {
        // 6.11
        var e = Open();
        Fork(0, 2);
        Fork(2, 3);
        _system.ScheduleIn(e.In(2));
        _system.Throttle(e.In(2));
        Assert.Equal(Errno.None, _system.Disable(e));
        Assert.Equal([EventState.Off, EventState.Off, EventState.Off], new EventInstance[] { e, e.In(2), e.In(3) }.Select(one => Look(one).State));
        Exit(3);
        Assert.Equal(Errno.None, _system.Enable(e));
        Assert.Equal([EventState.Inactive, EventState.Active], new EventInstance[] { e, e.In(2) }.Select(one => Look(one).State));

        // 5.3, in the copy: it became Active, and is not throttled any more.
        Assert.Equal(0, Tick(e.In(2), 1));

        // A dead handle reaches nobody.
        Close(e);
        Assert.Equal((Errno.EBADF, Errno.EBADF), (_system.Disable(e), _system.Enable(e)));
        Assert.Equal(EventState.Active, Look(e.In(2)).State);
    }

    [Fact]
    public void A_link_made_after_a_fork_is_of_the_own_instances_until_the_next_fork()
    {
        // 6.12
        var (p, t) = (Open(), Open());
        Fork(0, 2);
        Assert.Equal(Errno.None, _system.SetStopper(p, t));
        Assert.Equal(((default, p), (default, default)), (Owners(t), Owners(t.In(2))));
        Fork(2, 3);
        Fork(0, 4);
        Assert.Equal(((default, default), (default, p.In(4))), (Owners(t.In(3)), Owners(t.In(4))));
    }

    [Fact]
    public void Copies_of_a_closed_event_count_trigger_and_are_copied()
    {
        // 6.13
        var (p, t) = (Open(), Open());
        _system.SetStopper(p, t);
        Fork(0, 2);
        Close(p);
        foreach (var one in (EventInstance[])[t, t.In(2), p.In(2)]) _system.ScheduleIn(one);
        Assert.Equal(1, Tick(p.In(2), 10));
        Assert.Equal((true, false), (Look(t.In(2)).Paused, Look(t).Paused));
        Assert.Equal((default, p.In(2)), Owners(t.In(2)));
        Assert.Equal((default, default), Owners(t));
        Fork(2, 3);
        Assert.Equal((default, p.In(3)), Owners(t.In(3)));
        Exit(2);
        Exit(3);
        Assert.Equal((false, false), (IsLive(p.In(2)), IsLive(p.In(3))));
        Assert.Equal(0, Total(t));
    }

    [Fact]
    public void Every_copy_is_found_however_many_a_task_has_and_in_whatever_order_they_came()
    {
        var system = new PerfEvents(new PerfEventsOptions { Capacity = 1000 });
        var live = new List<EventHandle>();
        for (var i = 0; i < 1000; i++) live.Add(Open(system));

        // The places that come free are filled again in another order than the handles have.
        for (var i = 0; i < live.Count; i += 3) Assert.Equal(Errno.None, system.Close(live[i]));
        for (var i = 0; i < live.Count; i += 3) live[i] = Open(system);
        Assert.Equal(Errno.None, system.Fork(0, 1));
        foreach (var e in live) system.ScheduleIn(e.In(1));
        for (var i = 0; i < live.Count; i++) Assert.Equal(Errno.None, system.Tick(live[i].In(1), i, out _));
        for (var i = 0; i < live.Count; i++) Assert.Equal((Errno.None, i), (system.Count(live[i].In(1), out var count), count));
    }

    // By Ticks it would take two thousand million of them.
    private static void PutCount(PerfEvents system, EventInstance copy, long count)
    {
        const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic;
        var found = typeof(PerfEvents<NoHook>).GetMethod("Find", Hidden)!.Invoke(system, [copy])!;
        var word = found.GetType().GetField("_word", Hidden)!;
        word.SetValue(found, Activator.CreateInstance(word.FieldType, count << 11));
        Assert.Equal((Errno.None, count), (system.Count(copy, out var put), put));
    }

    private EventHandle Open() => Open(_system);

    private static EventHandle Open(PerfEvents system) => Open(system, Inherited);

    private EventHandle Open(EventAttributes attributes) => Open(_system, attributes);

    private static EventHandle Open(PerfEvents system, EventAttributes attributes)
    {
        Assert.Equal(Errno.None, system.Open(attributes, out var handle));
        return handle;
    }

    private void Close(EventHandle e) => Assert.Equal(Errno.None, _system.Close(e));

    private void Fork(int task, int child) => Assert.Equal(Errno.None, _system.Fork(task, child));

    private void Exit(int task) => Assert.Equal(Errno.None, _system.Exit(task));

    private long Tick(EventInstance e, long n)
    {
        Assert.Equal(Errno.None, _system.Tick(e, n, out var overflows));
        return overflows;
    }

    private long Overflow(EventInstance e)
    {
        Assert.Equal(Errno.None, _system.Overflow(e, out var overflows));
        return overflows;
    }

    private long Total(EventHandle e)
    {
        Assert.Equal(Errno.None, _system.TotalCount(e, out var total));
        return total;
    }

    private bool IsLive(EventInstance e) => _system.Count(e, out _) == Errno.None;

    private (EventInstance Starter, EventInstance Stopper) Owners(EventInstance e)
    {
        Assert.Equal((Errno.None, Errno.None), (_system.StarterOf(e, out var starter), _system.StopperOf(e, out var stopper)));
        return (starter, stopper);
    }

    private (long Count, long Samples, EventState State, bool Paused) Look(EventInstance e)
    {
        Assert.Equal(Errno.None, _system.Count(e, out var count));
        Assert.Equal(Errno.None, _system.Samples(e, out var samples));
        Assert.Equal(Errno.None, _system.State(e, out var state));
        Assert.Equal(Errno.None, _system.Paused(e, out var paused));
        return (count, samples, state, paused);
    }
}
