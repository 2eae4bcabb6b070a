// A system behind an adapter, and the adapter as the code that makes such systems.
using System.Collections.Immutable;
using System.Text.Json;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Adapters;

/// <summary>A running adapter of the user's. Its systems are asked one after the other: making one ends the one before.</summary>
internal sealed class UserAdapter : IUserCode
{
    private readonly AdapterProcess _process;
    private readonly Action<DeathCause, string> _lost;
    private AdapterSubject? _last;

    /// <summary>Makes systems of a process that was welcomed.</summary>
    /// <param name="welcome">What it said of itself.</param>
    /// <param name="process">The process.</param>
    /// <param name="lost">Told when it has to be given up, and does not return.</param>
    public UserAdapter(Welcome welcome, AdapterProcess process, Action<DeathCause, string> lost) => (Welcome, _process, _lost) = (welcome, process, lost);

    /// <inheritdoc/>
    public string Maker => $"the adapter of {Welcome.Name}";

    /// <inheritdoc/>
    public bool IsHooked => false;

    /// <inheritdoc/>
    public ImmutableArray<Profile> Claimed => Welcome.Profiles;

    /// <summary>What it said of itself.</summary>
    public Welcome Welcome { get; }

    /// <summary>Starts one and shakes hands.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="limits">What it may take.</param>
    /// <param name="lost">Told when it has to be given up, and does not return.</param>
    /// <exception cref="SubjectException">It does not start, or there is no handshake.</exception>
    public static UserAdapter Start(ImmutableArray<string> command, ChildLimits limits, Action<DeathCause, string> lost)
    {
        var process = AdapterProcess.Start(command);
        try
        {
            var welcome = process.Hello(SuiteVersion.Text, limits.Patience);
            Watch(process, limits.Memory, lost);
            return new UserAdapter(welcome, process, lost);
        }
        catch (ProtocolException e)
        {
            process.Dispose();
            throw new SubjectException($"no handshake with {Quoted.Short(string.Join(' ', command))}: hello {e.Message}");
        }
    }

    /// <inheritdoc/>
    public ISubject Make(Declaration declaration) =>
        Welcome.Dialects.Contains(declaration.Dialect) ? _last = new AdapterSubject(this, declaration) : throw new NotSupportedException($"{Maker} does not offer {declaration.Dialect}");

    /// <summary>A system as the suite declares it where nothing depends on it.</summary>
    public IRemoteSubject Remote(Dialect dialect) => (IRemoteSubject)Make(new Declaration(dialect));

    /// <summary>Asks, of the system that was made last.</summary>
    internal T Ask<T>(AdapterSubject asker, Declaration? fresh, string method, Action<Utf8JsonWriter> parameters, Func<JsonElement, T> read)
    {
        if (asker != _last) throw new InvalidOperationException("another system was made since");
        try
        {
            if (fresh is not null) _process.Queue("reset", json => Protocol.Write(json, fresh));
            using var response = _process.Ask(method, parameters);
            return read(response.RootElement.GetProperty("result"));
        }
        catch (ProtocolException e)
        {
            _lost(DeathCause.Broken, e.Message);
            throw;
        }
    }

    // One that takes all memory would take ours too.
    private static void Watch(AdapterProcess process, int memory, Action<DeathCause, string> lost)
    {
        var watcher = new Thread(() =>
        {
            for (; process.Held is var held; Thread.Sleep(200))
                if (held > memory) lost(DeathCause.OutOfMemory, ChildProcess.Allocated(held));
        }) { IsBackground = true, Name = "memory of the adapter" };
        watcher.Start();
    }
}

/// <summary>A system behind an adapter.</summary>
internal sealed class AdapterSubject(UserAdapter adapter, Declaration declaration) : IRemoteSubject
{
    private readonly HandleNames _names = new();
    private bool _isMade;

    /// <inheritdoc/>
    public Result Apply(Operation operation) => ApplyAll([operation]) is [{ Instead: null, Skipped: null } answer] ? answer.Result : throw new NotSupportedException($"{operation.Verb} is not answered");

    /// <inheritdoc/>
    public ImmutableArray<Answer> ApplyAll(IReadOnlyList<Operation> operations)
    {
        var fresh = _isMade ? null : declaration;
        _isMade = true;
        return adapter.Ask(this, fresh, "apply", Parameters, result => Answers(result, "answers", operations, _names));

        void Parameters(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            Protocol.Write(json, "operations", operations);
            json.WriteEndObject();
        }
    }

    /// <inheritdoc/>
    public ImmutableArray<Round> Run(Program program, Declaration declaration, int rounds)
    {
        if (program.Threads.Length > adapter.Welcome.Threads)
            return [new Round([], []) { Skipped = FormattableString.Invariant($"the adapter runs programs of {adapter.Welcome.Threads} threads at most") }];
        return adapter.Ask(this, null, "run", Parameters, result =>
        {
            if (!result.TryGetProperty("rounds", out var list) || list.ValueKind != JsonValueKind.Array) throw new ProtocolException("was answered without 'rounds', a list");
            if (list.GetArrayLength() != rounds) throw new ProtocolException($"was answered by {list.GetArrayLength()} rounds, and {rounds} were asked for");
            return list.EnumerateArray().Select(round => Read(round, program)).ToImmutableArray();
        });

        void Parameters(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WritePropertyName("declaration");
            Protocol.Write(json, declaration);
            Protocol.Write(json, "setup", program.Setup.Select(line => line.Operation));
            json.WriteStartArray("threads");
            foreach (var thread in program.Threads)
            {
                json.WriteStartArray();
                foreach (var line in thread.Lines) Protocol.Write(json, line.Operation);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            Protocol.Write(json, "after", program.After.Select(line => line.Operation));
            json.WriteNumber("rounds", rounds);
            json.WriteEndObject();
        }
    }

    private static ImmutableArray<Answer> Answers(JsonElement json, string name, IReadOnlyList<Operation> operations, HandleNames names)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array) throw new ProtocolException($"was answered without '{name}', a list");
        if (list.GetArrayLength() != operations.Count) throw new ProtocolException($"was answered by {list.GetArrayLength()} answers in '{name}' to {operations.Count} operations");
        var answers = ImmutableArray.CreateBuilder<Answer>(operations.Count);
        foreach (var answer in list.EnumerateArray()) answers.Add(Read(answer, operations[answers.Count], names));
        return answers.MoveToImmutable();
    }

    private static Answer Read(JsonElement json, Operation operation, HandleNames names)
    {
        try
        {
            return Protocol.ReadAnswer(json, operation, names);
        }
        catch (ProtocolException e)
        {
            throw new ProtocolException($"holds {operation}, which {e.Message}");
        }
    }

    // A round as the adapter tells it, which may be a lie.
    private static Round Read(JsonElement round, Program program)
    {
        var names = new HandleNames();
        var setup = Answers(round, "setup", [.. program.Setup.Select(line => line.Operation)], names);
        if (!round.TryGetProperty("threads", out var threads) || threads.ValueKind != JsonValueKind.Array || threads.GetArrayLength() != program.Threads.Length)
            throw new ProtocolException($"was answered by a round without 'threads', a list of {program.Threads.Length}");
        var stamped = new List<(long Stamp, int Thread, (Operation Operation, JsonElement Json)? Returned)>();
        for (var thread = 0; thread < program.Threads.Length; thread++)
        {
            var lines = program.Threads[thread].Lines;
            var calls = threads[thread];
            var name = ProgramThread.Name(thread);
            if (calls.ValueKind != JsonValueKind.Array || calls.GetArrayLength() != lines.Length) throw new ProtocolException($"was answered by a round in which thread {name} has not the {lines.Length} calls that it was to make");
            var before = -1L;
            for (var i = 0; i < lines.Length; i++)
            {
                var call = calls[i];
                if (call.ValueKind != JsonValueKind.Array || call.GetArrayLength() != 3 || !Stamp(call[0], out var called) || !Stamp(call[1], out var returned))
                    throw new ProtocolException($"was answered by a call of thread {name} that is not [called, returned, answer]: {Quoted.Short(call.GetRawText())}");
                if (called >= returned) throw new ProtocolException($"was answered by a lie: thread {name} returned from {lines[i].Operation} at {returned}, and called at {called}");
                if (called <= before) throw new ProtocolException($"was answered by a lie: thread {name} called {lines[i].Operation} at {called}, and had returned from the call before at {before}");
                before = returned;
                stamped.Add((called, thread, null));
                stamped.Add((returned, thread, (lines[i].Operation, call[2])));
            }
        }

        stamped.Sort((one, other) => one.Stamp.CompareTo(other.Stamp));
        for (var i = 1; i < stamped.Count; i++)
            if (stamped[i].Stamp == stamped[i - 1].Stamp) throw new ProtocolException($"was answered by a lie: {stamped[i].Stamp} was taken from the counter twice");
        // An owner may be answered before the Open that made it has returned.
        var opened = stamped.Select(one => one.Returned is { Operation: Operation.Open } open ? Read(open.Json, open.Operation, names) : (Answer?)null).ToList();
        var answers = stamped.Select((one, i) => one.Returned is { } returned ? opened[i] ?? Read(returned.Json, returned.Operation, names) : (Answer?)null).OfType<Answer>();
        var all = setup.Concat(answers).Concat(Answers(round, "after", [.. program.After.Select(line => line.Operation)], names)).ToList();
        return new Round([.. stamped.Select(one => one.Returned is null ? -1 - one.Thread : one.Thread)], [.. all.Select(answer => answer.Result)])
        {
            Instead = all.Select(answer => answer.Instead).FirstOrDefault(instead => instead is not null),
            Skipped = all.Select(answer => answer.Skipped).FirstOrDefault(skipped => skipped is not null),
        };

        static bool Stamp(JsonElement json, out long stamp)
        {
            stamp = 0;
            return json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out stamp) && stamp >= 0;
        }
    }
}
