// The wire's words, as the annex of SPEC.md has them: operations, declarations and answers in JSON, read and written here for both ends.
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Adapters;

/// <summary>One of the two ends breaks the protocol, and how, in words that follow the name of a call or of a method: <c>was answered by…</c></summary>
internal class ProtocolException(string message) : Exception(message);

/// <summary>Operations and answers in JSON.</summary>
internal static class Protocol
{
    /// <summary>The version that this suite speaks.</summary>
    public const int Version = 1;

    /// <summary>The error of JSON-RPC for another version.</summary>
    public const int OtherVersion = -32000;

    private static readonly ImmutableDictionary<string, Result> Words = ImmutableDictionary.CreateRange<string, Result>(
    [
        new("ok", Result.Ok), new("ignored", Result.Ignored), new("none", Result.NoOwner), new("open", Result.Gate(false)), new("paused", Result.Gate(true)),
        new("off", Result.Of(Activity.Off)), new("inactive", Result.Of(Activity.Inactive)), new("active", Result.Of(Activity.Active)), new("error", Result.Of(Activity.Error)),
        .. Enum.GetValues<Errno>().Where(errno => errno != Errno.None).Select(errno => new KeyValuePair<string, Result>(errno.ToString(), Result.Of(errno))),
    ]);

    private static readonly ImmutableDictionary<Result, string> WordOf = Words.ToImmutableDictionary(word => word.Value, word => word.Key);

    /// <summary>Writes a declaration, as the params of <c>reset</c>.</summary>
    public static void Write(Utf8JsonWriter json, Declaration declaration)
    {
        json.WriteStartObject();
        json.WriteString("dialect", declaration.Dialect.ToString());
        json.WriteNumber("handles", declaration.Handles);
        json.WriteNumber("roots", declaration.Roots);
        json.WriteNumber("tasks", declaration.Tasks);
        json.WriteNumber("cpus", declaration.Cpus);
        json.WriteEndObject();
    }

    /// <summary>Writes a list of operations under a name.</summary>
    public static void Write(Utf8JsonWriter json, string name, IEnumerable<Operation> operations)
    {
        json.WriteStartArray(name);
        foreach (var operation in operations) Write(json, operation);
        json.WriteEndArray();
    }

    /// <summary>Writes an operation. What has its default is left out.</summary>
    public static void Write(Utf8JsonWriter json, Operation operation)
    {
        json.WriteStartObject();
        json.WriteString("op", operation.Verb);
        switch (operation)
        {
            case Operation.Open { Name: var name, Attributes: var a }:
                json.WriteNumber("event", name.Id);
                if (a.Task != -1) json.WriteNumber("task", a.Task);
                if (a.Cpu != -1) json.WriteNumber("cpu", a.Cpu);
                if (a.Period != 0) json.WriteNumber("period", a.Period);
                Flag("inherit", a.Inherit);
                Flag("enabled", a.Enabled);
                Flag("paused", a.StartPaused);
                Flag("aux", a.Aux);
                if (a.Leader is { } leader) json.WriteNumber("leader", leader.Id);
                Flag("pauses", a.Pauses);
                Flag("resumes", a.Resumes);
                break;
            case Operation.SetLink link:
                json.WriteNumber("trigger", link.Trigger.Id);
                json.WriteNumber("target", link.Target.Id);
                break;
            case Operation.Fork fork:
                json.WriteNumber("task", fork.Task);
                json.WriteNumber("child", fork.Child);
                break;
            case Operation.Exit exit:
                json.WriteNumber("task", exit.Task);
                break;
            case Operation.OnEvent call:
                json.WriteNumber("event", call.Event.Id);
                break;
            case Operation.OnInstance call:
                json.WriteNumber("event", call.Instance.Event.Id);
                if (call.Instance.IsCopy) json.WriteNumber("copy", call.Instance.CopyTask);
                if (call is Operation.Tick tick) json.WriteNumber("amount", tick.Amount);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(operation), operation, "no operation of the wire");
        }

        json.WriteEndObject();

        void Flag(string name, bool isSet)
        {
            if (isSet) json.WriteBoolean(name, true);
        }
    }

    /// <summary>Reads an operation.</summary>
    /// <param name="json">The object.</param>
    /// <param name="nameOf">The name that an integer stands for; null if it is one itself.</param>
    /// <param name="fresh">The name of an Open, which then has none in the object; null if it has.</param>
    /// <exception cref="ProtocolException">It is none.</exception>
    public static Operation ReadOperation(JsonElement json, Func<long, Handle>? nameOf = null, Func<Handle>? fresh = null)
    {
        var op = Text(json, "op");
        var known = new List<string> { "op" };
        var operation = Read();
        foreach (var property in json.EnumerateObject())
            if (!known.Contains(property.Name)) throw new ProtocolException($"{op} has no argument '{Quoted.Short(property.Name)}'");
        return operation;

        Operation Read()
        {
            switch (op)
            {
                case "Open":
                    var attributes = new Attributes(Int("task", -1), Int("cpu", -1), Long("period", 0), Flag("inherit"), Flag("enabled"), Flag("paused"))
                    {
                        Aux = Flag("aux"),
                        Leader = Has("leader") ? Name("leader") : null,
                        Pauses = Flag("pauses"),
                        Resumes = Flag("resumes"),
                    };
                    return new Operation.Open(fresh is null ? Name("event") : fresh(), attributes);
                case "SetStarter": return new Operation.SetLink(Role.Starter, Name("trigger"), Name("target"));
                case "SetStopper": return new Operation.SetLink(Role.Stopper, Name("trigger"), Name("target"));
                case "Close": return new Operation.Close(Name("event"));
                case "Enable": return new Operation.Enable(Name("event"));
                case "Disable": return new Operation.Disable(Name("event"));
                case "TotalCount": return new Operation.TotalCount(Name("event"));
                case "Fork": return new Operation.Fork(Int("task"), Int("child"));
                case "Exit": return new Operation.Exit(Int("task"));
                case "Tick": return new Operation.Tick(At(), Long("amount"));
                case "ScheduleIn": return new Operation.ScheduleIn(At());
                case "ScheduleOut": return new Operation.ScheduleOut(At());
                case "Throttle": return new Operation.Throttle(At());
                case "Unthrottle": return new Operation.Unthrottle(At());
                case "Overflow": return new Operation.Overflow(At());
                case "Count": return new Operation.CountOf(At());
                case "Samples": return new Operation.SamplesOf(At());
                case "State": return new Operation.StateOf(At());
                case "Paused": return new Operation.PausedOf(At());
                case "StarterOf": return new Operation.OwnerOf(Role.Starter, At());
                case "StopperOf": return new Operation.OwnerOf(Role.Stopper, At());
                default: throw new ProtocolException($"there is no op '{Quoted.Short(op)}'");
            }
        }

        bool Has(string name)
        {
            known.Add(name);
            return json.TryGetProperty(name, out _);
        }

        Instance At() => new(Name("event"), Int("copy", -1));

        Handle Name(string name) => nameOf is not null ? nameOf(Long(name)) : Int(name) is >= -1 and <= Handle.HighestId and var id ? new Handle(id) : throw new ProtocolException($"{op}: '{name}' is a name: an integer from 0 to {Handle.HighestId}, or -1 for none");

        int Int(string name, int? absent = null) => Long(name, absent) is >= int.MinValue and <= int.MaxValue and var value ? (int)value : throw new ProtocolException($"{op}: '{name}' has 32 bits");

        long Long(string name, long? absent = null) =>
            Has(name) ? json.GetProperty(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) ? value : throw new ProtocolException($"{op}: '{name}' is an integer")
            : absent ?? throw new ProtocolException($"{op} needs '{name}'");

        bool Flag(string name) => Has(name) && (json.GetProperty(name).ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new ProtocolException($"{op}: '{name}' is true or false"),
        });
    }

    /// <summary>Reads a declaration.</summary>
    /// <exception cref="ProtocolException">It is none.</exception>
    public static Declaration ReadDeclaration(JsonElement json)
    {
        if (!Enum.TryParse<Dialect>(Text(json, "dialect"), out var dialect)) throw new ProtocolException($"there is no dialect '{Quoted.Short(Text(json, "dialect"))}'");
        try
        {
            return new Declaration(dialect, Number("handles"), Number("roots"), Number("tasks"), Number("cpus"));
        }
        catch (ArgumentException e)
        {
            throw new ProtocolException(e.Message);
        }

        int Number(string name) => json.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var value) ? value
            : throw new ProtocolException($"a declaration needs '{name}', an integer");
    }

    /// <summary>A property of an object that is a string.</summary>
    /// <exception cref="ProtocolException">There is none.</exception>
    public static string Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()!
        : throw new ProtocolException($"'{name}' is not there, or is no string");

    /// <summary>Writes an answer. <paramref name="raw"/> tells the handle of a name.</summary>
    public static void Write(Utf8JsonWriter json, Operation operation, Result answer, Func<Handle, long> raw)
    {
        if (operation is Operation.Open { Name: var name } && answer == Result.Ok) json.WriteNumberValue(raw(name));
        else if (WordOf.TryGetValue(answer, out var word)) json.WriteStringValue(word);
        else if (answer.Number is { } number) json.WriteNumberValue(number);
        else if (answer.OwnerInstance is { } owner)
        {
            json.WriteStartObject();
            json.WriteNumber("owner", raw(owner.Event));
            if (owner.IsCopy) json.WriteNumber("copy", owner.CopyTask);
            json.WriteEndObject();
        }
        else
        {
            json.WriteStartObject();
            json.WriteString("errored", $"answered {answer}");
            json.WriteEndObject();
        }
    }

    /// <summary>Reads an answer; handles are noted among the names, and told by them.</summary>
    /// <exception cref="ProtocolException">It is none.</exception>
    public static Answer ReadAnswer(JsonElement json, Operation operation, HandleNames names)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Number when json.TryGetInt64(out var number): return Numeric(number);
            case JsonValueKind.String:
                var word = json.GetString()!;
                if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var digits)) return Numeric(digits);
                return Words.TryGetValue(word, out var result) && !(operation is Operation.Open && word == "ok") ? new Answer(result)
                    : throw new ProtocolException($"was answered by \"{Quoted.Short(word)}\"{(operation is Operation.Open ? ", and not by a handle, which is an integer" : ", which is no answer")}");
            case JsonValueKind.Object when json.TryGetProperty("skipped", out var why) && why.ValueKind == JsonValueKind.String:
                return new Answer { Skipped = Quoted.Short(why.GetString()!, 160) };
            case JsonValueKind.Object when json.TryGetProperty("errored", out var how) && how.ValueKind == JsonValueKind.String:
                return new Answer { Instead = $"errored: {Quoted.Short(how.GetString()!, 160)}" };
            case JsonValueKind.Object when json.TryGetProperty("owner", out var owner):
                var copy = -1;
                if (json.TryGetProperty("copy", out var task) && !(task.ValueKind == JsonValueKind.Number && task.TryGetInt32(out copy))) break;
                if (owner.ValueKind == JsonValueKind.Number && owner.TryGetInt64(out var handle)) return new Answer(names.Owner(handle, copy));
                if (owner.ValueKind == JsonValueKind.String && long.TryParse(owner.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out handle)) return new Answer(names.Owner(handle, copy));
                break;
        }

        throw new ProtocolException($"was answered by {Quoted.Short(json.GetRawText())}, which is no answer");

        Answer Numeric(long number) => new(operation is Operation.Open open ? names.Issued(open.Name, number) : Result.Of(number));
    }
}
