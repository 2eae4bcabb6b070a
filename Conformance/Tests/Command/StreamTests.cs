// Standard streams that are closed or full, and what is saved: nothing of it costs the verdict, and no finding another's file.
using System.Diagnostics;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Tests.Child;
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

public sealed class StreamTests : IDisposable
{
    private readonly Cli _cli = new();

    private string[] Saved => Directory.GetFiles(Path.Combine(_cli.Folder, "perfmodel-failures"));

    public void Dispose() => _cli.Dispose();

    [DeviceTheory("/dev/full")]
    [InlineData("2>/dev/full")]
    [InlineData("2>&-")]
    public void A_stderr_that_cannot_be_written_costs_nothing(string redirected)
    {
        var run = Shell($"run --subject wrong:busy-for-exists --checks rules {redirected}").Exits(1);
        Assert.Contains("\nDOES NOT CONFORM", "\n" + run.Out, StringComparison.Ordinal);
        Assert.Contains("\nwrong:busy-for-exists violates: ", run.Out, StringComparison.Ordinal);
        Assert.Equal("", Shell($"nope {redirected}").Exits(2).Out);
    }

    [DeviceTheory("/dev/full")]
    [InlineData(">&-")]
    [InlineData(">/dev/full")]
    public void A_stdout_that_cannot_be_written_is_one_line(string redirected)
    {
        Shell($"subjects {redirected}").Complains("cannot write standard output: ");
        // Beside it stands a line of progress, if the machine is slow.
        var answer = Shell($"run --rule 2.4 --json {redirected}").Exits(2);
        Assert.Contains("cannot write standard output: ", Assert.Single(answer.Complaints), StringComparison.Ordinal);
        Assert.Equal("", answer.Out);
    }

    [UnixFact]
    public void A_stdin_that_is_closed_is_one_line()
    {
        Shell("eval - <&-").Complains("cannot read standard input: it is closed");
        Shell("replay - <&-").Complains("cannot read standard input: it is closed");
    }

    [Fact]
    public void A_later_finding_takes_no_earlier_ones_file()
    {
        string[] overflow = ["explore", "setstopper-vs-overflow", "--strategy", "exhaustive", "--subject", "wrong:claims-before-publishing"];
        _cli.Run(overflow).Exits(1);
        var one = Assert.Single(Saved);
        var text = File.ReadAllText(one);
        // The same again is the same file; another scenario of the same subject, dialect and check is another.
        _cli.Run(overflow).Exits(1);
        Assert.Equal(one, Assert.Single(Saved));
        overflow[1] = "setstopper-twice-vs-overflow";
        _cli.Run(overflow).Exits(1);
        Assert.Equal(2, Saved.Length);
        Assert.Equal(text, File.ReadAllText(one));
    }

    [Fact]
    public void Of_a_subject_that_is_wrong_all_over_some_are_saved_and_the_rest_counted()
    {
        const int Most = FailureFolder.MostOfACheck;
        var subject = "assembly:" + Fixture.Compile(_cli.Folder, "WrongAllOver", Fixture.Subject("if (calls % 2 == 0) return Result.Of(Errno.EMFILE);"));
        var run = _cli.Run("run", "--subject", subject, "--checks", "rules", "--json").Exits(1);
        var failures = run.Json.GetProperty("checks")[0].GetProperty("failures").EnumerateArray().Select(failure => failure.GetProperty("file").GetString()).ToList();
        Assert.InRange(failures.Count, Most + 1, int.MaxValue);
        Assert.Equal(Most, failures.Count(file => file is not null));
        Assert.Equal(Most, Saved.Length);
        Assert.Contains($"of them saved in perfmodel-failures, {failures.Count - Most} not saved\n", _cli.Run("run", "--subject", subject, "--checks", "rules").Exits(1).Out, StringComparison.Ordinal);
    }

    private Answer Shell(string arguments) =>
        _cli.Run(new ProcessStartInfo("/bin/sh", ["-c", $"\"{DotnetHost.Path}\" exec \"{Cli.Assembly}\" {arguments}"]) { UseShellExecute = false }, "");
}
