// What run prints: the failures' pages, the table of rules, the table of checks, the verdict; and the same as JSON.
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Command.Reports;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using Spectre.Console;

namespace PerfModel.Conformance.Command;

/// <summary>The page of a run.</summary>
internal sealed class RunPage(RunReport report, RunOptions asked, IReadOnlyList<SavedFailure> failures, JudgedKnown? known, TimeSpan elapsed, bool interrupted)
{
    // A subject that is wrong all over fails a hundred examples: nobody reads a hundred pages.
    private const int PagesOfACheck = 10;

    // With fewer seconds most checks do less than they usually do.
    private const long LeastOfClaim = 60;

    // Below so many columns a table would cut words.
    private const int LeastOfTables = 72;

    /// <summary>How the run ends: as its verdict says, or as its list of known failures does.</summary>
    public int ExitCode => known?.ExitCode ?? report.Verdict.ExitCode();

    public void Write()
    {
        // A failure that is listed has been read.
        foreach (var check in failures.Where(failure => known?.Outcome.Listed.ContainsKey(failure.Failure) != true).GroupBy(failure => failure.Failure.Check))
        {
            foreach (var failure in check.Take(PagesOfACheck)) Output.WritePage(failure);
            if (check.Count() - PagesOfACheck is not (> 0 and var more)) continue;
            var saved = check.Skip(PagesOfACheck).Count(failure => failure.File is not null);
            Console.WriteLine($"and {more} more of {check.Key}: {saved} of them saved in {FailureFolder.Name}, {more - saved} not saved\n");
        }

        if (PageText.Width < LeastOfTables) WriteLists();
        else WriteTables();
        foreach (var complaint in known?.Outcome.Complaints ?? []) Output.WriteItem("known: ", complaint);
        if (known is { Rewritten: true }) Output.WriteItem("known: ", $"{Quoted.Short(known.File)} is rewritten");
        // In one line: it is to be quoted.
        if (Claim is { } claim) Console.WriteLine($"claim: {claim}");
        if (Next is { } next) Output.WriteItem("next: ", next);
        Console.WriteLine(Summary);
    }

    // The last line. The name of a subject may come from anywhere.
    private string Summary => $"{Quoted.Short(report.Subject, int.MaxValue)} {Word}{(interrupted ? " (interrupted)" : "")}: {Shown}; seed {report.Seed}; {elapsed.TotalSeconds:0.0} s";

    private string Word => known switch
    {
        { IsKept: false } => $"{report.Verdict.Word()}, and not as {Quoted.Short(known.File)} says",
        { Outcome.Shown: > 0 and var shown } => $"{report.Otherwise.Word()} but for {shown} known {(shown == 1 ? "failure" : "failures")}",
        _ => report.Verdict.Word(),
    };

    private void WriteTables()
    {
        // What Spectre knows of build servers would colour a file.
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out), Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false } });
        console.Profile.Width = PageText.Width;
        var rules = new Table().Border(TableBorder.Simple).AddColumns("rule", "title", "checks", "verdict");
        foreach (var rule in report.Rules.Where(IsAskedFor))
            rules.AddRow(rule.Rule.Id.ToString(), Markup.Escape(rule.Rule.Title), string.Join(" ", rule.Checks), Coloured(rule.Verdict));
        console.Write(rules);
        var checks = new Table().Border(TableBorder.Simple).AddColumns("check", "iterations", "operations", "verdict", "remark");
        foreach (var check in report.Checks)
            checks.AddRow(check.Name, Amount(check.Iterations), Amount(check.Operations), Coloured(check.Verdict), Markup.Escape(Remark(check) ?? ""));
        console.Write(checks);
    }

    private void WriteLists()
    {
        foreach (var rule in report.Rules.Where(IsAskedFor)) Output.WriteItem($"{rule.Rule.Id,-5} ", $"{rule.Rule.Title}: {rule.Verdict.Word()} ({string.Join(", ", rule.Checks)})");
        Console.WriteLine();
        foreach (var check in report.Checks) Output.WriteItem("", $"{check.Name}: {check.Verdict.Word()}, {check.Iterations:N0} iterations, {check.Operations:N0} operations{(Remark(check) is { } remark ? $"; {remark}" : "")}");
        Console.WriteLine();
    }

    // The sentence to quote, if the run proves it: every check, with the usual budget or more.
    private string? Claim => report.Verdict != Verdict.Conforms || asked.Less is not null || asked.Iterations is not null || asked.Seconds < LeastOfClaim || interrupted || known is { IsEmpty: false } ? null
        : $"{Quoted.Short(SubjectName.Short(report.Subject), int.MaxValue)} conforms to PerfModel spec {Spec.SpecDocument.Current.Version}, profile {Profiles}, {string.Join(" and ", report.Dialects)} (suite {SuiteVersion.Text}, seed {report.Seed})";

    // A reader's next step; null if there is none.
    private string? Next => report.Verdict switch
    {
        _ when known is { IsKept: false } => "the list is brought up to date by hand, or with --fix; its comments stay",
        Verdict.Violates when known is not null => null,
        Verdict.Violates when report.Rules.FirstOrDefault(rule => rule.Verdict == RuleVerdict.Fail) is { } broken =>
            $"'perfmodel explain {broken.Rule.Id}' has the rule with examples; the line 'replay' of a page runs that failure alone",
        Verdict.Violates => "the line 'replay' of a page runs that failure alone",
        Verdict.Inconclusive when !interrupted => "the remarks say which check could not tell, and why; a larger budget is --iterations or --seconds",
        Verdict.Partial when report.Checks.Any(check => check.Skipped is not null) => "the subject skips operations: nothing that needs them was checked",
        Verdict.Partial => "rules that are not-run need a check that did not run here; --checks or --profile asks for less on purpose",
        _ => null,
    };

    private string Profiles => string.Join('+', asked.Profiles.Order()).ToLowerInvariant();

    // Rules by their verdicts, the profile, the dialects; and what was asked for, where that is less than all.
    private string Shown
    {
        get
        {
            var tally = report.Rules.Where(IsAskedFor).GroupBy(rule => rule.Verdict).OrderBy(group => group.Key).Select(group => $"{group.Count()} {group.Key.Word()}");
            var rules = report.Verdict == Verdict.Conforms ? Counted(report.Rules.Where(IsAskedFor).Count(rule => rule.Verdict == RuleVerdict.Pass)) : $"rules {string.Join(", ", tally)}";
            var profile = $"profile {Profiles}";
            return $"{rules}, {profile}, {string.Join(" and ", report.Dialects)}{(asked.Less is { } less ? $"; asked for: {less}" : "")}";
        }
    }

    // With one dialect, fewer checks, or a rule, the table is of what these can say.
    private bool IsAskedFor(RuleReport rule) =>
        asked.Rule is { } only ? rule.Rule.Id == only : rule.Rule.HoldsIn(report.Dialects) && (asked.Less is null || rule.Verdict != RuleVerdict.NotRun);

    public ReportContent ToReport() => new("run", report.Subject, report.Verdict, Summary, ToJson())
    {
        Dialects = report.Dialects,
        Profiles = Profiles,
        Seed = report.Seed,
        Claim = Claim,
        Rules = [.. report.Rules.Where(IsAskedFor)],
        Checks = report.Checks,
        Failures = failures,
        Known = known,
    };

    public object ToJson() => new
    {
        verdict = report.Verdict.Word(),
        subject = report.Subject,
        dialects = report.Dialects.Select(dialect => dialect.ToString()),
        seed = report.Seed,
        spec = Spec.SpecDocument.Current.Version,
        suite = SuiteVersion.Text,
        claim = Claim,
        known = known is null ? null : new { file = known.File, exitCode = known.ExitCode, failures = known.Outcome.Shown, complaints = known.Outcome.Complaints, rewritten = known.Rewritten },
        interrupted,
        elapsedMs = (long)elapsed.TotalMilliseconds,
        rules = report.Rules.Select(rule => new { id = rule.Rule.Id.ToString(), title = rule.Rule.Title, strength = Evidence.StrengthOf(rule.Rule, report.Checks.Where(check => check.Verdict != RuleVerdict.NotRun).Select(check => check.Name)), verdict = rule.Verdict.Word(), checks = rule.Checks }),
        checks = report.Checks.Select(check => new
        {
            name = check.Name,
            verdict = check.Verdict.Word(),
            iterations = check.Iterations,
            operations = check.Operations,
            remark = check.Told,
            failures = failures.Where(failure => failure.Failure.Check == check.Name).Select(Output.Shape),
        }),
    };

    // A soak speaks for what holds at rest, and for no rule by itself.
    private static string Counted(int rules) => rules == 0 ? "no rule by itself" : $"{rules} {(rules == 1 ? "rule" : "rules")}";

    // A subject may have had its word in it.
    private static string? Remark(CheckReport check) => check.Told is { } told ? Quoted.Short(told, int.MaxValue) : null;

    private static string Amount(long number) => number == 0 ? "" : number.ToString("N0");

    private static string Coloured(RuleVerdict verdict) => verdict switch
    {
        RuleVerdict.Pass => $"[green]{verdict.Word()}[/]",
        RuleVerdict.Fail => $"[red]{verdict.Word()}[/]",
        RuleVerdict.Unknown => $"[yellow]{verdict.Word()}[/]",
        _ => $"[grey]{verdict.Word()}[/]",
    };
}
