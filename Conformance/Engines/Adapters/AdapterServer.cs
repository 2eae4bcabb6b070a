// The other end of the wire: serves any subject of this process as an adapter does. The reference for whoever writes one.
using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Adapters;

/// <summary>Answers requests, one after another.</summary>
/// <param name="name">What it calls itself.</param>
/// <param name="create">Makes a system.</param>
/// <param name="dialects">Those it offers.</param>
internal sealed class AdapterServer(string name, Func<Declaration, ISubject> create, ImmutableArray<Dialect> dialects)
{
    private const int Threads = 8, MostRounds = 10_000;

    private const int NoJson = -32700, NoRequest = -32600, NoMethod = -32601, WrongParams = -32602;

    private readonly ArrayBufferWriter<byte> _line = new();
    private ISubject? _system;
    private RawNames _raw = new();

    /// <summary>Answers what is read until there is no more.</summary>
    public void Serve(TextReader requests, Stream responses)
    {
        while (requests.ReadLine() is { } request)
        {
            _line.ResetWrittenCount();
            Answer(request);
            _line.Write("\n"u8);
            responses.Write(_line.WrittenSpan);
            responses.Flush();
        }

        _system?.End();
    }

    private void Answer(string request)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(request);
        }
        catch (JsonException)
        {
            Fail(null, NoJson, "the line is no JSON");
            return;
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.Number || !root.TryGetProperty("method", out var method)
                || method.ValueKind != JsonValueKind.String || !root.TryGetProperty("params", out var parameters) || parameters.ValueKind != JsonValueKind.Object)
            {
                Fail(null, NoRequest, "the line is no request with an id that is a number, a method and params");
                return;
            }

            try
            {
                using var json = new Utf8JsonWriter(_line);
                json.WriteStartObject();
                json.WriteString("jsonrpc", "2.0");
                json.WritePropertyName("id");
                id.WriteTo(json);
                json.WriteStartObject("result");
                Perform(method.GetString()!, parameters, json);
                json.WriteEndObject();
                json.WriteEndObject();
            }
            catch (ProtocolException e)
            {
                _line.ResetWrittenCount();
                Fail(id, e is OtherVersionException ? Protocol.OtherVersion : e is NoMethodException ? NoMethod : WrongParams, e.Message);
            }
        }
    }

    private void Fail(JsonElement? id, int code, string message)
    {
        using var json = new Utf8JsonWriter(_line);
        json.WriteStartObject();
        json.WriteString("jsonrpc", "2.0");
        json.WritePropertyName("id");
        if (id is { } known) known.WriteTo(json);
        else json.WriteNullValue();
        json.WriteStartObject("error");
        json.WriteNumber("code", code);
        json.WriteString("message", message);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void Perform(string method, JsonElement parameters, Utf8JsonWriter json)
    {
        switch (method)
        {
            case "hello":
                if (!parameters.TryGetProperty("protocol", out var version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != Protocol.Version)
                    throw new OtherVersionException($"this adapter speaks protocol {Protocol.Version}");
                json.WriteNumber("protocol", Protocol.Version);
                json.WriteString("name", name);
                json.WriteString("language", "C#");
                Names("dialects", dialects.Select(dialect => dialect.ToString()));
                Names("profiles", Enum.GetNames<Profile>().Select(profile => profile.ToLowerInvariant()));
                json.WriteNumber("threads", Threads);
                break;
            case "reset":
                var declaration = Offered(Protocol.ReadDeclaration(parameters));
                _system?.End();
                (_system, _raw) = (create(declaration), new RawNames());
                break;
            case "apply":
                var system = _system ?? throw new ProtocolException("apply comes behind a reset");
                var operations = Operations(parameters, "operations");
                json.WriteStartArray("answers");
                foreach (var operation in operations) Apply(json, system, operation);
                json.WriteEndArray();
                break;
            case "run":
                Run(parameters, json);
                break;
            default:
                throw new NoMethodException($"there is no method '{Quoted.Short(method)}'");
        }

        void Names(string list, IEnumerable<string> names)
        {
            json.WriteStartArray(list);
            foreach (var one in names) json.WriteStringValue(one);
            json.WriteEndArray();
        }
    }

    private void Apply(Utf8JsonWriter json, ISubject system, Operation operation)
    {
        try
        {
            Write(json, operation, system.Apply(operation), _raw);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Instead(json, e is NotImplementedException, Quoted.Thrown(e));
        }
    }

    private static void Instead(Utf8JsonWriter json, bool isSkipped, string why)
    {
        json.WriteStartObject();
        json.WriteString(isSkipped ? "skipped" : "errored", why);
        json.WriteEndObject();
    }

    private void Run(JsonElement parameters, Utf8JsonWriter json)
    {
        if (!parameters.TryGetProperty("declaration", out var declared)) throw new ProtocolException("run needs 'declaration'");
        var declaration = Offered(Protocol.ReadDeclaration(declared));
        if (!parameters.TryGetProperty("threads", out var list) || list.ValueKind != JsonValueKind.Array) throw new ProtocolException("run needs 'threads', a list");
        if (list.GetArrayLength() > Threads) throw new ProtocolException($"run has {list.GetArrayLength()} threads, and this adapter {Threads}");
        if (!parameters.TryGetProperty("rounds", out var number) || number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out var rounds) || rounds is < 1 or > MostRounds)
            throw new ProtocolException($"run needs 'rounds', from 1 to {MostRounds}");
        var program = new Program
        {
            Setup = Lines(Operations(parameters, "setup")),
            Threads = [.. list.EnumerateArray().Select(thread => new ProgramThread(Lines(Operations(thread))))],
            After = Lines(Operations(parameters, "after")),
        };
        using var crew = new Crew(program, new CheckContext(name, create, dialects, 1));
        json.WriteStartArray("rounds");
        for (var round = 0; round < rounds; round++)
        {
            var system = create(declaration);
            crew.Run(system, out var threw);
            system.End();
            Write(json, program, crew, threw);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Program program, Crew crew, string? threw)
    {
        var raw = new RawNames();
        var next = 0;
        json.WriteStartObject();
        json.WriteStartArray("setup");
        foreach (var line in program.Setup) Answer(line.Operation);
        json.WriteEndArray();
        // What stands in the order is a stamp from one counter.
        var calls = program.Threads.Select(thread => new (int Called, int Returned, Result Answer)[thread.Lines.Length]).ToArray();
        var begun = new int[calls.Length];
        var ended = new int[calls.Length];
        for (var stamp = 0; stamp < crew.Order.Count; stamp++)
        {
            var at = crew.Order[stamp];
            if (at < 0) calls[-1 - at][begun[-1 - at]++].Called = stamp;
            else
            {
                var operation = program.Threads[at].Lines[ended[at]].Operation;
                raw.Note(operation, crew.Answers[next]);
                calls[at][ended[at]] = (calls[at][ended[at]].Called, stamp, crew.Answers[next++]);
                ended[at]++;
            }
        }

        json.WriteStartArray("threads");
        for (var thread = 0; thread < calls.Length; thread++)
        {
            json.WriteStartArray();
            for (var i = 0; i < calls[thread].Length; i++)
            {
                json.WriteStartArray();
                // A thread that threw has no stamps from there on.
                json.WriteNumberValue(i < begun[thread] ? calls[thread][i].Called : 2L * (crew.Order.Count + i) + 1_000_000L * thread);
                json.WriteNumberValue(i < ended[thread] ? calls[thread][i].Returned : 2L * (crew.Order.Count + i) + 1 + 1_000_000L * thread);
                if (i < ended[thread]) Protocol.Write(json, program.Threads[thread].Lines[i].Operation, calls[thread][i].Answer, raw.Of);
                else Errored();
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("after");
        foreach (var line in program.After) Answer(line.Operation);
        json.WriteEndArray();
        json.WriteEndObject();

        void Answer(Operation operation)
        {
            if (next >= crew.Answers.Count) Errored();
            else Write(json, operation, crew.Answers[next++], raw);
        }

        void Errored() => Instead(json, crew.Skipped is not null, threw ?? "the thread ended before");
    }

    private static void Write(Utf8JsonWriter json, Operation operation, Result answer, RawNames raw)
    {
        raw.Note(operation, answer);
        Protocol.Write(json, operation, answer, raw.Of);
    }

    private Declaration Offered(Declaration declaration) =>
        dialects.Contains(declaration.Dialect) ? declaration : throw new ProtocolException($"{declaration.Dialect} is not offered");

    private static ImmutableArray<Line> Lines(IEnumerable<Operation> operations) => [.. operations.Select(operation => new Line(operation))];

    private static List<Operation> Operations(JsonElement parameters, string list) =>
        parameters.TryGetProperty(list, out var operations) ? Operations(operations) : throw new ProtocolException($"'{list}' is not there");

    private static List<Operation> Operations(JsonElement operations) =>
        operations.ValueKind == JsonValueKind.Array ? [.. operations.EnumerateArray().Select(json => Protocol.ReadOperation(json))] : throw new ProtocolException("operations are a list");

    private sealed class OtherVersionException(string message) : ProtocolException(message);

    private sealed class NoMethodException(string message) : ProtocolException(message);

    /// <summary>Handles for the wire: a subject of this process tells none, and answers in the program's names.</summary>
    private sealed class RawNames
    {
        private readonly Dictionary<Handle, long> _last = [];
        private long _issued;

        public void Note(Operation operation, Result answer)
        {
            if (operation is Operation.Open open && answer == Result.Ok) _last[open.Name] = ++_issued;
        }

        public long Of(Handle name) => _last.GetValueOrDefault(name, HandleNames.NeverIssued);
    }
}
