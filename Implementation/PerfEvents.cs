// The library's public surface, and the essay that tells the algorithm and why it is linearizable.
using System.Diagnostics;

namespace PerfModel.Implementation;

/// <summary>A system of starter and stopper events, without locks: the shipped build.</summary>
/// <param name="options">The declared dialect and limits.</param>
/// <exception cref="ArgumentOutOfRangeException">A declared value is outside its range.</exception>
public sealed class PerfEvents(PerfEventsOptions options) : PerfEvents<NoHook>(options);

/// <summary>
/// A system of starter and stopper events, without locks. Any thread may call anything at any time; no call waits for another.
/// </summary>
/// <typeparam name="THook">The performer of every access to shared state; the machine itself, in <see cref="PerfEvents"/>.</typeparam>
/// <remarks>
/// Every call answers an <see cref="Errno"/> and throws nothing; any further answer is an out value, which is the default
/// when the call is refused. Overflow, Tick and the reads allocate nothing. A call by handle reaches the event's own instance;
/// Enable, Disable and TotalCount reach its copies as well.
/// </remarks>
[DebuggerDisplay("{_options.Dialect}, {_options.Capacity} places")]
public partial class PerfEvents<THook>
    where THook : struct, ISchedulingHook
{
    /*
     * THE ALGORITHM
     *
     * Life is monotone (an event is live, then dead for ever), a handle and a link are never used twice, and the
     * garbage collector keeps every object that a thread still reads (memory reclamation). There is therefore nothing
     * to wait for, and no value comes back to mean something else (no ABA problem). README.md has the drawing.
     *
     * - The word decides. Life, gate and count are one long; changes that must happen together are one compare-exchange
     *   (compare-and-swap) of it.
     * - The target's slot decides about links. A link is held iff it lies in the slot and both its ends are live. One
     *   store of the dead bit therefore dissolves all links of an event, and nobody has to be told.
     * - The trigger's tables are only where to look: each has every held link, and perhaps others. An overflow looks at
     *   the word of each target, and asks the slot about those targets of which it would move the gate. Where the gate
     *   is already so there is nothing to ask: a visit would change nothing, and if the link is not held, it needs
     *   none.
     *
     * A copy is an instance like any other: it has a word, slots and tables of its own, counts and overflows by the
     * same code, and does not refer to its source. Forks add:
     *
     * - The task's entry decides which copies are there. A fork makes the copies and their links where nobody sees
     *   them; one store of the entry brings them all. Another store ends the task, and then each copy dies by its own
     *   dead bit (TaskLife).
     * - The family decides about the total. It is the set of an event's copies and the sum of those that are gone,
     *   replaced as one. A copy is in the set from before it appears until after it is dead, with the count that its
     *   dead word keeps; then, from one step to the next, in the sum. Each count is therefore there once, at every
     *   instant, and nothing else says whether it was folded.
     * - A root's roster is only where to look, as a trigger's table is, and is the same kind of table: it has each live
     *   event that a fork of this root copies, and perhaps others. A fork asks the place of the handle about each. The
     *   cost of a fork is thus its copies; to look at all places would cost M, however few events there are to copy. A
     *   forked task needs no roster: it had all its copies from the start.
     *
     * Neither a copy nor a family refers to its event, nor a task to another. Each is therefore garbage once it ends,
     * in any order.
     *
     * WHY IT IS LINEARIZABLE: the step of each call (its linearization point), and why there is a moment between call
     * and return at which its answer is true.
     *
     * Open                 the compare-exchange of the place. EMFILE: between two looks at M live events
     *                      (HandleTable.Open). ESRCH: the load of the empty place; or, if a dead event was in it, just
     *                      after it died. EINVAL because of the task: the load that finds its name used, which comes
     *                      last. A name that is unused then was so before.
     * Close                the dead bit. Other threads take all later steps of the call for granted from that bit on.
     * Enable … Unthrottle  the compare-exchange of the word, or its load if nothing changes. Enable and Disable: then
     *                      the same for each copy in the family, loaded after that step: each copy that was live at the
     *                      step is in it, or has died (rule 7.11).
     * SetStarter/Stopper   Ok: the claim; or, if an end died between the look and the claim, just before the first such
     *                      death. EEXIST, EBUSY: the load of the slot. EBADF: the load that found an end dead. (Claim.)
     * Tick                 the compare-exchange of the word, which also admits the overflow; a load if it adds nothing.
     * Overflow             admission: the load of the word. Then each visit is a step of its own, then the sample (rule
     *                      7.3). A link held from the admission on was published before it was claimed, so it is in the
     *                      table that is loaded after the admission, or in one that was copied from it: a rebuild drops
     *                      only links of dead targets and of refused attempts. The walk comes to it: a table is filled
     *                      without a hole. Either the load of its target's word, at which the gate is not to be moved,
     *                      is its visit; or its slot still names it, and it is visited (rule 7.4). A link through which
     *                      a gate is moved lay in the slot after the admission, so it was held at some moment since
     *                      (rule 7.5). The slot is loaded before the compare-exchange that moves the gate, or the link
     *                      could go in between: then the visit is late, which it may be.
     * State, Count, Paused the load of the word.
     * Samples              the load of the samples; the life is read after it, so the event was live then. The other
     *                      way round an overflow could add a sample to an event that had closed meanwhile, and the
     *                      answer were true at no moment.
     * StarterOf/StopperOf  the load of the slot, or just after the owner's death (OwnerOf).
     * Fork                 its program (rule 7.10): the load that finds the task running (a root always is). The
     *                      compare-exchange that takes the name; EEXIST is its failure, EAGAIN the last load of a scan
     *                      that found every name used, EINVAL a load that found one unused. For each copy the load of
     *                      its source's word, for each link that of the slot. The store of the entry. An event that
     *                      lives from the second step to the last was on its roster before it lived, so it is in the
     *                      table that is loaded after the second step, or in one that was copied from it, as with a
     *                      link and an overflow. Each source was found live after the second step. Why a link found in
     *                      a slot was held since then: InheritLink.
     * Exit                 the store of the entry that ends the task, or the load that found none running; then the
     *                      dead bits.
     * TotalCount           begin: the load of the family. End: the load of the own word. Why the sum lies between the
     *                      totals: Sum.
     * EBADF elsewhere      the load that found the event dead, its place without it, or the task without its copy.
     *
     * PROGRESS
     *
     * Wait-free: State, Count, Paused, Samples, StarterOf, StopperOf, and the admission of Overflow: a fixed number of
     *   steps (to find a copy it takes the logarithm of those in its task). TotalCount: a step for each copy, however
     *   many come meanwhile.
     * Lock-free: all the rest. A loop is taken again only because another call has got on: it changed the word, claimed
     *   the slot, installed a table, took or freed a place. One caller of a contended Tick, or a visit of a target that
     *   others tick without end, can thus starve; the system cannot. A thread that stops anywhere, for ever, holds up
     *   nobody. A fork that stops leaves a name that is used and names nothing, and perhaps copies in families, which
     *   never appear: they count nothing, and nobody touches them. An exit that stops leaves live copies in a task that
     *   has ended.
     * A pass looks at the entries of one table, which does not grow: with a link, at most about twice the live ones and
     *   8 more.
     */

    /// <summary>The overflows of a Tick or Overflow that found the event not running, and did nothing (rules 4.2 and 4.8).</summary>
    public const long Ignored = -1;

    private readonly PerfEventsOptions _options;
    private readonly HandleTable _handles;
    private readonly TaskTable _tasks;

    // The four things a dialect decides, as values: what bits a target's word needs for a visit to move its gate (rules 8.2
    // and 8.3), whether a counting event is refused as a trigger (rules 8.6 and 8.7), what bits of its source's word a
    // copy starts with (rules 8.8, 8.9 and 8.22), and whether roles are given at Open (rules 8.10 to 8.23).
    private readonly long _visitable;
    private readonly bool _triggersMustSample;
    private readonly long _inherited;
    private readonly bool _hasGroups;

    /// <summary>An empty system.</summary>
    /// <param name="options">The declared dialect and limits.</param>
    /// <exception cref="ArgumentOutOfRangeException">A declared value is outside its range.</exception>
    public PerfEvents(PerfEventsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _tasks = new TaskTable(options.Roots, options.Tasks);
        _handles = new HandleTable(options.Capacity, _tasks);
        _visitable = options.Dialect == Dialect.Patch2011 ? EventWord.ActiveBits : 0;
        _triggersMustSample = options.Dialect == Dialect.Amended;
        _inherited = EventWord.EnabledBit | (options.Dialect == Dialect.Amended ? EventWord.PausedBit : 0);
        _hasGroups = options.Dialect == Dialect.Linux613;
    }

    /// <summary>Opens an event: live, not scheduled, count 0, and nobody's target (rule 1.1).</summary>
    /// <returns>
    /// EINVAL (rules 1.3, 8.4, 8.10, 8.12); Linux613: EOPNOTSUPP (8.13), EBADF, EINVAL (8.14); EINVAL (6.1), EMFILE (1.4), ESRCH (1.5): the first that
    /// applies (1.6).
    /// </returns>
    public Errno Open(in EventAttributes attributes, out EventHandle handle)
    {
        handle = EventHandle.None;
        if (!Accepts(attributes)) return Errno.EINVAL;
        if (GroupOf(attributes, out Group? group) is var unfit and not Errno.None) return unfit;
        if (attributes.Task < _options.Roots) return _handles.Open(attributes, group, taskRuns: true, out handle);

        // M46: the name last. If it is unused now, it was unused when EMFILE or ESRCH was true; looked at first, it could be taken before
        // either comes true, and by then the answer is EINVAL.
        Errno refusal = _handles.Open(attributes, group, taskRuns: false, out _);
        return _tasks.IsUsed(attributes.Task) ? Errno.EINVAL : refusal;
    }

    /// <summary>Ends an event at once, with every link its own instance is an end of; no gate moves (rules 1.8, 2.10).</summary>
    /// <remarks>
    /// An overflow of the event that is under way may still move gates; none does once it has returned (rule 7.5).
    /// Its copies live on until their tasks exit (rule 6.13).
    /// </remarks>
    /// <returns>EBADF.</returns>
    public Errno Close(EventHandle handle) => _handles.Find(handle) is { } e ? Close(e) : Errno.EBADF;

    /// <summary>From now on an overflow of the trigger opens the target's gate (rules 2.1, 4.9). Moves no gate itself (2.9).</summary>
    /// <returns>EBADF (rule 2.2), EINVAL (2.3; Amended: 8.7), EEXIST (2.4) or EBUSY (2.5), the first that applies (2.6).</returns>
    public Errno SetStarter(EventHandle trigger, EventHandle target) => SetLink(trigger, target, Role.Starter);

    /// <summary>From now on an overflow of the trigger pauses the target (rules 2.1, 4.10). Moves no gate itself (2.9).</summary>
    /// <remarks>An event that is its own stopper is a one-shot: it counts up to one overflow and pauses itself (rule 4.12).</remarks>
    /// <returns>EBADF (rule 2.2), EINVAL (2.3; Amended: 8.7), EEXIST (2.4) or EBUSY (2.5), the first that applies (2.6).</returns>
    public Errno SetStopper(EventHandle trigger, EventHandle target) => SetLink(trigger, target, Role.Stopper);

    /// <summary>Forks a running task: the new one has copies of the events that are inherited, linked as those are (rules 6.2 to 6.6).</summary>
    /// <remarks>Events and links that come or go meanwhile may be copied or not (rule 7.10).</remarks>
    /// <param name="task">The task that forks, a root or a forked one.</param>
    /// <param name="child">The name of the new task: none that was used before.</param>
    /// <returns>ESRCH, EEXIST, EAGAIN or EINVAL, the first that applies (rule 6.2).</returns>
    public Errno Fork(int task, int child)
    {
        if (!_tasks.Runs(task, out TaskLife? parent)) return Errno.ESRCH;
        Errno refusal = _tasks.Take(child);
        if (refusal == Errno.None) _tasks.Start(child, Inherit(parent is null ? EnrolledIn(task) : parent.Copies, child));
        return refusal;
    }

    /// <summary>Ends a forked task, and its copies one after another; their counts stay in the totals of their events (rule 6.9).</summary>
    /// <returns>ESRCH.</returns>
    public Errno Exit(int task)
    {
        if (_tasks.End(task) is not { } ended) return Errno.ESRCH;
        EndCopies(ended);
        _tasks.Forget(task);
        return Errno.None;
    }

    /// <summary>Enables an event and its copies; each that is scheduled becomes Active, and is no longer throttled (rules 3.2, 5.3, 6.11).</summary>
    /// <returns>EBADF.</returns>
    public Errno Enable(EventHandle handle) => ChangeFamily(handle, set: EventWord.EnabledBit, clear: EventWord.ErrorBit);

    /// <summary>Disables an event and its copies; each that was scheduled stays so (rules 3.2, 6.11).</summary>
    /// <returns>EBADF.</returns>
    public Errno Disable(EventHandle handle) => ChangeFamily(handle, set: 0, clear: EventWord.EnabledBit);

    /// <summary>The event is put on its cpu; if it is enabled it becomes Active, and is no longer throttled (rules 3.3, 5.3).</summary>
    /// <returns>EBADF.</returns>
    public Errno ScheduleIn(EventInstance e) => Change(e, set: EventWord.ScheduledBit, clear: 0);

    /// <summary>The event is taken off its cpu (rule 3.3).</summary>
    /// <returns>EBADF.</returns>
    public Errno ScheduleOut(EventInstance e) => Change(e, set: 0, clear: EventWord.ScheduledBit);

    /// <summary>Throttles an event: Active, but not running, and still visited (rules 5.1, 5.4).</summary>
    /// <returns>EBADF.</returns>
    public Errno Throttle(EventInstance e) => Change(e, set: EventWord.ThrottledBit, clear: 0);

    /// <summary>Ends a throttle; opens no gate (rule 5.2).</summary>
    /// <returns>EBADF.</returns>
    public Errno Unthrottle(EventInstance e) => Change(e, set: 0, clear: EventWord.ThrottledBit);

    /// <summary>Counts <paramref name="n"/> occurrences if the event runs, and overflows if that completes a period.</summary>
    /// <param name="e">The event.</param>
    /// <param name="n">Occurrences, 0…2³²−1.</param>
    /// <param name="overflows">
    /// Periods completed (rules 4.4, 4.5), all delivered in one pass; <see cref="Ignored"/> if the event does not run (4.2).
    /// </param>
    /// <returns>EBADF, EINVAL (rule 4.3) or, if the event runs, EOVERFLOW (4.6), the first that applies.</returns>
    public Errno Tick(EventInstance e, long n, out long overflows)
    {
        overflows = 0;
        return Find(e) is { } trigger ? Count(trigger, n, out overflows) : Errno.EBADF;
    }

    /// <summary>Overflows a running, sampling event: its targets are started, then stopped, then one sample is written (rules 4.7 to 4.12).</summary>
    /// <param name="e">The event.</param>
    /// <param name="overflows">1; or <see cref="Ignored"/> if the event does not run, or only counts (rule 4.8).</param>
    /// <returns>EBADF.</returns>
    public Errno Overflow(EventInstance e, out long overflows)
    {
        overflows = 0;
        return Find(e) is { } trigger ? OverflowOnce(trigger, out overflows) : Errno.EBADF;
    }

    /// <summary>The occurrences that the event counted while it ran, 0…2⁵³−1 (rule 4.14).</summary>
    /// <returns>EBADF.</returns>
    public Errno Count(EventInstance e, out long count)
    {
        Errno errno = Read(e, out EventWord word);
        count = word.Count;
        return errno;
    }

    /// <summary>The sum of the counts of the event and its copies, those that are gone included, 0…2⁶³−1 (rule 6.10).</summary>
    /// <remarks>Not less than the total when the call began and not more than when it returned (rule 7.9).</remarks>
    /// <returns>EBADF, or EOVERFLOW if the total is more.</returns>
    public Errno TotalCount(EventHandle handle, out long total)
    {
        total = 0;
        return _handles.Find(handle) is { } own ? Sum(own, out total) : Errno.EBADF;
    }

    /// <summary>Off, Inactive or Active (rule 3.1).</summary>
    /// <returns>EBADF.</returns>
    public Errno State(EventInstance e, out EventState state)
    {
        Errno errno = Read(e, out EventWord word);
        state = word.State;
        return errno;
    }

    /// <summary>Whether the gate is paused: the event does not count until a starter opens it (rule 4.13).</summary>
    /// <returns>EBADF.</returns>
    public Errno Paused(EventInstance e, out bool paused)
    {
        Errno errno = Read(e, out EventWord word);
        paused = word.IsPaused;
        return errno;
    }

    /// <summary>The instance that opens this one's gate by its overflow, in the same task; or that of <see cref="EventHandle.None"/> (rule 2.11).</summary>
    /// <returns>EBADF.</returns>
    public Errno StarterOf(EventInstance e, out EventInstance owner) => OwnerOf(e, Role.Starter, out owner);

    /// <summary>The instance that pauses this one by its overflow, in the same task; or that of <see cref="EventHandle.None"/> (rule 2.11).</summary>
    /// <returns>EBADF.</returns>
    public Errno StopperOf(EventInstance e, out EventInstance owner) => OwnerOf(e, Role.Stopper, out owner);

    /// <summary>Overflow records written for this event (rules 4.12, 4.14).</summary>
    /// <returns>EBADF.</returns>
    public Errno Samples(EventInstance e, out long samples)
    {
        samples = 0;
        if (Find(e) is not { } found) return Errno.EBADF;
        var loaded = found.LoadSamples(); // M37, before the life: the essay says why
        if (!found.IsLive(Row.M38)) return Errno.EBADF; // M38
        samples = loaded;
        return Errno.None;
    }

    /// <summary>The instance of this name, or null if it is not there (yet, or any more). It may be dead already.</summary>
    // A name with a task is a copy's and nothing else's: the own instance's task is a root, which has no copies (rule 6.7).
    private Event? Find(EventInstance e) => e.Task is { } task ? _tasks.Find(e.Event, task) : _handles.Find(e.Event);

    /// <summary>Rules 1.3, 8.4, 8.10, 8.12: whether any state of this system would open such an event.</summary>
    private bool Accepts(in EventAttributes a) =>
        a.SamplePeriod is >= 0 and <= EventAttributes.MaxSamplePeriod
        && a.Task >= EventAttributes.NoTask
        && a.Cpu >= EventAttributes.AnyCpu && a.Cpu < _options.Cpus
        && !(a.Task == EventAttributes.NoTask && a.Cpu == EventAttributes.AnyCpu)
        && !(a.StartPaused && _options.Dialect == Dialect.Patch2011)
        && AcceptsRoles(a);

    private Errno Change(EventInstance e, long set, long clear) => Find(e) is { } found ? Change(found, set, clear) : Errno.EBADF;

    /// <summary>Rules 3.2, 3.3, 5.1, 5.2: one step that sets and clears bits of a live word.</summary>
    private static Errno Change(Event e, long set, long clear)
    {
        while (true)
        {
            EventWord seen = e.LoadWord(Row.M39);
            if (seen.IsDead) return Errno.EBADF;
            EventWord changed = seen.With(set, clear);

            // M39: not a plain store, which would take back a concurrent visit, Tick or Close.
            if (changed == seen || e.TryChange(seen, changed, Row.M39)) return Errno.None;
        }
    }

    /// <summary>One load of the word (M40), or the default word: all that such a read says is true at that one moment.</summary>
    private Errno Read(EventInstance e, out EventWord word)
    {
        word = default;
        if (Find(e) is not { } found) return Errno.EBADF;
        EventWord loaded = found.LoadWord(Row.M40);
        if (loaded.IsDead) return Errno.EBADF;
        word = loaded;
        return Errno.None;
    }

    private Errno OwnerOf(EventInstance e, Role role, out EventInstance owner)
    {
        owner = default;
        return Find(e) is { } found ? OwnerOf(found, role, out owner) : Errno.EBADF;
    }
}
