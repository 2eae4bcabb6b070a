// The states of the preset family as words: two events that forks copy, in a root, its child and its grandchild.
using System.Collections.Immutable;
using System.Numerics;
using PerfModel.Model;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>
/// Everything is Active as long as it lives, and nothing is throttled. A word keeps of each own instance whether it lives, its gate and its
/// owners; of each copy also whether its event is closed; of each forked task whether it runs or has exited. Counts are not kept.
/// </summary>
internal sealed class FamilyCodec : ICodec
{
    private const int Slots = 2;
    private const int Child = 1;
    private const int Grandchild = 2;

    // Of an instance: live, paused, a bit for each starter, a bit for each stopper; of a copy, whether it is an orphan.
    private const int Live = 0, Paused = 1, Starter = 2, Stopper = 4, Orphan = 6;
    private const int OwnWidth = 6, CopyWidth = 7;
    private const int Copies = Slots * OwnWidth;
    private const int Tasks = Copies + 2 * Slots * CopyWidth;
    private const int Width = Tasks + 4;

    // What a decoded instance has counted, a multiple of its period: what exits leave is not nothing.
    private const long Counted = 7;

    private readonly ImmutableArray<Func<ulong, ImmutableArray<Operation>>> _operations;

    public FamilyCodec(Dialect dialect)
    {
        Declaration = new Declaration(dialect, Handles: Slots, Roots: 1, Tasks: 3, Cpus: 1);
        Symmetry = Symmetry.Of(Width, [Exchange()]);
        var actions = All().ToList();
        Actions = [.. actions.Select(action => action.Name)];
        _operations = [.. actions.Select(action => action.Operations)];
    }

    public Declaration Declaration { get; }

    public ImmutableArray<string> Actions { get; }

    int ICodec.Width => Width;

    public Symmetry Symmetry { get; }

    public State Decode(ulong word)
    {
        var state = State.Initial(Declaration);
        for (var task = 1; task <= Grandchild; task++)
            if (Life(word, task) is { } life) state = state.With(new ForkedTask(task, life));
        for (var task = 0; task <= Grandchild; task++)
        {
            for (var slot = 0; slot < Slots; slot++)
            {
                var at = Place(task, slot);
                if (!Has(word, at + Live)) continue;
                state = state.Add(new InstanceState(Name(word, task, slot), task, -1, Period: 1, Inherit: true)
                {
                    Enabled = true,
                    Scheduled = true,
                    Paused = Has(word, at + Paused),
                    Starter = Owner(at + Starter, task),
                    Stopper = Owner(at + Stopper, task),
                    Count = Counted,
                    Samples = Counted,
                });
            }
        }

        return state;

        Instance? Owner(int at, int task) => (word >> at & 3) is var row and not 0 ? Name(word, task, BitOperations.TrailingZeroCount(row)) : null;
    }

    public ulong Encode(State state)
    {
        var word = 0UL;
        foreach (var e in state.Instances)
        {
            var at = Place(e.Task, Slot(e.Id));
            word |= 1UL << at + Live;
            if (e.Paused) word |= 1UL << at + Paused;
            if (e.Starter is { } starter) word |= 1UL << at + Starter + Slot(starter);
            if (e.Stopper is { } stopper) word |= 1UL << at + Stopper + Slot(stopper);
            if (e.Id.IsCopy && state.Find(e.Id.Event) is null) word |= 1UL << at + Orphan;
        }

        foreach (var task in state.Tasks) word |= (task.Life == TaskLife.Running ? 1UL : 2UL) << Tasks + 2 * (task.Name - 1);
        return word;
    }

    public ImmutableArray<Operation> Operations(ulong word, int action) => _operations[action](word);

    private static bool Has(ulong word, int bit) => (word >> bit & 1) != 0;

    private static int Place(int task, int slot) => task == 0 ? slot * OwnWidth : Copies + ((task - 1) * Slots + slot) * CopyWidth;

    private static TaskLife? Life(ulong word, int task) => (word >> Tasks + 2 * (task - 1) & 3) switch { 1 => TaskLife.Running, 2 => TaskLife.Exited, _ => null };

    private static Handle Own(int slot) => Handle.Of((char)('p' + slot));

    // An orphan is of an event that its slot had before: p1.
    private static Instance Name(ulong word, int task, int slot) =>
        task == 0 ? Instance.Own(Own(slot))
        : new(Handle.Of((char)('p' + slot), Has(word, Place(task, slot) + Orphan) ? 1 : 0), task);

    private static int Slot(Instance id) => id.Event.Id % 26 - Own(0).Id;

    // The two events by each other's names.
    private static int[] Exchange()
    {
        var to = Enumerable.Range(0, Width).ToArray();
        for (var task = 0; task <= Grandchild; task++)
        {
            for (var slot = 0; slot < Slots; slot++)
            {
                var (from, image) = (Place(task, slot), Place(task, 1 - slot));
                foreach (var bit in new[] { Live, Paused, Orphan }.Where(bit => bit < (task == 0 ? OwnWidth : CopyWidth))) to[from + bit] = image + bit;
                foreach (var role in new[] { Starter, Stopper })
                    for (var owner = 0; owner < Slots; owner++) to[from + role + owner] = image + role + 1 - owner;
            }
        }

        return to;
    }

    private static IEnumerable<(string Name, Func<ulong, ImmutableArray<Operation>> Operations)> All()
    {
        for (var i = 0; i < Slots; i++)
        {
            var slot = i;
            var e = Own(slot);
            foreach (var paused in new[] { false, true })
            {
                yield return ($"open {e}{(paused ? ", paused" : "")}", word => Has(word, Place(0, slot)) ? []
                    : [new Operation.Open(e, new Attributes(Task: 0, Period: 1, Inherit: true, Enabled: true, StartPaused: paused)), new Operation.ScheduleIn(Instance.Own(e))]);
            }

            yield return Call(new Operation.Close(e));
            yield return Call(new Operation.Enable(e));
            for (var trigger = 0; trigger < Slots; trigger++)
                foreach (var role in new[] { Role.Starter, Role.Stopper }) yield return Call(new Operation.SetLink(role, Own(trigger), e));
            for (var t = 0; t <= Grandchild; t++)
            {
                var task = t;
                yield return ($"tick {e} in task {task}", word => [new Operation.Tick(Name(word, task, slot), 1)]);
            }
        }

        yield return ("open one too many", word => Has(word, Place(0, 0)) && Has(word, Place(0, 1)) ? [new Operation.Open(Handle.Of('z'), new Attributes(Task: 0))] : []);
        foreach (var (source, child) in new[] { (0, Child), (Child, Grandchild), (0, Grandchild + 1) })
            yield return ($"fork {child} from {source}", word => Fork(word, source, child));
        foreach (var task in new[] { 0, Child, Grandchild }) yield return Call(new Operation.Exit(task));
    }

    private static (string, Func<ulong, ImmutableArray<Operation>>) Call(Operation operation) => (operation.ToString(), _ => [operation]);

    // The scheduler gives the copies their counters at once.
    private static ImmutableArray<Operation> Fork(ulong word, int source, int child) =>
    [
        new Operation.Fork(source, child),
        .. from slot in Enumerable.Range(0, Slots)
           where child <= Grandchild && Has(word, Place(source, slot) + Live)
           select new Operation.ScheduleIn(new Instance(Name(word, source, slot).Event, child)),
    ];
}
