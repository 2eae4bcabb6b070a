// Occurrences and overflows: the counter, and the handler of a trigger, which walks over its lists.
using PerfModel.Conformance.Coroutines;
using PerfModel.Model;
using PerfModel.Model.Posted;

namespace PerfModel.Posted;

public sealed partial class PostedSubject
{
    // The hardware counts: one statement, whatever the kernel is at.
    private async Co<Result> Tick(PerfEvent e, long amount)
    {
        var counted = await e.Core.Store("count", () => Counted(e, amount), shown: () => e.Count);
        if (counted.IsOk && counted.Value is > 0 and var overflows) await PerfEventOverflow(e, overflows);
        return counted.Answer;
    }

    private static (bool IsOk, long Value, Result Answer) Counted(PerfEvent e, long amount)
    {
        if (e.Gone) return (false, 0, Result.Of(Errno.EBADF));
        if (amount is < 0 or > Step.MaxAmount) return (false, 0, Result.Of(Errno.EINVAL));
        if (!e.Running) return (false, 0, Result.Ignored);
        if (e.Count + amount > Step.MaxCount) return (false, 0, Result.Of(Errno.EOVERFLOW));
        var period = e.Attributes.Period;
        var overflows = period == 0 ? 0 : (e.Count + amount) / period - e.Count / period;
        e.Count += amount;
        return (true, overflows, Result.Of(overflows));
    }

    private async Co<Result> Overflow(PerfEvent e)
    {
        var admitted = await e.Core.Load("hw", () => e.Gone ? Result.Of(Errno.EBADF) : e.Running && e.Attributes.Period > 0 ? Result.Of(1L) : Result.Ignored);
        if (admitted == Result.Of(1L)) await PerfEventOverflow(e, 1);
        return admitted;
    }

    // __perf_event_overflow: if (event->overflow_handler) event->overflow_handler(...); else perf_event_output(...). The handler of the patch writes the record last.
    private async Co<bool> PerfEventOverflow(PerfEvent e, long overflows)
    {
        if (Roles.Any(role => e.Of(role).Claimed is not null)) Note("D31");
        if (await e.Core.Load("overflow_handler", () => e.Handler)) await PerfEventPauseResume(e);
        return await e.Core.Store("samples", () =>
        {
            if (!e.Gone) e.Samples += overflows;
            return true;
        }, shown: () => e.Samples);
    }

    // perf_event_pause_resume: local_irq_save; rcu_read_lock; list_for_each_entry_rcu(iter, &event->starter_list, starter_entry), and the same of the stoppers.
    private async Co<bool> PerfEventPauseResume(PerfEvent trigger)
    {
        foreach (var role in Roles)
        {
            for (var iter = await trigger.Of(role).LoadFirst(); iter is not null; iter = await iter.Of(role).LoadNext())
            {
                if (Mends(Mend.D12)) await VisitInOne(iter, role);
                else await Visit(trigger, iter, role);
            }
        }

        return true;
    }

    // if (iter->state == PERF_EVENT_STATE_ACTIVE) if (iter->paused) { iter->pmu->start(iter, PERF_EF_RELOAD); iter->paused = 0; }, and the reverse for a stopper.
    private async Co<bool> Visit(PerfEvent trigger, PerfEvent iter, Role role)
    {
        if (!await iter.Core.Test("state", () => IsVisited(iter, trigger), shown: () => iter.State)) return false;
        if (!await iter.Core.Test("paused", () => IsToMove(iter, role), shown: () => iter.Paused)) return false;
        var reached = false;
        await iter.Core.Store("hw", () =>
        {
            reached = iter.OnPmu;
            return CallPmu(iter, role);
        });
        return await iter.Core.Store("paused", () =>
        {
            iter.Moving--;
            iter.Visits--;
            iter.Paused = role == Role.Stopper;
            if (reached && iter is { OnPmu: true, Throttled: false } && iter.Running == iter.Paused) Note("D42");
            return iter.Paused;
        });
    }

    private bool IsVisited(PerfEvent iter, PerfEvent trigger)
    {
        if (iter.Freed) throw Oops("D5", $"iter->state in perf_event_pause_resume of {trigger}: iter is {iter}, which was freed");
        if (!Reaches(iter)) return false;
        iter.Visits++;
        return true;
    }

    private bool IsToMove(PerfEvent iter, Role role)
    {
        if (iter.Moving > 0) Note("D12");
        var moves = iter.Paused == (role == Role.Starter);
        if (moves) iter.Moving++;
        else iter.Visits--;
        return moves;
    }

    private bool CallPmu(PerfEvent iter, Role role)
    {
        // On a machine it would be another event's counter that starts or stops.
        if (!iter.OnPmu) Note("D8");
        var starts = role == Role.Starter;
        if (starts && iter.Throttled && iter.OnPmu)
        {
            if (Mends(Mend.D14b)) starts = false;
            else Note("D14b");
        }

        return iter.Running = iter.OnPmu && starts;
    }

    private bool Reaches(PerfEvent iter) => Mends(Mend.D8) ? iter.OnPmu : iter.State == EventState.Active;

    // Not in the patch: a visit is one statement.
    private Statement<bool> VisitInOne(PerfEvent iter, Role role) => iter.Core.Store("paused", () =>
    {
        if (iter.Freed || !Reaches(iter) || iter.Paused != (role == Role.Starter)) return false;
        CallPmu(iter, role);
        iter.Paused = role == Role.Stopper;
        return true;
    }, shown: () => iter.Paused);
}
