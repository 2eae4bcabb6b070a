// A vector as a line of JSON, and back. Operations are those of the wire; an answer names events as the operations do.
using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PerfModel.Conformance.Adapters;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Vectors;

/// <summary>Writes and reads vectors.</summary>
internal static class VectorJson
{
    // The answer to an Open that opened: no vector knows which handle it is.
    private const string Opened = "handle";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The vector in one line, its expectations computed.</summary>
    public static string Line(Vector vector)
    {
        var body = Written(json => WriteBody(json, vector));
        return Written(json =>
        {
            // Permanent: with anything else in the vector it is another id.
            json.WriteString("id", $"{Word(vector.Kind)}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)))[..12]}");
            json.WriteString("title", vector.Title);
            json.WriteStartArray("rules");
            foreach (var rule in vector.Rules.Rules) json.WriteStringValue(rule.ToString());
            json.WriteEndArray();
            WriteBody(json, vector);
        });
    }

    /// <summary>The word for a kind, in ids and names of files.</summary>
    public static string Word(VectorKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>Reads a vector; its expectations are left alone.</summary>
    /// <exception cref="ProtocolException">It is none.</exception>
    public static Vector Read(JsonElement json, VectorKind kind)
    {
        var declaration = Protocol.ReadDeclaration(Of(json, "declaration", JsonValueKind.Object));
        var rules = RuleSet.None;
        foreach (var rule in Of(json, "rules", JsonValueKind.Array).EnumerateArray())
            rules |= rule.ValueKind == JsonValueKind.String && RuleId.TryParse(rule.GetString(), out var id) ? RuleSet.Of(id) : throw new ProtocolException($"{Quoted.Short(rule.GetRawText())} is no rule");
        var program = new Program { Dialect = declaration.Dialect, Declaration = declaration };
        program = kind switch
        {
            VectorKind.Sequential => program with { Setup = Steps(json, "steps") },
            VectorKind.Concurrent => program with
            {
                Setup = Steps(json, "setup"),
                Threads = [.. Of(json, "threads", JsonValueKind.Array).EnumerateArray().Select(thread => new ProgramThread([.. List(thread).Select(call => new Line(Protocol.ReadOperation(call)))]))],
                After = [.. Of(json, "after", JsonValueKind.Array).EnumerateArray().Select(call => new Line(Protocol.ReadOperation(call)))],
            },
            _ => program with { Setup = Steps(json, "setup"), History = [.. Events(Of(json, "history", JsonValueKind.Array))], After = Steps(json, "after") },
        };
        return new Vector(kind, Protocol.Text(json, "title"), rules, program);
    }

    private static string Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteBody(Utf8JsonWriter json, Vector vector)
    {
        var program = vector.Program;
        json.WritePropertyName("declaration");
        Protocol.Write(json, program.Declaration);
        switch (vector.Kind)
        {
            case VectorKind.Sequential:
                WriteAnswered(json, "steps", State.Initial(program.Declaration), program.Setup.AddRange(program.After));
                break;
            case VectorKind.Concurrent:
                WriteAnswered(json, "setup", State.Initial(program.Declaration), program.Setup);
                json.WriteStartArray("threads");
                foreach (var thread in program.Threads) WriteCalls(json, thread.Lines);
                json.WriteEndArray();
                json.WritePropertyName("after");
                WriteCalls(json, program.After);
                json.WriteStartArray("outcomes");
                foreach (var outcome in vector.Outcomes()) Write(json, program, outcome);
                json.WriteEndArray();
                break;
            default:
                WriteAnswered(json, "setup", State.Initial(program.Declaration), program.Setup);
                WriteHistory(json, program.History);
                json.WriteStartArray("after");
                foreach (var line in program.After) WriteStep(json, line.Operation, line.Result!.Value, 1);
                json.WriteEndArray();
                json.WriteString("verdict", vector.Judged().HistoryWord());
                break;
        }
    }

    private static void WriteCalls(Utf8JsonWriter json, ImmutableArray<Line> lines)
    {
        json.WriteStartArray();
        foreach (var line in lines) Protocol.Write(json, line.Operation);
        json.WriteEndArray();
    }

    // With the model's answers. Those of a line that is repeated may differ; alike ones in a row stand together.
    private static void WriteAnswered(Utf8JsonWriter json, string name, State state, ImmutableArray<Line> lines)
    {
        json.WriteStartArray(name);
        foreach (var line in lines)
        {
            var last = default(Result);
            var times = 0;
            for (var time = 0; time < line.Times; time++)
            {
                var outcome = Step.Apply(state, line.Operation);
                state = outcome.State;
                if (times > 0 && outcome.Result != last)
                {
                    WriteStep(json, line.Operation, last, times);
                    times = 0;
                }

                (last, times) = (outcome.Result, times + 1);
            }

            WriteStep(json, line.Operation, last, times);
        }

        json.WriteEndArray();
    }

    private static void WriteStep(Utf8JsonWriter json, Operation operation, Result answer, int times)
    {
        json.WriteStartObject();
        json.WritePropertyName("call");
        Protocol.Write(json, operation);
        json.WritePropertyName("answer");
        Write(json, operation, answer);
        if (times > 1) json.WriteNumber("times", times);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Program program, ProgramOutcome outcome)
    {
        json.WriteStartObject();
        json.WriteStartArray("threads");
        foreach (var (thread, answers) in program.Threads.Zip(outcome.Threads)) WriteAnswers(json, thread.Lines, answers);
        json.WriteEndArray();
        json.WritePropertyName("after");
        WriteAnswers(json, program.After, outcome.After);
        json.WriteEndObject();
    }

    private static void WriteAnswers(Utf8JsonWriter json, ImmutableArray<Line> lines, ImmutableArray<Result> answers)
    {
        json.WriteStartArray();
        foreach (var (line, answer) in lines.Zip(answers)) Write(json, line.Operation, answer);
        json.WriteEndArray();
    }

    private static void WriteHistory(Utf8JsonWriter json, ImmutableArray<HistoryEvent> history)
    {
        var calls = new Dictionary<int, Operation>();
        json.WriteStartArray("history");
        foreach (var e in history)
        {
            json.WriteStartObject();
            json.WriteNumber("thread", e.Thread);
            json.WritePropertyName(e.Call is not null ? "call" : "return");
            if (e.Call is { } call) Protocol.Write(json, calls[e.Thread] = call);
            else Write(json, calls[e.Thread], e.Return!.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Operation operation, Result answer)
    {
        if (operation is Operation.Open && answer == Result.Ok) json.WriteStringValue(Opened);
        else Protocol.Write(json, operation, answer, name => name.Id);
    }

    private static Result ReadAnswer(JsonElement json, Operation operation)
    {
        if (json.ValueKind == JsonValueKind.String && json.GetString() == Opened && operation is Operation.Open) return Result.Ok;
        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("owner", out var owner) && owner.ValueKind == JsonValueKind.Number && owner.TryGetInt32(out var name))
            return Result.Owner(new Instance(new Handle(name), json.TryGetProperty("copy", out var copy) && copy.ValueKind == JsonValueKind.Number && copy.TryGetInt32(out var task) ? task : -1));
        return Protocol.ReadAnswer(json, operation, new HandleNames()) is { Instead: null, Skipped: null } answer ? answer.Result : throw new ProtocolException($"{Quoted.Short(json.GetRawText())} is no answer of a vector");
    }

    private static ImmutableArray<Line> Steps(JsonElement json, string name) =>
    [
        .. Of(json, name, JsonValueKind.Array).EnumerateArray().Select(step =>
        {
            var operation = Protocol.ReadOperation(Of(step, "call", JsonValueKind.Object));
            var times = step.TryGetProperty("times", out var number) ? number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var many) && many >= 1 ? many : throw new ProtocolException("'times' is an integer from 1") : 1;
            return new Line(operation, step.TryGetProperty("answer", out var answer) ? ReadAnswer(answer, operation) : throw new ProtocolException("a step has no 'answer'"), times);
        }),
    ];

    private static IEnumerable<HistoryEvent> Events(JsonElement json)
    {
        var calls = new Dictionary<int, Operation>();
        foreach (var e in json.EnumerateArray())
        {
            if (e.ValueKind != JsonValueKind.Object || !e.TryGetProperty("thread", out var number) || number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out var thread) || thread is < 0 or > 25)
                throw new ProtocolException("an event needs 'thread', from 0 to 25");
            if (e.TryGetProperty("call", out var call)) yield return new HistoryEvent(thread, calls[thread] = Protocol.ReadOperation(call), null);
            else if (e.TryGetProperty("return", out var answer) && calls.Remove(thread, out var operation)) yield return new HistoryEvent(thread, null, ReadAnswer(answer, operation));
            else throw new ProtocolException("an event is a call, or the return from one");
        }
    }

    private static JsonElement.ArrayEnumerator List(JsonElement json) => json.ValueKind == JsonValueKind.Array ? json.EnumerateArray() : throw new ProtocolException("a thread is a list of calls");

    private static JsonElement Of(JsonElement json, string name, JsonValueKind kind) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == kind ? value
        : throw new ProtocolException($"'{name}' is not there, or is no {(kind == JsonValueKind.Array ? "list" : "object")}");
}
