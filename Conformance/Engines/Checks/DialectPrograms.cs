// The check of concurrent programs in one dialect: scenarios, then drawn programs, until the budget ends or something is wrong.
using System.Collections.Immutable;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>What <see cref="ProgramsCheck"/> does in one dialect, and what it came to.</summary>
internal sealed class DialectPrograms(
    CheckContext context, IEngine engine, SchedulePlan plan, Dialect dialect, IReadOnlyDictionary<(Program, Dialect), ImmutableArray<OutcomeCount>>? known)
{
    // FsCheck grows programs within a batch: each has small ones and large ones.
    private const int Batch = 40;

    // With their few schedules each they have as much of the budget as a batch.
    private const int Longer = 800;

    // Each of those that hang takes until somebody loses patience, and each that ends the process takes another one.
    private const int ShrinkLost = 12;

    private readonly HashSet<string> _strange = [];
    private readonly HashSet<string> _told = [];
    private readonly HashSet<Program> _explored = [];
    private readonly HashSet<Program> _unfinished = [];
    private readonly Dictionary<(Program, Dialect), ImmutableArray<OutcomeCount>> _complete = [];

    /// <summary>Schedules that ran.</summary>
    public long Schedules { get; private set; }

    /// <summary>Histories whose judgement overran its budget.</summary>
    public long Unknown { get; private set; }

    /// <summary>The rules that decided steps.</summary>
    public RuleSet Spoke { get; private set; }

    /// <summary>The first failure, or null.</summary>
    public Finding? Failure { get; private set; }

    /// <summary>Whether the engine cannot control the subject: then nothing more is worth while.</summary>
    public bool IsUncontrolled { get; private set; }

    /// <summary>What makes it worth less that there is no failure.</summary>
    public IEnumerable<string> Strange => _strange;

    /// <summary>What the subject's author should know.</summary>
    public IEnumerable<string> Told => _told;

    /// <summary>How many programs gave answers.</summary>
    public int Explored => _explored.Count;

    /// <summary>How many of them have more schedules than were run, and nothing wrong in those.</summary>
    public int Unfinished => _unfinished.Count;

    /// <summary>The outcomes of the programs that were seen in every schedule.</summary>
    public IReadOnlyDictionary<(Program Program, Dialect Dialect), ImmutableArray<OutcomeCount>> Complete => _complete;

    /// <summary>Runs up to so many schedules; the first failure ends it, shrunk if it was generated.</summary>
    public void Run(long schedules, bool scenarios) => Failure = (scenarios ? RunScenarios(schedules) : null) ?? RunGenerated(schedules);

    private Finding? RunScenarios(long schedules)
    {
        var chosen = Scenarios.For(dialect, context.Inheritance).ToList();
        // Of a small budget most: a race that somebody thought of is the likeliest to be there.
        var most = plan.Scheduler == ScheduleEngine.Exhaustive ? plan.Rounds[^1] : Math.Clamp(schedules / chosen.Count * 3 / 4, 1, plan.Rounds.Sum());
        long done = 0;
        foreach (var round in plan.Rounds)
        {
            foreach (var scenario in chosen.ToList())
            {
                if (context.Cancelled.IsCancellationRequested || Schedules >= schedules || done >= most) return null;
                // A scheduler that draws counts the seed up with each schedule: so the next round goes on where this one ends.
                if (Explore(scenario, Math.Min(round, Math.Min(most - done, schedules - Schedules)), context.Seed + (ulong)done, out var isFinished) is { } found)
                {
                    // What did not come again is none: the next scenario may have one.
                    if (Report(found, scenario.Title, Schedules) is { } finding) return finding;
                    if (IsUncontrolled) return null;
                }

                if (isFinished) chosen.Remove(scenario);
                context.Progress($"{plan.Name} {dialect}", Schedules, schedules);
            }

            done += round;
        }

        return null;
    }

    private Finding? RunGenerated(long schedules)
    {
        Finding? failure = null;
        for (var batch = 0UL; failure is null && !IsUncontrolled && Schedules < schedules && !context.Cancelled.IsCancellationRequested; batch++)
        {
            var programs = (int)Math.Min(Batch, (schedules - Schedules + plan.Generated - 1) / plan.Generated);
            failure = (plan.Priorities > 0 ? RunLonger(schedules, context.Seed + batch) : null) ?? RunBatch(schedules, programs, context.Seed + batch);
        }

        return failure;
    }

    // A few schedules of many programs: whether a program can show a mistake at all is what most of them fail in.
    private Finding? RunLonger(long schedules, ulong seed)
    {
        var programs = new LongerPrograms(dialect, context.Inheritance, seed);
        for (var i = 0; i < Longer && Schedules < schedules && !context.Cancelled.IsCancellationRequested; i++)
        {
            context.Progress($"{plan.Name} {dialect}", Schedules, schedules);
            var (program, before) = (programs.Next(), Schedules);
            var found = Explore(program, Math.Min(plan.Priorities, schedules - Schedules), seed + (ulong)i, out _, ScheduleEngine.Priorities);
            if (found is null) continue;
            var after = before + found.FoundAfter;
            var asked = program with { Dialect = dialect, Declaration = program.DeclarationIn(dialect) };
            if (found.Ending != Ending.Uncontrolled) found = new SmallestProgram(engine, dialect, context.Cancelled).Of(asked, found);
            return Report(found, program.Title, after);
        }

        return null;
    }

    private Finding? RunBatch(long schedules, int programs, ulong seed)
    {
        (Finding Finding, long After)? smallest = null;
        var shrinks = 0;
        try
        {
            Trials.Run(ConcurrentPrograms.OfUpTo(plan.Calls, context.Inheritance, dialect == Dialect.Linux613), programs, seed, Holds);
        }
        catch (OperationCanceledException) when (smallest is not null)
        {
            // Found, and not shrunk to the end.
        }

        return smallest is var (found, after) ? Report(found, null, after) : null;

        bool Holds(Program program)
        {
            if (context.Cancelled.IsCancellationRequested || (smallest is not null && ++shrinks > Shrinks(smallest.Value.Finding))) return true;
            context.Progress(smallest is null ? $"{plan.Name} {dialect}" : $"{plan.Name} {dialect}, shrinking", Schedules, schedules);
            var budget = smallest is null ? Math.Min(plan.Generated, schedules - Schedules) : plan.Generated * 4;
            if (budget <= 0) return true;
            var before = Schedules;
            if (Explore(program, budget, seed, out _) is not { } finding) return true;
            smallest = (finding, smallest?.After ?? before + finding.FoundAfter);
            return false;
        }
    }

    private int Shrinks(Finding finding) => finding.Ending switch { Ending.Uncontrolled => 0, Ending.Hung or Ending.Crashed => ShrinkLost, _ => plan.Shrinks };

    private Finding? Explore(Program program, long schedules, ulong seed, out bool isFinished, string? scheduler = null)
    {
        var exploration = engine.Explore(program, dialect, new ScheduleBudget(schedules, seed, scheduler ?? plan.Scheduler));
        isFinished = exploration.Exhaustive == true;
        if (isFinished) _complete[(program, dialect)] = exploration.Outcomes;
        // Of a longer program a few schedules are all that was asked for.
        if (isFinished || exploration.Finding is not null || scheduler is not null) _unfinished.Remove(program);
        else _unfinished.Add(program);
        Schedules += exploration.Schedules;
        Unknown += exploration.Unknown;
        if (exploration.Doubt is { } doubt) _strange.Add(doubt);
        if (exploration.Remark is { } remark) _told.Add(remark);
        if (exploration.Schedules > 0 && exploration.CutOff == exploration.Schedules && exploration.Finding is null)
            _strange.Add($"no schedule of '{program.Title ?? "a generated program"}' came to its end: a call that never returns?");
        // What threw, hung or crashed gave no answers to compare.
        if (scheduler is null && (exploration.Finding is null or { Ending: Ending.Returned }) && _explored.Add(program)) Spoke |= Outcomes.Of(program, dialect, ProgramsCheck.ForRules).Rules;
        return exploration.Finding ?? Unheard(program, exploration.Outcomes);
    }

    private Finding? Unheard(Program program, ImmutableArray<OutcomeCount> outcomes)
    {
        if (known is null || !known.TryGetValue((program, dialect), out var all)) return null;
        var other = outcomes.FirstOrDefault(outcome => all.All(one => one.Text != outcome.Text));
        return other is null ? null : new Finding(FindingKind.ForbiddenOutcome, program with { Dialect = dialect, Declaration = program.DeclarationIn(dialect) }, RuleSet.Of(7_01), RuleSet.None)
        {
            Message = $"{plan.Name} saw an outcome that none of all schedules has: one of the two schedulers is wrong, and not the subject: {other.Text}",
        };
    }

    // A schedule is run again before it is reported: what does not come out the same twice is a fault of another kind.
    private Finding? Report(Finding finding, string? title, long foundAfter)
    {
        var saved = finding.Saved with { Subject = context.Subject, Check = plan.Name, Strategy = finding.Saved.Strategy ?? plan.Scheduler, Seed = context.Seed, Title = title };
        if (finding.Ending == Ending.Uncontrolled)
        {
            // The next program would say the same.
            IsUncontrolled = true;
            _strange.Add(finding.Message!);
            return null;
        }

        if (ComesOutDifferently(saved, finding))
        {
            _strange.Add($"a schedule ended in '{(finding.Ending == Ending.Returned ? Verdict.Violates.Word() : finding.Ending.Word())}', and otherwise when it was run again: the subject is not a function of its schedule");
            // What the clock did, or what no scheduler saw, is not the subject's.
            if (finding.Ending is Ending.Hung or Ending.Deadlocked) return null;
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
        catch (SubjectException)
        {
            // It ended the process this time.
            return true;
        }
    }
}
