// The sequential properties on words. Each is the property of the same id in Model; a test compares the two on right and wrong transitions.
using System.Collections.Immutable;
using PerfModel.Model;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>Looks at a transition of a flat preset.</summary>
internal sealed class FlatClaims
{
    private readonly FlatLayout _layout;
    private readonly Dialect _dialect;
    private readonly int _countingSlot;

    // The bit of each claim, or 0 if nobody makes it.
    private readonly ulong _linksJoin, _countMoves, _gateMoves, _followsTrigger, _errorChangesNothing, _slotEmpties, _linkTable, _closeMovesNoGate,
        _controlMovesNothing, _activeIsNotThrottled, _samples;

    private readonly ulong _pausesItself, _closeFrees, _pausedAndThrottled, _bothRoles, _notLastTrigger, _opensPaused;
    private readonly ulong[] _errors = new ulong[Enum.GetValues<Errno>().Length];

    public FlatClaims(FlatLayout layout, Dialect dialect, int countingSlot, ImmutableArray<Claim> claims)
    {
        (_layout, _dialect, _countingSlot) = (layout, dialect, countingSlot);
        var left = claims.Select((claim, bit) => (claim.Id, Bit: 1UL << bit)).ToDictionary(one => one.Id, one => one.Bit);
        _linksJoin = Take("link-ends-agree");
        _countMoves = Take("count-is-ticked");
        _gateMoves = Take("owner-moves-gate");
        _followsTrigger = Take("targets-follow-trigger");
        _errorChangesNothing = Take("refusal-changes-nothing");
        _slotEmpties = Take("slot-keeps-its-owner");
        _linkTable = Take("link-table-decides");
        _closeMovesNoGate = Take("close-moves-no-gate");
        _controlMovesNothing = Take("control-moves-nothing");
        _activeIsNotThrottled = Take("active-is-not-throttled");
        _samples = Take("samples-are-delivered");
        _pausesItself = Take("event-pauses-itself");
        _closeFrees = Take("close-frees-a-slot");
        _pausedAndThrottled = Take("paused-and-throttled");
        _bothRoles = Take("both-roles-of-one-target");
        _notLastTrigger = Take("last-trigger-not-followed");
        _opensPaused = Take("event-opens-paused");
        foreach (var errno in Enum.GetValues<Errno>()) _errors[(int)errno] = Take($"answers-{errno}");
        if (left.Count > 0) throw new ArgumentException($"no one looks for '{left.Keys.First()}' on words", nameof(claims));

        ulong Take(string id) => left.Remove(id, out var bit) ? bit : 0;
    }

    /// <summary>The claims that a transition notes (<see cref="Edge.Noted"/>).</summary>
    public ulong Noted(ulong before, in FlatAction action, in FlatOutcome outcome, ulong wanted)
    {
        var after = outcome.After;
        var live = _layout.Live(after);
        var survivors = live & _layout.Live(before);
        var noted = 0UL;

        var (startersBefore, stoppersBefore) = (_layout.Rows(before, _layout.Starters), _layout.Rows(before, _layout.Stoppers));
        var (starters, stoppers) = (_layout.Rows(after, _layout.Starters), _layout.Rows(after, _layout.Stoppers));
        var (first, second) = (_layout.Plane(after, _layout.Scope(0)), _layout.Plane(after, _layout.Scope(1)));
        var joined = _layout.Targets(first) & _layout.Triggers(first) | _layout.Targets(second) & _layout.Triggers(second);
        if (((starters | stoppers) & ~joined) != 0) noted |= _linksJoin;

        var bit = 1UL << action.Slot;
        var pausedBefore = _layout.Plane(before, _layout.Paused);
        var paused = _layout.Plane(after, _layout.Paused);
        var activeBefore = _layout.Active(before);
        var active = _layout.Active(after);
        var ran = action.Kind == FlatKind.Tick && outcome.Error == Errno.None ? bit & activeBefore & ~pausedBefore & ~_layout.Plane(before, _layout.Throttled) & survivors : 0;
        if (outcome.Counted != ran) noted |= _countMoves;
        if (outcome.Sampled != (outcome.Delivered ? bit & survivors : 0)) noted |= _samples;

        var moved = (pausedBefore ^ paused) & survivors;
        if (moved != 0)
        {
            var stops = outcome.Delivered ? _layout.Column(stoppersBefore, action.Slot) : 0;
            var starts = outcome.Delivered ? _layout.Column(startersBefore, action.Slot) : 0;
            if ((moved & paused & ~stops) != 0 || (moved & ~paused & ~starts) != 0) noted |= _gateMoves;
        }

        if (outcome.Delivered)
        {
            var stops = _layout.Column(stoppers, action.Slot);
            var starts = _layout.Column(starters, action.Slot) & ~stops;
            var moves = live & (_dialect == Dialect.Amended ? _layout.All : active);
            if ((stops & moves & ~paused) != 0 || (starts & moves & paused) != 0) noted |= _followsTrigger;
            if ((bit & live & ~pausedBefore & paused) != 0) noted |= _pausesItself;
            if ((stops & live & ~paused) != 0) noted |= _notLastTrigger;
        }

        if (outcome.Error != Errno.None)
        {
            noted |= _errors[(int)outcome.Error];
            if (after != before || outcome.Counted != 0 || outcome.Sampled != 0) noted |= _errorChangesNothing;
        }

        // Of the rows that were filled, those of which something is gone; of these, those whose owner is not.
        var surviving = _layout.Targets(survivors);
        var ofLive = _layout.Triggers(live);
        var emptied = (startersBefore & ~starters | stoppersBefore & ~stoppers) & surviving;
        if ((emptied & ofLive) != 0) noted |= _slotEmpties;

        if ((_layout.Plane(after, _layout.Throttled) & active & ~activeBefore & survivors) != 0) noted |= _activeIsNotThrottled;
        if ((paused & _layout.Plane(after, _layout.Throttled) & live) != 0) noted |= _pausedAndThrottled;
        if ((starters & stoppers & _layout.Targets(live)) != 0) noted |= _bothRoles;

        switch (action.Kind)
        {
            case FlatKind.SetLink:
                if (outcome.Error != LinkTable(before, action)) noted |= _linkTable;
                break;
            case FlatKind.Close:
                var (freedStarters, freedStoppers) = (startersBefore & surviving & ~ofLive, stoppersBefore & surviving & ~ofLive);
                if ((freedStarters | freedStoppers) != 0) noted |= _closeFrees;
                if (outcome.Error == Errno.None && (moved != 0 || StillFilled(freedStarters, starters) || StillFilled(freedStoppers, stoppers))) noted |= _closeMovesNoGate;
                break;
            case FlatKind.Enable or FlatKind.Disable or FlatKind.ScheduleIn or FlatKind.ScheduleOut or FlatKind.Throttle or FlatKind.Unthrottle:
                if (moved != 0 || (outcome.Counted & survivors) != 0 || ((startersBefore ^ starters | stoppersBefore ^ stoppers) & surviving) != 0) noted |= _controlMovesNothing;
                break;
            case FlatKind.Open:
                if (action.StartPaused && outcome.Error == Errno.None) noted |= _opensPaused;
                break;
        }

        return noted & wanted;
    }

    // The table of chapter 2, written apart from the arms of the step.
    private Errno LinkTable(ulong before, in FlatAction action)
    {
        var ends = 1UL << action.Trigger | 1UL << action.Slot;
        if ((_layout.Live(before) & ends) != ends) return Errno.EBADF;
        var inFirst = _layout.Plane(before, _layout.Scope(0)) & ends;
        if (inFirst != 0 && inFirst != ends) return Errno.EINVAL;
        if (action.Trigger == _countingSlot && _dialect == Dialect.Amended) return Errno.EINVAL;
        var rows = _layout.Rows(before, action.Role == Role.Starter ? _layout.Starters : _layout.Stoppers);
        var others = _layout.Row(rows, action.Slot) & ~(1UL << action.Trigger);
        return others != 0 ? Errno.EBUSY : _layout.Row(rows, action.Slot) != 0 ? Errno.EEXIST : Errno.None;
    }

    private bool StillFilled(ulong freed, ulong rows)
    {
        for (var t = 0; t < _layout.Events; t++)
            if (t != _countingSlot && _layout.Row(freed, t) != 0 && _layout.Row(rows, t) != 0) return true;
        return false;
    }
}
