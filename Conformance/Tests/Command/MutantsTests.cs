// mutants: who finds a wrong subject, and how small; what survives is told by the exit code.
using PerfModel.Conformance.Command;
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

public sealed class MutantsTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void It_says_who_finds_a_subject_and_by_how_small_a_program()
    {
        var answer = _cli.Run("mutants", "wrong:stoppers-first", "--seeds", "2", "--json").Exits(0);
        Schemas.Valid("mutants", answer);
        var mutant = Assert.Single(answer.Json.GetProperty("mutants").EnumerateArray());
        Assert.Equal("found", mutant.GetProperty("verdict").GetString());
        var by = mutant.GetProperty("foundBy").EnumerateArray().ToDictionary(one => one.GetProperty("check").GetString()!);
        Assert.Superset(new HashSet<string> { "rules", "random", "enumeration" }, by.Keys.ToHashSet());
        Assert.Equal((1, 2), (by["rules"].GetProperty("seeds").GetInt32(), by["random"].GetProperty("seeds").GetInt32()));
        Assert.InRange(by["enumeration"].GetProperty("calls").GetInt32(), 1, 2);
        var rule = answer.Json.GetProperty("rules").EnumerateArray().Single(rule => rule.GetProperty("id").GetString() == mutant.GetProperty("rule")[0].GetString());
        Assert.InRange(rule.GetProperty("mutants").GetInt32(), 1, int.MaxValue);
        Assert.Equal(1, rule.GetProperty("found").GetInt32());
    }

    // It has a page like any other, and whoever asks for one that is not there is told so.
    [Fact]
    public void One_that_a_program_makes_is_a_subject()
    {
        var page = _cli.Run("run", "--subject", "generated:M33-torn", "--checks", "schedules", "--iterations", "2000").Exits(1);
        Assert.Contains("schedules, generated:M33-torn, Patch2011", page.Out, StringComparison.Ordinal);
        _cli.Run("run", "--subject", "generated:M33-tron").Complains("there is no subject 'generated:M33-tron'");
    }

    // Each wrong subject that the project has is found: so one whose edit changes nothing.
    [LongFact]
    public void What_no_check_finds_survives()
    {
        var wrong = WrongRuns.Find("stoppers-first");
        var harmless = wrong with { Name = "changes-nothing", Hunks = [wrong.Hunks[0] with { After = wrong.Hunks[0].Before + " " }] };
        var row = MutantsVerb.RowOf(harmless, 1, 1, Wrong.WrongTrial.Checks, isThorough: false, _ => { }, CancellationToken.None);
        Assert.Equal("survived", row.Verdict);
        Assert.Equal(Verdict.Violates, MutantsVerb.VerdictOf([row]));
    }

    [UnixFact(Long = true)]
    public void What_was_interrupted_is_not_run_and_no_survivor()
    {
        var answer = _cli.RunInterrupted("mutants", "--json").Exits(130);
        Schemas.Valid("mutants", answer);
        Assert.Equal("inconclusive", answer.Json.GetProperty("verdict").GetString());
        Assert.DoesNotContain(answer.Json.GetProperty("mutants").EnumerateArray(), mutant => mutant.GetProperty("verdict").GetString() == "survived");
    }

    [Theory]
    [InlineData("there is no wrong subject 'wrong:nothing'", "wrong:nothing")]
    [InlineData("there is no wrong subject 'lockfree'", "lockfree")]
    [InlineData("--seeds '0': expected a whole number from 1 to 1000", "--seeds", "0")]
    public void Bad_input_is_one_line(string words, params string[] arguments) => _cli.Run(["mutants", .. arguments]).Complains(words);
}
