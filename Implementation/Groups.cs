// Linux613: roles that are given at Open. How a member finds its leader and pauses or resumes it, and how the leader's death reaches its members.
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace PerfModel.Implementation;

public partial class PerfEvents<THook>
{
    /// <summary>The part that an instance has in a group: it can be paused and resumed, or it does so to its leader, or neither any more.</summary>
    /// <remarks>
    /// Nothing of it changes. The link of a member is held while both ends are live (rule 8.15), so that the word of the leader decides about it as it
    /// does about every other. The table of a leader's members is only where to look when it dies, as a trigger's table is for an overflow.
    /// </remarks>
    [DebuggerDisplay("{Role} of {Leader}, aux {IsAux}")]
    private sealed class Group(bool isAux, bool opensPaused, Event? leader, Role role)
    {
        /// <summary>Whether it can be a leader (rule 8.14).</summary>
        public readonly bool IsAux = isAux;

        /// <summary>Whether its copies start with a paused gate (rule 8.22).</summary>
        public readonly bool OpensPaused = opensPaused;

        /// <summary>The target of its role, perhaps dead; null without a role, and in a copy whose leader was not copied (rule 8.23).</summary>
        public readonly Event? Leader = leader;

        /// <summary>Starter resumes the leader, Stopper pauses it. Nothing without a leader.</summary>
        public readonly Role Role = role;
    }

    /// <summary>Rules 8.10 and 8.12.</summary>
    private bool AcceptsRoles(in EventAttributes a)
    {
        var hasLeader = a.Leader != EventHandle.None;
        if (!_hasGroups) return !(a.Aux || a.Pauses || a.Resumes || hasLeader);
        return !(a.Pauses && a.Resumes) && (a.Pauses || a.Resumes) == hasLeader;
    }

    /// <summary>Rules 8.13 and 8.14: the part in a group that the attributes ask for, null for none.</summary>
    private Errno GroupOf(in EventAttributes a, out Group? group)
    {
        group = null;
        if (!_hasGroups) return Errno.None;
        if (a.StartPaused && !a.Aux) return Errno.EOPNOTSUPP;
        Event? leader = null;
        if (a.Leader != EventHandle.None)
        {
            if (_handles.Find(a.Leader) is not { } found) return Errno.EBADF;

            // M67: the step at which the leader is found (rule 8.21). What makes it unfit never changes.
            if (!found.IsLive(Row.M67)) return Errno.EBADF; // M67
            if (!CanLead(found, a)) return Errno.EINVAL;
            leader = found;
        }

        if (a.Aux || leader is not null) group = new Group(a.Aux, a.StartPaused, leader, a.Pauses ? Role.Stopper : Role.Starter);
        return Errno.None;
    }

    /// <summary>Rule 8.14.</summary>
    private static bool CanLead(Event leader, in EventAttributes a) =>
        leader.Group is { IsAux: true, Leader: null } && leader.Task == a.Task && leader.Cpu == a.Cpu
        && (a.Task == EventAttributes.NoTask || leader.Family is not null == a.Inherit);

    /// <summary>Puts an event that nobody sees yet into the table of its leader's members; null if it has no leader.</summary>
    private static Link? Join(Event member)
    {
        if (member.Group?.Leader is not { } leader) return null;

        // Before it has its place (M3): a leader that dies later finds it. Of one that died before, the table is closed or is walked no more, and
        // LookAtLeader sees the death.
        Link membership = new(leader, member);
        leader.LinksOf(Role.Starter).Add(membership);
        return membership;
    }

    /// <summary>The attempt lost its place: its event never was live.</summary>
    private static void Leave(Link membership)
    {
        membership.Abandon();
        membership.Trigger!.LinksOf(Role.Starter).CountDead();
    }

    /// <summary>Rule 8.21: a leader that died while its member was opened may not have found it.</summary>
    private static void LookAtLeader(Event member)
    {
        // M68, after the member is in the table and has its place: of the leader's closer (M27, then the walk of Part) and this one sees the other.
        if (!member.Group!.Leader!.IsLive(Row.M68)) Detach(member);
    }

    /// <summary>A death in a group: a leader's reaches its members, a member's is counted in the table of its leader.</summary>
    private static void Part(Event dead, Group group)
    {
        if (group.Leader is { } leader) leader.LinksOf(Role.Starter).CountDead();
        if (!group.IsAux || dead.LinksOf(Role.Starter).LoadTable() is not { } members) return;

        // After the dead bit (M27). Each that was live then joined before, so the walk comes to it; and a copy has no members in its table, for its
        // task ends, and they with it.
        for (var i = 0; members.LoadLink(i) is { Target: { } member }; i++) Detach(member);
    }

    /// <summary>Rule 8.19: the death of its leader reaches a member, once.</summary>
    private static void Detach(Event member)
    {
        EventWord seen;
        do
        {
            // M69: the leader's closer and the opener of the member may both come here. Without the bit for good, the second would take back an Enable
            // that was called after the first.
            seen = member.LoadWord(Row.M69);
            if (seen.IsDead || seen.Has(EventWord.DetachedBit)) return;
        }
        while (!member.TryChange(seen, seen.With(set: EventWord.ErrorBit | EventWord.DetachedBit, clear: EventWord.EnabledBit), Row.M69));
    }

    /// <summary>The steps after an admission, in a group: pause, sample, resume (rule 8.16).</summary>
    private static void Deliver(Event trigger, Group group, long overflows)
    {
        if (group is { Leader: { } paused, Role: Role.Stopper }) VisitLeader(paused, pauses: true);
        trigger.AddSamples(overflows); // M25
        if (group is { Leader: { } resumed, Role: Role.Starter }) VisitLeader(resumed, pauses: false);
    }

    /// <summary>Rule 8.18: a visit begins unless another is in the middle of its own; it moves the gate and ends.</summary>
    /// <remarks>
    /// The kernel guards its callback so, for a driver cannot be called in the middle of itself. Here the move is one step, and could do without: the
    /// bit is there so that what the kernel loses can be seen lost.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void VisitLeader(Event leader, bool pauses)
    {
        EventWord seen;
        do
        {
            // M65: the visit begins. A load and a store instead would let two into the middle, and the second would move the gate back (M66).
            seen = leader.LoadWord(Row.M65);
            if (seen.IsDead || seen.Has(EventWord.VisitedBit) || seen.IsPaused == pauses) return;
        }
        while (!leader.TryChange(seen, new EventWord(seen.Bits | EventWord.VisitedBit), Row.M65));

        do
        {
            // M66: it moves the gate and ends. Nobody else moves it meanwhile; but a Tick, a call or the end can come between.
            seen = leader.LoadWord(Row.M66);
            if (seen.IsDead) return;
        }
        while (!leader.TryChange(seen, seen.AfterVisit(), Row.M66));
    }

    /// <summary>Rules 8.22 and 8.23: the copies of leaders and of members, with the gate that they were opened with.</summary>
    /// <param name="sources">The instances that are copied, and the words of their copies.</param>
    /// <param name="copies">Beside each its copy, which nobody sees yet; null for those of groups, which are made here.</param>
    /// <param name="child">The child.</param>
    private static void InheritGroups(List<(Event Source, EventWord Word)> sources, List<Event> copies, int child)
    {
        // Leaders first: the copy of a member refers to that of its leader.
        for (var i = 0; i < copies.Count; i++)
            if (sources[i].Source.Group is { Leader: null }) copies[i] = CopyInGroup(sources[i], null, child);
        for (var i = 0; i < copies.Count; i++)
            if (sources[i].Source.Group is { Leader: { } leader }) copies[i] = CopyInGroup(sources[i], CopyOf(leader, sources, copies), child);
    }

    private static Event CopyInGroup((Event Source, EventWord Word) of, Event? leader, int child)
    {
        var group = of.Source.Group!;
        return new(of.Source, group.OpensPaused ? of.Word.With(set: EventWord.PausedBit, clear: 0) : of.Word, child, new Group(group.IsAux, group.OpensPaused, leader, group.Role));
    }

    private static Event? CopyOf(Event leader, List<(Event Source, EventWord Word)> sources, List<Event> copies)
    {
        // M67, after the member's word (M54): the leader was live together with the member, so the link was held. A leader that died since the name was
        // taken is not owed (rule 7.10); one that died before its member was opened never had that link.
        var at = sources.FindIndex(one => one.Source == leader);
        return at >= 0 && leader.IsLive(Row.M67) ? copies[at] : null; // M67
    }
}
