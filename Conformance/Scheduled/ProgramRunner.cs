// One concurrent program on one subject, schedule after schedule: runs it, records it, judges it by chapter 7, counts its outcomes.
using System.Collections.Immutable;
using Microsoft.Coyote.Runtime;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Scheduled;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Scheduled;

/// <summary>The body that Coyote explores for a program, and what its schedules came to.</summary>
public sealed class ProgramRunner(Document program, Dialect dialect, Func<Declaration, ISubject> create)
{
    private readonly Dictionary<string, Judgement> _judged = [];
    private readonly Dictionary<string, (long Count, string Worst)> _outcomes = [];
    private HistoryRecorder _recorder = new();
    private Document _seen = new();
    private long _unknown;

    /// <summary>Explores the program.</summary>
    public ExplorationReport Explore(ExplorationTerms terms)
    {
        var strategy = terms.Strategy is null ? ExplorationStrategy.Default
            : ExplorationStrategy.Find(terms.Strategy) ?? throw new FormatException($"there is no strategy '{terms.Strategy}'; there are {string.Join(", ", ExplorationStrategy.All.Select(known => known.Name))}");
        Document? failed = null;
        var exploration = CoyoteRunner.Run(() =>
        {
            var wrong = RunOnce();
            if (wrong is not null) failed ??= _seen;
            return wrong;
        }, new ExplorationOptions
        {
            Strategy = strategy,
            Schedules = terms.Schedules,
            Seed = (uint)(terms.Seed ^ (terms.Seed >> 32)),
            StopAtFirstFailure = terms.StopAtFirst,
        });
        return Report(exploration.Schedules, exploration.Distinct, exploration.CutOff, exploration.Elapsed.TotalSeconds, exploration.First, failed);
    }

    /// <summary>Runs the program once, in the order that the saved schedule tells.</summary>
    /// <exception cref="FormatException">There is no schedule, or the program does not follow it.</exception>
    public ExplorationReport Replay()
    {
        if (program.Schedule is not [var trace]) throw new FormatException("the file has no schedule of one line");
        var replay = CoyoteRunner.Replay(RunOnce, trace);
        if (!replay.Followed) throw new FormatException("the program does not follow the saved schedule: it, or the subject, is another one now");
        return Report(1, 1, 0, 0, replay.Failure, _seen);
    }

    private ExplorationReport Report(long schedules, long distinct, long cutOff, double seconds, ScheduleFailure? failure, Document? failed) => new()
    {
        Schedules = schedules,
        Distinct = distinct,
        CutOff = cutOff,
        Unknown = _unknown,
        Seconds = seconds,
        Outcomes = [.. _outcomes.Select(outcome => new OutcomeCount(outcome.Key, outcome.Value.Count, outcome.Value.Worst)).OrderByDescending(outcome => outcome.Count).ThenBy(outcome => outcome.Text, StringComparer.Ordinal)],
        Finding = failure is null ? null : Finding(failure, failed),
    };

    private ScheduleFinding Finding(ScheduleFailure failure, Document? failed)
    {
        var flagged = failure.Kind == FailureKind.Flagged;
        var kind = failure.Kind switch
        {
            FailureKind.Flagged => "violates",
            FailureKind.Exception => "threw",
            FailureKind.Deadlock => "deadlock",
            FailureKind.Hang => "hang",
            _ => "uncontrolled",
        };
        // A schedule that did not end has no answers after it; what its threads recorded until then is what there is.
        var seen = (flagged && failed is not null ? failed : _seen with { After = [] }) with { Verdict = flagged ? "violates" : null, Schedule = [failure.Trace] };
        return new ScheduleFinding(kind, failure.Message.Split('\n')[0], failure.Schedule, seen.ToString());
    }

    // One schedule. Setup and after run alone: there is nothing to interleave them with.
    private string? RunOnce()
    {
        _recorder = new HistoryRecorder();
        _seen = program with { Dialect = dialect, Declaration = program.DeclarationIn(dialect), History = [] };
        SchedulingPoint.Suppress();
        var subject = create(program.DeclarationIn(dialect));
        var setup = Answer(subject, program.Setup);
        SchedulingPoint.Resume();
        _seen = _seen with { Setup = setup };
        ControlledThreads.Run([.. program.Threads.Select((thread, index) => (Action)(() => Perform(subject, index, thread.Lines)))]);
        SchedulingPoint.Suppress();
        var after = Answer(subject, program.After);
        SchedulingPoint.Resume();
        _seen = _seen with { History = _recorder.Events, After = after };
        return Judge();
    }

    private void Perform(ISubject subject, int thread, ImmutableArray<Line> lines)
    {
        foreach (var line in lines)
        {
            // Between two calls others may move, whatever the subject does inside.
            SchedulingPoint.Interleave();
            _recorder.Call(thread, line.Operation);
            _seen = _seen with { History = _recorder.Events };
            _recorder.Return(thread, subject.Apply(line.Operation));
        }
    }

    private static ImmutableArray<Line> Answer(ISubject subject, ImmutableArray<Line> lines) =>
        [.. lines.Select(line => line with { Result = subject.Apply(line.Operation) })];

    private string? Judge()
    {
        // Most schedules of a small program show what another one has shown.
        var text = _seen.ToString();
        if (!_judged.TryGetValue(text, out var judgement))
            _judged.Add(text, judgement = HistoryChecker.Check(_seen, dialect, Budget.Default));
        if (judgement.Verdict == Verdict.Unknown) _unknown++;
        var outcome = ProgramOutcome.Of(program.Threads.Length, _seen.History, _seen.After.Select(line => line.Result!.Value)).ToString();
        var (count, worst) = _outcomes.GetValueOrDefault(outcome, (0, "conforms"));
        _outcomes[outcome] = (count + 1, Worse(worst, judgement.Word));
        return judgement.Verdict == Verdict.Violates ? judgement.ToString() : null;
    }

    private static string Worse(string one, string other) =>
        one == "violates" || other == "violates" ? "violates" : one == "unknown" || other == "unknown" ? "unknown" : "conforms";
}
