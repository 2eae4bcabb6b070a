// What run prints: the failures' pages, the table of rules, the table of checks, the verdict; and the same as JSON.
using PerfModel.Conformance.Checks;
using Spectre.Console;

namespace PerfModel.Conformance.Command;

/// <summary>The page of a run.</summary>
internal sealed class RunPage(RunReport report, IReadOnlyList<SavedFailure> failures, TimeSpan elapsed, bool interrupted)
{
    // A subject that is wrong all over fails a hundred examples: nobody reads a hundred pages, and all are saved.
    private const int PagesOfACheck = 10;

    public void Write()
    {
        foreach (var check in failures.GroupBy(failure => failure.Failure.Check))
        {
            foreach (var failure in check.Take(PagesOfACheck)) Output.WritePage(failure);
            if (check.Count() > PagesOfACheck) Console.WriteLine($"and {check.Count() - PagesOfACheck} more failures of {check.Key}, saved in {ArtifactStore.Failures} like these\n");
        }

        // What Spectre knows of build servers would colour a file.
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out), Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false } });
        // A file or a pipe has no width of its own.
        if (Console.IsOutputRedirected) console.Profile.Width = 120;
        var rules = new Table().Border(TableBorder.Simple).AddColumns("rule", "title", "checks", "verdict");
        foreach (var rule in report.Rules)
            rules.AddRow(rule.Rule.Id.ToString(), Markup.Escape(rule.Rule.Title), string.Join(" ", rule.Checks), Coloured(rule.Verdict));
        console.Write(rules);
        var checks = new Table().Border(TableBorder.Simple).AddColumns("check", "iterations", "operations", "verdict", "remark");
        foreach (var check in report.Checks)
            checks.AddRow(check.Name, Amount(check.Iterations), Amount(check.Operations), Coloured(check.Verdict), Markup.Escape(check.Remark ?? ""));
        console.Write(checks);
        var tally = report.Rules.GroupBy(rule => rule.Verdict).OrderBy(group => group.Key).Select(group => FormattableString.Invariant($"{group.Count()} {group.Key.Word()}"));
        Console.WriteLine(FormattableString.Invariant(
            $"{report.Subject} {report.Verdict.Word()}{(interrupted ? " (interrupted)" : "")}: rules {string.Join(", ", tally)}; {string.Join(" and ", report.Dialects)}; seed {report.Seed}; {elapsed.TotalSeconds:0.0} s"));
    }

    public object ToJson() => new
    {
        verdict = report.Verdict.Word(),
        subject = report.Subject,
        dialects = report.Dialects.Select(dialect => dialect.ToString()),
        seed = report.Seed,
        spec = Spec.SpecDocument.Current.Version,
        interrupted,
        elapsedMs = (long)elapsed.TotalMilliseconds,
        rules = report.Rules.Select(rule => new { id = rule.Rule.Id.ToString(), title = rule.Rule.Title, verdict = rule.Verdict.Word(), checks = rule.Checks }),
        checks = report.Checks.Select(check => new
        {
            name = check.Name,
            verdict = check.Verdict.Word(),
            iterations = check.Iterations,
            operations = check.Operations,
            remark = check.Remark,
            failures = failures.Where(failure => failure.Failure.Check == check.Name).Select(Output.Shape),
        }),
    };

    private static string Amount(long number) => number == 0 ? "" : number.ToString("N0", System.Globalization.CultureInfo.InvariantCulture);

    private static string Coloured(RuleVerdict verdict) => verdict switch
    {
        RuleVerdict.Pass => $"[green]{verdict.Word()}[/]",
        RuleVerdict.Fail => $"[red]{verdict.Word()}[/]",
        RuleVerdict.Unknown => $"[yellow]{verdict.Word()}[/]",
        _ => $"[grey]{verdict.Word()}[/]",
    };
}
