// What the clock, the memory, a signal or the rewriter did is no failure of the subject's; what the subject does twice is.
using System.Text.Json;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Tests.Command;
using Xunit;

namespace PerfModel.Conformance.Tests.Child;

public sealed class FalseAlarmTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [UnixTheory]
    [InlineData("Signal(OperatingSystem.IsMacOS() ? 17 : 19);", "did not return within 1 s")]
    [InlineData("Signal(9);", "ended the process with exit code 137")]
    [LongInlineData("Signal(15);", "ended the process with exit code 143")]
    public void What_does_not_come_again_is_unknown_and_what_does_is_a_failure(string lines, string words)
    {
        Compile("Once", $"if (operation is Operation.Close && First()) {lines}");
        var once = _cli.Run("run", "--subject", "assembly:Once.dll", "--patience", "1", "--dialect", "Amended", "--checks", "rules", "--json").Exits(3);
        Assert.Matches($"^Close\\(.*\\) {words}, and not when it was run again: ", Remark(once, "rules"));
        Assert.Empty(Failures(once));

        Compile("Always", $"if (operation is Operation.Close) {lines}");
        var always = _cli.Run("run", "--subject", "assembly:Always.dll", "--patience", "1", "--dialect", "Amended", "--checks", "rules", "--json").Exits(1);
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
    [InlineData("Deeper(1);", ": Close(e) ended the process: Stack overflow. at Mine.Deeper(")]
    [LongInlineData("Thread.Sleep(600_000);", "hang : no thread came to a scheduling point")]
    [InlineData("Thread.Sleep(TimeSpan.FromMinutes(10));", "hang : no thread came to a scheduling point")]
    [LongInlineData("System.Threading.Tasks.Task.Delay(600_000, default).Wait();", "hang : no thread came to a scheduling point")]
    [LongInlineData("if (operation is not null) System.Threading.Tasks.Task.Delay(TimeSpan.FromMinutes(10), new CancellationToken()).Wait();", "hang : no thread came to a scheduling point")]
    [InlineData("while (true) { var at = System.Runtime.InteropServices.Marshal.AllocHGlobal(1 << 20); for (var i = 0; i < 1 << 20; i += 4096) System.Runtime.InteropServices.Marshal.WriteByte(at, i, 1); }", ": Close(e) allocates without end: ")]
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

    [Fact]
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
        var answer = _cli.Run("run", "--subject", "assembly:Once.dll", "--dialect", "Amended", "--checks", "random", "--iterations", "300", "--json").Exits(3);
        Assert.Matches("Close\\(.*\\) was answered wrongly once, and not when the sequence was run again", Remark(answer, "random"));
        Assert.Empty(Failures(answer));
    }

    [Theory]
    [LongInlineData("while (Interlocked.CompareExchange(ref _held, 1, 0) != 0) Thread.Yield();")]
    [LongInlineData("var spin = new SpinWait(); while (Interlocked.CompareExchange(ref _held, 1, 0) != 0) spin.SpinOnce();")]
    [LongInlineData("while (Interlocked.CompareExchange(ref _held, 1, 0) != 0) while (Volatile.Read(ref _held) != 0) { }")]
    [InlineData("while (Interlocked.CompareExchange(ref _held, 1, 0) != 0) while (_held != 0) { Thread.SpinWait(1); }")]
    public void A_lock_of_ones_own_conforms(string enter)
    {
        Compile("Spins", "", Locked("private int _held;", enter, "Volatile.Write(ref _held, 0);"));
        _cli.Run("run", "--subject", "assembly:Spins.dll", "--checks", "rules,random,coyote,stress", "--iterations", "100").Exits(0);
        Explore("Spins", 0);
    }

    // Right, each of them; and none looks so under Coyote. That another class of the assembly uses one makes nobody else suspect.
    [Theory]
    [InlineData("AutoReset", "private readonly AutoResetEvent _free = new(true);", "_free.WaitOne();", "_free.Set();", "uses System.Threading.AutoResetEvent, which Coyote gets wrong", 400)]
    [LongInlineData("Handle", "private readonly EventWaitHandle _free = new(true, EventResetMode.AutoReset);", "_free.WaitOne();", "_free.Set();", "uses System.Threading.EventWaitHandle, which Coyote gets wrong", 400)]
    [InlineData("Timed", "private readonly object _lock = new();", "while (!Monitor.TryEnter(_lock, 1)) { }", "Monitor.Exit(_lock);", "uses Monitor.TryEnter with a time limit, which Coyote gets wrong", 20)]
    [InlineData("Queued", "private readonly System.Collections.Concurrent.BlockingCollection<int> _free = new() { 1 };", "_free.Take();", "_free.Add(1);", "uses System.Collections.Concurrent.BlockingCollection, which Coyote does not control", 20)]
    [LongInlineData("Channel", "private readonly System.Threading.Channels.Channel<int> _free = Free(); private static System.Threading.Channels.Channel<int> Free() { var made = System.Threading.Channels.Channel.CreateUnbounded<int>(); made.Writer.TryWrite(1); return made; }", "_free.Reader.ReadAsync().AsTask().Wait();", "_free.Writer.TryWrite(1);", null, 20)]
    public void A_lock_that_Coyote_gets_wrong_is_never_wrong(string name, string fields, string enter, string leave, string? words, int iterations)
    {
        Compile(name, "", Locked(fields, enter, leave));
        var answer = _cli.Run("run", "--subject", $"assembly:{name}.dll", "--checks", "coyote", "--dialect", "Amended", "--patience", "1", "--iterations", $"{iterations}", "--json");
        Assert.Contains(answer.Code, (int[])[0, 3]);
        Assert.Empty(Failures(answer));
        if (words is not null) Assert.Contains(words, Remark(answer, "coyote"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_another_class_uses_makes_nobody_suspect()
    {
        Compile("Apart", "if (operation is Operation.Close) while (true) { }", Fixture.Subject("if (operation is Operation.Close) while (true) { }")
            + "public sealed class Other { private readonly AutoResetEvent _free = new(true); private readonly Lock _lock = new(); public void Wait() { lock (_lock) _free.WaitOne(); } }");
        Assert.Contains("hang : ", Page(Explore("Apart", 1)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_gate_that_is_an_enum_is_never_wrong()
    {
        Compile("Gates", "", Locked("private enum Gate { Open, Shut } private Gate _gate;",
            "while (Interlocked.CompareExchange(ref _gate, Gate.Shut, Gate.Open) != Gate.Open) Thread.Yield();", "Interlocked.Exchange(ref _gate, Gate.Open);"));
        _cli.Run("run", "--subject", "assembly:Gates.dll", "--checks", "rules,random,stress", "--iterations", "100").Exits(0);
        var answer = Explore("Gates", 3);
        Assert.Contains("Coyote's rewritten copy throws what the original does not: ", answer.Json.GetProperty("remark").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_subject_that_prints_is_told_so()
    {
        // Threads that print on both at once wait for none of each other's locks.
        Compile("Prints", "Console.WriteLine(\"here\"); Console.Error.WriteLine(\"there\");");
        var answer = _cli.Run("run", "--subject", "assembly:Prints.dll", "--checks", "coyote,stress", "--iterations", "400", "--json").Exits(0);
        foreach (var check in (string[])["coyote", "stress"]) Assert.Contains("the subject writes to standard output", Remark(answer, check), StringComparison.Ordinal);
        Assert.Contains("the subject writes to standard output", Explore("Prints", 0).Json.GetProperty("remark").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_owns_threads_is_disposed()
    {
        Compile("Owns", "", """
            public sealed class Mine : ISubject, IDisposable
            {
                private static int s_alive;
                private readonly ModelSubject _right;
                public Mine(Declaration declaration) { _right = new(declaration); if (Interlocked.Increment(ref s_alive) > 40) throw new InvalidOperationException("too many"); }
                public Result Apply(Operation operation) => _right.Apply(operation);
                public void Dispose() { Interlocked.Decrement(ref s_alive); throw new InvalidOperationException("nobody's verdict"); }
            }
            """);
        _cli.Run("run", "--subject", "assembly:Owns.dll", "--checks", "rules,random,coyote,stress", "--iterations", "200").Exits(0);
    }

    [Fact]
    public void Each_dialect_has_its_deaths()
    {
        Compile("Exits", "if (operation is Operation.Close) Environment.Exit(4);");
        var failures = Failures(_cli.Run("run", "--subject", "assembly:Exits.dll", "--checks", "rules", "--json").Exits(1));
        foreach (var dialect in (string[])["Patch2011", "Amended"]) Assert.Equal(3, failures.Count(failure => failure.GetProperty("dialect").GetString() == dialect));
    }

    private Answer Explore(string name, int code, string patience = "1")
    {
        var answer = _cli.Run("explore", "close-vs-close", "--subject", $"assembly:{name}.dll", "--patience", patience, "--memory", "128", "--iterations", "50", "--json").Exits(code);
        Schemas.Valid("explore", answer);
        return answer;
    }

    private void Compile(string name, string lines, string? source = null) => Fixture.Compile(_cli.Folder, name, source ?? Fixture.Subject(lines).Replace("private static int s_calls;", $$"""
        private static int s_calls;
        private static int Deeper(int depth) => Deeper(depth + 1) + depth;
        [System.Runtime.InteropServices.DllImport("libc")] private static extern int kill(int process, int signal);
        private static void Signal(int signal) { kill(Environment.ProcessId, signal); System.Threading.Thread.SpinWait(100_000_000); }
        private static bool First() { try { new FileStream("{{_cli.Folder}}/once", FileMode.CreateNew).Dispose(); return true; } catch (IOException) { return false; } }
        """, StringComparison.Ordinal));

    private static string Locked(string fields, string enter, string leave) => $$"""
        public sealed class Mine(Declaration declaration) : ISubject
        {
            {{fields}}
            private State _state = State.Initial(declaration);
            public Result Apply(Operation operation)
            {
                {{enter}}
                var outcome = Step.Apply(_state, operation);
                _state = outcome.State;
                {{leave}}
                return outcome.Result;
            }
        }
        """;

    private static string Remark(Answer answer, string check) =>
        answer.Json.GetProperty("checks").EnumerateArray().Single(one => one.GetProperty("name").GetString() == check).GetProperty("remark").GetString() ?? "";

    private static List<JsonElement> Failures(Answer answer) =>
        [.. answer.Json.GetProperty("checks").EnumerateArray().SelectMany(check => check.GetProperty("failures").EnumerateArray())];

    private static string Page(Answer answer) => answer.Json.GetProperty("failures")[0].GetProperty("page").GetString()!;
}
