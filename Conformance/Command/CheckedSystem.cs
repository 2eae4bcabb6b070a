// What check explores, from its options: the machine decides which of the others apply.
using System.CommandLine;
using PerfModel.Conformance.ModelChecker;
using PerfModel.Model;
using PerfModel.Model.Posted;

namespace PerfModel.Conformance.Command;

/// <summary>From the options of check to a bounded system.</summary>
internal static class CheckedSystem
{
    /// <summary>The machine that is the model.</summary>
    public const string Spec = "spec";

    /// <summary>The machine that is the posted patch.</summary>
    public const string Posted = "posted";

    // The system that shows most of the patch.
    private const string DefaultOfPosted = "window";

    // What a stored state takes at least: a slot of the visited set, three of four filled, and its place in a layer.
    private const double LeastBytesPerState = 8 / 0.75 + 8;

    /// <summary>The system that was asked for.</summary>
    /// <param name="parsed">The options.</param>
    /// <param name="most">What its states may take.</param>
    public static BoundedSystem Of(ParseResult parsed, long most) => parsed.GetRequiredValue(Grammar.Machine) is Posted ? OfPosted(parsed) : OfSpec(parsed, most);

    /// <summary>The preset of the spec's machine.</summary>
    public static Preset OfSpec(string name) =>
        Preset.Find(name) ?? throw new UsageException($"preset {name} is a system of the posted machine; the spec's has {string.Join(", ", Preset.All.Select(preset => preset.Name))}");

    /// <summary>The bound that was asked for.</summary>
    public static int Events(ParseResult parsed, Preset preset, int otherwise)
    {
        if (parsed.GetValue(Grammar.Events) is not { } asked) return Math.Min(otherwise, preset.MostEvents);
        if (preset.HasOwnBound) throw new UsageException($"preset {preset.Name} has two events, and no --events");
        return asked <= preset.MostEvents ? (int)asked : throw new UsageException($"--events '{asked}': expected a whole number from 1 to {preset.MostEvents} for preset {preset.Name}");
    }

    private static BoundedSystem OfSpec(ParseResult parsed, long most)
    {
        if (parsed.GetValue(Grammar.Mends) is not null) throw new UsageException("--mend is a switch of --machine posted");
        var machine = parsed.GetRequiredValue(Grammar.Machine);
        var mutant = Mutant.All.FirstOrDefault(one => Mutant.Prefix + one.Name == machine);
        var preset = OfSpec(parsed.GetValue(Grammar.Preset) ?? mutant?.Preset ?? "core");
        if (mutant is not null && mutant.IsConcurrent != preset.IsConcurrent)
            throw new UsageException($"{machine} is a wrong {(mutant.IsConcurrent ? "move of calls under way: preset steps" : "step of one call: any preset but steps")}");
        var events = Events(parsed, preset, mutant?.Preset == preset.Name ? mutant.Events : 2);
        var dialect = parsed.GetValue(Grammar.Dialect) ?? mutant?.Dialect ?? Dialect.Patch2011;
        var system = BoundedSystem.OfSpec(preset, events, dialect, parsed.GetValue(Grammar.Symmetry) == "on", mutant);
        if (parsed.GetValue(Grammar.Memory) is null) RefuseWhatCannotFit(preset, events, dialect, system.Machine, most);
        return system;
    }

    private static BoundedSystem OfPosted(ParseResult parsed)
    {
        foreach (var option in (Option[])[Grammar.Dialect, Grammar.Events, Grammar.Symmetry])
            if (parsed.GetResult(option) is { Implicit: false }) throw new UsageException($"the machine posted has no {option.Name}: it is one patch, each of its presets has its own bound, and no names are exchanged");
        var name = parsed.GetValue(Grammar.Preset) ?? DefaultOfPosted;
        var system = PostedSystem.Find(name) ?? throw new UsageException($"preset {name} is a system of the spec's machine; the posted one has {string.Join(", ", PostedSystem.All.Select(one => one.Name))}");
        return BoundedSystem.OfPosted(system, parsed.GetValue(Grammar.Mends) ?? Mend.None);
    }

    // Better no search than one that ends hours later without an answer.
    private static void RefuseWhatCannotFit(Preset preset, int events, Dialect dialect, IMachine machine, long most)
    {
        if (preset.MostStates(events, dialect) is not { } states) return;
        var stored = machine.Symmetry.IsTrivial ? states : states / machine.Symmetry.Order;
        if ((double)stored * LeastBytesPerState <= most) return;
        throw new UsageException($"preset {preset.Name} with {events} events has about {(double)states:G2} states{(machine.Symmetry.IsTrivial ? "" : $" in {(double)stored:G2} orbits")}, which take {Math.Ceiling((double)stored * LeastBytesPerState / (1 << 30))} GiB at least; there are {most >> 30} GiB (--memory MIB tries nevertheless)");
    }
}
