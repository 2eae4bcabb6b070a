// The checks of concurrent programs, schedules and coyote: which programs, which engine, what budget. They cannot find what needs weak memory.
using System.Collections.Immutable;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>A check of concurrent programs as a list: the engine's scheduler, and what it is worth.</summary>
/// <param name="Name">The name of the check.</param>
/// <param name="Scheduler">How the engine chooses schedules, or null for its default.</param>
/// <param name="Rounds">
/// How many schedules of each scenario, one round after the other: most of what is wrong shows soon, and not in the scenario that happens to be the first.
/// </param>
/// <param name="Generated">How many schedules of each drawn program.</param>
/// <param name="Calls">How many calls a thread of a drawn program makes at most.</param>
/// <param name="Shrinks">How many smaller programs are tried, for the reader's sake.</param>
public sealed record SchedulePlan(string Name, string? Scheduler, ImmutableArray<int> Rounds, int Generated, int Calls, int Shrinks)
{
    /// <summary>The check of our own engine: each program in every schedule, up to equivalence, on the real code.</summary>
    public const string Schedules = "schedules";

    /// <summary>The check of the second scheduler, which is not ours.</summary>
    public const string Coyote = "coyote";

    /// <summary>Every schedule: of a scenario to its end, of a drawn program as far as that takes no longer than a scenario.</summary>
    public static SchedulePlan Every { get; } = new(Schedules, ScheduleEngine.Exhaustive, [2_000, 200_000], 2_000, Calls: 3, Shrinks: 400);

    /// <summary>Coyote's: a race of two or three threads with a few accesses each shows within some dozens or hardly at all.</summary>
    public static SchedulePlan Drawn { get; } = new(Coyote, null, [25, 25, 25, 25], 25, Calls: 3, Shrinks: 80);
}

/// <summary>Explores the named scenarios, then programs made by FsCheck, and judges every history by chapter 7.</summary>
/// <param name="context">The terms.</param>
/// <param name="engine">What runs the programs.</param>
/// <param name="plan">Which schedules of which programs.</param>
public sealed class ProgramsCheck(CheckContext context, IEngine engine, SchedulePlan plan)
{
    // Which rules decide a program's steps shows soon; all its outcomes may take long.
    internal static readonly Budget ForRules = new(2_000);

    // FsCheck grows programs within a batch: each has small ones and large ones.
    private const int Batch = 40;

    // Each of those that hang takes until somebody loses patience, and each that ends the process takes another one.
    private const int ShrinkLost = 12;

    private readonly ImmutableArray<Finding>.Builder _failures = ImmutableArray.CreateBuilder<Finding>();
    private readonly HashSet<string> _strange = [];
    private readonly HashSet<string> _told = [];
    private readonly HashSet<(Program, Dialect)> _known = [];
    private readonly Dictionary<(Program, Dialect), ImmutableArray<OutcomeCount>> _complete = [];
    private bool _uncontrolled;
    private RuleSet _spoke;
    private long _schedules;
    private long _unknown;

    /// <summary>The outcomes of the programs that were seen in every schedule.</summary>
    public IReadOnlyDictionary<(Program Program, Dialect Dialect), ImmutableArray<OutcomeCount>> Complete => _complete;

    /// <summary>
    /// The outcomes that programs have at most, as another engine knows that saw every schedule: one that is none of these says that one of the
    /// two engines is wrong, and is a finding.
    /// </summary>
    public IReadOnlyDictionary<(Program Program, Dialect Dialect), ImmutableArray<OutcomeCount>>? Known { get; init; }

    /// <summary>Runs up to so many schedules in each dialect, the named scenarios first; the first failure of a dialect ends it, shrunk if it was generated.</summary>
    public CheckReport Run(long schedules, bool scenarios = true)
    {
        var blind = ImmutableArray<string>.Empty;
        try
        {
            blind = engine.BlindTo(context.Seed);
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
        var isDoubtful = doubts.Count > 0;
        // That is no doubt: it was asked for no more.
        var unfinished = plan.Scheduler == ScheduleEngine.Exhaustive ? _known.Count - _complete.Count : 0;
        if (unfinished > 0) doubts.Add($"{unfinished} of {_known.Count} programs have more schedules than the budget");
        return new CheckReport(plan.Name, _failures.Count > 0 ? RuleVerdict.Fail : isDoubtful ? RuleVerdict.Unknown : _schedules == 0 ? RuleVerdict.NotRun : RuleVerdict.Pass)
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
        // Of a small budget most: a race that somebody thought of is the likeliest to be there.
        var most = plan.Scheduler == ScheduleEngine.Exhaustive ? plan.Rounds[^1] : Math.Clamp(schedules / chosen.Count * 3 / 4, 1, plan.Rounds.Sum());
        long done = 0;
        foreach (var round in plan.Rounds)
        {
            foreach (var scenario in chosen.ToList())
            {
                if (context.Cancelled.IsCancellationRequested || _schedules - start >= schedules || done >= most) return null;
                // A scheduler that draws counts the seed up with each schedule: so the next round goes on where this one ends.
                if (Explore(scenario, dialect, Math.Min(round, Math.Min(most - done, schedules - (_schedules - start))), context.Seed + (ulong)done, out var isFinished) is { } finding)
                    return Report(finding, dialect, scenario.Title, _schedules - start);
                if (isFinished) chosen.Remove(scenario);
                context.Progress($"{plan.Name} {dialect}", _schedules - start, schedules);
            }

            done += round;
        }

        return null;
    }

    private Finding? RunGenerated(Dialect dialect, long start, long schedules)
    {
        Finding? failure = null;
        for (var batch = 0UL; failure is null && !_uncontrolled && _schedules - start < schedules && !context.Cancelled.IsCancellationRequested; batch++)
        {
            var programs = (int)Math.Min(Batch, (schedules - (_schedules - start) + plan.Generated - 1) / plan.Generated);
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
            Trials.Run(ConcurrentPrograms.OfUpTo(plan.Calls, context.Inheritance), programs, seed, Holds);
        }
        catch (OperationCanceledException) when (smallest is not null)
        {
            // Found, and not shrunk to the end.
        }

        return smallest is var (found, after) ? Report(found, dialect, null, after) : null;

        bool Holds(Program program)
        {
            if (context.Cancelled.IsCancellationRequested || (smallest is not null && ++shrinks > Shrinks(smallest.Value.Finding))) return true;
            context.Progress(smallest is null ? $"{plan.Name} {dialect}" : $"{plan.Name} {dialect}, shrinking", _schedules - start, schedules);
            var budget = smallest is null ? Math.Min(plan.Generated, schedules - (_schedules - start)) : plan.Generated * 4;
            if (budget <= 0) return true;
            var before = _schedules - start;
            if (Explore(program, dialect, budget, seed, out _) is not { } finding) return true;
            smallest = (finding, smallest?.After ?? before + finding.FoundAfter);
            return false;
        }
    }

    private int Shrinks(Finding finding) => finding.Ending switch { Ending.Uncontrolled => 0, Ending.Hung or Ending.Crashed => ShrinkLost, _ => plan.Shrinks };

    private Finding? Explore(Program program, Dialect dialect, long schedules, ulong seed, out bool isFinished)
    {
        var exploration = engine.Explore(program, dialect, new ScheduleBudget(schedules, seed, plan.Scheduler));
        isFinished = exploration.Exhaustive == true;
        if (isFinished) _complete[(program, dialect)] = exploration.Outcomes;
        _schedules += exploration.Schedules;
        _unknown += exploration.Unknown;
        if (exploration.Doubt is { } doubt) _strange.Add(doubt);
        if (exploration.Remark is { } remark) _told.Add(remark);
        if (exploration.Schedules > 0 && exploration.CutOff == exploration.Schedules && exploration.Finding is null)
            _strange.Add($"no schedule of '{program.Title ?? "a generated program"}' came to its end: a call that never returns?");
        // What threw, hung or crashed gave no answers to compare.
        if ((exploration.Finding is null or { Ending: Ending.Returned }) && _known.Add((program, dialect))) _spoke |= Outcomes.Of(program, dialect, ForRules).Rules;
        return exploration.Finding ?? Unheard(program, dialect, exploration.Outcomes);
    }

    private Finding? Unheard(Program program, Dialect dialect, ImmutableArray<OutcomeCount> outcomes)
    {
        if (Known is null || !Known.TryGetValue((program, dialect), out var known)) return null;
        var other = outcomes.FirstOrDefault(outcome => known.All(one => one.Text != outcome.Text));
        return other is null ? null : new Finding(FindingKind.ForbiddenOutcome, program with { Dialect = dialect, Declaration = program.DeclarationIn(dialect) }, RuleSet.Of(7_01), RuleSet.None)
        {
            Message = $"{plan.Name} saw an outcome that none of all schedules has: one of the two schedulers is wrong, and not the subject: {other.Text}",
        };
    }

    // A schedule is run again before it is reported: what does not come out the same twice is a fault of another kind.
    private Finding? Report(Finding finding, Dialect dialect, string? title, long foundAfter)
    {
        var saved = finding.Saved with { Subject = context.Subject, Check = plan.Name, Strategy = plan.Scheduler ?? finding.Saved.Strategy, Seed = context.Seed, Title = title };
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
            return engine.Replay(saved).Finding is var again && (again?.Kind, again?.Ending) != (before.Kind, before.Ending);
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
