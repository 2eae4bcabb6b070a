// graph: the state graph of a small bound, or the gate of one event as an automaton, as DOT, and as SVG where graphviz is there.
using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using PerfModel.Conformance.ModelChecker;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>The verb graph.</summary>
internal static class GraphVerb
{
    // Far more than graphviz takes for a graph that a person can read.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static System.CommandLine.Command Create()
    {
        var preset = CheckVerb.PresetOption();
        var events = new Option<string?>("--events") { Description = "N, the bound of the preset; default: 1" };
        var gate = new Option<bool>("--gate") { Description = "the gate of one event as an automaton, instead of a preset" };
        var dialect = new Option<string?>("--dialect") { Description = "Patch2011 or Amended; default: Patch2011" };
        var output = new Option<string?>("--output") { Description = "writes this file instead of stdout: DOT; or SVG, by graphviz, if its name ends in .svg, and the DOT beside it" };
        var verb = new System.CommandLine.Command("graph", "Draws the states of a small bound as DOT, or SVG where graphviz is there.") { preset, events, gate, dialect, output };
        verb.SetAction(parsed =>
        {
            var spoken = parsed.GetValue(dialect) is { } named ? ArtifactStore.Dialects(named)[0] : Dialect.Patch2011;
            if (parsed.GetValue(gate) && (parsed.GetValue(preset) ?? parsed.GetValue(events)) is not null) throw new UsageException("graph --gate takes no --preset and no --events");
            var dot = parsed.GetValue(gate) ? Graphs.OfGate(spoken) : Preset(parsed.GetValue(preset) ?? "core", parsed.GetValue(events), spoken);
            if (parsed.GetValue(output) is { } file) Write(file.Length > 0 ? file : throw new UsageException("--output: expected the name of a file"), dot);
            else Console.Write(dot);
            return ExitCode.Conforms;
        });
        return verb;
    }

    private static string Preset(string name, string? events, Dialect dialect)
    {
        var preset = CheckVerb.Preset(name);
        if (preset.IsConcurrent) throw new UsageException($"preset {name} is a system of calls under way, and has no graph that anybody reads; 'perfmodel check' explores it");
        var bound = CheckVerb.Events(events, preset, otherwise: 1);
        return Graphs.OfPreset(preset, bound, dialect)
            ?? throw new UsageException(FormattableString.Invariant($"preset {name}{(preset.HasOwnBound ? "" : $" with {bound} events")} has more states than anybody reads in a graph ({Graphs.MostStates}); 'perfmodel check' explores it"));
    }

    private static void Write(string file, string dot)
    {
        var svg = file.EndsWith(".svg", StringComparison.Ordinal);
        var written = svg ? file[..^".svg".Length] + ".dot" : file;
        if (Directory.Exists(file)) throw new UsageException($"cannot write {Quoted.Short(file)}: it is a folder");
        try
        {
            File.WriteAllText(written, dot);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException($"cannot write {Quoted.Short(written)}: {e.Message}");
        }

        if (svg) Draw(written, file);
    }

    private static void Draw(string dot, string svg)
    {
        var start = new ProcessStartInfo("dot") { RedirectStandardError = true };
        // Full paths: a name that begins with a dash is no option.
        foreach (var argument in new[] { "-Tsvg", "-o", Path.GetFullPath(svg), Path.GetFullPath(dot) }) start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            var said = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                throw new UsageException($"graphviz does not come to an end; {Quoted.Short(dot)} is written");
            }

            if (process.ExitCode != 0) throw new UsageException($"graphviz: {said.Result.Split('\n')[0]}; {Quoted.Short(dot)} is written");
        }
        catch (Win32Exception)
        {
            throw new UsageException($"there is no graphviz (dot) to draw {Quoted.Short(svg)}; {Quoted.Short(dot)} is written");
        }
    }
}
