// Runs a concurrent body under Coyote's scheduler, again and again in different orders, or once in a given order.
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Coyote;
using Microsoft.Coyote.Logging;
using Microsoft.Coyote.Specifications;
using Microsoft.Coyote.SystematicTesting;
using PerfModel.Conformance;
using PerfModel.Conformance.Engines;
using PerfModel.CoyoteChild.Rewriting;

namespace PerfModel.CoyoteChild;

/// <summary>Explores the interleavings of a body that creates, starts and joins threads of its own.</summary>
/// <remarks>
/// The body is called once per schedule and must build its whole world anew: what one schedule leaves behind, the next would see, and
/// its trace would not replay. It returns null, or what is wrong with what it saw. Only one of its threads runs at a time, switched at
/// scheduling points, so code outside the rewritten assemblies (recording, judging) is never interrupted and needs no locks.
/// </remarks>
internal sealed class CoyoteRunner
{
    private const string NoSchedule = "the text is not a schedule that Coyote saved";

    // What a rewriter that leaves out a constraint or an overload makes of code that was right.
    private static readonly string[] OfRewriting =
    [
        nameof(System.Security.VerificationException), nameof(InvalidProgramException), nameof(TypeLoadException), nameof(MissingMethodException), nameof(BadImageFormatException),
    ];

    private readonly Func<string?> _body;
    private string? _flagged;
    private int _flags;
    private int _finished;

    private CoyoteRunner(Func<string?> body) => _body = body;

    /// <summary>Runs the body under up to <see cref="ExplorationOptions.Schedules"/> schedules. The same seed gives the same schedules.</summary>
    public static Exploration Run(Func<string?> body, ExplorationOptions options) => new CoyoteRunner(body).Explore(options);

    /// <summary>Runs the body once, in the order that a trace tells.</summary>
    /// <exception cref="FormatException">The text is no trace, or one of another version of Coyote.</exception>
    public static Replay Replay(Func<string?> body, string trace, TimeSpan? patience = null) =>
        new CoyoteRunner(body).Follow(trace, patience ?? new ExplorationOptions().HangTimeout);

    private Exploration Explore(ExplorationOptions options)
    {
        Configuration configuration = Choose(options.Strategy, Configure(options.HangTimeout))
            .WithTestingIterations((uint)options.Schedules)
            .WithRandomGeneratorSeed(options.Seed)
            .WithMaxSchedulingSteps(Math.Max(1, options.MaxSteps / 10), options.MaxSteps)
            .WithMemoryAccessRaceCheckingEnabled(options.PlainFields)
            .WithTestIterationsRunToCompletion(!options.StopAtFirstFailure);
        using TestingEngine engine = CreateEngine(configuration);

        ScheduleFailure? first = null;
        int schedules = 0, failures = 0;
        long steps = 0;
        var paths = new HashSet<string>();

        // Coyote keeps the trace of its last schedule only, and once a report holds a failure it writes the trace out after every
        // schedule. So a report with a failure is read before the next schedule begins, and replaced by an empty one.
        void Collect()
        {
            TestReport report = engine.TestReport;
            schedules += report.NumOfExploredFairPaths + report.NumOfExploredUnfairPaths;
            steps += report.TotalExploredFairSteps + report.TotalExploredUnfairSteps;
            paths.UnionWith(report.CoverageInfo.ExploredPaths);
            failures += report.NumOfFoundBugs;
            if (report.NumOfFoundBugs > 0)
                first ??= Describe(report, schedules, OneLine(engine.ReproducibleTrace));
            engine.TestReport = new TestReport(configuration);
        }

        engine.RegisterStartIterationCallBack(_ =>
        {
            if (engine.TestReport.NumOfFoundBugs > 0)
                Collect();
            _flagged = null;
        });
        var clock = Stopwatch.StartNew();
        engine.Run();
        clock.Stop();
        Collect();
        int unfinishedFailures = failures - _flags;
        return new Exploration(schedules, paths.Count, schedules - _finished - unfinishedFailures, failures, steps, first, clock.Elapsed);
    }

    private Replay Follow(string trace, TimeSpan patience)
    {
        int expectedSteps = CountSteps(trace);
        using TestingEngine engine = OpenTrace(trace, patience);
        engine.Run();
        TestReport report = engine.TestReport;
        bool followed = report.TotalExploredFairSteps + report.TotalExploredUnfairSteps == expectedSteps
            && (_finished == 1 || report.NumOfFoundBugs == 1);
        return new Replay(followed, report.NumOfFoundBugs == 0 ? null : Describe(report, 1, trace));
    }

    private static Configuration Configure(TimeSpan patience) => Configuration.Create()
        .WithDeadlockTimeout((uint)patience.TotalMilliseconds)
        .WithTelemetryEnabled(false)
        .WithTraceAnalysisEnabled(false)
        .WithAtomicOperationRaceCheckingEnabled()
        .WithVolatileOperationRaceCheckingEnabled()
        .WithLockAccessRaceCheckingEnabled()
        // A thread that Coyote does not control makes every verdict a guess, so it is a failure of its own kind and not let pass.
        .WithPartiallyControlledConcurrencyAllowed(false);

    // The numbers are Coyote's own defaults: what its portfolio uses, and what its papers measured.
    private static Configuration Choose(string strategy, Configuration configuration) => strategy switch
    {
        // A portfolio is what a new configuration holds; no call of Coyote's asks for it.
        "portfolio" => configuration,
        "random" => configuration.WithRandomStrategy(),
        "probabilistic" => configuration.WithProbabilisticStrategy(3),
        "prioritization" => configuration.WithPrioritizationStrategy(isFair: false, 10),
        "fair-prioritization" => configuration.WithPrioritizationStrategy(isFair: true, 10),
        "delay-bounding" => configuration.WithDelayBoundingStrategy(isFair: false, 10),
        "fair-delay-bounding" => configuration.WithDelayBoundingStrategy(isFair: true, 10),
        "q-learning" => configuration.WithQLearningStrategy(),
        _ => throw new FormatException($"there is no strategy '{strategy}'"),
    };

    private TestingEngine CreateEngine(Configuration configuration)
    {
        var engine = TestingEngine.Create(configuration, RunBody);
        // It would write to the console, which belongs to whoever started this process.
        engine.SetLogger(new TextWriterLogger(TextWriter.Null, VerbosityLevel.None));
        return engine;
    }

    private TestingEngine OpenTrace(string trace, TimeSpan patience)
    {
        try
        {
            return CreateEngine(Configure(patience).WithTestingIterations(1).WithReproducibleTrace(trace));
        }
        catch (Exception error)
        {
            // Coyote reads it without checking: what a damaged trace throws depends on where it is damaged.
            throw new FormatException(NoSchedule, error);
        }
    }

    private void RunBody()
    {
        string? wrong = _body();
        _finished++;
        if (wrong is null)
            return;
        _flagged = wrong;
        _flags++;
        Specification.Assert(false, "flagged");
    }

    private ScheduleFailure Describe(TestReport report, int schedule, string trace)
    {
        if (_flagged is not null)
            return new ScheduleFailure(Ending.Returned, _flagged, schedule, trace);
        string text = report.BugReports.First();
        Ending ending =
            text.StartsWith("Deadlock detected", StringComparison.Ordinal) ? Ending.Deadlocked
            : text.StartsWith("Potential deadlock", StringComparison.Ordinal) ? Ending.Hung
            : !text.StartsWith("Unhandled exception", StringComparison.Ordinal) ? Ending.Uncontrolled
            : OfRewriting.Any(text.Split('\n')[0].Contains) ? Ending.Uncontrolled
            : Ending.Threw;
        // What Coyote adds is advice on its own command line.
        string message = ending switch
        {
            Ending.Hung => "no thread came to a scheduling point for a long time: a hang, or a wait that Coyote does not control",
            Ending.Uncontrolled => text.Split(" As a workaround", 2)[0].Replace("Unhandled exception.", "Coyote's rewritten copy throws what the original does not:", StringComparison.Ordinal),
            _ => text.Replace($"{typeof(SubjectThrew).FullName}: ", "", StringComparison.Ordinal),
        };
        return new ScheduleFailure(ending, message, schedule, trace);
    }

    private static string OneLine(string trace) => JsonNode.Parse(trace)!.ToJsonString();

    private static int CountSteps(string trace)
    {
        try
        {
            using var document = JsonDocument.Parse(trace);
            JsonElement root = document.RootElement;
            string? version = root.GetProperty("CoyoteVersion").GetString();
            if (version != RewritingCheck.Version)
                throw new FormatException($"the schedule was saved by Coyote {version} and replays only there; this is Coyote {RewritingCheck.Version}");
            return root.GetProperty("Steps").GetArrayLength();
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException(NoSchedule, error);
        }
    }
}
