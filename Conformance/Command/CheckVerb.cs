// check: every state of a bounded system, breadth-first, and every property in each of its transitions.
using System.CommandLine;
using System.Globalization;
using PerfModel.Conformance.ModelChecker;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>The verb check.</summary>
internal static class CheckVerb
{
    private const string Spec = "spec";

    // What a stored state takes at least: a slot of the visited set, three of four filled, and its place in a layer.
    private const double LeastBytesPerState = 8 / 0.75 + 8;

    public static System.CommandLine.Command Create(Interrupts interrupts)
    {
        var machine = new Option<string>("--machine") { Description = $"{Spec}, or a wrong one that the properties must notice: {Mutant.Prefix}NAME, NAME one of {string.Join(", ", Mutant.All.Select(mutant => mutant.Name))}", DefaultValueFactory = _ => Spec };
        var preset = PresetOption();
        var events = EventsOption();
        var dialect = new Option<string?>("--dialect") { Description = "Patch2011 or Amended; default: Patch2011" };
        var symmetry = new Option<string>("--symmetry") { Description = "on: of states that differ in names only one is kept; off: all are", DefaultValueFactory = _ => "on" };
        var memory = new Option<string?>("--max-memory") { Description = "how many MiB the states may take; default: three quarters of what the machine has" };
        var property = new Option<string?>("--property") { Description = "only the property of this id, or of these first words" };
        var json = Output.JsonOption();
        var verb = new System.CommandLine.Command("check", "Explores every state of a bounded system: each Always holds, each Sometimes is reached.") { machine, preset, events, dialect, symmetry, memory, property, json };
        verb.SetAction(parsed =>
        {
            var mutant = Machine(parsed.GetRequiredValue(machine));
            var chosen = Preset(parsed.GetValue(preset) ?? mutant?.Preset ?? "core");
            if (mutant is not null && mutant.IsConcurrent != chosen.IsConcurrent)
                throw new UsageException($"{Mutant.Prefix}{mutant.Name} is a wrong {(mutant.IsConcurrent ? "move of calls under way: preset steps" : "step of one call: any preset but steps")}");
            var bound = Events(parsed.GetValue(events), chosen, mutant?.Preset == chosen.Name ? mutant.Events : 2);
            var spoken = parsed.GetValue(dialect) is { } named ? ArtifactStore.Dialects(named)[0] : Dialect.Patch2011;
            var symmetric = parsed.GetRequiredValue(symmetry) switch
            {
                "on" => true,
                "off" => false,
                var other => throw new UsageException($"--symmetry {Quoted.Short(other)}: expected on or off"),
            };
            var most = OptionParsers.Budget(parsed.GetValue(memory), "--max-memory", long.MaxValue >> 20) << 20 ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3;
            var explored = mutant is null ? chosen.Machine(bound, spoken, symmetric) : chosen.Mutated(bound, spoken, symmetric, mutant);
            RefuseWhatCannotFit(chosen, bound, explored, most, parsed.GetValue(memory) is not null);
            var wanted = Wanted(explored, chosen, bound, spoken, parsed.GetValue(property));
            var result = new BreadthFirst(explored, wanted, most).Run(Show, interrupts.Token);
            Output.EndProgress();
            var report = new MachineReport(parsed.GetRequiredValue(machine), chosen, bound, spoken, symmetric, explored, result);
            if (parsed.GetValue(json)) Output.WriteJson(report.ToJson());
            else report.Write(parsed.GetValue(property) is null);
            return result.Verdict.ExitCode();
        });
        return verb;
    }

    /// <summary>The option --preset.</summary>
    public static Option<string?> PresetOption() => new("--preset") { Description = $"which bounded system: {string.Join(", ", ModelChecker.Preset.All.Select(one => one.Name))}; default: core, or what a wrong machine shows best in" };

    /// <summary>The option --events.</summary>
    public static Option<string?> EventsOption() => new("--events") { Description = "N, the bound of the preset; default: 2, or what a wrong machine shows best with" };

    /// <summary>The preset of a name.</summary>
    public static Preset Preset(string name) => ModelChecker.Preset.Find(name)
        ?? throw new UsageException($"there is no preset '{Quoted.Short(name)}'; there are {string.Join(", ", ModelChecker.Preset.All.Select(one => one.Name))}");

    /// <summary>The bound that was asked for.</summary>
    public static int Events(string? text, Preset preset, int otherwise)
    {
        if (text is null) return Math.Min(otherwise, preset.MostEvents);
        if (preset.HasOwnBound) throw new UsageException($"preset {preset.Name} has two events, and no --events");
        return (int)OptionParsers.Budget(text, "--events", preset.MostEvents)!.Value;
    }

    private static Mutant? Machine(string name)
    {
        if (name == Spec) return null;
        if (Mutant.All.FirstOrDefault(one => Mutant.Prefix + one.Name == name) is { } mutant) return mutant;
        throw new UsageException(Mutant.All.Any(one => "wrong:" + one.Name == name)
            ? $"the wrong machine {name} is called {Mutant.Prefix}{name["wrong:".Length..]}"
            : $"there is no machine '{Quoted.Short(name)}'; there are {Spec}, {string.Join(", ", Mutant.All.Select(one => Mutant.Prefix + one.Name))}");
    }

    private static ulong Wanted(IMachine machine, Preset preset, int events, Dialect dialect, string? name)
    {
        if (name is null) return machine.Claims.Length == 0 ? 0 : ulong.MaxValue >> 64 - machine.Claims.Length;
        var all = Enumerable.Range(0, machine.Claims.Length).ToList();
        var found = all.FindAll(i => machine.Claims[i].Id == name || machine.Claims[i].Name == name);
        if (found.Count == 0) found = all.FindAll(i => machine.Claims[i].Name.StartsWith(name, StringComparison.Ordinal));
        if (found is [var one]) return 1UL << one;
        if (found.Count > 1) throw new UsageException($"more than one property begins with '{Quoted.Short(name)}': {string.Join("; ", found.Select(i => machine.Claims[i].Name))}");
        foreach (var (claim, why) in preset.Idle(events, dialect))
            if (claim.Id == name || claim.Name == name) throw new UsageException($"the property '{name}' is not in play in preset {preset.Name}: {why}");
        throw new UsageException($"there is no property '{Quoted.Short(name)}' of preset {preset.Name}; 'perfmodel check' lists them");
    }

    // Better no search than one that ends hours later without an answer.
    private static void RefuseWhatCannotFit(Preset preset, int events, IMachine machine, long most, bool asked)
    {
        if (preset.MostStates(events) is not { } states || asked) return;
        var stored = machine.Symmetry.IsTrivial ? states : states / machine.Symmetry.Order;
        if ((double)stored * LeastBytesPerState <= most) return;
        throw new UsageException(string.Create(CultureInfo.InvariantCulture,
            $"preset {preset.Name} with {events} events has about {(double)states:G2} states{(machine.Symmetry.IsTrivial ? "" : $" in {(double)stored:G2} orbits")}, which take {Math.Ceiling((double)stored * LeastBytesPerState / (1 << 30))} GiB at least; there are {most >> 30} GiB (--max-memory MIB tries nevertheless)"));
    }

    private static void Show(SearchProgress at) => Output.Progress(() => string.Create(CultureInfo.InvariantCulture,
        $"check: {at.States:N0} states, {at.Frontier:N0} of this layer to go, {at.PerSecond / 1e6:F2} M/s, {at.Bytes >> 20} MiB"));
}
