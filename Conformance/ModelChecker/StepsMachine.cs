// The concurrent reading: two calls under way, every interleaving of their atomic steps, by the programs of Model.
using System.Collections.Concurrent;
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>
/// A word is a flat state and the local state of each thread's call by number. A call begins with its first step: before it, it has
/// learnt nothing. It returns with its last. No slot is opened again, so a name under way never becomes another's.
/// </summary>
/// <param name="codec">The states of the system.</param>
/// <param name="properties">The claims.</param>
/// <param name="symmetric">Whether the threads may be exchanged.</param>
/// <param name="mutate">The moves of the model as they are, or something wrong that the claims must notice.</param>
internal sealed class StepsMachine(ICodec codec, ImmutableArray<StepwiseProperty> properties, bool symmetric, Func<Configuration, Move, Move> mutate) : IMachine
{
    private const int Threads = 2;

    // Most steps that one call can choose from: a visit of each target in either role, and the sample.
    private const int MostSteps = 2 * FlatLayout.MostEvents + 1;

    private readonly ImmutableArray<Operation> _operations = [.. Operations(codec.Declaration)];
    private readonly int _callWidth = (64 - codec.Width) / Threads;
    private readonly ConcurrentDictionary<Call, int> _numbers = new();
    private readonly ConcurrentDictionary<int, Call> _calls = new();
    private readonly Lock _numbering = new();

    public ulong Initial { get; } = codec.Encode(AllOpen(codec.Declaration).Aggregate(State.Initial(codec.Declaration), (state, operation) => Step.Apply(state, operation).State));

    public int Degree => Threads * Math.Max(_operations.Length, MostSteps);

    public ImmutableArray<Claim> Claims { get; } = [.. properties];

    public Symmetry Symmetry { get; } = symmetric ? Symmetry.Of(64, [Exchange(codec.Width)]) : Symmetry.None;

    public int Expand(ulong state, ulong wanted, Span<Edge> edges)
    {
        var count = 0;
        foreach (var (action, before, move) in Moves(state))
        {
            var noted = 0UL;
            for (var i = 0; i < properties.Length; i++)
                if ((wanted >> i & 1) != 0 && properties[i].Holds(before, move) == (properties[i].Kind == PropertyKind.Sometimes)) noted |= 1UL << i;
            edges[count++] = new(Encode(move.After), action, noted);
        }

        return count;
    }

    /// <summary>Every move out of a state.</summary>
    public IEnumerable<(Configuration Before, Move Move)> MovesFrom(ulong state) => Moves(state).Select(move => (move.Before, move.Move));

    /// <summary>The path as a history: who called and who returned when. Calls that are still under way at its end return in the end.</summary>
    public Program Tell(IReadOnlyList<PathStep> path)
    {
        var history = new List<HistoryEvent>();
        var lines = Enumerable.Range(0, Threads).Select(_ => new List<Line>()).ToArray();
        Configuration? at = null;
        foreach (var (before, action) in path) Take(Moves(before).First(move => move.Action == action));
        while (at is not null && at.Calls.Any(call => call is not null)) Take(Moves(Encode(at)).First(move => at.Calls[move.Move.Thread] is not null));
        return new Program
        {
            Declaration = codec.Declaration,
            Dialect = codec.Declaration.Dialect,
            Setup = [.. AllOpen(codec.Declaration).Select(operation => new Line(operation))],
            Threads = [.. lines.Select(calls => new ProgramThread([.. calls]))],
            History = [.. history],
        };

        void Take((int Action, Configuration Before, Move Move) taken)
        {
            var (thread, operation) = (taken.Move.Thread, taken.Before.Calls[taken.Move.Thread]!.Operation);
            if (taken.Action / Threads < _operations.Length)
            {
                lines[thread].Add(new Line(operation));
                history.Add(new HistoryEvent(thread, operation, null));
            }

            if (taken.Move.Step.Call.Result is { } result) history.Add(new HistoryEvent(thread, null, result));
            at = Idle(taken.Move.After);
        }
    }

    public IEnumerable<string> Narrate(IReadOnlyList<PathStep> path)
    {
        var told = path.Select(step => Moves(step.Before).First(move => move.Action == step.Action)).ToList();
        return
        [
            .. told.Select(taken => Line(taken.Before, taken.Move)),
            "before the last:", .. Shown(told[^1].Before.State),
            "after it:", .. Shown(told[^1].Move.After.State),
        ];

        // Counts are not kept from step to step, so they would mean nothing.
        static IEnumerable<string> Shown(State state) =>
            state.Instances.Aggregate(state, (at, e) => at.With(e with { Count = 0, Samples = 0 })).Describe().Select(line => "  " + line);

        static string Line(Configuration before, Move move)
        {
            var what = move.Step.Label switch
            {
                { Kind: StepKind.Visit } visit => $"visits {visit.Instance}, whose {visit.Role.ToString().ToLowerInvariant()} it is",
                { Kind: StepKind.VisitBegins } visit => $"comes to {visit.Instance}",
                { Kind: StepKind.VisitMoves } visit => $"moves {visit.Instance}",
                { Kind: StepKind.VisitEnds } visit => $"leaves {visit.Instance}",
                { Kind: StepKind.Fails } fails => $"{fails.Instance} is in error",
                var label => label.Kind.ToString().ToLowerInvariant(),
            };
            var answer = move.Step.Call.Result is { } result ? $" -> {result}" : "";
            return $"{ProgramThread.Name(move.Thread)}: {before.Calls[move.Thread]!.Operation}: {what}{answer}";
        }
    }

    // Actions 2·i + thread: the thread calls operation i and takes its first step; above these: the thread takes step i.
    private IEnumerable<(int Action, Configuration Before, Move Move)> Moves(ulong word)
    {
        var here = Decode(word);
        for (var thread = 0; thread < Threads; thread++)
        {
            if (here.Calls[thread] is not null)
            {
                var step = _operations.Length;
                foreach (var move in here.Moves().Where(move => move.Thread == thread)) yield return (step++ * Threads + thread, here, mutate(here, move));
                continue;
            }

            for (var i = 0; i < _operations.Length; i++)
            {
                var called = here.Invoke(thread, _operations[i]);
                var move = called.Moves().Single(move => move.Thread == thread);
                yield return (i * Threads + thread, called, mutate(called, move));
            }
        }
    }

    // A call that has its answer returns.
    private static Configuration Idle(Configuration after) =>
        Enumerable.Range(0, after.Calls.Length).Where(thread => after.Calls[thread]?.Result is not null).Aggregate(after, (at, thread) => at.Return(thread));

    private ulong Encode(Configuration configuration)
    {
        var idle = Idle(configuration);
        var word = codec.Encode(idle.State);
        for (var thread = 0; thread < Threads; thread++) word |= (ulong)Number(idle.Calls[thread]) << codec.Width + thread * _callWidth;
        return word;
    }

    private Configuration Decode(ulong word)
    {
        var calls = new Call?[Threads];
        for (var thread = 0; thread < Threads; thread++)
        {
            var number = (int)(word >> codec.Width + thread * _callWidth & (1UL << _callWidth) - 1);
            calls[thread] = number == 0 ? null : _calls[number];
        }

        return Configuration.Of(codec.Decode(word & (1UL << codec.Width) - 1), calls);
    }

    // 0 is no call. Numbers depend on who comes first; nothing that is counted or shown depends on the numbers.
    private int Number(Call? call)
    {
        if (call is null) return 0;
        if (_numbers.TryGetValue(call, out var known)) return known;
        lock (_numbering)
        {
            if (_numbers.TryGetValue(call, out known)) return known;
            var number = _calls.Count + 1;
            if (number >> _callWidth != 0) throw new InvalidOperationException($"more than {number - 1} local states of calls do not fit into a word");
            _calls[number] = call;
            _numbers[call] = number;
            return number;
        }
    }

    private static IEnumerable<Handle> Names(Declaration declaration) => Enumerable.Range(0, declaration.Handles).Select(slot => Handle.Of((char)('p' + slot)));

    // In Linux613 the first leads; of the others every second pauses it, and the rest resume it.
    private static IEnumerable<Operation> AllOpen(Declaration declaration)
    {
        var names = Names(declaration).ToList();
        var plain = new Attributes(Task: 0, Period: 1, Enabled: true);
        return
        [
            .. names.Select((name, i) => new Operation.Open(name, declaration.Dialect != Dialect.Linux613 ? plain
                : i == 0 ? plain with { Aux = true } : plain with { Leader = names[0], Pauses = i % 2 == 1, Resumes = i % 2 == 0 })),
            .. names.Select(name => new Operation.ScheduleIn(Instance.Own(name))),
        ];
    }

    private static IEnumerable<Operation> Operations(Declaration declaration)
    {
        var names = Names(declaration).ToList();
        var links = from role in new[] { Role.Starter, Role.Stopper } from trigger in names from target in names select new Operation.SetLink(role, trigger, target);
        return
        [
            .. names.Select(name => new Operation.Overflow(Instance.Own(name))),
            .. declaration.Dialect == Dialect.Linux613 ? [] : links,
            .. names.Select(name => new Operation.Close(name)),
            // Only there does it end anything.
            .. declaration.Dialect == Dialect.Linux613 ? names.Select(name => new Operation.Enable(name)) : [],
        ];
    }

    private static int[] Exchange(int width)
    {
        var call = (64 - width) / Threads;
        return [.. Enumerable.Range(0, 64).Select(bit => bit < width || bit >= width + 2 * call ? bit : bit < width + call ? bit + call : bit - call)];
    }
}
