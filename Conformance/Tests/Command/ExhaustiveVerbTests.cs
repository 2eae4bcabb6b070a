// explore --strategy exhaustive: says so only when it is, saves what replays, and needs no Coyote.
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

public sealed class ExhaustiveVerbTests : IDisposable
{
    // The mistake as the machine makes it: the slot is taken, and no table has the link yet.
    private const string Interleaved =
        """
        interleaving : (16 accesses are left out: before these, or of places that one thread alone stores to and uses)
                       A: loads slot 1: none (M29 Look); swaps link 1 into slot 1 (M33 Claim);
                         loads table 1: none (M9 LoadTable)
                       B: loads slot 1: link 1 (M29 Look); loads table 1: none (M9 LoadTable)
                       A: swaps linkTable 1 into table 1 (M15 TryReplace)

        """;

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void A_scenario_is_explored_to_the_end()
    {
        var explore = _cli.Run("explore", "close-vs-overflow", "--strategy", "exhaustive", "--json").Exits(0);
        Schemas.Valid("explore", explore);
        var program = Assert.Single(explore.Json.GetProperty("programs").EnumerateArray());
        Assert.True(program.GetProperty("exhaustive").GetBoolean());
        Assert.Equal(program.GetProperty("schedules").GetInt64(), explore.Json.GetProperty("outcomes").EnumerateArray().Sum(outcome => outcome.GetProperty("count").GetInt64()));
        Assert.All(explore.Json.GetProperty("outcomes").EnumerateArray(), outcome => Assert.True(outcome.GetProperty("allowed").GetBoolean()));
        Assert.Contains("exhaustive: any other schedule is equivalent to one of these", _cli.Run("explore", "close-vs-overflow", "--strategy", "exhaustive").Exits(0).Out, StringComparison.Ordinal);
    }

    // What draws its schedules finds the same with any seed that is good for it, and says that it drew.
    [Theory]
    [InlineData("random-walk")]
    [LongInlineData("pct")]
    public void A_strategy_that_draws_is_taken_by_name_and_what_it_finds_replays(string strategy)
    {
        var right = _cli.Run("explore", "close-vs-overflow", "--strategy", strategy, "--iterations", "200").Exits(0).Out;
        Assert.Contains($"; strategy {strategy}; seed 1", right, StringComparison.Ordinal);
        var explore = _cli.Run("explore", "setstopper-vs-overflow", "--strategy", strategy, "--iterations", "20000", "--subject", "wrong:claims-before-publishing", "--json").Exits(1);
        Schemas.Valid("explore", explore);
        var failure = explore.Json.GetProperty("failures")[0];
        // It is our own engine's, whichever scheduler it had.
        Assert.Matches("^DOES NOT CONFORM +schedules, wrong:claims-before-publishing, ", failure.GetProperty("page").GetString());
        var file = failure.GetProperty("file").GetString()!;
        Assert.Contains("\ncheck schedules\n", _cli.Read(file), StringComparison.Ordinal);
        Assert.Contains($"\nstrategy {strategy}\n", _cli.Read(file), StringComparison.Ordinal);
        Assert.Equal("schedule", _cli.Run("replay", file, "--json").Exits(1).Json.GetProperty("means").GetString());
        _cli.Run("explore", "--strategy", strategy, "--subject", "locked").Complains($"--strategy {strategy} takes lockfree, posted, the wrong subjects and hooked libraries");
    }

    // The word is kept for what was seen to its end.
    [Fact]
    public void A_budget_that_runs_out_is_inconclusive()
    {
        var page = _cli.Run("explore", "close-vs-overflow", "--strategy", "exhaustive", "--iterations", "3").Exits(3).Out;
        Assert.DoesNotContain("exhaustive", page, StringComparison.Ordinal);
        Assert.Contains("lockfree inconclusive: 3 schedules of 1 program, ", page, StringComparison.Ordinal);
        Assert.Contains("depth first, to the end of 0 of 1 programs; at most 3 schedules each", page, StringComparison.Ordinal);
        var explore = _cli.Run("explore", "close-vs-overflow", "--strategy", "exhaustive", "--iterations", "3", "--json").Exits(3);
        Schemas.Valid("explore", explore);
        Assert.False(explore.Json.GetProperty("programs")[0].GetProperty("exhaustive").GetBoolean());
    }

    [Fact]
    public void Without_a_scenario_each_is_explored_to_its_end()
    {
        var page = _cli.Run("explore", "--strategy", "exhaustive", "--dialect", "Amended").Exits(0).Out;
        foreach (var (name, scenario) in Spec.Scenarios.All.Where(scenario => scenario.Value.Dialects.Contains(Model.Dialect.Amended)))
            Assert.Matches($@"\n +[0-9,]+ +[0-9]+ +[0-9]+  all +{name}\n", page);
        Assert.DoesNotContain("forbidden", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_of_ones_own_is_taken()
    {
        _cli.Write("race", "p = Open(task 0)\nthread A\n  Close(p)\nthread B\n  Close(p)\n");
        var page = _cli.Run("explore", "--program", "race", "--strategy", "exhaustive").Exits(0).Out;
        Assert.Contains("allows     A: ok | B: EBADF", page, StringComparison.Ordinal);
        Assert.Contains("allows     A: EBADF | B: ok", page, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_found_is_saved_and_replays()
    {
        var explore = _cli.Run("explore", "setstopper-vs-overflow", "--strategy", "exhaustive", "--subject", "wrong:claims-before-publishing", "--json").Exits(1);
        Schemas.Valid("explore", explore);
        var failure = Assert.Single(explore.Json.GetProperty("failures").EnumerateArray());
        Assert.Contains("Paused(t) must be ok paused", failure.GetProperty("page").GetString(), StringComparison.Ordinal);
        Assert.Contains(Interleaved, failure.GetProperty("page").GetString(), StringComparison.Ordinal);
        var file = failure.GetProperty("file").GetString()!;
        var saved = _cli.Read(file);
        Assert.Contains("\nstrategy exhaustive\n", saved, StringComparison.Ordinal);
        Assert.Matches(@"\nschedule\n  [AB](\*[0-9]+)?( [AB](\*[0-9]+)?)*\nend\n", saved);

        var replay = _cli.Run("replay", file, "--json").Exits(1);
        Schemas.Valid("replay", replay);
        Assert.Equal("schedule", replay.Json.GetProperty("means").GetString());
        Assert.Contains("Paused(t) must be ok paused", replay.Json.GetProperty("page").GetString(), StringComparison.Ordinal);
        Assert.Contains(Interleaved, replay.Json.GetProperty("page").GetString(), StringComparison.Ordinal);

        _cli.Run("replay", file, "--subject", "locked").Complains("--strategy exhaustive takes lockfree, posted, the wrong subjects and hooked libraries");
        _cli.Write("short", saved.Replace("\nschedule\n", "\nschedule\n  A\n", StringComparison.Ordinal));
        Assert.Matches("violates: the program does not follow the saved schedule: it, or the subject, is another one now; the program was explored again, [0-9]+ schedules\n", _cli.Run("replay", "short").Exits(1).Out);
        Assert.Matches("lockfree conforms: the program does not follow .* [0-9]+ schedules, which were all, and nothing was wrong\n", _cli.Run("replay", file, "--subject", "lockfree").Exits(0).Out);
        _cli.Write("strange", System.Text.RegularExpressions.Regex.Replace(saved, @"\nschedule\n.*\n", "\nschedule\n  A*3 C\n"));
        _cli.Run("replay", "strange").Complains("'C' is no turn of a thread of this program in a schedule");
    }
}
