// The child process in which Coyote runs rewritten copies of what it explores. Started by the perfmodel command, not by a person.
using System.Runtime.InteropServices;
using System.Text.Json;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using PerfModel.CoyoteChild.Canaries;
using PerfModel.CoyoteChild.Rewriting;
using PerfModel.CoyoteChild.Seam;

namespace PerfModel.CoyoteChild;

internal static class EntryPoint
{
    public static int Main()
    {
        // Unrewritten assemblies give false deadlocks, which a reader would believe; so nothing at all is explored then.
        if (RewritingCheck.ComplaintAboutBuiltIn() is string complaint)
        {
            Console.Error.WriteLine(complaint);
            return 2;
        }

        // Ctrl-C reaches every process at the terminal. What it means is the parent's affair, which ends this one when it likes.
        using var ignored = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);

        // The answers own the standard output; what a subject prints goes where its reader expects chatter.
        TextWriter answers = Console.Out;
        TextReader requests = Console.In;
        Console.SetOut(Console.Error);
        Console.SetIn(TextReader.Null);

        new RequestLoop(requests, answers)
            .On("hello", (_, send) => send(new
            {
                reply = "hello",
                coyote = RewritingCheck.Version,
                rewritten = RewritingCheck.BuiltIn,
                strategies = ExplorationStrategy.All,
            }))
            .On("canaries", (request, send) => SendAll(send, Aviary.RunCanaries(Seed(request))))
            .On("holes", (request, send) => SendAll(send, Aviary.RunHoles(Seed(request))))
            .On("probe", (request, send) =>
            {
                Exploration exploration = CoyoteRunner.Run(ProbeOf(request).Body, Options(request));
                send(new { reply = "exploration", exploration, exploration.SchedulesPerSecond });
            })
            .On("replay-probe", (request, send) =>
            {
                Replay replay = CoyoteRunner.Replay(ProbeOf(request).Body, Text(request, "trace"));
                send(new { reply = "replay", replay });
            })
            .On("explore", (request, send) => send(new { reply = "explored", report = RunnerOf(request).Explore(Terms(request)) }))
            .On("replay", (request, send) => send(new { reply = "explored", report = RunnerOf(request).Replay() }))
            .On("rewrite", (request, send) => send(new { reply = "rewritten", path = Rewriter.Rewrite(Text(request, "assembly"), Also(request), Text(request, "folder")) }))
            .On("lint", (request, send) =>
            {
                var lint = new SeamLint(Text(request, "assembly"), Text(request, "accessors").Split(','), Text(request, "namespace"));
                foreach (string violation in lint.Violations())
                    send(new { reply = "violation", violation });
            })
            .Run();
        // A thread that a subject left hanging would keep the process.
        Environment.Exit(0);
        return 0;
    }

    private static ProgramRunner RunnerOf(JsonElement request)
    {
        string? Optional(string name) => request.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
        var document = ProgramParser.ParseOne(Text(request, "document"), "the request's document");
        var subject = ExploredSubject.Find(Optional("subject"), Optional("assembly"), Optional("type"), Optional("original"));
        TimeSpan? patience = request.TryGetProperty("hangTimeoutMs", out JsonElement hang) && hang.ValueKind == JsonValueKind.Number ? TimeSpan.FromMilliseconds(hang.GetInt32()) : null;
        return new ProgramRunner(document, Enum.Parse<Dialect>(Text(request, "dialect")), subject, request.GetProperty("plainFields").GetBoolean(), patience);
    }

    private static string[] Also(JsonElement request) =>
        request.TryGetProperty("also", out JsonElement also) ? also.Deserialize<string[]>() ?? [] : [];

    private static ScheduleBudget Terms(JsonElement request) =>
        request.GetProperty("terms").Deserialize<ScheduleBudget>(RequestLoop.Json) ?? throw new FormatException("the request has no terms");

    private static void SendAll(Action<object> send, IEnumerable<Sighting> sightings)
    {
        foreach (Sighting sighting in sightings)
            send(new { reply = "sighting", sighting, line = sighting.ToString() });
    }

    private static string Text(JsonElement request, string name) =>
        request.TryGetProperty(name, out JsonElement value) && value.GetString() is { Length: > 0 } text
            ? text
            : throw new FormatException($"the request has no {name}");

    private static uint Seed(JsonElement request) => request.TryGetProperty("seed", out JsonElement seed) ? seed.GetUInt32() : 0;

    private static Probe ProbeOf(JsonElement request) =>
        Probe.Find(Text(request, "name")) ?? throw new FormatException($"there is no probe '{Text(request, "name")}'");

    private static ExplorationOptions Options(JsonElement request)
    {
        var defaults = new ExplorationOptions();
        string strategy = request.TryGetProperty("strategy", out JsonElement name) ? name.GetString() ?? "" : defaults.Strategy.Name;
        return new ExplorationOptions
        {
            Strategy = ExplorationStrategy.Find(strategy) ?? throw new FormatException($"there is no strategy '{strategy}'"),
            Schedules = request.TryGetProperty("schedules", out JsonElement schedules) ? schedules.GetInt32() : defaults.Schedules,
            Seed = Seed(request),
            StopAtFirstFailure = !request.TryGetProperty("stopAtFirstFailure", out JsonElement stop) || stop.GetBoolean(),
            PlainFields = !request.TryGetProperty("plainFields", out JsonElement fields) || fields.GetBoolean(),
            HangTimeout = request.TryGetProperty("hangTimeoutMs", out JsonElement hang) ? TimeSpan.FromMilliseconds(hang.GetInt32()) : defaults.HangTimeout,
        };
    }
}
