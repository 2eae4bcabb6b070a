// The posted subject by its name, as a user runs it: the line on the page, the ids in JSON, the dialects that it does not offer.
using PerfModel.Conformance.Tests.Command;
using Xunit;

namespace PerfModel.Conformance.Tests.Posted;

public sealed class PostedVerbTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Explore_finds_a_lost_stop_and_names_it()
    {
        var page = _cli.Run("explore", "D13c", "--subject", "posted", "--strategy", "exhaustive").Exits(1).Out;
        Assert.Contains("D13c: a stop between the test of paused and add is lost; perfmodel defects D13c shows it in the model\n", page, StringComparison.Ordinal);
        Assert.Contains("A: stores Active in t->state; loads t->paused: 0\n", page, StringComparison.Ordinal);
        var answer = _cli.Run("explore", "D13c", "--subject", "posted", "--strategy", "exhaustive", "--json").Exits(1);
        Schemas.Valid("explore", answer);
        var failure = answer.Json.GetProperty("failures")[0];
        Assert.Equal(["D13c", "D8"], failure.GetProperty("defects").EnumerateArray().Select(id => id.GetString()));
        var replayed = _cli.Run("replay", failure.GetProperty("file").GetString()!, "--json").Exits(1);
        Schemas.Valid("replay", replayed);
        Assert.Equal(["D13c", "D8"], replayed.Json.GetProperty("defects").EnumerateArray().Select(id => id.GetString()));
    }

    [Fact]
    public void Coyote_finds_a_defect_on_threads() =>
        Assert.Contains("perfmodel defects D3 shows it in the model", _cli.Run("explore", "D3", "--subject", "posted").Exits(1).Out, StringComparison.Ordinal);

    [Fact]
    public void Run_leaves_the_other_dialects_out()
    {
        var answer = _cli.Run("run", "--subject", "posted", "--checks", "rules,enumeration", "--json").Exits(1);
        Schemas.Valid("run", answer);
        Assert.Contains("perfmodel: posted offers Patch2011: Amended and Linux613 are left out\n", answer.Err, StringComparison.Ordinal);
        Assert.All(answer.Json.GetProperty("checks").EnumerateArray().SelectMany(check => check.GetProperty("failures").EnumerateArray()), failure => Assert.NotEqual(0, failure.GetProperty("defects").GetArrayLength()));
    }

    [Fact]
    public void Enumerate_finds_a_defect_too()
    {
        var answer = _cli.Run("enumerate", "--universe", "links", "--subject", "posted", "--json").Exits(1);
        Schemas.Valid("enumerate", answer);
        Assert.NotEqual(0, answer.Json.GetProperty("failures")[0].GetProperty("defects").GetArrayLength());
    }

    [Theory]
    [InlineData("run", "--subject", "posted", "--dialect", "Amended")]
    [InlineData("explore", "three-claims", "--subject", "posted", "--dialect", "Amended")]
    [InlineData("enumerate", "--subject", "posted", "--dialect", "Amended")]
    public void Another_dialect_is_refused_in_one_line(params string[] words)
    {
        _cli.Run(words).Complains("posted offers Patch2011, and not Amended: its constructor throws NotSupportedException");
    }
}
