// One check by its name, on a subject of this process: shared by the command, by the child of a user's assembly and by a test of one's own.
using System.Collections.Immutable;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Subjects;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>Runs checks that need no other process.</summary>
/// <param name="context">The terms.</param>
/// <param name="hooked">Makes the subject with each shared access announced to a scheduler; null for a subject without a hook.</param>
internal sealed class CheckRunner(CheckContext context, Func<Declaration, ISubject>? hooked = null)
{
    /// <summary>Sequences of <c>random</c>, schedules of <c>schedules</c>, rounds of <c>stress</c> and of <c>soak</c>, in each dialect: with them
    /// all checks end within a minute on two cores; a soak alone takes about as long.</summary>
    private static readonly ImmutableDictionary<string, long> Budgets = ImmutableDictionary<string, long>.Empty
        .Add(RandomCheck.Name, 20_000).Add(SchedulePlan.Schedules, 120_000).Add(StressCheck.Name, 40_000).Add(SoakCheck.Name, 200);

    /// <summary>The outcomes of the programs that <c>schedules</c> has seen in every schedule.</summary>
    public IReadOnlyDictionary<(Text.Program Program, Dialect Dialect), ImmutableArray<OutcomeCount>> Complete { get; private set; } =
        ImmutableDictionary<(Text.Program, Dialect), ImmutableArray<OutcomeCount>>.Empty;

    /// <summary>Runs one check.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="iterations">Its budget in each dialect; null for the usual one.</param>
    /// <param name="rule">For <c>rules</c>: the rule whose examples run; null for all.</param>
    /// <param name="skip">For <c>rules</c>: the examples that have run already.</param>
    /// <exception cref="FormatException">No such check runs in this process.</exception>
    public CheckReport Run(string name, long? iterations = null, RuleId? rule = null, long skip = 0)
    {
        var budget = iterations ?? Budgets.GetValueOrDefault(name, 1L << 53);
        switch (name)
        {
            case RulesCheck.Name:
                return RulesCheck.Run(context, rule, skip);
            case RandomCheck.Name:
                return RandomCheck.Run(context, budget);
            case StressCheck.Name:
                return new StressCheck(context).Run(budget);
            case SoakCheck.Name:
                return new SoakCheck(context).Run(budget);
            case SchedulePlan.Schedules when hooked is not null:
                var programs = new ProgramsCheck(context, Engine(hooked), SchedulePlan.Every);
                var report = programs.Run(budget);
                Complete = programs.Complete;
                return report;
            case EnumerationCheck.Name when hooked is not null:
                return new EnumerationCheck(context, Engine(hooked)).Run(budget);
            default:
                throw new FormatException($"there is no check '{name}' here");
        }
    }

    private ScheduleEngine Engine(Func<Declaration, ISubject> create) => new(create, context.Cancelled);
}
