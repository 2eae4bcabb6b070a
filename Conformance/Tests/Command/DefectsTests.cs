// defects, and check of the posted machine, as a user runs them: what they print, the exit codes, and the pictures of the README.
using System.Xml.Linq;
using PerfModel.Model.Posted;
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

public sealed class DefectsTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void The_list_has_a_line_for_each()
    {
        var answer = _cli.Run("defects").Exits(0);
        Assert.All(Defect.All, defect => Assert.Single(answer.Out.Split('\n'), line => line.StartsWith($"  {defect.Id} ", StringComparison.Ordinal) && line.Contains(defect.Property, StringComparison.Ordinal) && line.EndsWith(defect.Title, StringComparison.Ordinal)));
        Assert.All(answer.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 120));
        Assert.EndsWith("\n26 found by search: 19 defects, and 7 surprises, which a dialect keeps on purpose; 23 of the annex are not modelled\n", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_reads_the_same()
    {
        var answer = _cli.Run("defects", "--json").Exits(0);
        Schemas.Valid("defects", answer);
        Assert.Equal(Defect.All.Select(defect => defect.Id), answer.Json.GetProperty("defects").EnumerateArray().Select(one => one.GetProperty("id").GetString()));
        Assert.All(answer.Json.GetProperty("defects").EnumerateArray(), one => Assert.Equal(one.GetProperty("traceLength").GetInt32(), one.GetProperty("steps").GetArrayLength()));
    }

    [Fact]
    public void Of_one_the_trace_is_shown_in_lanes()
    {
        var answer = _cli.Run("defects", "d13").Exits(0);
        Assert.Contains("\nD13c ", answer.Out, StringComparison.Ordinal);
        Assert.StartsWith("D13b ", answer.Out, StringComparison.Ordinal);
        Assert.Contains("\n     syscall A      cpu            NMI ", answer.Out, StringComparison.Ordinal);
        Assert.Contains("\n 13                 t->pmu->add(t, PERF_EF_START) ", answer.Out, StringComparison.Ordinal);
        Assert.Contains("perfmodel check --machine posted --preset window --mend D13\n", answer.Out, StringComparison.Ordinal);
        Assert.All(answer.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 120));
        Assert.Contains("\n      remark : ", _cli.Run("defects", "D12").Exits(0).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("D2")]
    [InlineData("D5")]
    [InlineData("D13c")]
    public void The_pictures_of_the_README_are_those_that_it_draws(string id)
    {
        _cli.Run("defects", id, "--output", "drawn.svg").Exits(0);
        var drawn = File.ReadAllText(Path.Combine(_cli.Folder, "drawn.svg"));
        var file = Repository.PathOf("Model", "Posted", $"{id}.svg");
        if (Environment.GetEnvironmentVariable("PERFMODEL_WRITE") == "1") File.WriteAllText(file, drawn);
        Assert.Equal(File.ReadAllText(file).ReplaceLineEndings("\n"), drawn);
        Assert.Contains($"](Model/Posted/{id}.svg)", File.ReadAllText(Repository.PathOf("README.md")), StringComparison.Ordinal);
        // Well-formed, and one box is the last.
        var boxes = XDocument.Parse(drawn).Descendants().Where(element => element.Name.LocalName == "rect").Select(box => box.Attribute("class")!.Value).ToList();
        Assert.Equal("last", boxes[^1]);
        Assert.DoesNotContain("last", boxes[..^1]);
    }

    // D13 has two kinds: the picture has both, one below the other.
    [Fact]
    public void A_picture_of_two_kinds_has_both()
    {
        _cli.Run("defects", "D13", "--output", "both.svg").Exits(0);
        var drawn = XDocument.Parse(File.ReadAllText(Path.Combine(_cli.Folder, "both.svg"))).Root!;
        var boxes = drawn.Elements().Where(element => element.Name.LocalName == "rect").ToList();
        Assert.Equal(2, boxes.Count(box => box.Attribute("class")!.Value == "last"));
        var tops = boxes.Select(box => (int)box.Attribute("y")!).ToList();
        Assert.Equal(tops.Order(), tops);
        Assert.Equal((int)boxes[^1].Attribute("y")! + (int)boxes[^1].Attribute("height")!, int.Parse(drawn.Attribute("viewBox")!.Value.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture), 6.0);
    }

    [Theory]
    [InlineData("links", "as posted", 1)]
    [InlineData("window", "mended D13, D14b", 1, "--mend", "d14b,D13")]
    [InlineData("forks", "all mended", 0, "--mend", "all")]
    public void Check_explores_the_posted_machine(string preset, string variant, int code, params string[] mends)
    {
        string[] arguments = ["check", "--machine", "posted", "--preset", preset, .. mends];
        var answer = _cli.Run(arguments).Exits(code);
        Assert.StartsWith($"posted, preset {preset}, {variant}\n", answer.Out, StringComparison.Ordinal);
        Assert.EndsWith($"\nposted {(code == 0 ? "conforms" : "violates")}: exhaustive, preset {preset}, {variant}\n", answer.Out, StringComparison.Ordinal);
        Assert.All(answer.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 120));
        // The model has no such steps to answer.
        Assert.False(Directory.Exists(Path.Combine(_cli.Folder, "perfmodel-failures")));
        var json = _cli.Run([.. arguments, "--json"]).Exits(code);
        Schemas.Valid("check", json);
        Assert.Equal(mends.Length > 0, json.Json.GetProperty("mends").GetArrayLength() > 0);
    }

    [Fact]
    public void A_violated_property_names_its_defect()
    {
        var answer = _cli.Run("check", "--machine", "posted", "--property", "unthrottle-leaves-the-paused").Exits(1);
        Assert.Contains("\n        path : 16 steps, and no path has fewer\n", answer.Out, StringComparison.Ordinal);
        Assert.Contains("\n      defect : D14, the end of a throttle starts a paused event; perfmodel defects D14 draws it as posted\n", answer.Out, StringComparison.Ordinal);
        Assert.EndsWith("\nposted violates: it stopped where all that was asked for was seen\n", answer.Out, StringComparison.Ordinal);
        Assert.EndsWith("\nposted conforms: exhaustive, preset window, mended D14\n", _cli.Run("check", "--machine", "posted", "--property", "unthrottle-leaves-the-paused", "--mend", "D14").Exits(0).Out, StringComparison.Ordinal);
    }
}
