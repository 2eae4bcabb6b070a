// One use of explore --strategy exhaustive: depth first through every schedule of one program, or of each scenario.
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Command;

/// <summary>Explores a hooked subject in this process.</summary>
internal sealed class ExhaustiveExploring(ReadySubject subject, ExploreOptions terms, CancellationToken interrupted)
{
    private readonly ScheduleEngine _explorer = new(subject.Hooked!, interrupted);
    private readonly List<ExploredProgram> _programs = [];
    private readonly List<Finding> _failures = [];
    private long _unknown;
    private double _seconds;
    private string? _remark;

    /// <summary>Explores one program; the first failure ends it.</summary>
    public Explored One(string name, Program program)
    {
        Explore(name, program);
        return Result();
    }

    /// <summary>Explores the named scenarios, each up to the budget; the first failure ends it.</summary>
    public Explored All()
    {
        foreach (var scenario in Spec.Scenarios.For(terms.Dialect, terms.Inheritance))
        {
            if (_failures.Count > 0 || interrupted.IsCancellationRequested) break;
            Explore(Spec.Scenarios.All.First(named => named.Value == scenario).Key, scenario);
        }

        return Result();
    }

    private void Explore(string name, Program program)
    {
        var report = _explorer.Explore(program, terms.Dialect, new ExhaustiveBudget(terms.Schedules), schedules => Output.Progress(name, schedules, terms.Schedules));
        _programs.Add(new ExploredProgram(name, program, Outcomes.Of(program, terms.Dialect, Budget.Default)).With(report));
        _unknown += report.Unknown;
        _seconds += report.Seconds;
        if (report.CutOff > 0) _remark ??= $"{name}: a schedule of more than {ExhaustiveBudget.UsualSteps} steps: a call that never returns?";
        if (report.Finding is { Ending: Ending.Uncontrolled } doubt) _remark ??= $"{name}: {doubt.Message}";
        else if (report.Finding is { } finding) _failures.Add(finding with { Saved = finding.Saved with { Title = program.Title, Subject = subject.Name, Check = SchedulePlan.Schedules } });
    }

    private Explored Result() => new(subject.Name, terms, [.. _programs])
    {
        Failures = [.. ArtifactStore.Save(_failures)],
        Seconds = _seconds,
        Unknown = _unknown,
        Doubt = _remark,
        Interrupted = interrupted.IsCancellationRequested,
    };
}
