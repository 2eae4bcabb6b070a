// check: every state of a bounded system, breadth-first, and every property in each of its transitions.
using PerfModel.Conformance.ModelChecker;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>The verb check.</summary>
internal static class CheckVerb
{
    public static System.CommandLine.Command Create(Interrupts interrupts)
    {
        var verb = new System.CommandLine.Command("check", "Explores every state of a bounded system: each Always holds, each Sometimes is reached.")
        {
            Grammar.Machine, Grammar.Preset, Grammar.Events, Grammar.Dialect, Grammar.Mends, Grammar.Symmetry, Grammar.Memory, Grammar.Property, Grammar.Json,
        };
        verb.SetAction(parsed =>
        {
            var property = parsed.GetValue(Grammar.Property);
            var most = parsed.GetValue(Grammar.Memory) << 20 ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3;
            var system = CheckedSystem.Of(parsed, most);
            var wanted = Wanted(system, property);
            var result = new BreadthFirst(system.Machine, wanted, most).Run(Show, interrupts.Token);
            Output.EndProgress();
            var report = new MachineReport(parsed.GetRequiredValue(Grammar.Machine), system, result);
            if (parsed.GetValue(Grammar.Json)) Output.WriteJson(report.ToJson());
            else report.Write(property is null);
            return result.Verdict.ExitCode();
        });
        return verb;
    }

    private static ulong Wanted(BoundedSystem system, string? name)
    {
        var claims = system.Machine.Claims;
        // More than there are claims: the search goes on to the last state though every claim is violated.
        if (name is null) return ulong.MaxValue;
        var all = Enumerable.Range(0, claims.Length).ToList();
        var found = all.FindAll(i => Named(claims[i]));
        if (found.Count == 0) found = all.FindAll(i => claims[i].Name.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        if (found is [var one]) return 1UL << one;
        if (found.Count > 1) throw new UsageException($"more than one property begins with '{Quoted.Short(name)}': {string.Join("; ", found.Select(i => claims[i].Name))}");
        foreach (var (claim, why) in system.Idle)
            if (Named(claim)) throw new UsageException($"the property '{name}' is not in play in preset {system.Name}: {why}");
        throw new UsageException($"there is no property '{Quoted.Short(name)}' of preset {system.Name}; 'perfmodel check' lists them");

        bool Named(Claim claim) => name.Equals(claim.Id, StringComparison.OrdinalIgnoreCase) || name.Equals(claim.Name, StringComparison.OrdinalIgnoreCase);
    }

    private static void Show(SearchProgress at) => Output.Progress(() => $"check: {at.States:N0} states, {at.Frontier:N0} of this layer to go, {at.PerSecond / 1e6:F2} M/s, {at.Bytes >> 20} MiB");
}
