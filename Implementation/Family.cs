// A family: the copies of one event, and what those that are gone have counted.
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace PerfModel.Implementation;

public partial class PerfEvents<THook>
{
    /// <summary>The copies of one event in all tasks. A set and not a tree: the source of a copy does not matter (rule 6.6).</summary>
    /// <remarks>
    /// It outlives its event's Close, since copies do (rule 6.13); nobody asks for a total any more then. A copy is in it from before it
    /// appears until after it is dead. In between nothing is missing from the total, and outside there is nothing to add.
    /// </remarks>
    [DebuggerDisplay("{_members.PeekWithoutHook()}")]
    private sealed partial class Family
    {
        private SharedReference<Members> _members = new(Members.None);

        // M50, M51, acquire: pairs with M52 and M53. What must come before it, and after, each caller says.
        public Members Load(Row row = Row.M50) => _members.LoadAcquire(row)!;

        /// <summary>A copy that is about to appear.</summary>
        public void Add(Event copy)
        {
            Members seen;
            do seen = Load();
            while (!TryReplace(seen, seen.With(copy), Row.M52)); // M52
        }

        /// <summary>A copy is dead: its count takes its place.</summary>
        /// <remarks>
        /// In one step, or a total in between has it twice or not at all. It is done once, by the exit that ended the copy. The
        /// family is the only one to say whether it was done, so there is nothing that could be out of step with it.
        /// </remarks>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Fold(Event copy, long count)
        {
            Members seen;
            do seen = Load();
            while (!TryReplace(seen, seen.Without(copy, count), Row.M53)); // M53
        }

        // A failure is another fork or exit that has got on. No Members is there twice, so a success says that nobody came between.
        private bool TryReplace(Members seen, Members next, Row row = Row.None) => _members.CompareExchange(next, seen, row) == seen;
    }

    /// <summary>A family at one instant. Replaced as a whole, so that each reader has each copy either in the set or in the sum.</summary>
    /// <remarks>
    /// The price is that a fork and an exit write as many references as the event has copies. They are rare beside the ticks and
    /// reads, which find an array here, and wait for nobody.
    /// </remarks>
    [DebuggerDisplay("{Copies.Length} copies, {Left} left by others")]
    private sealed class Members
    {
        public static readonly Members None = new(0, []);

        /// <summary>In no order. Some may not have appeared yet, some be dead. Nobody writes here.</summary>
        public readonly Event[] Copies;

        /// <summary>The sum of the counts of the copies that are gone (rule 6.9). At most 2²² tasks of 2⁵³ each: more than a long can hold.</summary>
        public readonly UInt128 Left;

        private Members(UInt128 left, Event[] copies)
        {
            Left = left;
            Copies = copies;
        }

        public Members With(Event copy)
        {
            var more = new Event[Copies.Length + 1];
            for (var i = 0; i < Copies.Length; i++) more[i] = Copies[i];
            more[Copies.Length] = copy;
            return new Members(Left, more);
        }

        public Members Without(Event copy, long count)
        {
            var fewer = new Event[Copies.Length - 1];
            var kept = 0;
            for (var i = 0; i < Copies.Length; i++)
                if (Copies[i] != copy) fewer[kept++] = Copies[i];
            Debug.Assert(kept == fewer.Length, "A copy is in its family until it is folded, and is folded once.");
            return new Members(Left + (ulong)count, fewer);
        }
    }
}
