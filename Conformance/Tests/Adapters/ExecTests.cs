// run --subject exec: on adapters that conform, that are wrong, that break the protocol, and that take the process with them.
using System.Text.Json;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Tests.Command;
using Xunit;

namespace PerfModel.Conformance.Tests.Adapters;

public sealed class ExecTests : IDisposable
{
    private const string Few = "200";

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [LongFact]
    public void Ours_conforms_over_the_wire()
    {
        var checks = Run(Served("lockfree"), "--iterations", Few).Exits(0).Json.GetProperty("checks").EnumerateArray().ToDictionary(check => Text(check, "name"));
        Assert.All((string[])["rules", "random", "stress"], check => Assert.Equal("pass", Text(checks[check], "verdict")));
        Assert.Equal("its accesses to shared state do not come to our scheduler", Text(checks["schedules"], "remark"));
        Assert.Equal("it is no assembly of .NET, which Coyote rewrites", Text(checks["coyote"], "remark"));
        // One that only offers a dialect.
        Assert.Contains("offers Patch2011: Amended and Linux613 are left out", Run(Served("posted"), "--rule", "1.8").Err, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_answer_is_shrunk_and_replays_if_the_user_names_the_command_again()
    {
        var answer = Run(Served("posted"), "--checks", "random", "--iterations", "2000").Exits(1);
        Schemas.Valid("run", answer);
        var failure = answer.Json.GetProperty("checks").EnumerateArray().SelectMany(check => check.GetProperty("failures").EnumerateArray()).First();
        var file = Text(failure, "file");
        Assert.True(_cli.Read(file).Split('\n').Length < 15, _cli.Read(file));
        Assert.Contains($"perfmodel replay {file} --subject '{Served("posted").Replace("'", "'\\''", StringComparison.Ordinal)}'", Text(failure, "replay"), StringComparison.Ordinal);
        _cli.Run("replay", file).Complains("that runs with your rights, and only if you name it too: --subject ");
        Assert.Contains("violates: the saved sequence was run again", _cli.Replay(file).Exits(1).Out, StringComparison.Ordinal);
        Assert.Contains("conforms", _cli.Run("replay", file, "--subject", Served("lockfree")).Exits(0).Out, StringComparison.Ordinal);
    }

    [ToolTheory(Shipped.Python)]
    [InlineData("hello-ends", "no handshake with python3 ")]
    [InlineData("hello-2", "hello was answered by protocol 2, and this suite speaks 1")]
    [InlineData("hello-silent", "hello was not answered within 1 s")]
    public void Without_a_handshake_nothing_runs(string mode, string words) =>
        _cli.Run("run", "--subject", $"exec:{Shipped.Hostile(mode)}", "--patience", "1").Complains(words);

    // The same call ends it twice: a failure, at the call, whatever stood with it in one message. All that was found before is there.
    [ToolTheory(Shipped.Python, Long = true)]
    [InlineData("silent", "did not return within 1 s")]
    [InlineData("stops", "did not return within 1 s")]
    [InlineData("closes-stdin", "did not return within 1 s")]
    [InlineData("raises", "was not answered: the adapter ended with exit code 1: ValueError: no such handle?[31m")]
    [InlineData("crashes", "was not answered: a signal ended the adapter, 11")]
    [InlineData("prints", "was answered by a line that is no JSON: 'closing...': standard output is the wire's, and standard error is free")]
    [InlineData("endless", "was answered by 4 MiB without the end of a line: 'xxxx")]
    [InlineData("again", "was request ")]
    [InlineData("allocates", "allocates without end: ")]
    public void Whoever_breaks_at_a_call_fails_there(string mode, string words)
    {
        var check = Failed(Run($"exec:{Shipped.Hostile(mode)}", "--checks", "rules", "--dialect", "Amended", "--patience", "1", "--memory", "300").Exits(1));
        var failures = check.GetProperty("failures").EnumerateArray().ToList();
        Assert.InRange(failures.Count, 1, 3);
        Assert.All(failures, failure => Assert.Contains($"Close({(Text(failure, "page").Contains("Close(-1)", StringComparison.Ordinal) ? "-1" : Called(failure))})", Text(failure, "page"), StringComparison.Ordinal));
        Assert.Contains(words, Text(check, "remark"), StringComparison.Ordinal);
        Assert.True(check.GetProperty("iterations").GetInt64() > failures.Count);
        Assert.Equal("", Processes());
    }

    [ToolFact(Shipped.Python, Long = true)]
    public void What_it_leaves_behind_is_ended_too()
    {
        Run($"exec:{Shipped.Hostile("leaves-children")}", "--checks", "rules", "--dialect", "Amended", "--patience", "8").Exits(1);
        Assert.Equal("", Processes());
    }

    [ToolTheory(Shipped.Python, Long = true)]
    [InlineData("silent-once")]
    [InlineData("killed-once")]
    public void What_does_not_come_again_is_unknown(string mode)
    {
        var answer = Run($"exec:{Shipped.Hostile(mode)}", "--checks", "rules", "--dialect", "Amended", "--patience", "1").Exits(3);
        Assert.Equal("inconclusive", Text(answer.Json, "verdict"));
        Assert.Contains("and not when it was run again", Text(answer.Json.GetProperty("checks")[0], "remark"), StringComparison.Ordinal);
    }

    [ToolFact(Shipped.Python, Long = true)]
    public void A_lie_about_a_round_is_a_failure()
    {
        var check = Failed(Run($"exec:{Shipped.Hostile("returns-first")}", "--checks", "stress", "--dialect", "Amended", "--iterations", Few).Exits(1));
        Assert.Contains("the program of threads was answered by a lie: thread A returned from ", Text(check, "remark"), StringComparison.Ordinal);
    }

    [ToolFact(Shipped.Python, Long = true)]
    public void What_is_skipped_was_not_checked()
    {
        var answer = Run($"exec:{Shipped.Hostile("skips")}", "--checks", "rules,random", "--iterations", Few).Exits(3);
        Assert.Equal("partial", Text(answer.Json, "verdict"));
        Assert.Equal("not-run", Text(answer.Json.GetProperty("rules").EnumerateArray().Single(rule => Text(rule, "id") == "1.8"), "verdict"));
        Assert.StartsWith("skipped Close: there is no Close", Text(answer.Json.GetProperty("checks")[0], "remark"), StringComparison.Ordinal);
    }

    [ToolFact(Shipped.Python, Long = true)]
    public void A_profile_that_it_does_not_claim_is_left_out_or_refused()
    {
        var subject = $"exec:{Shipped.Hostile("single")}";
        Assert.Contains("claims core and inheritance: concurrency is left out", Run(subject, "--rule", "1.8").Exits(0).Err, StringComparison.Ordinal);
        _cli.Run("run", "--subject", subject, "--profile", "core,concurrency").Complains("claims core and inheritance, and not concurrency");
    }

    [ToolFact(Shipped.Python, Long = true)]
    public void Whoever_fills_stderr_or_is_slow_is_not_wrong()
    {
        foreach (var mode in (string[])["chatters", "slow"]) Run($"exec:{Shipped.Hostile(mode)}", "--rule", "1.8").Exits(0);
    }

    private static string Served(string subject) => $"exec:'{DotnetHost.Path}' exec '{Cli.Assembly}' adapter serve --subject {subject}";

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static JsonElement Failed(Answer answer) => answer.Json.GetProperty("checks").EnumerateArray().Single(check => Text(check, "verdict") == "fail");

    private static string Called(JsonElement failure) => Text(failure, "page").Split("Close(")[1].Split(')')[0];

    private Answer Run(string subject, params string[] more) => _cli.Run(["run", "--subject", subject, "--json", .. more]);

    // The adapters of this test that are still there, and what they left: their working folder is its own.
    private string Processes() => string.Join("; ",
        Directory.EnumerateDirectories("/proc").Where(process => char.IsAsciiDigit(Path.GetFileName(process)[0]) && Folder(process) == _cli.Folder).Select(process => File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ')));

    private static string? Folder(string process)
    {
        try
        {
            return new FileInfo(Path.Combine(process, "cwd")).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
