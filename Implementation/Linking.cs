// The life of a link: claimed on the target's slot, dissolved by the death of an end; and who owns a slot.
using System.Runtime.CompilerServices;

namespace PerfModel.Implementation;

public partial class PerfEvents<THook>
{
    /// <summary>SetStarter and SetStopper (chapter 2).</summary>
    private Errno SetLink(EventHandle triggerHandle, EventHandle targetHandle, Role role)
    {
        if (_hasGroups) return _handles.Find(triggerHandle) is { } asked && asked.IsLive(Row.M31) ? Errno.ENOTTY : Errno.EBADF; // M31; rule 8.11

        // Both are found before either life is asked for: then an EINVAL is true at the moment of the first load of a life, at which
        // the other event was in its place and, since it is alive later, alive.
        if (_handles.Find(triggerHandle) is not { } trigger) return Errno.EBADF;
        if (_handles.Find(targetHandle) is not { } target) return Errno.EBADF;
        if (!trigger.SharesScopeWith(target) || (_triggersMustSample && !trigger.IsSampling))
            return trigger.IsLive(Row.M31) && target.IsLive(Row.M31) ? Errno.EINVAL : Errno.EBADF; // M31

        // Not published at all if the refusal is plain already, so that refusals leave no garbage in the table.
        Errno refusal = Look(trigger, target, role, out Link? seen);
        return refusal == Errno.None ? Claim(trigger, target, role, seen) : refusal;
    }

    /// <summary>Rules 2.2, 2.4, 2.5: why the trigger cannot have the target's slot, and the link that lies in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Errno Look(Event trigger, Event target, Role role, out Link? seen)
    {
        // The slot, its owner's life, the trigger's, the target's, in this order. A life found live was live at every earlier
        // load too, so whatever is refused below is true at the load of the slot; and an owner found dead was dead before the
        // trigger was found live, so there was a moment with the trigger live and the slot free. With the trigger's life read
        // first, it could close, then the owner, and the claim would succeed though there never was such a moment.
        seen = target.Slot(role).LoadAcquire(Row.M29); // M29: pairs with another's claim (M33), whose trigger is read next
        Event? owner = seen?.Trigger;
        var held = owner is not null && owner.IsLive(Row.M30); // M30
        return !trigger.IsLive(Row.M31) || !target.IsLive(Row.M31) ? Errno.EBADF // M31
            : !held ? Errno.None
            : owner == trigger ? Errno.EEXIST
            : Errno.EBUSY;
    }

    /// <summary>Rule 2.1: publish, claim; look again if the claim failed.</summary>
    /// <param name="trigger">The trigger.</param>
    /// <param name="target">The target.</param>
    /// <param name="role">The role.</param>
    /// <param name="seen">The link that lies in the slot, if any; its trigger is dead.</param>
    private static Errno Claim(Event trigger, Event target, Role role, Link? seen)
    {
        // Published before it is claimed: from the claim on every overflow must find it (rule 7.2). The other way round a second
        // thread could be told EBUSY, fire the trigger, and see the target not moved.
        ref SharedReference<Link> slot = ref target.Slot(role);
        Link mine = new(trigger, target);
        if (!trigger.LinksOf(role).Add(mine)) return Errno.EBADF;

        // M33: the claim, the step at which the link appears to everybody. It fails if the slot has moved on: to another's claim, or to the
        // tombstone of the target. If an end died since its life was read, the call still did what it says: it happened just
        // before that death, when both were live and the slot was free, and the death dissolved it.
        while (slot.CompareExchange(mine, seen, Row.M33) != seen)
        {
            Errno refusal = Look(trigger, target, role, out seen);
            if (refusal == Errno.None) continue;
            mine.Abandon();
            trigger.LinksOf(role).CountDead();
            return refusal;
        }

        // M62: the closer of a dead target may have looked into the slot before the claim was there (M32), and not counted our link.
        if (!target.IsLive(Row.M62))
        {
            slot.StoreRelease(Link.Tombstone, Row.M63); // M63
            trigger.LinksOf(role).CountDead();
        }

        return Errno.None;
    }

    /// <summary>Rule 1.8: the own instance dies, and with it the handle. Its copies are not touched (rule 6.13).</summary>
    private Errno Close(Event e)
    {
        if (!Close(e, out _)) return Errno.EBADF;
        _handles.Vacate(e);
        _tasks.CountDead(e);
        return Errno.None;
    }

    /// <summary>Rule 2.10: the dead bit is the step; all after it only lets go of memory. False if another's call was that step.</summary>
    /// <param name="e">An event's own instance; or a copy in a task that exits.</param>
    /// <param name="last">The word that it died with.</param>
    private static bool Close(Event e, out EventWord last)
    {
        do
        {
            last = e.LoadWord(Row.M27);
            if (last.IsDead) return false;

            // M27: the step. From here on every slot that names e is free, every call on e is EBADF, and no gate has moved (rule 7.8).
            // Interlocked, so that of two closers one gets EBADF, and no concurrent change of the word brings e back to life, or
            // counts on in a copy whose count is being folded (rule 7.9).
        }
        while (!e.TryChange(last, last.With(set: EventWord.DeadBit, clear: 0), Row.M27));

        if (e.Group is { } group) Part(e, group);

        // As a trigger it lets its targets go, as a target its owners.
        e.LinksOf(Role.Starter).Close(); // M16
        e.LinksOf(Role.Stopper).Close(); // M16
        Entomb(e, Role.Starter);
        Entomb(e, Role.Stopper);
        return true;
    }

    /// <summary>Takes the last link out of a dead target's slot, for good, and tells its owner's table.</summary>
    /// <remarks>
    /// Or else a chain of events, each dead and each in the slot of the next, lives as long as its last one. The owner's table still
    /// has the link: it is told to count it, and is rebuilt when most of it is dead.
    /// </remarks>
    private static void Entomb(Event dead, Role role)
    {
        // M32, after the dead bit (M27), a full fence; as M62 comes after the claim (M33). So of a closer and a claim one sees
        // the other: what comes into the slot after this load, its claimer takes out, and counts. That both do is harmless.
        ref SharedReference<Link> slot = ref dead.Slot(role);
        if (slot.LoadAcquire(Row.M32) is not { Trigger: { } owner }) return;
        slot.StoreRelease(Link.Tombstone, Row.M63); // M63
        owner.LinksOf(role).CountDead();
    }

    /// <summary>Rule 2.11: the live owner of a slot of a live event.</summary>
    private Errno OwnerOf(Event e, Role role, out EventInstance owner)
    {
        // The slot, the owner's life, e's own life last. The answer is true at the load of the slot; or, if the owner died since,
        // just after that death: nobody can claim a slot before its owner is dead. e was live then, since it is live later.
        owner = default;
        Event? holder = e.Slot(role).LoadAcquire(Row.M34)?.Trigger; // M34: pairs with the claim (M33)
        var held = holder is not null && holder.IsLive(Row.M35); // M35
        if (!e.IsLive(Row.M36)) return Errno.EBADF; // M36
        if (held) owner = NameOf(holder!);
        return Errno.None;
    }

    // Own instances live in roots, or in no task; copies in forked tasks (rule 6.1). A link joins two of one task.
    private EventInstance NameOf(Event e) => e.Task < _options.Roots ? e.Handle : e.Handle.In(e.Task);
}
