// perf_event_pause_resume: a trigger overflows, walks over its lists, and starts and stops. An interrupt may come in the middle.
namespace PerfModel.Model.Posted;

internal static partial class Patch
{
    // Of a frame in the walk: the visit reaches its target's PMU. The other bits are the addresses that it has started.
    private const byte Reaches = 1;

    // perf_event_pause_resume, from __perf_event_overflow: local_irq_save; rcu_read_lock; the head of event->starter_list.
    private static bool Overflow(Statement s)
    {
        var p = s.Frame.Event;
        if (s[p] is not { Life: Life.Live, Handler: true, Sampling: true, Running: true, OnPmu: true }) return false;
        if (s.Actor == Actor.ChildCpu && s.Kernel.Child == ChildLife.None) return false;
        s.Say("perf_event_pause_resume", $"{p} overflows: local_irq_save(flags); rcu_read_lock()");
        s.Frame.Seen = 0;
        return Visit(s, Role.Starter, 0);
    }

    // list_for_each_entry_rcu: the next of the list after the one just visited; then the other list.
    private static bool Visit(Statement s, Role role, byte after)
    {
        for (; role <= Role.Stopper; role++, after = 0)
            if (NextOf(s[s.Frame.Event].List(role), after) is not 0 and var iter) return Stand(s, s.Frame with { At = At.TestState, Role = role, Other = iter });
        return Stand(s, s.Frame with { At = At.Output, Role = Role.Starter, Other = 0 });
    }

    private static bool Next(Statement s)
    {
        s.Frame.Seen &= unchecked((byte)~Reaches);
        return Visit(s, s.Frame.Role, s.Frame.Other);
    }

    // perf_event_pause_resume: if (iter->state == PERF_EVENT_STATE_ACTIVE).
    private static bool TestState(Statement s)
    {
        var (iter, role) = (s.Frame.Other, s.Frame.Role);
        s.Say("perf_event_pause_resume", $"{iter}->state == PERF_EVENT_STATE_ACTIVE");
        if (!s.Follow(iter)) return true;
        if (role == Role.Starter) s[iter].Awaits = false;
        var reaches = s.Mends(Mend.D8) ? s[iter].OnPmu : s[iter].State == EventState.Active;
        if (!reaches)
        {
            s.SayAlso($"it is not");
            if (!s.Mends(Mend.D11)) return Next(s);
        }

        if (reaches) s.Frame.Seen |= Reaches;
        s.Frame.At = At.TestPaused;
        return !s.Mends(Mend.D12) || VisitInOne(s);
    }

    private static bool VisitInOne(Statement s)
    {
        var (iter, role) = (s.Frame.Other, s.Frame.Role);
        while (s.Frame.At is At.TestPaused or At.CallPmu or At.StorePaused && s.Frame.Other == iter && s.Frame.Role == role) Execute(s);
        return true;
    }

    // perf_event_pause_resume: if (iter->paused), or if (!iter->paused).
    private static bool TestPaused(Statement s)
    {
        var (iter, role) = (s.Frame.Other, s.Frame.Role);
        var paused = s[iter].Paused;
        s.Say("perf_event_pause_resume", $"{iter}->paused == {(paused ? "1" : "0")}");
        if (paused != (role == Role.Starter)) return Next(s);
        s.Frame.At = (s.Frame.Seen & Reaches) != 0 ? At.CallPmu : At.StorePaused;
        return true;
    }

    // perf_event_pause_resume: iter->pmu->start(iter, PERF_EF_RELOAD), or iter->pmu->stop(iter, PERF_EF_UPDATE).
    private static bool CallPmu(Statement s)
    {
        var (iter, role) = (s.Frame.Other, s.Frame.Role);
        s.Frame.At = At.StorePaused;
        if (role == Role.Starter && s.Mends(Mend.D14b) && s[iter].Throttled)
        {
            s.Say("perf_event_pause_resume", $"mended: {iter} is throttled and is not started");
            return true;
        }

        s.Say("perf_event_pause_resume", $"{iter}->pmu->{(role == Role.Starter ? "start" : "stop")}({iter}, {(role == Role.Starter ? "PERF_EF_RELOAD" : "PERF_EF_UPDATE")})");
        s.CallPmu();
        // Of an event that is not on the PMU it is another's counter that starts or stops.
        s[iter].Running = s[iter].OnPmu && role == Role.Starter;
        if (role == Role.Starter) s.Frame.Seen = With(s.Frame.Seen, iter);
        return true;
    }

    // perf_event_pause_resume: iter->paused = 0, or iter->paused = 1.
    private static bool StorePaused(Statement s)
    {
        var (iter, role) = (s.Frame.Other, s.Frame.Role);
        s.Say("perf_event_pause_resume", $"{iter}->paused = {(role == Role.Starter ? "0" : "1")}");
        s[iter].Paused = role == Role.Stopper;
        return Next(s);
    }

    // perf_event_pause_resume: rcu_read_unlock; local_irq_restore(flags); perf_event_output.
    private static bool Output(Statement s)
    {
        s.Say("perf_event_pause_resume", $"rcu_read_unlock(); local_irq_restore(flags); perf_event_output({s.Frame.Event})");
        for (byte e = 1; e <= Kernel.LastEvent; e++) s[e].Readers = Without(s[e].Readers, (byte)s.Actor);
        return Stand(s, default);
    }
}
