// A trigger's links of one role, or a root task's roster: an array to walk, added to in O(1), and the method that replaces it when it is full
// or mostly dead.
using System.Diagnostics;
using System.Globalization;

namespace PerfModel.Implementation;

public partial class PerfEvents<THook>
{
    /// <summary>
    /// A contiguous array of links of one trigger and one role, or of the events of one roster, filled from the front without a hole.
    /// A table is replaced, never emptied.
    /// </summary>
    /// <remarks>
    /// The target stands beside the link so that a walk finds the targets in the array itself. If the gate of a target is
    /// already as it should be, the walk asks nothing more (<see cref="PassOver"/>).
    /// </remarks>
    [DebuggerDisplay("{DebuggerDisplay,nq}")]
    private sealed partial class LinkTable
    {
        /// <summary>The table of a dead trigger: takes no link and has none.</summary>
        public static readonly LinkTable Closed = new([], [], 0);

        private const int LeastCapacity = 8;

        /// <summary>An element is null, then for ever a link or <see cref="Link.Frozen"/>.</summary>
        public readonly SharedReference<Link>[] Links;

        /// <summary>Beside each link its target, stored after it.</summary>
        public readonly SharedReference<Event>[] Targets;

        // Where to look for the first free entry: that one, or one before it. Never one behind it, or an adder would leave a hole.
        private SharedLong _filled;

        // Entries known to be dead. May be too high by those that a rebuild dropped before they were counted: that makes a
        // rebuild early. It is never too low for good (Links.CountDead, Links.TryReplace).
        private SharedLong _dead;

        // Not shared yet: the compare-exchange that installs the table publishes its entries.
        private LinkTable(SharedReference<Link>[] links, SharedReference<Event>[] targets, int filled)
        {
            Links = links;
            Targets = targets;
            _filled = new SharedLong(filled);
        }

        /// <summary>Adds a link, or answers false if the table is full or being replaced.</summary>
        public bool TryAdd(Link link)
        {
            for (var i = LoadFilled(); i < Links.Length; i++)
            {
                // M11: the step that publishes the link to overflows. A plain store would wipe out the link of another adder, or put ours
                // behind Frozen, where nobody will look any more.
                Link? there = Links[i].CompareExchange(link, null, Row.M11);
                if (there == Link.Frozen) return false;
                if (there is not null) continue;
                Targets[i].StoreRelease(link.Target, Row.M59); // M59
                _filled.StoreRelease(i + 1, Row.M10); // M10
                return true;
            }

            return false;
        }

        /// <summary>Entries that have a link; perhaps a few more have.</summary>
        // M12, acquire by habit: too low a value only makes an adder look at more entries.
        private int LoadFilled() => (int)_filled.LoadAcquire(Row.M12);

        /// <summary>The link of an entry, or null: it has none, nor has any entry behind it.</summary>
        // M60, acquire: pairs with TryAdd (M11). Without it the reader could see the link and not its trigger and target.
        public Link? LoadLink(int index) => index < Links.Length ? Links[index].LoadAcquire(Row.M60) : null;

        /// <summary>Counts entries that have died, and says whether the table is now worth a rebuild: mostly dead, and not tiny.</summary>
        // M20: a full fence. The load of the current table that follows in Links.CountDead (M21) must come after it.
        public bool CountDead(long entries)
        {
            var dead = _dead.Add(entries, Row.M20);
            return dead > LeastCapacity && 2 * dead > LoadFilled();
        }

        // M22, acquire: pairs with CountDead (M20).
        public long LoadDead() => _dead.LoadAcquire(Row.M22);

        /// <summary>
        /// A table with every entry of <paramref name="old"/> that is not dead, and <paramref name="added"/>, if any.
        /// <paramref name="old"/> takes no link any more.
        /// </summary>
        /// <param name="old">The table to be replaced; null if there is none yet.</param>
        /// <param name="dead">How many of its entries are known to be dead: only to guess how much room the new one needs.</param>
        /// <param name="added">A link that found no place in it.</param>
        public static LinkTable Rebuild(LinkTable? old, long dead, Link? added)
        {
            // Twice what is kept: as many adds are free of rebuilding as this rebuild had entries to copy. Hence O(1) amortised. The guess is
            // too low if an adder's late word has filled look lower than it is.
            var filled = old?.LoadFilled() ?? 0;
            var room = Math.Max(LeastCapacity, 2 * (filled - (int)dead + 1));
            LinkTable? next;
            while ((next = TryRebuild(old, room, added)) is null) room *= 2;
            return next;
        }

        /// <summary>The same, or null if there is not room enough.</summary>
        private static LinkTable? TryRebuild(LinkTable? old, int room, Link? added)
        {
            var links = new SharedReference<Link>[room];
            var targets = new SharedReference<Event>[room];
            var kept = 0;
            for (var i = 0; i < old?.Links.Length; i++)
            {
                // M14: the first entry that no adder has filled is closed in the same step that finds it empty, and with it all
                // behind it. Were it only read, the adder could fill it afterwards, answer that the link is published, and
                // no overflow would ever find it.
                Link? link = old.LoadLink(i) ?? old.Links[i].CompareExchange(Link.Frozen, null, Row.M14);
                if (link is null || link == Link.Frozen) break;
                if (link.IsDeadEntry()) continue;
                if (kept == room) return null;
                links[kept] = new SharedReference<Link>(link);
                targets[kept++] = new SharedReference<Event>(link.Target);
            }

            if (added is null) return new LinkTable(links, targets, kept);
            if (kept == room) return null;
            links[kept] = new SharedReference<Link>(added);
            targets[kept++] = new SharedReference<Event>(added.Target);
            return new LinkTable(links, targets, kept);
        }

        private string DebuggerDisplay => ReferenceEquals(this, Closed)
            ? "closed"
            : string.Create(CultureInfo.InvariantCulture,
                $"{_filled.PeekWithoutHook()} of {Links.Length} entries, {_dead.PeekWithoutHook()} dead");
    }

    /// <summary>
    /// The current table of one trigger and one role: null until its first link, then tables, then for ever Closed. Or that of one
    /// root's roster, which is never closed.
    /// </summary>
    /// <remarks>
    /// The promise: every walk that begins after <see cref="Add"/> has returned true finds the link in the table,
    /// until the trigger closes or the link is dead. And the table of a live trigger is at most half dead, but for
    /// 8 entries and those that are being counted.
    /// </remarks>
    private partial struct Links
    {
        private SharedReference<LinkTable> _table;

        /// <summary>The table to walk, or null if there never was a link.</summary>
        // M9, acquire: pairs with the compare-exchange that installs a table (M15). Without it a walk could see the table and not
        // what a rebuild put in it. The caller loads it after its admission (PerfEvents.Pass says what is lost otherwise).
        public LinkTable? LoadTable() => _table.LoadAcquire(Row.M9);

        /// <summary>Publishes a link to all later walks, or answers false: the trigger is dead.</summary>
        public bool Add(Link link)
        {
            while (true)
            {
                LinkTable? table = _table.LoadAcquire(Row.M9); // M9
                if (table == LinkTable.Closed) return false;
                if (table is not null && table.TryAdd(link)) return true;

                // Full, frozen, or none yet. Whoever installs the next table has added its own link with it, and whoever fails to
                // was overtaken by another's add, sweep or close: somebody always gets on.
                if (TryReplace(table, link)) return true;
            }
        }

        /// <summary>An entry of the table has died: its target closed, or its attempt was refused. The caller made it so before.</summary>
        public void CountDead()
        {
            while (true)
            {
                LinkTable? table = _table.LoadAcquire(Row.M9); // M9
                if (table is null || table == LinkTable.Closed) return;
                var worthRebuilding = table.CountDead(1);

                // M21: counted in time only if that table is still the current one; else its replacer may have carried the count
                // over without ours (TryReplace). Counting twice is harmless, not at all would keep a dead target for ever.
                if (_table.LoadAcquire(Row.M21) != table) continue;
                if (worthRebuilding) TryReplace(table, null);
                return;
            }
        }

        /// <summary>The trigger is dead: lets go of its targets.</summary>
        // M16, release: later than the dead bit, and for good. A rebuild under way fails at its compare-exchange (M15) instead of bringing
        // a table back. An add that had loaded the old table succeeds there unseen, and its caller's link is that of a dead trigger.
        public void Close() => _table.StoreRelease(LinkTable.Closed, Row.M16);

        /// <summary>Puts a table without the dead in the place of <paramref name="old"/>, or answers false if that was replaced already.</summary>
        private bool TryReplace(LinkTable? old, Link? added)
        {
            Debug.Assert(old != LinkTable.Closed, "Nothing follows the closed table.");
            var deadBefore = old?.LoadDead() ?? 0; // M22
            LinkTable next = LinkTable.Rebuild(old, deadBefore, added);

            // M15: publishes the table. No table is installed twice, so a success says that nobody replaced old meanwhile.
            if (_table.CompareExchange(next, old, Row.M15) != old) return false;
            if (old is null) return true;

            // Who was counted before the rebuild began is not in the new table. Who was counted since may be: the entry was perhaps
            // alive when it was copied. Who counts in the old table after this load (M22) sees, by the fence of M20, that the table
            // was replaced, and counts again in the new one. So nobody is missed.
            var meanwhile = old.LoadDead() - deadBefore;

            // Another turn needs that while we copied as many entries died as half the table has.
            if (meanwhile > 0 && next.CountDead(meanwhile)) TryReplace(next, null);
            return true;
        }
    }
}
