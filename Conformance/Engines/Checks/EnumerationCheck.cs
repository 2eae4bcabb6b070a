// The check enumeration: all programs of two threads of one call each, of every universe, and fixed parts of longer ones; each in every schedule.
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Generation;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>Enumerates the universes of the kit, in each dialect.</summary>
/// <param name="context">The terms.</param>
/// <param name="engine">What runs a program.</param>
/// <param name="plan">Which programs of each universe, in order; all of 1+1 and parts of others unless told otherwise.</param>
internal sealed class EnumerationCheck(CheckContext context, IEngine engine, (Shape Shape, Shard Shard, string? Universe)[]? plan = null)
{
    /// <summary>The name of the check.</summary>
    public const string Name = "enumeration";

    // The same programs each time: what one run finds, the next finds again.
    private static readonly (Shape Shape, Shard Shard, string? Universe)[] Usual =
        [(Shape.OneAndOne, Shard.Whole, null), (Shape.OneAndTwo, new Shard(1, 24), null), (new Shape([1, 3]), new Shard(1, 8), "rosters"), (new Shape([1, 3]), new Shard(1, 8), "visits"), (new Shape([1, 6]), new Shard(1, 60), "tenants")];

    /// <summary>Runs them, up to so many schedules in each dialect; the first finding of a dialect ends it.</summary>
    public CheckReport Run(long schedules)
    {
        var all = new EnumerationReport();
        var findings = new List<Finding>();
        foreach (var dialect in context.Dialects)
        {
            var report = Run(dialect, schedules);
            all = all.And(report);
            if (report.Finding is not { } finding) continue;
            findings.Add(finding);
            context.Witness?.Found(finding);
        }

        var doubts = new List<string>();
        if (all.Doubt is { } doubt) doubts.Add(doubt);
        if (all.Unknown > 0) doubts.Add($"{all.Unknown} histories not judged within the budget");
        var isDoubtful = doubts.Count > 0;
        if (all.Unfinished > 0) doubts.Add($"{all.Unfinished} of {all.Programs} programs have more schedules than the budget");
        return new CheckReport(Name, findings.Count > 0 ? RuleVerdict.Fail : isDoubtful ? RuleVerdict.Unknown : all.Programs == 0 ? RuleVerdict.NotRun : RuleVerdict.Pass)
        {
            Iterations = all.Schedules,
            Failures = [.. findings],
            Spoke = all.Spoke,
            Remark = doubts.Count > 0 ? string.Join("; ", doubts) : null,
        };
    }

    private EnumerationReport Run(Dialect dialect, long schedules)
    {
        var done = new EnumerationReport();
        foreach (var (shape, shard, only) in plan ?? Usual)
        {
            // These are in no group: what Linux613 does with them, Amended does too.
            if (only is not null && plan is null && dialect == Dialect.Linux613) continue;
            foreach (var universe in Universe.All.Values.Where(universe => only is null || universe.Name == only).Where(universe => universe.SpeaksOf(dialect) && (context.Inheritance || !universe.NeedsInheritance)))
            {
                if (done.Finding is not null || done.Schedules >= schedules || context.Cancelled.IsCancellationRequested) return done;
                var before = done;
                done = done.And(new Enumeration(context, engine, universe.Programs(shape, dialect), dialect)
                {
                    Shard = shard,
                    Most = schedules - done.Schedules,
                }.Run(report => context.Progress($"{Name} {dialect}, {universe.Name} {shape}, programs", before.Programs + report.Programs, 0)));
            }
        }

        return done;
    }
}
