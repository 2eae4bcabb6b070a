// Step on words: what the model does to a flat preset, in a few bit operations. A test shows it equal to the model on every transition of small bounds.
using PerfModel.Model;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>What a step on a word did, with what claims want to know and the word does not keep.</summary>
/// <param name="After">The word after it.</param>
/// <param name="Error">The refusal, or none.</param>
/// <param name="Delivered">Whether it was an overflow that was admitted.</param>
/// <param name="Counted">The slots whose count moved by one.</param>
/// <param name="Sampled">The slots whose samples did.</param>
internal readonly record struct FlatOutcome(ulong After, Errno Error, bool Delivered = false, ulong Counted = 0, ulong Sampled = 0);

/// <summary>The sequential semantics of core, gates and scopes. The numbers are the rules'.</summary>
internal readonly struct FlatStep(FlatLayout layout, Dialect dialect, bool alwaysActive, int countingSlot)
{
    private readonly FlatLayout _layout = layout;

    /// <summary>Takes an action; false where it is not to be taken.</summary>
    public bool TryApply(ulong s, in FlatAction action, out FlatOutcome outcome)
    {
        var live = _layout.Live(s);
        var bit = 1UL << action.Slot;
        var isLive = (live & bit) != 0;
        switch (action.Kind)
        {
            case FlatKind.Open:
                outcome = isLive ? default : Open(s, action);
                return !isLive;
            case FlatKind.OpenOneTooMany:
                outcome = new(s, Errno.EMFILE); // 1.4
                return live == _layout.All;
            case FlatKind.SetLink:
                outcome = SetLink(s, live, action);
                return true;
            default:
                // 1.7
                outcome = isLive ? OnEvent(s, action, bit) : new(s, Errno.EBADF);
                return true;
        }
    }

    // 1.1, 8.4 and 8.5
    private FlatOutcome Open(ulong s, in FlatAction action)
    {
        if (action.StartPaused && dialect == Dialect.Patch2011) return new(s, Errno.EINVAL);
        var opened = s | 1UL << _layout.Scope(action.Scope) + action.Slot;
        if (alwaysActive) opened |= 1UL << _layout.Enabled + action.Slot | 1UL << _layout.Scheduled + action.Slot;
        if (action.StartPaused) opened |= 1UL << _layout.Paused + action.Slot;
        return new(opened, Errno.None);
    }

    // 2.2 to 2.5, 8.7
    private FlatOutcome SetLink(ulong s, ulong live, in FlatAction action)
    {
        var (trigger, target) = (1UL << action.Trigger, 1UL << action.Slot);
        if ((live & trigger) == 0 || (live & target) == 0) return new(s, Errno.EBADF);
        var scope = _layout.Plane(s, _layout.Scope(0));
        if ((scope & trigger) == 0 != ((scope & target) == 0)) return new(s, Errno.EINVAL);
        if (action.Trigger == countingSlot && dialect == Dialect.Amended) return new(s, Errno.EINVAL);
        var role = action.Role == Role.Starter ? _layout.Starters : _layout.Stoppers;
        var row = _layout.Row(_layout.Rows(s, role), action.Slot);
        if (row == trigger) return new(s, Errno.EEXIST);
        if (row != 0) return new(s, Errno.EBUSY);
        return new(s | trigger << role + action.Slot * _layout.Events, Errno.None);
    }

    private FlatOutcome OnEvent(ulong s, in FlatAction action, ulong bit) => action.Kind switch
    {
        FlatKind.Close => new(Remove(s, bit), Errno.None),
        FlatKind.Enable => new(BecomeActiveIf(s, s | bit << _layout.Enabled, bit), Errno.None), // 3.2
        FlatKind.Disable => new(s & ~(bit << _layout.Enabled), Errno.None),
        FlatKind.ScheduleIn => new(BecomeActiveIf(s, s | bit << _layout.Scheduled, bit), Errno.None), // 3.3
        FlatKind.ScheduleOut => new(s & ~(bit << _layout.Scheduled), Errno.None),
        FlatKind.Throttle => new(s | bit << _layout.Throttled, Errno.None), // 5.1
        FlatKind.Unthrottle => new(s & ~(bit << _layout.Throttled), Errno.None), // 5.2
        _ => Tick(s, action.Slot, bit),
    };

    // 1.8 and 2.10: the event, its rows, and its column.
    private ulong Remove(ulong s, ulong bit)
    {
        var planes = bit;
        for (var plane = 0; plane < 5; plane++) planes = planes << _layout.Events | bit;
        var links = _layout.Targets(bit) | _layout.Triggers(bit);
        return s & ~(planes | links << _layout.Starters | links << _layout.Stoppers);
    }

    // 5.3
    private ulong BecomeActiveIf(ulong before, ulong after, ulong bit) =>
        (_layout.Active(after) & ~_layout.Active(before) & bit) != 0 ? after & ~(bit << _layout.Throttled) : after;

    // 4.1 to 4.12, and 8.2 and 8.3: whose gate the dialect lets move.
    private FlatOutcome Tick(ulong s, int slot, ulong bit)
    {
        var active = _layout.Active(s);
        if ((active & ~_layout.Plane(s, _layout.Paused) & ~_layout.Plane(s, _layout.Throttled) & bit) == 0) return new(s, Errno.None);
        if (slot == countingSlot) return new(s, Errno.None, Counted: bit);
        var moves = dialect == Dialect.Amended ? _layout.All : active;
        var started = _layout.Column(_layout.Rows(s, _layout.Starters), slot) & moves;
        var stopped = _layout.Column(_layout.Rows(s, _layout.Stoppers), slot) & moves;
        return new(s & ~(started << _layout.Paused) | stopped << _layout.Paused, Errno.None, Delivered: true, Counted: bit, Sampled: bit);
    }
}
