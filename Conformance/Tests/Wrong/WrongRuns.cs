// Runs every check on every wrong subject, once for all tests, and writes the matrix of what came of it.
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Coyote;
using PerfModel.Conformance.Engines;
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
        if (check != SchedulePlan.Coyote) return Trial(wrong).Run(check, context);
        var rewritten = Path.Combine(Folder.Value.FullName, $"rewritten-{wrong.Name}-{context.Dialects[0]}");
        using var explorer = new CoyoteExplorer(new ExploredTarget(wrong.Name, Assembly(wrong), WrongCompiler.SubjectType), rewritten);
        return new ProgramsCheck(context, new Sighted(explorer), SchedulePlan.Drawn).Run(wrong.Catches.Single(caught => caught.Check == check).Within);
    }

    public static CheckContext Context(WrongSubject wrong, Dialect dialect) => Trial(wrong).Context(dialect, Seed);

    /// <summary>Makes the wrong subject: as itself, or as coroutines.</summary>
    public static Func<Declaration, ISubject> Maker(WrongSubject wrong, string type) => Trial(wrong).Maker(type);

    private static WrongTrial Trial(WrongSubject wrong) => new(wrong, Assembly(wrong));

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

    internal sealed class Sighted(IEngine explorer) : IEngine
    {
        public ExplorationReport Explore(Program program, Dialect dialect, ScheduleBudget budget) => explorer.Explore(program, dialect, budget);

        public ExplorationReport Replay(Program saved) => explorer.Replay(saved);

        public ImmutableArray<string> BlindTo(ulong seed) => [];
    }
}
