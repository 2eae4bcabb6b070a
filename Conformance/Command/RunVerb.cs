// run: the conformance of a subject. The checks one after the other, then a table of rules, the failures' pages, and the verdict.
using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using PerfModel.Conformance.Spec;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>What the user asked of run.</summary>
internal sealed record RunTerms(string Subject, ImmutableArray<Dialect> Dialects, IReadOnlySet<Profile> Profiles, RuleId? Rule, ImmutableArray<string> Checks, long? Iterations, int? Seconds, ulong Seed, bool FailFast);

/// <summary>The verb run.</summary>
internal static class RunVerb
{
    public static System.CommandLine.Command Create(CancellationToken interrupted)
    {
        var subject = new Option<string>("--subject") { Description = "whom to check; 'perfmodel subjects' lists them", DefaultValueFactory = _ => "lockfree" };
        var dialect = new Option<string?>("--dialect") { Description = "Rfc2011 or Amended; default: both" };
        var profile = new Option<string[]>("--profile") { Description = "what the subject claims: core, concurrency; default: all that this version can check", AllowMultipleArgumentsPerToken = true };
        var rule = new Option<string?>("--rule") { Description = "only the examples of this rule, such as 2.4" };
        var checks = new Option<string?>("--checks") { Description = $"some of {string.Join(",", CheckNames.All)}, separated by commas; default: all" };
        var iterations = new Option<long?>("--iterations") { Description = "how many sequences, schedules and rounds, in each dialect; default: as many as make a minute" };
        var seconds = new Option<int?>("--seconds") { Description = "stop after so long, with what was found" };
        var seed = new Option<ulong>("--seed") { Description = "where all that is random starts", DefaultValueFactory = _ => 1 };
        var failFast = new Option<bool>("--fail-fast") { Description = "stop after the first check that fails" };
        var report = new Option<string?>("--report") { Description = "also write the JSON report to this file" };
        var json = Output.JsonOption();
        var verb = new System.CommandLine.Command("run", "Checks the conformance of a subject.") { subject, dialect, profile, rule, checks, iterations, seconds, seed, failFast, report, json };
        verb.SetAction(parsed =>
        {
            var terms = new RunTerms(
                parsed.GetRequiredValue(subject),
                [.. Workplace.Dialects(parsed.GetValue(dialect))],
                Profiles(parsed.GetValue(profile) ?? []),
                Rule(parsed.GetValue(rule)),
                CheckNames.Parse(parsed.GetValue(checks)),
                Positive(parsed.GetValue(iterations), "--iterations"),
                (int?)Positive(parsed.GetValue(seconds), "--seconds"),
                parsed.GetValue(seed),
                parsed.GetValue(failFast));
            return Run(terms, parsed.GetValue(report), parsed.GetValue(json), interrupted);
        });
        return verb;
    }

    private static int Run(RunTerms terms, string? reportFile, bool json, CancellationToken interrupted)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        if (terms.Seconds is { } seconds) end.CancelAfter(TimeSpan.FromSeconds(seconds));
        using var reportWriter = reportFile is null ? null : OpenReport(reportFile);
        var clock = Stopwatch.StartNew();
        var report = Suite.Run(terms, end.Token);
        var pages = report.Checks.SelectMany(check => check.Failures).Select(failure => (Failure: failure, File: Workplace.Save(failure))).ToList();
        Output.EndProgress();
        var shape = RunPage.ToJson(report, pages, clock.ElapsedMilliseconds);
        if (json) Output.WriteJson(shape);
        else RunPage.Write(report, pages, clock.Elapsed, interrupted.IsCancellationRequested);
        reportWriter?.Write(System.Text.Json.JsonSerializer.Serialize(shape, Output.Json));
        return report.ExitCode;
    }

    private static StreamWriter OpenReport(string file)
    {
        try
        {
            return new StreamWriter(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"cannot write {Text.OperationParser.Short(file)}: {e.Message}");
        }
    }

    private static HashSet<Profile> Profiles(string[] names)
    {
        if (names.Length == 0) return [Profile.Core, Profile.Concurrency];
        var profiles = new HashSet<Profile> { Profile.Core };
        foreach (var name in names.SelectMany(name => name.Split(',')))
        {
            profiles.Add(name switch
            {
                "core" => Profile.Core,
                "concurrency" or "+concurrency" => Profile.Concurrency,
                "inheritance" or "+inheritance" => throw new UsageException("the profile +inheritance is not checked by this version of the suite"),
                _ => throw new UsageException($"there is no profile '{Text.OperationParser.Short(name)}'; there are core, inheritance, concurrency"),
            });
        }

        return profiles;
    }

    private static RuleId? Rule(string? text) => text is null ? null
        : RuleId.TryParse(text, out var rule) && SpecDocument.Current.Find(rule) is not null ? rule
        : throw new UsageException($"there is no rule '{Text.OperationParser.Short(text)}'; 'perfmodel rules' lists them");

    /// <summary>A budget, or null for the default.</summary>
    public static long? Positive(long? number, string option) =>
        number is null or >= 1 ? number : throw new UsageException($"{option} {number}: expected 1 or more");
}
