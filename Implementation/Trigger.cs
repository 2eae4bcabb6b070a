// The hot path: an event counts, overflows, and moves the gates of its targets. Nothing here allocates.
using System.Runtime.CompilerServices;

namespace PerfModel.Implementation;

public partial class PerfEvents<THook>
{
    /// <summary>Rules 4.2 to 4.6: one step that tests the gate, adds and admits; then, if a period was completed, one pass.</summary>
    private Errno Count(Event trigger, long n, out long overflows)
    {
        overflows = 0;
        EventWord seen;
        do
        {
            seen = trigger.LoadWord(Row.M23);
            if (seen.IsDead) return Errno.EBADF;
            if (n is < 0 or > EventWord.MaxTick) return Errno.EINVAL;
            if (!seen.IsRunning)
            {
                overflows = Ignored;
                return Errno.None;
            }

            if (n > EventWord.MaxCount - seen.Count) return Errno.EOVERFLOW;

            // M23: test and addition are one step (rule 7.7). A stopper's visit that comes between the load and this makes it fail.
            // Without that an event would count after the overflow that paused it had returned.
        }
        while (!trigger.TryChange(seen, seen.Plus(n), Row.M23));

        if (!trigger.IsSampling) return Errno.None;
        overflows = EventWord.Crossings(seen.Count, n, trigger.SamplePeriod);
        if (overflows > 0) Deliver(trigger, overflows);
        return Errno.None;
    }

    /// <summary>Rules 4.7 and 4.8: admission, one pass, one sample; no count.</summary>
    private Errno OverflowOnce(Event trigger, out long overflows)
    {
        overflows = 0;

        // M24: the admission (rule 7.3). Acquire: the tables must be loaded after it, see Pass.
        EventWord seen = trigger.LoadWord(Row.M24);
        if (seen.IsDead) return Errno.EBADF;
        if (!seen.IsRunning || !trigger.IsSampling)
        {
            overflows = Ignored;
            return Errno.None;
        }

        overflows = 1;
        Deliver(trigger, overflows);
        return Errno.None;
    }

    /// <summary>The steps after an admission: starters, stoppers, the sample (rules 4.9 to 4.12).</summary>
    private void Deliver(Event trigger, long overflows)
    {
        if (trigger.Group is { } group)
        {
            Deliver(trigger, group, overflows);
            return;
        }

        Pass(trigger, Role.Starter);
        Pass(trigger, Role.Stopper);

        // M25: last, so that who sees the sample sees the gates moved too; interlocked, since overflows of one event may overlap.
        // It is written even if the trigger has paused itself meanwhile (rule 4.12).
        trigger.AddSamples(overflows);
    }

    /// <summary>Visits every link of a role that was held at the admission and still is (rule 7.4).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Pass(Event trigger, Role role)
    {
        // M9, after the admission. A table loaded before it may have been replaced by the admission: then the walk would miss a link
        // that was held all the time, and a target would never be started.
        if (trigger.LinksOf(role).LoadTable() is { } table) Walk(table, role);
    }

    /// <summary>One pass: over the targets with gates as they shall be, at two loads each, and through the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Walk(LinkTable table, Role role)
    {
        // A visit moves the gate of a live target that the dialect lets it, if it is not so already: one comparison of the word.
        var tested = EventWord.DeadBit | EventWord.PausedBit | _visitable;
        var movable = _visitable | (role == Role.Starter ? EventWord.PausedBit : 0);

        // Ends however many links are added meanwhile, for the table does not grow.
        var i = PassOver(table.Targets, 0, tested, movable);
        while (table.LoadLink(i)?.Target is not null)
        {
            // At least one further: if that entry has no target yet, its adder has not claimed it, so it was not held at the admission. If its
            // gate is not to be moved any more, that was its visit.
            var next = Math.Max(i + 1, VisitFrom(table, i, role, tested, movable));
            i = PassOver(table.Targets, next, tested, movable);
        }
    }

    /// <summary>The first entry, from one on, with a gate to be moved, or without a target (yet); or the end of the table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PassOver(SharedReference<Event>[] targets, int from, long tested, long movable)
    {
        var i = from;
        for (; (uint)i < (uint)targets.Length; i++)
        {
            // M13, acquire: pairs with TryAdd (M59). Without it the word could be read before it was written.
            if (targets[i].LoadAcquire(Row.M13) is not { } target) break;

            // M61, acquire: pairs with all that changes a word. If the gate is not to be moved, this was the visit of its link; or the
            // link needs none. So the slot is asked only about a gate that moves.
            if ((target.LoadWord(Row.M61).Bits & tested) == movable) break;
        }

        return i;
    }

    /// <summary>Visits entry after entry, until one with no gate to be moved, or without a target (yet). Answers its index, or the length.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int VisitFrom(LinkTable table, int from, Role role, long tested, long movable)
    {
        SharedReference<Event>[] targets = table.Targets;
        SharedReference<Link>[] links = table.Links;
        var i = from;
        for (; i < targets.Length && i < links.Length; i++)
        {
            if (targets[i].LoadAcquire(Row.M13) is not { } target) break; // M13
            EventWord seen = target.LoadWord(Row.M61); // M61
            if ((seen.Bits & tested) != movable) break;

            // M26, acquire: pairs with the claim (M33). The table is a superset: an attempt that was refused, or is not decided yet,
            // lies in it too, and to act on it would move the gate of another trigger's target. What is in the slot was held at
            // some moment since the admission: if its trigger has closed meanwhile the visit is merely late (rule 7.5).
            Link? link = links[i].LoadAcquire(Row.M60); // M60
            if (target.Slot(role).LoadAcquire(Row.M26) != link) continue;
            if (!target.TryChange(seen, seen.WithGateMoved(), Row.M28)) Visit(target, tested, movable); // M28
        }

        return i;
    }

    /// <summary>One step that tests the target and moves its gate (rule 7.6), or finds that there is nothing to move.</summary>
    private static void Visit(Event target, long tested, long movable)
    {
        // M28: a failure is a Tick, another visit or a state change that came between; the test must then be made again. A plain
        // store would take back what it had done, a Tick's count among it.
        EventWord seen;
        do
        {
            seen = target.LoadWord(Row.M28);
            if ((seen.Bits & tested) != movable) return;
        }
        while (!target.TryChange(seen, seen.WithGateMoved(), Row.M28));
    }
}
