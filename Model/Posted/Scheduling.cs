// The base kernel: an event comes onto its PMU and leaves it, in the middle of which an interrupt may come; and the tick.
namespace PerfModel.Model.Posted;

internal static partial class Patch
{
    // event_sched_in: event->state = PERF_EVENT_STATE_ACTIVE; if (hwc->interrupts == MAX_INTERRUPTS) hwc->interrupts = 0.
    private static bool SchedIn(Statement s)
    {
        var e = s.Frame.Event;
        if (s[e] is not { Life: Life.Live, State: EventState.Inactive, OnPmu: false }) return false;
        s.Say("event_sched_in", $"{e}->state = PERF_EVENT_STATE_ACTIVE");
        s[e].State = EventState.Active;
        s[e].Throttled = false;
        s.Frame.At = At.ReadPaused;
        return true;
    }

    // event_sched_in: if (event->paused) add_flags = 0.
    private static bool ReadPaused(Statement s)
    {
        var e = s.Frame.Event;
        var paused = s[e].Paused;
        s.Say("event_sched_in", $"{e}->paused == {(paused ? "1: add_flags = 0" : "0: add_flags = PERF_EF_START")}");
        s.Frame.Seen = (byte)(paused ? 0 : 1);
        s.Frame.At = At.PmuAdd;
        return true;
    }

    // event_sched_in: event->pmu->add(event, add_flags).
    private static bool PmuAdd(Statement s)
    {
        var e = s.Frame.Event;
        var starts = s.Mends(Mend.D13) ? !s[e].Paused : s.Frame.Seen == 1;
        s.Say("event_sched_in", $"{e}->pmu->add({e}, {(starts ? "PERF_EF_START" : "0")})");
        s[e].OnPmu = true;
        s[e].Running = starts;
        return Stand(s, default);
    }

    // event_sched_out: event->state = PERF_EVENT_STATE_INACTIVE.
    private static bool SchedOut(Statement s)
    {
        var e = s.Frame.Event;
        if (s[e] is not { Life: Life.Live, State: EventState.Active, OnPmu: true }) return false;
        s.Say("event_sched_out", $"{e}->state = PERF_EVENT_STATE_INACTIVE");
        s[e].State = EventState.Inactive;
        s.Frame.At = At.PmuDel;
        return true;
    }

    // event_sched_out: event->pmu->del(event, 0). __perf_event_disable: event->state = PERF_EVENT_STATE_OFF.
    private static bool PmuDel(Statement s)
    {
        var (e, isDisabled) = (s.Frame.Event, s.Frame.Seen == 1);
        s.Say("event_sched_out", $"{e}->pmu->del({e}, 0)");
        s[e].OnPmu = s[e].Running = false;
        if (isDisabled)
        {
            s.SayAlso($"{e}->state = PERF_EVENT_STATE_OFF");
            s[e].State = EventState.Off;
        }

        return Stand(s, default);
    }

    // __perf_event_enable: event->state = PERF_EVENT_STATE_INACTIVE; then event_sched_in.
    private static bool Enable(Statement s)
    {
        var e = s.Frame.Event;
        if (s[e] is not { Life: Life.Live, State: EventState.Off, File: true }) return false;
        s.Say("__perf_event_enable", $"{e}->state = PERF_EVENT_STATE_INACTIVE");
        s[e].State = EventState.Inactive;
        s.Frame.At = At.SchedIn;
        return true;
    }

    // __perf_event_disable: event_sched_out, if it is active; event->state = PERF_EVENT_STATE_OFF.
    private static bool Disable(Statement s)
    {
        var e = s.Frame.Event;
        if (s[e] is not { Life: Life.Live, File: true } || s[e].State == EventState.Off) return false;
        if (s[e].State == EventState.Active)
        {
            s.Frame.Seen = 1;
            return SchedOut(s);
        }

        s.Say("__perf_event_disable", $"{e}->state = PERF_EVENT_STATE_OFF");
        s[e].State = EventState.Off;
        return Stand(s, default);
    }

    // __perf_event_overflow, and the PMU's interrupt handler: hwc->interrupts = MAX_INTERRUPTS; pmu->stop(event, 0).
    private static bool Throttle(Statement s)
    {
        var e = s.Frame.Event;
        if (s[e] is not { Life: Life.Live, Running: true, OnPmu: true }) return false;
        s.Say("__perf_event_overflow", $"{e}->hw.interrupts = MAX_INTERRUPTS; {e}->pmu->stop({e}, 0)");
        s[e].Throttled = true;
        s[e].Running = false;
        return Stand(s, default);
    }

    // perf_ctx_adjust_freq: if (hwc->interrupts == MAX_INTERRUPTS) hwc->interrupts = 0.
    private static bool Unthrottle(Statement s)
    {
        var e = s.Frame.Event;
        if (s[e] is not { Life: Life.Live, State: EventState.Active, Throttled: true }) return false;
        s.Say("perf_ctx_adjust_freq", $"{e}->hw.interrupts = 0");
        s[e].Throttled = false;
        s.Frame.At = At.UnthrottleStart;
        return true;
    }

    // perf_ctx_adjust_freq: event->pmu->start(event, 0).
    private static bool UnthrottleStart(Statement s)
    {
        s.Say("perf_ctx_adjust_freq", $"{s.Frame.Event}->pmu->start({s.Frame.Event}, 0)");
        return Restart(s, Mend.D14);
    }

    // perf_ctx_adjust_freq: delta = now - hwc->freq_count_stamp, which is above 0; perf_adjust_period: event->pmu->stop(event, PERF_EF_UPDATE).
    private static bool AdjustStop(Statement s)
    {
        var e = s.Frame.Event;
        if (s[e] is not { Life: Life.Live, State: EventState.Active, Throttled: false }) return false;
        if (s.Mends(Mend.D15) && s[e].Paused) return false;
        s.Say("perf_adjust_period", $"{e}->pmu->stop({e}, PERF_EF_UPDATE)");
        s[e].Running = false;
        s.Frame.At = At.AdjustStart;
        return true;
    }

    // perf_adjust_period: event->pmu->start(event, PERF_EF_RELOAD).
    private static bool AdjustStart(Statement s)
    {
        s.Say("perf_adjust_period", $"{s.Frame.Event}->pmu->start({s.Frame.Event}, PERF_EF_RELOAD)");
        return Restart(s, Mend.D15);
    }

    // The patch goes by neither test.
    private static bool Restart(Statement s, Mend ofPaused)
    {
        ref var e = ref s[s.Frame.Event];
        if (s.Mends(ofPaused) && e.Paused) s.SayAlso($"mended: not while it is paused");
        else if (s.Mends(Mend.D41) && e.Throttled) s.SayAlso($"mended: not while it is throttled");
        else e.Running = e.OnPmu;
        return Stand(s, default);
    }
}
