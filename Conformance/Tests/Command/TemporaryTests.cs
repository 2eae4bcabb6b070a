// The temporary folder: where there is none one line says so, and what a killed process left is swept; a seed survives any reader of JSON; two signals at once are one.
using PerfModel.Conformance.Child;
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

public sealed class TemporaryTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Where_there_is_none_one_line_says_so() =>
        In("/nowhere/at/all", "run", "--subject", "wrong:busy-for-exists").Complains("cannot make a temporary folder in /nowhere/at/all/, which TMPDIR names: it does not exist");

    [Fact]
    public void It_is_said_before_any_check_has_run() =>
        In("/nowhere/at/all", "run", "--checks", "random,coyote").Complains("cannot make a temporary folder in /nowhere/at/all/, which TMPDIR names: it does not exist");

    [Fact]
    public void What_a_killed_process_left_is_swept()
    {
        var dead = Folder("perfmodel-dead");
        var living = Folder("perfmodel-living");
        var foreign = Directory.CreateDirectory(Path.Combine(_cli.Folder, "perfmodel-foreign")).FullName;
        using var held = new FileStream(Path.Combine(living, "alive"), FileMode.Open, FileAccess.Write, FileShare.None);
        In(_cli.Folder, "run", "--subject", "wrong:busy-for-exists", "--rule", "2.4").Exits(1);
        Assert.False(Directory.Exists(dead));
        Assert.True(Directory.Exists(living));
        Assert.True(Directory.Exists(foreign));
        Assert.Equal(2, Directory.GetDirectories(_cli.Folder, "perfmodel-*").Count(folder => !folder.EndsWith("failures", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_seed_is_what_any_reader_of_JSON_keeps()
    {
        _cli.Run("run", "--seed", "9007199254740992").Complains("--seed '9007199254740992': expected a whole number from 0 to 2^53-1");
        var answer = _cli.Run("run", "--subject", "locked", "--seed", "9007199254740991", "--checks", "random", "--iterations", "5", "--json").Exits(0);
        Assert.Equal(9007199254740991d, answer.Json.GetProperty("seed").GetDouble());
        Assert.Contains("9007199254740991", answer.Out, StringComparison.Ordinal);
    }

    [UnixFact]
    public void Two_signals_at_once_are_one()
    {
        var answer = _cli.RunInterrupted(2, "run", "--subject", "locked", "--checks", "random", "--iterations", "100000000", "--json").Exits(130);
        Assert.True(answer.Json.GetProperty("interrupted").GetBoolean());
    }

    private string Folder(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_cli.Folder, name)).FullName;
        File.WriteAllText(Path.Combine(folder, "alive"), "");
        return folder;
    }

    private Answer In(string temporary, params string[] arguments)
    {
        var start = DotnetHost.Exec(Cli.Assembly, arguments);
        start.Environment["TMPDIR"] = temporary;
        return _cli.Run(start, "");
    }
}
