// Logs of running systems: judged in parts they have the verdict that they have as a whole; a log of real threads conforms, and with an answer changed it does not.
using System.Text;
using System.Text.Json;
using PerfModel.Conformance.Adapters;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Tests.Command;
using PerfModel.Conformance.Text;
using PerfModel.Conformance.Vectors;
using PerfModel.Locked;
using PerfModel.Model;
using Xunit;
using Answer = PerfModel.Conformance.Tests.Command.Answer;

namespace PerfModel.Conformance.Tests.Histories;

public sealed class TraceTests : IDisposable
{
    private const string First = "{\"trace\":1,\"declaration\":{\"dialect\":\"Amended\",\"handles\":8,\"roots\":2,\"tasks\":4,\"cpus\":2}}\n";

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    // What is carried over a cut must lose no explanation and add none, wherever the cut is.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(1000)]
    public void Each_history_has_its_verdict_in_parts_too(int part)
    {
        var verdicts = new Dictionary<Verdict, int>();
        foreach (var vector in Vector.All(VectorKind.History))
        {
            var program = vector.Program;
            var whole = HistoryChecker.Check(program, program.Declaration.Dialect, Budget.Default, shows: false).Verdict;
            var judge = new TraceJudge(program.Declaration, part);
            var line = 0L;
            // Setup and after are threads of their own; an answer that is not recorded is none to be judged.
            var model = new ModelSubject(program.Declaration);
            var events = Alone(program.Setup.Select(one => one with { Result = model.Apply(one.Operation) }).ToList(), 24).Concat(program.History).Concat(Alone(program.After, 25));
            foreach (var e in events)
                if (!judge.Add(new TraceEvent(++line, e.Thread, e.Call, e.Return))) break;
            judge.End();
            Assert.True(whole == judge.Verdict, $"{judge.Verdict} in parts of {part}, and {whole} as a whole:\n{program}");
            verdicts[whole] = verdicts.GetValueOrDefault(whole) + 1;
        }

        Assert.True(verdicts.Values.Min() > 20 && verdicts.Count == 2, string.Join(", ", verdicts));
    }

    [Fact]
    public void A_log_of_real_threads_conforms_and_with_an_answer_changed_does_not()
    {
        var lines = Log(seed: 1, threads: 4, calls: 500);
        var right = _cli.Run("trace", _cli.Write("right.jsonl", string.Join('\n', lines) + "\n"), "--json").Exits(0);
        Schemas.Valid("trace", right);
        Assert.Equal(lines.Count - 1, right.Json.GetProperty("events").GetInt32());
        Assert.Contains("4.13", right.Json.GetProperty("exercised").EnumerateArray().Select(rule => rule.GetString()));
        Assert.Contains("6.2", right.Json.GetProperty("unexercised").EnumerateArray().Select(rule => rule.GetString()));

        // No other answer is possible there: nothing else is under way.
        var at = lines.Count - 1;
        Assert.Contains("\"return\":\"open\"", lines[at], StringComparison.Ordinal);
        lines[at] = lines[at].Replace("open", "paused", StringComparison.Ordinal);
        var wrong = _cli.Run("trace", _cli.Write("wrong.jsonl", string.Join('\n', lines)), "--json").Exits(1);
        Schemas.Valid("trace", wrong);
        Assert.Equal(at + 1, wrong.Json.GetProperty("fault").GetProperty("line").GetInt32());
        var page = _cli.Run("trace", "wrong.jsonl").Exits(1).Out;
        Assert.StartsWith($"line {at + 1}: ", page, StringComparison.Ordinal);
        Assert.Contains("    possible : ok ", page, StringComparison.Ordinal);
        Assert.Contains("4.13", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_handle_may_be_used_by_another_thread_before_its_open_has_returned_and_is_issued_once()
    {
        const string Used = "{\"thread\":1,\"call\":{\"op\":\"Open\",\"task\":0}}\n{\"thread\":2,\"call\":{\"op\":\"State\",\"event\":7}}\n{\"thread\":2,\"return\":\"off\"}\n{\"thread\":1,\"return\":7}\n";
        Assert.StartsWith("conforms: 4 calls", Judged(Used, 0).Out.Split('\n')[^2], StringComparison.Ordinal);
        var twice = Judged(Used + "{\"thread\":1,\"call\":{\"op\":\"Open\",\"task\":0}}\n{\"thread\":1,\"return\":7}\n", 1).Out;
        Assert.StartsWith("line 7: A (1) c = Open(task 0) -> ok #7: no order of steps explains it", twice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "line 1: the log is empty")]
    [InlineData("{}\n", "line 1: the first line of a log has 'trace', its version, and 'declaration'")]
    [InlineData("{\"trace\":2}\n", "line 1: the log has version 2, and this suite reads 1")]
    [InlineData("{\"trace\":1,\"declaration\":{\"dialect\":\"Mine\"}}\n", "line 1: there is no dialect 'Mine'")]
    [InlineData(First + "calls\n", "line 2: no JSON: calls")]
    [InlineData(First + "[1]\n", "line 2: it is no object")]
    [InlineData(First + "{\"call\":{}}\n", "line 2: 'thread' is not there")]
    [InlineData(First + "{\"thread\":1}\n", "line 2: it has neither 'call' nor 'return'")]
    [InlineData(First + "{\"thread\":1,\"return\":\"ok\"}\n", "line 2: the thread has no call under way")]
    [InlineData(First + "{\"thread\":1,\"call\":{\"op\":\"Jump\"}}\n", "line 2: there is no op 'Jump'")]
    [InlineData(First + "{\"thread\":1,\"call\":{\"op\":\"Exit\",\"task\":1}}\n{\"thread\":1,\"call\":{\"op\":\"Exit\",\"task\":1}}\n", "line 3: the thread has a call under way already")]
    [InlineData(First + "{\"thread\":1,\"call\":{\"op\":\"Exit\",\"task\":1}}\n{\"thread\":1,\"return\":\"fine\"}\n", "line 3: was answered by \"fine\", which is no answer")]
    [InlineData(First + "{\"thread\":1,\"call\":{\"op\":\"Exit\",\"task\":1}}\n{\"thread\":1,\"return\":{\"skipped\":\"no\"}}\n", "line 3: a log has answers, and nothing that is skipped or errored")]
    public void A_text_that_is_no_log_is_refused_by_line(string text, string words)
    {
        var reader = new TraceReader();
        var said = Assert.Throws<ProtocolException>(() =>
        {
            var lines = new StringReader(text);
            reader.Begin(lines.ReadLine());
            while (lines.ReadLine() is { } line) reader.Read(line);
        });
        Assert.Contains(words, said.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_cannot_be_read_is_told_so()
    {
        _cli.Run("trace", "nowhere.jsonl").Complains("cannot read nowhere.jsonl: there is no such file");
        _cli.Run("trace", _cli.Write("cut.jsonl", First + "{\"thread\":1,\"ca")).Complains("cut.jsonl: line 2: no JSON: {\"thread\":1,\"ca");
        _cli.Run("trace", _cli.Write("long.jsonl", First + new string('x', 2 << 20))).Complains("a line has more than 1 MiB");
    }

    private Answer Judged(string events, int code) => _cli.Run(First + events, ["trace", "-"]).Exits(code);

    private static IEnumerable<HistoryEvent> Alone(IEnumerable<Line> lines, int thread) =>
        lines.Where(line => line.Result is not null).SelectMany(line => Enumerable.Repeat(line, line.Times)).SelectMany(line => new HistoryEvent[] { new(thread, line.Operation, null), new(thread, null, line.Result) });

    // As a running system would write it: the handles are its own, and the order is that of stamps from one counter.
    private static List<string> Log(int seed, int threads, int calls)
    {
        var subject = new LockedSubject(new Declaration(Dialect.Amended, Handles: 1000));
        var recorder = new StampedRecorder(threads, calls + 2);
        var start = new Barrier(threads);
        var names = 0;
        var crew = Enumerable.Range(0, threads).Select(thread => new Thread(() =>
        {
            var random = new Random(seed * 100 + thread);
            start.SignalAndWait();
            for (var i = 0; i < calls; i++)
            {
                // Each thread has some names of its own, so that none is opened twice; it calls those of others too.
                var own = random.Next(12) == 0;
                var operation = own ? new Operation.Open(new Handle(Interlocked.Increment(ref names)), new Attributes(Task: 0, Period: random.Next(3), Enabled: true)) : Drawn(random, Volatile.Read(ref names));
                recorder.Call(thread, operation);
                recorder.Return(thread, subject.Apply(operation));
            }
        })).ToList();
        crew.ForEach(thread => thread.Start());
        crew.ForEach(thread => thread.Join());
        // And two calls when nothing else is under way.
        var last = new Handle(names + 1);
        foreach (var operation in new Operation[] { new Operation.Open(last, new Attributes(Task: 0)), new Operation.PausedOf(new Instance(last, -1)) })
        {
            recorder.Call(0, operation);
            recorder.Return(0, subject.Apply(operation));
        }

        var called = new Dictionary<int, Operation>();
        return [First.TrimEnd().Replace("\"handles\":8", "\"handles\":1000", StringComparison.Ordinal), .. recorder.Events.Select(e => Written(e, called))];
    }

    private static Operation Drawn(Random random, int names)
    {
        var e = new Handle(Math.Max(1, names - random.Next(10)));
        var i = new Instance(e, -1);
        return random.Next(10) switch
        {
            0 => new Operation.Close(e),
            1 => new Operation.SetLink(random.Next(2) == 0 ? Role.Starter : Role.Stopper, e, new Handle(Math.Max(1, names - random.Next(10)))),
            2 or 3 => new Operation.ScheduleIn(i),
            4 or 5 => new Operation.Overflow(i),
            6 => new Operation.Tick(i, random.Next(3)),
            7 => new Operation.CountOf(i),
            _ => new Operation.PausedOf(i),
        };
    }

    // Handles are the names and a thousand.
    private static string Written(HistoryEvent e, Dictionary<int, Operation> called)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("thread", e.Thread);
            json.WritePropertyName(e.Call is null ? "return" : "call");
            if (e.Call is { } call) Protocol.Write(json, called[e.Thread] = call);
            else Protocol.Write(json, called[e.Thread], e.Return!.Value, name => name.Id);
            json.WriteEndObject();
        }

        var line = Encoding.UTF8.GetString(buffer.ToArray());
        return e.Call is Operation.Open ? System.Text.RegularExpressions.Regex.Replace(line, "\"event\":[0-9]+,?", "") : line;
    }
}
