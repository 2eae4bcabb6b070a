// check: every state of a bounded system, breadth-first, and every property in each of its transitions.
using System.CommandLine;
using PerfModel.Conformance.ModelChecker;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>The verb check.</summary>
internal static class CheckVerb
{
    /// <summary>The machine that is the model.</summary>
    public const string Spec = "spec";

    // What a stored state takes at least: a slot of the visited set, three of four filled, and its place in a layer.
    private const double LeastBytesPerState = 8 / 0.75 + 8;

    public static System.CommandLine.Command Create(Interrupts interrupts)
    {
        var verb = new System.CommandLine.Command("check", "Explores every state of a bounded system: each Always holds, each Sometimes is reached.")
        {
            Grammar.Machine, Grammar.Preset, Grammar.Events, Grammar.Dialect, Grammar.Symmetry, Grammar.Memory, Grammar.Property, Grammar.Json,
        };
        verb.SetAction(parsed =>
        {
            var machine = parsed.GetRequiredValue(Grammar.Machine);
            var mutant = Mutant.All.FirstOrDefault(one => Mutant.Prefix + one.Name == machine);
            var chosen = parsed.GetValue(Grammar.Preset) ?? Preset.Find(mutant?.Preset ?? "core")!;
            if (mutant is not null && mutant.IsConcurrent != chosen.IsConcurrent)
                throw new UsageException($"{machine} is a wrong {(mutant.IsConcurrent ? "move of calls under way: preset steps" : "step of one call: any preset but steps")}");
            var bound = Events(parsed, chosen, mutant?.Preset == chosen.Name ? mutant.Events : 2);
            var spoken = parsed.GetValue(Grammar.Dialect) ?? mutant?.Dialect ?? Dialect.Patch2011;
            var symmetric = parsed.GetValue(Grammar.Symmetry) == "on";
            var asked = parsed.GetValue(Grammar.Memory);
            var property = parsed.GetValue(Grammar.Property);
            var most = asked << 20 ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3;
            var explored = mutant is null ? chosen.Machine(bound, spoken, symmetric) : chosen.Mutated(bound, spoken, symmetric, mutant);
            RefuseWhatCannotFit(chosen, bound, spoken, explored, most, asked is not null);
            var wanted = Wanted(explored, chosen, bound, spoken, property);
            var result = new BreadthFirst(explored, wanted, most).Run(Show, interrupts.Token);
            Output.EndProgress();
            var report = new MachineReport(machine, chosen, bound, spoken, symmetric, explored, result);
            if (parsed.GetValue(Grammar.Json)) Output.WriteJson(report.ToJson());
            else report.Write(property is null);
            return result.Verdict.ExitCode();
        });
        return verb;
    }

    /// <summary>The bound that was asked for.</summary>
    public static int Events(ParseResult parsed, Preset preset, int otherwise)
    {
        if (parsed.GetValue(Grammar.Events) is not { } asked) return Math.Min(otherwise, preset.MostEvents);
        if (preset.HasOwnBound) throw new UsageException($"preset {preset.Name} has two events, and no --events");
        return asked <= preset.MostEvents ? (int)asked : throw new UsageException($"--events '{asked}': expected a whole number from 1 to {preset.MostEvents} for preset {preset.Name}");
    }

    private static ulong Wanted(IMachine machine, Preset preset, int events, Dialect dialect, string? name)
    {
        if (name is null) return machine.Claims.Length == 0 ? 0 : ulong.MaxValue >> 64 - machine.Claims.Length;
        var all = Enumerable.Range(0, machine.Claims.Length).ToList();
        var found = all.FindAll(i => Named(machine.Claims[i]));
        if (found.Count == 0) found = all.FindAll(i => machine.Claims[i].Name.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        if (found is [var one]) return 1UL << one;
        if (found.Count > 1) throw new UsageException($"more than one property begins with '{Quoted.Short(name)}': {string.Join("; ", found.Select(i => machine.Claims[i].Name))}");
        foreach (var (claim, why) in preset.Idle(events, dialect))
            if (Named(claim)) throw new UsageException($"the property '{name}' is not in play in preset {preset.Name}: {why}");
        throw new UsageException($"there is no property '{Quoted.Short(name)}' of preset {preset.Name}; 'perfmodel check' lists them");

        bool Named(Claim claim) => name.Equals(claim.Id, StringComparison.OrdinalIgnoreCase) || name.Equals(claim.Name, StringComparison.OrdinalIgnoreCase);
    }

    // Better no search than one that ends hours later without an answer.
    private static void RefuseWhatCannotFit(Preset preset, int events, Dialect dialect, IMachine machine, long most, bool asked)
    {
        if (preset.MostStates(events, dialect) is not { } states || asked) return;
        var stored = machine.Symmetry.IsTrivial ? states : states / machine.Symmetry.Order;
        if ((double)stored * LeastBytesPerState <= most) return;
        throw new UsageException($"preset {preset.Name} with {events} events has about {(double)states:G2} states{(machine.Symmetry.IsTrivial ? "" : $" in {(double)stored:G2} orbits")}, which take {Math.Ceiling((double)stored * LeastBytesPerState / (1 << 30))} GiB at least; there are {most >> 30} GiB (--memory MIB tries nevertheless)");
    }

    private static void Show(SearchProgress at) => Output.Progress(() => $"check: {at.States:N0} states, {at.Frontier:N0} of this layer to go, {at.PerSecond / 1e6:F2} M/s, {at.Bytes >> 20} MiB");
}
