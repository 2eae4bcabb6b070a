// The verb litmus on real threads. Alone in the machine as far as we can: beside other tests the threads hardly overlap, and then nothing is seen.
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

[Collection(nameof(Alone))]
public sealed class LitmusVerbTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("lockfree", "M23", 0)]
    [InlineData("locked", "two-claims", 0)]
    [InlineData("wrong:tests-then-claims", "two-claims", 1)]
    public void Litmus_counts_outcomes(string subject, string which, int code)
    {
        // A machine with much else to do may not let the threads meet, and says so: only then it is asked again.
        Answer Once(int seed) => _cli.Run("litmus", which, "--subject", subject, "--iterations", "200000", "--seed", $"{seed}", "--json");
        var answer = (Enumerable.Range(1, 11).Select(Once).FirstOrDefault(one => one.Code != 3 || one.Json.GetProperty("overlapped").GetBoolean()) ?? Once(12)).Exits(code);
        Schemas.Valid("litmus", answer);
        var tests = answer.Json.GetProperty("tests").EnumerateArray().ToList();
        Assert.All(tests, test => Assert.True(test.GetProperty("name").GetString() == which || test.GetProperty("rows").EnumerateArray().Any(row => row.GetString() == which)));
        Assert.Equal(code == 0 ? "conforms" : "violates", answer.Json.GetProperty("verdict").GetString());
    }

    [Fact]
    public void Litmus_of_one_iteration_shows_nothing()
    {
        var answer = _cli.Run("litmus", "two-claims", "--iterations", "1", "--json").Exits(3);
        Schemas.Valid("litmus", answer);
        Assert.False(answer.Json.GetProperty("overlapped").GetBoolean());
        Assert.Contains("Nothing shows that the threads overlapped", _cli.Run("litmus", "two-claims", "--iterations", "1").Exits(3).Out, StringComparison.Ordinal);
    }

    [LongFact]
    public void Litmus_tells_a_person_what_was_seen_and_why_it_may_not_be()
    {
        var page = _cli.Run("litmus", "M33", "--subject", "wrong:tests-then-claims", "--iterations", "200000").Exits(1).Out;
        foreach (var part in (string[])["two-claims: two triggers claim one slot (M29, M30, M33)", "  allowed    A: ok | B: EBUSY | after: ok p", "DOES NOT CONFORM", "rules in play: 2.5, 7.2", "both were told Ok; p's claim wiped out q's", "wrong:tests-then-claims violates: "])
            Assert.Contains(part, page, StringComparison.Ordinal);
    }
}
