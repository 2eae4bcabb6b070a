// enumerate: every program of a bounded universe in every schedule. merge: the shards of one enumeration, run on several machines, as one.
using System.Collections.Immutable;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Command.Reports;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>The verbs enumerate and merge.</summary>
internal static class EnumerateVerb
{
    private const double SecondsOfAYear = 365.25 * 24 * 60 * 60;

    public static System.CommandLine.Command Create(Interrupts interrupts)
    {
        var verb = new System.CommandLine.Command("enumerate", "Runs every program of a bounded universe in every schedule of our own engine.")
        {
            Grammar.Universe, Grammar.Calls, Grammar.Subject, Grammar.Dialect, Grammar.Profile, Grammar.Shard, Grammar.Resume, Grammar.Force, Grammar.Report, Grammar.Json,
        };
        verb.SetAction(parsed =>
        {
            var subject = parsed.GetRequiredValue(Grammar.Subject);
            var inheritance = Grammar.Profiles(parsed).Contains(Profile.Inheritance);
            ImmutableArray<Universe> universes = parsed.GetValue(Grammar.Universe) is { } named ? [UniverseOf(named)]
                : [.. Universe.All.Values.Where(universe => inheritance || !universe.NeedsInheritance)];
            ImmutableArray<Dialect> dialects = parsed.GetValue(Grammar.Dialect) is { } dialect ? [dialect] : [.. Enum.GetValues<Dialect>()];
            var shape = parsed.GetValue(Grammar.Calls) ?? Shape.OneAndOne;
            var shard = parsed.GetValue(Grammar.Shard) ?? Shard.Whole;
            var before = parsed.GetValue(Grammar.Resume) is { } file ? (File: file, Result: Enumerated.Read(file)) : default;
            var report = ReportForm.OnlyJson("enumerate", parsed.GetValue(Grammar.Report));
            if (report is not null) Output.OpenReport(report);
            using var ready = SubjectRegistry.PrepareHooked(subject, "enumerate", ChildLimits.Default, interrupts.Token);
            dialects = ready.OfOffered(dialects, parsed.GetValue(Grammar.Dialect) is not null);
            var engine = ready.Engine(_ => { }, interrupts.Token);
            var begun = (from universe in universes
                         from d in dialects.Where(universe.SpeaksOf)
                         let context = new CheckContext(subject, ready.Create, [d], 1) { Inheritance = inheritance, Cancelled = interrupts.Token }
                         let programs = universe.Programs(shape, d)
                         let enumeration = new Enumeration(context, engine, programs, d) { Shard = shard }
                         select (Enumeration: enumeration, Part: new EnumeratedPart(universe.Name, EnumeratedPart.HashOf(universe), d.ToString(), universe.Calls.Length, programs.Setups.Length, programs.Count, enumeration.Chunks, Progress.Of(new EnumerationReport())))).ToList();
            if (begun.Count == 0) throw new UsageException($"{(universes is [var only] ? $"universe {only.Name} has" : "the universes have")} no program in {string.Join(" and ", dialects)}");
            if (before.Result is { } earlier) begun = Resumed(begun, earlier, new Enumerated(SuiteVersion.Text, subject, shape.ToString(), shard.ToString(), [.. begun.Select(one => one.Part)]), before.File);
            var left = Estimate(begun, shard);
            var all = begun.Sum(one => one.Part.Programs);
            if (left > SecondsOfAYear && !parsed.GetValue(Grammar.Force))
                throw new UsageException($"{shape} calls make {all:N0} programs, some {left / SecondsOfAYear:N0} years on this machine: --shard i/n runs a part of them, --force all");
            Output.WriteError($"perfmodel: {all:N0} programs of {shape} calls{(shard == Shard.Whole ? "" : $", of which shard {shard}")}; about {InWords(left)}");
            var result = Run(begun, new Enumerated(SuiteVersion.Text, subject, shape.ToString(), shard.ToString(), [.. begun.Select(one => one.Part)]), interrupts.Token);
            Output.EndProgress();
            if (result.Interrupted) report ??= ArtifactStore.Beside($"enumerate-{Subjects.SubjectName.Short(subject)}-{shape}-{shard.Index}-of-{shard.Of}.json");
            if (report is not null) Output.WriteReport(report, result.ToJson());
            if (result.Interrupted) Output.WriteError($"perfmodel: the same with --resume {report} goes on from here");
            if (parsed.GetValue(Grammar.Json)) Output.WriteJson(result.ToJson());
            else result.Write();
            return result.Verdict.ExitCode();
        });
        return verb;
    }

    public static System.CommandLine.Command CreateMerge()
    {
        var files = new System.CommandLine.Argument<string[]>("FILE") { HelpName = "FILE", Description = "what enumerate --report wrote, one file for each shard", Arity = System.CommandLine.ArgumentArity.OneOrMore };
        var verb = new System.CommandLine.Command("merge", "Adds up the shards of one enumeration.") { files, Grammar.Report, Grammar.Json };
        verb.SetAction(parsed =>
        {
            var report = ReportForm.OnlyJson("merge", parsed.GetValue(Grammar.Report));
            var merged = Enumerated.Merge([.. parsed.GetRequiredValue(files).Select(file => (file, Enumerated.Read(file)))]);
            if (report is not null) Output.WriteReport(report, merged.ToJson());
            if (parsed.GetValue(Grammar.Json)) Output.WriteJson(merged.ToJson());
            else merged.Write();
            return merged.Verdict.ExitCode();
        });
        return verb;
    }

    // What has a dot or a slash is a file, and what is neither is a name that is not there.
    private static Universe UniverseOf(string named)
    {
        if (Names.Universes.Find(named) is { } known) return Universe.All[known];
        if (named != "-" && named.IndexOfAny(['.', '/', '\\']) < 0) throw new UsageException(Names.Universes.Unknown(named));
        return Universe.Parse(named == "-" ? "standard input" : Quoted.Short(named), ArtifactStore.Read(named));
    }

    private static Enumerated Run(List<(Enumeration Enumeration, EnumeratedPart Part)> begun, Enumerated result, CancellationToken end)
    {
        var failures = new List<Finding>();
        var programs = begun.Sum(one => one.Part.Programs);
        for (var i = 0; i < begun.Count && !end.IsCancellationRequested; i++)
        {
            var (enumeration, part) = begun[i];
            var before = result.Parts.Sum(other => other.Done.Programs) - part.Done.Programs;
            if (part.Done.Findings > 0) continue;
            var done = enumeration.Run(now => Output.Progress(() => $"enumerate {part.Universe} {part.Dialect}: {before + now.Programs:N0} of {programs:N0} programs, {now.Schedules:N0} schedules, {now.Outcomes:N0} outcomes here"), part.Done.Report);
            if (done.Finding is { } finding) failures.Add(finding);
            result = result with { Parts = result.Parts.SetItem(i, part with { Done = Progress.Of(done) }) };
        }

        return result with { Failures = [.. ArtifactStore.Save(failures)], Interrupted = end.IsCancellationRequested };
    }

    private static List<(Enumeration, EnumeratedPart)> Resumed(List<(Enumeration Enumeration, EnumeratedPart Part)> begun, Enumerated earlier, Enumerated now, string file)
    {
        var other = earlier.OtherThan(now, earlier.Shard != now.Shard ? $"shard {earlier.Shard}, not {now.Shard}" : null);
        if (other is not null) throw new UsageException($"{Quoted.Short(file)} is of another enumeration than this: {other}");
        return [.. begun.Select((one, i) => (one.Enumeration, one.Part with { Done = earlier.Parts[i].Done }))];
    }

    // Seconds that are left, on the cores that there are.
    private static double Estimate(List<(Enumeration Enumeration, EnumeratedPart Part)> begun, Shard shard) => begun.Sum(one =>
        one.Part.Done.Chunks == one.Part.Chunks ? 0 : one.Enumeration.SecondsPerProgram() * one.Part.Programs / shard.Of * (1 - (double)one.Part.Done.Chunks / one.Part.Chunks)) / Environment.ProcessorCount;

    private static string InWords(double seconds) => TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.MaxValue.TotalSeconds / 2)) switch
    {
        { TotalDays: >= 2 } time => $"{time.TotalDays:N0} days",
        { TotalHours: >= 2 } time => $"{time.TotalHours:N0} hours",
        { TotalMinutes: >= 2 } time => $"{time.TotalMinutes:N0} minutes",
        var time => $"{Math.Ceiling(time.TotalSeconds):N0} s",
    };
}
