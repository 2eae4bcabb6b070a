// Every program of a bounded universe, each in every schedule of our own engine, each history judged. It cannot find what needs more calls or other setups, nor weak memory.
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Schedules;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>Part i of n of something that is cut into n parts.</summary>
/// <param name="Index">From 1.</param>
/// <param name="Of">How many parts there are.</param>
internal readonly record struct Shard(int Index, int Of)
{
    /// <summary>The most parts.</summary>
    public const int MostParts = 1_000_000;

    /// <summary>All of it.</summary>
    public static Shard Whole { get; } = new(1, 1);

    /// <summary>Reads <c>2/8</c>; null if it is none.</summary>
    public static Shard? Parse(string text) => text.Split('/') is [var index, var of]
        && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var i) && int.TryParse(of, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
        && i >= 1 && i <= n && n <= MostParts ? new Shard(i, n) : null;

    /// <summary>Its part of some rows: each of as many rows as there are parts goes to another.</summary>
    public IEnumerable<T> Part<T>(IEnumerable<T> rows)
    {
        var (index, of) = this;
        return rows.Where((_, i) => i % of == index - 1);
    }

    /// <summary>As it is read.</summary>
    public override string ToString() => FormattableString.Invariant($"{Index}/{Of}");
}

/// <summary>What an enumeration came to, or has come to up to a place.</summary>
internal sealed record EnumerationReport
{
    /// <summary>Chunks that are done, from the first of the shard on.</summary>
    public long Chunks { get; init; }

    /// <summary>Programs that ran.</summary>
    public long Programs { get; init; }

    /// <summary>Schedules that ran.</summary>
    public long Schedules { get; init; }

    /// <summary>Distinct outcomes, added up over the programs.</summary>
    public long Outcomes { get; init; }

    /// <summary>Programs that have more schedules than the budget.</summary>
    public long Unfinished { get; init; }

    /// <summary>Histories whose judgement overran its budget.</summary>
    public long Unknown { get; init; }

    /// <summary>Seconds in programs, of all cores together.</summary>
    public double Seconds { get; init; }

    /// <summary>What makes it worth nothing that there is no finding, in one line; or null.</summary>
    public string? Doubt { get; init; }

    /// <summary>The rules that decided steps of some of the programs.</summary>
    public RuleSet Spoke { get; init; }

    /// <summary>The first finding, in the order of the programs; or null.</summary>
    public Finding? Finding { get; init; }

    /// <summary>Both, one after the other.</summary>
    public EnumerationReport And(EnumerationReport next) => this with
    {
        Chunks = Chunks + next.Chunks,
        Programs = Programs + next.Programs,
        Schedules = Schedules + next.Schedules,
        Outcomes = Outcomes + next.Outcomes,
        Unfinished = Unfinished + next.Unfinished,
        Unknown = Unknown + next.Unknown,
        Seconds = Seconds + next.Seconds,
        Doubt = Doubt ?? next.Doubt,
        Spoke = Spoke | next.Spoke,
        Finding = Finding ?? (next.Finding is { } finding ? finding with { FoundAfter = Schedules + finding.FoundAfter } : null),
    };
}

/// <summary>Runs the programs of a universe, as many at once as there are processors; what it answers does not depend on how many.</summary>
/// <param name="context">The terms.</param>
/// <param name="engine">What runs a program; it is asked by several threads at once.</param>
/// <param name="programs">The programs.</param>
/// <param name="dialect">The dialect that they run in.</param>
internal sealed class Enumeration(CheckContext context, IEngine engine, UniversePrograms programs, Dialect dialect)
{
    /// <summary>How many schedules of one program are run at most.</summary>
    public const long MostSchedules = 200_000;

    // Places of programs that are taken at once. A part of what was begun is done again when an enumeration is resumed.
    private const int Chunk = 64;

    /// <summary>Which part is run.</summary>
    public Shard Shard { get; init; } = Shard.Whole;

    /// <summary>After how many schedules it ends.</summary>
    public long Most { get; init; } = long.MaxValue;

    /// <summary>How many chunks the shard has.</summary>
    public long Chunks => ((programs.Places + Chunk - 1) / Chunk + Shard.Of - Shard.Index) / Shard.Of;

    /// <summary>Runs what is left. The first finding ends it; so does the token of the terms, and the report has what was done until then.</summary>
    /// <param name="progress">Told, now and then, what it has come to.</param>
    /// <param name="before">What was done already, by an enumeration that was interrupted.</param>
    public EnumerationReport Run(Action<EnumerationReport> progress, EnumerationReport? before = null)
    {
        var done = before ?? new EnumerationReport();
        var next = done.Chunks;
        var waiting = new SortedDictionary<long, EnumerationReport>();
        var gate = new Lock();
        var workers = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Task.WhenAll(workers).GetAwaiter().GetResult();
        return done.Finding is { } found ? done with { Finding = Smallest(found) } : done;

        void Work()
        {
            while (!context.Cancelled.IsCancellationRequested)
            {
                long chunk;
                using (gate.EnterScope())
                {
                    // What stands behind a finding does not matter any more.
                    if (next == Chunks || done.Schedules >= Most || done.Finding is not null || waiting.Values.Any(report => report.Finding is not null)) return;
                    chunk = next++;
                }

                if (TryRun(chunk) is not { } report) return;
                using (gate.EnterScope())
                {
                    waiting.Add(chunk, report);
                    // What others did behind the end is not counted: it is another amount each time.
                    while (done.Finding is null && done.Schedules < Most && waiting.Remove(done.Chunks, out var following)) done = done.And(following);
                    progress(done);
                }
            }
        }

        EnumerationReport? TryRun(long chunk)
        {
            try
            {
                return Run(chunk);
            }
            catch
            {
                // A fault of our own: the other workers need not go on.
                using (gate.EnterScope()) next = Chunks;
                throw;
            }
        }
    }

    /// <summary>About how many seconds of one core a program takes here: a few of them are run, in a part of their schedules.</summary>
    public double SecondsPerProgram()
    {
        const int Sample = 24, Part = 1_000;
        var places = Enumerable.Range(0, Sample * 8).Select(i => programs.Places * i / (Sample * 8)).Distinct();
        var sample = places.Select(programs.At).OfType<Text.Program>().Where(program => context.Inheritance || !program.NeedsInheritance).Take(Sample).ToList();
        // What is run for the first time is compiled, and takes longer.
        return sample.Count == 0 ? 0 : Enumerable.Range(0, 2).Select(_ => sample.Average(Seconds)).Last();

        // Of one with more schedules it is taken that it has as many as may be run.
        double Seconds(Text.Program program)
        {
            var clock = Stopwatch.StartNew();
            var explored = engine.Explore(program, dialect, Budget with { Schedules = Part });
            return clock.Elapsed.TotalSeconds * (explored.Exhaustive == true || explored.Finding is not null ? 1 : MostSchedules / Part);
        }
    }

    private ScheduleBudget Budget => new(MostSchedules, context.Seed, ScheduleEngine.Exhaustive) { MostCutOff = 20 };

    // Null if it was interrupted: then nobody knows what is left of it.
    private EnumerationReport? Run(long chunk)
    {
        var clock = Stopwatch.StartNew();
        var first = (Shard.Index - 1 + chunk * Shard.Of) * Chunk;
        var report = new EnumerationReport();
        for (var place = first; place < Math.Min(first + Chunk, programs.Places) && report.Finding is null; place++)
        {
            if (programs.At(place) is not { } program || (!context.Inheritance && program.NeedsInheritance)) continue;
            var explored = engine.Explore(program, dialect, Budget);
            if (context.Cancelled.IsCancellationRequested) return null;
            var spoke = report.Programs == 0 && explored.Finding is null ? Outcomes.Of(program, dialect, ProgramsCheck.ForRules).Rules : RuleSet.None;
            report = report.And(Of(program, explored) with { Spoke = spoke });
        }

        return report with { Chunks = 1, Seconds = clock.Elapsed.TotalSeconds };
    }

    private Finding Smallest(Finding found)
    {
        var program = found.Saved.Unanswered with { Verdict = null, Strategy = null, Dialect = dialect };
        var smallest = new SmallestProgram(engine, dialect, context.Cancelled).Of(program, found);
        return smallest with
        {
            FoundAfter = found.FoundAfter,
            Saved = smallest.Saved with { Subject = context.Subject, Check = EnumerationCheck.Name, Strategy = ScheduleEngine.Exhaustive, Title = found.Saved.Title },
        };
    }

    private static EnumerationReport Of(Text.Program program, ExplorationReport explored) => new()
    {
        Programs = 1,
        Schedules = explored.Schedules,
        Outcomes = explored.Outcomes.Length,
        Unfinished = explored is { Exhaustive: true } or { Finding: not null } ? 0 : 1,
        Unknown = explored.Unknown,
        Doubt = explored.Finding is { Ending: Ending.Uncontrolled } uncontrolled ? uncontrolled.Message
            : explored.CutOff > 0 ? $"'{program.Title}' has a schedule of more than {ScheduleBudget.UsualSteps} steps: a call that never returns?" : null,
        Finding = explored.Finding is { Ending: not Ending.Uncontrolled } finding ? finding : null,
    };
}
