// What run and explore save, replay reproduces: sequences and schedules are run again, histories of real threads are judged again.
using System.Text.Json;
using PerfModel.Conformance.Command;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

public sealed class ReplayTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [LongFact]
    public void Every_failure_of_a_run_replays()
    {
        var run = _cli.Run("run", "--subject", "wrong:stoppers-first", "--iterations", "600", "--json").Exits(1);
        Schemas.Valid("run", run);
        Assert.Equal("violates", run.Json.GetProperty("verdict").GetString());
        var checks = run.Json.GetProperty("checks").EnumerateArray().Where(check => check.GetProperty("failures").GetArrayLength() > 0).ToList();
        Assert.Contains(checks, check => check.GetProperty("name").GetString() == "random");
        var files = checks.SelectMany(check => check.GetProperty("failures").EnumerateArray().Select(failure => (Check: check.GetProperty("name").GetString()!, File: failure.GetProperty("file").GetString()!))).ToList();
        Assert.Equal(files.Count, files.Select(one => one.File).Distinct().Count());
        foreach (var (check, file) in files.DistinctBy(one => one.Check))
        {
            var replay = _cli.Run("replay", file, "--json").Exits(1);
            Schemas.Valid("replay", replay);
            Assert.Equal(check switch { "schedules" or "enumeration" or "coyote" => "schedule", "stress" => "history", _ => "sequence" }, replay.Json.GetProperty("means").GetString());
            Assert.NotEqual("", replay.Json.GetProperty("page").GetString());
        }
    }

    [LongFact]
    public void A_rule_of_one_thread_is_kept_by_another_subject()
    {
        _cli.Run("run", "--subject", "wrong:stoppers-first", "--checks", "random", "--iterations", "2000").Exits(1);
        var file = Directory.GetFiles(Path.Combine(_cli.Folder, "perfmodel-failures"), "wrong-stoppers-first-random-Patch2011-*.txt")[0];
        Assert.Contains("violates: the saved sequence was run again", _cli.Run("replay", file).Exits(1).Out, StringComparison.Ordinal);
        Assert.Equal("lockfree conforms: the saved sequence was run again\n", _cli.Run("replay", file, "--subject", "lockfree").Exits(0).Out);
    }

    [LongFact]
    public void Explore_finds_a_race_and_its_schedule_replays()
    {
        var explore = _cli.Run("explore", "setstopper-vs-overflow", "--subject", "wrong:acts-on-every-entry", "--json");
        if (explore.Code == 0) explore = _cli.Run("explore", "--subject", "wrong:acts-on-every-entry", "--iterations", "2000", "--json");
        explore.Exits(1);
        Schemas.Valid("explore", explore);
        Assert.Contains(explore.Json.GetProperty("outcomes").EnumerateArray(), outcome => outcome.GetProperty("verdict").GetString() == "violates");
        var failure = Assert.Single(explore.Json.GetProperty("failures").EnumerateArray());
        var file = failure.GetProperty("file").GetString()!;
        Assert.Contains($"replay {file}", failure.GetProperty("replay").GetString(), StringComparison.Ordinal);

        var replay = _cli.Run("replay", file, "--json").Exits(1);
        Assert.Equal("schedule", replay.Json.GetProperty("means").GetString());
        Assert.Equal(Rules(failure), Rules(replay.Json));

        // The schedule is one of the wrong subject: another, such as the same when it has been mended, does not take the same steps.
        var other = _cli.Run("replay", file, "--subject", "locked", "--json").Exits(3);
        Assert.Equal("program", other.Json.GetProperty("means").GetString());
        Assert.Matches("does not follow the saved schedule: it, or the subject, is another one now; the program was explored again, 400 schedules, which were not all, and nothing was wrong in them$", other.Json.GetProperty("how").GetString());
    }

    [Fact]
    public void A_history_of_real_threads_is_judged_again()
    {
        _cli.Write("seen", """
            perfmodel 1
            subject lockfree
            dialect Patch2011
            check stress
            verdict violates
            p = Open(task 0, period 1, enabled) -> ok
            ScheduleIn(p) -> ok
            thread A
              Close(p)
            thread B
              Close(p)
            history
              A: Close(p) -> ok
              B: Close(p) -> ok
            end
            """);
        var replay = _cli.Run("replay", "seen", "--json").Exits(1);
        Assert.Equal("history", replay.Json.GetProperty("means").GetString());
        Assert.Contains("judged again", _cli.Run("replay", "seen").Exits(1).Out, StringComparison.Ordinal);
        _cli.Run("replay", "seen", "--subject", "locked").Complains("is judged, not run");
    }

    [Fact]
    public void A_file_without_an_operation_shows_nothing()
    {
        _cli.Write("nothing", "perfmodel 1\nsubject lockfree\ndialect Amended\ncheck random\nend\n");
        Assert.Equal("lockfree inconclusive: there is no operation in the file: a system was made, and nothing else\n", _cli.Run("replay", "nothing").Exits(3).Out);
    }

    [Fact]
    public void What_is_interrupted_is_not_called_exhaustive()
    {
        var explored = new Explored("lockfree", new ExploreOptions(Dialect.Amended, "exhaustive", 10, 1), [new ExploredProgram("one", new Text.Program(), new(true, System.Collections.Immutable.ImmutableSortedDictionary<string, PerfModel.Conformance.Histories.ProgramOutcome>.Empty, 0, RuleSet.None)).With(new Engines.ExplorationReport { Schedules = 1, Exhaustive = true })]);
        Assert.StartsWith("exhaustive", explored.How, StringComparison.Ordinal);
        Assert.Equal("depth first, to the end of 1 of 1 programs; at most 10 schedules each", (explored with { Interrupted = true }).How);
    }

    [LongFact]
    public void Explore_shows_every_outcome_beside_what_the_model_allows()
    {
        var explore = _cli.Run("explore", "setstarter-vs-setstarter", "--iterations", "200", "--seed", "3", "--json").Exits(0);
        Schemas.Valid("explore", explore);
        var outcomes = explore.Json.GetProperty("outcomes").EnumerateArray().ToList();
        Assert.Equal(200, outcomes.Sum(outcome => outcome.GetProperty("count").GetInt64()));
        Assert.All(outcomes, outcome => Assert.True(outcome.GetProperty("allowed").GetBoolean()));
        var allowed = Assert.Single(explore.Json.GetProperty("programs").EnumerateArray()).GetProperty("allowed").GetProperty("outcomes").EnumerateArray().Select(outcome => outcome.GetString());
        Assert.Equal(allowed.Order(StringComparer.Ordinal), outcomes.Select(outcome => outcome.GetProperty("outcome").GetString()).Order(StringComparer.Ordinal));

        var page = _cli.Run("explore", "setstarter-vs-setstarter", "--iterations", "200", "--seed", "3").Exits(0).Out;
        foreach (var outcome in outcomes) Assert.Contains($"{outcome.GetProperty("count").GetInt64()}  allows     {outcome.GetProperty("outcome").GetString()}", page, StringComparison.Ordinal);
    }

    [LongFact]
    public void Explore_takes_a_program_of_ones_own()
    {
        _cli.Write("race", "p = Open(task 0)\nthread A\n  Close(p)\nthread B\n  Close(p)\n");
        var page = _cli.Run("explore", "--program", "race", "--iterations", "50").Exits(0).Out;
        Assert.Contains("allows     A: ok | B: EBADF", page, StringComparison.Ordinal);
        Assert.Contains("allows     A: EBADF | B: ok", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_costs_no_verdict()
    {
        _cli.Write("perfmodel-failures", "a file where the folder should be");
        var run = _cli.Run("run", "--subject", "wrong:busy-for-exists", "--rule", "2.4", "--json").Exits(1);
        Schemas.Valid("run", run);
        Assert.Contains(run.Complaints, line => line.Contains("cannot save", StringComparison.Ordinal));
        Assert.Equal(JsonValueKind.Null, run.Json.GetProperty("checks")[0].GetProperty("failures")[0].GetProperty("file").ValueKind);
    }

    private static IEnumerable<string?> Rules(JsonElement of) => of.GetProperty("rules").EnumerateArray().Select(rule => rule.GetString());
}
