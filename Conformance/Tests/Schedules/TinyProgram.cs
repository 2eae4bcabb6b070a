// Tiny concurrent programs whose every interleaving can be listed: what the depth-first scheduler is held against.
using System.Globalization;
using System.Text;
using PerfModel.Conformance.Schedules;

namespace PerfModel.Conformance.Tests.Schedules;

/// <summary>What one instruction does.</summary>
public enum Verb
{
    Load,
    Store,

    /// <summary>If it succeeds, the next instruction of the call is left out: so a call may end earlier or later.</summary>
    CompareExchange,
}

/// <summary>An instruction on a variable. A load adds what it reads to the thread's register, times ten; a store stores its value.</summary>
public readonly record struct Instruction(Verb Verb, int Variable, int Value = 0, int Expected = 0);

/// <summary>Threads, each with calls, each with instructions. No threads of the system: a state and its steps.</summary>
internal sealed record TinyProgram(Instruction[][][] Threads, bool TellsCalls = true)
{
    /// <summary>A program of calls that nobody sees begin or end: only the variables matter.</summary>
    public static TinyProgram OfVariables(params Instruction[][] threads) => new([.. threads.Select(thread => new[] { thread })], TellsCalls: false);

    /// <summary>Every trace of it: all interleavings, one after the other. A trace with the outcome that it leads to.</summary>
    public Dictionary<string, string> BruteForce()
    {
        var traces = new Dictionary<string, string>();
        Visit([]);
        return traces;

        void Visit(List<int> choices)
        {
            var run = new Run(this);
            foreach (var choice in choices) run.Step(choice);
            var any = false;
            for (var thread = 0; thread < Threads.Length; thread++)
            {
                if (!run.IsAlive(thread)) continue;
                any = true;
                Visit([.. choices, thread]);
            }

            if (any) return;
            // Equivalent executions have one outcome.
            if (traces.TryGetValue(run.Trace, out var known) && known != run.Outcome) throw new InvalidOperationException($"{run.Trace} has two outcomes");
            traces[run.Trace] = run.Outcome;
        }
    }

    /// <summary>The traces that the depth-first scheduler sees, each with its outcome.</summary>
    /// <exception cref="ArgumentException">It saw one twice.</exception>
    public Dictionary<string, string> DepthFirst(DepthFirst tree)
    {
        var traces = new Dictionary<string, string>();
        while (tree.TryBegin())
        {
            var run = new Run(this);
            run.Follow(tree);
            tree.End();
            if (tree.Ending == ExecutionEnd.Complete) traces.Add(run.Trace, run.Outcome);
        }

        return traces;
    }

    public override string ToString() => string.Join(" || ", Threads.Select(thread => string.Join(" ; ", thread.Select(call => string.Join(", ", call)))));

    /// <summary>One execution.</summary>
    public sealed class Run(TinyProgram program)
    {
        private readonly Dictionary<int, int> _variables = [];
        private readonly (int Call, int Instruction)[] _at = new (int, int)[program.Threads.Length];
        private readonly int[] _registers = new int[program.Threads.Length];
        private readonly List<TakenStep> _steps = [];

        public bool IsAlive(int thread) => _at[thread].Call < program.Threads[thread].Length;

        public void Follow(IThreadScheduler scheduler)
        {
            while (true)
            {
                var pending = Enumerable.Range(0, program.Threads.Length).Select(thread => IsAlive(thread) ? new PendingStep(true, Next(thread).Variable + 1) : default).ToArray();
                if (!pending.Any(one => one.Alive) || scheduler.Next(pending) is not (>= 0 and var next)) return;
                scheduler.Took(Step(next));
            }
        }

        public TakenStep Step(int thread)
        {
            var (call, index) = _at[thread];
            var instruction = Next(thread);
            var found = _variables.GetValueOrDefault(instruction.Variable);
            var stores = instruction.Verb == Verb.Store || (instruction.Verb == Verb.CompareExchange && found == instruction.Expected);
            if (stores) _variables[instruction.Variable] = instruction.Value;
            if (instruction.Verb == Verb.Load) _registers[thread] = _registers[thread] * 10 + found;
            var after = index + (instruction.Verb == Verb.CompareExchange && stores ? 2 : 1);
            var ends = after >= program.Threads[thread][call].Length;
            _at[thread] = ends ? (call + 1, 0) : (call, after);
            var step = new TakenStep(thread, instruction.Variable + 1, stores, program.TellsCalls && index == 0, program.TellsCalls && ends);
            _steps.Add(step);
            return step;
        }

        public string Outcome => $"{string.Join(" ", _registers)} | {string.Join(" ", _variables.Where(one => one.Value != 0).OrderBy(one => one.Key))}";

        /// <summary>The steps of each thread, each with the number of steps of the others that come before it in the order of dependence.</summary>
        public string Trace
        {
            get
            {
                var clocks = new int[_steps.Count][];
                var lines = program.Threads.Select(_ => new StringBuilder()).ToArray();
                for (var i = 0; i < _steps.Count; i++)
                {
                    clocks[i] = new int[program.Threads.Length];
                    for (var j = 0; j < i; j++)
                        if (_steps[i].DependsOn(_steps[j])) for (var thread = 0; thread < clocks[i].Length; thread++) clocks[i][thread] = Math.Max(clocks[i][thread], clocks[j][thread]);
                    clocks[i][_steps[i].Thread]++;
                    lines[_steps[i].Thread].Append(CultureInfo.InvariantCulture, $"{_steps[i].Location}{(_steps[i].Writes ? "w" : "r")}{(_steps[i].Ends ? "." : "")}({string.Join(",", clocks[i])}) ");
                }

                return string.Join("| ", lines.AsEnumerable());
            }
        }

        private Instruction Next(int thread) => program.Threads[thread][_at[thread].Call][_at[thread].Instruction];
    }
}
