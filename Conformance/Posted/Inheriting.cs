// Fork in two passes: first the copies, then their links; the exit of a child, context by context; and totals.
using PerfModel.Conformance.Coroutines;
using PerfModel.Model;
using PerfModel.Model.Posted;

namespace PerfModel.Posted;

public sealed partial class PostedSubject
{
    private IEnumerable<PerfEvent> CopiesOf(PerfEvent e) => [.. _copies.Values.Where(copy => copy.Parent == e)];

    // copy_process, with the checks of chapter 6. The tasks and their events hold still; links do not.
    private async Co<Result> CopyProcess(int task, int child)
    {
        await _context.Lock();
        try
        {
            if (!_running.Contains(task)) return Result.Of(Errno.ESRCH);
            if (_usedNames.Contains(child)) return Result.Of(Errno.EEXIST);
            if (_usedNames.Count == _declaration.Tasks) return Result.Of(Errno.EAGAIN);
            if (child < 0 || child >= _declaration.Tasks) return Result.Of(Errno.EINVAL);
            _usedNames.Add(child);
            var copies = await PerfEventInitTask(task, child);
            await _tasks.Store("copies", () =>
            {
                foreach (var copy in copies) _copies.Add(copy.Id, copy);
                return _running.Add(child);
            });
            return Result.Ok;
        }
        finally
        {
            _context.Unlock();
        }
    }

    // perf_event_init_task: perf_event_init_context for each context; if (triggers) perf_event_inherit_triggers for each context.
    private async Co<List<PerfEvent>> PerfEventInitTask(int task, int child)
    {
        var copies = new List<PerfEvent>();
        var sources = new Dictionary<PerfEvent, PerfEvent>();
        var triggers = false;
        foreach (var source in EventsOf(task).Where(source => source.Attributes.Inherit))
        {
            var parent = source.Parent ?? source;
            // inherit_event: if (parent_event->starter || parent_event->stopper) *triggers = 1; child_event->overflow_handler = parent_event->overflow_handler.
            var linked = Mends(Mend.D4) ? source : parent;
            triggers |= await linked.Of(Role.Starter).LoadSlot() is not null || await linked.Of(Role.Stopper).LoadSlot() is not null;
            var copy = new PerfEvent(new Instance(source.Id.Event, child), source.Attributes with { Task = child, Enabled = source.Enabled }, parent)
            {
                Handler = await parent.Core.Load("overflow_handler", () => parent.Handler),
            };
            // atomic_long_inc(&parent_event->filp->f_count)
            await parent.Core.Store("f_count", () => ++parent.References);
            sources[copy] = source;
            copies.Add(copy);
        }

        // list_for_each_entry(event, &ctx->event_list, event_entry), of which the newest is the first.
        foreach (var copy in triggers ? copies.AsEnumerable().Reverse() : [])
            foreach (var role in Roles) await PerfEventInheritTrigger(role, copy, sources[copy], copies, sources);
        return copies;
    }

    // perf_event_inherit_triggers: if (event->parent->starter) perf_event_inherit_starter(child, event, event->parent->starter); without any lock.
    private async Co<bool> PerfEventInheritTrigger(Role role, PerfEvent copy, PerfEvent source, List<PerfEvent> copies, Dictionary<PerfEvent, PerfEvent> sources)
    {
        var from = Mends(Mend.D4) ? source : copy.Parent!;
        if (await from.Of(role).LoadSlot() is not { } trigger) return false;
        // The links that a copy has may be others than those of its parent by now.
        if (source.Parent is not null && !Mends(Mend.D4) && source.Of(role).ListedBy?.Parent != trigger) Note("D35");
        // ctxn = parent_starter->pmu->task_ctx_nr
        if (!Mends(Mend.D4) && !await trigger.Mutex.Follow()) throw Oops("D4", $"parent_{Name(role)}->pmu->task_ctx_nr in the fork of {copy}: it is {trigger}, which was freed");
        // if (iter->parent == parent_starter)
        var found = copies.Find(iter => (Mends(Mend.D4) ? sources[iter] : iter.Parent) == trigger);
        if (found is null)
        {
            if (Mends(Mend.D37)) return false;
            Note("D37");
            _warning ??= $"the kernel has warned: WARN_ONCE(1, \"inherited {Name(role)} not found\"), of {copy}";
            return false;
        }

        // list_add_tail(&event->starter_entry, &iter->starter_list): the child does not run yet, and nobody sees it.
        var last = found.Of(role).First;
        while (last?.Of(role).Next is { } next) last = next;
        if (last is null) found.Of(role).SetFirstUnseen(copy);
        else last.Of(role).SetNextUnseen(copy);
        copy.Of(role).ListedBy = found;
        if (Mends(Mend.D39)) await copy.Of(role).StoreSlot(found);
        if (!found.Handler) Note("D36");
        return true;
    }

    // do_exit: perf_event_exit_task_context for each context, in turn; the events of one leave the PMU before any of them is freed.
    private async Co<Result> DoExit(int task)
    {
        await _context.Lock();
        try
        {
            if (task < _declaration.Roots || !_running.Remove(task)) return Result.Of(Errno.ESRCH);
            foreach (var context in EventsOf(task).GroupBy(copy => copy.Context).Select(copies => copies.ToList()).ToList())
            {
                foreach (var copy in context) await LeavePmu(copy);
                foreach (var copy in context) await PerfEventExitTask(copy);
            }

            return Result.Ok;
        }
        finally
        {
            _context.Unlock();
        }
    }

    // perf_event_exit_task_context: the copy is off the PMU, and its count is its parent's.
    private static async Co<bool> LeavePmu(PerfEvent copy)
    {
        copy.Parent!.LeftByCopies += await copy.Core.StoreWhen("state", () => copy.Visits == 0, () =>
        {
            copy.Gone = true;
            copy.State = EventState.Off;
            copy.OnPmu = copy.Running = false;
            return copy.Count;
        }, shown: () => copy.State);
        return true;
    }

    // __perf_event_exit_task: free_event(child_event); fput(parent_event->filp). Nothing takes it off a list.
    private async Co<bool> PerfEventExitTask(PerfEvent copy)
    {
        if (Mends(Mend.D5)) await LeaveLists(copy);
        // Mended, a handler that still stands on it may go on: that is what RCU is for.
        else await copy.Core.Store("memory", () => copy.Freed = true, shown: () => "freed");
        return await Fput(copy.Parent!, exits: true);
    }

    // Not in the patch: the copy leaves the list that it is on, and its targets lose it.
    private static async Co<bool> LeaveLists(PerfEvent copy)
    {
        foreach (var role in Roles)
            if (copy.Of(role).ListedBy is { } trigger) await ListDel(trigger, role, copy);
        return await Detach(copy);
    }

    // The sum over the event and its copies, one by one.
    private async Co<Result> TotalCount(Handle fd)
    {
        if (!_opened.TryGetValue(fd, out var e)) return Result.Of(Errno.EBADF);
        await _context.Lock();
        try
        {
            if (await e.Core.Load("file", () => e.Gone)) return Result.Of(Errno.EBADF);
            var total = e.LeftByCopies;
            foreach (var one in CopiesOf(e).Where(copy => !copy.Gone).Prepend(e)) total += await one.Core.Load("count", () => one.Count);
            return total > long.MaxValue ? Result.Of(Errno.EOVERFLOW) : Result.Of((long)total);
        }
        finally
        {
            _context.Unlock();
        }
    }

    // The events of a task that live, context by context, in the order in which they came.
    private IEnumerable<PerfEvent> EventsOf(int task) =>
        [.. _own.Concat(_copies.Values).Where(e => !e.Gone && e.Attributes.Task == task).OrderBy(e => e.Context)];

    private static string Name(Role role) => role == Role.Starter ? "starter" : "stopper";
}
