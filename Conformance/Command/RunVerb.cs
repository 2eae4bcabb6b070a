// run: the conformance of a subject. The checks one after the other, then a table of rules, the failures' pages, and the verdict.
using PerfModel.Conformance.Text;
using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Spec;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>What the user asked of run.</summary>
internal sealed record RunOptions(string Subject, ImmutableArray<Dialect> Dialects, IReadOnlySet<Profile> Profiles, RuleId? Rule, ImmutableArray<string> Checks, long? Iterations, long? Seconds, ulong Seed, bool FailFast, ChildLimits Foreign);

/// <summary>The verb run.</summary>
internal static class RunVerb
{
    public static System.CommandLine.Command Create(Interrupts interrupts)
    {
        var subject = new Option<string>("--subject") { Description = "whom to check; 'perfmodel subjects' lists them", DefaultValueFactory = _ => "lockfree" };
        var dialect = new Option<string?>("--dialect") { Description = "Patch2011 or Amended; default: both" };
        var profile = ProfileOption();
        var rule = new Option<string?>("--rule") { Description = "only the examples of this rule, such as 2.4" };
        var checks = new Option<string?>("--checks") { Description = $"some of {string.Join(",", CheckNames.All)}, separated by commas; default: all, soak only with --seconds" };
        var iterations = new Option<string?>("--iterations") { Description = "how many sequences, schedules and rounds, in each dialect; default: as many as fit into a minute" };
        var seconds = new Option<string?>("--seconds") { Description = "share so much time among the checks instead" };
        var seed = OptionParsers.SeedOption();
        var failFast = new Option<bool>("--fail-fast") { Description = "stop after the first check that fails" };
        var report = new Option<string?>("--report") { Description = "also write the JSON report to this file" };
        var json = Output.JsonOption();
        var verb = new System.CommandLine.Command("run", "Checks the conformance of a subject.") { subject, dialect, profile, rule, checks, iterations, seconds, seed, failFast, report, json };
        var foreign = new ForeignOptions();
        foreign.AddTo(verb);
        verb.SetAction(parsed =>
        {
            var terms = new RunOptions(
                parsed.GetRequiredValue(subject),
                [.. ArtifactStore.Dialects(parsed.GetValue(dialect))],
                Profiles(parsed.GetValue(profile) ?? []),
                Rule(parsed.GetValue(rule)),
                CheckNames.Parse(parsed.GetValue(checks) ?? (parsed.GetValue(seconds) is null ? null : string.Join(',', CheckNames.All))),
                OptionParsers.Budget(parsed.GetValue(iterations), "--iterations", OptionParsers.MostIterations),
                OptionParsers.Budget(parsed.GetValue(seconds), "--seconds", OptionParsers.MostSeconds),
                OptionParsers.Seed(parsed.GetValue(seed)),
                parsed.GetValue(failFast),
                foreign.Of(parsed));
            return Run(terms, parsed.GetValue(report), parsed.GetValue(json), interrupts.Token);
        });
        return verb;
    }

    private static int Run(RunOptions terms, string? reportFile, bool json, CancellationToken interrupted)
    {
        using var subject = SubjectRegistry.Prepare(terms.Subject, terms.Foreign, interrupted);
        // Before the run: a minute later is too late to say that the folder does not exist.
        if (reportFile is not null) Try(reportFile, () => File.Open(reportFile, FileMode.OpenOrCreate, FileAccess.Write).Dispose());
        var clock = Stopwatch.StartNew();
        var report = Suite.Run(terms, subject, interrupted);
        var failures = ArtifactStore.Save(report.Checks.SelectMany(check => check.Failures).Where(failure => !failure.Repeats));
        Output.EndProgress();
        var page = new RunPage(report, failures, clock.Elapsed, interrupted.IsCancellationRequested);
        if (json) Output.WriteJson(page.ToJson());
        else page.Write();
        if (reportFile is not null) Try(reportFile, () => File.WriteAllText(reportFile, System.Text.Json.JsonSerializer.Serialize(page.ToJson(), Output.Json) + "\n"));
        return report.Verdict.ExitCode();
    }

    private static void Try(string file, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException($"cannot write {Quoted.Short(file)}: {e.Message}");
        }
    }

    /// <summary>The option <c>--profile</c>.</summary>
    public static Option<string[]> ProfileOption() => new Option<string[]>("--profile") { Description = "what the subject claims: core, inheritance, concurrency; default: all", AllowMultipleArgumentsPerToken = true };

    /// <summary>The profiles that it names; all, if none.</summary>
    public static HashSet<Profile> Profiles(string[] names)
    {
        if (names.Length == 0) return [.. Enum.GetValues<Profile>()];
        var profiles = new HashSet<Profile> { Profile.Core };
        foreach (var name in names.SelectMany(name => name.Split(',')))
        {
            profiles.Add(name switch
            {
                "core" => Profile.Core,
                "concurrency" or "+concurrency" => Profile.Concurrency,
                "inheritance" or "+inheritance" => Profile.Inheritance,
                _ => throw new UsageException($"there is no profile '{Quoted.Short(name)}'; there are core, inheritance, concurrency"),
            });
        }

        return profiles;
    }

    private static RuleId? Rule(string? text) => text is null ? null
        : RuleId.TryParse(text, out var rule) && SpecDocument.Current.Find(rule) is not null ? rule
        : throw new UsageException($"there is no rule '{Quoted.Short(text)}'; 'perfmodel rules' lists them");
}
