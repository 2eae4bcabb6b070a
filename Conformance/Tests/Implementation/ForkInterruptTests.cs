// Interrupts: at each access to shared state that a call makes, other calls run from begin to end, as in a handler; rules 7.9 to 7.11 and 6.1.
using PerfModel.Implementation;
using Xunit;

namespace PerfModel.Conformance.Tests;

public class ForkInterruptTests
{
    private static readonly EventAttributes Plain = new(0, EventAttributes.AnyCpu) { SamplePeriod = 1, Inherit = true };

    // The own step comes first in the program. A copy that had appeared by then must be off, in whatever moment it appeared.
    [Fact]
    public void Disable_reaches_each_copy_that_was_there_at_its_own_step() => AtEachAccess(
        () => Open(Plain with { Enabled = true }),
        e => Perf.Disable(e),
        e =>
        {
            Assert.Equal(Errno.None, Perf.Fork(0, 2));
            return StateOf(e);
        },
        (e, before) => Assert.True(before == EventState.Off || StateOf(e.In(2)) == EventState.Off));

    // It never was enabled with an open gate: first the gate closes, then it is enabled.
    [Fact]
    public void Enable_touches_no_copy_that_has_not_appeared() => AtEachAccess(
        () =>
        {
            var (stopper, e) = (Open(Plain with { Enabled = true }), Open(Plain));
            Assert.Equal((Errno.None, Errno.None), (Perf.SetStopper(stopper, e), Perf.ScheduleIn(stopper)));
            return (stopper, e);
        },
        events => Perf.Fork(0, 2),
        events => (Perf.Overflow(events.stopper, out _), Perf.Enable(events.e)),
        (events, _) =>
        {
            Assert.Equal(Errno.None, Perf.Paused(events.e.In(2), out var paused));
            Assert.True(paused || StateOf(events.e.In(2)) == EventState.Off);
        });

    [Fact]
    public void A_total_is_never_less_than_before_nor_more_than_after_though_tasks_exit() => AtEachAccess(
        Family,
        e =>
        {
            Assert.Equal(Errno.None, Perf.TotalCount(e, out var total));
            Assert.InRange(total, 111, 1122);
            return total;
        },
        e => (Perf.Exit(2), Perf.Tick(e, 1000, out _), Perf.Tick(e.In(3), 11, out _), Perf.Exit(3)),
        (e, _) => Assert.Equal((Errno.None, 1122), (Perf.TotalCount(e, out var total), total)));

    // What its copies count when it is closed was never in its total.
    [Fact]
    public void A_total_is_of_an_event_that_lives_to_the_end() => AtEachAccess(
        Family,
        e => (Perf.TotalCount(e, out var total), total),
        e => (Perf.Close(e), Perf.Tick(e.In(2), 1000, out var _)),
        (_, answer, _) => Assert.Equal((Errno.EBADF, 0), answer),
        capacity: 8);

    [Fact]
    public void An_exit_changes_no_total_and_loses_no_count() => AtEachAccess(
        Family,
        e => Perf.Exit(2),
        e =>
        {
            Assert.Equal((Errno.None, 111), (Perf.TotalCount(e, out var total), total));
            return Perf.Tick(e.In(2), 5, out _) == Errno.None ? 5 : 0;
        },
        (e, counted) => Assert.Equal((Errno.None, 111 + counted), (Perf.TotalCount(e, out var total), total)));

    [Fact]
    public void Of_two_exits_one_ends_the_task() => AtEachAccess(
        Family,
        e => Perf.Exit(2),
        e => Perf.Exit(2),
        (e, other) => Assert.Equal((Errno.None, 111), (Perf.TotalCount(e, out var total), total)));

    [Fact]
    public void A_fork_of_a_task_that_exits_copies_what_is_left() => AtEachAccess(
        Family,
        e => Perf.Fork(2, 4),
        e => (Perf.Exit(2), Perf.Fork(3, 5), Perf.Exit(3), Perf.Close(e)),
        (e, _) =>
        {
            Assert.Equal(Errno.None, Perf.Count(e.In(5), out var count));
            Assert.Equal(0, count);
            Assert.Contains(Perf.Count(e.In(4), out var _), (Errno[])[Errno.None, Errno.EBADF]);
        });

    [Fact]
    public void A_fork_copies_a_link_that_is_held_all_the_time_and_only_whole_ones() => AtEachAccess(
        () =>
        {
            var (p, q, t) = (Open(Plain), Open(Plain), Open(Plain));
            Assert.Equal((Errno.None, Errno.None), (Perf.SetStarter(p, t), Perf.SetStopper(q, t)));
            return (p, q, t);
        },
        events => Perf.Fork(0, 2),
        events => (Perf.Close(events.q), Perf.SetStopper(events.p, events.t)),
        (events, _) =>
        {
            var (p, q, t) = events;
            Assert.Equal(Errno.None, Perf.StarterOf(t.In(2), out var starter));
            Assert.Equal(p.In(2), starter);
            Assert.Equal(Errno.None, Perf.StopperOf(t.In(2), out var stopper));
            Assert.Contains(stopper, (EventInstance[])[default, q.In(2), p.In(2)]);
            Assert.True(stopper.Event == EventHandle.None || Perf.Count(stopper, out var _) == Errno.None);
        });

    // There is one place. Who is told that it is taken, and forks then, has the event that took it in the new task.
    [Fact]
    public void An_event_that_others_were_told_of_is_copied() => AtEachAccess(
        () => EventHandle.None,
        _ => Perf.Open(Plain, out var opened) == Errno.None ? opened : EventHandle.None,
        _ =>
        {
            var seen = Perf.Open(Plain, out var mine) == Errno.EMFILE;
            if (!seen) Assert.Equal(Errno.None, Perf.Close(mine));
            Assert.Equal(Errno.None, Perf.Fork(0, 2));
            return seen;
        },
        (_, opened, seen) => Assert.True(!seen || Perf.Count(opened.In(2), out var _) == Errno.None),
        capacity: 1);

    // There is one place. Who forks, and opens an event there then, knows that the other was not open at the fork.
    [Fact]
    public void An_event_that_was_not_open_yet_is_not_copied() => AtEachAccess(
        () => EventHandle.None,
        _ => Perf.Open(Plain, out var opened) == Errno.None ? opened : EventHandle.None,
        _ =>
        {
            Assert.Equal(Errno.None, Perf.Fork(0, 2));
            return Perf.Open(Plain, out var mine) == Errno.None && Perf.Close(mine) == Errno.None;
        },
        (_, opened, late) => Assert.True(!late || Perf.Count(opened.In(2), out var _) == Errno.EBADF),
        capacity: 1);

    // While the name is unused the fork has not taken its second step, and must find all that was done.
    [Fact]
    public void What_was_done_before_the_name_was_used_is_in_the_copies() => AtEachAccess(
        () => (p: Open(Plain with { Enabled = true }), t: Open(Plain)),
        _ => Perf.Fork(0, 2),
        events =>
        {
            var opened = Open(Plain);
            Assert.Equal((Errno.None, Errno.None), (Perf.Disable(events.p), Perf.SetStarter(events.p, events.t)));
            return (opened, before: Perf.Open(Plain with { Task = 2 }, out var _) == Errno.ESRCH);
        },
        (events, seen) =>
        {
            if (!seen.before) return;
            Assert.Equal((EventState.Off, EventState.Off), (StateOf(events.p.In(2)), StateOf(seen.opened.In(2))));
            Assert.Equal((Errno.None, events.p.In(2)), (Perf.StarterOf(events.t.In(2), out var starter), starter));
        });

    // As soon as a copy is found it counts, is in the total, and can be gone.
    [Fact]
    public void A_copy_that_has_appeared_is_in_the_total() => AtEachAccess(
        () => Open(Plain with { Enabled = true }),
        _ => Perf.Fork(0, 2),
        e =>
        {
            var appeared = Perf.ScheduleIn(e.In(2)) == Errno.None;
            if (appeared) Assert.Equal((Errno.None, Errno.None), (Perf.Tick(e.In(2), 5, out var _), Perf.Exit(2)));
            Assert.Equal((Errno.None, appeared ? 5 : 0), (Perf.TotalCount(e, out var total), total));
            return appeared;
        },
        (e, appeared) => Assert.Equal((Errno.None, appeared ? 5 : 0), (Perf.TotalCount(e, out var total), total)));

    // First the name is used, then there is room: ESRCH is never true.
    [Fact]
    public void Open_says_of_no_used_name_that_its_task_is_not_there() => AtEachAccess(
        () => Open(Plain),
        _ => Perf.Open(Plain with { Task = 2 }, out var _),
        e => (Perf.Fork(0, 2), Perf.Close(e)),
        (_, answer, _) => Assert.Contains(answer, (Errno[])[Errno.EMFILE, Errno.EINVAL]),
        capacity: 1);

    [ThreadStatic]
    private static PerfEvents<Interrupt>? t_perf;

    private static PerfEvents<Interrupt> Perf => t_perf!;

    // Counts of 1, 10 and 100 in the event, its copy and its copy's copy.
    private static EventHandle Family()
    {
        var e = Open(Plain with { SamplePeriod = 0, Enabled = true });
        Assert.Equal((Errno.None, Errno.None), (Perf.Fork(0, 2), Perf.Fork(2, 3)));
        foreach (var (one, count) in ((EventInstance, long)[])[(e, 1), (e.In(2), 10), (e.In(3), 100)])
        {
            Assert.Equal(Errno.None, Perf.ScheduleIn(one));
            Assert.Equal(Errno.None, Perf.Tick(one, count, out _));
        }

        return e;
    }

    private static EventHandle Open(EventAttributes attributes)
    {
        Assert.Equal(Errno.None, Perf.Open(attributes, out var handle));
        return handle;
    }

    private static EventState StateOf(EventInstance e)
    {
        Assert.Equal(Errno.None, Perf.State(e, out var state));
        return state;
    }

    private static void AtEachAccess<TSetup, TAnswer, TSeen>(Func<TSetup> setup, Func<TSetup, TAnswer> call, Func<TSetup, TSeen> interrupt, Action<TSetup, TSeen> check, int capacity = 8) =>
        AtEachAccess(setup, call, interrupt, (made, _, seen) => check(made, seen), capacity);

    // A new system for each access: it stops there, the interrupt runs, and it goes on.
    private static void AtEachAccess<TSetup, TAnswer, TSeen>(Func<TSetup> setup, Func<TSetup, TAnswer> call, Func<TSetup, TSeen> interrupt, Action<TSetup, TAnswer, TSeen> check, int capacity)
    {
        var interrupted = true;
        for (var access = 0; interrupted; access++)
        {
            t_perf = new PerfEvents<Interrupt>(new PerfEventsOptions { Capacity = capacity, Tasks = 8, Dialect = Dialect.Amended });
            var made = setup();
            var seen = default(TSeen)!;
            interrupted = false;
            var left = access;
            Interrupt.Handler = _ =>
            {
                if (left-- != 0) return;
                interrupted = true;
                seen = interrupt(made);
            };
            var answer = call(made);
            Interrupt.Handler = null;
            if (interrupted) check(made, answer, seen);
            else Assert.InRange(access, 3, 1000);
        }
    }
}
