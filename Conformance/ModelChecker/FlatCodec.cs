// The states of core, gates and scopes as words, and what these presets do to them.
using System.Collections.Immutable;
using System.Numerics;
using PerfModel.Model;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>What one action does.</summary>
internal enum FlatKind
{
    Open,
    OpenOneTooMany,
    Close,
    SetLink,
    Enable,
    Disable,
    ScheduleIn,
    ScheduleOut,
    Throttle,
    Unthrottle,
    Tick,
}

/// <summary>An action on slots of the table.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Slot">To which slot; of a link its target.</param>
/// <param name="Trigger">Of a link.</param>
/// <param name="Role">Of a link.</param>
/// <param name="Scope">Of an Open: 0 or 1.</param>
/// <param name="StartPaused">Of an Open.</param>
internal readonly record struct FlatAction(FlatKind Kind, int Slot = 0, int Trigger = 0, Role Role = Role.Starter, int Scope = 0, bool StartPaused = false);

/// <summary>What a flat preset keeps of a state: everything but counts and samples, and which of the events of a slot is the live one.</summary>
internal sealed class FlatCodec : ICodec
{
    // What a decoded event has counted: multiples of its period, so that nothing of Step depends on them (rule 4.5).
    private const long Counted = 7;

    private static readonly bool[] NoAndYes = [false, true];

    private readonly bool _alwaysActive;
    private readonly int _counting;
    private readonly Handle[] _names;

    /// <param name="declaration">The dialect; handles are the slots.</param>
    /// <param name="alwaysActive">Whether every event is enabled and scheduled as long as it lives.</param>
    /// <param name="scopes">1 or 2.</param>
    /// <param name="lastCounts">Whether the last slot is for a counting event, which never overflows.</param>
    public FlatCodec(Declaration declaration, bool alwaysActive, int scopes, bool lastCounts)
    {
        Declaration = declaration;
        var n = declaration.Handles;
        Layout = new FlatLayout(n);
        _alwaysActive = alwaysActive;
        _counting = lastCounts ? n - 1 : -1;
        _names = [.. Enumerable.Range(0, n).Select(slot => Handle.Of((char)('p' + slot)))];
        List = [.. All(n, scopes)];
        Actions = [.. List.Select(action => action.ToString())];
        Symmetry = Symmetry.Of(Layout.Width,
            from order in FlatLayout.Orders(n, lastCounts ? n - 1 : n)
            from swap in scopes == 2 ? NoAndYes : [false]
            select Layout.Renaming(order, swap));
    }

    public Declaration Declaration { get; }

    public FlatLayout Layout { get; }

    public int Width => Layout.Width;

    /// <summary>The slot of the counting event, or −1.</summary>
    public int CountingSlot => _counting;

    /// <summary>Whether an event is Active from Open to Close.</summary>
    public bool AlwaysActive => _alwaysActive;

    public ImmutableArray<FlatAction> List { get; }

    public ImmutableArray<string> Actions { get; }

    public Symmetry Symmetry { get; }

    public State Decode(ulong word)
    {
        var layout = Layout;
        var state = State.Initial(Declaration);
        for (var slot = 0; slot < layout.Events; slot++)
        {
            var scope = Has(layout.Scope(0)) ? 0 : Has(layout.Scope(1)) ? 1 : -1;
            if (scope < 0) continue;
            var period = slot == _counting ? 0 : 1;
            state = state.Add(new InstanceState(Instance.Own(_names[slot]), scope, -1, period, Inherit: false)
            {
                Enabled = Has(layout.Enabled),
                Scheduled = Has(layout.Scheduled),
                Paused = Has(layout.Paused),
                Throttled = Has(layout.Throttled),
                Starter = Owner(layout.Starters),
                Stopper = Owner(layout.Stoppers),
                Count = Counted,
                Samples = period * Counted,
            });

            bool Has(int plane) => (word >> plane + slot & 1) != 0;

            Instance? Owner(int role) => layout.Row(layout.Rows(word, role), slot) is var row and not 0 ? Instance.Own(_names[BitOperations.TrailingZeroCount(row)]) : null;
        }

        return state;
    }

    public ulong Encode(State state)
    {
        var word = 0UL;
        foreach (var e in state.Instances)
        {
            var slot = Slot(e.Id);
            Put(true, Layout.Scope(e.Task));
            Put(e.Enabled, Layout.Enabled);
            Put(e.Scheduled, Layout.Scheduled);
            Put(e.Paused, Layout.Paused);
            Put(e.Throttled, Layout.Throttled);
            if (e.Starter is { } starter) word |= 1UL << Layout.Starters + slot * Layout.Events + Slot(starter);
            if (e.Stopper is { } stopper) word |= 1UL << Layout.Stoppers + slot * Layout.Events + Slot(stopper);

            void Put(bool value, int plane) => word |= (value ? 1UL : 0) << plane + slot;
        }

        return word;
    }

    public ImmutableArray<Operation> Operations(ulong word, int action)
    {
        var a = List[action];
        var live = Layout.Live(word);
        var e = Instance.Own(_names[a.Slot]);
        return a.Kind switch
        {
            FlatKind.Open when (live >> a.Slot & 1) != 0 => [],
            FlatKind.Open when _alwaysActive => [new Operation.Open(e.Event, Attributes(a)), new Operation.ScheduleIn(e)],
            FlatKind.Open => [new Operation.Open(e.Event, Attributes(a))],
            FlatKind.OpenOneTooMany => live != Layout.All ? [] : [new Operation.Open(Handle.Of('z'), new Attributes(Task: 0))],
            FlatKind.Close => [new Operation.Close(e.Event)],
            FlatKind.SetLink => [new Operation.SetLink(a.Role, _names[a.Trigger], e.Event)],
            FlatKind.Enable => [new Operation.Enable(e.Event)],
            FlatKind.Disable => [new Operation.Disable(e.Event)],
            FlatKind.ScheduleIn => [new Operation.ScheduleIn(e)],
            FlatKind.ScheduleOut => [new Operation.ScheduleOut(e)],
            FlatKind.Throttle => [new Operation.Throttle(e)],
            FlatKind.Unthrottle => [new Operation.Unthrottle(e)],
            FlatKind.Tick => [new Operation.Tick(e, 1)],
            _ => throw new ArgumentOutOfRangeException(nameof(action), a.Kind, "not an action"),
        };
    }

    private Attributes Attributes(FlatAction a) =>
        new(Task: a.Scope, Period: a.Slot == _counting ? 0 : 1, Enabled: _alwaysActive, StartPaused: a.StartPaused);

    private static int Slot(Instance id) => id.Event.Id - Handle.Of('p').Id;

    private IEnumerable<FlatAction> All(int n, int scopes)
    {
        var slots = Enumerable.Range(0, n);
        FlatKind[] kinds = _alwaysActive
            ? [FlatKind.Close, FlatKind.Tick]
            : [FlatKind.Close, FlatKind.Tick, FlatKind.Enable, FlatKind.Disable, FlatKind.ScheduleIn, FlatKind.ScheduleOut, FlatKind.Throttle, FlatKind.Unthrottle];
        return
        [
            .. from slot in slots from scope in Enumerable.Range(0, scopes) from paused in NoAndYes select new FlatAction(FlatKind.Open, slot, Scope: scope, StartPaused: paused),
            new FlatAction(FlatKind.OpenOneTooMany),
            .. from kind in kinds from slot in slots select new FlatAction(kind, slot),
            .. from role in new[] { Role.Starter, Role.Stopper } from trigger in slots from target in slots select new FlatAction(FlatKind.SetLink, target, trigger, role),
        ];
    }
}
