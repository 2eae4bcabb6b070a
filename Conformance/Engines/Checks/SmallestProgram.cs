// Makes what an engine found smaller, in program and schedule: a candidate is decided by all its schedules, so that "still fails" is a fact.
using System.Globalization;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>Shrinks a finding of our own engine.</summary>
/// <param name="engine">The engine.</param>
/// <param name="dialect">The dialect in which it was found.</param>
/// <param name="end">Ends the shrinking: the smallest so far is the answer.</param>
internal sealed class SmallestProgram(IEngine engine, Dialect dialect, CancellationToken end)
{
    // Of a candidate with more schedules nobody knows whether it fails, and it is not taken.
    private const long MostSchedules = 20_000;
    private const int MostCandidates = 2_000;

    // Without reduction: a program of 60 steps has some 36,000 schedules with three preemptions.
    private const long MostOfABound = 100_000;
    private const int MostPreemptions = 6;

    /// <summary>The same mistake in a program of which no call can be left out and no argument made plainer, in a schedule with the fewest preemptions.</summary>
    /// <param name="program">The program.</param>
    /// <param name="finding">What was found in it.</param>
    public Finding Of(Program program, Finding finding)
    {
        var candidates = 0;
        // Whether every candidate of the last round was decided, by all its schedules.
        var isMinimal = true;
        while (Smaller() is { } smaller) (program, finding) = smaller;

        var minimal = isMinimal ? "no program fails that has a call less, a plainer argument or less of the setup, in any schedule" : null;
        for (var preemptions = 0; preemptions <= MostPreemptions && !end.IsCancellationRequested; preemptions++)
        {
            var explored = engine.Explore(program, dialect, new ScheduleBudget(MostOfABound, Strategy: ScheduleEngine.Exhaustive) { Preemptions = preemptions });
            if (explored.Finding is { } found && found.Kind == finding.Kind)
                return found with { Minimal = preemptions == 0 ? minimal : string.Join("; ", ((string?[])[minimal, string.Create(CultureInfo.InvariantCulture, $"no schedule of it fails {(preemptions == 1 ? "without a preemption" : $"with fewer than {preemptions} preemptions")}")]).OfType<string>()) };
            if (explored.Exhaustive != true) break;
        }

        return finding with { Minimal = minimal };

        (Program Program, Finding Finding)? Smaller()
        {
            isMinimal = true;
            foreach (var candidate in Shrinker.ShrinkWithAfter(program))
            {
                if (end.IsCancellationRequested || ++candidates > MostCandidates)
                {
                    isMinimal = false;
                    return null;
                }

                var explored = engine.Explore(candidate, dialect, new ScheduleBudget(MostSchedules, Strategy: ScheduleEngine.Exhaustive));
                if (explored.Finding is { } found && found.Kind == finding.Kind) return (candidate, found);
                isMinimal &= explored.Finding is null && explored.Exhaustive == true;
            }

            return null;
        }
    }
}
