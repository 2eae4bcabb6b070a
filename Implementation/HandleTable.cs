// Handles: how an event gets a place and a name, how a name finds its event, and how one knows that the table is full.
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace PerfModel.Implementation;

public partial class PerfEvents<THook>
{
    /// <summary>M places, each empty or with an event. A place is <i>free</i> iff it is empty or its event is dead.</summary>
    /// <remarks>
    /// A part of the system's own object: each call begins with Find, and a load less.
    /// <code>
    ///   handle = [0 | number of the Open, from 1 | index of the place]
    /// </code>
    /// The number makes a handle unique (rule 1.2), the index finds it in one load. The event itself remembers its handle, so a
    /// handle of an earlier tenant finds somebody else, or nobody, and is EBADF.
    /// </remarks>
    [DebuggerDisplay("{_places.Length} places, {_counters[Issued].PeekWithoutHook()} handles issued")]
    private readonly partial struct HandleTable
    {
        private readonly SharedReference<Event>[] _places;
        private readonly TaskTable _tasks;
        private readonly int _indexBits;
        private readonly int _indexMask;

        // Two numbers that each Open changes, each on a cache line of its own: every call of every thread reads what stands above.
        private readonly SharedLong[] _counters;

        // Handles given out, those of attempts that lost their place included.
        private const int Issued = 8;

        // Where to look first for a free place: a place that was freed, or the one behind that which was filled last.
        private const int Hint = 16;

        public HandleTable(int capacity, TaskTable tasks)
        {
            _tasks = tasks;
            _places = new SharedReference<Event>[capacity];
            _counters = new SharedLong[24];
            _indexBits = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)capacity));
            _indexMask = (1 << _indexBits) - 1;
        }

        /// <summary>The event of this handle, or null if it was never issued or is gone. It may be dead already.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Event? Find(EventHandle handle)
        {
            // A capacity that is no power of two leaves indices without a place.
            SharedReference<Event>[] places = _places;
            var index = IndexOf(handle);
            if ((uint)index >= (uint)places.Length) return null;

            // M1, acquire: pairs with the compare-exchange that filled the place (M3). Without it a caller who got the handle from
            // another thread by a plain store could see the event before its attributes.
            Event? tenant = places[index].LoadAcquire(Row.M1);
            if (tenant is null || tenant.Handle != handle) return null;
            return tenant;
        }

        private int IndexOf(EventHandle handle) => (int)handle.Value & _indexMask;

        /// <summary>
        /// Opens an event in a free place; ESRCH instead if its task does not run; EMFILE if at one instant all places had live events.
        /// </summary>
        public Errno Open(in EventAttributes attributes, Group? group, bool taskRuns, out EventHandle handle)
        {
            // M6, acquire by habit: any value will do, it only shortens the search.
            var start = (int)_counters[Hint].LoadAcquire(Row.M6);
            for (var i = 0; i < _places.Length; i++)
            {
                var index = start + i < _places.Length ? start + i : start + i - _places.Length;
                if (TryTake(index, attributes, group, taskRuns, out handle, out _) is { } answer) return answer;
            }

            // No place was free when it was looked at, but perhaps one was at every instant. So look twice at the same events: a
            // life has no gaps, and those that were live in both rounds were all live between the two (rule 7.12). To find every
            // place taken twice would not do: it may have been emptied and filled again in between. This path, and only this,
            // costs 8 bytes for each place.
            var seen = new Event[_places.Length];
            do
            {
                for (var index = 0; index < seen.Length; index++)
                    if (TryTake(index, attributes, group, taskRuns, out handle, out seen[index]!) is { } answer) return answer;
            }
            while (!Array.TrueForAll(seen, tenant => tenant.IsLive(Row.M4))); // M4; a death met here is another call's progress

            handle = EventHandle.None;
            return Errno.EMFILE;
        }

        /// <summary>Takes a place if it is free; else answers null and names its event. ESRCH takes nothing, but was free to.</summary>
        private Errno? TryTake(int index, in EventAttributes attributes, Group? group, bool taskRuns, out EventHandle handle, out Event? tenant)
        {
            handle = EventHandle.None;
            while (true)
            {
                // M2, acquire: pairs with M3, as M1 does: the tenant's word is read next.
                tenant = _places[index].LoadAcquire(Row.M2);

                // M4, acquire: pairs with the dead bit (M27). A dead event's place is free although its closer, who may have been
                // stopped for ever, has not emptied it: or fewer than M events would be live and the answer EMFILE (rule 7.12).
                if (tenant is not null && tenant.IsLive(Row.M4)) return null;
                if (!taskRuns) return Errno.ESRCH;

                // M5: only uniqueness is asked of it.
                var number = _counters[Issued].Add(1, Row.M5);
                if (number > long.MaxValue >> _indexBits) return Errno.EMFILE; // the last handle is issued; never one twice
                EventHandle name = new((number << _indexBits) | (uint)index);

                // On its roster (M11) before it has its place. The other way round another thread could be told EMFILE because of it,
                // then fork, and the fork would not find it.
                Event opened = new(name, attributes, group);
                Link? entry = _tasks.Enrol(opened);
                Link? membership = Join(opened);

                // M3: the step of Open (rule 7.2). It publishes the event whole, and it fails if another Open took the place.
                if (_places[index].CompareExchange(opened, tenant, Row.M3) == tenant)
                {
                    _counters[Hint].StoreRelease(index + 1 < _places.Length ? index + 1 : 0, Row.M7); // M7
                    handle = name;
                    if (membership is not null) LookAtLeader(opened);
                    return Errno.None;
                }

                if (membership is not null) Leave(membership);
                if (entry is not null) _tasks.Withdraw(entry);
            }
        }

        /// <summary>Empties the place of a dead event, so that the table does not keep it from the garbage collector.</summary>
        public void Vacate(Event dead)
        {
            var index = IndexOf(dead.Handle);

            // M8: if it is still ours. An Open may have found us dead and taken the place; a plain store would wipe it out.
            _places[index].CompareExchange(null, dead, Row.M8);

            // M6, M64: not if the next search finds a free place at once anyway: else each of many closers would take the hint's cache line from
            // the others.
            if (_places[(int)_counters[Hint].LoadAcquire(Row.M6)].LoadAcquire(Row.M64) is not null) _counters[Hint].StoreRelease(index, Row.M7); // M7
        }
    }
}
