// The engine of schedules: a program on the real code, one access at a time, as a scheduler says; each history judged by chapter 7.
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

/// <summary>
/// Explores programs on subjects whose accesses a scheduler can order: coroutines (<see cref="Coroutines.ICoroutineSubject"/>), or whatever comes to
/// <see cref="ScheduledAccess"/>; of other accesses it would see nothing.
/// </summary>
/// <param name="create">Makes the subject, once for each execution.</param>
/// <param name="end">Ends an exploration between two executions.</param>
/// <remarks>
/// Sequentially consistent, as one thread runs at a time: no weak memory. And the door of the subject keeps names of handles beside it, in the last
/// step of each Open; two such steps are taken to be independent. They are, unless a handle is issued twice: then one of the two answers
/// is one that no model gives, in either order.
/// And a call looks up the names of its arguments before its first access: no thread of a program uses a name that another opens (the parser refuses it).
/// </remarks>
public sealed class ScheduleEngine(Func<Declaration, ISubject> create, CancellationToken end = default) : IEngine
{
    /// <summary>The scheduler that sees every schedule.</summary>
    public const string Exhaustive = "exhaustive";

    /// <summary>The scheduler that draws each step.</summary>
    public const string Random = "random-walk";

    /// <summary>The scheduler of drawn priorities.</summary>
    public const string Priorities = "pct";

    private const int QuickAttempts = 3, Attempts = 100;
    private const long RoomWithoutCollection = 64 << 20;

    /// <summary>Its schedulers, and a line on each.</summary>
    public static ImmutableArray<(string Name, string Summary)> Schedulers { get; } =
    [
        (Exhaustive, "every schedule, up to equivalence, depth first"),
        (Random, "each step that of a thread drawn among those alive"),
        (Priorities, "drawn priorities, of which a few fall (PCT)"),
    ];

    /// <inheritdoc/>
    public ExplorationReport Explore(Program program, Dialect dialect, ScheduleBudget budget) =>
        budget.Strategy is null or Exhaustive ? Explore(program, dialect, new ExhaustiveBudget(budget.Schedules, StopAtFirst: budget.StopAtFirst)) : Draw(program, dialect, budget);

    /// <summary>It sees every access that comes to the hook, and is blind to none.</summary>
    public ImmutableArray<string> BlindTo(ulong seed) => [];

    /// <summary>Explores a program in every schedule.</summary>
    /// <param name="program">The program.</param>
    /// <param name="dialect">The dialect to run it in.</param>
    /// <param name="budget">How far to go.</param>
    /// <param name="progress">Told the number of executions, now and then.</param>
    public ExplorationReport Explore(Program program, Dialect dialect, ExhaustiveBudget budget, Action<long>? progress = null)
    {
        var clock = Stopwatch.StartNew();
        var tree = new DepthFirst(program.Threads.Length, budget.Steps, budget.Reduces);
        using var run = ProgramExecution.Of(program, dialect, create);
        var seen = new Observations(program, dialect);
        Finding? first = null;
        long begun = 0;
        try
        {
            while (!end.IsCancellationRequested && begun < budget.Schedules && (first is null || !budget.StopAtFirst) && tree.TryBegin())
            {
                begun++;
                RunUntilValid(run, tree, tree.Restart);
                tree.End();
                if ((begun & 0xFF) == 0) progress?.Invoke(begun);
                if (tree.Ending == ExecutionEnd.Complete && Wrong(program, run, seen, Exhaustive) is { } wrong) first ??= wrong with { FoundAfter = begun };
            }

            // Whether that was all is known only when it is asked for more.
            if (first is null && begun == budget.Schedules && !end.IsCancellationRequested) tree.TryBegin();
        }
        catch (DivergedException e)
        {
            first ??= Finding.OfUnfinished(Shown(run, seen, Exhaustive), Ending.Uncontrolled, e.Message) with { FoundAfter = begun };
        }

        return new ExplorationReport
        {
            Schedules = tree.Completed + tree.CutOff,
            CutOff = tree.CutOff,
            Equivalent = tree.Equivalent,
            Exhaustive = tree.IsFinished,
            Unknown = seen.Unknown,
            Seconds = clock.Elapsed.TotalSeconds,
            Outcomes = seen.Outcomes,
            Finding = first is null ? null : Interleaved(first, program, dialect),
        };
    }

    /// <summary>Draws schedules of a program.</summary>
    public ExplorationReport Draw(Program program, Dialect dialect, ScheduleBudget budget)
    {
        var clock = Stopwatch.StartNew();
        IDrawingScheduler scheduler = budget.Strategy == Random ? new RandomWalk(budget.Seed) : new PriorityWalk(program.Threads.Length, budget.Seed);
        var bounded = new Bounded(scheduler);
        using var run = ProgramExecution.Of(program, dialect, create);
        var seen = new Observations(program, dialect);
        Finding? first = null;
        long begun = 0, cutOff = 0;
        while (!end.IsCancellationRequested && begun < budget.Schedules && (first is null || !budget.StopAtFirst))
        {
            begun++;
            // A drawn execution cannot be made again: only where it stands still is it seen.
            bounded.Begin();
            if (!run.Run(bounded)) continue;
            if (bounded.WasCutOff) cutOff++;
            else if (Wrong(program, run, seen, budget.Strategy ?? Priorities) is { } wrong) first ??= wrong with { FoundAfter = begun };
        }

        return new ExplorationReport
        {
            Schedules = begun,
            CutOff = cutOff,
            Unknown = seen.Unknown,
            Seconds = clock.Elapsed.TotalSeconds,
            Outcomes = seen.Outcomes,
            Finding = first is null ? null : Interleaved(first, program, dialect),
        };
    }

    /// <summary>Runs a saved schedule again.</summary>
    /// <exception cref="FormatException">It is none, or the program does not follow it.</exception>
    public ExplorationReport Replay(Program saved)
    {
        var clock = Stopwatch.StartNew();
        var program = saved with { History = default };
        var choices = SavedSchedule.Parse(saved.Schedule, saved.Threads.Length);
        var schedule = new FollowedSchedule(choices);
        using var run = ProgramExecution.Of(program, saved.Declaration.Dialect, create);
        var seen = new Observations(program, saved.Declaration.Dialect);
        RunUntilValid(run, schedule, () => schedule.Restart());
        if (!schedule.Followed) throw new FormatException("the program does not follow the saved schedule: it, or the subject, is another one now; explore --strategy exhaustive --program explores it anew");
        var wrong = Wrong(program, run, seen, saved.Strategy ?? Exhaustive);
        return new ExplorationReport
        {
            Schedules = 1,
            Unknown = seen.Unknown,
            Seconds = clock.Elapsed.TotalSeconds,
            Outcomes = seen.Outcomes,
            Finding = wrong is null ? null : Interleaved(wrong with { FoundAfter = 1 }, program, saved.Declaration.Dialect),
        };
    }

    /// <summary>What is wrong with what the last execution showed, or null.</summary>
    private static Finding? Wrong(Program program, ProgramExecution run, Observations seen, string strategy)
    {
        // Where a thread threw nothing ran after it.
        if (run.Thrown is { } thrown)
            return Finding.OfUnfinished(Shown(run, seen, strategy) with { After = program.After }, Ending.Threw, $"{thrown.GetType().Name}: {thrown.Message}".Split('\n')[0]);
        var judgement = seen.Add(run.Order, run.Answers);
        return judgement.Verdict == Verdict.Violates ? Finding.OfHistory(Shown(run, seen, strategy) with { Verdict = judgement.Verdict }, judgement) : null;
    }

    // Run once more, so that an exploration pays nothing for it.
    private Finding Interleaved(Finding finding, Program program, Dialect dialect)
    {
        if (finding.Ending == Ending.Uncontrolled) return finding;
        var log = new AccessLog();
        using var run = ProgramExecution.Of(program, dialect, create, log);
        run.Run(new FollowedSchedule(SavedSchedule.Parse(finding.Saved.Schedule, program.Threads.Length)));
        return finding with { Interleaving = log.Steps };
    }

    private static Program Shown(ProgramExecution run, Observations seen, string strategy) =>
        seen.Shown(run.Order, run.Answers) with { Schedule = SavedSchedule.Lines(run.Choices), Strategy = strategy };

    private static void RunUntilValid(ProgramExecution run, IThreadScheduler scheduler, Action restart)
    {
        for (var attempt = 0; ; attempt++)
        {
            // An execution allocates little, and most come to their end between two collections. For one that does not, room is made.
            var room = attempt >= QuickAttempts && TryMakeRoom();
            var valid = run.Run(scheduler);
            if (room && GCSettings.LatencyMode == GCLatencyMode.NoGCRegion) GC.EndNoGCRegion();
            if (valid) return;
            if (attempt == Attempts) throw new InvalidOperationException($"no execution came to its end between two collections in {Attempts} attempts");
            restart();
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

    /// <summary>Cuts off what a drawing scheduler would let run for ever.</summary>
    private sealed class Bounded(IDrawingScheduler inner) : IThreadScheduler
    {
        private int _steps;

        public bool WasCutOff => _steps > ExhaustiveBudget.UsualSteps;

        public void Begin()
        {
            _steps = 0;
            inner.Begin();
        }

        public int Next(ReadOnlySpan<PendingStep> pending) => ++_steps > ExhaustiveBudget.UsualSteps ? IThreadScheduler.Nobody : inner.Next(pending);

        public void Took(in TakenStep step) => inner.Took(step);
    }
}
