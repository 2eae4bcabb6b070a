// What explore prints, and the same as JSON.
using System.Collections.Immutable;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Command;

/// <summary>A program, the outcomes that its schedules showed, and those that the model allows.</summary>
/// <param name="Name">The name of its scenario, or null if it was generated.</param>
/// <param name="Program">The program.</param>
/// <param name="Allowed">The model's outcomes.</param>
internal sealed record ExploredProgram(string? Name, Program Program, OutcomeSet Allowed)
{
    public long Schedules { get; private init; }

    /// <summary>Whether every schedule was seen, up to equivalence; null if the strategy draws schedules.</summary>
    public bool? Exhaustive { get; private init; }

    /// <summary>Schedules given up because they are equivalent to others.</summary>
    public long Equivalent { get; private init; }

    /// <summary>Schedules cut off for their length.</summary>
    public long CutOff { get; private init; }

    /// <summary>What was seen, most frequent first.</summary>
    public ImmutableArray<OutcomeCount> Seen { get; private init; } = [];

    /// <summary>The same, with the outcomes of more schedules.</summary>
    public ExploredProgram With(ExplorationReport report) => this with
    {
        Schedules = Schedules + report.Schedules,
        Exhaustive = report.Exhaustive,
        Equivalent = Equivalent + report.Equivalent,
        CutOff = CutOff + report.CutOff,
        Seen =
        [
            .. Seen.Concat(report.Outcomes).GroupBy(outcome => outcome.Text)
                .Select(same => new OutcomeCount(same.Key, same.Sum(outcome => outcome.Count), same.Select(outcome => outcome.Verdict).Worst()))
                .OrderByDescending(outcome => outcome.Count).ThenBy(outcome => outcome.Text, StringComparer.Ordinal),
        ],
    };

    /// <summary>Whether the model allows an outcome: it is one of its outcomes, or, if their list is cut off, its histories were explained; null if that is not known.</summary>
    public bool? Allows(OutcomeCount outcome) =>
        Allowed.All.ContainsKey(outcome.Text) ? true : Allowed.Complete ? false : outcome.Verdict == Verdict.Conforms ? true : null;

    /// <summary>What the model allows and no schedule showed.</summary>
    public IEnumerable<string> Unseen => Allowed.All.Keys.Except(Seen.Select(outcome => outcome.Text));
}

/// <summary>What an exploration came to.</summary>
internal sealed record Explored(string Subject, ExploreOptions Terms, ImmutableArray<ExploredProgram> Programs)
{
    public ImmutableArray<SavedFailure> Failures { get; init; } = [];

    public double Seconds { get; init; }

    public long Unknown { get; init; }

    public ImmutableArray<string> BlindTo { get; init; } = [];

    /// <summary>What makes the verdict inconclusive, if nothing is wrong; or null.</summary>
    public string? Doubt { get; init; }

    /// <summary>What is to be told, whatever the verdict; or null.</summary>
    public string? Remark { get; init; }

    public bool Interrupted { get; init; }

    public Verdict Verdict =>
        !Failures.IsEmpty ? Verdict.Violates : Unknown > 0 || !BlindTo.IsEmpty || Schedules == 0 || Doubt is not null || Interrupted || Programs.Any(program => program.Exhaustive == false) ? Verdict.Inconclusive : Verdict.Conforms;

    private string? Remarks => Doubt is null ? Remark : Remark is null ? Doubt : $"{Doubt}; {Remark}";

    private long Schedules => Programs.Sum(program => program.Schedules);

    private double SchedulesPerSecond => Seconds > 0 ? Schedules / Seconds : 0;

    /// <summary>As JSON. An outcome names its program by its place in the list of programs, from 1.</summary>
    public object ToJson() => new
    {
        verdict = Verdict.Word(),
        subject = Subject,
        dialect = Terms.Dialect.ToString(),
        strategy = Terms.Strategy,
        seed = Terms.Seed,
        interrupted = Interrupted,
        iterations = Schedules,
        schedulesPerSecond = Math.Round(SchedulesPerSecond),
        blindTo = BlindTo,
        remark = Remarks,
        programs = Programs.Select((program, i) => new
        {
            program = i + 1,
            scenario = program.Name,
            text = program.Program.ToString(),
            schedules = program.Schedules,
            exhaustive = program.Exhaustive,
            equivalent = program.Equivalent,
            cutOff = program.CutOff,
            allowed = new { complete = program.Allowed.Complete, outcomes = program.Allowed.All.Keys },
        }),
        outcomes = Programs.SelectMany((program, i) => program.Seen.Select(outcome => new
        {
            program = i + 1,
            outcome = outcome.Text,
            count = outcome.Count,
            allowed = program.Allows(outcome),
            verdict = outcome.Verdict.HistoryWord(),
        })),
        failures = Failures.Select(Output.Shape),
    };

    /// <summary>For a person: one program in full, or many in one line each.</summary>
    public void Write()
    {
        if (Programs is [var one]) WriteOne(one);
        else if (!Programs.IsEmpty) WriteMany();
        foreach (var failure in Failures) Output.WritePage(failure);
        if (!BlindTo.IsEmpty) Console.WriteLine($"blind: {string.Join("; ", BlindTo)}");
        if (Remarks is { } remarks) Console.WriteLine($"remark: {remarks}");
        Console.WriteLine($"{Subject} {Verdict.Word()}{(Interrupted ? " (interrupted)" : "")}: {Schedules:N0} schedules of {Programs.Length} {(Programs.Length == 1 ? "program" : "programs")}, {Counted(Programs.Sum(program => program.Seen.Length))}, {SchedulesPerSecond:N0} schedules/s; {Terms.Dialect}; {How}");
    }

    private static string Counted(int outcomes) => outcomes == 1 ? "1 outcome" : $"{outcomes} distinct outcomes";

    // The word is said only of what was seen to its end.
    internal string How =>
        Programs.All(program => program.Exhaustive is null) && Terms.Strategy != ScheduleEngine.Exhaustive ? $"strategy {Terms.Strategy}; seed {Terms.Seed}"
        : Programs.All(program => program.Exhaustive == true) && Programs.Length > 0 && !Interrupted ? "exhaustive: any other schedule is equivalent to one of these"
        : Programs is [{ Exhaustive: not true }] && !Failures.IsEmpty ? "depth first, until the failure"
        : $"depth first, to the end of {Programs.Count(program => program.Exhaustive == true)} of {Programs.Length} programs; at most {Terms.Schedules:N0} schedules each";

    private void WriteOne(ExploredProgram explored)
    {
        var program = explored.Program;
        Console.WriteLine($"{explored.Name ?? "program"}{(program.Title is null ? "" : $": {program.Title}")} ({Terms.Dialect})");
        foreach (var line in program.Setup) Console.WriteLine($"  {line.Operation}");
        for (var thread = 0; thread < program.Threads.Length; thread++)
            Console.WriteLine($"  thread {ProgramThread.Name(thread)}: {string.Join("; ", program.Threads[thread].Lines.Select(line => line.Operation))}");
        if (!program.After.IsEmpty) Console.WriteLine($"  after: {string.Join("; ", program.After.Select(line => line.Operation))}");
        Console.WriteLine();
        Console.WriteLine("  schedules  the model  outcome");
        foreach (var outcome in explored.Seen) WriteRow(Amount(outcome.Count), Word(explored, outcome), outcome.Text);
        foreach (var unseen in explored.Unseen) WriteRow("-", "allows", unseen);
        Console.WriteLine();
        if (explored.Equivalent > 0) Console.WriteLine($"  {Amount(explored.Equivalent)} schedules more were begun, and given up: all that could follow is equivalent to one of these\n");
        if (explored.CutOff > 0) Console.WriteLine($"  {Amount(explored.CutOff)} of these schedules were cut off after {Amount(ScheduleBudget.UsualSteps)} steps, and not judged\n");

        static void WriteRow(string count, string model, string outcome) => Console.WriteLine($"{count,11}  {model,-9}  {outcome}");
    }

    private void WriteMany()
    {
        var named = Programs.Where(program => program.Name is not null).ToList();
        var generated = Programs.Where(program => program.Name is null).ToList();
        var tells = Programs.Any(program => program.Exhaustive is not null);
        Console.WriteLine($"  schedules  outcomes seen  allowed  {(tells ? "all?  " : "")}program");
        foreach (var program in named) WriteRow([program], program.Name!);
        if (generated.Count > 0) WriteRow(generated, $"{generated.Count} generated");
        Console.WriteLine();
        foreach (var (program, outcome) in Programs.SelectMany(program => program.Seen.Select(outcome => (program, outcome))).Where(pair => Word(pair.program, pair.outcome) == "forbids"))
            Console.WriteLine($"  forbidden: {outcome.Text}   ({program.Name ?? "generated"}, {Amount(outcome.Count)} of {Amount(program.Schedules)} schedules)");

        void WriteRow(IReadOnlyCollection<ExploredProgram> programs, string name) =>
            Console.WriteLine($"{Amount(programs.Sum(program => program.Schedules)),11}  {Amount(programs.Sum(program => program.Seen.Length)),13}  {Amount(programs.Sum(program => program.Allowed.All.Count)),7}  {(!tells ? "" : programs.All(program => program.Exhaustive == true) ? "all   " : "no    ")}{name}");
    }

    // An outcome may be one that the model allows, and still be forbidden in the order in time in which it came about.
    private static string Word(ExploredProgram program, OutcomeCount outcome) =>
        outcome.Verdict == Verdict.Violates ? "forbids" : program.Allows(outcome) switch { true => "allows", false => "forbids", null => "unknown" };

    private static string Amount(long number) => number.ToString("N0");
}
