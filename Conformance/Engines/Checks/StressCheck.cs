// The Stress check: small programs in tight rounds on real threads and the untouched DLL. It cannot find rare schedules; on x86 only store buffering shows of weak memory.
using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>
/// Runs each program many times over, all threads released at once, and judges every history that was not seen before.
/// What the machine did cannot be run again: a history is judged again, and what threw or did not return is run again.
/// </summary>
internal sealed class StressCheck(CheckContext context)
{
    /// <summary>The name of the check.</summary>
    public const string Name = "stress";

    // Half of a budget is shared by the scenarios, or it would end among the first of them.
    private const int RoundsPerProgram = 1000;
    private const int RoundsPerGenerated = 400;

    private readonly ImmutableArray<Finding>.Builder _failures = ImmutableArray.CreateBuilder<Finding>();
    private RuleSet _spoke;
    private long _rounds;
    private long _operations;
    private long _unknown;

    /// <summary>How many rounds one program is worth when it is run again.</summary>
    public const long RoundsOfOne = 20_000;

    /// <summary>Runs so many rounds in each dialect: the scenarios, then generated programs.</summary>
    public CheckReport Run(long rounds) => Run(rounds, dialect => ScenariosThenGenerated(dialect, rounds));

    /// <summary>Runs one program, in each dialect.</summary>
    public CheckReport Run(Program program) => Run(RoundsOfOne, _ => [(program.Unanswered, RoundsOfOne)]);

    private CheckReport Run(long rounds, Func<Dialect, IEnumerable<(Program Program, long Rounds)>> programs)
    {
        foreach (var dialect in context.Dialects)
        {
            var start = _rounds;
            foreach (var (program, worth) in programs(dialect))
            {
                var each = Math.Min(worth, rounds - (_rounds - start));
                if (each <= 0 || context.Cancelled.IsCancellationRequested) break;
                context.Witness?.Begin(program, dialect);
                using var crew = new Crew(program, context);
                var failure = Stress(crew, program, dialect, (int)each);
                context.Progress($"{Name} {dialect}", _rounds - start, rounds);
                context.Witness?.Tally(_rounds, _operations, _spoke);
                if (failure is null) continue;
                _failures.Add(failure with { FoundAfter = _rounds - start });
                context.Witness?.Found(_failures[^1]);
                break;
            }
        }

        return new CheckReport(Name, _failures.Count > 0 ? RuleVerdict.Fail : _unknown > 0 ? RuleVerdict.Unknown : _rounds == 0 ? RuleVerdict.NotRun : RuleVerdict.Pass)
        {
            Iterations = _rounds,
            Operations = _operations,
            Failures = _failures.ToImmutable(),
            Spoke = _spoke,
            Remark = _unknown > 0 ? $"{_unknown} histories not judged within the budget" : null,
        };
    }

    private IEnumerable<(Program Program, long Rounds)> ScenariosThenGenerated(Dialect dialect, long rounds)
    {
        var scenarios = Scenarios.For(dialect, context.Inheritance).ToList();
        foreach (var scenario in scenarios) yield return (scenario, Math.Clamp(rounds / 2 / scenarios.Count, 1, RoundsPerProgram));
        for (var batch = 0UL; ; batch++)
            foreach (var program in ConcurrentPrograms.OfUpTo(calls: 4, context.Inheritance).Sample(50, new Rnd(context.Seed + batch), 20)) yield return (program, RoundsPerGenerated);
    }

    private Finding? Stress(Crew crew, Program program, Dialect dialect, int rounds)
    {
        var seen = new Observations(program, dialect);
        var declaration = program.DeclarationIn(dialect);
        for (var round = 0; round < rounds && !context.Cancelled.IsCancellationRequested; round++)
        {
            _rounds++;
            _operations += program.Operations.LongCount();
            var subject = context.Create(declaration);
            if (!crew.Run(subject, out var threw)) break;
            context.End(subject);
            var judgement = threw is null ? seen.Add(crew.Order, crew.Answers) : null;
            if (judgement is { Verdict: not Verdict.Violates }) continue;
            var history = context.Saved(Name, seen.Shown(crew.Order, crew.Answers), dialect);
            var finding = judgement is null
                ? Finding.OfUnfinished(history, Ending.Threw, Quoted.Thrown(threw!))
                : Finding.OfHistory(history with { Seed = context.Seed, Verdict = judgement.Verdict }, judgement);
            return finding with { Defects = subject.Met() };
        }

        _unknown += seen.Unknown;
        _spoke |= Outcomes.Of(program, dialect, ProgramsCheck.ForRules).Rules;
        return null;
    }

    /// <summary>The threads of one program: made once, released together in each round. The caller is thread A.</summary>
    private sealed class Crew : IDisposable
    {
        private readonly Program _program;
        private readonly CancellationToken _cancelled;
        private readonly IWitness? _witness;
        private readonly Thread[] _others;
        private SubjectRun? _run;
        private int _round;
        private int _arrived;
        private int _finished;
        private Exception? _threw;

        public Crew(Program program, CheckContext context)
        {
            _program = program;
            _cancelled = context.Cancelled;
            _witness = context.Witness;
            _others = new Thread[Math.Max(0, program.Threads.Length - 1)];
            for (var i = 0; i < _others.Length; i++)
            {
                var thread = i + 1;
                _others[i] = new Thread(() => Work(thread)) { IsBackground = true, Name = $"stress {ProgramThread.Name(thread)}" };
                _others[i].Start();
            }
        }

        /// <summary>Whose calls and returns the last round showed, in order: −1 − thread for a call, the thread for its return.</summary>
        public List<int> Order { get; } = [];

        /// <summary>What it answered: to the setup, to the threads in the order of their returns, to after.</summary>
        public List<Model.Result> Answers { get; } = [];

        /// <summary>One round: setup, all threads at once, after. False if it was cancelled: then the round says nothing.</summary>
        public bool Run(Subjects.ISubject subject, out Exception? threw)
        {
            Order.Clear();
            Answers.Clear();
            _threw = null;
            var run = new SubjectRun(subject, new StampedRecorder(_program.Threads.Length, _program.Threads.Select(thread => thread.Lines.Length).DefaultIfEmpty().Max()));
            if (!Ask(subject, _program.Setup, Phase.Setup, out threw)) return true;
            _run = run;
            Volatile.Write(ref _arrived, 0);
            Volatile.Write(ref _finished, 0);
            // Publishes the run; the others wait for this number.
            Interlocked.Increment(ref _round);
            if (_program.Threads.Length > 0 && !Perform(run, 0)) return false;
            if (!Until(() => Volatile.Read(ref _finished) == _others.Length)) return false;
            foreach (var e in run.Recorder.Events)
            {
                Order.Add(e.Return is null ? -1 - e.Thread : e.Thread);
                if (e.Return is { } result) Answers.Add(result);
            }

            threw = _threw;
            if (threw is null) Ask(subject, _program.After, Phase.After, out threw);
            return true;
        }

        public void Dispose()
        {
            Interlocked.Exchange(ref _round, -1);
            // A subject that hangs keeps its thread, which ends with the process.
            foreach (var thread in _others) thread.Join(TimeSpan.FromSeconds(1));
        }

        private void Work(int thread)
        {
            for (var round = 1; ; round++)
            {
                if (!Until(() => Volatile.Read(ref _round) is var now && (now == round || now < 0)) || Volatile.Read(ref _round) < 0) return;
                if (!Perform(_run!, thread)) return;
                Interlocked.Increment(ref _finished);
            }
        }

        // All arrive before the first call is made: the shorter the program, the more that matters.
        private bool Perform(SubjectRun run, int thread)
        {
            Interlocked.Increment(ref _arrived);
            if (!Until(() => Volatile.Read(ref _arrived) == _others.Length + 1)) return false;
            try
            {
                var lines = _program.Threads[thread].Lines;
                for (var i = 0; i < lines.Length; i++)
                {
                    _witness?.Call(thread, Phase.Thread, i);
                    run.Recorder.Call(thread, lines[i].Operation);
                    run.Recorder.Return(thread, run.Subject.Apply(lines[i].Operation));
                    _witness?.Return(thread);
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Its call has no return; what it threw is the finding.
                _threw = e;
                _witness?.Return(thread);
            }

            return true;
        }

        // Whether it came about; false if the run was cancelled first, and then nobody waits for anybody any more.
        private bool Until(Func<bool> condition)
        {
            var spin = new SpinWait();
            while (!condition())
            {
                if (_cancelled.IsCancellationRequested) return false;
                spin.SpinOnce(sleep1Threshold: -1);
            }

            return true;
        }

        private bool Ask(Subjects.ISubject subject, ImmutableArray<Line> lines, Phase phase, out Exception? threw)
        {
            threw = null;
            try
            {
                for (var i = 0; i < lines.Length; i++)
                {
                    _witness?.Call(0, phase, i);
                    Answers.Add(subject.Apply(lines[i].Operation));
                    _witness?.Return(0);
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                threw = e;
                _witness?.Return(0);
            }

            return threw is null;
        }

        private sealed record SubjectRun(Subjects.ISubject Subject, StampedRecorder Recorder);
    }
}
