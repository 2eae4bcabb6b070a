// The bounded systems that two tools, and two people, can count: each preset with its definition, its bound and its claims.
using System.Collections.Immutable;
using System.Numerics;
using PerfModel.Model;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>A bounded system.</summary>
/// <param name="Name">What the command calls it.</param>
/// <param name="Definition">What it keeps of the spec and what it leaves out.</param>
/// <param name="MostEvents">The highest bound that its words have room for.</param>
public sealed record Preset(string Name, string Definition, int MostEvents)
{
    private const string AlwaysActive = "everything is always Active and never throttled";
    private const string NoForks = "no task forks";
    private const string NoCounts = "counts are not kept";
    private const string OneAlone = "one event is alone";
    private const string CountingTriggersNothing = "a counting event triggers nothing";

    /// <summary>All of them.</summary>
    public static ImmutableArray<Preset> All { get; } =
    [
        new("core", "N slots of a table of handles, one scope, every event sampling, no fork. A dead event and one never opened are the same state. Enabled, scheduled, paused, "
            + "throttled and both owners take any reachable value; counts and samples are not kept, so Tick and Overflow are one action. Actions: Open (paused or not), Close, Enable, Disable, "
            + "ScheduleIn, ScheduleOut, Throttle, Unthrottle, Tick on each slot, dead ones too; SetStarter and SetStopper on each pair of slots; Open when every slot is live.", FlatLayout.MostEvents),
        new("gates", "As core, but every event is enabled and scheduled from Open to Close and never throttled. Actions: Open (paused or not), Close, Tick on each slot; SetStarter and SetStopper on "
            + "each pair; Open when every slot is live.", FlatLayout.MostEvents),
        new("scopes", "As core, with two scopes, of which Open takes one, and with a counting event in the last slot.", FlatLayout.MostEvents),
        new("family", "Two inheriting, sampling events of a root task, which forks a child, which forks a grandchild; all instances are Active from their first moment to their last, and none is ever throttled. "
            + "Of a copy it is kept whether its event is still open, not which event of its slot it was. Counts are not kept. Actions: Open (paused or not), Close, Enable, SetStarter, SetStopper on the "
            + "events; Tick on each instance, dead ones too; Fork of the child, of the grandchild, and of a name that is not declared; Exit of each task; Open when both events are live.", 2),
        new("steps", "The concurrent reading: N open, Active, sampling events, unlinked at first; two threads, each of which calls Overflow, SetStarter, SetStopper or Close, on any of them, "
            + "again and again; every interleaving of their atomic steps (chapter 7). A call begins with its first step and returns with its last. Nothing is opened meanwhile.", 2),
    ];

    /// <summary>The definition, with that of the preset that it builds on, and what else it is in a dialect.</summary>
    public string FullDefinition(Dialect dialect)
    {
        var full = Definition.StartsWith("As core", StringComparison.Ordinal) ? $"{Definition} And core is: {Find("core")!.Definition}" : Definition;
        return dialect == Dialect.Linux613 ? $"{full} In Linux613: {InGroups}" : full;
    }

    private string InGroups => Name switch
    {
        "family" => "an event is opened as one that can be paused, paused or not, or as a member that pauses or resumes the other; there is no SetStarter or SetStopper.",
        "steps" => "there is one more event, which can be paused; the first of the others pauses it, the second resumes it; the calls are Overflow, Close and Enable.",
        _ => "of an event it is also kept whether it can be paused, whether it is in error, its leader and its role; of the two slots nothing. An event is opened as one that can be paused or not, paused "
            + "or not, or as a member of each other slot's group that pauses, resumes or both; of SetStarter and SetStopper there is one call, of each slot with itself.",
    };

    /// <summary>Whether the bound is the preset's own: it has no N.</summary>
    public bool HasOwnBound => Name == "family";

    /// <summary>Whether it speaks of calls under way: its properties are the stepwise ones.</summary>
    public bool IsConcurrent => Name == "steps";

    /// <summary>The preset of this name, or null.</summary>
    public static Preset? Find(string name) => All.FirstOrDefault(preset => preset.Name == name);

    /// <summary>The machine that people run: on words, where there is a step on words.</summary>
    /// <param name="events">N, 1 … <see cref="MostEvents"/>.</param>
    /// <param name="dialect">The dialect.</param>
    /// <param name="symmetric">Whether one state stands for its orbit.</param>
    public IMachine Machine(int events, Dialect dialect, bool symmetric) =>
        Codec(events, dialect) is FlatCodec flat && !IsConcurrent ? new FlatMachine(flat, Sequential(events, dialect), symmetric) : Reference(events, dialect, symmetric);

    /// <summary>The machine whose every transition is the model's own; slower.</summary>
    /// <inheritdoc cref="Machine"/>
    public IMachine Reference(int events, Dialect dialect, bool symmetric) => Mutated(events, dialect, symmetric, null);

    /// <summary>The model with one thing wrong.</summary>
    /// <inheritdoc cref="Machine"/>
    public IMachine Mutated(int events, Dialect dialect, bool symmetric, Mutant? mutant) => IsConcurrent
        ? new StepsMachine(Codec(events, dialect), Stepwise(events, dialect), symmetric, mutant?.Move ?? ((_, move) => move))
        : new ModelMachine(Codec(events, dialect), Sequential(events, dialect), symmetric, mutant?.Step ?? Step.Apply);

    /// <summary>Why a property is not in play here, or null if it is.</summary>
    /// <param name="id">Its short name.</param>
    /// <param name="events">N.</param>
    /// <param name="dialect">The dialect.</param>
    public string? OutOfPlay(string id, int events, Dialect dialect)
    {
        var family = Name == "family";
        var aloneCounts = events == 1 && Name == "scopes";
        if (dialect == Dialect.Linux613 && OutOfPlayInGroups(id, events) is { } why) return why;
        return id switch
        {
            "visit-is-dropped" when events == 1 => OneAlone,
            "fork-copies-what-inherits" or "copy-begins-as-its-source" or "copy-is-linked-as-its-source" or "total-is-counted"
                or "enable-reaches-every-copy" or "instances-live-in-running-tasks" or "fork-table-decides"
                or "copy-paused-alone" or "grandchild-linked" or "copy-outlives-its-handle" or "total-keeps-dead-copies"
                or "answers-ESRCH" or "answers-EAGAIN" => family ? null : NoForks,
            "copies-appear-with-their-task" or "copy-outlives-its-task" or "copy-of-the-dead" => NoForks,
            "control-moves-nothing" => Name is "gates" ? AlwaysActive : null,
            "answers-EOVERFLOW" => NoCounts,
            // One event alone is the counting one, and that overflows never.
            "event-pauses-itself" when aloneCounts => CountingTriggersNothing,
            "paused-and-throttled" when aloneCounts && dialect == Dialect.Patch2011 => CountingTriggersNothing,
            "last-trigger-not-followed" when events == 1 => OneAlone,
            "answers-EEXIST" or "both-roles-of-one-target" when aloneCounts && dialect == Dialect.Amended => CountingTriggersNothing,
            "active-is-not-throttled" or "paused-and-throttled" or "last-trigger-not-followed" =>
                Name is "core" or "scopes" ? null : AlwaysActive,
            // Open paused of Patch2011, a link across scopes, a task that is not declared.
            "answers-EINVAL" => dialect != Dialect.Amended || family || Name == "scopes" ? null : "no argument is out of its range",
            "close-frees-a-slot" or "answers-EBUSY" when events == 1 => OneAlone,
            "cycle-falls-silent" or "gate-moves-after-its-link" when events == 1 => OneAlone,
            "answers-EBUSY" when events == 2 && Name == "scopes" && dialect == Dialect.Amended => "one event alone triggers",
            _ => null,
        };
    }

    private string? OutOfPlayInGroups(string id, int events) => id switch
    {
        "answers-EINVAL" or "member-in-error" when events == 1 => OneAlone,
        "two-members-of-one-role" when events < 3 => "a leader has one member at most",
        "answers-EEXIST" => Name == "family" ? null : NoForks,
        "answers-ENOTTY" or "answers-EOPNOTSUPP" => Name == "family" ? "no call is made that the dialect has not" : null,
        _ => null,
    };

    /// <summary>The sequential properties that are in play.</summary>
    public ImmutableArray<Property> Sequential(int events, Dialect dialect) =>
        [.. Properties.Sequential.Where(property => property.SpeaksOf(dialect) && OutOfPlay(property.Id, events, dialect) is null)];

    /// <summary>The stepwise properties that are in play.</summary>
    public ImmutableArray<StepwiseProperty> Stepwise(int events, Dialect dialect) =>
        [.. Properties.Stepwise.Where(property => property.SpeaksOf(dialect) && OutOfPlay(property.Id, events, dialect) is null)];

    /// <summary>The properties that are not in play, each with the reason.</summary>
    public IEnumerable<(Claim Claim, string Why)> Idle(int events, Dialect dialect) =>
        from claim in IsConcurrent ? Properties.Stepwise : Properties.Sequential.Cast<Claim>()
        where claim.SpeaksOf(dialect)
        let why = OutOfPlay(claim.Id, events, dialect)
        where why is not null
        select (claim, why);

    /// <summary>How many states there can be, or null where nobody knows before. All of core's are reached in Amended; in Patch2011 a gate is paused only after a link.</summary>
    public BigInteger? MostStates(int events, Dialect dialect) => Name is "core" or "gates" or "scopes" && dialect != Dialect.Linux613 ? Placings(events, Name == "scopes" ? 2 : 1, Name == "gates" ? 2 : 16) : null;

    internal ICodec Codec(int events, Dialect dialect)
    {
        var more = Name == "steps" && dialect == Dialect.Linux613 ? 1 : 0;
        var declaration = new Declaration(dialect, Handles: events + more, Roots: 2, Tasks: 2, Cpus: 1);
        var (alwaysActive, scopes, lastCounts) = (Name is "gates" or "steps", Name == "scopes" ? 2 : 1, Name == "scopes");
        return (Name, dialect) switch
        {
            ("family", Dialect.Linux613) => new GroupFamilyCodec(),
            ("family", _) => new FamilyCodec(dialect),
            (_, Dialect.Linux613) => new GroupCodec(declaration, alwaysActive, scopes, lastCounts),
            _ => new FlatCodec(declaration, alwaysActive, scopes, lastCounts),
        };
    }

    // Each slot is dead or in a scope; a live one has some bits, and for each role nobody or one of its scope.
    private static BigInteger Placings(int events, int scopes, int bits)
    {
        var all = BigInteger.Zero;
        for (var placing = 0; placing < (int)Math.Pow(scopes + 1, events); placing++)
        {
            var population = new int[scopes + 1];
            for (var (slot, rest) = (0, placing); slot < events; slot++, rest /= scopes + 1) population[rest % (scopes + 1)]++;
            var states = BigInteger.One;
            for (var scope = 1; scope <= scopes; scope++) states *= BigInteger.Pow(bits * (population[scope] + 1) * (population[scope] + 1), population[scope]);
            all += states;
        }

        return all;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Definition}";
}
