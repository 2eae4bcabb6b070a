// litmus [NAME|ROW]: small races on real threads with no recorder between; each outcome counted, allowed or forbidden.
using PerfModel.Conformance.Text;
using PerfModel.Conformance.Subjects;
using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Litmus;

namespace PerfModel.Conformance.Command;

/// <summary>The verb litmus.</summary>
internal static class LitmusVerb
{
    private const long DefaultIterations = 20_000;

    public static System.CommandLine.Command Create(Interrupts interrupts)
    {
        var which = new Argument<string?>("NAME") { Description = $"a row of MEMORY-ORDERING.md such as M23, or one of {string.Join(", ", LockFreeLitmus.All.Select(test => test.Name))}; without it, all of these", Arity = ArgumentArity.ZeroOrOne };
        var subject = new Option<string>("--subject") { Description = "whom to run; 'perfmodel subjects' lists them", DefaultValueFactory = _ => "lockfree" };
        var iterations = new Option<string?>("--iterations") { Description = $"how often each test runs; default: {DefaultIterations}" };
        var seed = OptionParsers.SeedOption();
        var json = Output.JsonOption();
        var verb = new System.CommandLine.Command("litmus", "Runs small races on real threads, unrecorded: how often each outcome was seen, and whether it may be.") { which, subject, iterations, seed, json };
        verb.SetAction(parsed =>
        {
            var tests = Chosen(parsed.GetValue(which));
            var times = OptionParsers.Budget(parsed.GetValue(iterations), "--iterations", OptionParsers.MostIterations) ?? DefaultIterations;
            var start = OptionParsers.Seed(parsed.GetValue(seed));
            var name = parsed.GetRequiredValue(subject);
            if (AssemblySubject.Parse(name) is not null) throw new UsageException("litmus runs no subject of yours: that runs in a child, and no race survives the way there");
            using var ready = SubjectRegistry.Prepare(name, ChildLimits.Default, interrupts.Token);
            var reports = new List<LitmusReport>();
            foreach (var test in tests)
            {
                if (interrupts.Token.IsCancellationRequested) break;
                Output.Progress("litmus", reports.Count, tests.Length);
                reports.Add(LitmusRunner.Run(test, ready.Create, times, start, cancelled: interrupts.Token));
            }

            Output.EndProgress();
            var result = new LitmusResult(ready.Name, start, reports, interrupts.Token.IsCancellationRequested);
            if (parsed.GetValue(json)) Output.WriteJson(result.ToJson());
            else result.Write();
            return result.Verdict.ExitCode();
        });
        return verb;
    }

    private static ImmutableArray<LitmusTest> Chosen(string? which)
    {
        if (which is null) return LockFreeLitmus.All;
        ImmutableArray<LitmusTest> chosen = [.. LockFreeLitmus.All.Where(test => test.Name == which || test.Rows.Contains(which))];
        return !chosen.IsEmpty ? chosen
            : throw new UsageException($"there is no litmus test '{Quoted.Short(which)}' and none of such a row; there are {string.Join(", ", LockFreeLitmus.All.Select(test => test.Name))}");
    }
}

/// <summary>What litmus prints, and the same as JSON.</summary>
internal sealed record LitmusResult(string Subject, ulong Seed, IReadOnlyList<LitmusReport> Reports, bool Interrupted)
{
    public Verdict Verdict => Reports.Select(report => report.Verdict).Worst().Worse(Interrupted || Reports.Count == 0 ? Verdict.Inconclusive : Verdict.Conforms);

    private long Iterations => Reports.Sum(report => report.Iterations);

    public object ToJson() => new
    {
        verdict = Verdict.Word(),
        subject = Subject,
        seed = Seed,
        interrupted = Interrupted,
        iterations = Iterations,
        tests = Reports.Select(report => new
        {
            name = report.Test.Name,
            rows = report.Test.Rows,
            title = report.Test.Title,
            rules = report.Test.Rules.Select(rule => rule.ToString()),
            program = report.Test.Program?.ToString(),
            verdict = report.Verdict.Word(),
            iterations = report.Iterations,
            outcomes = report.Counts.Select(count => new { outcome = count.Outcome.Outcome, @class = Word(count), because = count.Outcome.Because, count = count.Count }),
        }),
    };

    public void Write()
    {
        foreach (var report in Reports) Console.WriteLine(LitmusPage.Histogram(report));
        foreach (var report in Reports.Where(report => report.Verdict != Verdict.Conforms)) Console.WriteLine(LitmusPage.Of(report, Subject));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Subject} {Verdict.Word()}{(Interrupted ? " (interrupted)" : "")}: {Reports.Count} litmus {(Reports.Count == 1 ? "test" : "tests")}, {Iterations:N0} iterations on {Environment.ProcessorCount} processors; seed {Seed}"));
    }

    private static string Word(LitmusCount count) => LitmusPage.Word(count.Outcome.Class);
}
