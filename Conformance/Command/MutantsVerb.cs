// mutants [SUBJECT]: which checks find which wrong subject, after how much, by how small a program; and which rule has none that is found.
using System.Collections.Immutable;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Wrong;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>The verb mutants.</summary>
internal static class MutantsVerb
{
    /// <summary>What one check made of one subject.</summary>
    /// <param name="Check">The check.</param>
    /// <param name="Seeds">With how many seeds it found something.</param>
    /// <param name="After">After how many examples, sequences or schedules, with the first seed that found something; 0 if none did.</param>
    /// <param name="Calls">How many calls the smallest finding has, reads and what is needed to begin with not counted.</param>
    internal sealed record Cell(string Check, int Seeds, long After, int Calls);

    /// <summary>What the checks made of one subject.</summary>
    /// <param name="Wrong">The subject.</param>
    /// <param name="Cells">The checks that were run.</param>
    /// <param name="IsWhole">Whether all were, to their end.</param>
    internal sealed record Row(WrongSubject Wrong, ImmutableArray<Cell> Cells, bool IsWhole)
    {
        public bool IsFound => Cells.Any(cell => cell.Seeds > 0);

        public string Verdict => IsFound ? "found" : IsWhole ? "survived" : "not-run";
    }

    public static System.CommandLine.Command Create(Interrupts interrupts)
    {
        var names = new Names("wrong subject", "subjects", () => WrongSubject.All.Select(wrong => new Named(SubjectRegistry.WrongPrefix + wrong.Name, wrong.Summary)));
        var named = Grammar.Argument("SUBJECT", "a wrong subject; without it, all of them", names);
        var verb = new System.CommandLine.Command("mutants", "Shows which checks find which wrong subject.") { named, Grammar.Seed, Grammar.Seeds, Grammar.Json };
        verb.SetAction(parsed =>
        {
            var only = parsed.GetValue(named) is { } typed ? Grammar.Name(names, typed)[SubjectRegistry.WrongPrefix.Length..] : null;
            var seeds = (int)(parsed.GetValue(Grammar.Seeds) ?? 1);
            var chosen = WrongSubject.All.Where(wrong => only is null || wrong.Name == only).ToList();
            var rows = new List<Row>();
            foreach (var wrong in chosen)
            {
                var before = rows.Count;
                rows.Add(RowOf(wrong, parsed.GetValue(Grammar.Seed), seeds, check => Output.Progress(() => $"mutants: {before} of {chosen.Count}; wrong:{wrong.Name}, {check}"), interrupts.Token));
            }

            Output.EndProgress();
            var verdict = VerdictOf(rows);
            if (parsed.GetValue(Grammar.Json)) Output.WriteJson(ToJson(rows, verdict, seeds, interrupts.Token.IsCancellationRequested));
            else Write(rows, seeds, only is null);
            return verdict.ExitCode();
        });
        return verb;
    }

    /// <summary>Conforms if each was found, violates if one survived.</summary>
    internal static Verdict VerdictOf(IReadOnlyCollection<Row> rows) =>
        rows.Any(row => row.Verdict == "survived") ? Verdict.Violates : rows.All(row => row.IsFound) ? Verdict.Conforms : Verdict.Inconclusive;

    /// <summary>Runs the checks on one subject.</summary>
    internal static Row RowOf(WrongSubject wrong, ulong seed, int seeds, Action<string> progress, CancellationToken end)
    {
        if (end.IsCancellationRequested) return new Row(wrong, [], IsWhole: false);
        var trial = new WrongTrial(wrong, WrongCompiler.Assembly(wrong, ArtifactStore.NewFolder("compiled")));
        var cells = ImmutableArray.CreateBuilder<Cell>();
        foreach (var check in WrongTrial.Checks)
        {
            var found = new List<Finding>();
            // The examples and the enumeration draw nothing.
            var times = check is RulesCheck.Name or EnumerationCheck.Name ? 1 : seeds;
            for (var i = 0; i < times && !end.IsCancellationRequested; i++)
            {
                progress(check);
                var report = trial.Run(check, trial.Context(wrong.Dialect ?? Dialect.Patch2011, seed + (ulong)i) with { Cancelled = end, Progress = (_, _, _) => progress(check) });
                if (!report.Failures.IsEmpty) found.Add(report.Failures[0]);
            }

            cells.Add(new Cell(check, found.Count, found.Count > 0 ? found[0].FoundAfter : 0, found.Count > 0 ? found.Min(CallsOf) : 0));
        }

        return new Row(wrong, cells.ToImmutable(), IsWhole: !end.IsCancellationRequested);
    }

    // Of a sequence all that changes something, of a program what its threads call.
    private static int CallsOf(Finding finding) => finding.Saved.Threads.IsEmpty ? finding.Saved.Setup.Count(line => !line.Operation.IsRead) : finding.Saved.Threads.Sum(thread => thread.Lines.Length);

    private static IEnumerable<(SpecRule Rule, int Mutants, int Found)> Rules(List<Row> rows) =>
        SpecDocument.Current.Rules.Where(rule => rule.Untested is null).Select(rule => (rule, rows.Count(row => row.Wrong.Breaks.Contains(rule.Id)), rows.Count(row => row.Wrong.Breaks.Contains(rule.Id) && row.IsFound)));

    private static object ToJson(List<Row> rows, Verdict verdict, int seeds, bool interrupted) => new
    {
        verdict = verdict.Word(),
        seeds,
        interrupted,
        mutants = rows.Select(row => new
        {
            name = SubjectRegistry.WrongPrefix + row.Wrong.Name,
            kind = "wrong",
            bugClass = row.Wrong.Class,
            rule = row.Wrong.Breaks.Select(rule => rule.ToString()),
            dialect = (row.Wrong.Dialect ?? Dialect.Patch2011).ToString(),
            verdict = row.Verdict,
            foundBy = row.Cells.Where(cell => cell.Seeds > 0).Select(cell => new { check = cell.Check, seeds = cell.Seeds, after = cell.After, calls = cell.Calls }),
        }),
        rules = Rules(rows).Select(rule => new { id = rule.Rule.Id.ToString(), mutants = rule.Mutants, found = rule.Found }),
    };

    private static void Write(List<Row> rows, int seeds, bool all)
    {
        const int Width = 12;
        Console.WriteLine($"{"",-34}{string.Concat(WrongTrial.Checks.Select(check => $"{check,-Width}"))} calls  breaks");
        foreach (var group in rows.GroupBy(row => row.Wrong.Class ?? "").OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            Console.WriteLine(group.Key);
            foreach (var row in group)
            {
                var calls = row.Cells.Where(cell => cell.Seeds > 0).Select(cell => cell.Calls).DefaultIfEmpty().Min();
                var cells = WrongTrial.Checks.Select(check => row.Cells.FirstOrDefault(cell => cell.Check == check) is { } cell ? cell.Seeds == 0 ? "-" : seeds > 1 && cell.Check is not (RulesCheck.Name or EnumerationCheck.Name) ? $"{cell.After} {cell.Seeds}/{seeds}" : $"{cell.After}" : "");
                Console.WriteLine($"  {row.Wrong.Name,-32}{string.Concat(cells.Select(cell => $"{cell,-Width}"))} {(calls == 0 ? row.Verdict : calls),5}  {string.Join(", ", row.Wrong.Breaks)}");
            }
        }

        Console.WriteLine();
        if (all) Console.WriteLine($"rules that no wrong subject breaks: {string.Join(", ", Rules(rows).Where(rule => rule.Mutants == 0).Select(rule => rule.Rule.Id))}");
        foreach (var check in WrongTrial.Checks) Console.WriteLine($"{check,-11}  {rows.Count(row => row.Cells.Any(cell => cell.Check == check && cell.Seeds > 0)),3} of {rows.Count}");
        Console.WriteLine($"{rows.Count(row => row.IsFound)} of {rows.Count} found{(rows.Any(row => !row.IsFound) ? $"; not found: {string.Join(", ", rows.Where(row => !row.IsFound).Select(row => $"wrong:{row.Wrong.Name} ({row.Verdict})"))}" : "")}");
    }
}
