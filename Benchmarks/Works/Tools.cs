// The rows about the project's own tools: how many steps, states, histories and schedules a second has.
using PerfModel.Conformance.Subjects;
using System.Diagnostics;
using System.Text.Json.Nodes;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.ModelChecker;
using PerfModel.Conformance;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Benchmarks.Works;

/// <summary>Reported, not demanded.</summary>
internal static class Tools
{
    private const int CoyoteSchedules = 2000;
    private const string Scenario = "close-vs-overflow";

    // An overflow that two others look at from outside: the checker has to put six calls and a pass in order.
    private const string History = """
        perfmodel 1
        p = Open(task 0, period 1, enabled)
        t = Open(task 0, enabled)
        u = Open(task 0, enabled)
        ScheduleIn(p)
        ScheduleIn(t)
        ScheduleIn(u)
        SetStopper(p, t)
        SetStopper(p, u)
        history
          A calls Overflow(p)
          B: Paused(t) -> ok open
          B: Paused(u) -> ok paused
          C calls SetStarter(p, t)
          A returns ok 1
          C returns ok
          B: Paused(t) -> ok paused
          B: Samples(p) -> ok 1
        end
        """;

    /// <summary>Why there is no row of Coyote, in one line; null if there is one.</summary>
    public static string? WhyNotCoyote => CommandLine() is null ? "perfmodel is not built beside this program; dotnet build -c Release does" : null;

    /// <summary>Every row; that of Coyote only where the command perfmodel is built.</summary>
    public static IEnumerable<Row> Rows() =>
    [
        One("Model: Step.Apply", Unit.MillionSteps, Steps),
        One("Explorer: preset core, 2 events", Unit.MillionStates, States) with { Threads = Environment.ProcessorCount },
        One("History check: three threads, six calls", Unit.ThousandHistories, Histories),
        One($"Every schedule of {Scenario}, ours", Unit.ThousandSchedules, Schedules),
        .. CommandLine() is { } command ? [One($"{CoyoteSchedules} schedules of {Scenario}, Coyote", Unit.ThousandSchedules, () => new Coyote(command)) with { Once = true }] : Array.Empty<Row>(),
    ];

    private static Row One(string work, Unit unit, Func<Measurement> start) => new(work, null, 1, unit, [new(Columns.Ours, start)], []);

    private static Loop Steps()
    {
        // The scenarios as sequences: every operation there is, and most answers.
        Program[] documents = [.. Scenarios.All.Values];
        (State Start, Operation[] Operations)[] runs =
            [.. documents.Select(document => (State.Initial(document.DeclarationIn(document.Dialect ?? Dialect.Patch2011)), document.Operations.ToArray()))];
        var steps = runs.Sum(run => run.Operations.Length);
        return new Loop(steps, Apply, steps);

        long Apply()
        {
            long done = 0;
            foreach ((State start, Operation[] operations) in runs)
            {
                State state = start;
                foreach (Operation operation in operations)
                {
                    state = Step.Apply(state, operation).State;
                    done++;
                }
            }

            return done;
        }
    }

    private static Loop States()
    {
        var states = Search();
        return new Loop(states, Search, states);

        static long Search()
        {
            IMachine machine = Preset.Find("core")!.Machine(2, Dialect.Patch2011, symmetric: false);
            return new BreadthFirst(machine, wanted: ulong.MaxValue >> (64 - machine.Claims.Length), mostBytes: 1 << 30).Run().Stored;
        }
    }

    private static Loop Histories()
    {
        const int Times = 64;
        Program document = ProgramParser.ParseOne(History, "the history of the benchmark");
        return new Loop(Times, Check, Times);

        long Check()
        {
            long conforming = 0;
            for (var i = 0; i < Times; i++)
                if (HistoryChecker.Check(document, Dialect.Patch2011, Budget.Default).Verdict == Verdict.Conforms) conforming++;
            return conforming;
        }
    }

    private static Loop Schedules()
    {
        Program program = Scenarios.All[Scenario];
        var schedules = Explore();
        return new Loop(schedules, Explore, schedules);

        long Explore() => new ScheduleEngine(declaration => new HookedSubject(declaration))
            .Explore(program, program.Dialect ?? Dialect.Patch2011, new ScheduleBudget(200_000)).Schedules;
    }

    // Beside this program, in the same configuration: Coyote runs rewritten assemblies, so in a process of its own.
    private static string? CommandLine()
    {
        DirectoryInfo framework = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        if (framework.Parent is not { } configuration) return null;
        var command = Path.GetFullPath(Path.Combine(
            configuration.FullName, "..", "..", "..", "Conformance", "bin", configuration.Name, framework.Name, "perfmodel.dll"));
        return File.Exists(command) ? command : null;
    }

    /// <summary>Runs the command, whose own clock starts when all is loaded.</summary>
    private sealed class Coyote(string command) : Measurement
    {
        public override long Operations => CoyoteSchedules;

        public override void Run() => throw new NotSupportedException("its time is the child's, not this process's");

        public override Sample Take(int batches)
        {
            ProcessStartInfo start = new("dotnet", ["exec", command, "explore", Scenario, "--iterations", $"{CoyoteSchedules}", "--json"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process child = Process.Start(start)!;
            Task<string> complaints = child.StandardError.ReadToEndAsync();
            JsonNode? report = JsonNode.Parse(child.StandardOutput.ReadToEnd());
            child.WaitForExit();
            return report?["schedulesPerSecond"] is { } perSecond
                ? new Sample(CoyoteSchedules / perSecond.GetValue<double>(), CoyoteSchedules, Bytes: 0)
                : throw new InvalidOperationException($"perfmodel explore said nothing of its speed: {complaints.Result}");
        }

        public override void Dispose()
        {
            // The child has ended.
        }
    }
}
