// Every schedule of a small concurrent program on the real code, up to equivalence: each history judged by chapter 7, the outcomes counted.
using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Schedules;

/// <summary>How far to go.</summary>
/// <param name="Schedules">How many executions at most, those given up included.</param>
/// <param name="Steps">After how many steps an execution is cut off: what has a loop that need not end.</param>
/// <param name="StopAtFirst">Whether the first failure ends it.</param>
/// <param name="Reduces">Whether one execution stands for all that are equivalent. If not there are far more; it is how the reduction is tested.</param>
public sealed record ExhaustiveBudget(long Schedules, int Steps = ExhaustiveBudget.UsualSteps, bool StopAtFirst = true, bool Reduces = true)
{
    /// <summary>Some ten times the longest execution of a scenario.</summary>
    public const int UsualSteps = 4_000;
}

/// <summary>Explores programs on subjects whose accesses come to <see cref="ScheduledAccess"/>, and on no others: of those it would see nothing.</summary>
/// <param name="create">Makes the subject, once for each execution.</param>
/// <param name="end">Ends an exploration between two executions.</param>
/// <remarks>
/// A location is known by its address, and the collector moves what is there. So an execution during which the collector ran is forgotten, and
/// made again: it takes the same steps, since the subject is a function of its schedule. In an execution without a collection
/// nothing moves, and no address is used again.
/// <para>
/// Sequentially consistent, as one thread runs at a time: no weak memory. And the door of the subject keeps names of handles beside it, in the last
/// step of each Open; two such steps are taken to be independent. They are, unless a handle is issued twice: then one of the two answers
/// is one that no model gives, in either order.
/// And a call looks up the names of its arguments before its first access: no thread of a program uses a name that another opens (the parser refuses it).
/// </para>
/// </remarks>
public sealed class ExhaustiveExplorer(Func<Declaration, ISubject> create, CancellationToken end = default)
{
    /// <summary>The name of the strategy.</summary>
    public const string Strategy = "exhaustive";

    private const int QuickAttempts = 3, Attempts = 100;
    private const long RoomWithoutCollection = 64 << 20;

    /// <summary>Explores a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="dialect">The dialect to run it in.</param>
    /// <param name="terms">How far to go.</param>
    /// <param name="progress">Told the number of executions after each.</param>
    public ExplorationReport Explore(Program program, Dialect dialect, ExhaustiveBudget terms, Action<long>? progress = null)
    {
        var clock = Stopwatch.StartNew();
        var tree = new DepthFirst(program.Threads.Length, terms.Steps, terms.Reduces);
        using var run = new ProgramExecution(program, dialect, create);
        Finding? first = null;
        long begun = 0;
        try
        {
            while (!end.IsCancellationRequested && begun < terms.Schedules && (first is null || !terms.StopAtFirst) && tree.TryBegin())
            {
                begun++;
                RunWithoutCollection(run, tree);
                tree.End();
                progress?.Invoke(begun);
                if (tree.Ending == ExecutionEnd.Complete && run.Wrong() is { } wrong) first ??= wrong with { FoundAfter = begun };
            }

            // Whether that was all is known only when it is asked for more.
            if (first is null && begun == terms.Schedules && !end.IsCancellationRequested) tree.TryBegin();
        }
        catch (DivergedException e)
        {
            first ??= Finding.OfUnfinished(run.Shown, Ending.Uncontrolled, e.Message) with { FoundAfter = begun };
        }

        return new ExplorationReport
        {
            Schedules = tree.Completed + tree.CutOff,
            Distinct = tree.Completed,
            CutOff = tree.CutOff,
            Equivalent = tree.Equivalent,
            Exhaustive = tree.IsFinished,
            Unknown = run.Seen.Unknown,
            Seconds = clock.Elapsed.TotalSeconds,
            Outcomes = run.Seen.Outcomes,
            Finding = first,
        };
    }

    /// <summary>Runs a saved schedule again.</summary>
    /// <exception cref="FormatException">It is none, or the program does not follow it.</exception>
    public ExplorationReport Replay(Program saved)
    {
        var clock = Stopwatch.StartNew();
        var program = saved with { History = default };
        var schedule = new FollowedSchedule(SavedSchedule.Parse(saved.Schedule, saved.Threads.Length));
        using var run = new ProgramExecution(program, saved.Declaration.Dialect, create);
        run.Run(schedule);
        if (!schedule.Followed) throw new FormatException("the program does not follow the saved schedule: it, or the subject, is another one now; explore --strategy exhaustive --program explores it anew");
        var wrong = run.Wrong() is { } finding ? finding with { FoundAfter = 1 } : null;
        return new ExplorationReport
        {
            Schedules = 1,
            Distinct = 1,
            Unknown = run.Seen.Unknown,
            Seconds = clock.Elapsed.TotalSeconds,
            Outcomes = run.Seen.Outcomes,
            Finding = wrong,
        };
    }

    private static void RunWithoutCollection(ProgramExecution run, DepthFirst tree)
    {
        for (var attempt = 0; ; attempt++)
        {
            // An execution allocates little, and most come to their end between two collections. For one that does not, room is made.
            var room = attempt >= QuickAttempts && TryMakeRoom();
            var clean = run.Run(tree);
            if (room && GCSettings.LatencyMode == GCLatencyMode.NoGCRegion) GC.EndNoGCRegion();
            if (clean) return;
            if (attempt == Attempts) throw new InvalidOperationException($"no execution came to its end between two collections in {Attempts} attempts");
            tree.Restart();
        }
    }

    private static bool TryMakeRoom()
    {
        try
        {
            return GC.TryStartNoGCRegion(RoomWithoutCollection);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentOutOfRangeException)
        {
            // Somebody else in this process has made room, or there is none: the next attempt may be lucky.
            return false;
        }
    }

    /// <summary>One program on one subject after the other: setup alone, its threads one step at a time, after alone.</summary>
    private sealed class ProgramExecution(Program program, Dialect dialect, Func<Declaration, ISubject> create) : IDisposable
    {
        private readonly Declaration _declaration = program.DeclarationIn(dialect);
        private readonly ParkedThreads _threads = new(program.Threads.Length);
        private readonly List<HistoryEvent> _history = [];
        private readonly Operation[] _calling = new Operation[program.Threads.Length];
        private Result[] _setup = [];
        private Result[] _after = [];

        public SeenHistories Seen { get; } = new(program, dialect);

        public void Dispose() => _threads.Dispose();

        /// <summary>Runs it; answers whether no collection came between its steps.</summary>
        public bool Run(IThreadScheduler scheduler)
        {
            _history.Clear();
            var subject = create(_declaration);
            _setup = Answers(subject, program.Setup);
            var collections = GC.CollectionCount(0);
            _threads.Run(scheduler, thread => Perform(subject, thread), thread => _history.Add(new HistoryEvent(thread, _calling[thread], null)));
            var clean = GC.CollectionCount(0) == collections;
            _after = _threads.Thrown is null ? Answers(subject, program.After) : [];
            return clean;
        }

        /// <summary>What is wrong with what the last execution showed, or null.</summary>
        public Finding? Wrong()
        {
            // Where a thread threw nothing ran after it.
            if (_threads.Thrown is { } thrown)
                return Finding.OfUnfinished(Shown with { After = program.After }, Ending.Threw, $"{thrown.GetType().Name}: {thrown.Message}".Split('\n')[0]);
            var judgement = Seen.Add(_history, _setup, _after);
            return judgement.Verdict == Verdict.Violates ? Finding.OfHistory(Shown with { Verdict = judgement.Verdict }, judgement) : null;
        }

        /// <summary>The program with what the last execution showed, and its schedule.</summary>
        public Program Shown => Seen.Shown(_history, _setup, _after) with { Schedule = SavedSchedule.Lines(_threads.Choices), Strategy = Strategy };

        private void Perform(ISubject subject, int thread)
        {
            foreach (var line in program.Threads[thread].Lines)
            {
                _calling[thread] = line.Operation;
                _threads.Calls(thread);
                var result = subject.Apply(line.Operation);
                _threads.Returns(thread);
                _history.Add(new HistoryEvent(thread, null, result));
            }
        }

        private static Result[] Answers(ISubject subject, ImmutableArray<Line> lines)
        {
            var results = new Result[lines.Length];
            for (var i = 0; i < lines.Length; i++) results[i] = subject.Apply(lines[i].Operation);
            return results;
        }
    }
}
