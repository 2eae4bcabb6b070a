// The samples from outside: copied away, built as a user builds them, the one tested by the command, the other run as the test that it is.
using PerfModel.Conformance.Tests.Command;
using Xunit;

namespace PerfModel.Conformance.Tests.Child;

public sealed class SampleTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [LongFact]
    public void A_system_of_ones_own_conforms_and_with_a_mistake_does_not()
    {
        Copy("YourSubject");
        Dotnet("build", "YourSubject", "-o", "right");
        var right = _cli.Run("run", "--subject", "assembly:right/YourSubject.dll", "--profile", "core,concurrency", "--iterations", "400", "--json").Exits(0);
        Schemas.Valid("run", right);
        Assert.Equal("assembly:right/YourSubject.dll", right.Json.GetProperty("subject").GetString());
        Assert.All(right.Json.GetProperty("checks").EnumerateArray().Where(check => check.GetProperty("name").GetString() is not ("soak" or "schedules" or "enumeration")), check => Assert.Equal("pass", check.GetProperty("verdict").GetString()));

        Dotnet("build", "YourSubject", "-o", "wrong", "-p:Mistake=true");
        var wrong = _cli.Run("run", "--subject", "assembly:wrong/YourSubject.dll", "--profile", "core,concurrency", "--checks", "coyote", "--dialect", "Patch2011", "--iterations", "600").Exits(1);
        Assert.Contains("coyote, assembly:YourSubject.dll, Patch2011", wrong.Out, StringComparison.Ordinal);
        Assert.Contains("must be EBUSY   (2.5)", wrong.Out, StringComparison.Ordinal);
        var file = _cli.Saved("assembly-YourSubject-dll-coyote-Patch2011");
        Assert.Contains("violates: the saved schedule was run again, and this came of it", _cli.Replay(file).Exits(1).Out, StringComparison.Ordinal);
        Assert.Contains("forbids    A: ok | B: ok ", _cli.Run("explore", "setstarter-vs-setstarter", "--subject", "assembly:wrong/YourSubject.dll,YourSubject", "--iterations", "200").Exits(1).Out, StringComparison.Ordinal);
    }

    [LongFact]
    public void A_test_of_ones_own_finds_the_mistake_in_code_that_uses_the_library()
    {
        Copy("YourTest");
        Assert.Contains("Failed:     0, Passed:     2,", Dotnet("test", "YourTest").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void The_adapter_has_about_thirty_lines() =>
        Assert.InRange(File.ReadAllLines(Repository.PathOf("Conformance", "Samples", "YourSubject", "YourSubject.cs")).Count(line => line.TrimStart() is { Length: > 1 } code && !code.StartsWith("//", StringComparison.Ordinal)), 20, 35);

    private void Copy(string sample) => Outside.Copy(_cli, sample);

    private Answer Dotnet(string verb, string project, params string[] more) => Outside.Dotnet(_cli, [verb, project, "-c", Outside.Configuration, $"-p:PerfModel={Repository.Root}", "-nodeReuse:false", .. more]).Exits(0);
}
