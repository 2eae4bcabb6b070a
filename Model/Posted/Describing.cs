// An event in words: of the state, what a reader of a trace needs.
namespace PerfModel.Model.Posted;

internal static class Describing
{
    /// <summary>What is left of the events that differ between two states, in the words of the later.</summary>
    public static IEnumerable<string> Changes(Kernel before, Kernel after, string[] names)
    {
        if (after.Oops)
        {
            yield return "memory is corrupt";
            yield break;
        }

        for (var e = 1; e <= Kernel.LastEvent; e++)
            if (Words(before.Events[e], names) != Words(after.Events[e], names)) yield return $"{names[e]}: {Words(after.Events[e], names)}";
    }

    private static string Words(in PerfEvent e, string[] names) => e.Life switch
    {
        Life.None => "not allocated",
        Life.Freed => "freed",
        Life.Dead => "dead",
        _ => string.Join(", ", Parts(e, names)),
    };

    private static IEnumerable<string> Parts(PerfEvent e, string[] names)
    {
        yield return e.State switch { EventState.Off => "off", EventState.Inactive => "inactive", _ => "active" };
        if (e.Paused) yield return "paused";
        if (e.Throttled) yield return "throttled";
        if (e.OnPmu) yield return e.Running ? "runs" : "stands still";
        if (e.Starter != 0) yield return $"starter {names[e.Starter]}";
        if (e.Stopper != 0) yield return $"stopper {names[e.Stopper]}";
        if (e.StarterList != 0) yield return $"starts {Members(e.StarterList, names)}";
        if (e.StopperList != 0) yield return $"stops {Members(e.StopperList, names)}";
        if (e.Handler) yield return "handler";
    }

    private static string Members(byte set, string[] names) =>
        string.Join(' ', Enumerable.Range(1, Kernel.LastEvent).Where(e => (set >> e & 1) != 0).Select(e => names[e]));
}
