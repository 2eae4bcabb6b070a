// The states of core, gates, scopes and steps in Linux613 as words, and what these presets do to them: roles are given at Open, to a leader.
using System.Collections.Immutable;
using System.Numerics;
using PerfModel.Model;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>What a flat preset keeps of a state with groups: everything but counts and samples, and which of the events of a slot is the live one.</summary>
internal sealed class GroupCodec : ICodec
{
    // What a decoded event has counted: multiples of its period, so that nothing of Step depends on them (rule 4.5).
    private const long Counted = 7;

    // Planes of a bit for each slot, then rows of a bit for each leader.
    private const int Enabled = 2, Scheduled = 3, Paused = 4, Throttled = 5, Aux = 6, Error = 7, Visited = 8, Resumes = 9, Planes = 10;

    private static readonly bool[] NoAndYes = [false, true];

    private readonly int _n;
    private readonly bool _alwaysActive;
    private readonly int _counting;
    private readonly Handle[] _names;
    private readonly ImmutableArray<Func<ulong, ImmutableArray<Operation>>> _operations;

    /// <param name="declaration">The dialect; handles are the slots.</param>
    /// <param name="alwaysActive">Whether every event is enabled and scheduled from Open to Close, but for what is in error.</param>
    /// <param name="scopes">1 or 2.</param>
    /// <param name="lastCounts">Whether the last slot is for a counting event, which never overflows.</param>
    public GroupCodec(Declaration declaration, bool alwaysActive, int scopes, bool lastCounts)
    {
        Declaration = declaration;
        _n = declaration.Handles;
        _alwaysActive = alwaysActive;
        _counting = lastCounts ? _n - 1 : -1;
        _names = [.. Enumerable.Range(0, _n).Select(slot => Handle.Of((char)('p' + slot)))];
        var actions = All(scopes).ToList();
        Actions = [.. actions.Select(action => action.Name)];
        _operations = [.. actions.Select(action => action.Operations)];
        Symmetry = Symmetry.Of(Width,
            from order in FlatLayout.Orders(_n, lastCounts ? _n - 1 : _n)
            from swap in scopes == 2 ? NoAndYes : [false]
            select Renaming(order, swap));
    }

    public Declaration Declaration { get; }

    public ImmutableArray<string> Actions { get; }

    public Symmetry Symmetry { get; }

    public int Width => Planes * _n + _n * _n;

    public State Decode(ulong word)
    {
        var state = State.Initial(Declaration);
        for (var slot = 0; slot < _n; slot++)
        {
            var scope = Has(0) ? 0 : Has(1) ? 1 : -1;
            if (scope < 0) continue;
            var period = slot == _counting ? 0 : 1;
            var leader = word >> Planes * _n + slot * _n & (1UL << _n) - 1;
            state = state.Add(new InstanceState(Instance.Own(_names[slot]), scope, -1, period, Inherit: false)
            {
                Enabled = Has(Enabled),
                Scheduled = Has(Scheduled),
                Paused = Has(Paused),
                Throttled = Has(Throttled),
                Group = new GroupAttributes(Has(Aux), OpensPaused: false, leader == 0 ? null : Has(Resumes) ? Role.Starter : Role.Stopper),
                Leader = leader == 0 ? null : Instance.Own(_names[BitOperations.TrailingZeroCount(leader)]),
                Failed = Has(Error),
                Visited = Has(Visited),
                Count = Counted,
                Samples = period * Counted,
            });

            bool Has(int plane) => (word >> plane * _n + slot & 1) != 0;
        }

        return state;
    }

    public ulong Encode(State state)
    {
        var word = 0UL;
        foreach (var e in state.Instances)
        {
            var slot = Slot(e.Id);
            Put(true, e.Task);
            Put(e.Enabled, Enabled);
            Put(e.Scheduled, Scheduled);
            Put(e.Paused, Paused);
            Put(e.Throttled, Throttled);
            Put(e.Group.Aux, Aux);
            Put(e.Failed, Error);
            Put(e.Visited, Visited);

            // What has lost its leader is like what never had one.
            if (e.Leader is not { } leader) continue;
            Put(e.Group.Role == Role.Starter, Resumes);
            word |= 1UL << Planes * _n + slot * _n + Slot(leader);

            void Put(bool value, int plane) => word |= (value ? 1UL : 0) << plane * _n + slot;
        }

        return word;
    }

    public ImmutableArray<Operation> Operations(ulong word, int action) => _operations[action](word);

    private static int Slot(Instance id) => id.Event.Id - Handle.Of('p').Id;

    private bool IsLive(ulong word, int slot) => ((word >> slot | word >> _n + slot) & 1) != 0;

    private IEnumerable<(string Name, Func<ulong, ImmutableArray<Operation>> Operations)> All(int scopes)
    {
        Func<Handle, Operation>[] calls = _alwaysActive
            ? [e => new Operation.Close(e), e => new Operation.Tick(Instance.Own(e), 1)]
            :
            [
                e => new Operation.Close(e), e => new Operation.Tick(Instance.Own(e), 1), e => new Operation.Enable(e), e => new Operation.Disable(e),
                e => new Operation.ScheduleIn(Instance.Own(e)), e => new Operation.ScheduleOut(Instance.Own(e)),
                e => new Operation.Throttle(Instance.Own(e)), e => new Operation.Unthrottle(Instance.Own(e)),
            ];
        for (var slot = 0; slot < _n; slot++)
        {
            for (var scope = 0; scope < scopes; scope++)
            {
                var plain = new Attributes(Task: scope, Period: slot == _counting ? 0 : 1, Enabled: _alwaysActive);
                foreach (var (aux, paused) in from aux in NoAndYes from paused in NoAndYes select (aux, paused)) yield return Open(slot, plain with { Aux = aux, StartPaused = paused });
                for (var leader = 0; leader < _n; leader++)
                {
                    if (leader == slot) continue;
                    var member = plain with { Leader = _names[leader] };
                    yield return Open(slot, member with { Pauses = true });
                    yield return Open(slot, member with { Resumes = true });
                    yield return Open(slot, member with { Pauses = true, Resumes = true });
                }
            }

            foreach (var call in calls)
                if (call(_names[slot]) is var operation) yield return (operation.ToString(), _ => [operation]);
            Operation link = new Operation.SetLink(Role.Stopper, _names[slot], _names[slot]);
            yield return (link.ToString(), _ => [link]);
        }

        Operation another = new Operation.Open(Handle.Of('z'), new Attributes(Task: 0));
        yield return ("open one too many", word => Enumerable.Range(0, _n).All(slot => IsLive(word, slot)) ? [another] : []);
    }

    private (string, Func<ulong, ImmutableArray<Operation>>) Open(int slot, Attributes attributes)
    {
        Operation open = new Operation.Open(_names[slot], attributes);
        ImmutableArray<Operation> operations = _alwaysActive ? [open, new Operation.ScheduleIn(Instance.Own(_names[slot]))] : [open];
        return (open.ToString(), word => IsLive(word, slot) ? [] : operations);
    }

    private int[] Renaming(int[] slots, bool swapScopes)
    {
        var to = new int[Width];
        for (var plane = 0; plane < Planes; plane++)
        {
            var image = swapScopes && plane < 2 ? 1 - plane : plane;
            for (var e = 0; e < _n; e++) to[plane * _n + e] = image * _n + slots[e];
        }

        for (var member = 0; member < _n; member++)
            for (var leader = 0; leader < _n; leader++)
                to[Planes * _n + member * _n + leader] = Planes * _n + slots[member] * _n + slots[leader];
        return to;
    }
}
