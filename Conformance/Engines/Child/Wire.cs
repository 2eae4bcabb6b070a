// The one wire between a parent and its child processes: a line of JSON for each request and each reply, the child's behind a mark, because a subject may print what it likes.
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Child;

/// <summary>What the parent asks.</summary>
[JsonDerivedType(typeof(Stop), "stop")]
[JsonDerivedType(typeof(Load), "load")]
[JsonDerivedType(typeof(LoadLibrary), "load-library")]
[JsonDerivedType(typeof(StartAdapter), "start-adapter")]
[JsonDerivedType(typeof(Check), "check")]
[JsonDerivedType(typeof(Run), "run")]
[JsonDerivedType(typeof(Rewrite), "rewrite")]
[JsonDerivedType(typeof(Explore), "explore")]
[JsonDerivedType(typeof(Follow), "follow")]
[JsonDerivedType(typeof(Canaries), "canaries")]
[JsonDerivedType(typeof(Probe), "probe")]
[JsonDerivedType(typeof(FollowProbe), "follow-probe")]
[JsonDerivedType(typeof(Lint), "lint")]
[JsonDerivedType(typeof(Uses), "uses")]
internal abstract record Request
{
    /// <summary>End what is under way.</summary>
    internal sealed record Stop : Request;

    /// <summary>Load an assembly of the user's.</summary>
    internal sealed record Load(string Path, string? Type, string Typed) : Request;

    /// <summary>Load a native library of the user's.</summary>
    internal sealed record LoadLibrary(string Path) : Request;

    /// <summary>Start an adapter of the user's.</summary>
    internal sealed record StartAdapter(ImmutableArray<string> Command, ChildLimits Limits) : Request;

    /// <summary>Run a check that needs no scheduler; <paramref name="Skip"/> of its examples have run already, in a child before this one.</summary>
    internal sealed record Check(string Name, string Subject, Dialect Dialect, ulong Seed, long? Iterations, string? Rule, bool Inheritance, long Skip) : Request;

    /// <summary>Run one program: a sequence once, threads in many rounds.</summary>
    internal sealed record Run(string Subject, Dialect Dialect, Program Program) : Request;

    /// <summary>Put copies of assemblies that Coyote controls into a folder.</summary>
    internal sealed record Rewrite(string Assembly, ImmutableArray<string> Also, string Folder) : Request;

    /// <summary>Run a program in many schedules: of Coyote's, or, where no subject is named, of our own engine on what was loaded.</summary>
    internal sealed record Explore(ControlledSubject? Subject, Program Program, Dialect Dialect, ScheduleBudget Budget) : Request;

    /// <summary>Run a saved schedule.</summary>
    internal sealed record Follow(ControlledSubject? Subject, Program Saved, Dialect Dialect) : Request;

    /// <summary>Look whether Coyote finds the known races, or whether what it does not find is what is known.</summary>
    internal sealed record Canaries(uint Seed, bool Holes = false) : Request;

    /// <summary>Explore a body with a known fate.</summary>
    internal sealed record Probe(string Name, ExplorationOptions Options) : Request;

    /// <summary>Run a schedule of such a body.</summary>
    internal sealed record FollowProbe(string Name, string Trace) : Request;

    /// <summary>Look for accesses that Coyote does not see.</summary>
    internal sealed record Lint(string Assembly, ImmutableArray<string> Accessors, string Scope) : Request;

    /// <summary>Look what a subject uses that Coyote does not control, or controls wrongly.</summary>
    internal sealed record Uses(ImmutableArray<string> Assemblies, string? Type) : Request;
}

/// <summary>A subject under Coyote's control.</summary>
/// <param name="Name">Its name, of one that the child has itself.</param>
/// <param name="Copy">The path of a rewritten assembly, or null.</param>
/// <param name="Type">The type in it; null if it has only one.</param>
/// <param name="Original">What the copy is of, if it is a user's: what it needs lies beside that. Else null.</param>
/// <param name="PlainFields">Whether plain fields are scheduling points.</param>
/// <param name="Patience">How long a call may take.</param>
internal sealed record ControlledSubject(string Name, string? Copy, string? Type, string? Original, bool PlainFields, TimeSpan Patience);

/// <summary>What the child answers. All but <see cref="Progress"/> and <see cref="Found"/> end a request.</summary>
[JsonDerivedType(typeof(Progress), "progress")]
[JsonDerivedType(typeof(Found), "found")]
[JsonDerivedType(typeof(Refused), "refused")]
[JsonDerivedType(typeof(Lost), "lost")]
[JsonDerivedType(typeof(Ready), "ready")]
[JsonDerivedType(typeof(Report), "report")]
[JsonDerivedType(typeof(Rewritten), "rewritten")]
[JsonDerivedType(typeof(Explored), "explored")]
[JsonDerivedType(typeof(Sightings), "sightings")]
[JsonDerivedType(typeof(Probed), "probed")]
[JsonDerivedType(typeof(Followed), "followed")]
[JsonDerivedType(typeof(Violations), "violations")]
[JsonDerivedType(typeof(Uses), "uses")]
internal abstract record Reply
{
    /// <summary>So much is done.</summary>
    internal sealed record Progress(string What, long Done, long All) : Reply;

    /// <summary>A check has found something.</summary>
    internal sealed record Found(Finding Finding) : Reply;

    /// <summary>It cannot be done.</summary>
    internal sealed record Refused(string Message) : Reply;

    /// <summary>The adapter has to be given up, and with it the child.</summary>
    internal sealed record Lost(DeathCause Cause, string What) : Reply;

    /// <summary>The code is loaded, and a subject was made of it in these dialects (rule 8.1); its accesses come to our engine or do not.</summary>
    /// <param name="Offered">The dialects.</param>
    /// <param name="IsHooked">Whether they do.</param>
    /// <param name="Claimed">The profiles that it says it claims; default if it cannot say.</param>
    internal sealed record Ready(ImmutableArray<Dialect> Offered, bool IsHooked, ImmutableArray<Profile> Claimed) : Reply;

    /// <summary>A check has ended; its findings have been told one by one.</summary>
    internal sealed record Report(RuleVerdict Verdict, long Iterations, long Operations, RuleSet Spoke, string? Remark, string? Skipped) : Reply;

    /// <summary>Where the copy of the assembly lies.</summary>
    internal sealed record Rewritten(string Path) : Reply;

    /// <summary>What the schedules showed.</summary>
    internal sealed record Explored(ExplorationReport Seen) : Reply;

    /// <summary>What the known races came to.</summary>
    internal sealed record Sightings(ImmutableArray<Sighting> All) : Reply;

    /// <summary>What the body with a known fate came to.</summary>
    internal sealed record Probed(Exploration Exploration) : Reply;

    /// <summary>What its schedule came to.</summary>
    internal sealed record Followed(Replay Replay) : Reply;

    /// <summary>The accesses that Coyote does not see.</summary>
    internal sealed record Violations(ImmutableArray<string> Lines) : Reply;

    /// <summary>What the subject uses: names of types, sorted.</summary>
    /// <param name="Uncontrolled">What waits or runs where the scheduler does not stand: a hang or a deadlock there says nothing.</param>
    /// <param name="Mistaken">What behaves otherwise in the rewritten copy: nothing that the copy does says anything.</param>
    internal sealed record Uses(ImmutableArray<string> Uncontrolled, ImmutableArray<string> Mistaken) : Reply;
}

/// <summary>What a known race came to.</summary>
/// <param name="Words">In one line.</param>
/// <param name="IsAsExpected">Whether that is what is known of it.</param>
internal sealed record Sighting(string Words, bool IsAsExpected);

/// <summary>Lines.</summary>
internal static class Wire
{
    // What begins the child's lines. A line of a subject's begins with anything else, and what it left unended is ended first.
    private const string Mark = "\u0001perfmodel ";

    public static string Line<T>(T value) => JsonSerializer.Serialize(value, FindingJson.Options);

    public static string Marked(Reply reply) => $"\n{Mark}{Line(reply)}\n";

    public static Request Request(string line) => JsonSerializer.Deserialize<Request>(line, FindingJson.Options)!;

    /// <summary>The answer in a line, or null if it is chatter. What has the mark and is none was written by a subject that knows it.</summary>
    public static Reply? Reply(string line)
    {
        try
        {
            return line.StartsWith(Mark, StringComparison.Ordinal) ? JsonSerializer.Deserialize<Reply>(line[Mark.Length..], FindingJson.Options) : null;
        }
        catch (Exception e) when (e is JsonException or ProgramException or NotSupportedException)
        {
            return null;
        }
    }
}
