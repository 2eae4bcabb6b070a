// One use of explore: asks the scheduler, and adds up what every program showed.
using System.Collections.Immutable;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>What the user asked of explore.</summary>
internal sealed record ExploreOptions(Dialect Dialect, string Strategy, long Schedules, ulong Seed, bool Inheritance = true);

/// <summary>Explores a subject; the first failure ends it.</summary>
internal sealed class Exploring(ReadySubject subject, ExploreOptions terms, CancellationToken interrupted)
{
    // What draws is asked in slices: Ctrl-C and the line of progress have their turn between them.
    private const int Slice = 500;

    // All the outcomes of a program that is no scenario may take far longer than its schedules; then some are not known.
    private static readonly Budget ForOthers = new(20_000);

    private readonly List<Finding> _failures = [];
    private string _name = "";
    private string? _doubt;

    /// <summary>For an engine that can tell how far it is with a program.</summary>
    public Action<long> Progress => schedules => Output.Progress(_name, schedules, terms.Schedules);

    private bool IsExhaustive => terms.Strategy == ScheduleEngine.Exhaustive;

    private string Check => Strategy.Find(terms.Strategy)!.IsCoyotes ? SchedulePlan.Coyote : SchedulePlan.Schedules;

    /// <summary>Explores one program; or the named scenarios, and with an engine that draws generated programs too, as the check of the same name does.</summary>
    public Explored Run(IEngine engine, (string Name, Program Program)? named)
    {
        var tally = new Tally(engine, terms.Dialect, named?.Name);
        if (named is { } one) return Each(tally, [one]);
        return IsExhaustive ? Each(tally, Spec.Scenarios.For(terms.Dialect, terms.Inheritance).Select(scenario => (Tally.NameOf(scenario)!, scenario))) : Drawn(tally);
    }

    private Explored Each(Tally tally, IEnumerable<(string Name, Program Program)> programs)
    {
        AskWhatItIsBlindTo(tally);
        foreach (var (name, program) in programs)
            if (_failures.Count == 0 && !interrupted.IsCancellationRequested) Explore(tally, name, program);
        return Result(tally, _failures) with { Doubt = _doubt };
    }

    private Explored Drawn(Tally tally)
    {
        var context = new CheckContext(subject.Name, subject.Create, [terms.Dialect], terms.Seed) { Inheritance = terms.Inheritance, Progress = Output.Progress, Cancelled = interrupted };
        var check = new ProgramsCheck(context, tally, SchedulePlan.Drawn with { Name = Check, Scheduler = terms.Strategy }).Run(terms.Schedules);
        return Result(tally, check.Failures) with { Doubt = check.Verdict == RuleVerdict.Unknown ? check.Remark : null, Remark = check.Verdict == RuleVerdict.Unknown ? null : check.Remark };
    }

    private void Explore(Tally tally, string name, Program program)
    {
        _name = name;
        long done = 0;
        string? doubt = null;
        // Each slice has a seed of its own.
        for (var slice = 0UL; done < terms.Schedules && _failures.Count == 0 && doubt is null && !interrupted.IsCancellationRequested; slice++)
        {
            var seed = terms.Seed + slice;
            ExplorationReport report;
            try
            {
                report = tally.Explore(program, terms.Dialect, new ScheduleBudget(IsExhaustive ? terms.Schedules : Math.Min(Slice, terms.Schedules - done), seed, terms.Strategy));
            }
            catch (OperationCanceledException)
            {
                return;
            }

            done += report.Schedules;
            Progress(done);
            // What the scheduler cannot control is no failure of the subject: its verdict is that there is none.
            if (report.Finding is { Ending: Ending.Uncontrolled } uncontrolled) doubt = IsExhaustive ? $"{name}: {uncontrolled.Message}" : uncontrolled.Message;
            else if (report.Finding is { } finding) _failures.Add(finding with { Saved = Saved(finding.Saved, program.Title, seed), FoundAfter = IsExhaustive ? finding.FoundAfter : done });
            else doubt = report.Doubt ?? CutOff(report, name);
            _doubt ??= doubt;
            if (IsExhaustive) return;
        }
    }

    private Program Saved(Program finding, string? title, ulong seed) =>
        finding with { Title = title, Subject = subject.Name, Check = Check, Strategy = terms.Strategy, Seed = IsExhaustive ? finding.Seed : seed };

    // What was to be exhaustive is not; what was drawn says something as long as something came to its end.
    private string? CutOff(ExplorationReport report, string name) =>
        IsExhaustive && report.CutOff > 0 ? $"{name}: a schedule of more than {ScheduleBudget.UsualSteps} steps: a call that never returns?"
        : report.Schedules > 0 && report.CutOff == report.Schedules ? "no schedule came to its end: a call that never returns?"
        : null;

    private void AskWhatItIsBlindTo(Tally tally)
    {
        try
        {
            tally.BlindTo(terms.Seed);
        }
        catch (OperationCanceledException)
        {
            // Then nothing is explored either, and the result says so.
        }
    }

    private Explored Result(Tally tally, IEnumerable<Finding> failures) => new(subject.Name, terms, tally.Programs)
    {
        Failures = [.. ArtifactStore.Save(failures)],
        Seconds = tally.Seconds,
        Unknown = tally.Unknown,
        BlindTo = tally.Blind,
        Remark = tally.Remark,
        Interrupted = interrupted.IsCancellationRequested,
    };

    /// <summary>Stands before the scheduler and notes what it answers, up to the first finding: shrinking explores nothing new.</summary>
    private sealed class Tally(IEngine inner, Dialect dialect, string? name) : IEngine
    {
        private readonly List<ExploredProgram> _programs = [];
        private bool _found;

        public ImmutableArray<ExploredProgram> Programs => [.. _programs];

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

        public static string? NameOf(Program program) => Spec.Scenarios.All.FirstOrDefault(scenario => scenario.Value == program).Key;
    }
}
