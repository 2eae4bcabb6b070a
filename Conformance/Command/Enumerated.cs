// What an enumeration came to, part by part: a table, JSON, and the file from which another goes on, or with which it is merged.
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Command;

/// <summary>One universe in one dialect.</summary>
/// <param name="Universe">Its name.</param>
/// <param name="Text">A hash of its file.</param>
/// <param name="Dialect">The dialect.</param>
/// <param name="Calls">How many calls a thread can choose from.</param>
/// <param name="Setups">From how many states programs begin.</param>
/// <param name="Programs">How many programs there are, all shards together.</param>
/// <param name="Chunks">How many chunks the shard has.</param>
/// <param name="Done">How far it came.</param>
internal sealed record EnumeratedPart(string Universe, string Text, string Dialect, int Calls, int Setups, long Programs, long Chunks, Progress Done)
{
    /// <summary>What makes one part the same as another, but for its shard.</summary>
    public object Key => (Universe, Text, Dialect, Programs);

    /// <summary>A hash of a universe's file.</summary>
    public static string HashOf(Universe universe) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(universe.Text)))[..16];
}

/// <summary>How far a part came: the numbers of an <see cref="EnumerationReport"/>.</summary>
internal sealed record Progress(long Chunks, long Programs, long Schedules, long Outcomes, long Unfinished, long Unknown, long Findings, double Seconds, string? Doubt)
{
    public static Progress Of(EnumerationReport report) => new(
        report.Chunks, report.Programs, report.Schedules, report.Outcomes, report.Unfinished, report.Unknown, report.Finding is null ? 0 : 1, Math.Round(report.Seconds, 1), report.Doubt);

    public EnumerationReport Report => new() { Chunks = Chunks, Programs = Programs, Schedules = Schedules, Outcomes = Outcomes, Unfinished = Unfinished, Unknown = Unknown, Seconds = Seconds, Doubt = Doubt };

    public Progress And(Progress other) => Of(Report.And(other.Report)) with { Findings = Findings + other.Findings };
}

/// <summary>The whole of it.</summary>
/// <param name="Version">The version of the suite.</param>
/// <param name="Subject">The subject.</param>
/// <param name="Shape">The calls of each thread.</param>
/// <param name="Shard">Which part of the programs.</param>
/// <param name="Parts">Universe by universe, dialect by dialect.</param>
internal sealed record Enumerated(string Version, string Subject, string Shape, string Shard, ImmutableArray<EnumeratedPart> Parts)
{
    private static readonly JsonSerializerOptions Reading = new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };

    /// <summary>What was found, this time. A file has it as <see cref="Output.Shape"/> writes it, which is not read: the numbers of its parts say that there is a finding.</summary>
    [JsonIgnore]
    public ImmutableArray<SavedFailure> Failures { get; init; } = [];

    /// <summary>Whether Ctrl-C ended it.</summary>
    public bool Interrupted { get; init; }

    /// <summary>The verdict: without a finding it conforms only if all was run.</summary>
    public Verdict Verdict => Parts.Any(part => part.Done.Findings > 0) ? Verdict.Violates : Parts.All(IsExhaustive) ? Verdict.Conforms : Verdict.Inconclusive;

    /// <summary>Whether every program of a part ran in every schedule.</summary>
    public static bool IsExhaustive(EnumeratedPart part) => part.Done is { Findings: 0, Unfinished: 0, Unknown: 0, Doubt: null } && part.Done.Chunks == part.Chunks;

    /// <summary>Reads a file.</summary>
    /// <exception cref="UsageException">It is no result of an enumeration.</exception>
    public static Enumerated Read(string file)
    {
        try
        {
            var read = JsonSerializer.Deserialize<Enumerated>(ArtifactStore.Read(file), Reading);
            if (read is not null && !read.Parts.IsDefaultOrEmpty && Generation.Shape.Parse(read.Shape) is not null && Checks.Shard.Parse(read.Shard) is not null
                && read.Parts.All(part => part.Done.Chunks >= 0 && part.Done.Chunks <= part.Chunks)) return read;
        }
        catch (JsonException)
        {
            // Whatever it is, it is not ours.
        }

        throw new UsageException($"{Quoted.Short(file)} is no result of enumerate --report");
    }

    /// <summary>In what this is of another enumeration than one is, in words; null if it is of the same.</summary>
    /// <param name="one">The one.</param>
    /// <param name="shard">What is wrong with the shard, or null.</param>
    public string? OtherThan(Enumerated one, string? shard) =>
        Version != one.Version ? $"version {Version}, not {one.Version}"
        : Subject != one.Subject ? $"subject {Subject}, not {one.Subject}"
        : Shape != one.Shape ? $"calls {Shape}, not {one.Shape}"
        : shard ?? (Parts.Select(part => part.Key).SequenceEqual(one.Parts.Select(part => part.Key)) ? null : "other universes, or other dialects, or another text of one");

    /// <summary>The shards of one enumeration as one.</summary>
    /// <exception cref="UsageException">They are of different ones, or one comes twice.</exception>
    public static Enumerated Merge(IReadOnlyList<(string File, Enumerated Result)> results)
    {
        var (first, all) = (results[0].Result, new List<EnumeratedPart>());
        var of = Checks.Shard.Parse(first.Shard)!.Value.Of;
        var seen = new Dictionary<string, string>();
        foreach (var (file, result) in results)
        {
            var other = result.OtherThan(first, Checks.Shard.Parse(result.Shard)!.Value.Of != of ? $"shard {result.Shard}, not one of {of}" : null);
            if (other is not null) throw new UsageException($"{Quoted.Short(file)} is of another enumeration than {Quoted.Short(results[0].File)}: {other}");
            if (!seen.TryAdd(result.Shard, file)) throw new UsageException($"{Quoted.Short(file)} has shard {result.Shard}, as {Quoted.Short(seen[result.Shard])} has");
        }

        var missing = of - results.Count;
        return first with
        {
            Shard = missing == 0 ? "1/1" : first.Shard,
            Parts =
            [
                .. first.Parts.Select((part, i) => results.Skip(1).Select(result => result.Result.Parts[i]).Aggregate(part, (sum, next) => sum with { Chunks = sum.Chunks + next.Chunks, Done = sum.Done.And(next.Done) }))
                    .Select(part => missing == 0 ? part : part with { Done = part.Done with { Doubt = part.Done.Doubt ?? $"{missing} of {of} shards are not there" } }),
            ],
        };
    }

    /// <summary>As JSON; it is what <see cref="Read"/> reads.</summary>
    public object ToJson() => new
    {
        verdict = Verdict.Word(),
        version = Version,
        subject = Subject,
        shape = Shape,
        shard = Shard,
        interrupted = Interrupted,
        parts = Parts.Select(part => new
        {
            universe = part.Universe,
            text = part.Text,
            dialect = part.Dialect,
            calls = part.Calls,
            setups = part.Setups,
            programs = part.Programs,
            chunks = part.Chunks,
            exhaustive = IsExhaustive(part),
            done = new
            {
                chunks = part.Done.Chunks,
                programs = part.Done.Programs,
                schedules = part.Done.Schedules,
                outcomes = part.Done.Outcomes,
                unfinished = part.Done.Unfinished,
                unknown = part.Done.Unknown,
                findings = part.Done.Findings,
                seconds = part.Done.Seconds,
                doubt = part.Done.Doubt,
            },
        }),
        failures = Failures.Select(Output.Shape),
    };

    /// <summary>For a person.</summary>
    public void Write()
    {
        foreach (var failure in Failures) Output.WritePage(failure);
        Console.WriteLine("universe  dialect    calls  setups   programs        ran    schedules   outcomes  core s  schedules/s and core  all?");
        foreach (var part in Parts)
        {
            var done = part.Done;
            Console.WriteLine($"{part.Universe,-8}  {part.Dialect,-9}  {part.Calls,5}  {part.Setups,6}  {part.Programs,9:N0}  {done.Programs,9:N0}  {done.Schedules,11:N0}  {done.Outcomes,9:N0}  {done.Seconds,6:N1}  {(done.Seconds > 0 ? done.Schedules / done.Seconds : 0),20:N0}  {(IsExhaustive(part) ? "all" : "no")}");
        }

        Console.WriteLine();
        foreach (var part in Parts)
        {
            if (part.Done.Doubt is { } doubt) Console.WriteLine($"remark: {part.Universe}, {part.Dialect}: {doubt}");
            if (part.Done.Unfinished > 0) Console.WriteLine($"remark: {part.Universe}, {part.Dialect}: {part.Done.Unfinished} programs have more than {Enumeration.MostSchedules:N0} schedules");
            if (part.Done.Unknown > 0) Console.WriteLine($"remark: {part.Universe}, {part.Dialect}: {part.Done.Unknown} histories not judged within the budget");
        }

        var how = Verdict == Verdict.Conforms ? Shard == "1/1" ? "exhaustive" : $"exhaustive in shard {Shard}" : Shard == "1/1" ? "not all" : $"not all of shard {Shard}";
        Console.WriteLine($"{Subject} {Verdict.Word()}{(Interrupted ? " (interrupted)" : "")}: {how}, {Shape} calls, {string.Join(", ", Parts.Select(part => part.Universe).Distinct())}, {string.Join(" and ", Parts.Select(part => part.Dialect).Distinct())}; {Parts.Sum(part => part.Done.Programs):N0} programs, {Parts.Sum(part => part.Done.Schedules):N0} schedules");
    }
}
