// A path as a program of the text grammar: what a slot opens again gets a name of its own.
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>Writes paths of sequential machines down.</summary>
internal static class Telling
{
    private const int Letters = 26;

    /// <summary>A path as a program, each operation with what the model answers.</summary>
    public static Program Sequence(ICodec codec, IReadOnlyList<PathStep> path) => new()
    {
        Declaration = codec.Declaration,
        Dialect = codec.Declaration.Dialect,
        Setup = [.. Transitions(codec, path, Step.Apply).Select(transition => new Line(transition.Operation, transition.Result))],
    };

    /// <summary>A path as lines: each operation with what <paramref name="step"/> answers, and what the last one did to the state.</summary>
    public static IEnumerable<string> Narrative(ICodec codec, IReadOnlyList<PathStep> path, Func<State, Operation, Outcome> step)
    {
        var transitions = Transitions(codec, path, step);
        return
        [
            .. transitions.Select(transition => new Line(transition.Operation, transition.Result).ToString()),
            "before the last:", .. transitions[^1].Before.Describe().Select(line => "  " + line),
            "after it:", .. transitions[^1].After.Describe().Select(line => "  " + line),
        ];
    }

    private static List<Transition> Transitions(ICodec codec, IReadOnlyList<PathStep> path, Func<State, Operation, Outcome> step)
    {
        var opened = new Dictionary<int, int>();
        var transitions = new List<Transition>();
        var state = State.Initial(codec.Declaration);
        foreach (var (before, action) in path)
        {
            foreach (var operation in codec.Operations(before, action))
            {
                if (operation is Operation.Open open) opened[Letter(open.Name)] = opened.GetValueOrDefault(Letter(open.Name), -1) + 1;
                var told = Renamed(operation);
                var outcome = step(state, told);
                transitions.Add(new Transition(state, told, outcome.Result, outcome.State));
                state = outcome.State;
                if (outcome.Result.IsError) break;
            }
        }

        return transitions;

        Operation Renamed(Operation operation) => operation switch
        {
            Operation.Open open => open with { Name = Own(open.Name), Attributes = open.Attributes with { Leader = open.Attributes.Leader is { } leader ? Own(leader) : null } },
            Operation.SetLink set => set with { Trigger = Own(set.Trigger), Target = Own(set.Target) },
            Operation.OnEvent call => call with { Event = Own(call.Event) },
            Operation.OnInstance call => call with { Instance = call.Instance.IsCopy ? Copy(call.Instance) : Instance.Own(Own(call.Instance.Event)) },
            _ => operation,
        };

        // p the first time, then p1, p2…; what was never opened is no event.
        Handle Own(Handle slot) => opened.TryGetValue(Letter(slot), out var times) ? new Handle(Letter(slot) + Letters * times) : Handle.Invalid;

        // A task has one copy from each slot at most, whichever of the slot's events it is of.
        Instance Copy(Instance id) => state.Instances.Where(e => e.Id.CopyTask == id.CopyTask && Letter(e.Id.Event) == Letter(id.Event))
            .Select(e => e.Id).FirstOrDefault(new Instance(Own(id.Event), id.CopyTask));
    }

    private static int Letter(Handle handle) => handle.Id % Letters;
}
