// The one atomic word of an event: its layout, and every change that can be made to it, as pure functions.
using System.Diagnostics;
using System.Globalization;

namespace PerfModel.Implementation;

/// <summary>The state of an event that must change together: its life, its gate, and the count that only a running event adds to.</summary>
/// <remarks>
/// <code>
///   63                             11 10       8     7        6        5         4         3        2         1       0
///  +---------------------------------+----------+----------+-------+---------+-----------+--------+-----------+---------+------+
///  |         count, 53 bits          | spare, 0 | detached | error | visited | throttled | paused | scheduled | enabled | dead |
///  +---------------------------------+----------+----------+-------+---------+-----------+--------+-----------+---------+------+
///
///  dead       set by Close, and by Exit in a copy; never cleared, and then no bit of the word means anything, but the count
///  enabled    set by Open and Enable, cleared by Disable
///  scheduled  set by ScheduleIn, cleared by ScheduleOut
///  paused     set by Open (StartPaused) and by the visit of a stopper link, cleared by the visit of a starter link
///  throttled  set by Throttle, cleared by Unthrottle and by each change that makes the event Active
///  visited    Linux613: set and cleared by a visit of a leader, which drops every other in between (Groups.cs)
///  error      Linux613: set by the death of the leader, cleared by Enable
///  detached   Linux613: set by the death of the leader, and never cleared: it comes once
///  count      added to by Tick, while the event runs; a dead copy's is still part of its event's total
/// </code>
/// Gate and count share the word because rule 7.7 joins them: once a stopper's visit is done, no Tick that tested the gate
/// before may still add. Were the count a field of its own, a Tick could test, be overtaken by the stopper, and then add.
/// </remarks>
/// <param name="Bits">The word as it lies in memory.</param>
internal readonly record struct EventWord(long Bits)
{
    public const long DeadBit = 1L << 0;
    public const long EnabledBit = DeadBit << 1;
    public const long ScheduledBit = EnabledBit << 1;
    public const long PausedBit = ScheduledBit << 1;
    public const long ThrottledBit = PausedBit << 1;
    public const long VisitedBit = ThrottledBit << 1;
    public const long ErrorBit = VisitedBit << 1;
    public const long DetachedBit = ErrorBit << 1;

    /// <summary>Active: enabled and scheduled (rule 3.1).</summary>
    public const long ActiveBits = EnabledBit | ScheduledBit;

    private const long StateBits = DeadBit | ActiveBits | PausedBit | ThrottledBit;
    private const int CountBits = 53;
    private const int CountShift = 64 - CountBits;

    /// <summary>The highest count, 2⁵³−1 (rule 4.6).</summary>
    public const long MaxCount = (1L << CountBits) - 1;

    /// <summary>The highest amount of one Tick, 2³²−1 (rule 4.3).</summary>
    public const long MaxTick = uint.MaxValue;

    /// <summary>The word of an event that was just opened: not scheduled, not throttled, count 0 (rule 1.1).</summary>
    public static EventWord Opened(bool enabled, bool paused) => new((enabled ? EnabledBit : 0) | (paused ? PausedBit : 0));

    /// <summary>
    /// The word of a copy: of the bits of its source those that the dialect has it inherit; not scheduled, not throttled, count 0
    /// (rules 6.4, 8.8, 8.9).
    /// </summary>
    public EventWord Inherited(long bits) => new(Bits & bits);

    public bool IsDead => Has(DeadBit);

    public bool IsActive => Has(ActiveBits);

    public bool IsPaused => Has(PausedBit);

    /// <summary>Live, Active, gate open, not throttled: the event counts and overflows (rule 4.1). One comparison.</summary>
    public bool IsRunning => (Bits & StateBits) == ActiveBits;

    /// <summary>The count of the event, 0…2⁵³−1. The shift is logical: the count's top bit is the word's sign.</summary>
    public long Count => Bits >>> CountShift;

    /// <summary>Rules 3.1 and 8.19.</summary>
    public EventState State => Has(ErrorBit) ? EventState.Error : !Has(EnabledBit) ? EventState.Off : Has(ScheduledBit) ? EventState.Active : EventState.Inactive;

    /// <summary>Whether all of <paramref name="bits"/> are set.</summary>
    public bool Has(long bits) => (Bits & bits) == bits;

    /// <summary>The word with some state bits set and others cleared; becoming Active also clears the throttle (rule 5.3).</summary>
    public EventWord With(long set, long clear)
    {
        EventWord changed = new((Bits & ~clear) | set);
        return changed.IsActive && !IsActive ? new(changed.Bits & ~ThrottledBit) : changed;
    }

    /// <summary>The word of a leader after a visit that moved its gate (rule 8.18).</summary>
    public EventWord AfterVisit() => new((Bits ^ PausedBit) & ~VisitedBit);

    /// <summary>The word with its gate the other way, all else as it was (rule 4.13).</summary>
    public EventWord WithGateMoved() => new(Bits ^ PausedBit);

    /// <summary>The word with <paramref name="n"/> more counted.</summary>
    public EventWord Plus(long n)
    {
        Debug.Assert(n >= 0 && n <= MaxCount - Count, "A count that would pass its 53 bits is EOVERFLOW, and is never added.");
        return new(Bits + (n << CountShift));
    }

    /// <summary>
    /// Multiples of <paramref name="period"/> that a count of <paramref name="count"/> reaches by <paramref name="n"/> more (rule 4.5).
    /// </summary>
    public static long Crossings(long count, long n, long period)
    {
        // ⌊(c+n)/P⌋ − ⌊c/P⌋ = ⌊(c mod P + n)/P⌋: one division where most Ticks would do two.
        var reached = count % period + n;
        return reached < period ? 0 : reached / period;
    }

    /// <summary>The set bits by name, and the count.</summary>
    public override string ToString()
    {
        if (IsDead) return "dead";
        var gate = IsPaused ? "paused" : "open";
        var throttle = Has(ThrottledBit) ? ", throttled" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{State}, {gate}{throttle}, count {Count}");
    }
}
