// The suite's end of the wire: starts an adapter, asks it one thing at a time, and says what is wrong when it is not answered.
using System.Buffers;
using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Adapters;

/// <summary>What an adapter says of itself.</summary>
/// <param name="Name">The implementation's name.</param>
/// <param name="Language">The language that it is written in.</param>
/// <param name="Dialects">Those it offers (rule 8.1).</param>
/// <param name="Profiles">Those it claims (chapter 9).</param>
/// <param name="Threads">The most threads of a program that it runs.</param>
internal sealed record Welcome(string Name, string Language, ImmutableArray<Dialect> Dialects, ImmutableArray<Profile> Profiles, int Threads);

/// <summary>A running adapter. One thread at a time may use it.</summary>
internal sealed partial class AdapterProcess : IDisposable
{
    // Far more than the answers to anything that is asked in one request.
    private const int MostOfALine = 4 << 20;

    // How long one may take to end when its output has, before it is said to live on.
    private static readonly TimeSpan ToEnd = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly CrashReport _errors;
    private readonly Stream _input;
    private readonly Stream _output;
    private readonly ArrayBufferWriter<byte> _unsent = new();
    private readonly Utf8JsonWriter _json;
    private byte[] _read = new byte[16 << 10];
    private int _begin;
    private int _end;
    private long _asked;
    private long _answered;

    private AdapterProcess(Process process)
    {
        _process = process;
        _errors = new CrashReport(process.StandardError);
        (_input, _output) = (process.StandardInput.BaseStream, process.StandardOutput.BaseStream);
        _json = new Utf8JsonWriter(_unsent);
    }

    /// <summary>Told of each line as it is sent or as it has come, without its end: <c>true</c> for what was sent.</summary>
    public Action<bool, ReadOnlyMemory<byte>>? Seen { get; init; }

    /// <summary>What its process holds, in MiB; 0 when it has ended.</summary>
    public long Held
    {
        get
        {
            try
            {
                _process.Refresh();
                return _process.WorkingSet64 >> 20;
            }
            catch (InvalidOperationException)
            {
                return 0;
            }
        }
    }

    /// <summary>Starts one.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="seen">Told of each line; null if nobody is.</param>
    /// <exception cref="SubjectException">There is no such program.</exception>
    public static AdapterProcess Start(ImmutableArray<string> command, Action<bool, ReadOnlyMemory<byte>>? seen = null)
    {
        try
        {
            return new AdapterProcess(Process.Start(new ProcessStartInfo(command[0], command.Skip(1))
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardErrorEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            })!) { Seen = seen };
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            throw new SubjectException($"cannot start {Quoted.Short(command[0])}: {Quoted.Short(e.Message.Contains("No such file", StringComparison.Ordinal) ? "there is no such program" : e.Message.ReplaceLineEndings(" "), 160)}");
        }
    }

    /// <summary>The handshake.</summary>
    /// <param name="suite">The version of the suite.</param>
    /// <param name="patience">How long it may take.</param>
    /// <exception cref="ProtocolException">It fails.</exception>
    public Welcome Hello(string suite, TimeSpan patience)
    {
        return Within(patience, () =>
        {
            using var answer = Ask("hello", json => Hello(json, suite, Protocol.Version));
            return Read(answer.RootElement.GetProperty("result"));
        });
    }

    /// <summary>Writes the params of <c>hello</c>.</summary>
    public static void Hello(Utf8JsonWriter json, string suite, int version)
    {
        json.WriteStartObject();
        json.WriteNumber("protocol", version);
        json.WriteString("suite", suite);
        json.WriteEndObject();
    }

    /// <summary>Does something that asks the adapter, and ends the adapter if that takes too long.</summary>
    /// <exception cref="ProtocolException">It does.</exception>
    public T Within<T>(TimeSpan patience, Func<T> ask)
    {
        var late = false;
        // So that the read ends.
        using var alarm = new Timer(_ => { late = true; Kill(); }, null, patience, Timeout.InfiniteTimeSpan);
        try
        {
            var answer = ask();
            if (!late) return answer;
        }
        catch (ProtocolException) when (late)
        {
            // Of what was ended, the end says nothing.
        }

        throw new ProtocolException(FormattableString.Invariant($"was not answered within {patience.TotalSeconds:0.#} s"));
    }

    /// <summary>Ends its input, and waits for it to end too.</summary>
    public void EndInput()
    {
        _input.Dispose();
        _process.WaitForExit();
    }

    /// <summary>Sends a request with the next one, without waiting for its answer, which is to be <c>{}</c>.</summary>
    public void Queue(string method, Action<Utf8JsonWriter> parameters)
    {
        var before = _unsent.WrittenCount;
        _json.Reset(_unsent);
        _json.WriteStartObject();
        _json.WriteString("jsonrpc", "2.0");
        _json.WriteNumber("id", ++_asked);
        _json.WriteString("method", method);
        _json.WritePropertyName("params");
        parameters(_json);
        _json.WriteEndObject();
        _json.Flush();
        Seen?.Invoke(true, _unsent.WrittenMemory[before..]);
        _unsent.Write("\n"u8);
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <returns>The response, which has a <c>result</c>.</returns>
    /// <exception cref="ProtocolException">It was not answered as the protocol says.</exception>
    public JsonDocument Ask(string method, Action<Utf8JsonWriter> parameters)
    {
        Queue(method, parameters);
        try
        {
            _input.Write(_unsent.WrittenSpan);
            _input.Flush();
        }
        catch (IOException)
        {
            // It does not read any more. What it still wrote says why, or its end does.
        }

        _unsent.ResetWrittenCount();
        while (true)
        {
            var response = Response();
            if (_answered == _asked) return response;
            response.Dispose();
        }
    }

    /// <summary>Ends it, and what it started.</summary>
    public void Dispose()
    {
        Kill();
        _process.Dispose();
        _json.Dispose();
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    // The next response, to the next request that has none.
    private JsonDocument Response()
    {
        var line = Line();
        Seen?.Invoke(false, line);
        if (!Utf8.IsValid(line.Span)) throw new ProtocolException($"was answered by bytes that are not UTF-8: {Words(line)}");
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException)
        {
            throw new ProtocolException($"was answered by a line that is no JSON: {Words(line)}: standard output is the wire's, and standard error is free");
        }

        try
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Get(root, "jsonrpc") is not { ValueKind: JsonValueKind.String } version || version.GetString() != "2.0")
                throw new ProtocolException($"was answered by no response of JSON-RPC 2.0: {Words(line)}");
            if (Get(root, "id") is not { ValueKind: JsonValueKind.Number } integer || !integer.TryGetInt64(out var id)) throw new ProtocolException($"was answered by a response whose id is no integer: {Words(line)}");
            if (id <= _answered) throw new ProtocolException($"was request {_answered + 1}, and request {id} was answered once more");
            if (id > _asked) throw new ProtocolException($"was request {_answered + 1}, and an answer came to {id}, which nobody asked");
            if (id > _answered + 1) throw new ProtocolException($"was request {_answered + 1}, and {id}, which came behind it, was answered first");
            if (Get(root, "error") is { } error)
            {
                _answered++;
                var value = Get(error, "code") is { ValueKind: JsonValueKind.Number } digits && digits.TryGetInt64(out var number) ? number : 0;
                var code = value == 0 ? "" : $" {value}";
                throw new ErrorException(value, $"was answered by the error{code}: {(Get(error, "message") is { ValueKind: JsonValueKind.String } message ? Quoted.Short(message.GetString()!, 160) : "it has no message")}");
            }

            if (Get(root, "result") is not { ValueKind: JsonValueKind.Object }) throw new ProtocolException($"was answered without a result that is an object: {Words(line)}");
            _answered++;
            return document;
        }
        catch (ProtocolException)
        {
            document.Dispose();
            throw;
        }
    }

    private ReadOnlyMemory<byte> Line()
    {
        for (var looked = _begin; ;)
        {
            if (_read.AsSpan(looked, _end - looked).IndexOf((byte)'\n') is >= 0 and var at)
            {
                var line = _read.AsMemory(_begin, looked + at - _begin);
                _begin = looked + at + 1;
                return line;
            }

            looked = _end;
            if (_begin > 0)
            {
                _read.AsSpan(_begin.._end).CopyTo(_read);
                (looked, _end, _begin) = (looked - _begin, _end - _begin, 0);
            }

            if (_end > MostOfALine) throw new ProtocolException($"was answered by {_end >> 20} MiB without the end of a line: {Words(_read.AsMemory(0, 200))}");
            if (_end == _read.Length) Array.Resize(ref _read, 2 * _read.Length);
            Await(_end - _begin);
            int more;
            try
            {
                more = _output.Read(_read, _end, _read.Length - _end);
            }
            catch (IOException)
            {
                more = 0;
            }

            if (more == 0) throw new ProtocolException($"was not answered: {Ended(_end - _begin)}");
            _end += more;
        }
    }

    // A process that it started may hold its output open when it has ended itself: then there is no end of it to be read.
    private void Await(int unended)
    {
        if (OperatingSystem.IsWindows() || _output is not PipeStream { SafePipeHandle: var pipe }) return;
        var poll = new PollDescriptor { Descriptor = (int)pipe.DangerousGetHandle(), Events = PollIn };
        // Interrupted by the signal that says so, poll fails.
        while (Poll(ref poll, 1, PollMilliseconds) <= 0)
            if (_process.HasExited && Poll(ref poll, 1, 0) == 0) throw new ProtocolException($"was not answered: {Ended(unended)}, and left children behind");
    }

    private string Ended(int unended)
    {
        if (!_process.WaitForExit(ToEnd)) return "the adapter closed its standard output and lives on";
        var code = _process.ExitCode;
        var how = code > 128 && !OperatingSystem.IsWindows() ? $"a signal ended the adapter, {code - 128}" : $"the adapter ended with exit code {code}";
        return $"{how}{(unended > 0 ? ", in the middle of a line" : "")}{(_errors.Lines.LastOrDefault() is { } last ? $": {Quoted.Short(last, 160)}" : "")}";
    }

    private static Welcome Read(JsonElement result)
    {
        if (Get(result, "protocol") is not { ValueKind: JsonValueKind.Number } number || !number.TryGetInt32(out var version)) throw new ProtocolException("was answered without 'protocol', an integer");
        if (version != Protocol.Version) throw new ProtocolException($"was answered by protocol {version}, and this suite speaks {Protocol.Version}");
        var dialects = List<Dialect>(result, "dialects");
        var profiles = List<Profile>(result, "profiles");
        if (dialects.IsEmpty) throw new ProtocolException("was answered without a dialect: 'dialects' names those that are offered");
        if (!profiles.Contains(Profile.Core)) throw new ProtocolException("was answered without the profile core, which every subject claims (9.1)");
        var threads = Get(result, "threads") is { ValueKind: JsonValueKind.Number } most && most.TryGetInt32(out var value) && value >= 1 ? value : throw new ProtocolException("was answered without 'threads', an integer from 1");
        return new Welcome(Quoted.Short(Protocol.Text(result, "name")), Quoted.Short(Protocol.Text(result, "language")), dialects, profiles, threads);
    }

    private static ImmutableArray<T> List<T>(JsonElement result, string name) where T : struct, Enum
    {
        var names = Enum.GetNames<T>();
        if (Get(result, name) is not { ValueKind: JsonValueKind.Array } list) throw new ProtocolException($"was answered without '{name}', a list");
        return
        [
            .. list.EnumerateArray().Select(one => one.ValueKind == JsonValueKind.String && names.FirstOrDefault(known => known.Equals(one.GetString(), StringComparison.OrdinalIgnoreCase)) is { } known ? Enum.Parse<T>(known)
                : throw new ProtocolException($"names {Quoted.Short(one.GetRawText())} among its {name}; there are {string.Join(", ", names)}")).Distinct(),
        ];
    }

    private static JsonElement? Get(JsonElement json, string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : null;

    private const short PollIn = 1;

    private const int PollMilliseconds = 200;

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary>A response that is an error.</summary>
    /// <param name="code">Its code; 0 if it has none.</param>
    /// <param name="message">What is said of it.</param>
    internal sealed class ErrorException(long code, string message) : ProtocolException(message)
    {
        public long Code => code;
    }

    private static string Words(ReadOnlyMemory<byte> line) => $"'{Quoted.Short(Encoding.UTF8.GetString(line.Span[..Math.Min(line.Length, 200)]), 60)}'";
}
