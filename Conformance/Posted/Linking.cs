// The links: SET_STARTER and SET_STOPPER, close, and the end of an event's memory.
using PerfModel.Conformance.Coroutines;
using PerfModel.Model;
using PerfModel.Model.Posted;

namespace PerfModel.Posted;

public sealed partial class PostedSubject
{
    // Mended, one lock covers all links, and forks.
    private bool OneLock => Mends(Mend.D2b | Mend.D36);

    // perf_ioctl: target = perf_fget_light(arg), or NULL if arg is -1. A handle that no Open returned is -1.
    private async Co<Result> PerfIoctl(Role role, Handle triggerFd, Handle targetFd)
    {
        if (OneLock) await _context.Lock();
        try
        {
            if (await Fget(triggerFd) is not { } trigger) return Result.Of(Errno.EBADF);
            var target = await Fget(targetFd);
            var result = target is null && (Mends(Mend.D1) || _opened.ContainsKey(targetFd)) ? Result.Of(Errno.EBADF) : await PerfEventSetTrigger(role, trigger, target);
            if (target is not null) await Fput(target);
            await Fput(trigger);
            return result;
        }
        finally
        {
            if (OneLock) _context.Unlock();
        }
    }

    // perf_event_set_starter, perf_event_set_stopper.
    private async Co<Result> PerfEventSetTrigger(Role role, PerfEvent trigger, PerfEvent? target)
    {
        if (target is null) throw Oops("D1", $"{trigger}->ctx->task != target->ctx->task, and target is NULL");
        if (trigger.Attributes.Task != target.Attributes.Task || trigger.Attributes.Cpu != target.Attributes.Cpu) return Result.Of(Errno.EINVAL);
        await trigger.Mutex.Lock();
        try
        {
            for (var iter = trigger.Of(role).First; iter is not null; iter = iter.Of(role).Next)
                if (iter == target) return Result.Of(Errno.EEXIST);
            if (await target.Of(role).Claim(trigger, () => trigger.Of(role).Claimed = target) is { } owner)
            {
                if (owner.Gone) Note("D3");
                return Result.Of(Errno.EBUSY);
            }

            // list_add_rcu(&target->starter_entry, &event->starter_list)
            target.Of(role).SetNextUnseen(trigger.Of(role).First);
            await trigger.Of(role).StoreFirst(target);
            await trigger.Core.Store("overflow_handler", () =>
            {
                trigger.Of(role).Claimed = null;
                return trigger.Handler = true;
            });
            return Result.Ok;
        }
        finally
        {
            trigger.Mutex.Unlock();
        }
    }

    // sys_close: the descriptor is gone; perf_release follows if nothing else refers to the file.
    private async Co<Result> Close(Handle fd)
    {
        if (!_opened.TryGetValue(fd, out var e)) return Result.Of(Errno.EBADF);
        var (wasOpen, isLast) = (false, false);
        await _context.Lock();
        try
        {
            // perf_event_disable, if it is the last: a cross-call, which waits for the handlers of its cpu.
            (wasOpen, isLast) = await e.Core.StoreWhen("file", () => e.Visits == 0, () => e.Gone ? (false, false) : (e.Gone = true, Drop(e)), shown: () => false);
            if (!wasOpen) return Result.Of(Errno.EBADF);
            _handles--;
            _own.Remove(e);
            if (Mends(Mend.D2 | Mend.D3)) await Detach(e);
            if (isLast && OneLock) await PerfEventReleaseKernel(e);
        }
        finally
        {
            _context.Unlock();
        }

        if (isLast && !OneLock) await PerfEventReleaseKernel(e);
        return Result.Ok;
    }

    // perf_event_release_kernel, from where it has given back ctx->mutex: if (event->starter) { state_event = event->starter; mutex_lock(...); list_del_rcu(...) }
    private async Co<bool> PerfEventReleaseKernel(PerfEvent e, bool exits = false)
    {
        foreach (var role in Roles)
        {
            if (await e.Of(role).LoadSlot() is not { } trigger) continue;
            // Nothing in the patch looks here. It tells D2 from D2b: whether the trigger was dead already when it was found.
            var wasThere = await trigger.Mutex.Follow();
            if (!await trigger.Mutex.Lock())
                throw Oops(exits ? "D2c" : wasThere ? "D2b" : "D2", $"mutex_lock(&{trigger}->starter_stopper_mutex) in the release of {e}, and {trigger} was freed");
            try
            {
                await ListDel(trigger, role, e);
            }
            finally
            {
                trigger.Mutex.Unlock();
            }
        }

        // free_event: no handler is left that could stand on it, or it is off every list.
        return await e.Mutex.Free();
    }

    // list_del_rcu: a handler that stands on the entry goes on to the next all the same.
    private static async Co<bool> ListDel(PerfEvent trigger, Role role, PerfEvent target)
    {
        PerfEvent? before = null;
        for (var iter = trigger.Of(role).First; iter is not null && iter != target; iter = iter.Of(role).Next) before = iter;
        var next = target.Of(role).Next;
        await (before is null ? trigger.Of(role).StoreFirst(next) : before.Of(role).StoreNext(next));
        return true;
    }

    // Not in the patch: the slots of an event's targets, and its lists.
    private static async Co<bool> Detach(PerfEvent e)
    {
        foreach (var role in Roles)
        {
            for (var target = e.Of(role).First; target is not null; target = target.Of(role).Next) await target.Of(role).StoreSlot(null);
            await e.Of(role).StoreFirst(null);
        }

        return true;
    }

    // fget: the event of an open descriptor, which does not go while it is used.
    private async Co<PerfEvent?> Fget(Handle fd) => _opened.GetValueOrDefault(fd) is { } e && await e.Core.Store("f_count", () => !e.Gone && ++e.References > 0, shown: () => e.References) ? e : null;

    // fput: the last one releases.
    private async Co<bool> Fput(PerfEvent e, bool exits = false)
    {
        if (await e.Core.StoreWhen("f_count", () => e.Visits == 0, () => Drop(e), shown: () => e.References)) await PerfEventReleaseKernel(e, exits);
        return true;
    }

    // Whether it was the last reference: then the event is off the PMU, and out of its context.
    private static bool Drop(PerfEvent e)
    {
        if (--e.References > 0) return false;
        e.State = EventState.Off;
        e.OnPmu = e.Running = false;
        return true;
    }

    private static readonly Role[] Roles = [Role.Starter, Role.Stopper];
}
