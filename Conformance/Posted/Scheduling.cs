// An event comes onto the PMU and leaves it; throttles begin and end.
using PerfModel.Conformance.Coroutines;
using PerfModel.Model;
using PerfModel.Model.Posted;

namespace PerfModel.Posted;

public sealed partial class PostedSubject
{
    private async Co<Result> ScheduleIn(PerfEvent e)
    {
        await _context.Lock();
        try
        {
            var (answer, comes) = await e.Core.Store("state", () =>
            {
                if (e.Gone) return (Result.Of(Errno.EBADF), false);
                if (e.Scheduled) return (Result.Ok, false);
                e.Scheduled = !e.Enabled;
                if (e.Enabled) e.State = EventState.Active;
                return (Result.Ok, e.Enabled);
            }, shown: () => e.State);
            if (comes) await EventSchedIn(e);
            return answer;
        }
        finally
        {
            _context.Unlock();
        }
    }

    // event_sched_in, after event->state = PERF_EVENT_STATE_ACTIVE: if (event->paused) add_flags = 0; event->pmu->add(event, add_flags).
    private async Co<bool> EventSchedIn(PerfEvent e)
    {
        var paused = await e.Core.Load("paused", () => e.Paused);
        return await e.Core.Store("hw", () =>
        {
            if (paused != e.Paused && !Mends(Mend.D13)) Note(paused ? "D13b" : "D13c");
            e.Enabled = e.Scheduled = e.OnPmu = true;
            e.Throttled = false;
            return e.Running = Mends(Mend.D13) ? !e.Paused : !paused;
        });
    }

    // event_sched_out is one statement: what the patch loses between the state and pmu->del is a visit, and the dialect keeps that (D11).
    private async Co<Result> ScheduleOut(PerfEvent e)
    {
        await _context.Lock();
        try
        {
            return await e.Core.StoreWhen("state", () => e.Visits == 0, () =>
            {
                if (e.Gone) return Result.Of(Errno.EBADF);
                e.Scheduled = e.OnPmu = e.Running = false;
                if (e.Enabled) e.State = EventState.Inactive;
                return Result.Ok;
            }, shown: () => e.State);
        }
        finally
        {
            _context.Unlock();
        }
    }

    // perf_event_enable and perf_event_disable, and the same of each copy (perf_event_for_each_child).
    private async Co<Result> OnFamily(Handle fd, Func<PerfEvent, Co<bool>> call)
    {
        if (!_opened.TryGetValue(fd, out var e)) return Result.Of(Errno.EBADF);
        await _context.Lock();
        try
        {
            if (!await call(e)) return Result.Of(Errno.EBADF);
            foreach (var copy in CopiesOf(e)) await call(copy);
            return Result.Ok;
        }
        finally
        {
            _context.Unlock();
        }
    }

    // __perf_event_enable: whether the event lives.
    private async Co<bool> Enable(PerfEvent e)
    {
        var (lives, comes) = await e.Core.Store("state", () =>
        {
            if (e.Gone) return (false, false);
            if (e.Enabled) return (true, false);
            e.Enabled = !e.Scheduled;
            e.State = e.Scheduled ? EventState.Active : EventState.Inactive;
            return (true, e.Scheduled);
        }, shown: () => e.State);
        if (comes) await EventSchedIn(e);
        return lives;
    }

    // __perf_event_disable, in a cross-call, which waits for the handlers of its cpu.
    private async Co<bool> Disable(PerfEvent e) => await e.Core.StoreWhen("state", () => e.Visits == 0, () =>
    {
        if (e.Gone) return false;
        e.State = EventState.Off;
        e.Enabled = e.OnPmu = e.Running = false;
        return true;
    }, shown: () => e.State);

    // __perf_event_overflow, and the PMU's interrupt handler: hwc->interrupts = MAX_INTERRUPTS; pmu->stop(event, 0).
    private static async Co<Result> Throttle(PerfEvent e) => await e.Core.Store("hw", () =>
    {
        if (e.Gone) return Result.Of(Errno.EBADF);
        e.Throttled = true;
        e.Running = false;
        return Result.Ok;
    }, shown: () => false);

    // perf_ctx_adjust_freq, in the tick: if (hwc->interrupts == MAX_INTERRUPTS) { hwc->interrupts = 0; event->pmu->start(event, 0); }
    private async Co<Result> Unthrottle(PerfEvent e)
    {
        await _context.Lock();
        try
        {
            var (answer, starts) = await e.Core.Store("hw.interrupts", () =>
            {
                if (e.Gone) return (Result.Of(Errno.EBADF), false);
                var ends = e.Throttled && e.OnPmu;
                e.Throttled = false;
                return (Result.Ok, ends);
            }, shown: () => 0);
            if (starts) await e.Core.Store("hw", () => Restart(e));
            return answer;
        }
        finally
        {
            _context.Unlock();
        }
    }

    // event->pmu->start(event, 0). The patch goes by neither test.
    private bool Restart(PerfEvent e)
    {
        if (e.Paused && Mends(Mend.D14)) return e.Running;
        if (e.Throttled && Mends(Mend.D41)) return e.Running;
        if (e is { Paused: true, Running: false }) Note("D14");
        if (e.Throttled) Note("D41");
        return e.Running = e.OnPmu;
    }
}
