// What the clock, the memory, a signal or the rewriter did is no failure of the subject's; what the subject does twice is.
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Tests.Command;
using Xunit;

namespace PerfModel.Conformance.Tests.Child;

public sealed class FalseAlarmTests : SubjectTests
{
    [UnixTheory]
    [InlineData("Signal(OperatingSystem.IsMacOS() ? 17 : 19);", "did not return within 1 s")]
    [LongInlineData("Signal(9);", "ended the process with exit code 137")]
    [LongInlineData("Signal(15);", "ended the process with exit code 143")]
    public void What_does_not_come_again_is_unknown_and_what_does_is_a_failure(string lines, string words)
    {
        Compile("Once", $"if (operation is Operation.Close && First()) {lines}");
        var once = Cli.Run("run", "--subject", "assembly:Once.dll", "--patience", "1", "--dialect", "Amended", "--checks", "rules", "--json").Exits(3);
        Assert.Matches($"^Close\\(.*\\) {words}, and not when it was run again: ", Remark(once, "rules"));
        Assert.Empty(Failures(once));

        Compile("Always", $"if (operation is Operation.Close) {lines}");
        var always = Cli.Run("run", "--subject", "assembly:Always.dll", "--patience", "1", "--dialect", "Amended", "--checks", "rules", "--json").Exits(1);
        Assert.Contains($") {words}", Remark(always, "rules"), StringComparison.Ordinal);
        Assert.Equal(3, Failures(always).Count);
    }

    [UnixTheory]
    // Coyote is given twenty times the patience of a call.
    [LongInlineData("Signal(OperatingSystem.IsMacOS() ? 17 : 19);", "did not return within ")]
    [LongInlineData("Signal(9);", "ended the process with exit code 137")]
    public void The_same_under_explore(string lines, string words)
    {
        Compile("Once", $"if (operation is Operation.Close && First()) {lines}");
        var once = Explore("Once", 3);
        Assert.Contains(words, once.Json.GetProperty("remark").GetString(), StringComparison.Ordinal);
        Assert.Contains("and not when it was run again: ", once.Json.GetProperty("remark").GetString(), StringComparison.Ordinal);

        Compile("Always", $"if (operation is Operation.Close) {lines}");
        Assert.Contains($": Close(e) {words}", Page(Explore("Always", 1)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Environment.Exit(5);", ": Close(e) ended the process with exit code 5")]
    [LongInlineData("Environment.FailFast(\"enough\");", ": Close(e) ended the process: Process terminated. enough")]
    [LongInlineData("Deeper(1);", ": Close(e) ended the process: Stack overflow. at Mine.Deeper(")]
    [LongInlineData("Thread.Sleep(600_000);", "hang : no thread came to a scheduling point")]
    [LongInlineData("Thread.Sleep(TimeSpan.FromMinutes(10));", "hang : no thread came to a scheduling point")]
    [LongInlineData("System.Threading.Tasks.Task.Delay(600_000, default).Wait();", "hang : no thread came to a scheduling point")]
    [LongInlineData("if (operation is not null) System.Threading.Tasks.Task.Delay(TimeSpan.FromMinutes(10), new CancellationToken()).Wait();", "hang : no thread came to a scheduling point")]
    [LongInlineData("while (true) { var at = System.Runtime.InteropServices.Marshal.AllocHGlobal(1 << 20); for (var i = 0; i < 1 << 20; i += 4096) System.Runtime.InteropServices.Marshal.WriteByte(at, i, 1); }", ": Close(e) allocates without end: ")]
    public void What_does_not_come_back_has_a_page_that_names_the_call(string lines, string words)
    {
        Compile("Lost", $"if (operation is Operation.Close) {{ {lines} }}");
        // To take much memory takes a while on a busy machine; a sleep is known for what it is in no time.
        var page = Page(Explore("Lost", 1, patience: lines.Contains("Alloc", StringComparison.Ordinal) ? "60" : "1"));
        Assert.True(page.Contains(words, StringComparison.Ordinal), page);
    }

    // Minutes of silence cannot be waited for here: what is said of them can be looked at.
    [Fact]
    public void A_child_that_fell_silent_is_the_machines_affair() =>
        Assert.Equal("the child gave no sign of life for 5 minutes: the machine stood still, or has no memory to spare",
            new Death(DeathCause.Silent, "gave no sign of life for 5 minutes", [], "", null, default).Doubt);

    [LongFact]
    public void A_sleep_shorter_than_patience_is_a_step()
    {
        // So many that what counts them is more than a short branch jumps over.
        Compile("Naps", $"if (operation is Operation.Close) {{ {string.Concat(Enumerable.Repeat("Thread.Sleep(1);", 14))} }}");
        Explore("Naps", 0);
    }

    [Fact]
    public void A_wrong_answer_that_does_not_come_again_is_unknown()
    {
        Compile("Once", "if (calls > 500 && operation is Operation.Close && First()) return Result.Of(Errno.EBUSY);");
        var answer = Cli.Run("run", "--subject", "assembly:Once.dll", "--dialect", "Amended", "--checks", "random", "--iterations", "300", "--json").Exits(3);
        Assert.Matches("Close\\(.*\\) was answered wrongly once, and not when the sequence was run again", Remark(answer, "random"));
        Assert.Empty(Failures(answer));
    }

    [LongFact]
    public void Each_dialect_has_its_deaths()
    {
        Compile("Exits", "if (operation is Operation.Close) Environment.Exit(4);");
        var failures = Failures(Cli.Run("run", "--subject", "assembly:Exits.dll", "--checks", "rules", "--json").Exits(1));
        foreach (var dialect in (string[])["Patch2011", "Amended"]) Assert.Equal(3, failures.Count(failure => failure.GetProperty("dialect").GetString() == dialect));
    }
}
