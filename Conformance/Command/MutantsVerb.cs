// mutants [SUBJECT]: which checks find which wrong subject, after how much, by how small a program; and which rule has none.
using System.Collections.Immutable;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Schedules;
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
    /// <param name="Switches">How often the schedule of the smallest finding goes on with another thread; 0 of a sequence.</param>
    internal sealed record Cell(string Check, int Seeds, long After, int Calls, int Switches);

    /// <summary>What the checks made of one subject.</summary>
    /// <param name="Wrong">The subject.</param>
    /// <param name="Cells">The checks that were run.</param>
    /// <param name="IsWhole">Whether all were, to their end.</param>
    internal sealed record Row(WrongSubject Wrong, ImmutableArray<Cell> Cells, bool IsWhole)
    {
        public bool IsFound => Cells.Any(cell => cell.Seeds > 0);

        public string Verdict => IsFound ? "found" : IsWhole ? "survived" : "not-run";

        /// <summary>Why it is not found, if somebody has said so.</summary>
        public string? Reason => IsFound ? null : Generated.Survivors.GetValueOrDefault(Wrong.Name);

        /// <summary>Whether nothing finds it, and nobody has said why.</summary>
        public bool IsGap => Verdict == "survived" && Reason is null;
    }

    public static System.CommandLine.Command Create(Interrupts interrupts)
    {
        var names = new Names("wrong subject", "subjects", () => WrongSubject.All.Concat(Generated.All).Select(wrong => new Named(wrong.Subject, wrong.Summary)));
        var named = Grammar.Argument("SUBJECT", "a wrong subject; without it, all of a kind", names);
        var verb = new System.CommandLine.Command("mutants", "Shows which checks find which wrong subject.") { named, Grammar.Kind, Grammar.Sources, Grammar.Trials, Grammar.Shard, Grammar.Seed, Grammar.Seeds, Grammar.Json };
        verb.SetAction(parsed =>
        {
            var only = parsed.GetValue(named) is { } typed ? Grammar.Name(names, typed) : null;
            var seeds = (int)(parsed.GetValue(Grammar.Seeds) ?? 1);
            var shard = parsed.GetValue(Grammar.Shard) ?? Shard.Whole;
            var isGenerated = only?.StartsWith(SubjectRegistry.GeneratedPrefix, StringComparison.Ordinal) ?? parsed.GetValue(Grammar.Kind) == WrongSubject.Generated;
            var files = parsed.GetValue(Grammar.Sources);
            if (files is not null && only is not null) throw new UsageException("--of chooses among all of a kind: leave the subject out");
            var chosen = shard.Part((isGenerated ? Generated.All : WrongSubject.All).Where(wrong => only is null ? files is null || wrong.Hunks.Any(hunk => files.Value.Contains(hunk.File)) : wrong.Subject == only)).ToList();
            if (chosen.Count == 0) throw new UsageException(files is null ? "there is none in this shard" : $"there is none of {string.Join(", ", files)}{(shard.Of > 1 ? " in this shard" : "")}");
            var rows = new List<Row>();
            var stillborn = 0;
            for (var i = 0; i < chosen.Count; i++)
            {
                var (wrong, before) = (chosen[i], i);
                var checks = WrongTrial.ChecksOf(wrong);
                if (parsed.GetValue(Grammar.Trials) is { } by) checks = [.. checks.Intersect(by)];
                // What is known to survive takes minutes to survive everything: it does so when it is asked for by name.
                var isThorough = only is not null || !Generated.Survivors.ContainsKey(wrong.Name);
                try
                {
                    rows.Add(RowOf(wrong, parsed.GetValue(Grammar.Seed), seeds, checks, isThorough, check => Output.Progress(() => $"mutants: {before} of {chosen.Count}; {wrong.Subject}, {check}"), interrupts.Token));
                }
                catch (StillbornException) when (isGenerated && only is null)
                {
                    stillborn++;
                }
            }

            if (rows.Count == 0) throw new UsageException("there is none in this shard that compiles");
            Output.EndProgress();
            var verdict = VerdictOf(rows);
            var gaps = rows.Where(row => row.IsGap).Select(row => row.Wrong.Subject).ToList();
            if (parsed.GetValue(Grammar.Json)) Output.WriteJson(ToJson(rows, verdict, seeds, stillborn, interrupts.Token.IsCancellationRequested));
            else if (isGenerated) WriteGenerated(rows, stillborn);
            else Write(rows, seeds, only is null);
            if (gaps.Count > 0 && !parsed.GetValue(Grammar.Json))
                Output.WriteItem("next: ", $"a survivor is a gap of the suite, to be closed by a scenario, an example or a call in a universe (CONTRIBUTING.md), or it is equivalent, and Conformance/Wrong/survivors.txt says why: {string.Join(", ", gaps)}");
            return verdict.ExitCode();
        });
        return verb;
    }

    /// <summary>Conforms if each was found, or has its reason; violates if one survived.</summary>
    internal static Verdict VerdictOf(IReadOnlyCollection<Row> rows) =>
        rows.Any(row => row.IsGap) ? Verdict.Violates : rows.All(row => row.Verdict != "not-run") ? Verdict.Conforms : Verdict.Inconclusive;

    /// <summary>Runs the checks on one subject; of those that a program made, up to the first finding.</summary>
    internal static Row RowOf(WrongSubject wrong, ulong seed, int seeds, ImmutableArray<string> checks, bool isThorough, Action<string> progress, CancellationToken end)
    {
        if (end.IsCancellationRequested) return new Row(wrong, [], IsWhole: false);
        var isGenerated = wrong.Kind == WrongSubject.Generated;
        var trial = new WrongTrial(wrong, WrongCompiler.Assembly(wrong, ArtifactStore.NewFolder("compiled")));
        var cells = ImmutableArray.CreateBuilder<Cell>();
        foreach (var check in checks.TakeWhile(_ => !isGenerated || !cells.Any(cell => cell.Seeds > 0)))
        {
            progress(check);
            cells.Add(check == WrongTrial.Compared ? Compared() : Tried(check));
        }

        // What was not asked for it did not survive.
        return new Row(wrong, cells.ToImmutable(), IsWhole: !end.IsCancellationRequested && checks.Length == WrongTrial.ChecksOf(wrong).Length);

        Cell Compared()
        {
            var different = trial.Difference(end, out var compared);
            return new Cell(WrongTrial.Compared, different is null ? 0 : 1, compared, different?.Calls.Count(call => !call.IsRead) ?? 0, 0);
        }

        Cell Tried(string check)
        {
            var found = new List<(long After, int Calls, int Switches)>();
            // The examples and the enumeration draw nothing.
            var times = check is RulesCheck.Name or EnumerationCheck.Name ? 1 : seeds;
            // What differs in one dialect only is found in that.
            var dialects = wrong.Dialect is { } one ? [one] : isGenerated ? Enum.GetValues<Dialect>() : [Dialect.Patch2011];
            for (var i = 0; i < times * dialects.Length && !end.IsCancellationRequested && (!isGenerated || found.Count == 0); i++)
            {
                progress(check);
                var context = trial.Context(dialects[i % dialects.Length], seed + (ulong)(i / dialects.Length)) with { Cancelled = end, Progress = (_, _, _) => progress(check) };
                if (Found(check, context) is { } finding) found.Add(finding);
            }

            var smallest = found.OrderBy(one => (one.Calls, one.Switches)).FirstOrDefault();
            return new Cell(check, found.Count, found.Count > 0 ? found[0].After : 0, smallest.Calls, smallest.Switches);
        }

        (long After, int Calls, int Switches)? Found(string check, CheckContext context)
        {
            // Most are found by the little that a run has, and of what never returns the whole takes long.
            var report = trial.Run(check, context, isThorough && !isGenerated);
            if (isThorough && isGenerated && check == EnumerationCheck.Name && report.Verdict == RuleVerdict.Pass) report = trial.Run(check, context);
            return !report.Failures.IsEmpty ? (report.Failures[0].FoundAfter, CallsOf(report.Failures[0]), SwitchesOf(report.Failures[0]))
                // A call that does not return while another stands still is no finding, as no rule forbids it; but the check does not pass.
                : report.Verdict == RuleVerdict.Unknown && !end.IsCancellationRequested ? (report.Iterations, 0, 0) : null;
        }
    }

    // Of a sequence all that changes something, of a program what its threads call.
    private static int CallsOf(Finding finding) => finding.Saved.Threads.IsEmpty ? finding.Saved.Setup.Count(line => !line.Operation.IsRead) : finding.Saved.Threads.Sum(thread => thread.Lines.Length);

    private static int SwitchesOf(Finding finding)
    {
        if (finding.Saved.Schedule.IsDefault || finding.Saved.Threads.IsEmpty) return 0;
        var choices = SavedSchedule.Parse(finding.Saved.Schedule, finding.Saved.Threads.Length);
        return Enumerable.Range(1, Math.Max(0, choices.Length - 1)).Count(i => choices[i] != choices[i - 1]);
    }

    // How many there are, of all kinds, and how many of those that were run are found.
    private static IEnumerable<(SpecRule Rule, int Mutants, int Found)> Rules(List<Row> rows) =>
        SpecDocument.Current.Rules.Select(rule => (rule, WrongSubject.All.Concat(Generated.All).Count(wrong => wrong.Breaks.Contains(rule.Id)), rows.Count(row => row.Wrong.Breaks.Contains(rule.Id) && row.IsFound)));

    private static object ToJson(List<Row> rows, Verdict verdict, int seeds, int stillborn, bool interrupted) => new
    {
        verdict = verdict.Word(),
        seeds,
        stillborn,
        interrupted,
        mutants = rows.Select(row => new
        {
            name = row.Wrong.Subject,
            kind = row.Wrong.Kind,
            summary = row.Wrong.Summary,
            bugClass = row.Wrong.Class,
            rule = row.Wrong.Breaks.Select(rule => rule.ToString()),
            dialect = (row.Wrong.Dialect ?? Dialect.Patch2011).ToString(),
            verdict = row.Verdict,
            reason = row.Reason,
            foundBy = row.Cells.Where(cell => cell.Seeds > 0).Select(cell => new { check = cell.Check, seeds = cell.Seeds, after = cell.After, calls = cell.Calls, switches = cell.Switches }),
        }),
        rules = Rules(rows).Select(rule => new { id = rule.Rule.Id.ToString(), mutants = rule.Mutants, found = rule.Found, reason = Generated.Survivors.GetValueOrDefault($"rule {rule.Rule.Id}") }),
    };

    // Hundreds: in numbers, by the kind of change; and each that was not found.
    private static void WriteGenerated(List<Row> rows, int stillborn)
    {
        Console.WriteLine($"{"",-14}{"mutants",9}{"found",9}{"excused",9}{"survived",10}{"not run",9}   found by");
        foreach (var group in rows.GroupBy(row => (row.Wrong.IsOfModel, row.Wrong.Class)).OrderBy(group => group.Key.IsOfModel))
        {
            var by = group.SelectMany(row => row.Cells.Where(cell => cell.Seeds > 0)).GroupBy(cell => cell.Check).OrderByDescending(cells => cells.Count()).Select(cells => $"{cells.Key} {cells.Count()}");
            Console.WriteLine($"{(group.Key.IsOfModel ? "step, " : "")}{group.Key.Class}".PadRight(14) + $"{group.Count(),9}{group.Count(row => row.IsFound),9}{group.Count(Excused),9}{group.Count(row => row.IsGap),10}{group.Count(row => row.Verdict == "not-run"),9}   {string.Join(", ", by)}");
        }

        Console.WriteLine();
        foreach (var row in rows.Where(row => row.Verdict == "survived").OrderBy(row => row.Reason is not null))
            Console.WriteLine($"{(row.Reason is null ? "SURVIVED" : "excused")} {row.Wrong.Subject}: {row.Wrong.Summary}{(row.Reason is { } reason ? $"\n  {reason}" : "")}");
        Console.WriteLine($"{rows.Count(row => row.IsFound)} of {rows.Count} found, {rows.Count(Excused)} have a reason not to be, {rows.Count(row => row.IsGap)} survived; {stillborn} more do not compile");

        static bool Excused(Row row) => row is { Verdict: "survived", Reason: not null };
    }

    private static string Middle(IEnumerable<int> numbers) =>
        numbers.Order().ToList() is { Count: > 0 } sorted ? $"{sorted[sorted.Count / 2]} in the median and {sorted[^1]} at most" : "no";

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
        foreach (var (rule, mutants, _) in all ? Rules(rows) : [])
            if (mutants == 0) Console.WriteLine($"no mutant breaks {rule.Id} {rule.Title}: {Generated.Survivors.GetValueOrDefault($"rule {rule.Id}") ?? "NOBODY SAYS WHY"}");
        var sizes = rows.Where(row => row.IsFound).Select(row => row.Cells.Where(cell => cell.Seeds > 0).OrderBy(cell => (cell.Calls, cell.Switches)).First()).ToList();
        if (sizes.Count > 0) Console.WriteLine($"smallest findings: {Middle(sizes.Select(size => size.Calls))} calls, {Middle(sizes.Where(size => size.Switches > 0).Select(size => size.Switches))} switches of threads; {sizes.Count(size => size is { Calls: <= 5, Switches: <= 3 })} of {sizes.Count} have at most five calls and three switches");
        foreach (var check in WrongTrial.Checks) Console.WriteLine($"{check,-11}  {rows.Count(row => row.Cells.Any(cell => cell.Check == check && cell.Seeds > 0)),3} of {rows.Count}");
        Console.WriteLine($"{rows.Count(row => row.IsFound)} of {rows.Count} found{(rows.Any(row => !row.IsFound) ? $"; not found: {string.Join(", ", rows.Where(row => !row.IsFound).Select(row => $"{row.Wrong.Subject} ({row.Verdict})"))}" : "")}");
    }
}
