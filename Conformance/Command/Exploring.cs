// One use of explore: asks the scheduler, and adds up what every program showed.
using System.Collections.Immutable;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>What the user asked of explore.</summary>
internal sealed record ExploreOptions(Dialect Dialect, string Strategy, long Schedules, ulong Seed, bool Inheritance = true);

/// <summary>Explores a subject.</summary>
internal sealed class Exploring(ReadySubject subject, IEngine explorer, ExploreOptions terms, CancellationToken interrupted)
{
    // Ctrl-C and the line of progress have their turn between slices.
    private const int Slice = 500;

    // All the outcomes of a program that is no scenario may take far longer than its schedules; then some are not known.
    private static readonly Budget ForOthers = new(20_000);

    private string Check => Strategy.Find(terms.Strategy)!.IsCoyotes ? SchedulePlan.Coyote : SchedulePlan.Schedules;

    /// <summary>Explores one program; the first failure ends it.</summary>
    public Explored One(string name, Program program)
    {
        var blind = Blind();
        var tally = new Tally(explorer, terms.Dialect, name);
        var failures = new List<Finding>();
        // Each slice has a seed of its own.
        for (var slice = 0UL; tally.Schedules < terms.Schedules && failures.Count == 0 && !interrupted.IsCancellationRequested; slice++)
        {
            var seed = terms.Seed + slice;
            ExplorationReport report;
            try
            {
                report = tally.Explore(program, terms.Dialect, new ScheduleBudget((int)Math.Min(Slice, terms.Schedules - tally.Schedules), seed, terms.Strategy));
            }
            catch (OperationCanceledException)
            {
                break;
            }

            Output.Progress(name, tally.Schedules, terms.Schedules);
            // What the scheduler cannot control is no failure of the subject: its verdict is that there is none.
            if (report.Finding is null && report.Schedules > 0 && report.CutOff == report.Schedules)
                return Result(tally, blind, []) with { Doubt = "no schedule came to its end: a call that never returns?" };
            if (report.Finding is { Ending: Ending.Uncontrolled } doubt) return Result(tally, blind, []) with { Doubt = doubt.Message };
            if (report.Doubt is not null) return Result(tally, blind, []) with { Doubt = report.Doubt };
            if (report.Finding is { } finding)
            {
                var saved = finding.Saved with
                {
                    Title = program.Title,
                    Subject = subject.Name,
                    Check = Check,
                    Strategy = terms.Strategy,
                    Seed = seed,
                };
                failures.Add(finding with { Saved = saved, FoundAfter = tally.Schedules });
            }
        }

        return Result(tally, blind, failures);
    }

    /// <summary>Explores the named scenarios, then generated programs, as the check of the same name does.</summary>
    public Explored All()
    {
        var tally = new Tally(explorer, terms.Dialect, null);
        var context = new CheckContext(subject.Name, subject.Create, [terms.Dialect], terms.Seed) { Inheritance = terms.Inheritance, Progress = Output.Progress, Cancelled = interrupted };
        var check = new ProgramsCheck(context, tally, SchedulePlan.Drawn with { Name = Check, Scheduler = terms.Strategy }).Run(terms.Schedules);
        return Result(tally, tally.Blind, check.Failures) with { Doubt = check.Verdict == RuleVerdict.Unknown ? check.Remark : null, Remark = check.Verdict == RuleVerdict.Unknown ? null : check.Remark };
    }

    private ImmutableArray<string> Blind()
    {
        try
        {
            return explorer.BlindTo(terms.Seed);
        }
        catch (OperationCanceledException)
        {
            return [];
        }
    }

    private Explored Result(Tally tally, ImmutableArray<string> blind, IEnumerable<Finding> failures) => new(subject.Name, terms, tally.Programs)
    {
        Failures = [.. ArtifactStore.Save(failures)],
        Seconds = tally.Seconds,
        Unknown = tally.Unknown,
        BlindTo = blind,
        Remark = tally.Remark,
        Interrupted = interrupted.IsCancellationRequested,
    };

    /// <summary>Stands before the scheduler and notes what it answers, up to the first finding: shrinking explores nothing new.</summary>
    private sealed class Tally(IEngine inner, Dialect dialect, string? name) : IEngine
    {
        private readonly List<ExploredProgram> _programs = [];
        private bool _found;

        public ImmutableArray<ExploredProgram> Programs => [.. _programs];

        public long Schedules => _programs.Sum(program => program.Schedules);

        public long Unknown { get; private set; }

        public double Seconds { get; private set; }

        public string? Remark { get; private set; }

        public ImmutableArray<string> Blind { get; private set; } = [];

        public ExplorationReport Explore(Program program, Dialect _, ScheduleBudget asked)
        {
            var report = inner.Explore(program, dialect, asked);
            if (_found) return report;
            _found = report.Finding is not null;
            Unknown += report.Unknown;
            Seconds += report.Seconds;
            Remark ??= report.Remark;
            var known = _programs.FindIndex(one => one.Program == program);
            if (known >= 0) _programs[known] = _programs[known].With(report);
            else _programs.Add(Allowed(name ?? NameOf(program), program).With(report));
            return report;
        }

        public ExplorationReport Replay(Program saved) => inner.Replay(saved);

        public ImmutableArray<string> BlindTo(ulong seed) => Blind = inner.BlindTo(seed);

        private ExploredProgram Allowed(string? called, Program program) =>
            new(called, program, Outcomes.Of(program, dialect, NameOf(program) is null ? ForOthers : Budget.Default));

        private static string? NameOf(Program program) => Spec.Scenarios.All.FirstOrDefault(scenario => scenario.Value == program).Key;
    }
}
