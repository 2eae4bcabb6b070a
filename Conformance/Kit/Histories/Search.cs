// The search of the history checker: a nondeterministic automaton over configurations, run depth first.
//
// A letter of the automaton's word is a call or a return. A call adds itself to the configuration. A return of a call asks
// for a configuration in which the call has the answer that was seen; only then do calls take steps, its own and others'.
// A configuration whose returning call has its answer is not expanded: the steps of others can wait, for a step between
// the last step of a call and its return can as well be taken after the return.
//
// Depth first, with a memory of every configuration at every return, so that a history that conforms is known at its first
// explanation, and one that does not costs what the breadth of the automaton costs.
//
// The search is that of Wing and Gong (Testing and verifying concurrent objects, 1993); the memory of configurations and the steps
// that wait until a return asks for them are Lowe's (just-in-time linearization; Testing for linearizability, 2017). A call here
// has more than one step, so a configuration holds the calls under way as well. P-compositionality (Horn and Kroening, Faster
// linearizability checking via P-compositionality, 2015) does not apply: links join the events of a history.
//
// What is left out, and why that loses no explanation (the tests compare with a search that leaves nothing out):
//  L1 Look ahead. What a call will be seen to answer is known now. A step that settles another answer leads nowhere.
//  L2 Answers that change nothing. A call that is seen to answer an errno or ignored, or that reads, is one step, and the
//     step changes nothing (rule 1.9); nobody sees it. If it can give its answer now, it gives it now: whatever was possible
//     is still possible, with that later step left out. So such a call never branches.
//  L3 Reads whose answer was never seen are never taken: nobody asks, nobody sees.
//  L4 Last steps wait. The last step of a Tick or an Overflow adds to Samples and nothing else, so it commutes with every step
//     but a read of Samples; the last one of an Enable or a Disable changes nothing. Once it can be taken it stays so, since what
//     is owed only shrinks. In Linux613 the sample of what resumes its leader is not its last step, and does not wait. Unless such a read is under way, it waits for the return of its own call. (Taken earlier, it would
//     only end the call's freedom to visit more.)
//  L5 Tests are early. That a TotalCount begins, and that a Fork finds its source running, is taken as soon as it can be. A total
//     only grows while its handle lives, so a later beginning only allows fewer answers; and what a Fork does next it can do at
//     any time after, unless it is seen to answer ESRCH. (If the handle is dead, the step answers, and L1 and L2 speak of it.)
//  L6 Unobserved visits are early. Such a visit is made by an overflow that no call overlaps which names the target, forks or ends
//     a task or closes the trigger; and what else overflows meanwhile is never linked to the target in the other role. So the link
//     is held from the admission on, the visit is owed, and it commutes with every step until its call returns, those of its own
//     call included: nothing reads or moves the gate between them but visits in the same role, and two of these leave what one
//     leaves. It is taken as soon as it can be (Unobserved.cs). That ends no freedom: a stopper is left for later if a link to a
//     starter can be made meanwhile. An exhaustive search does without: it lists for a person what each order leads to.
//  L7 Idle visits, which change nothing, are early or not made. One of a link that is not held any more is not owed (7.4), and its call can
//     do without it whatever it can do behind it. One of a target that no call names which overlaps the overflow, and whose gate nothing else can
//     move, stays idle whenever it is made, also if the trigger is closed or a task forks or ends meanwhile: it is taken as L6 takes others.
//     An exhaustive search does without.
using System.Collections.Immutable;
using PerfModel.Model;

namespace PerfModel.Conformance.Histories;

/// <summary>How much of a history a search reads, and what it is for.</summary>
/// <param name="End">It reads the moments before this one.</param>
/// <param name="Horizon">It knows the answers of returns before this one.</param>
/// <param name="Exhaustive">Whether it collects every end instead of stopping at the first, and every step that L1 drops.</param>
internal readonly record struct Scope(int End, int Horizon, bool Exhaustive);

/// <summary>Where a search begins.</summary>
/// <param name="Configurations">One of these: a state, and how far the calls have come that are under way.</param>
/// <param name="Moment">The moment that it reads first: those before it are the calls that are under way.</param>
internal readonly record struct Origin(ImmutableArray<Configuration> Configurations, int Moment)
{
    /// <summary>The first of the states.</summary>
    public State State => Configurations[0].State;

    /// <summary>A system at rest, and the first moment.</summary>
    public static Origin AtRest(State state, Moments moments) => new([Configuration.AtRest(state, moments.Slots)], 0);
}

/// <summary>A step that a search dropped, since it settles another answer than was seen.</summary>
internal readonly record struct Drop(Search.Node Before, int Slot, CallStep Step);

/// <summary>One run of the automaton.</summary>
internal sealed class Search(Moments moments, Scope scope, Budget budget)
{
    /// <summary>The most dropped steps that are remembered for a person.</summary>
    public const int MaxDrops = 2_000;

    private readonly Stack<Node> _open = new();
    private readonly HashSet<(int Moment, Configuration)> _known = [];
    private readonly List<Node> _next = [];
    private Unobserved? _unobserved;

    /// <summary>A configuration at a return, and how the search came to it.</summary>
    /// <param name="Configuration">The configuration.</param>
    /// <param name="Moment">The return that is to be explained, or the end.</param>
    /// <param name="Before">The node before, or null for the start.</param>
    /// <param name="Slot">Whose step led here, or −1 if it was calls and returns.</param>
    internal sealed record Node(Configuration Configuration, int Moment, Node? Before, int Slot)
    {
        /// <summary>How many steps led here.</summary>
        public int Steps { get; } = (Before?.Steps ?? 0) + (Slot < 0 ? 0 : 1);
    }

    /// <summary>Whether a state may be the last, if every call has returned by then; null if each may.</summary>
    public Func<State, bool>? IsEnd { get; init; }

    /// <summary>How many ends are collected, none of them twice; the first is <see cref="Explained"/>, and the search goes on behind it.</summary>
    public int Collects { get; init; }

    /// <summary>The ends that were collected: all there are if there are less than asked for and the budget did not run out.</summary>
    public List<Node> Collected { get; } = [];

    /// <summary>How many configurations were expanded.</summary>
    public int Expanded { get; private set; }

    /// <summary>Whether the budget ran out.</summary>
    public bool Overrun { get; private set; }

    /// <summary>An end that explains everything, or null if none was found.</summary>
    public Node? Explained { get; private set; }

    /// <summary>A node that came to the farthest moment: of those one that has not settled the answer there, and of those one with the most steps.</summary>
    public Node? Farthest { get; private set; }

    /// <summary>Exhaustive: the nodes at which the last return's call has an answer, whatever it is.</summary>
    public List<Node> Ends { get; } = [];

    /// <summary>How many steps were dropped since they settle another answer than was seen.</summary>
    public int Dropped { get; private set; }

    /// <summary>Exhaustive: the steps dropped since they settle another answer than was seen, <see cref="MaxDrops"/> at most.</summary>
    public List<Drop> Drops { get; } = [];

    /// <summary>Runs it.</summary>
    public Search Run(Origin start)
    {
        if (!scope.Exhaustive) _unobserved = new Unobserved(moments, start);
        foreach (var configuration in start.Configurations) Arrive(new Node(configuration, start.Moment, null, -1));
        Open();
        while (_open.TryPop(out var node))
        {
            if (node.Moment == scope.End)
            {
                if (IsEnd?.Invoke(node.Configuration.State) == false) continue;
                Explained ??= node;
                if (Collects == 0) return this;
                Collected.Add(node);
                if (Collected.Count == Collects) return this;
                Open();
                continue;
            }

            var slot = moments.All[node.Moment].Thread;
            if (node.Configuration.Calls[slot]!.Result is null)
            {
                if (Expanded == budget.Configurations)
                {
                    Overrun = true;
                    return this;
                }

                Expanded++;
                Expand(node);
            }
            else if (scope.Exhaustive && node.Moment == scope.End - 1)
            {
                Ends.Add(node);
            }
            else
            {
                // Another answer than the one seen would have been dropped on the way (L1).
                Arrive(new Node(node.Configuration.Return(slot), node.Moment + 1, node, -1));
            }

            Open();
        }

        return this;
    }

    /// <summary>What a call under way at a moment is going to be seen to answer, or null if that is not known.</summary>
    private Result? Expected(int moment, int slot)
    {
        var call = moments.UnderWay(moment, slot);
        return call >= 0 && moments.Returns[call] is var at && at >= 0 && at < scope.Horizon ? moments.All[at].Seen : null;
    }

    /// <summary>Reads calls up to the next return.</summary>
    private void Arrive(Node node)
    {
        while (node.Moment < scope.End && moments.All[node.Moment] is { Returns: false } call)
            node = new Node(node.Configuration.Invoke(call.Thread, call.Operation), node.Moment + 1, node, -1);
        if (Farthest is null || Distance(node).CompareTo(Distance(Farthest)) > 0) Farthest = node;
        Reach(node);
    }

    /// <summary>Comes to a configuration: takes the steps that can be taken at once (L2, L5, L6), and keeps it if it is new.</summary>
    private void Reach(Node node)
    {
        if (node.Moment < scope.End)
        {
            for (var slot = 0; slot < moments.Slots; slot++)
            {
                while (_unobserved is not null && node.Configuration.Calls[slot] is { } delivery
                    && _unobserved.Next(moments.UnderWay(node.Moment, slot), delivery, node.Configuration.State) is { } visit)
                    node = new Node(node.Configuration.After(slot, visit), node.Moment, node, slot);
                if (node.Configuration.Calls[slot] is not { Settled: null } call) continue;
                var expected = Expected(node.Moment, slot);
                var finds = call.Operation is Operation.Fork && expected is not null && expected != Result.Of(Errno.ESRCH);
                if ((finds || call.Operation is Operation.TotalCount)
                    && call.Steps(node.Configuration.State).First() is { Label.Kind: StepKind.Begin or StepKind.Source } test)
                {
                    node = new Node(node.Configuration.After(slot, test), node.Moment, node, slot);
                    call = test.Call;
                }

                if (expected is not { } seen || !ChangesNothing(call.Operation, seen)) continue;
                foreach (var step in Steps(call, node.Configuration.State, seen).Where(step => step.Call.Result == seen).Take(1))
                    node = new Node(node.Configuration.After(slot, step), node.Moment, node, slot);
            }
        }

        if (_known.Add((node.Moment, node.Configuration))) _next.Add(node);
    }

    /// <summary>
    /// The steps that a call can take, as far as they matter to someone who knows what it will be seen to answer: of the numbers
    /// that a step may answer (rule 7.9) that one, or one for all others. Each leads to the same state.
    /// </summary>
    public static IEnumerable<CallStep> Steps(Call call, State state, Result? seen) =>
        call.Steps(state).SelectMany(step => seen is { } answer ? [step.Answering(answer)] : step.EachAnswer());

    private static bool ChangesNothing(Operation operation, Result seen) => operation.IsRead || seen.IsError || seen == Result.Ignored;

    private void Expand(Node node)
    {
        var returning = moments.All[node.Moment].Thread;
        Expand(node, returning, returning);
        for (var slot = 0; slot < moments.Slots; slot++)
            if (slot != returning) Expand(node, slot, returning);
    }

    private void Expand(Node node, int slot, int returning)
    {
        var configuration = node.Configuration;
        if (configuration.Calls[slot] is not { Result: null } call) return;
        // A read whose answer is known would have been taken if it could be (L2); one whose answer nobody asks for is never taken (L3).
        if (slot != returning && call.Operation.IsRead && !IsAsked(node.Moment, slot)) return;
        var expected = Expected(node.Moment, slot);
        var taken = 0;
        foreach (var step in Steps(call, configuration.State, expected))
        {
            if (slot != returning && call.Settled is not null && step.Label.Kind is StepKind.Sample or StepKind.End && step.Call.Result is not null && !SamplesAreRead(configuration, call)) continue;
            if (!scope.Exhaustive && step.Label is { Kind: StepKind.Visit } visit && ReferenceEquals(step.State, configuration.State)
                && configuration.State.Find(visit.Instance)?.Owner(visit.Role) != ((Operation.OnInstance)call.Operation).Instance) continue;
            // A sum that may be any of too many numbers is not enumerated.
            if (++taken > budget.Configurations)
            {
                Overrun = true;
                return;
            }

            if (expected is not null && step.Call.Settled is { } settled && settled != expected)
            {
                Dropped++;
                if (scope.Exhaustive && Drops.Count < MaxDrops) Drops.Add(new Drop(node, slot, step));
                continue;
            }

            Reach(new Node(configuration.After(slot, step), node.Moment, node, slot));
        }
    }

    /// <summary>Whether a call under way at a moment is the one whose answers an exhaustive search is to find.</summary>
    private bool IsAsked(int moment, int slot) => scope.Exhaustive && moments.UnderWay(moment, slot) == moments.All[scope.End - 1].Number;

    /// <summary>Whether a read of the samples of a call's trigger is under way (L4).</summary>
    private static bool SamplesAreRead(Configuration configuration, Call delivery)
    {
        foreach (var call in configuration.Calls)
            if (call is { Result: null, Operation: Operation.SamplesOf read } && delivery.Operation is Operation.OnInstance triggered && read.Instance == triggered.Instance) return true;
        return false;
    }

    /// <summary>Puts what was reached on the stack, so that what was reached first is looked at first.</summary>
    private void Open()
    {
        for (var i = _next.Count - 1; i >= 0; i--) _open.Push(_next[i]);
        _next.Clear();
    }

    private (int, bool, int) Distance(Node node) =>
        (node.Moment, node.Moment == moments.All.Length || node.Configuration.Calls[moments.All[node.Moment].Thread]?.Settled is null, node.Steps);
}
