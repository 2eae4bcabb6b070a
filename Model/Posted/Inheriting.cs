// Fork in two passes: first the copies, then their links; and the exit of the child, context by context.
namespace PerfModel.Model.Posted;

internal static partial class Patch
{
    /// <summary>The events of the task; each may have a copy, so many addresses above it.</summary>
    public const byte Originals = Kernel.LastEvent / 2;

    // perf_event_init_context: the contexts in turn, the events of each.
    private static byte NextToCopy(Statement s)
    {
        for (byte context = 0; context <= 1; context++)
            for (byte e = 1; e <= Originals; e++)
                if (s[e] is { Life: Life.Live, Inherit: true, Parent: 0 } && s[e].Context == context && s[CopyOf(e)].Life == Life.None && IsListed(s, e) && IsAhead(s, e)) return e;
        return 0;
    }

    /// <summary>Where the copy of an event is.</summary>
    public static byte CopyOf(byte e) => (byte)(e + Originals);

    // Not behind one that was copied: the walk does not come back.
    private static bool IsAhead(Statement s, byte e)
    {
        var last = s.Frame.Other;
        return last == 0 || (s[last].Context, last).CompareTo((s[e].Context, e)) < 0;
    }

    // list_del_event has not been called.
    private static bool IsListed(Statement s, byte e)
    {
        foreach (ref readonly var frame in (ReadOnlySpan<Frame>)s.Kernel.Frames)
            if (frame.At is At.Unlink or At.Detach or At.Free && frame.Event == e) return false;
        return true;
    }

    private static bool Forks(Statement s, Actor? except = null)
    {
        for (var actor = Actor.SyscallA; actor <= Actor.SyscallB; actor++)
            if (actor != except && IsForking(s.Kernel[actor].At)) return true;
        return false;
    }

    private static bool IsForking(At at) => at is At.Inherit or At.InheritLoad or At.InheritLink;

    // perf_event_init_context holds the mutex of the context that it copies from.
    private static bool HoldsContextOf(Statement s, byte e)
    {
        foreach (ref readonly var frame in (ReadOnlySpan<Frame>)s.Kernel.Frames)
            if (frame.At == At.Inherit && frame.Other != 0 && s[frame.Other].Context == s[e].Context && e > frame.Other) return true;
        return false;
    }

    // inherit_event: if (parent_event->starter || parent_event->stopper) *triggers = 1; perf_event_alloc;
    // child_event->overflow_handler = parent_event->overflow_handler.
    private static bool Inherit(Statement s)
    {
        if (s.Frame.Event == 0 && (s.Kernel.Child != ChildLife.None || Forks(s, except: s.Actor))) return false;
        if (s.Frame.Event == 0 && s.Mends(Mend.D36) && Links(s)) return false;
        var begins = s.Frame.Event == 0;
        s.Frame.Event = 1;
        var e = NextToCopy(s);
        if (e == 0)
        {
            if (begins) return false;
            s.Say("perf_event_init_task", $"if (triggers): {(s.Frame.Seen == 1 ? "1" : "0")}");
            return s.Frame.Seen == 1 ? Load(s, (byte)(Originals + 1), Role.Starter) : EndFork(s);
        }

        ref var source = ref s[e];
        s.Say("inherit_event", $"triggers |= {e}->starter || {e}->stopper; {CopyOf(e)} = perf_event_alloc(parent {e}); {CopyOf(e)}->overflow_handler = {e}->overflow_handler");
        if (source.Starter != 0 || source.Stopper != 0) s.Frame.Seen = 1;
        s[CopyOf(e)] = new PerfEvent
        {
            Life = Life.Live,
            State = EventState.Active,
            OnPmu = true,
            Sampling = source.Sampling,
            Inherit = true,
            Context = source.Context,
            Handler = source.Handler,
            Parent = e,
            Paused = s.Mends(Mend.D33) && source.Paused,
            Running = !s.Mends(Mend.D33) || !source.Paused,
        };
        s.Frame.Other = e;
        return true;
    }

    private static bool Links(Statement s)
    {
        foreach (ref readonly var frame in (ReadOnlySpan<Frame>)s.Kernel.Frames)
            if (frame.At is At.Add or At.SetHandler) return true;
        return false;
    }

    private static bool InheritLoad(Statement s)
    {
        s.Say("perf_event_inherit_triggers", $"");
        return Load(s, s.Frame.Event, s.Frame.Role);
    }

    // perf_event_inherit_triggers: event->parent->starter, of each event of the child; without any lock.
    private static bool Load(Statement s, byte copy, Role role)
    {
        for (; copy <= Kernel.LastEvent; copy++, role = Role.Starter)
        {
            if (s[copy].Life != Life.Live) continue;
            for (; role <= Role.Stopper; role++)
            {
                if (s[s[copy].Parent].Owner(role) is not 0 and var trigger)
                {
                    s.SayAlso($"{copy}->parent->{Name(role)}: {trigger}");
                    return Stand(s, s.Frame with { At = At.InheritLink, Event = copy, Role = role, Other = trigger });
                }
            }
        }

        return EndFork(s);
    }

    // perf_event_inherit_starter: parent_starter->pmu->task_ctx_nr; iter->parent == parent_starter;
    // list_add_tail(&event->starter_entry, &iter->starter_list), or WARN_ONCE.
    private static bool InheritLink(Statement s)
    {
        var (copy, trigger, role) = (s.Frame.Event, s.Frame.Other, s.Frame.Role);
        s.Say(role == Role.Starter ? "perf_event_inherit_starter" : "perf_event_inherit_stopper", $"{trigger}->pmu->task_ctx_nr");
        if (!s.Mends(Mend.D4) && !s.Follow(trigger)) return true;
        if (trigger <= Originals && s[CopyOf(trigger)] is { Life: Life.Live } && s[CopyOf(trigger)].Parent == trigger)
        {
            s.SayAlso($"list_add_tail(&{copy}->{Name(role)}_entry, &{CopyOf(trigger)}->{Name(role)}_list)");
            ref var list = ref s[CopyOf(trigger)].List(role);
            list = With(list, copy);
            if (s.Mends(Mend.D39)) s[copy].Owner(role) = CopyOf(trigger);
        }
        else if (!s.Mends(Mend.D37))
        {
            s.SayAlso($"WARN_ONCE(1, \"inherited {Name(role)} not found\")");
            s.Warn();
        }

        return Stand(s, role == Role.Starter ? s.Frame with { At = At.InheritLoad, Role = Role.Stopper } : s.Frame with { At = At.InheritLoad, Event = (byte)(copy + 1), Role = Role.Starter });
    }

    private static bool EndFork(Statement s)
    {
        s.SayAlso($"the child runs");
        s.Kernel.Child = ChildLife.Running;
        return Return(s);
    }

    // perf_event_exit_task_context, of the first context that has events: they leave the PMU.
    private static bool Exit(Statement s)
    {
        if (FirstCopy(s) == 0 || s.Kernel.Child == ChildLife.None || (s.Kernel.Child == ChildLife.Exiting && s.Before.Event == 0)) return false;
        s.Kernel.Child = ChildLife.Exiting;
        var context = s[FirstCopy(s)].Context;
        s.Say("perf_event_exit_task_context", $"the events of context {(context == 0 ? "0" : "1")} leave the PMU");
        for (byte copy = Originals + 1; copy <= Kernel.LastEvent; copy++)
        {
            if (s[copy].Life != Life.Live || s[copy].Context != context) continue;
            s[copy].State = EventState.Off;
            s[copy].OnPmu = s[copy].Running = false;
        }

        return GoOnExiting(s);
    }

    // __perf_event_exit_task: fput(parent_event->filp); free_event(child_event).
    private static bool ExitEvent(Statement s)
    {
        var copy = s.Frame.Event;
        var source = s[copy].Parent;
        s.Say("__perf_event_exit_task", $"free_event({copy}); fput({source})");
        if (s.Mends(Mend.D5)) UnlinkBothWays(s, copy);
        Kill(s, copy);
        if (s[source] is { Life: Life.Live, File: false } && !IsReferredTo(s, source)) return Stand(s, new Frame { At = At.Release, Event = source });
        return GoOnExiting(s);
    }

    // The rest of a context whose events are off the PMU, then the next context.
    private static bool GoOnExiting(Statement s)
    {
        for (byte copy = Originals + 1; copy <= Kernel.LastEvent; copy++)
            if (s[copy] is { Life: Life.Live, State: EventState.Off }) return Stand(s, new Frame { At = At.ExitEvent, Event = copy });
        return Stand(s, FirstCopy(s) is not 0 and var first ? new Frame { At = At.Exit, Event = first } : default);
    }

    private static byte FirstCopy(Statement s)
    {
        byte first = 0;
        for (byte copy = Originals + 1; copy <= Kernel.LastEvent; copy++)
            if (s[copy].Life == Life.Live && (first == 0 || s[copy].Context < s[first].Context)) first = copy;
        return first;
    }

    // Not in the patch: the event leaves every list, and its own lists empty.
    private static void UnlinkBothWays(Statement s, byte copy)
    {
        for (var role = Role.Starter; role <= Role.Stopper; role++)
        {
            for (byte other = Originals + 1; other <= Kernel.LastEvent; other++)
            {
                s[other].List(role) = Without(s[other].List(role), copy);
                if (s[other].Owner(role) == copy) s[other].Owner(role) = 0;
            }

            s[copy].Owner(role) = 0;
            s[copy].List(role) = 0;
        }
    }
}
