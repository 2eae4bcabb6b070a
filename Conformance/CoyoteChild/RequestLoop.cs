// The child's end of the wire: one line of JSON in, lines of JSON out, one request at a time.
using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using PerfModel.Conformance.Findings;

namespace PerfModel.CoyoteChild;

/// <summary>Answers requests until there are none. A request is an object whose <c>verb</c> names a handler; its answers end with
/// <c>{"reply":"done"}</c>, or with <c>{"reply":"error","message":…}</c> when it made no sense.</summary>
/// <param name="input">Where requests come from.</param>
/// <param name="output">Where answers go, and nothing else: what a subject prints must not end up there.</param>
public sealed class RequestLoop(TextReader input, TextWriter output)
{
    /// <summary>The form of everything on the wire.</summary>
    public static JsonSerializerOptions Json { get; } = new(FindingJson.Options)
    {
        // For a pipe, not for a web page: quotes and angle brackets stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Does what a request asks. It may send any number of answers, each an object with a member <c>reply</c>.</summary>
    /// <exception cref="FormatException">The request makes no sense; the message is one line.</exception>
    public delegate void Handler(JsonElement request, Action<object> send);

    // For what was asked for last, once whoever asks is gone.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, Handler> _handlers = [];

    public RequestLoop On(string verb, Handler handler)
    {
        _handlers.Add(verb, handler);
        return this;
    }

    public void Run()
    {
        // Read ahead, to hear it when there will be no more: what a subject does meanwhile may have no end.
        using var lines = new BlockingCollection<string>();
        new Thread(() => Listen(lines)) { IsBackground = true, Name = "requests" }.Start();
        foreach (string line in lines.GetConsumingEnumerable())
            Send(Answer(line));
    }

    private void Listen(BlockingCollection<string> lines)
    {
        while (input.ReadLine() is string line)
            lines.Add(line);
        lines.CompleteAdding();
        Thread.Sleep(Grace);
        System.Diagnostics.Process.GetCurrentProcess().Kill();
    }

    private object Answer(string line)
    {
        try
        {
            var request = JsonSerializer.Deserialize<JsonElement>(line, Json);
            string verb = request.GetProperty("verb").GetString() ?? "";
            if (!_handlers.TryGetValue(verb, out Handler? handler))
                throw new FormatException($"there is no verb '{verb}'; there are {string.Join(", ", _handlers.Keys.Order(StringComparer.Ordinal))}");
            handler(request, Send);
            return new { reply = "done" };
        }
        catch (Exception error) when (error is FormatException or JsonException or KeyNotFoundException or InvalidOperationException or IOException)
        {
            return new { reply = "error", message = error.Message.Split('\n')[0] };
        }
    }

    private void Send(object answer)
    {
        output.WriteLine(JsonSerializer.Serialize(answer, Json));
        output.Flush();
    }
}
