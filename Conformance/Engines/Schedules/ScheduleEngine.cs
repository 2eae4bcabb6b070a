// The engine of schedules: a program on the real code, one access at a time, as a scheduler says; each history judged by chapter 7.
using System.Collections.Immutable;
using System.Diagnostics;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Schedules;

/// <summary>
/// Explores programs on subjects whose accesses a scheduler can order: coroutines (<see cref="Coroutines.ICoroutineSubject"/>), or whatever comes to
/// <see cref="ScheduledAccess"/>; of other accesses it would see nothing.
/// </summary>
/// <param name="create">Makes the subject, once for each execution.</param>
/// <param name="end">Ends an exploration between two executions.</param>
/// <remarks>
/// Sequentially consistent, as one thread runs at a time: no weak memory. And the adapter of the subject keeps names of handles beside it, in the last
/// step of each Open; two such steps are taken to be independent. They are, unless a handle is issued twice: then one of the two answers
/// is one that no model gives, in either order.
/// And a call looks up the names of its arguments before its first access: no thread of a program uses a name that another opens (the parser refuses it).
/// </remarks>
internal sealed class ScheduleEngine(Func<Declaration, ISubject> create, CancellationToken end = default) : IEngine
{
    /// <summary>The scheduler that sees every schedule.</summary>
    public const string Exhaustive = "exhaustive";

    /// <summary>The scheduler that draws each step.</summary>
    public const string Random = "random-walk";

    /// <summary>The scheduler of drawn priorities.</summary>
    public const string Priorities = "pct";

    /// <summary>Its schedulers, and a line on each.</summary>
    public static ImmutableArray<(string Name, string Summary)> Schedulers { get; } =
    [
        (Exhaustive, "every schedule, up to equivalence, depth first"),
        (Random, "each step that of a thread drawn among those alive"),
        (Priorities, "drawn priorities, of which a few fall (PCT)"),
    ];

    /// <summary>Told the number of executions of a program, now and then.</summary>
    public Action<long> Progress { get; init; } = _ => { };

    /// <summary>It sees every access that comes to the hook, and is blind to none.</summary>
    public ImmutableArray<string> BlindTo(ulong seed) => [];

    /// <summary>Each exploration has systems of its own, and a subject that is shared by two is none.</summary>
    public bool IsConcurrent => true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The budget names none of <see cref="Schedulers"/>.</exception>
    public ExplorationReport Explore(Program program, Dialect dialect, ScheduleBudget budget)
    {
        var clock = Stopwatch.StartNew();
        var strategy = budget.Strategy ?? Exhaustive;
        var threads = program.Threads.Length;
        ExplorationScheduler scheduler = strategy switch
        {
            Random => new RandomWalk(budget.Seed, budget.Steps),
            Priorities => new PriorityWalk(threads, budget.Seed, budget.Steps),
            Exhaustive when budget.Preemptions is { } most => new PreemptionBounded(most, budget.Steps),
            Exhaustive => new DepthFirst(threads, budget.Steps, budget.Reduces),
            _ => throw new ArgumentOutOfRangeException(nameof(budget), strategy, "no scheduler of this engine"),
        };
        using var run = ProgramExecution.Of(program, dialect, create);
        var seen = new Observations(program, dialect);
        Finding? first = null;
        long begun = 0;
        try
        {
            while (!end.IsCancellationRequested && begun < budget.Schedules && scheduler.CutOff < budget.MostCutOff && (first is null || !budget.StopAtFirst) && scheduler.TryBegin())
            {
                begun++;
                // What was drawn cannot be made again: where it says nothing it still counts, or a budget would have no end.
                var valid = RunUntilValid(run, scheduler, scheduler.TryRestart);
                scheduler.End();
                if ((begun & 0xFF) == 0) Progress(begun);
                if (valid && scheduler.Ending == ExecutionEnd.Complete && Wrong(run, seen, strategy) is { } wrong) first ??= wrong with { FoundAfter = begun };
            }

            // Whether that was all is known only when it is asked for more.
            if (first is null && begun == budget.Schedules && !end.IsCancellationRequested) scheduler.TryBegin();
        }
        catch (DivergedException e)
        {
            first ??= Finding.OfUnfinished(Shown(run, seen, strategy), Ending.Uncontrolled, e.Message) with { FoundAfter = begun };
        }

        return new ExplorationReport
        {
            Schedules = scheduler.Completed + scheduler.CutOff,
            CutOff = scheduler.CutOff,
            Equivalent = scheduler.Equivalent,
            Exhaustive = scheduler.IsExhaustive,
            Unknown = seen.Unknown,
            Seconds = clock.Elapsed.TotalSeconds,
            Outcomes = seen.Outcomes,
            Finding = first is null ? null : Interleaved(first, program, dialect),
        };
    }

    /// <summary>Runs a saved schedule again.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public ExplorationReport Replay(Program saved)
    {
        var clock = Stopwatch.StartNew();
        var program = saved with { History = default };
        var choices = SavedSchedule.Parse(saved.Schedule, saved.Threads.Length);
        var schedule = new FollowedSchedule(choices);
        using var run = ProgramExecution.Of(program, saved.Declaration.Dialect, create);
        var seen = new Observations(program, saved.Declaration.Dialect);
        RunUntilValid(run, schedule, schedule.TryRestart);
        if (!schedule.Followed) return new ExplorationReport { Followed = false };
        var wrong = Wrong(run, seen, saved.Strategy ?? Exhaustive);
        return new ExplorationReport
        {
            Schedules = 1,
            Unknown = seen.Unknown,
            Seconds = clock.Elapsed.TotalSeconds,
            Outcomes = seen.Outcomes,
            Finding = wrong is null ? null : Interleaved(wrong with { FoundAfter = 1 }, program, saved.Declaration.Dialect),
        };
    }

    /// <summary>What is wrong with what the last execution showed, and the known defects that it ran into; or null.</summary>
    private static Finding? Wrong(ProgramExecution run, Observations seen, string strategy) => WrongIn(run, seen, strategy) is { } wrong ? wrong with { Defects = run.Met } : null;

    private static Finding? WrongIn(ProgramExecution run, Observations seen, string strategy)
    {
        if (run.Thrown is { } thrown)
            return Finding.OfUnfinished(Shown(run, seen, strategy), Ending.Threw, Quoted.Thrown(thrown));
        var judgement = seen.Add(run.Order, run.Answers);
        return judgement.Verdict == Verdict.Violates ? Finding.OfHistory(Shown(run, seen, strategy) with { Verdict = judgement.Verdict }, judgement)
            : run.Unrest is { } unrest ? Finding.OfUnrest(Shown(run, seen, strategy), unrest) : null;
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

    private static bool RunUntilValid(ProgramExecution run, IThreadScheduler scheduler, Func<bool> tryRestart) => ExecutionAttempts.RunUntilValid(() => run.Run(scheduler), tryRestart);
}
