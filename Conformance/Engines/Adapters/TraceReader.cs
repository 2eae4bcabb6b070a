// Reads the log of a running system: calls and returns as lines of JSON, with the handles that the system issued.
using System.Text.Json;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Adapters;

/// <summary>Reads a log, line by line.</summary>
/// <remarks>
/// The first line is <c>{"trace":1,"declaration":{…}}</c>. Each further one is a call, <c>{"thread":"worker 3","call":{"op":"Tick","event":7,"amount":1}}</c>, or
/// the return from it, <c>{"thread":"worker 3","return":0}</c>. Operations and answers are those of the wire, but events are told by their handles, and an Open has none.
/// </remarks>
internal sealed class TraceReader
{
    // As many as have a letter.
    private const int MostThreads = 26;

    private const int Version = 1;

    private readonly Dictionary<long, Handle> _names = [];
    private readonly List<long?> _handles = [];
    private readonly HashSet<long> _issued = [];
    private readonly Dictionary<string, int> _threads = [];
    private readonly Dictionary<int, TraceEvent> _underWay = [];
    private long _line;

    /// <summary>The declaration of the system, once <see cref="Begin"/> has read it.</summary>
    public Declaration Declaration { get; private set; } = null!;

    /// <summary>The threads as the log names them, in order of their first events.</summary>
    public IReadOnlyList<string> Threads => [.. _threads.OrderBy(thread => thread.Value).Select(thread => thread.Key)];

    /// <summary>Lines read.</summary>
    public long Lines => _line;

    /// <summary>The handle that a name stands for, or null if the log never told it.</summary>
    public long? HandleOf(Handle name) => name == Handle.Invalid ? -1 : _handles[name.Id];

    /// <summary>Reads the first line.</summary>
    /// <exception cref="ProtocolException">It is not the first line of a log.</exception>
    public void Begin(string? line)
    {
        _line = 1;
        Parsed(line ?? throw Fault("the log is empty"), root =>
        {
            if (!root.TryGetProperty("trace", out var version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number)) throw new ProtocolException("the first line of a log has 'trace', its version, and 'declaration'");
            if (number != Version) throw new ProtocolException($"the log has version {number}, and this suite reads {Version}");
            Declaration = root.TryGetProperty("declaration", out var declaration) ? Protocol.ReadDeclaration(declaration) : throw new ProtocolException("'declaration' is not there");
        });
    }

    /// <summary>Reads the next line.</summary>
    /// <returns>The event, or null if the line is empty.</returns>
    /// <exception cref="ProtocolException">It is none.</exception>
    public TraceEvent? Read(string line)
    {
        _line++;
        if (string.IsNullOrWhiteSpace(line)) return null;
        TraceEvent? e = null;
        Parsed(line, root =>
        {
            var thread = ThreadOf(root);
            if (root.TryGetProperty("call", out var call))
            {
                if (_underWay.ContainsKey(thread)) throw new ProtocolException("the thread has a call under way already");
                e = _underWay[thread] = new TraceEvent(_line, thread, Named(call), null);
            }
            else if (root.TryGetProperty("return", out var answer))
            {
                if (!_underWay.Remove(thread, out var called)) throw new ProtocolException("the thread has no call under way");
                e = new TraceEvent(_line, thread, null, Answered(answer, called));
            }
            else
            {
                throw new ProtocolException("it has neither 'call' nor 'return'");
            }
        });
        return e;
    }

    private int ThreadOf(JsonElement root)
    {
        var name = root.TryGetProperty("thread", out var thread) && thread.ValueKind is JsonValueKind.String or JsonValueKind.Number ? thread.ToString() : throw new ProtocolException("'thread' is not there, or is neither a string nor a number");
        if (_threads.TryGetValue(name, out var known)) return known;
        if (_threads.Count == MostThreads) throw new ProtocolException($"a log has {MostThreads} threads at most");
        _threads.Add(name, _threads.Count);
        return _threads.Count - 1;
    }

    private Operation Named(JsonElement json) => Protocol.ReadOperation(json, NameOf, Fresh);

    private Result Answered(JsonElement json, TraceEvent called)
    {
        // A handle: the name that the Open has from now on, or had from those who saw the handle before it returned.
        if (called.Call is Operation.Open open && json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out var handle))
        {
            if (handle == -1 || !_issued.Add(handle)) return Result.Foreign(handle);
            if (_names.TryGetValue(handle, out var name)) called.Call = open with { Name = name };
            else
            {
                _names.Add(handle, open.Name);
                _handles[open.Name.Id] = handle;
            }

            return Result.Ok;
        }

        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("owner", out var owner) && owner.ValueKind == JsonValueKind.Number && owner.TryGetInt64(out var raw))
            return Result.Owner(new Instance(NameOf(raw), json.TryGetProperty("copy", out var copy) && copy.ValueKind == JsonValueKind.Number && copy.TryGetInt32(out var task) ? task : -1));
        var answer = Protocol.ReadAnswer(json, called.Call!, new Subjects.HandleNames());
        return answer is { Instead: null, Skipped: null } ? answer.Result : throw new ProtocolException("a log has answers, and nothing that is skipped or errored");
    }

    private Handle NameOf(long handle)
    {
        if (handle == -1) return Handle.Invalid;
        if (_names.TryGetValue(handle, out var name)) return name;
        name = Fresh();
        _names.Add(handle, name);
        _handles[name.Id] = handle;
        return name;
    }

    private Handle Fresh()
    {
        if (_handles.Count > Handle.HighestId) throw new ProtocolException("the log has too many events");
        _handles.Add(null);
        return new Handle(_handles.Count - 1);
    }

    private void Parsed(string line, Action<JsonElement> read)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new ProtocolException("it is no object");
            read(document.RootElement);
        }
        catch (JsonException)
        {
            throw Fault($"no JSON: {Quoted.Short(line)}");
        }
        catch (ProtocolException e)
        {
            throw Fault(e.Message);
        }
    }

    private ProtocolException Fault(string message) => new(FormattableString.Invariant($"line {_line}: {message}"));
}
