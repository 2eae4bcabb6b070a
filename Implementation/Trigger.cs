// The hot path: an event counts, overflows, and moves the gates of its targets. Nothing here allocates.
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
            seen = trigger.LoadWord();
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
        while (!trigger.TryChange(seen, seen.Plus(n)));

        if (!trigger.IsSampling) return Errno.None;
        overflows = EventWord.Crossings(seen.Count, n, trigger.Attributes.SamplePeriod);
        if (overflows > 0) Deliver(trigger, overflows);
        return Errno.None;
    }

    /// <summary>Rules 4.7 and 4.8: admission, one pass, one sample; no count.</summary>
    private Errno OverflowOnce(Event trigger, out long overflows)
    {
        overflows = 0;

        // M24: the admission (rule 7.3). Acquire: the tables must be loaded after it, see Pass.
        EventWord seen = trigger.LoadWord();
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

    /// <summary>What follows an admission: starters, stoppers, the sample (rules 4.9 to 4.12).</summary>
    private void Deliver(Event trigger, long overflows)
    {
        Pass(trigger, Role.Starter);
        Pass(trigger, Role.Stopper);

        // M25: last, so that who sees the sample sees the gates moved too; interlocked, since overflows of one event may overlap.
        // It is written even if the trigger has paused itself meanwhile (rule 4.12).
        trigger.AddSamples(overflows);
    }

    /// <summary>Visits every link of a role that was held at the admission and still is (rule 7.4).</summary>
    private void Pass(Event trigger, Role role)
    {
        // M9, after the admission. A table loaded before it may have been replaced by the admission: then the walk would miss a link
        // that was held all the time, and a target would never be started.
        LinkTable? table = trigger.LinksOf(role).LoadTable();
        if (table is null) return;

        // The length once, so that a pass ends however many links are added to its table meanwhile.
        var length = table.LoadLength(); // M12
        for (var i = 0; i < length; i++)
        {
            // Neither an element that no link is in yet nor Frozen has a target.
            Link? link = table.LoadAt(i); // M13
            if (link?.Target is not { } target) continue;

            // M26, acquire: pairs with the claim (M33). The table is a superset: an attempt that was refused, or is not decided yet,
            // lies in it too, and to act on it would move the gate of another trigger's target. What is in the slot was held at
            // some moment since the admission: if its trigger has closed meanwhile the visit is merely late (rule 7.5).
            if (target.Slot(role).LoadAcquire() == link) Visit(target, role);
        }
    }

    /// <summary>One step that tests the target and moves its gate (rule 7.6), or finds that there is nothing to move.</summary>
    private void Visit(Event target, Role role)
    {
        while (true)
        {
            EventWord seen = target.LoadWord();
            if (seen.IsDead || !seen.Has(_visitable)) return;
            EventWord moved = seen.WithGate(paused: role == Role.Stopper);

            // M28: a failure is a Tick, another visit or a state change that came between; the test must then be made again. A plain
            // store would take back what it had done, a Tick's count among it.
            if (moved == seen || target.TryChange(seen, moved)) return;
        }
    }
}
