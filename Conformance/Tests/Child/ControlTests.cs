// Locks, gates and threads of all kinds, which Coyote controls, or does not, or gets wrong: a right subject is never called wrong.
using PerfModel.Conformance.Tests.Command;
using Xunit;

namespace PerfModel.Conformance.Tests.Child;

public sealed class ControlTests : SubjectTests
{
    [Theory]
    [LongInlineData("while (Interlocked.CompareExchange(ref _held, 1, 0) != 0) Thread.Yield();", "rules,random,coyote,stress")]
    [LongInlineData("var spin = new SpinWait(); while (Interlocked.CompareExchange(ref _held, 1, 0) != 0) spin.SpinOnce();", "rules,random,coyote,stress")]
    [LongInlineData("while (Interlocked.CompareExchange(ref _held, 1, 0) != 0) while (Volatile.Read(ref _held) != 0) { }", "rules,random,coyote,stress")]
    [LongInlineData("while (Interlocked.CompareExchange(ref _held, 1, 0) != 0) while (_held != 0) { Thread.SpinWait(1); }", "random,stress")]
    [InlineData("while (Interlocked.CompareExchange(ref _held, 1, 0) != 0) while (_held != 0) { Thread.SpinWait(1); }", "rules")]
    public void A_lock_of_ones_own_conforms(string enter, string checks)
    {
        Compile("Spins", "", Locked("private int _held;", enter, "Volatile.Write(ref _held, 0);"));
        Cli.Run("run", "--subject", "assembly:Spins.dll", "--checks", checks, "--iterations", "100").Exits(0);
        // Coyote takes its time over a lock that spins: the rows that wait for CI have it.
        if (checks != "rules") Explore("Spins", 0);
    }

    // Right, each of them; and none looks so under Coyote.
    [Theory]
    [LongInlineData("AutoReset", "private readonly AutoResetEvent _free = new(true);", "_free.WaitOne();", "_free.Set();", "uses System.Threading.AutoResetEvent, which Coyote gets wrong", 400)]
    [LongInlineData("Handle", "private readonly EventWaitHandle _free = new(true, EventResetMode.AutoReset);", "_free.WaitOne();", "_free.Set();", "uses System.Threading.EventWaitHandle, which Coyote gets wrong", 400)]
    [InlineData("Timed", "private readonly object _lock = new();", "while (!Monitor.TryEnter(_lock, 1)) { }", "Monitor.Exit(_lock);", "uses Monitor.TryEnter with a time limit, which Coyote gets wrong", 20)]
    [LongInlineData("Queued", "private readonly System.Collections.Concurrent.BlockingCollection<int> _free = new() { 1 };", "_free.Take();", "_free.Add(1);", "uses System.Collections.Concurrent.BlockingCollection, which Coyote does not control", 20)]
    [LongInlineData("Channel", "private readonly System.Threading.Channels.Channel<int> _free = Free(); private static System.Threading.Channels.Channel<int> Free() { var made = System.Threading.Channels.Channel.CreateUnbounded<int>(); made.Writer.TryWrite(1); return made; }", "_free.Reader.ReadAsync().AsTask().Wait();", "_free.Writer.TryWrite(1);", null, 20)]
    public void A_lock_that_Coyote_gets_wrong_is_never_wrong(string name, string fields, string enter, string leave, string? words, int iterations)
    {
        Compile(name, "", Locked(fields, enter, leave));
        var answer = Cli.Run("run", "--subject", $"assembly:{name}.dll", "--checks", "coyote", "--dialect", "Amended", "--patience", "1", "--iterations", $"{iterations}", "--json");
        Assert.Contains(answer.Code, (int[])[0, 3]);
        Assert.Empty(Failures(answer));
        if (words is not null) Assert.Contains(words, Remark(answer, "coyote"), StringComparison.Ordinal);
    }

    [LongFact]
    public void What_another_class_uses_makes_nobody_suspect()
    {
        Compile("Apart", "", Fixture.Subject("if (operation is Operation.Close) Thread.Sleep(-1);")
            + "public sealed class Other { private readonly AutoResetEvent _free = new(true); private readonly Lock _lock = new(); public void Wait() { lock (_lock) _free.WaitOne(); } }");
        Assert.Contains("hang : ", Page(Explore("Apart", 1)), StringComparison.Ordinal);
    }

    [Theory]
    [LongInlineData("rules,random,stress")]
    public void A_gate_that_is_an_enum_is_never_wrong(string checks)
    {
        Compile("Gates", "", Locked("private enum Gate { Open, Shut } private Gate _gate;",
            "while (Interlocked.CompareExchange(ref _gate, Gate.Shut, Gate.Open) != Gate.Open) Thread.Yield();", "Interlocked.Exchange(ref _gate, Gate.Open);"));
        Cli.Run("run", "--subject", "assembly:Gates.dll", "--checks", checks, "--iterations", "100").Exits(0);
        var answer = Explore("Gates", 3);
        Assert.Contains("Coyote's rewritten copy throws what the original does not: ", answer.Json.GetProperty("remark").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    // Threads that print on both at once wait for none of each other's locks.
    [LongInlineData("Console.WriteLine(\"here\"); Console.Error.WriteLine(\"there\");", "stress", 100)]
    [InlineData("if (calls < 10) Console.WriteLine(\"here\");", "rules", 25)]
    [LongInlineData("if (calls < 100) Console.WriteLine(\"here\");", "rules,coyote", 25)]
    public void A_subject_that_prints_is_told_so(string lines, string checks, int iterations)
    {
        Compile("Prints", lines);
        var answer = Cli.Run("run", "--subject", "assembly:Prints.dll", "--checks", checks, "--iterations", $"{iterations}", "--json").Exits(0);
        foreach (var check in checks.Split(',')) Assert.Contains("the subject writes to standard output", Remark(answer, check), StringComparison.Ordinal);
        if (checks != "rules") Assert.Contains("the subject writes to standard output", Explore("Prints", 0).Json.GetProperty("remark").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_owns_threads_is_disposed_after_each_schedule()
    {
        Compile("Owns", "", """
            public sealed class Mine : ISubject, IDisposable
            {
                private static int s_alive;
                private readonly ModelSubject _right;
                public Mine(Declaration declaration) { _right = new(declaration); if (Interlocked.Increment(ref s_alive) > 4) throw new InvalidOperationException("too many"); }
                public Result Apply(Operation operation) => _right.Apply(operation);
                public void Dispose() { Interlocked.Decrement(ref s_alive); throw new InvalidOperationException("nobody's verdict"); }
            }
            """);
        Explore("Owns", 0);
    }

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
}
