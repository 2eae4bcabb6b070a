// The state graph of a small bound, and the gate of one event as an automaton, in DOT (graphviz).
using System.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>Draws what the model does.</summary>
public static class Graphs
{
    /// <summary>More states than this nobody reads.</summary>
    public const int MostStates = 200;

    /// <summary>
    /// Every reachable state of a preset, and between two states one arrow, labelled with all that leads from one to the other. What leads nowhere is left out.
    /// </summary>
    /// <returns>DOT, or null if there are more than <see cref="MostStates"/> states.</returns>
    public static string? OfPreset(Preset preset, int events, Dialect dialect)
    {
        var codec = preset.Codec(events, dialect);
        var machine = preset.Machine(events, dialect, symmetric: false);
        var number = new Dictionary<ulong, int> { [machine.Initial] = 0 };
        var states = new List<ulong> { machine.Initial };
        var arrows = new List<(int From, int To, string Label)>();
        var edges = new Edge[machine.Degree];
        for (var i = 0; i < states.Count; i++)
        {
            var count = machine.Expand(states[i], 0, edges);
            foreach (var edge in edges[..count])
            {
                if (edge.After == states[i]) continue;
                if (!number.TryGetValue(edge.After, out var to))
                {
                    number.Add(edge.After, to = states.Count);
                    states.Add(edge.After);
                    if (states.Count > MostStates) return null;
                }

                arrows.Add((i, to, Label(codec.Operations(states[i], edge.Action)[0])));
            }
        }

        return Drawn($"{preset.Name}, {(preset.HasOwnBound ? "" : $"{events} {(events == 1 ? "event" : "events")}, ")}{dialect}",
            states.Select(state => (Lines(codec.Decode(state)), state == machine.Initial)), arrows);
    }

    /// <summary>
    /// The gate of an event that has a starter and a stopper: what of its state decides about the gate, and what moves it. Everything is read off the model: each
    /// state is one that Step gave, each arrow a Step. While the event is off, whether it is scheduled is not drawn, but its arrows say it.
    /// </summary>
    public static string OfGate(Dialect dialect)
    {
        var target = Instance.Own(Handle.Of('t'));
        var start = Opened(dialect);
        var nodes = new List<(Activity Activity, bool Paused)>();
        var states = new List<State> { start };
        var arrows = new List<(int From, int To, string Label)>();
        (string Label, Operation Operation)[] actions =
        [
            ("Enable", new Operation.Enable(target.Event)), ("Disable", new Operation.Disable(target.Event)),
            ("ScheduleIn", new Operation.ScheduleIn(target)), ("ScheduleOut", new Operation.ScheduleOut(target)),
            ("its starter overflows", new Operation.Overflow(Instance.Own(Handle.Of('p')))), ("its stopper overflows", new Operation.Overflow(Instance.Own(Handle.Of('q')))),
        ];
        for (var i = 0; i < states.Count; i++)
        {
            foreach (var (label, operation) in actions)
            {
                var after = Step.Apply(states[i], operation).State;
                if (!states.Any(state => state.Find(target)! with { Samples = 0 } == after.Find(target)! with { Samples = 0 })) states.Add(after);
                var (from, to) = (Node(states[i]), Node(after));
                // An overflow that moves nothing is worth an arrow: it is what the dialects differ in.
                if (from != to || operation is Operation.Overflow) arrows.Add((from, to, operation is Operation.Enable && states[i].Find(target)!.Scheduled ? $"{label}, scheduled" : label));
            }
        }

        return Drawn($"the gate of an event, {dialect}", nodes.Select((node, i) => ((string[])[node.Activity.ToString().ToLowerInvariant(), node.Paused ? "paused" : "open"], i == 0)), arrows);

        int Node(State state)
        {
            var node = (state.Find(target)!.Activity, state.Find(target)!.Paused);
            if (!nodes.Contains(node)) nodes.Add(node);
            return nodes.IndexOf(node);
        }
    }

    private static State Opened(Dialect dialect)
    {
        var (p, q, t) = (Handle.Of('p'), Handle.Of('q'), Handle.Of('t'));
        var triggers = new Attributes(Task: 0, Period: 1, Enabled: true);
        // Who starts and who stops is said at Open where there are no links to set (rules 8.11 and 8.12).
        Operation[] program =
        [
            .. (IEnumerable<Operation>)(dialect == Dialect.Linux613
                ? [new Operation.Open(t, new Attributes(Task: 0) { Aux = true }), new Operation.Open(p, triggers with { Leader = t, Resumes = true }), new Operation.Open(q, triggers with { Leader = t, Pauses = true })]
                : [new Operation.Open(p, triggers), new Operation.Open(q, triggers), new Operation.Open(t, new Attributes(Task: 0)), new Operation.SetLink(Role.Starter, p, t), new Operation.SetLink(Role.Stopper, q, t)]),
            new Operation.ScheduleIn(Instance.Own(p)), new Operation.ScheduleIn(Instance.Own(q)),
        ];
        return program.Aggregate(State.Initial(new Declaration(dialect)), (state, operation) => Step.Apply(state, operation).State);
    }

    private static string Label(Operation operation) => operation is Operation.Open { Attributes.StartPaused: true } open ? $"{open.Name} = Open(paused)"
        : operation is Operation.Open plain ? $"{plain.Name} = Open()" : operation is Operation.Tick tick ? $"Overflow({tick.Instance})" : operation.ToString();

    private static string[] Lines(State state) => state.Instances.IsEmpty && state.Tasks.IsEmpty ? ["nothing is open"]
        : [.. state.Instances.Select(e => (e with { Count = 0, Samples = 0, Period = 0 }).Describe(scope: false).Replace(", count 0", "", StringComparison.Ordinal)), .. state.Tasks.Select(task => task.ToString())];

    private static string Drawn(string title, IEnumerable<(string[] Lines, bool First)> states, List<(int From, int To, string Label)> arrows)
    {
        var dot = new StringBuilder();
        dot.Append($"// {title}\ndigraph {{\n  label=\"{title}\"; labelloc=t; fontname=\"sans-serif\";\n");
        dot.Append("  node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=11];\n  edge [fontname=\"sans-serif\", fontsize=9];\n");
        var i = 0;
        foreach (var (lines, first) in states) dot.Append($"  s{i++} [label=\"{string.Join("\\n", lines)}\"{(first ? ", penwidth=2" : "")}];\n");
        foreach (var pair in arrows.GroupBy(arrow => (arrow.From, arrow.To)))
            dot.Append($"  s{pair.Key.From} -> s{pair.Key.To} [label=\"{string.Join("\\n", pair.Select(arrow => arrow.Label).Distinct())}\"];\n");
        return dot.Append("}\n").ToString();
    }
}
