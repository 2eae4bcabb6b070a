// One concurrent program on one subject, as the body that Coyote schedules: setup alone, its threads at once, after alone.
using System.Collections.Immutable;
using Microsoft.Coyote.Runtime;
using PerfModel.Conformance.Coyote;
using PerfModel.Conformance;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using Operation = PerfModel.Model.Operation;

namespace PerfModel.CoyoteChild;

/// <summary>Explores and replays a program.</summary>
/// <param name="program">The program, or a saved one with its schedule.</param>
/// <param name="dialect">The dialect to run it in.</param>
/// <param name="subject">Whom to run it on. Plain fields are scheduling points for code that was not shown to keep to
/// Interlocked, Volatile and locks; elsewhere they only dilute the points that matter.</param>
/// <param name="host">The process, whose black box knows every call.</param>
internal sealed class ProgramRunner(Program program, Dialect dialect, ControlledSubject subject, ChildHost host)
{
    private readonly Func<Declaration, ISubject> _create = ExploredSubject.Find(subject);
    private readonly ProgramObserver _observer = new(program, dialect);
    private ImmutableArray<KnownDefect> _met;

    /// <summary>Explores the program.</summary>
    /// <exception cref="FormatException">There is no such strategy.</exception>
    public ExplorationReport Explore(ScheduleBudget budget)
    {
        host.Box.Begin(program, dialect);
        var exploration = CoyoteRunner.Run(RunOnce, new ExplorationOptions
        {
            Strategy = budget.Strategy ?? ExplorationStrategy.Default.Name,
            Schedules = (int)Math.Min(budget.Schedules, int.MaxValue),
            Seed = (uint)(budget.Seed ^ (budget.Seed >> 32)),
            StopAtFirstFailure = budget.StopAtFirst,
            PlainFields = subject.PlainFields,
            HangTimeout = subject.Patience,
        });
        return Report(exploration.First, exploration.Schedules) with
        {
            Schedules = exploration.Schedules,
            CutOff = exploration.CutOff,
            Seconds = exploration.Elapsed.TotalSeconds,
        };
    }

    /// <summary>Runs the program once, in the order that the saved schedule tells.</summary>
    /// <exception cref="FormatException">There is no schedule.</exception>
    public ExplorationReport Replay()
    {
        if (program.Schedule is not [var trace]) throw new FormatException("the file has no schedule of one line");
        host.Box.Begin(program, dialect);
        var replay = CoyoteRunner.Replay(RunOnce, trace, subject.Patience);
        return replay.Followed ? Report(replay.Failure, 1) with { Schedules = 1 } : new ExplorationReport { Followed = false };
    }

    private ExplorationReport Report(ScheduleFailure? failure, int schedules)
    {
        host.Box.Rest();
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

    private Finding FindingOf(ScheduleFailure failure) => (failure.Ending == Ending.Returned
        ? Finding.OfHistory(_observer.Violation! with { Schedule = [failure.Trace] })
        : Finding.OfUnfinished(_observer.Unfinished with { Schedule = [failure.Trace] }, failure.Ending, failure.Message.Split('\n')[0])) with { Defects = _met.IsDefault ? [] : _met };

    private string? RunOnce()
    {
        // There is nothing to interleave setup and after with.
        SchedulingPoint.Suppress();
        // A schedule that was broken off leaves calls that do not return.
        host.Box.Rest();
        _observer.Start();
        var made = Make();
        _observer.Begin(Answers(made, program.Setup, Phase.Setup));
        SchedulingPoint.Resume();
        var bodies = new Action[program.Threads.Length];
        for (int i = 0; i < bodies.Length; i++)
        {
            int thread = i;
            bodies[i] = () => Perform(made, thread);
        }

        ControlledThreads.Run(bodies);
        SchedulingPoint.Suppress();
        var after = Answers(made, program.After, Phase.After);
        Dispose(made);
        SchedulingPoint.Resume();
        var wrong = _observer.End(after);
        if (wrong is not null) KeepDefects(made);
        return wrong;
    }

    // Of the first failure, which is the one that is told.
    private void KeepDefects(ISubject made)
    {
        if (_met.IsDefault) _met = made.Met();
    }

    private void Perform(ISubject made, int thread)
    {
        var lines = program.Threads[thread].Lines;
        for (int i = 0; i < lines.Length; i++)
        {
            // Between two calls others may move, whatever the subject does inside.
            SchedulingPoint.Interleave();
            _observer.Call(thread);
            _observer.Return(thread, Apply(made, lines[i].Operation, thread, Phase.Thread, i));
        }
    }

    private Result[] Answers(ISubject made, ImmutableArray<Line> lines, Phase phase)
    {
        var results = new Result[lines.Length];
        for (int i = 0; i < lines.Length; i++) results[i] = Apply(made, lines[i].Operation, 0, phase, i);
        return results;
    }

    // These three are written out: a closure's fields would be scheduling points.
    private Result Apply(ISubject made, Operation operation, int thread, Phase phase, int line)
    {
        Begin(thread, phase, line);
        try
        {
            return made.Apply(operation);
        }
        catch (Exception e) when (!IsCoyotes(e.GetBaseException()))
        {
            KeepDefects(made);
            throw Worded(e);
        }
        finally
        {
            host.Box.Return(thread);
        }
    }

    private ISubject Make()
    {
        Begin(0, Phase.Making, 0);
        try
        {
            return _create(program.DeclarationIn(dialect));
        }
        catch (Exception e) when (!IsCoyotes(e.GetBaseException()))
        {
            throw Worded(e);
        }
        finally
        {
            host.Box.Return(0);
        }
    }

    private void Dispose(ISubject made)
    {
        if (made is not IDisposable owner) return;
        Begin(0, Phase.Disposing, 0);
        try
        {
            owner.Dispose();
        }
        catch (Exception e) when (e is not OutOfMemoryException && !IsCoyotes(e.GetBaseException()))
        {
            // No rule speaks of it, and its answers have been given.
        }
        finally
        {
            host.Box.Return(0);
        }
    }

    private void Begin(int thread, Phase phase, int line)
    {
        host.Box.Call(thread, phase, line, 0);
        SleepClock.Begin(subject.Patience);
    }

    // Coyote prints the whole of what was thrown, and does not survive a message that throws.
    private SubjectThrew Worded(Exception thrown)
    {
        if (thrown is OutOfMemoryException) host.EndOutOfMemory();
        return new SubjectThrew(Quoted.Thrown(thrown));
    }

    // What ends the threads of a schedule that is given up.
    private static bool IsCoyotes(Exception thrown) => thrown is ThreadInterruptedException || thrown.GetType().Assembly == typeof(SchedulingPoint).Assembly;
}

/// <summary>A call of the subject threw.</summary>
/// <param name="words">What it threw, made fit for a message.</param>
internal sealed class SubjectThrew(string words) : Exception(words);
