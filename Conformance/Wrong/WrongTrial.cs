// What a check makes of a wrong subject, up to its first finding: within the budget that the edit promises, or what it is worth if nothing is promised.
using System.Collections.Immutable;
using System.Reflection;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Wrong;

/// <summary>Runs checks on a wrong subject in this process.</summary>
/// <param name="wrong">The subject.</param>
/// <param name="assembly">Its DLL.</param>
internal sealed class WrongTrial(WrongSubject wrong, string assembly)
{
    /// <summary>The check schedules with every named scenario left out: what was drawn.</summary>
    public const string Drawn = "drawn";

    // That a check which promises nothing catches it as well is news, that it does not is none.
    private const long Sequences = 1_000;

    // Every scenario but the largest to its end, or nearly.
    private const long Schedules = 15_000;

    // What a run of the suite spends on a dialect.
    private const long DrawnSchedules = 120_000;

    // Every program of two calls, and of two threads and three calls; most of those of three threads.
    private const long Enumerated = 9_000_000;

    private static readonly (Shape, Shard, string?)[] Shapes =
        [(Shape.OneAndOne, Shard.Whole, null), (new Shape([1, 3]), Shard.Whole, "visits"), (Shape.OneAndTwo, Shard.Whole, null), (new Shape([1, 3]), Shard.Whole, "rosters"), (new Shape([1, 6]), Shard.Whole, "tenants"), (Shape.ThreeOnes, Shard.Whole, null)];

    private readonly Assembly _loaded = WrongCompiler.Load(assembly);

    /// <summary>The checks that need no child. The last two know no scenario.</summary>
    public static ImmutableArray<string> Checks { get; } = [RulesCheck.Name, RandomCheck.Name, SchedulePlan.Schedules, Drawn, EnumerationCheck.Name];

    /// <summary>The check that a mutant of the model's step differs from it at all (<see cref="SideBySide"/>).</summary>
    public const string Compared = "side by side";

    /// <summary>Those that can be run on a subject, in the order in which the first finding costs least: a mutant of the model's step does one call at a time.</summary>
    public static ImmutableArray<string> ChecksOf(WrongSubject wrong) =>
        wrong.IsOfModel ? [RulesCheck.Name, RandomCheck.Name, Compared] : wrong.Kind == WrongSubject.Generated ? [SchedulePlan.Schedules, Drawn, RandomCheck.Name, RulesCheck.Name, EnumerationCheck.Name] : Checks;

    /// <summary>The terms of a run.</summary>
    /// <param name="dialect">The dialect.</param>
    /// <param name="seed">Where all that is drawn starts.</param>
    public CheckContext Context(Dialect dialect, ulong seed) => new(wrong.Subject, Maker(wrong.IsOfModel ? WrongCompiler.ModelType : WrongCompiler.SubjectType), [dialect], seed);

    /// <summary>Makes the subject: as itself, or as coroutines.</summary>
    public Func<Declaration, ISubject> Maker(string type)
    {
        var make = _loaded.GetType(type)!.GetConstructor([typeof(Declaration)])!;
        return declaration => (ISubject)make.Invoke([declaration]);
    }

    /// <summary>Where a mutant of the model's step differs from it.</summary>
    public (Dialect Dialect, Operation[] Calls)? Difference(CancellationToken end, out long compared)
    {
        var create = Maker(WrongCompiler.ModelType);
        return SideBySide.Difference(declaration => (IRestorable)create(declaration), end, out compared);
    }

    /// <summary>Runs one of <see cref="Checks"/>.</summary>
    /// <param name="check">Its name.</param>
    /// <param name="context">The terms.</param>
    /// <param name="isThorough">Whether the enumeration is whole, which takes minutes where nothing is found; else it is what a run of the suite has of it.</param>
    public CheckReport Run(string check, CheckContext context, bool isThorough = true)
    {
        var within = wrong.Catches.FirstOrDefault(caught => caught.Check == check)?.Within;
        switch (check)
        {
            // The first finding is enough, and the longest examples come late.
            case RulesCheck.Name:
                using (var first = new FirstFinding(context.Cancelled)) return RulesCheck.Run(context with { Witness = first, Cancelled = first.Token });
            case RandomCheck.Name: return RandomCheck.Run(context, within ?? Sequences);
            case SchedulePlan.Schedules: return new ProgramsCheck(context, Engine(context), SchedulePlan.Every).Run(within ?? Schedules);
            case Drawn: return new ProgramsCheck(context, Engine(context), SchedulePlan.Every).Run(DrawnSchedules, scenarios: false);
            case EnumerationCheck.Name: return new EnumerationCheck(context, Engine(context), isThorough ? Shapes : null).Run(within ?? Enumerated);
            default: throw new ArgumentOutOfRangeException(nameof(check), check, "no check of these");
        }
    }

    private ScheduleEngine Engine(CheckContext context) => new(Maker(WrongCompiler.CoroutineType), context.Cancelled);

    /// <summary>Ends a check when it has found something.</summary>
    private sealed class FirstFinding(CancellationToken end) : IWitness, IDisposable
    {
        private readonly CancellationTokenSource _found = CancellationTokenSource.CreateLinkedTokenSource(end);

        public CancellationToken Token => _found.Token;

        public void Begin(Program program, Dialect dialect)
        {
        }

        public void Call(int thread, Phase phase, int line, int time = 0)
        {
        }

        public void Call(int thread, Operation operation)
        {
        }

        public void Return(int thread)
        {
        }

        public void Tally(long iterations, long operations, RuleSet spoke)
        {
        }

        public void Found(Finding finding) => _found.Cancel();

        public void Dispose() => _found.Dispose();
    }
}
