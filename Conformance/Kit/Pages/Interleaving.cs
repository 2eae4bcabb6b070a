// A recorded schedule in words, access by access: what the threads loaded and stored of each other's, and in which row of MEMORY-ORDERING.md it stands.
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Pages;

/// <summary>Tells a schedule.</summary>
internal static class Interleaving
{
    /// <summary>The most accesses that are told: the last ones.</summary>
    private const int Most = 40;

    /// <summary>
    /// The accesses on which threads met, that is of places that one of them stored to and another touched; a line for each turn of a thread,
    /// and first how many are left out.
    /// </summary>
    public static IEnumerable<string> Told(IReadOnlyCollection<InterleavedStep> steps)
    {
        var told = Met(steps);
        if (told.Count < steps.Count) yield return LeftOut(steps.Count - told.Count);
        for (var i = 0; i < told.Count;)
        {
            var turn = told.Skip(i).TakeWhile(step => step.Thread == told[i].Thread).ToList();
            yield return $"{ProgramThread.Name(told[i].Thread)}: {PageText.Listed(turn.Select(Words), "; ")}";
            i += turn.Count;
        }
    }

    /// <summary>Those of the accesses that are told.</summary>
    public static List<InterleavedStep> Met(IReadOnlyCollection<InterleavedStep> steps)
    {
        var met = steps.GroupBy(step => step.Location)
            .Where(place => place.Any(step => step.Stores) && place.Select(step => step.Thread).Distinct().Skip(1).Any())
            .Select(place => place.Key).ToHashSet();
        return [.. steps.Where(step => met.Contains(step.Location)).TakeLast(Most)];
    }

    /// <summary>How many are not, in words.</summary>
    public static string LeftOut(int accesses) => FormattableString.Invariant($"({accesses} accesses are left out: before these, or of places that one thread alone stores to and uses)");

    /// <summary>An access in words.</summary>
    public static string Words(InterleavedStep step)
    {
        var words = step.Kind switch
        {
            AccessWord.Load => $"loads {step.Location}: {step.Value}",
            AccessWord.Store => $"stores {step.Value} in {step.Location}",
            AccessWord.Swap => $"swaps {step.Value} into {step.Location}",
            AccessWord.FailedSwap => $"fails to swap {step.Location}: {step.Value}",
            AccessWord.Exchange => $"exchanges {step.Location}: now {step.Value}",
            _ => $"adds to {step.Location}: now {step.Value}",
        };
        return MemoryOrdering.Find(step.Row) is { } row ? $"{words} ({row.Number} {row.Method})" : words;
    }
}
