// The invariants of the lock-free structures when no call is under way. In the twin and in what is compiled of an edited source; the shipped build has none of it.
//
// A call that has returned owes nothing: so what is allowed while calls overlap (a late count of the dead, a link that nobody has claimed yet, a dead
// event in its place) is a leak here, or worse. Nothing is loaded through the hook.
using System.Globalization;

namespace PerfModel.Implementation;

public partial class PerfEvents<THook>
{
    /// <summary>What does not hold although no call is under way, in one line; null if all does.</summary>
    internal string? Unrest()
    {
        var own = new List<Event>();
        if (_handles.Unrest(own) is { } ofPlaces) return ofPlaces;
        var copies = new List<Event>();
        if (_tasks.Unrest(own, copies) is { } ofTasks) return ofTasks;
        foreach (Event e in own.Concat(copies))
        {
            if ((UnrestOf(e, Role.Starter, own) ?? UnrestOf(e, Role.Stopper, own) ?? e.Family?.Unrest(e, copies)) is { } unrest) return unrest;
        }

        return copies.Find(copy => !copy.Family!.HasAtRest(copy)) is { } lost ? $"{Shown(lost)} is not in its family" : null;
    }

    // As a target: who is in its slot has it in its table. As a trigger: who is in its table is held, or known to be dead.
    private static string? UnrestOf(Event e, Role role, List<Event> own)
    {
        Link? held = e.Slot(role).PeekWithoutHook();
        if (held == Link.Tombstone || held == Link.Frozen) return $"{Shown(e)}: its {Word(role)} slot is closed for ever, and it lives";
        if (held is { Trigger: { } owner })
        {
            if (held.Target != e) return $"{Shown(e)}: its {Word(role)} slot has a link to another event";
            if (!owner.IsDeadAtRest() && !owner.LinksOf(role).Has(held)) return $"{Shown(e)}: {Shown(owner)} is its {Word(role)}, and does not have it in its table";
            if (owner.IsDeadAtRest() && !owner.LinksOf(role).IsClosed) return $"{Shown(owner)} is dead, and still has a table of targets";
        }

        if (role == Role.Starter && e.Group is { } group && UnrestOf(e, group) is { } ofGroup) return ofGroup;
        if (e.LinksOf(role).IsClosed) return $"{Shown(e)}: its {Word(role)} table is closed, and it lives";
        return e.LinksOf(role).Unrest(link => link.Target is { } target && ((IsMember(target, e) && own.Contains(target)) || target.Slot(role).PeekWithoutHook() == link)) is { } unrest
            ? $"{Shown(e)}, {Word(role)} table: {unrest}" : null;
    }

    // A leader has its members in its starter table, but for copies, which no death reaches. A member that lost its leader was told.
    private static string? UnrestOf(Event e, Group group)
    {
        if (e.IsUnderAVisitAtRest()) return $"{Shown(e)} is under a visit, and nobody visits it";
        if (group.Leader is not { } leader || leader.Task != e.Task || !leader.HasMembersAtRest()) return null;
        if (leader.IsDeadAtRest()) return e.IsDetachedAtRest() ? null : $"{Shown(e)}: its leader {Shown(leader)} is dead, and it was not told";
        return leader.LinksOf(Role.Starter).HasEntryOf(e) ? null : $"{Shown(e)}: its leader {Shown(leader)} does not have it in its table";
    }

    private static bool IsMember(Event e, Event leader) => e.Group?.Leader == leader;

    private static string Word(Role role) => role == Role.Starter ? "starter" : "stopper";

    private static string Shown(Event e) => string.Create(CultureInfo.InvariantCulture, $"handle {e.Handle} of task {e.Task}");

    private sealed partial class Event
    {
        public bool IsDeadAtRest() => new EventWord(_word.PeekWithoutHook()).IsDead;

        public bool IsUnderAVisitAtRest() => new EventWord(_word.PeekWithoutHook()).Has(EventWord.VisitedBit);

        public bool IsDetachedAtRest() => new EventWord(_word.PeekWithoutHook()).Has(EventWord.DetachedBit);

        // Of a copy nobody is told.
        public bool HasMembersAtRest() => _starts.HasTable;

        // Of a dead one that is still referred to: it has let go of its owners.
        public bool HasLetGo() => _starter.PeekWithoutHook()?.Trigger is null && _stopper.PeekWithoutHook()?.Trigger is null;
    }

    private sealed partial class Link
    {
        public bool IsAbandonedAtRest() => _abandoned.PeekWithoutHook() != 0;
    }

    private readonly partial struct HandleTable
    {
        public string? Unrest(List<Event> live)
        {
            for (var i = 0; i < _places.Length; i++)
            {
                if (_places[i].PeekWithoutHook() is not { } tenant) continue;
                if (IndexOf(tenant.Handle) != i) return string.Create(CultureInfo.InvariantCulture, $"place {i} has {Shown(tenant)}, which belongs in place {IndexOf(tenant.Handle)}");
                if (tenant.IsDeadAtRest()) return string.Create(CultureInfo.InvariantCulture, $"place {i} still has {Shown(tenant)}, which was closed");
                live.Add(tenant);
            }

            return null;
        }
    }

    private sealed partial class TaskTable
    {
        /// <summary>Rosters, with the own instances that live; then names, whose copies are listed.</summary>
        public string? Unrest(List<Event> own, List<Event> copies)
        {
            for (var root = 0; root < _rosters.Length; root++)
            {
                if (_rosters[root].IsClosed) return string.Create(CultureInfo.InvariantCulture, $"the roster of task {root} is closed");
                if (_rosters[root].Unrest(entry => own.Contains(entry.Target!)) is { } unrest) return string.Create(CultureInfo.InvariantCulture, $"roster of task {root}: {unrest}");
            }

            foreach (Event e in own)
            {
                if (e.Family is not null && !_rosters[e.Task].HasEntryOf(e)) return $"{Shown(e)} is inherited, and is not on the roster of its task";
            }

            for (var name = _rosters.Length; name < _names; name++)
            {
                if (_pages[name >> PageBits].PeekWithoutHook()?.Entry(name).PeekWithoutHook() is not { } life || life == TaskLife.Exited) continue;
                if (!life.Runs) return string.Create(CultureInfo.InvariantCulture, $"task {name} {(life == TaskLife.Forking ? "has its name taken, and never appeared" : "has exited, and its copies are still referred to")}");
                foreach (Event copy in life.Copies)
                {
                    if (copy.IsDeadAtRest()) return $"{Shown(copy)} is dead, and its task runs";
                    if (copy.Task != name) return $"{Shown(copy)} is among the copies of task {name}";
                    copies.Add(copy);
                }
            }

            return null;
        }
    }

    private sealed partial class Family
    {
        /// <summary>Its members are the live copies: the dead are in the sum.</summary>
        public string? Unrest(Event e, List<Event> copies)
        {
            foreach (Event member in _members.PeekWithoutHook()!.Copies)
            {
                if (member.IsDeadAtRest()) return $"the family of {Shown(e)} has {Shown(member)}, which is dead";
                if (!copies.Contains(member)) return $"the family of {Shown(e)} has {Shown(member)}, which no task has";
            }

            return null;
        }

        public bool HasAtRest(Event copy) => _members.PeekWithoutHook()!.Copies.Contains(copy);
    }

    private partial struct Links
    {
        public bool IsClosed => _table.PeekWithoutHook() == LinkTable.Closed;

        public bool HasTable => _table.PeekWithoutHook() is not null;

        public bool Has(Link link) => _table.PeekWithoutHook()?.IndexAtRest(entry => entry == link) >= 0;

        public bool HasEntryOf(Event e) => _table.PeekWithoutHook()?.IndexAtRest(entry => entry.Target == e && !entry.IsAbandonedAtRest()) >= 0;

        public string? Unrest(Func<Link, bool> isHeld) => _table.PeekWithoutHook()?.Unrest(isHeld);
    }

    private sealed partial class LinkTable
    {
        /// <summary>The first entry that is the one, before the first that is empty: where a walk would find it. −1 if there is none.</summary>
        public int IndexAtRest(Predicate<Link> isIt)
        {
            for (var i = 0; i < Links.Length && Links[i].PeekWithoutHook() is { } link; i++)
                if (isIt(link)) return i;
            return -1;
        }

        public string? Unrest(Func<Link, bool> isHeld)
        {
            var filled = IndexAtRestOfNone();
            for (var i = filled; i < Links.Length; i++)
                if (Links[i].PeekWithoutHook() is not null) return string.Create(CultureInfo.InvariantCulture, $"entry {filled} is empty, and entry {i} is not");
            if (_filled.PeekWithoutHook() > filled) return string.Create(CultureInfo.InvariantCulture, $"{_filled.PeekWithoutHook()} entries are said to be filled, and {filled} are");
            var dead = 0;
            for (var i = 0; i < filled; i++)
            {
                Link link = Links[i].PeekWithoutHook()!;
                if (link == Link.Frozen) return string.Create(CultureInfo.InvariantCulture, $"entry {i} is frozen in a table that nobody replaces");
                if (Targets[i].PeekWithoutHook() != link.Target) return string.Create(CultureInfo.InvariantCulture, $"beside entry {i} stands another target");
                if (link.IsAbandonedAtRest() || link.Target!.IsDeadAtRest()) dead++;
                else if (!isHeld(link)) return string.Create(CultureInfo.InvariantCulture, $"entry {i}, of {Shown(link.Target)}, is neither held nor given up");
                if (link.Target!.IsDeadAtRest() && !link.Target.HasLetGo()) return $"{Shown(link.Target)} is dead, and still refers to an owner";
            }

            // Of 8 nobody takes notice; of more, as soon as they are more than half.
            if (_dead.PeekWithoutHook() < dead) return string.Create(CultureInfo.InvariantCulture, $"{dead} entries are dead, and {_dead.PeekWithoutHook()} were counted: what they refer to is kept");
            return dead > LeastCapacity && 2 * dead > filled ? string.Create(CultureInfo.InvariantCulture, $"{dead} of {filled} entries are dead, and nobody rebuilds it") : null;
        }

        private int IndexAtRestOfNone()
        {
            var i = 0;
            while (i < Links.Length && Links[i].PeekWithoutHook() is not null) i++;
            return i;
        }
    }
}
