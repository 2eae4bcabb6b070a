// Runs every check on every wrong subject, once for all tests, and writes the matrix of what came of it.
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Coyote;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Conformance.Wrong;
using PerfModel.Model;

namespace PerfModel.Conformance.Tests;

/// <summary>
/// In one dialect, so that the matrix takes half the time: in Patch2011, unless the edit says that it shows in Amended. Each check stops at the
/// first finding. That Coyote is not blind is asked once, by other tests, and not again for each subject.
/// </summary>
internal static class WrongRuns
{
    public const ulong Seed = 1;

    // What a check is worth that is not said to catch the subject: that it catches it as well is news, that it does not is none.
    private const long Sequences = 1_000;

    // Every scenario but the largest to its end, or nearly.
    private const long Schedules = 15_000;

    private static readonly Lazy<DirectoryInfo> Folder = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("perfmodel-tests-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        return folder;
    });

    private static readonly ConcurrentDictionary<string, Lazy<string>> Assemblies = new();

    /// <summary>A folder that is gone when the tests have ended.</summary>
    public static string NewFolder() => Directory.CreateDirectory(Path.Combine(Folder.Value.FullName, Path.GetRandomFileName())).FullName;

    private static readonly ConcurrentDictionary<(string, string), Lazy<CheckReport>> Reports = new();

    public static ImmutableArray<string> Checks { get; } = [RulesCheck.Name, RandomCheck.Name, SchedulePlan.Schedules];

    public static WrongSubject Find(string name) => WrongSubject.All.Single(wrong => wrong.Name == name);

    /// <summary>The path of the wrong subject's DLL, compiled once.</summary>
    public static string Assembly(WrongSubject wrong) => Assemblies.GetOrAdd(wrong.Name, _ => new Lazy<string>(() => WrongCompiler.Assembly(wrong, Folder.Value.FullName))).Value;

    /// <summary>What the check came to, with the budget within which it must catch the subject, if it must.</summary>
    public static CheckReport Report(WrongSubject wrong, string check) =>
        Reports.GetOrAdd((wrong.Name, check), _ => new Lazy<CheckReport>(() => Run(wrong, check, Context(wrong, wrong.Dialect ?? Dialect.Patch2011)))).Value;

    /// <summary>The same, not remembered, in any dialect.</summary>
    public static CheckReport Run(WrongSubject wrong, string check, CheckContext context)
    {
        var within = wrong.Catches.FirstOrDefault(caught => caught.Check == check)?.Within;
        switch (check)
        {
            // The first finding is enough, and the longest examples come late.
            case RulesCheck.Name:
                using (var first = new FirstFinding()) return RulesCheck.Run(context with { Witness = first, Cancelled = first.Token });
            case RandomCheck.Name: return RandomCheck.Run(context, within ?? Sequences);
            case SchedulePlan.Schedules:
                return new ProgramsCheck(context, new ScheduleEngine(Maker(wrong, WrongCompiler.CoroutineType)), SchedulePlan.Every).Run(within ?? Schedules);
            case EnumerationCheck.Name: return Enumerated(wrong, context, within!.Value);
            default:
                var rewritten = Path.Combine(Folder.Value.FullName, $"rewritten-{wrong.Name}-{context.Dialects[0]}");
                using (var explorer = new CoyoteExplorer(new ExploredTarget(wrong.Name, Assembly(wrong), WrongCompiler.SubjectType), rewritten))
                    return new ProgramsCheck(context, new Sighted(explorer), SchedulePlan.Drawn).Run(within!.Value);
        }
    }

    // All programs of two calls, then all of three: no scenario has a part in it.
    private static CheckReport Enumerated(WrongSubject wrong, CheckContext context, long schedules)
    {
        var engine = new ScheduleEngine(Maker(wrong, WrongCompiler.CoroutineType));
        var done = new EnumerationReport();
        foreach (var shape in (Shape[])[Shape.OneAndOne, Shape.OneAndTwo])
            foreach (var universe in Universe.All.Values)
                if (done.Finding is null && done.Schedules < schedules) done = done.And(new Enumeration(context, engine, universe.Programs(shape, context.Dialects[0]), context.Dialects[0]) { Most = schedules - done.Schedules }.Run());
        return new CheckReport(EnumerationCheck.Name, done.Finding is null ? RuleVerdict.Pass : RuleVerdict.Fail) { Iterations = done.Schedules, Failures = done.Finding is { } finding ? [finding] : [] };
    }

    public static CheckContext Context(WrongSubject wrong, Dialect dialect)
    {
        return new CheckContext($"wrong:{wrong.Name}", Maker(wrong, WrongCompiler.SubjectType), [dialect], Seed);
    }

    /// <summary>Makes the wrong subject: as itself, or as coroutines.</summary>
    public static Func<Declaration, ISubject> Maker(WrongSubject wrong, string type)
    {
        var make = System.Reflection.Assembly.LoadFrom(Assembly(wrong)).GetType(type)!.GetConstructor([typeof(Declaration)])!;
        return declaration => (ISubject)make.Invoke([declaration]);
    }

    /// <summary>The table of Conformance/README.md: by class of bugs, and which check catches what.</summary>
    public static string Matrix()
    {
        var table = new StringBuilder();
        table.Append($"| bug class | wrong subject | breaks | {string.Join(" | ", Checks)} |\n|---|---|---|{string.Concat(Checks.Select(_ => "---|"))}\n");
        foreach (var group in WrongSubject.All.GroupBy(wrong => wrong.Class).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var title = group.Key;
            foreach (var wrong in group)
            {
                table.Append($"| {title} | `{wrong.Name}`: {wrong.Summary}{(wrong.Dialect is { } only ? $" ({only})" : "")} ");
                table.Append($"| {string.Join(", ", wrong.Breaks)} | {string.Join(" | ", Checks.Select(check => Cell(wrong, check)))} |\n");
                title = "";
            }
        }

        return table.ToString();
    }

    private static string Cell(WrongSubject wrong, string check)
    {
        var report = Report(wrong, check);
        return report switch
        {
            { Verdict: RuleVerdict.Fail, Failures: [var failure, ..] } => string.Create(CultureInfo.InvariantCulture, $"✓ {failure.FoundAfter}"),
            { Verdict: RuleVerdict.Pass } => "–",
            _ => $"{report.Verdict.Word()}: {report.Remark}",
        };
    }

    /// <summary>Ends a check when it has found something.</summary>
    private sealed class FirstFinding : IWitness, IDisposable
    {
        private readonly CancellationTokenSource _found = new();

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

    internal sealed class Sighted(IEngine explorer) : IEngine
    {
        public ExplorationReport Explore(Program program, Dialect dialect, ScheduleBudget budget) => explorer.Explore(program, dialect, budget);

        public ExplorationReport Replay(Program saved) => explorer.Replay(saved);

        public ImmutableArray<string> BlindTo(ulong seed) => [];
    }
}
