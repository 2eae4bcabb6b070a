// check and graph as a user runs them: what they print, the exit codes, and a counterexample that the model answers.
using PerfModel.Conformance.ModelChecker;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

public sealed class CheckTests : IDisposable
{
    private readonly Cli _cli = new();

    public static TheoryData<string, int> Machines => new() { { "mutant:stoppers-first", 4 }, { "mutant:copies-are-unlinked", 3 }, { "mutant:visit-stops-all", 3 } };

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void A_person_reads_the_bound_the_counts_and_each_property()
    {
        var answer = _cli.Run("check", "--preset", "core", "--events", "2", "--dialect", "Amended").Exits(0);
        Assert.StartsWith("spec, preset core, 2 events, Amended, symmetry on\n", answer.Out, StringComparison.Ordinal);
        Assert.Contains("  Always     holds         a filled slot empties only by the death of an end", answer.Out, StringComparison.Ordinal);
        Assert.Contains("  Sometimes  reached    4  a Close frees a slot of a live event\n", answer.Out, StringComparison.Ordinal);
        Assert.Contains("  not in play: 13 properties, because no task forks", answer.Out, StringComparison.Ordinal);
        Assert.Contains("\n20,865 states in 10,505 orbits, ", answer.Out, StringComparison.Ordinal);
        Assert.EndsWith("\nspec conforms: exhaustive, preset core with 2 events, Amended\n", answer.Out, StringComparison.Ordinal);
        Assert.All(answer.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 120));
    }

    [Theory]
    [InlineData("core", "Patch2011", "on", 18_561, 9_329)]
    [InlineData("core", "Amended", "off", 20_865, null)]
    [InlineData("gates", "Patch2011", "on", 305, 159)]
    [InlineData("scopes", "Patch2011", "on", 34_017, 17_009)]
    [InlineData("steps", "Patch2011", "on", 21_234, 11_037)]
    [InlineData("core", "Linux613", "on", 1_337, 681)]
    [InlineData("gates", "Linux613", "on", 32, 18)]
    [InlineData("scopes", "Linux613", "off", 4_209, null)]
    [InlineData("family", "Linux613", "on", 9_039, 4_546)]
    [InlineData("steps", "Linux613", "on", 613, 327)]
    public void A_program_reads_the_same(string preset, string dialect, string symmetry, int states, int? orbits)
    {
        var answer = _cli.Run("check", "--preset", preset, "--dialect", dialect, "--symmetry", symmetry, "--json").Exits(0);
        Schemas.Valid("check", answer);
        Assert.True(answer.Json.GetProperty("exhaustive").GetBoolean());
        Assert.Equal(states, answer.Json.GetProperty("states").GetInt32());
        Assert.Equal(orbits?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null", answer.Json.GetProperty("orbits").GetRawText());
    }

    [Theory]
    [MemberData(nameof(Machines))]
    public void A_false_property_gives_a_page_and_a_program_that_the_model_answers(string machine, int length)
    {
        var mutant = Mutant.All.Single(one => Mutant.Prefix + one.Name == machine);
        var answer = _cli.Run("check", "--machine", machine, "--property", mutant.Breaks).Exits(1);
        Assert.Contains($"\n  Always     violated  {length,3}  ", answer.Out, StringComparison.Ordinal);
        Assert.Contains($"VIOLATED            {machine}", answer.Out, StringComparison.Ordinal);
        Assert.Contains($"path : {length} {(mutant.Preset == "steps" ? "steps" : "actions in")}", answer.Out, StringComparison.Ordinal);
        Assert.EndsWith($"\n{machine} violates: it stopped where all that was asked for was seen\n", answer.Out, StringComparison.Ordinal);
        var file = Assert.Single(Directory.GetFiles(Path.Combine(_cli.Folder, "perfmodel-failures")));
        // The model does right on the same path.
        _cli.Run("eval", file).Exits(0);
        _cli.Run("replay", file).Exits(0);
    }

    [Fact]
    public void The_path_to_a_Sometimes_is_shown_to_who_asks_for_it()
    {
        var answer = _cli.Run("check", "--preset", "gates", "--property", "an event pauses itself").Exits(0);
        Assert.Contains("\nREACHED             spec", answer.Out, StringComparison.Ordinal);
        Assert.Contains("path : 3 actions in 4 calls, and no path has fewer actions\n               p = Open(task 0, period 1, enabled) -> ok\n", answer.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_cli.Folder, "perfmodel-failures")));
    }

    [LongFact]
    public void A_memory_cap_ends_in_unknown_and_not_in_a_crash()
    {
        var answer = _cli.RunProcess("check", "--events", "3", "--symmetry", "off", "--memory", "64").Exits(3);
        Assert.EndsWith("\nspec inconclusive: not exhaustive: the next states would take more than --memory\n", answer.Out, StringComparison.Ordinal);
        Assert.Contains("  Always     unknown       ", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Graph_draws_DOT()
    {
        var gates = _cli.Run("graph", "--preset", "gates", "--events", "1").Exits(0).Out;
        Assert.Contains("  s0 -> s1 [label=\"p = Open()\"];\n", gates, StringComparison.Ordinal);
        Assert.Equal(7, gates.Split('\n').Count(line => line.StartsWith("  s", StringComparison.Ordinal) && !line.Contains("->", StringComparison.Ordinal)));
        // What the dialects differ in: whether a stopper reaches what is not Active.
        var paused = "  s0 -> s2 [label=\"its stopper overflows\"];\n";
        Assert.DoesNotContain(paused, _cli.Run("graph", "--gate").Exits(0).Out, StringComparison.Ordinal);
        var amended = _cli.Run("graph", "--gate", "--dialect", "Amended").Exits(0).Out;
        Assert.Contains("  s0 [label=\"off\\nopen\", penwidth=2];\n", amended, StringComparison.Ordinal);
        Assert.Contains("  s2 [label=\"off\\npaused\"];\n", amended, StringComparison.Ordinal);
        Assert.Contains(paused, amended, StringComparison.Ordinal);
        // A member moves the gate of a leader in any state, as the last trigger does in Amended.
        Assert.Equal(amended, _cli.Run("graph", "--gate", "--dialect", "Linux613").Exits(0).Out.Replace("Linux613", "Amended", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_there_is_no_graphviz_the_DOT_is_written()
    {
        _cli.RunAlone("graph", "--gate", "--output", "gate.svg").Complains("there is no graphviz (dot) to draw gate.svg; gate.dot is written");
        Assert.StartsWith("// the gate of an event, Patch2011\ndigraph {", File.ReadAllText(Path.Combine(_cli.Folder, "gate.dot")), StringComparison.Ordinal);
    }

    // SPEC.md shows it: the file is what the command draws, and the picture has every word of the file.
    [Fact]
    public void The_picture_in_the_spec_is_the_models()
    {
        var dot = File.ReadAllText(Repository.PathOf("Model", "gate.dot"));
        Assert.Equal(Graphs.OfGate(Dialect.Patch2011), dot);
        var svg = File.ReadAllText(Repository.PathOf("Model", "gate.svg"));
        Assert.Contains("](Model/gate.svg)", File.ReadAllText(Repository.PathOf("SPEC.md")), StringComparison.Ordinal);
        Assert.Equal(dot.Split('\n').Count(line => line.Contains(" -> ", StringComparison.Ordinal)), svg.Split("class=\"edge\"").Length - 1);
        Assert.Equal(6, svg.Split("class=\"node\"").Length - 1);
        foreach (var arrow in dot.Split('\n').Where(line => line.Contains(" -> ", StringComparison.Ordinal)))
            Assert.Contains($"<title>{arrow.Trim().Split(" [")[0].Replace("->", "&#45;&gt;", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal)}</title>", svg, StringComparison.Ordinal);
    }
}
