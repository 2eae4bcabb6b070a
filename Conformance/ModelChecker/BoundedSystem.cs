// A bounded system of either machine, ready to be explored: what check prints of it before it knows anything.
using System.Collections.Immutable;
using PerfModel.Model;
using PerfModel.Model.Posted;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>A bounded system and the machine that explores it.</summary>
internal sealed record BoundedSystem
{
    private BoundedSystem()
    {
    }

    /// <summary>What the command calls it.</summary>
    public required string Name { get; init; }

    /// <summary>What it keeps and what it leaves out.</summary>
    public required string Definition { get; init; }

    /// <summary>The machine.</summary>
    public required IMachine Machine { get; init; }

    /// <summary>N of the spec's machine.</summary>
    public int? Events { get; private init; }

    /// <summary>The bound in words, unless it is the system's own.</summary>
    public string? Bound { get; private init; }

    /// <summary>Which variant of the machine it is: a dialect of the spec, or what of the patch is mended.</summary>
    public required string Variant { get; init; }

    /// <summary>The dialect of the spec's machine.</summary>
    public Dialect? Dialect { get; private init; }

    /// <summary>What is mended of the posted machine.</summary>
    public Mend Mends { get; private init; }

    /// <summary>Whether one state stands for its orbit; null where nothing may be renamed.</summary>
    public bool? Symmetric { get; private init; }

    /// <summary>The claims that are not in play, each with the reason.</summary>
    public ImmutableArray<(Claim Claim, string Why)> Idle { get; private init; } = [];

    /// <summary>A preset of the spec's machine.</summary>
    public static BoundedSystem OfSpec(Preset preset, int events, Dialect dialect, bool symmetric, Mutant? mutant) => new()
    {
        Name = preset.Name,
        Definition = preset.FullDefinition(dialect),
        Machine = mutant is null ? preset.Machine(events, dialect, symmetric) : preset.Mutated(events, dialect, symmetric, mutant),
        Events = events,
        Bound = preset.HasOwnBound ? null : $"{events} {(events == 1 ? "event" : "events")}",
        Variant = dialect.ToString(),
        Dialect = dialect,
        Symmetric = symmetric,
        Idle = [.. preset.Idle(events, dialect)],
    };

    /// <summary>A system of the posted machine.</summary>
    public static BoundedSystem OfPosted(PostedSystem system, Mend mends) => new()
    {
        Name = system.Name,
        Definition = system.Definition,
        Machine = new PostedMachine(system, mends),
        Variant = mends == Mend.None ? "as posted" : mends == Defect.EveryMend ? "all mended" : $"mended {string.Join(", ", Switches(mends))}",
        Mends = mends,
        Idle = [.. PostedProperties.All.Except(system.Properties).Select(property => ((Claim)property, $"it is a claim about {string.Join(" and ", property.Systems)}"))],
    };

    /// <summary>The names of the switches.</summary>
    public static IEnumerable<string> Switches(Mend mends) => Enum.GetValues<Mend>().Where(mend => mend != Mend.None && mends.HasFlag(mend)).Select(mend => mend.ToString());
}
