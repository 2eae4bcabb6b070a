// Seeded random walks through the model: the transitions of sequential programs and the moves of concurrent ones, made once for all tests.
using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Tests;

internal static class Walks
{
    public const ulong Seed = 20110203;

    private const int Size = 50;

    // Two overflows at once, each of which silences the other's event: random programs hardly ever have it.
    private const string FaceToFace =
        """
        p = Open(task 0, period 1, enabled)
        q = Open(task 0, period 1, enabled)
        ScheduleIn(p)
        ScheduleIn(q)
        SetStopper(p, q)
        SetStopper(q, p)
        thread A
          Overflow(p)
        thread B
          Overflow(q)
        """;

    private static readonly ImmutableDictionary<Dialect, Lazy<List<Transition>>> Transitions =
        Enum.GetValues<Dialect>().ToImmutableDictionary(dialect => dialect, dialect => new Lazy<List<Transition>>(() => [.. Sequences(dialect)]));

    private static readonly ImmutableDictionary<Dialect, Lazy<List<(Configuration Before, Move Move)>>> Moves =
        Enum.GetValues<Dialect>().ToImmutableDictionary(dialect => dialect, dialect => new Lazy<List<(Configuration, Move)>>(() => [.. Interleavings(dialect)]));

    public static IReadOnlyList<Transition> SequentialTransitions(Dialect dialect) => Transitions[dialect].Value;

    public static IReadOnlyList<(Configuration Before, Move Move)> ConcurrentMoves(Dialect dialect) => Moves[dialect].Value;

    public static IEnumerable<Program> Samples(Gen<Program> programs, int count) => programs.Sample(count, new Rnd(Seed), Size);

    /// <summary>The state that a bare program leads to.</summary>
    public static State State(Dialect dialect, string program)
    {
        var document = ProgramParser.ParseOne(program, "test");
        return document.Setup.Aggregate(Model.State.Initial(document.DeclarationIn(dialect)), (state, line) => Step.Apply(state, line.Operation).State);
    }

    private static IEnumerable<Transition> Sequences(Dialect dialect)
    {
        var late = false;
        // What a fork, a count and an exit must come together for is in the examples, and groups where there are none; drawn programs hardly ever have it.
        var examples = Examples.Sequences.Where(example => (example.NeedsInheritance || example.Rules.Contains(new RuleId(8, 10))) && example.Dialects.Contains(dialect));
        foreach (var program in Samples(Programs.Sequential(inheritance: true, dialect == Dialect.Linux613), 2000).Concat(examples))
        {
            // A count near its end is two million Ticks away: every other program is given it.
            late = !late;
            var state = Model.State.Initial(program.DeclarationIn(dialect));
            foreach (var operation in program.Operations)
            {
                var outcome = Step.Apply(state, operation);
                yield return new Transition(state, operation, outcome.Result, outcome.State);
                state = outcome.State;
                if (late && operation is Operation.Open { Name: var opened } && state.Find(opened) is { } e)
                    state = state.With(e with { Count = Step.MaxCount - 9 });
            }
        }
    }

    private static IEnumerable<(Configuration, Move)> Interleavings(Dialect dialect)
    {
        var random = new Random((int)Seed);
        var drawn = Samples(ConcurrentPrograms.OfUpTo(calls: 4, inheritance: true, dialect == Dialect.Linux613), 4000);
        var named = Scenarios.All.Values.Where(scenario => scenario.Dialects.Contains(dialect)).Append(ProgramParser.ParseOne(FaceToFace, "test"));
        foreach (var program in drawn.Concat(named.SelectMany(program => Enumerable.Repeat(program, 50))))
        {
            var start = program.Setup.Aggregate(Model.State.Initial(program.DeclarationIn(dialect)), (state, line) => Step.Apply(state, line.Operation).State);
            var configuration = Configuration.AtRest(start, program.Threads.Length);
            var next = new int[program.Threads.Length];
            while (true)
            {
                var moves = configuration.Moves().ToList();
                foreach (var move in moves) yield return (configuration, move);

                // A thread that can call, move or return does one of these; which thread, and which move, is drawn.
                var able = Enumerable.Range(0, next.Length).Where(thread => configuration.Calls[thread] is not null || next[thread] < program.Threads[thread].Lines.Length).ToList();
                if (able.Count == 0) break;
                var mover = able[random.Next(able.Count)];
                configuration = configuration.Calls[mover] switch
                {
                    null => configuration.Invoke(mover, program.Threads[mover].Lines[next[mover]++].Operation),
                    { Result: not null } => configuration.Return(mover),
                    _ when moves.Where(move => move.Thread == mover).ToList() is var own => own[random.Next(own.Count)].After,
                };
            }
        }
    }
}
