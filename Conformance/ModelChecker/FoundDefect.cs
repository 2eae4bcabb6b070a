// The defects of the posted patch, as the search finds them: each a shortest trace to a statement that breaks its property.
using System.Collections.Immutable;
using PerfModel.Model.Posted;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>A defect and its trace.</summary>
/// <param name="Defect">The defect.</param>
/// <param name="Trace">The statements, the last of which breaks the property; empty if there is no such trace.</param>
/// <param name="States">How many states had been looked at when it was found.</param>
internal sealed record FoundDefect(Defect Defect, ImmutableArray<TracedStatement> Trace, long States)
{
    // The systems have fewer states than that takes.
    private const long Plenty = 4L << 30;

    /// <summary>Looks for defects: one search for each of the systems that show them.</summary>
    /// <param name="defects">Which.</param>
    /// <param name="mends">What is mended.</param>
    /// <param name="progress">Told now and then how far a search is.</param>
    /// <param name="cancelled">Stops it.</param>
    public static ImmutableArray<FoundDefect> Find(IReadOnlyCollection<Defect> defects, Mend mends, Action<SearchProgress>? progress = null, CancellationToken cancelled = default)
    {
        var found = defects.GroupBy(defect => defect.System.Name).SelectMany(shown =>
        {
            var machine = new PostedMachine(PostedSystem.Find(shown.Key)!, mends);
            var wanted = shown.Aggregate(0UL, (set, defect) => set | 1UL << machine.Claims.IndexOf(defect.Claim));
            var verdicts = new BreadthFirst(machine, wanted, Plenty).Run(progress, cancelled).Claims.ToDictionary(claim => claim.Claim);
            return shown.Select(defect => new FoundDefect(defect, machine.Trace(verdicts[defect.Claim].Path), verdicts[defect.Claim].Seen));
        }).ToDictionary(one => one.Defect);
        return [.. defects.Select(defect => found[defect])];
    }
}

/// <summary>A statement of a trace, told.</summary>
/// <param name="Actor">Who executes it.</param>
/// <param name="Function">The kernel's function.</param>
/// <param name="Code">What it does, in C.</param>
/// <param name="State">The events that it has changed.</param>
internal sealed record TracedStatement(Actor Actor, string Function, string Code, ImmutableArray<string> State);
