// The system calls: perf_event_open, SET_STARTER and SET_STOPPER, close; and the end of an event's memory.
using static PerfModel.Model.Errno;

namespace PerfModel.Model.Posted;

/// <summary>What perf_event_open is asked for.</summary>
[Flags]
internal enum Asked : byte
{
    /// <summary>Nothing: a counting event, which is a hardware event.</summary>
    Counting = 0,

    /// <summary>attr.sample_period > 0.</summary>
    Sampling = 1,

    /// <summary>attr.inherit.</summary>
    Inherit = 2,

    /// <summary>A software event: the second context.</summary>
    Software = 4,

    /// <summary>A gate that is closed until a starter overflows. The patch has no attribute for it.</summary>
    Paused = 8,

    /// <summary>The task runs, so that the event counts at once.</summary>
    Scheduled = 16,

    /// <summary>Of the allocator: memory that was freed will do.</summary>
    Reuse = 32,
}

internal static partial class Patch
{
    // sys_perf_event_open: perf_event_alloc takes any memory that is free; its lists are empty, its slots NULL, paused is 0.
    private static bool Open(Statement s)
    {
        var f = s.Frame;
        ref var e = ref s[f.Event];
        var asked = (Asked)f.Seen;
        if (e.IsAllocated || (e.Life == Life.Freed && !asked.HasFlag(Asked.Reuse))) return false;
        var scheduled = asked.HasFlag(Asked.Scheduled);
        var paused = asked.HasFlag(Asked.Paused) && s.Mends(Mend.D19);
        e = new PerfEvent
        {
            Life = Life.Live,
            File = true,
            State = scheduled ? EventState.Active : EventState.Inactive,
            OnPmu = scheduled,
            Running = scheduled && !paused,
            Sampling = asked.HasFlag(Asked.Sampling),
            Inherit = asked.HasFlag(Asked.Inherit),
            Context = (byte)(asked.HasFlag(Asked.Software) ? 1 : 0),
            Awaits = asked.HasFlag(Asked.Paused),
            Paused = paused,
        };
        s.Say("perf_event_open", $"{f.Event} = perf_event_alloc({Words(asked)})");
        return Return(s);
    }

    // perf_ioctl: target = perf_fget_light(arg), or NULL if arg is -1. perf_event_set_starter: event->ctx->task != target->ctx->task;
    // mutex_lock(&event->starter_stopper_mutex); is target on event->starter_list?; cmpxchg(&target->starter, NULL, event).
    private static bool Claim(Statement s)
    {
        var (trigger, target, role) = (s.Frame.Event, s.Frame.Other, s.Frame.Role);
        if (!s[trigger].File || (target != 0 && !s[target].File) || IsLocked(s, trigger)) return false;
        if (s.Mends(Mend.D36) && Forks(s)) return false;
        if (target == 0)
        {
            s.Say(Setter(role), $"{trigger}->ctx->task != NULL->ctx->task");
            if (s.Mends(Mend.D1)) return Answer(s, EBADF);
            s.Follow(target);
            return true;
        }

        s.Say(Setter(role), $"mutex_lock(&{trigger}->mutex)");
        if (s.Mends(Mend.D29) && !s[trigger].Sampling) return Answer(s, EINVAL);
        if (s.Mends(Mend.D22b) && role == Role.Stopper && target == trigger) return Answer(s, EINVAL);
        if (s.Mends(Mend.D21) && s[target].Owner(Other(role)) == trigger) return Answer(s, EINVAL);
        if (s.Mends(Mend.D20) && role == Role.Stopper && s[target].Starter == 0) return Answer(s, EINVAL);
        if (Has(s[trigger].List(role), target)) return Answer(s, EEXIST);
        if (s[target].Owner(role) is not 0 and var owner)
        {
            s.SayAlso($"cmpxchg(&{target}->{Name(role)}, NULL, {trigger}) == {owner}");
            return Answer(s, EBUSY);
        }

        s.SayAlso($"cmpxchg(&{target}->{Name(role)}, NULL, {trigger}) == NULL");
        s[target].Owner(role) = trigger;
        s[trigger].Mutex = true;
        s.Frame.At = At.Add;
        return true;
    }

    // perf_event_set_starter: list_add_rcu(&target->starter_entry, &event->starter_list).
    private static bool Add(Statement s)
    {
        var (trigger, target, role) = (s.Frame.Event, s.Frame.Other, s.Frame.Role);
        s.Say(Setter(role), $"list_add_rcu(&{target}->{Name(role)}_entry, &{trigger}->{Name(role)}_list)");
        ref var list = ref s[trigger].List(role);
        list = With(list, target);
        s.Frame.At = At.SetHandler;
        return true;
    }

    // perf_event_set_starter: event->overflow_handler = perf_event_pause_resume; mutex_unlock(&event->starter_stopper_mutex).
    private static bool SetHandler(Statement s)
    {
        var trigger = s.Frame.Event;
        s.Say(Setter(s.Frame.Role), $"{trigger}->overflow_handler = perf_event_pause_resume; mutex_unlock(&{trigger}->mutex)");
        s[trigger].Handler = true;
        s[trigger].Mutex = false;
        return Return(s);
    }

    // sys_close: the descriptor is gone; perf_release follows if nothing else refers to the file.
    private static bool Close(Statement s)
    {
        var e = s.Frame.Event;
        if (!s[e].File) return false;
        s[e].File = false;
        s.Frame = default;
        if (IsReferredTo(s, e))
        {
            s.Say("close", $"fput({e}): its copy or a call refers to it");
            return true;
        }

        return Release(s, e);
    }

    private static bool Release(Statement s) => Release(s, s.Frame.Event);

    // perf_event_release_kernel: perf_event_disable(event), a cross-call that waits for the handlers of its cpu; mutex_lock(&ctx->mutex);
    // list_del_event(event, ctx); if (event->starter) state_event = event->starter.
    private static bool Release(Statement s, byte e)
    {
        if (!IsIdle(s, Actor.Cpu) || !IsIdle(s, Actor.Nmi) || HoldsContextOf(s, e)) return false;
        if (s.Mends(Mend.D2b) && IsLocked(s, e)) return false;
        s[e].State = EventState.Off;
        s[e].OnPmu = s[e].Running = false;
        s.Say("perf_event_release_kernel", $"perf_event_disable({e}); list_del_event({e})");
        Stand(s, new Frame { Event = e });
        return Look(s, Role.Starter) && (!s.Mends(Mend.D2b) || UnlinkAll(s));
    }

    // The one lock of all links: what was looked up is unlinked under it.
    private static bool UnlinkAll(Statement s)
    {
        while (s.Frame.At == At.Unlink)
            if (!UnlinkOne(s)) return true;
        return true;
    }

    // perf_event_release_kernel: the load of a slot. Nobody fills a slot of an event without a file, so an empty one stays so.
    private static bool Look(Statement s, Role role)
    {
        var e = s.Frame.Event;
        for (; role <= Role.Stopper; role++)
        {
            if (s[e].Owner(role) is not 0 and var owner)
            {
                s.SayAlso($"state_event = {e}->{Name(role)}: {owner}");
                return Stand(s, s.Frame with { At = At.Unlink, Role = role, Other = owner, Seen = (byte)(Has(s[owner].List(role), e) ? 0 : 1) });
            }
        }

        return Stand(s, new Frame { At = s.Mends(Mend.D2 | Mend.D3 | Mend.D20) ? At.Detach : At.Free, Event = e });
    }

    private static bool Unlink(Statement s)
    {
        s.Say("perf_event_release_kernel", $"mutex_lock(&{s.Frame.Other}->mutex)");
        if (s[s.Frame.Other].IsAllocated && IsLocked(s, s.Frame.Other)) return false;
        UnlinkOne(s);
        return true;
    }

    // perf_event_release_kernel: mutex_lock(&state_event->starter_stopper_mutex); list_del_rcu(&event->starter_entry); mutex_unlock.
    private static bool UnlinkOne(Statement s)
    {
        var (e, trigger, role) = (s.Frame.Event, s.Frame.Other, s.Frame.Role);
        if (!s.Follow(trigger)) return false;
        s.SayAlso($"list_del_rcu(&{e}->{Name(role)}_entry)");
        ref var list = ref s[trigger].List(role);
        if (!Has(list, e))
        {
            s.Corrupt();
            return false;
        }

        list = Without(list, e);
        return Look(s, role + 1);
    }

    // Not in the patch: the event's own lists, under its mutex. A target is opened in a cross-call, which waits for the handlers of its cpu.
    private static bool Detach(Statement s)
    {
        var e = s.Frame.Event;
        if (IsLocked(s, e)) return false;
        if (s.Mends(Mend.D20) && (!IsIdle(s, Actor.Cpu) || !IsIdle(s, Actor.Nmi))) return false;
        s.Say("perf_event_release_kernel", $"mended: the targets of {e} lose it");
        for (var role = Role.Starter; role <= Role.Stopper; role++)
        {
            ref var list = ref s[e].List(role);
            for (var target = NextOf(list, 0); target != 0; target = NextOf(list, target))
            {
                if (s.Mends(Mend.D2 | Mend.D3)) s[target].Owner(role) = 0;
                if (s.Mends(Mend.D20) && role == Role.Starter) OpenForGood(s, target);
            }

            if (s.Mends(Mend.D2)) list = 0;
        }

        s.Frame.At = At.Free;
        return true;
    }

    // Nobody can start it any more, so nobody stops it.
    private static void OpenForGood(Statement s, byte target)
    {
        ref var t = ref s[target];
        t.Paused = t.Awaits = false;
        t.Running = t.OnPmu && !t.Throttled;
        if (t.Stopper == 0) return;
        s[t.Stopper].StopperList = Without(s[t.Stopper].StopperList, target);
        t.Stopper = 0;
    }

    // free_event: call_rcu(&event->rcu_head, free_event_rcu).
    private static bool Free(Statement s)
    {
        var e = s.Frame.Event;
        s.Say("free_event", $"call_rcu({e}->rcu_head, free_event_rcu)");
        Kill(s, e);
        return Return(s);
    }

    // free_event_rcu: kfree(event), when every handler that was reading at call_rcu has ended.
    private static bool GracePeriod(Statement s)
    {
        var e = s.Frame.Event;
        if (s[e] is not { Life: Life.Dead, Readers: 0 }) return false;
        s.Say("free_event_rcu", $"kfree({e}): a grace period has ended");
        s[e] = new PerfEvent { Life = Life.Freed };
        return Stand(s, default);
    }

    // Whoever walks over lists.
    private static readonly Actor[] Readers = [Actor.Cpu, Actor.Nmi, Actor.ChildCpu];

    private static void Kill(Statement s, byte e)
    {
        s[e].Life = Life.Dead;
        foreach (var reader in Readers)
            if (s.Kernel[reader].At is >= At.TestState and <= At.Output) s[e].Readers = With(s[e].Readers, (byte)reader);
    }

    private static bool Answer(Statement s, Errno errno)
    {
        s.SayAlso($"return -{errno.ToString()}");
        s.Refuse(errno);
        return Return(s);
    }

    // A call has ended, and given up its references to files: the last one releases. A task that exits goes on with that.
    private static bool Return(Statement s)
    {
        s.Frame = default;
        if (s.Actor == Actor.Child) return GoOnExiting(s);
        for (byte e = 1; e <= Kernel.LastEvent; e++)
            if (s[e] is { Life: Life.Live, File: false, Parent: 0 } && !IsReferredTo(s, e)) return Stand(s, new Frame { At = At.Release, Event = e });
        return true;
    }

    // By a call under way, which may be its release, or by a copy.
    private static bool IsReferredTo(Statement s, byte e)
    {
        for (byte copy = 1; copy <= Kernel.LastEvent; copy++)
            if (s[copy].Life == Life.Live && s[copy].Parent == e) return true;
        foreach (ref readonly var frame in (ReadOnlySpan<Frame>)s.Kernel.Frames)
        {
            if (frame.At is At.Release or At.Unlink or At.Detach or At.Free && frame.Event == e) return true;
            if (frame.At is At.Add or At.SetHandler && (frame.Event == e || frame.Other == e)) return true;
        }

        return false;
    }

    private static bool IsLocked(Statement s, byte trigger)
    {
        if (!s.Mends(Mend.D2b)) return s[trigger].Mutex;
        foreach (ref readonly var e in (ReadOnlySpan<PerfEvent>)s.Kernel.Events)
            if (e.Mutex) return true;
        return false;
    }

    private static string Setter(Role role) => role == Role.Starter ? "perf_event_set_starter" : "perf_event_set_stopper";

    private static Role Other(Role role) => role == Role.Starter ? Role.Stopper : Role.Starter;

    private static string Words(Asked asked) => string.Join(", ", new[]
    {
        asked.HasFlag(Asked.Sampling) ? "sampling" : "counting",
        asked.HasFlag(Asked.Inherit) ? "inherit" : null,
        asked.HasFlag(Asked.Software) ? "software" : null,
        asked.HasFlag(Asked.Paused) ? "to wait for its starter" : null,
    }.OfType<string>());
}
