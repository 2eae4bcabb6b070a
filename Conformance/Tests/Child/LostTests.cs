// A subject of the user's that throws, hangs, ends the process or takes all memory: a verdict of its own, in words that help, in time, and nothing lost that was found.
using System.Diagnostics;
using System.Text.Json;
using PerfModel.Conformance.Tests.Command;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests.Child;

public sealed class LostTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void It_throws_from_every_call()
    {
        var answer = Run("Throws", "throw new InvalidOperationException($\"call {calls}\");", "rules,random,coyote,stress");
        Assert.Contains("every example ends with an exception: Open threw InvalidOperationException: call ", Remark(answer, "rules"), StringComparison.Ordinal);
        foreach (var check in (string[])["rules", "random", "coyote", "stress"]) Assert.Equal("fail", Text(Check(answer, check), "verdict"));
        // One page for what a hundred examples say.
        var rules = Failures(answer, "rules");
        Assert.InRange(rules.Count, 2, 6 * Enum.GetValues<Dialect>().Length);
        Assert.All(rules, failure => Assert.Contains("threw InvalidOperationException: call", Text(failure, "page"), StringComparison.Ordinal));
        Assert.DoesNotContain(answer.Json.GetProperty("rules").EnumerateArray(), rule => Text(rule, "verdict") == "pass");
    }

    // What an adapter of a kernel's numbers may answer by mistake, and what nobody set.
    [LongTheory]
    [InlineData("Default", "default", "error 0")]
    [InlineData("Foreign", "Result.Of((Errno)12)", "error 12")]
    [InlineData("Nameless", "Result.Owner(new Instance(new Handle(int.MaxValue), 3))", "ok #2147483647")]
    public void It_answers_what_no_rule_knows(string name, string answer, string words)
    {
        var seen = Run(name, $"if (operation is Operation.Close) return {answer};", "rules,random,coyote,stress");
        foreach (var check in (string[])["rules", "random", "coyote", "stress"])
        {
            Assert.Equal("fail", Text(Check(seen, check), "verdict"));
            var failure = Failures(seen, check).First(failure => Text(failure, "page").Contains("Close(", StringComparison.Ordinal));
            Assert.Contains(words, Text(failure, "page"), StringComparison.Ordinal);
            Assert.Contains(words, _cli.Replay(Text(failure, "file")).Exits(1).Out, StringComparison.Ordinal);
        }

        Assert.Contains(words, _cli.Run("explore", "close-vs-overflow", "--subject", $"assembly:{name}.dll", "--iterations", "20").Exits(1).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void What_threads_threw_comes_again()
    {
        var answer = Run("Samples", "if (operation is Operation.SamplesOf) throw new FormatException(\"no sample\");", "stress");
        foreach (var failure in Failures(answer, "stress"))
        {
            var replay = _cli.Replay(Text(failure, "file")).Exits(1).Out;
            Assert.Contains("FormatException: no sample", replay, StringComparison.Ordinal);
            Assert.Contains("the program was run again on real threads, 20,000 rounds at most", replay, StringComparison.Ordinal);
        }
    }

    [LongTheory]
    [InlineData("Verbose", "throw new FormatException(new string('x', 200_000));", "FormatException: xxxxxxxx")]
    [InlineData("Mute", "throw new Speechless();", "Speechless: (its message threw NotSupportedException)")]
    public void It_throws_what_nobody_can_print(string name, string lines, string words)
    {
        Fixture.Compile(_cli.Folder, name, Fixture.Subject($"if (operation is Operation.Overflow) {lines}") + "public sealed class Speechless : Exception { public override string Message => throw new NotSupportedException(); }");
        var seen = _cli.Run("run", "--subject", $"assembly:{name}.dll,Mine", "--checks", "rules,random,coyote,stress", "--iterations", "300", "--json").Exits(1);
        Schemas.Valid("run", seen);
        foreach (var check in (string[])["rules", "random", "coyote", "stress"])
        {
            var page = Text(Failures(seen, check)[0], "page");
            Assert.Contains(words, System.Text.RegularExpressions.Regex.Replace(page, @"\s+", " "), StringComparison.Ordinal);
            Assert.InRange(page.Length, 1, 8_000);
        }

        var replay = _cli.Replay(Text(Failures(seen, "coyote")[0], "file")).Exits(1).Out;
        Assert.Contains("violates: the saved schedule was run again", replay, StringComparison.Ordinal);
    }

    [LongFact]
    public void It_does_not_return()
    {
        var answer = Run("Hangs", "if (operation is Operation.Overflow) while (true) { }", "rules,random,coyote,stress");
        foreach (var check in (string[])["rules", "random", "stress"])
        {
            Assert.Contains("Overflow(", Remark(answer, check), StringComparison.Ordinal);
            Assert.Contains(" did not return within ", Remark(answer, check), StringComparison.Ordinal);
        }

        var failure = Failures(answer, "rules")[0];
        Assert.Contains("did not return within 1 s   X  must be ", Text(failure, "page"), StringComparison.Ordinal);
        Assert.Contains(Failures(answer, "coyote"), one => Text(one, "page").Contains("hang : ", StringComparison.Ordinal));
        Assert.Contains(Failures(answer, "stress"), one => Text(one, "page").Contains("did not return", StringComparison.Ordinal));
        // What had run before stays: some examples passed, and rules that they speak for.
        Assert.True(Check(answer, "rules").GetProperty("iterations").GetInt64() > 1);

        var replay = _cli.Replay(Text(failure, "file"), "--patience", "1", "--json").Exits(1);
        Schemas.Valid("replay", replay);
        Assert.Contains("did not return within 1 s", Text(replay.Json, "page"), StringComparison.Ordinal);
        _cli.Replay(Text(Failures(answer, "random")[0], "file"), "--patience", "1").Exits(1);
    }

    [LongTheory]
    [InlineData("Exits", "Environment.Exit(0);", "ended the process with exit code 0", true)]
    [InlineData("Fails", "Environment.FailFast(\"enough\");", "ended the process: Process terminated. enough")]
    [InlineData("Overflows", "return Apply(operation) == Result.Ok ? Result.Ok : Apply(operation);", "ended the process: Stack overflow. at Mine.Apply(")]
    [InlineData("Segfaults", "unsafe { *(byte*)0x123456789 = 1; }", "ended the process: Fatal error. System.AccessViolationException")]
    public void It_ends_the_process(string name, string line, string words, bool everywhere = false)
    {
        var answer = Run(name, $"if (operation is Operation.SetLink) {{ {line} }}", everywhere ? "rules,random,coyote,stress" : "random");
        Assert.Contains("Set", Remark(answer, "random"), StringComparison.Ordinal);
        Assert.Contains(words, Remark(answer, "random"), StringComparison.Ordinal);
        var failure = Failures(answer, "random")[0];
        Assert.Contains("ended the process", Text(failure, "page"), StringComparison.Ordinal);
        Assert.Contains("ended the process", _cli.Replay(Text(failure, "file")).Exits(1).Out, StringComparison.Ordinal);
        if (!everywhere) return;
        foreach (var check in (string[])["rules", "coyote", "stress"]) Assert.NotEmpty(Failures(answer, check));
    }

    [Fact]
    public void A_thread_of_its_own_ends_the_process()
    {
        var answer = Run("Threads", "if (calls == 50) { var thread = new Thread(() => throw new FormatException(\"behind your back\")); thread.Start(); thread.Join(); }", "rules");
        Assert.Contains("ended the process: Unhandled exception. System.FormatException: behind your back", Remark(answer, "rules"), StringComparison.Ordinal);
        Assert.Contains(answer.Json.GetProperty("rules").EnumerateArray(), rule => Text(rule, "verdict") == "pass");
    }

    [LongTheory]
    [InlineData("Takes", "if (operation is Operation.Disable) { var all = new List<byte[]>(); while (true) all.Add(new byte[1 << 20]); }", "Disable(")]
    [InlineData("Leaks", "s_all.Add(new byte[1 << 18]);", "(")]
    [InlineData("TakesNative", "if (operation is Operation.Disable) while (true) { var at = System.Runtime.InteropServices.Marshal.AllocHGlobal(1 << 20); for (var i = 0; i < 1 << 20; i += 4096) System.Runtime.InteropServices.Marshal.WriteByte(at, i, 1); }", "Disable(")]
    public void It_allocates_without_end(string name, string lines, string where)
    {
        var source = Fixture.Subject(lines).Replace("private static int s_calls;", "private static int s_calls; private static readonly List<byte[]> s_all = [];", StringComparison.Ordinal);
        Fixture.Compile(_cli.Folder, name, source);
        var answer = _cli.Run("run", "--subject", $"assembly:{name}.dll", "--memory", "192", "--checks", "rules,random", "--json").Exits(1);
        Schemas.Valid("run", answer);
        Assert.Contains("allocates without end: ", Remark(answer, "random"), StringComparison.Ordinal);
        Assert.Contains(" MiB", Remark(answer, "random"), StringComparison.Ordinal);
        Assert.Contains(where, Remark(answer, "random"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_found_before_is_kept()
    {
        // Wrong, and soon afterwards gone: both are told, and the checks after that still run.
        var answer = Run("WrongThenGone", "if (calls == 2000) Environment.Exit(3); if (operation is Operation.SetLink { Role: Role.Stopper } link && link.Trigger == link.Target) return Result.Of(Errno.EINVAL);", "rules,random");
        Assert.Contains("ended the process with exit code 3", Remark(answer, "rules"), StringComparison.Ordinal);
        var pages = Failures(answer, "rules").Select(failure => Text(failure, "page")).ToList();
        Assert.Contains(pages, page => page.Contains("X  must be ok   (2.", StringComparison.Ordinal));
        Assert.Contains(pages, page => page.Contains("ended the process", StringComparison.Ordinal));
        Assert.Contains(Failures(answer, "random"), failure => Text(failure, "page").Contains("EINVAL   X  must be ok", StringComparison.Ordinal));
    }

    [LongFact]
    public void It_prints_and_reads_what_it_likes()
    {
        Fixture.Compile(_cli.Folder, "Prints", Fixture.Subject("if (calls < 20000) { Console.WriteLine(\"{\\\"reply\\\":\\\"done\\\"}\"); Console.Error.Write('e'); if (Console.ReadLine() is not null) throw new Exception(); if (calls % 100 == 0) { using var raw = Console.OpenStandardOutput(); raw.Write(\"\\u0001perfmodel {\\nno end\"u8); } }"));
        var answer = _cli.Run("run", "--subject", "assembly:Prints.dll", "--checks", "rules,random,stress", "--iterations", "300", "--json").Exits(0);
        Schemas.Valid("run", answer);
    }

    [LongFact]
    public void A_lock_that_Coyote_does_not_see_is_no_failure()
    {
        Fixture.Compile(_cli.Folder, "Locks", """
            public sealed class Mine(Declaration declaration) : ISubject
            {
                private readonly Lock _lock = new();
                private readonly ModelSubject _right = new(declaration);
                private int _calls;
                public Result Apply(Operation operation) { lock (_lock) { Volatile.Write(ref _calls, Volatile.Read(ref _calls) + 1); return _right.Apply(operation); } }
            }
            """);
        var answer = _cli.Run("run", "--subject", "assembly:Locks.dll", "--patience", "1", "--checks", "coyote", "--iterations", "400", "--json").Exits(3);
        Assert.Equal("Locks.dll uses System.Threading.Lock, which Coyote does not control; with lock (object) its schedules can be explored", Remark(answer, "coyote"));
    }

    [Fact]
    public void A_hundred_failures_are_not_a_hundred_pages()
    {
        Fixture.Compile(_cli.Folder, "Nothing", "public sealed class Mine : ISubject { public Mine(Declaration declaration) { } public Result Apply(Operation operation) => Result.Ok; }");
        var page = _cli.Run("run", "--subject", "assembly:Nothing.dll", "--checks", "rules").Exits(1).Out;
        Assert.Equal(10, page.Split("DOES NOT CONFORM").Length - 1);
        Assert.Matches(@"(?m)^and \d{2,3} more of rules: 10 of them saved in perfmodel-failures, \d{2,3} not saved$", page);
        Assert.Equal(20, Directory.GetFiles(Path.Combine(_cli.Folder, "perfmodel-failures")).Length);
    }

    [LongFact]
    public void A_person_reads_what_became_of_it()
    {
        Fixture.Compile(_cli.Folder, "Hangs", Fixture.Subject("if (operation is Operation.Close) Thread.Sleep(-1);"));
        var page = _cli.Run("run", "--subject", "assembly:Hangs.dll", "--patience", "1", "--checks", "rules", "--dialect", "Amended").Exits(1).Out;
        Assert.Contains("did not return within 1 s   X  must be ", page, StringComparison.Ordinal);
        Assert.Contains("assembly:Hangs.dll violates: rules ", page, StringComparison.Ordinal);
        Assert.Contains("perfmodel replay perfmodel-failures", page, StringComparison.Ordinal);
    }

    [LongFact]
    public void Explore_tells_of_a_hang_and_of_a_crash()
    {
        Fixture.Compile(_cli.Folder, "Hangs", Fixture.Subject("if (operation is Operation.SetLink) while (true) { }"));
        var hang = _cli.Run("explore", "setstarter-vs-setstarter", "--subject", "assembly:Hangs.dll", "--patience", "1", "--json").Exits(1);
        Schemas.Valid("explore", hang);
        Assert.Contains("hang : ", Text(hang.Json.GetProperty("failures")[0], "page"), StringComparison.Ordinal);

        Fixture.Compile(_cli.Folder, "Crashes", Fixture.Subject("if (operation is Operation.SetLink) Deeper(1);").Replace("public Result", "private static int Deeper(int depth) => Deeper(depth + 1) + depth; public Result", StringComparison.Ordinal));
        var crash = _cli.Run("explore", "setstarter-vs-setstarter", "--subject", "assembly:Crashes.dll", "--json").Exits(1);
        var page = System.Text.RegularExpressions.Regex.Replace(Text(crash.Json.GetProperty("failures")[0], "page"), "\\s+", " ");
        Assert.Matches("crashed : thread [AB]: SetStarter.* ended the process: Stack overflow\\. at Mine\\.Deeper\\(", page);
        Assert.Contains("explored again", _cli.Replay(Text(crash.Json.GetProperty("failures")[0], "file")).Exits(1).Out, StringComparison.Ordinal);
    }

    [LongFact]
    public void A_soak_knows_the_call_too()
    {
        Fixture.Compile(_cli.Folder, "Hangs", Fixture.Subject("if (calls > 500 && operation is Operation.SetLink) Thread.Sleep(-1);"));
        var answer = _cli.Run("run", "--subject", "assembly:Hangs.dll", "--patience", "2", "--dialect", "Amended", "--checks", "soak", "--iterations", "1", "--json").Exits(1);
        Assert.Matches("^Set(Starter|Stopper)\\(.*\\) did not return within 2 s$", Remark(answer, "soak"));
    }

    [UnixFact]
    public void Ctrl_C_ends_what_does_not_return()
    {
        Fixture.Compile(_cli.Folder, "Hangs", Fixture.Subject("if (calls == 3000) { Console.Error.WriteLine(); Thread.Sleep(-1); }"));
        var clock = Stopwatch.StartNew();
        var answer = _cli.RunInterrupted("run", "--subject", "assembly:Hangs.dll", "--patience", "600", "--checks", "rules,random", "--json").Exits(130);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        Assert.True(answer.Json.GetProperty("interrupted").GetBoolean());
        Schemas.Valid("run", answer);
    }

    private Answer Run(string name, string lines, string checks)
    {
        Fixture.Compile(_cli.Folder, name, Fixture.Subject(lines));
        var answer = _cli.Run("run", "--subject", $"assembly:{name}.dll", "--patience", "1", "--checks", checks, "--iterations", "300", "--json").Exits(1);
        Schemas.Valid("run", answer);
        return answer;
    }

    private static IEnumerable<JsonElement> Checks(Answer answer) => answer.Json.GetProperty("checks").EnumerateArray();

    private static JsonElement Check(Answer answer, string name) => Checks(answer).Single(check => Text(check, "name") == name);

    private static string Remark(Answer answer, string check) => Check(answer, check).GetProperty("remark").GetString() ?? "";

    private static List<JsonElement> Failures(Answer answer, string check) => [.. Check(answer, check).GetProperty("failures").EnumerateArray()];

    private static string Text(JsonElement element, string member) => element.GetProperty(member).GetString()!;
}
