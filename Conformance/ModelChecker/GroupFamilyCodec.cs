// The states of the preset family in Linux613 as words: a leader and a member of its group, or two of either, which forks copy.
using System.Collections.Immutable;
using PerfModel.Model;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>
/// Everything is Active as long as it lives and is in no error, and nothing is throttled. A word keeps of each own instance its life, its gate and its part in a
/// group; of each copy also whether its event is closed; of each forked task whether it runs or has exited. Counts are not kept.
/// </summary>
internal sealed class GroupFamilyCodec : ICodec
{
    private const int Slots = 2;
    private const int Child = 1;
    private const int Grandchild = 2;

    // Of an instance; its leader is the other slot's of its task.
    private const int Live = 0, Enabled = 1, Paused = 2, Aux = 3, OpensPaused = 4, Led = 5, Resumes = 6, Error = 7, Orphan = 8, Width1 = 9;
    private const int Tasks = 3 * Slots * Width1;
    private const int Width = Tasks + 4;

    private const long Counted = 7;

    private readonly ImmutableArray<Func<ulong, ImmutableArray<Operation>>> _operations;

    public GroupFamilyCodec()
    {
        Declaration = new Declaration(Dialect.Linux613, Handles: Slots, Roots: 1, Tasks: 3, Cpus: 1);
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
            if ((word >> Tasks + 2 * (task - 1) & 3) is var life and not 0) state = state.With(new ForkedTask(task, life == 1 ? TaskLife.Running : TaskLife.Exited));
        for (var task = 0; task <= Grandchild; task++)
        {
            for (var slot = 0; slot < Slots; slot++)
            {
                if (!Has(word, task, slot, Live)) continue;
                var led = Has(word, task, slot, Led);
                state = state.Add(new InstanceState(Name(word, task, slot), task, -1, Period: 1, Inherit: true)
                {
                    Enabled = Has(word, task, slot, Enabled),
                    Scheduled = true,
                    Paused = Has(word, task, slot, Paused),
                    Group = new GroupAttributes(Has(word, task, slot, Aux), Has(word, task, slot, OpensPaused), !led ? null : Has(word, task, slot, Resumes) ? Role.Starter : Role.Stopper),
                    Leader = led ? Name(word, task, 1 - slot) : null,
                    Failed = Has(word, task, slot, Error),
                    Count = Counted,
                    Samples = Counted,
                });
            }
        }

        return state;
    }

    public ulong Encode(State state)
    {
        var word = 0UL;
        foreach (var e in state.Instances)
        {
            var at = Place(e.Task, Slot(e.Id));
            Put(true, Live);
            Put(e.Enabled, Enabled);
            Put(e.Paused, Paused);
            Put(e.Group.Aux, Aux);
            Put(e.Group.OpensPaused, OpensPaused);
            Put(e.Leader is not null, Led);
            Put(e is { Leader: not null, Group.Role: Role.Starter }, Resumes);
            Put(e.Failed, Error);
            Put(e.Id.IsCopy && state.Find(e.Id.Event) is null, Orphan);

            void Put(bool value, int bit) => word |= (value ? 1UL : 0) << at + bit;
        }

        foreach (var task in state.Tasks) word |= (task.Life == TaskLife.Running ? 1UL : 2UL) << Tasks + 2 * (task.Name - 1);
        return word;
    }

    public ImmutableArray<Operation> Operations(ulong word, int action) => _operations[action](word);

    private static int Place(int task, int slot) => (task * Slots + slot) * Width1;

    private static bool Has(ulong word, int task, int slot, int bit) => (word >> Place(task, slot) + bit & 1) != 0;

    private static Handle Own(int slot) => Handle.Of((char)('p' + slot));

    // An orphan is of an event that its slot had before: p1.
    private static Instance Name(ulong word, int task, int slot) =>
        task == 0 ? Instance.Own(Own(slot)) : new(Handle.Of((char)('p' + slot), Has(word, task, slot, Orphan) ? 1 : 0), task);

    private static int Slot(Instance id) => id.Event.Id % 26 - Own(0).Id;

    // The two events by each other's names.
    private static int[] Exchange()
    {
        var to = Enumerable.Range(0, Width).ToArray();
        for (var task = 0; task <= Grandchild; task++)
            for (var slot = 0; slot < Slots; slot++)
                for (var bit = 0; bit < Width1; bit++) to[Place(task, slot) + bit] = Place(task, 1 - slot) + bit;
        return to;
    }

    private static IEnumerable<(string Name, Func<ulong, ImmutableArray<Operation>> Operations)> All()
    {
        for (var i = 0; i < Slots; i++)
        {
            var slot = i;
            var plain = new Attributes(Task: 0, Period: 1, Inherit: true, Enabled: true);
            yield return Open(slot, plain with { Aux = true });
            yield return Open(slot, plain with { Aux = true, StartPaused = true });
            yield return Open(slot, plain with { Leader = Own(1 - slot), Pauses = true });
            yield return Open(slot, plain with { Leader = Own(1 - slot), Resumes = true });
            yield return Call(new Operation.Close(Own(slot)));
            yield return Call(new Operation.Enable(Own(slot)));
            for (var t = 0; t <= Grandchild; t++)
            {
                var task = t;
                yield return ($"tick {Own(slot)} in task {task}", word => [new Operation.Tick(Name(word, task, slot), 1)]);
            }
        }

        yield return ("open one too many", word => Has(word, 0, 0, Live) && Has(word, 0, 1, Live) ? [new Operation.Open(Handle.Of('z'), new Attributes(Task: 0))] : []);
        foreach (var (source, child) in new[] { (0, Child), (Child, Grandchild), (0, Grandchild + 1) })
            yield return ($"fork {child} from {source}", word => Fork(word, source, child));
        foreach (var task in new[] { 0, Child, Grandchild }) yield return Call(new Operation.Exit(task));
    }

    private static (string, Func<ulong, ImmutableArray<Operation>>) Call(Operation operation) => (operation.ToString(), _ => [operation]);

    private static (string, Func<ulong, ImmutableArray<Operation>>) Open(int slot, Attributes attributes)
    {
        Operation open = new Operation.Open(Own(slot), attributes);
        return (open.ToString(), word => Has(word, 0, slot, Live) ? [] : [open, new Operation.ScheduleIn(Instance.Own(Own(slot)))]);
    }

    // The scheduler gives the copies their counters at once.
    private static ImmutableArray<Operation> Fork(ulong word, int source, int child) =>
    [
        new Operation.Fork(source, child),
        .. from slot in Enumerable.Range(0, Slots)
           where child <= Grandchild && Has(word, source, slot, Live)
           select new Operation.ScheduleIn(new Instance(Name(word, source, slot).Event, child)),
    ];
}
