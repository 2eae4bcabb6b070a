// One concurrent program on one subject, as the body that Coyote schedules: setup alone, its threads at once, after alone.
using Microsoft.Coyote.Runtime;
using PerfModel.Conformance;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.CoyoteChild;

/// <summary>Explores and replays a program.</summary>
/// <param name="program">The program, or a saved one with its schedule.</param>
/// <param name="dialect">The dialect to run it in.</param>
/// <param name="create">Makes the subject, once for each schedule.</param>
/// <param name="plainFields">Whether plain fields are scheduling points too: needed for code that was not shown to keep to
/// Interlocked, Volatile and locks; elsewhere they only dilute the points that matter.</param>
/// <param name="patience">After how long without a scheduling point a schedule is a hang; null for the default.</param>
public sealed class ProgramRunner(Program program, Dialect dialect, Func<Declaration, ISubject> create, bool plainFields, TimeSpan? patience = null)
{
    private readonly ProgramObserver _observer = new(program, dialect);

    /// <summary>Explores the program.</summary>
    /// <exception cref="FormatException">There is no such strategy.</exception>
    public ExplorationReport Explore(ScheduleBudget terms)
    {
        var strategy = terms.Strategy is null ? ExplorationStrategy.Default
            : ExplorationStrategy.Find(terms.Strategy) ?? throw new FormatException($"there is no strategy '{terms.Strategy}'");
        var exploration = CoyoteRunner.Run(RunOnce, new ExplorationOptions
        {
            Strategy = strategy,
            Schedules = terms.Schedules,
            Seed = (uint)(terms.Seed ^ (terms.Seed >> 32)),
            StopAtFirstFailure = terms.StopAtFirst,
            PlainFields = plainFields,
            HangTimeout = patience ?? new ExplorationOptions().HangTimeout,
        });
        return Report(exploration.First, exploration.Schedules) with
        {
            Schedules = exploration.Schedules,
            Distinct = exploration.Distinct,
            CutOff = exploration.CutOff,
            Seconds = exploration.Elapsed.TotalSeconds,
        };
    }

    /// <summary>Runs the program once, in the order that the saved schedule tells.</summary>
    /// <exception cref="FormatException">There is no schedule, or the program does not follow it.</exception>
    public ExplorationReport Replay()
    {
        if (program.Schedule is not [var trace]) throw new FormatException("the file has no schedule of one line");
        var replay = CoyoteRunner.Replay(RunOnce, trace);
        return replay.Followed
            ? Report(replay.Failure, 1) with { Schedules = 1, Distinct = 1 }
            : throw new FormatException("the program does not follow the saved schedule: it, or the subject, is another one now");
    }

    private ExplorationReport Report(ScheduleFailure? failure, int schedules)
    {
        var late = _observer.Settle();
        return new()
        {
            Unknown = _observer.Unknown,
            Outcomes = _observer.Outcomes,
            Finding = failure is not null ? FindingOf(failure) with { FoundAfter = failure.Schedule }
                // Its schedule is gone. Its history is there, and is what is judged.
                : late is not null ? Finding.OfHistory(_observer.Violation!) with { FoundAfter = schedules }
                : null,
        };
    }

    private Finding FindingOf(ScheduleFailure failure) => failure.Kind == FailureKind.Flagged
        ? Finding.OfHistory(_observer.Violation! with { Schedule = [failure.Trace] })
        : Finding.OfUnfinished(_observer.Unfinished with { Schedule = [failure.Trace] }, EndingOf(failure.Kind), failure.Message.Split('\n')[0]);

    private static Ending EndingOf(FailureKind kind) => kind switch
    {
        FailureKind.Exception => Ending.Threw,
        FailureKind.Deadlock => Ending.Deadlocked,
        FailureKind.Hang => Ending.Hung,
        _ => Ending.Uncontrolled,
    };

    private string? RunOnce()
    {
        // There is nothing to interleave setup and after with.
        SchedulingPoint.Suppress();
        _observer.Start();
        var subject = create(program.DeclarationIn(dialect));
        _observer.Begin(Answers(subject, program.Setup));
        SchedulingPoint.Resume();
        var bodies = new Action[program.Threads.Length];
        for (int i = 0; i < bodies.Length; i++)
        {
            int thread = i;
            bodies[i] = () => Perform(subject, thread);
        }

        ControlledThreads.Run(bodies);
        SchedulingPoint.Suppress();
        var after = Answers(subject, program.After);
        SchedulingPoint.Resume();
        return _observer.End(after);
    }

    private void Perform(ISubject subject, int thread)
    {
        var lines = program.Threads[thread].Lines;
        for (int i = 0; i < lines.Length; i++)
        {
            // Between two calls others may move, whatever the subject does inside.
            SchedulingPoint.Interleave();
            _observer.Call(thread, lines[i].Operation);
            _observer.Return(thread, subject.Apply(lines[i].Operation));
        }
    }

    private static Result[] Answers(ISubject subject, System.Collections.Immutable.ImmutableArray<Line> lines)
    {
        var results = new Result[lines.Length];
        for (int i = 0; i < lines.Length; i++) results[i] = subject.Apply(lines[i].Operation);
        return results;
    }
}
