// What crosses tasks: the copies that a fork makes, how an exit ends them, the total of a family, and what a user's call does to all of it.
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace PerfModel.Implementation;

public partial class PerfEvents<THook>
{
    /// <summary>The own instances in a root that its fork may have to copy (rule 6.3), in the order of their handles. Some may be dead.</summary>
    private List<Event> EnrolledIn(int root)
    {
        var enrolled = new List<Event>();
        if (_tasks.LoadRoster(root) is not { } roster) return enrolled;
        for (var i = 0; roster.LoadLink(i) is { Target: { } e }; i++) // M60
        {
            // M1: the roster is a superset. An Open that lost its place, or is still to get it, lies in it too, and its event never was
            // live. What is in its place was opened; what is not there any more is dead.
            if (_handles.Find(e.Handle) == e) enrolled.Add(e);
        }

        enrolled.Sort((one, other) => one.Handle.Value.CompareTo(other.Handle.Value));
        return enrolled;
    }

    /// <summary>Rules 6.3 to 6.6: the life of a task with its name taken, which nobody sees yet. Candidates are in the order of handles.</summary>
    private TaskLife Inherit(IEnumerable<Event> candidates, int child)
    {
        var sources = new List<(Event Source, EventWord Word)>();
        var copies = new List<Event>();
        foreach (Event candidate in candidates)
        {
            // M54: one step (rule 7.10). The candidate was live at it, and gate and enabled were so together.
            EventWord seen = candidate.LoadWord(Row.M54);
            if (seen.IsDead) continue;
            EventWord word = seen.Inherited(_inherited);
            sources.Add((candidate, word));
            copies.Add(candidate.Group is null ? new Event(candidate, word, child, null) : null!);
        }

        if (_hasGroups) InheritGroups(sources, copies, child);
        var life = TaskLife.Running(copies.ToArray());
        for (var i = 0; i < copies.Count; i++)
        {
            InheritLink(sources[i].Source, copies[i], Role.Starter, life);
            InheritLink(sources[i].Source, copies[i], Role.Stopper, life);
        }

        // Last, so that a fork that is stopped before leaves nothing in a family.
        foreach (Event copy in copies) copy.Family!.Add(copy); // M52
        return life;
    }

    /// <summary>Rule 6.5: if a copied instance has an owner that was copied too, their copies are linked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InheritLink(Event source, Event copy, Role role, TaskLife life)
    {
        // M55, acquire: pairs with the claim (M33); after the name was taken (M44). A link that is held from then until the task starts
        // is here now. And what is here was held at some moment since: both its ends were live when they were looked at (M54). If it
        // had been claimed by the earlier look, it was held at that look. If not, its claim came later, or just before the first
        // death of an end (Claim), which is later too. So that the trigger may have died since its look does not matter.
        if (source.Slot(role).LoadAcquire(Row.M55)?.Trigger is not { } trigger || life.Find(trigger.Handle) is not { } owner) return;

        // Nobody else sees either copy, so there is nothing to look at again, no order to keep, and nobody to lose to.
        Link link = new(owner, copy);
        owner.LinksOf(role).Add(link);
        copy.Slot(role).Exchange(link, Row.M56); // M56
    }

    /// <summary>Rule 6.9: each copy of a task that has ended dies, and its count takes its place in its family.</summary>
    private static void EndCopies(TaskLife ended)
    {
        foreach (Event copy in ended.Copies)
        {
            // The dead bit is the step (M27). The count in the dead word is fixed, and in the total as it was before.
            var closed = Close(copy, out EventWord last);
            Debug.Assert(closed, "Copies die by the exit of their task, and of two exits one ends the task.");
            copy.Family!.Fold(copy, last.Count); // M53
        }
    }

    /// <summary>Rules 6.10, 7.9: the family's members, their words, the own word, in this order.</summary>
    /// <remarks>
    /// A total never falls, and no part of it does: counts only grow, and a death takes nothing away. The sum has each part of the total
    /// at M50, with its value then or later; so it is at least that total. And it has each part with its value before M58, or then;
    /// so it is at most that total, to which copies that came since have only added.
    /// </remarks>
    private static Errno Sum(Event own, out long total)
    {
        total = 0;
        UInt128 sum = 0;

        // M50: begin. Who has these members has each copy that counted until now, as a copy or in the sum of the others.
        if (own.Family?.Load(Row.M50) is { } members)
        {
            sum = members.Left;

            // M57: later than M50. Dead or alive does not matter: a count stays in the dead word, and is not in this sum of the others.
            foreach (Event copy in members.Copies) sum += (ulong)copy.LoadWord(Row.M57).Count;
        }

        // M58: end, the last load; it says also that the event lived, now and at the beginning.
        EventWord last = own.LoadWord(Row.M58);
        if (last.IsDead) return Errno.EBADF;
        sum += (ulong)last.Count;
        if (sum > long.MaxValue) return Errno.EOVERFLOW;
        total = (long)sum;
        return Errno.None;
    }

    /// <summary>Rules 6.11, 7.11: one step on the own instance, which decides; then one on each copy that was live at that step and still is.</summary>
    private Errno ChangeFamily(EventHandle handle, long set, long clear)
    {
        if (_handles.Find(handle) is not { } own) return Errno.EBADF;
        if (Change(own, set, clear) is var refusal and not Errno.None) return refusal;

        // M51: after the own step (M39). Loaded before, it could be without a copy that appeared between the two.
        if (own.Family?.Load(Row.M51) is not { } members) return Errno.None;
        foreach (Event copy in members.Copies)
        {
            // A copy whose task has not started was not live at our step, and must not be touched: it would appear with what a call
            // gave it that had returned before, and with a gate that its source never had together with that.
            if (_tasks.HasAppeared(copy.Task)) Change(copy, set, clear); // M39; EBADF is a copy that died
        }

        return Errno.None;
    }
}
