// litmus [NAME|ROW]: small races on real threads with no recorder between; each outcome counted, allowed or forbidden.
using PerfModel.Conformance.Subjects;
using System.Collections.Immutable;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Litmus;

namespace PerfModel.Conformance.Command;

/// <summary>The verb litmus.</summary>
internal static class LitmusVerb
{
    private const long DefaultIterations = 20_000;

    /// <summary>The test that shows whether the threads overlap at all.</summary>
    public static LitmusTest Control { get; } = LitmusTest.All[0];

    public static System.CommandLine.Command Create(Interrupts interrupts)
    {
        var which = Grammar.Argument("NAME", "a row of MEMORY-ORDERING.md such as M23, or a test; 'perfmodel list litmus' lists them; without it, all of these", Names.Litmus);
        var verb = new System.CommandLine.Command("litmus", "Runs small races on real threads, unrecorded: how often each outcome was seen, and whether it may be.")
        {
            which, Grammar.Subject, Grammar.Iterations, Grammar.Seed, Grammar.Json,
        };
        verb.SetAction(parsed =>
        {
            var tests = Chosen(parsed.GetValue(which));
            var times = parsed.GetValue(Grammar.Iterations) ?? DefaultIterations;
            var start = parsed.GetValue(Grammar.Seed);
            var name = parsed.GetRequiredValue(Grammar.Subject);
            if (UserSubject.Parse(name) is not null) throw new UsageException("litmus runs no subject of yours: that runs in a child, and no race survives the way there");
            using var ready = SubjectRegistry.Prepare(name, ChildLimits.Default, interrupts.Token);
            var reports = new List<LitmusReport>();
            // What shows that the threads overlap is run too, whichever test was named.
            foreach (var test in tests.Prepend(Control).Distinct())
            {
                if (interrupts.Token.IsCancellationRequested) break;
                Output.Progress("litmus", reports.Count, tests.Length);
                reports.Add(LitmusRunner.Run(test, ready.Create, times, start, cancelled: interrupts.Token));
            }

            Output.EndProgress();
            var result = new LitmusResult(ready.Name, start, [.. reports.Where(report => tests.Contains(report.Test))], reports.FirstOrDefault(), interrupts.Token.IsCancellationRequested);
            if (parsed.GetValue(Grammar.Json)) Output.WriteJson(result.ToJson());
            else result.Write();
            return result.Verdict.ExitCode();
        });
        return verb;
    }

    private static ImmutableArray<LitmusTest> Chosen(string? which)
    {
        if (which is null) return LockFreeLitmus.All;
        ImmutableArray<LitmusTest> chosen = [.. LockFreeLitmus.All.Where(test => which.Equals(test.Name, StringComparison.OrdinalIgnoreCase) || test.Rows.Contains(which, StringComparer.OrdinalIgnoreCase))];
        return !chosen.IsEmpty ? chosen
            : throw new UsageException(Names.Litmus.Unknown(which));
    }
}

/// <summary>What litmus prints, and the same as JSON.</summary>
internal sealed record LitmusResult(string Subject, ulong Seed, IReadOnlyList<LitmusReport> Reports, LitmusReport? Control, bool Interrupted)
{
    public Verdict Verdict =>
        Reports.Select(report => report.Verdict).Worst().Worse(Interrupted || !Overlapped || Reports.Count == 0 ? Verdict.Inconclusive : Verdict.Conforms);

    // Where a store buffer on plain fields is not seen, nothing that is not seen means anything.
    private bool Overlapped => Control?.Verdict == Verdict.Conforms;

    private long Iterations => Reports.Sum(report => report.Iterations);

    public object ToJson() => new
    {
        verdict = Verdict.Word(),
        subject = Subject,
        seed = Seed,
        interrupted = Interrupted,
        overlapped = Overlapped,
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
        if (!Overlapped) Console.WriteLine($"Nothing shows that the threads overlapped: in {Control?.Iterations ?? 0:N0} iterations of {LitmusVerb.Control.Name} no store buffer was seen. More --iterations, or fewer other processes.\n");
        Console.WriteLine($"{Subject} {Verdict.Word()}{(Interrupted ? " (interrupted)" : "")}: {Reports.Count} litmus {(Reports.Count == 1 ? "test" : "tests")}, {Iterations:N0} iterations on {Environment.ProcessorCount} processors; seed {Seed}");
    }

    private static string Word(LitmusCount count) => LitmusPage.Word(count.Outcome.Class);
}
