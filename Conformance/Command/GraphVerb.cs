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
    private const string Svg = ".svg";

    // Far more than graphviz takes for a graph that a person can read.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static System.CommandLine.Command Create()
    {
        var verb = new System.CommandLine.Command("graph", "Draws the states of a small bound as DOT, or SVG where graphviz is there.")
        {
            Grammar.Preset, Grammar.Events, Grammar.Gate, Grammar.Dialect, Grammar.Output,
        };
        verb.SetAction(parsed =>
        {
            var spoken = parsed.GetValue(Grammar.Dialect) ?? Dialect.Patch2011;
            var preset = parsed.GetValue(Grammar.Preset);
            var gate = parsed.GetValue(Grammar.Gate);
            if (gate && (preset is not null || parsed.GetValue(Grammar.Events) is not null)) throw new UsageException("graph --gate takes no --preset and no --events");
            var file = parsed.GetValue(Grammar.Output);
            if (file is not null) RefuseOtherEndings(file);
            var dot = gate ? Graphs.OfGate(spoken) : OfPreset(parsed, CheckedSystem.OfSpec(preset ?? "core"), spoken);
            if (file is null) Console.Write(dot);
            else Write(file, dot);
            return ExitCode.Conforms;
        });
        return verb;
    }

    private static string OfPreset(ParseResult parsed, Preset preset, Dialect dialect)
    {
        if (preset.IsConcurrent) throw new UsageException($"preset {preset.Name} is a system of calls under way, and has no graph that anybody reads; 'perfmodel check' explores it");
        var bound = CheckedSystem.Events(parsed, preset, otherwise: 1);
        return Graphs.OfPreset(preset, bound, dialect)
            ?? throw new UsageException($"preset {preset.Name}{(preset.HasOwnBound ? "" : $" with {bound} events")} has more states than anybody reads in a graph ({Graphs.MostStates}); 'perfmodel check' explores it");
    }

    // Upper and lower case do not count.
    private static bool Ends(string file, string ending) => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase);

    private static void RefuseOtherEndings(string file)
    {
        if (Directory.Exists(file)) throw new UsageException($"cannot write {Quoted.Short(file)}: it is a folder");
        if (!Ends(file, Svg) && !Ends(file, ".dot") && !Ends(file, ".gv")) throw new UsageException($"--output '{Quoted.Short(file)}': expected the name of a file that ends in .dot, .gv or .svg");
    }

    private static void Write(string file, string dot)
    {
        var svg = Ends(file, Svg);
        var written = svg ? file[..^Svg.Length] + ".dot" : file;
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
