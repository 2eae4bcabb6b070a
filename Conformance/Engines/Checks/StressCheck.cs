// The Stress check: small programs in tight rounds on real threads and the untouched DLL. It cannot find rare schedules; on x86 only store buffering shows of weak memory.
using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>
/// Runs each program many times over, all threads released at once, and judges every history that was not seen before.
/// What the machine did cannot be run again: a history is judged again, and what threw or did not return is run again.
/// </summary>
internal sealed class StressCheck(CheckContext context)
{
    /// <summary>The name of the check.</summary>
    public const string Name = "stress";

    // Half of a budget is shared by the scenarios, or it would end among the first of them.
    private const int RoundsPerProgram = 1000;
    private const int RoundsPerGenerated = 400;

    private readonly ImmutableArray<Finding>.Builder _failures = ImmutableArray.CreateBuilder<Finding>();
    private RuleSet _spoke;
    private long _rounds;
    private long _operations;
    private long _unknown;
    private string? _skipped;

    /// <summary>How many rounds one program is worth when it is run again.</summary>
    public const long RoundsOfOne = 20_000;

    /// <summary>Runs so many rounds in each dialect: the scenarios, then generated programs.</summary>
    public CheckReport Run(long rounds) => Run(rounds, dialect => ScenariosThenGenerated(dialect, rounds));

    /// <summary>Runs one program, in each dialect.</summary>
    public CheckReport Run(Program program) => Run(RoundsOfOne, _ => [(program.Unanswered, RoundsOfOne)]);

    private CheckReport Run(long rounds, Func<Dialect, IEnumerable<(Program Program, long Rounds)>> programs)
    {
        foreach (var dialect in context.Dialects)
        {
            var start = _rounds;
            // What is skipped costs its rounds too, or there would be no end.
            var spent = 0L;
            foreach (var (program, worth) in programs(dialect))
            {
                var each = Math.Min(worth, rounds - spent);
                if (each <= 0 || context.Cancelled.IsCancellationRequested) break;
                spent += each;
                context.Witness?.Begin(program, dialect);
                var failure = Stress(program, dialect, (int)each);
                context.Progress($"{Name} {dialect}", spent, rounds);
                context.Witness?.Tally(_rounds, _operations, _spoke);
                if (failure is null) continue;
                _failures.Add(failure with { FoundAfter = _rounds - start });
                context.Witness?.Found(_failures[^1]);
                break;
            }
        }

        return new CheckReport(Name, _failures.Count > 0 ? RuleVerdict.Fail : _unknown > 0 ? RuleVerdict.Unknown : _rounds == 0 ? RuleVerdict.NotRun : RuleVerdict.Pass)
        {
            Iterations = _rounds,
            Operations = _operations,
            Failures = _failures.ToImmutable(),
            Spoke = _spoke,
            Skipped = _skipped,
            Remark = _unknown > 0 ? $"{_unknown} histories not judged within the budget" : null,
        };
    }

    private IEnumerable<(Program Program, long Rounds)> ScenariosThenGenerated(Dialect dialect, long rounds)
    {
        var scenarios = Scenarios.For(dialect, context.Inheritance).ToList();
        foreach (var scenario in scenarios) yield return (scenario, Math.Clamp(rounds / 2 / scenarios.Count, 1, RoundsPerProgram));
        for (var batch = 0UL; ; batch++)
            foreach (var program in ConcurrentPrograms.OfUpTo(calls: 4, context.Inheritance).Sample(50, new Rnd(context.Seed + batch), 20)) yield return (program, RoundsPerGenerated);
    }

    private Finding? Stress(Program program, Dialect dialect, int rounds)
    {
        var seen = new Observations(program, dialect);
        var declaration = program.DeclarationIn(dialect);
        using ICrew crew = context.IsRemote ? new RemoteCrew(program, declaration, rounds, context.Witness) : new Crew(program, context);
        for (var round = 0; round < rounds && !context.Cancelled.IsCancellationRequested; round++)
        {
            _rounds++;
            _operations += program.Operations.LongCount();
            var subject = context.Create(declaration);
            if (!crew.Run(subject, out var threw)) break;
            context.End(subject);
            if (crew.Skipped is { } skipped)
            {
                _skipped ??= skipped;
                _rounds--;
                return null;
            }

            var judgement = threw is null ? seen.Add(crew.Order, crew.Answers) : null;
            if (judgement is { Verdict: not Verdict.Violates }) continue;
            var history = context.Saved(Name, seen.Shown(crew.Order, crew.Answers), dialect);
            var finding = judgement is null
                ? Finding.OfUnfinished(history, Ending.Threw, threw!)
                : Finding.OfHistory(history with { Seed = context.Seed, Verdict = judgement.Verdict }, judgement);
            return finding with { Defects = subject.Met() };
        }

        _unknown += seen.Unknown;
        _spoke |= Outcomes.Of(program, dialect, ProgramsCheck.ForRules).Rules;
        return null;
    }
}
