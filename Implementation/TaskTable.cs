// Tasks: what a name stands for in the course of its one life, which copies a task has, and whom a fork of a root has to copy.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace PerfModel.Implementation;

public partial class PerfEvents<THook>
{
    /// <summary>The entry of a task name once it is used.</summary>
    /// <remarks>
    /// <code>
    ///   null              unused
    ///    ▼  Forking       a fork has taken the name
    ///    ▼  running       the task has appeared, with its copies
    ///    ▼  exiting       it has ended; each copy lives until its own dead bit
    ///    ▼  Exited        all its copies are dead
    /// </code>
    /// Each arrow is one interlocked store into the name's entry. One fork makes the first two, one exit the others. A fact about a
    /// name, once an arrow has made it true, is true for ever: that it was used, that its task has appeared, that it runs no more.
    /// </remarks>
    [DebuggerDisplay("{DebuggerDisplay,nq}")]
    private sealed class TaskLife
    {
        /// <summary>Taken by a fork that has not come to its end yet. Without copies: they have not appeared.</summary>
        public static readonly TaskLife Forking = new([], runs: false);

        /// <summary>Shared by all that are gone, so that a task leaves nothing but its name.</summary>
        public static readonly TaskLife Exited = new([], runs: false);

        /// <summary>All copies that the task ever had (rule 6.12), in the order of their handles. Nobody writes here.</summary>
        public readonly Event[] Copies;

        public readonly bool Runs;

        private TaskLife(Event[] copies, bool runs)
        {
            Copies = copies;
            Runs = runs;
        }

        /// <summary>The life of a task that runs, with copies in the order of their handles.</summary>
        public static TaskLife Running(Event[] copies) => new(copies, runs: true);

        /// <summary>The same task when it runs no more, and its copies die one by one.</summary>
        public TaskLife Exiting() => new(Copies, runs: false);

        /// <summary>The copy of this event, or null if the task has none. It may be dead already.</summary>
        public Event? Find(EventHandle handle)
        {
            var low = 0;
            var high = Copies.Length - 1;
            while (low <= high)
            {
                var middle = (low + high) >>> 1;
                Event copy = Copies[middle];
                if (copy.Handle == handle) return copy;
                if (copy.Handle.Value < handle.Value) low = middle + 1;
                else high = middle - 1;
            }

            return null;
        }

        private string DebuggerDisplay =>
            ReferenceEquals(this, Forking) ? "forking"
            : ReferenceEquals(this, Exited) ? "exited"
            : string.Create(CultureInfo.InvariantCulture, $"{(Runs ? "runs" : "exits")}, {Copies.Length} copies");
    }

    /// <summary>The T task names: R roots, each with a roster, and the names of forked tasks, each with its life.</summary>
    [DebuggerDisplay("{_rosters.Length} roots, {_names} names")]
    private sealed partial class TaskTable
    {
        private const int PageBits = 7;
        private const int PageLength = 1 << PageBits;

        private readonly int _names;

        // For each root a superset of its events that a fork has to copy, to walk when it forks. What is true is said by the places
        // of the handle table. Forked tasks need none: what they have was there from their start.
        private readonly Links[] _rosters;

        // The entries of the names, those of roots never used; a page is null until a fork takes a name on it.
        private readonly SharedReference<Page>[] _pages;

        public TaskTable(int roots, int names)
        {
            _names = names;
            _rosters = new Links[roots];
            _pages = new SharedReference<Page>[(names + PageLength - 1) >> PageBits];
        }

        /// <summary>The copy of an event in a task, or null if that task has none, does not run yet, or is gone.</summary>
        // M43: the load of the entry is the step of an EBADF; a copy that is found has a word to say whether it lives.
        public Event? Find(EventHandle handle, int task) => Load(task)?.Find(handle);

        /// <summary>Whether a task runs, and if it is no root its life.</summary>
        // M43: the first step of Fork (rule 7.10).
        public bool Runs(int task, out TaskLife? life)
        {
            life = null;
            if ((uint)task < (uint)_rosters.Length) return true;
            if (Load(task) is not { Runs: true } running) return false;
            life = running;
            return true;
        }

        /// <summary>Whether a name other than a root's was used (rule 6.1): once so, for ever.</summary>
        public bool IsUsed(int name) => Load(name, Row.M46) is not null; // M46

        /// <summary>Whether a task has come to run, once its name was taken. Once so, for ever.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool HasAppeared(int name) => Load(name, Row.M47) != TaskLife.Forking; // M47

        /// <summary>Takes a name for a task; else says why not: EEXIST, EAGAIN, EINVAL (rule 6.2). The second step of Fork.</summary>
        public Errno Take(int name)
        {
            if ((uint)name < (uint)_rosters.Length) return Errno.EEXIST;
            if ((uint)name >= (uint)_names) return AreAllUsed() ? Errno.EAGAIN : Errno.EINVAL;

            // M44: the name, to one of two forks; a name is never free again, so the other's EEXIST is true from here on.
            return PageOf(name).Entry(name).CompareExchange(TaskLife.Forking, null, Row.M44) is null ? Errno.None : Errno.EEXIST;
        }

        /// <summary>The last step of Fork: the task runs, and all its copies appear, with their links.</summary>
        // M45: an exchange, by the fork that took the name. It publishes all that was made for the task, and comes after each copy was
        // added to its family (M52): from here on it may count, and its task exit.
        public void Start(int name, TaskLife running) => PageOf(name).Entry(name).Exchange(running, Row.M45);

        /// <summary>The first step of Exit: the task runs no more. Its life, or null if it did not run, or never exits.</summary>
        public TaskLife? End(int task)
        {
            if (Load(task) is not { Runs: true } running) return null; // M43

            // M48: of two exits one ends the task, and it alone ends the copies. The other's ESRCH is true from here on.
            TaskLife exiting = running.Exiting();
            return PageOf(task).Entry(task).CompareExchange(exiting, running, Row.M48) == running ? exiting : null;
        }

        /// <summary>All copies of the task are dead: the table lets them go.</summary>
        // M49: by the exit that ended the task.
        public void Forget(int task) => PageOf(task).Entry(task).Exchange(TaskLife.Exited, Row.M49);

        /// <summary>Lays an event that is being opened on the roster of its root, if it is one that forks copy.</summary>
        public Link? Enrol(Event opened)
        {
            if (opened.Family is null) return null;
            Link entry = new(opened);
            var added = _rosters[opened.Task].Add(entry); // M9 to M15
            Debug.Assert(added, "A root does not end, and its roster is never closed.");
            return entry;
        }

        /// <summary>The event was not opened: another took its place.</summary>
        public void Withdraw(Link entry)
        {
            entry.Abandon();
            CountDead(entry.Target!);
        }

        /// <summary>An event is dead, or was never opened: if it is on a roster, that is told to count it.</summary>
        public void CountDead(Event e)
        {
            if (e.Family is not null) _rosters[e.Task].CountDead();
        }

        /// <summary>The roster of a root, or null if it never had an event that forks copy.</summary>
        // M9, after the name was taken (M44): loaded before, an event that was opened between the two, and lived on, would be missed.
        public LinkTable? LoadRoster(int root) => _rosters[root].LoadTable();

        // Each name is looked at once, and that is enough: what was used stays used, so at the last look all were.
        private bool AreAllUsed()
        {
            for (var name = _rosters.Length; name < _names; name++)
                if (Load(name) is null) return false; // M43
            return true;
        }

        /// <summary>The entry of a name; null if it is unused, out of range, or a root's.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private TaskLife? Load(int name, Row row = Row.M43)
        {
            if ((uint)name >= (uint)_names) return null;

            // M41, acquire: pairs with the compare-exchange that brought the page (M42). No page, no name used on it.
            Page? page = _pages[name >> PageBits].LoadAcquire(Row.M41);

            // M43, acquire: pairs with the start of the task (M45). Without it a caller could find a copy before its attributes and links.
            return page?.Entry(name).LoadAcquire(row);
        }

        private Page PageOf(int name)
        {
            ref SharedReference<Page> place = ref _pages[name >> PageBits];
            Page? page = place.LoadAcquire(Row.M41); // M41
            if (page is not null) return page;
            page = new Page();

            // M42: of two pages for the same names one stays. A plain store would wipe out the names that were taken on the first.
            return place.CompareExchange(page, null, Row.M42) ?? page;
        }

        /// <summary>The entries of neighbouring names.</summary>
        private sealed class Page
        {
            private readonly SharedReference<TaskLife>[] _entries = new SharedReference<TaskLife>[PageLength];

            public ref SharedReference<TaskLife> Entry(int name) => ref _entries[name & (PageLength - 1)];
        }
    }
}
