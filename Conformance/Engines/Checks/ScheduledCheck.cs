// The Scheduled check: concurrent programs under a scheduler that tries many orders. It cannot find what needs weak memory.
using System.Collections.Immutable;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>Explores the named scenarios, then programs made by FsCheck, and judges every history by chapter 7.</summary>
public sealed class ScheduledCheck(CheckContext context, IScheduleExplorer explorer, string? strategy = null)
{
    /// <summary>The name of the check.</summary>
    public const string Name = "scheduled";

    /// <summary>How many schedules a program is worth: a race of two or three threads with a few accesses each shows within some dozens or hardly at all.</summary>
    public const int SchedulesPerProgram = 100;

    private const int SchedulesPerGenerated = 25;

    private const int SchedulesPerRound = 25;

    // Which rules decide a program's steps shows soon; all its outcomes may take long.
    internal static readonly Budget ForRules = new(2_000);

    // FsCheck grows programs within a batch: each has small ones and large ones.
    private const int Batch = 40;

    // Shrinking is for the reader: worth this many programs, not more.
    private const int ShrinkPrograms = 80;

    // Each of those that hang takes until somebody loses patience, and each that ends the process takes another one.
    private const int ShrinkLost = 12;

    private readonly ImmutableArray<Finding>.Builder _failures = ImmutableArray.CreateBuilder<Finding>();
    private readonly HashSet<string> _strange = [];
    private readonly HashSet<string> _told = [];
    private readonly HashSet<(Program, Dialect)> _known = [];
    private bool _uncontrolled;
    private RuleSet _spoke;
    private long _schedules;
    private long _unknown;

    /// <summary>Runs up to so many schedules in each dialect, the named scenarios first; the first failure of a dialect ends it, shrunk if it was generated.</summary>
    public CheckReport Run(long schedules, bool scenarios = true)
    {
        var blind = ImmutableArray<string>.Empty;
        try
        {
            blind = explorer.BlindTo(context.Seed);
            foreach (var dialect in context.Dialects)
            {
                var before = _schedules;
                var failure = (scenarios ? RunScenarios(dialect, schedules) : null) ?? RunGenerated(dialect, before, schedules);
                if (failure is not null) _failures.Add(failure);
                if (_uncontrolled) break;
            }
        }
        catch (OperationCanceledException) when (context.Cancelled.IsCancellationRequested)
        {
            // The report says what was found until then.
        }
        catch (ChildException e) when (_schedules > 0 || _failures.Count > 0)
        {
            // Who never began has nothing to report; who did, has.
            _strange.Add(e.Message.ReplaceLineEndings(" "));
        }

        var doubts = new List<string>();
        if (blind.Length > 0) doubts.Add($"blind to {string.Join(", ", blind)}");
        if (_unknown > 0) doubts.Add($"{_unknown} histories not judged within the budget");
        doubts.AddRange(_strange);
        return new CheckReport(Name, _failures.Count > 0 ? RuleVerdict.Fail : doubts.Count > 0 ? RuleVerdict.Unknown : _schedules == 0 ? RuleVerdict.NotRun : RuleVerdict.Pass)
        {
            Iterations = _schedules,
            Failures = _failures.ToImmutable(),
            Spoke = _spoke,
            Remark = doubts.Count + _told.Count > 0 ? string.Join("; ", doubts.Concat(_told)) : null,
        };
    }

    private Finding? RunScenarios(Dialect dialect, long schedules)
    {
        var chosen = Scenarios.For(dialect, context.Inheritance).ToList();
        var start = _schedules;
        // Most of a small budget: a race that somebody thought of is the likeliest to be there.
        var each = (int)Math.Clamp(schedules / chosen.Count * 3 / 4, 1, SchedulesPerProgram);
        // A few schedules of each first: most of what is wrong shows soon, and not in the scenario that happens to be the first.
        for (var done = 0; done < each; done += SchedulesPerRound)
        {
            foreach (var scenario in chosen)
            {
                if (context.Cancelled.IsCancellationRequested || _schedules - start >= schedules) return null;
                // The scheduler counts the seed up with each schedule: so the next round goes on where this one ends.
                if (Explore(scenario, dialect, Math.Min(SchedulesPerRound, each - done), context.Seed + (ulong)done) is { } finding) return Report(finding, dialect, scenario.Title, _schedules - start);
                context.Progress($"{Name} {dialect}", _schedules - start, schedules);
            }
        }

        return null;
    }

    private Finding? RunGenerated(Dialect dialect, long start, long schedules)
    {
        Finding? failure = null;
        for (var batch = 0UL; failure is null && !_uncontrolled && _schedules - start < schedules && !context.Cancelled.IsCancellationRequested; batch++)
        {
            var programs = (int)Math.Min(Batch, (schedules - (_schedules - start) + SchedulesPerGenerated - 1) / SchedulesPerGenerated);
            failure = RunBatch(dialect, start, schedules, programs, context.Seed + batch);
        }

        return failure;
    }

    private Finding? RunBatch(Dialect dialect, long start, long schedules, int programs, ulong seed)
    {
        (Finding Finding, long After)? smallest = null;
        var shrinks = 0;
        try
        {
            Trials.Run(ConcurrentPrograms.OfUpTo(calls: 3, context.Inheritance), programs, seed, Holds);
        }
        catch (OperationCanceledException) when (smallest is not null)
        {
            // Found, and not shrunk to the end.
        }

        return smallest is var (found, after) ? Report(found, dialect, null, after) : null;

        bool Holds(Program program)
        {
            if (context.Cancelled.IsCancellationRequested || (smallest is not null && ++shrinks > Shrinks(smallest.Value.Finding))) return true;
            context.Progress(smallest is null ? $"{Name} {dialect}" : $"{Name} {dialect}, shrinking", _schedules - start, schedules);
            var budget = smallest is null ? Math.Min(SchedulesPerGenerated, schedules - (_schedules - start)) : SchedulesPerProgram;
            if (budget <= 0) return true;
            var before = _schedules - start;
            if (Explore(program, dialect, (int)budget, seed) is not { } finding) return true;
            smallest = (finding, smallest?.After ?? before + finding.FoundAfter);
            return false;
        }
    }

    private static int Shrinks(Finding finding) => finding.Ending switch { Ending.Uncontrolled => 0, Ending.Hung or Ending.Crashed => ShrinkLost, _ => ShrinkPrograms };

    private Finding? Explore(Program program, Dialect dialect, int schedules, ulong seed)
    {
        var exploration = explorer.Explore(program, dialect, new ScheduleBudget(schedules, seed, strategy));
        _schedules += exploration.Schedules;
        _unknown += exploration.Unknown;
        if (exploration.Doubt is { } doubt) _strange.Add(doubt);
        if (exploration.Remark is { } remark) _told.Add(remark);
        if (exploration.Schedules > 0 && exploration.CutOff == exploration.Schedules && exploration.Finding is null)
            _strange.Add($"no schedule of '{program.Title ?? "a generated program"}' came to its end: a call that never returns?");
        // What threw, hung or crashed gave no answers to compare.
        if ((exploration.Finding is null or { Ending: Ending.Returned }) && _known.Add((program, dialect))) _spoke |= Outcomes.Of(program, dialect, ForRules).Rules;
        return exploration.Finding;
    }

    // A schedule is run again before it is reported: what does not come out the same twice is a fault of another kind.
    private Finding? Report(Finding finding, Dialect dialect, string? title, long foundAfter)
    {
        var saved = finding.Saved with { Subject = context.Subject, Check = Name, Strategy = strategy, Seed = context.Seed, Title = title };
        if (finding.Ending == Ending.Uncontrolled)
        {
            // The next program would say the same.
            _uncontrolled = true;
            _strange.Add(finding.Message!);
            return null;
        }

        if (ComesOutDifferently(saved, finding))
        {
            _strange.Add($"a schedule that {(finding.Ending == Ending.Returned ? Verdict.Violates.Word() : finding.Ending.Word())} did not do so again: the subject is not a function of its schedule");
            // What the clock did is not the subject's.
            if (finding.Ending == Ending.Hung) return null;
        }

        return finding with { Saved = saved, FoundAfter = foundAfter };
    }

    private bool ComesOutDifferently(Program saved, Finding before)
    {
        // A crash of the scheduler's process leaves no schedule behind.
        if (saved.Schedule.IsDefault) return false;
        try
        {
            return explorer.Replay(saved).Finding is var again && (again?.Kind, again?.Ending) != (before.Kind, before.Ending);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (ChildException)
        {
            // It ended the process this time, or did not take the same steps.
            return true;
        }
    }
}
