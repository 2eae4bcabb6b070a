// The checks of concurrent programs, schedules and coyote: which programs, which engine, what budget. They cannot find what needs weak memory.
using System.Collections.Immutable;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Schedules;
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
internal sealed record SchedulePlan(string Name, string? Scheduler, ImmutableArray<int> Rounds, int Generated, int Calls, int Shrinks)
{
    /// <summary>How many schedules, by drawn priorities, of each longer program (<see cref="Generation.LongerPrograms"/>); 0 if none is drawn.</summary>
    public int Priorities { get; init; }

    /// <summary>The check of our own engine: each program in every schedule, up to equivalence, on the real code.</summary>
    public const string Schedules = "schedules";

    /// <summary>The check of the second scheduler, which is not ours.</summary>
    public const string Coyote = "coyote";

    /// <summary>Every schedule: of a scenario to its end, of a drawn program as far as that takes no longer than a scenario.</summary>
    public static SchedulePlan Every { get; } = new(Schedules, ScheduleEngine.Exhaustive, [2_000, 200_000], 1_000, Calls: 3, Shrinks: 400) { Priorities = 50 };

    /// <summary>Coyote's: a race of two or three threads with a few accesses each shows within some dozens or hardly at all.</summary>
    public static SchedulePlan Drawn { get; } = new(Coyote, null, [25, 25, 25, 25], 25, Calls: 3, Shrinks: 80);
}

/// <summary>Explores the named scenarios, then programs made by FsCheck, and judges every history by chapter 7; the dialects at once, where the engine can.</summary>
/// <param name="context">The terms.</param>
/// <param name="engine">What runs the programs.</param>
/// <param name="plan">Which schedules of which programs.</param>
internal sealed class ProgramsCheck(CheckContext context, IEngine engine, SchedulePlan plan)
{
    // Which rules decide a program's steps shows soon; all its outcomes may take long.
    internal static readonly Budget ForRules = new(2_000);

    private ImmutableArray<DialectPrograms> _parts = [];

    /// <summary>The outcomes of the programs that were seen in every schedule.</summary>
    public IReadOnlyDictionary<(Program Program, Dialect Dialect), ImmutableArray<OutcomeCount>> Complete => _parts.SelectMany(part => part.Complete).ToDictionary();

    /// <summary>
    /// The outcomes that programs have at most, as another engine knows that saw every schedule: one that is none of these says that one of the
    /// two engines is wrong, and is a finding.
    /// </summary>
    public IReadOnlyDictionary<(Program Program, Dialect Dialect), ImmutableArray<OutcomeCount>>? Known { get; init; }

    /// <summary>Runs up to so many schedules in each dialect, the named scenarios first; the first failure of a dialect ends it, shrunk if it was generated.</summary>
    public CheckReport Run(long schedules, bool scenarios = true)
    {
        var blind = ImmutableArray<string>.Empty;
        var doubts = new List<string>();
        _parts = [.. context.Dialects.Select(dialect => new DialectPrograms(context, engine, plan, dialect, Known))];
        try
        {
            blind = engine.BlindTo(context.Seed);
            RunParts(schedules, scenarios);
        }
        catch (OperationCanceledException) when (context.Cancelled.IsCancellationRequested)
        {
            // The report says what was found until then.
        }
        catch (SubjectException e) when (_parts.Any(part => part.Schedules > 0 || part.Failure is not null))
        {
            // Who never began has nothing to report; who did, has.
            doubts.Add(e.Message.ReplaceLineEndings(" "));
        }

        return Report(blind, doubts);
    }

    private void RunParts(long schedules, bool scenarios)
    {
        if (!engine.IsConcurrent)
        {
            foreach (var part in _parts)
            {
                part.Run(schedules, scenarios);
                // The next dialect would say the same.
                if (part.IsUncontrolled) return;
            }

            return;
        }

        var running = _parts.Select(part => Task.Factory.StartNew(() => part.Run(schedules, scenarios), context.Cancelled, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Task.WhenAll(running).GetAwaiter().GetResult();
    }

    private CheckReport Report(ImmutableArray<string> blind, IEnumerable<string> others)
    {
        var doubts = new List<string>();
        if (blind.Length > 0) doubts.Add($"blind to {string.Join(", ", blind)}");
        if (_parts.Sum(part => part.Unknown) is > 0 and var unknown) doubts.Add($"{unknown} histories not judged within the budget");
        doubts.AddRange(_parts.SelectMany(part => part.Strange).Concat(others).Distinct());
        var isDoubtful = doubts.Count > 0;
        // That is no doubt: it was asked for no more.
        if (plan.Scheduler == ScheduleEngine.Exhaustive && _parts.Sum(part => part.Unfinished) is > 0 and var unfinished)
            doubts.Add($"{unfinished} of {_parts.Sum(part => part.Explored)} programs have more schedules than the budget");
        ImmutableArray<Finding> failures = [.. _parts.Select(part => part.Failure).OfType<Finding>()];
        foreach (var failure in failures) context.Witness?.Found(failure);
        var schedules = _parts.Sum(part => part.Schedules);
        return new CheckReport(plan.Name, failures.Length > 0 ? RuleVerdict.Fail : isDoubtful ? RuleVerdict.Unknown : schedules == 0 ? RuleVerdict.NotRun : RuleVerdict.Pass)
        {
            Iterations = schedules,
            Failures = failures,
            Spoke = _parts.Aggregate(RuleSet.None, (spoke, part) => spoke | part.Spoke),
            Remark = string.Join("; ", doubts.Concat(_parts.SelectMany(part => part.Told).Distinct())) is { Length: > 0 } remark ? remark : null,
        };
    }
}
