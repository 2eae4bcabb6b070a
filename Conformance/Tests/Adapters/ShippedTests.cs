// The adapters that we ship conform; with a mistake each fails as the table of their page says.
using System.Diagnostics;
using System.Text.Json;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Tests.Child;
using PerfModel.Conformance.Tests.Command;
using Xunit;

namespace PerfModel.Conformance.Tests.Adapters;

public sealed class ShippedTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [ToolFact(Shipped.Python)]
    public void The_one_in_Python_speaks_the_wire() => Speaks(Shipped.Python);

    [ToolFact(Shipped.Node)]
    public void The_one_in_JavaScript_speaks_the_wire() => Speaks(Shipped.Node);

    [ToolFact(Shipped.Cargo, Long = true)]
    public void The_one_in_Rust_speaks_the_wire() => Speaks(Shipped.Cargo);

    [ToolFact(Shipped.Python, Long = true)]
    public void The_one_in_Python_conforms_and_with_a_mistake_does_not() => Conforms(Shipped.Python);

    [ToolFact(Shipped.Node, Long = true)]
    public void The_one_in_JavaScript_conforms_and_with_a_mistake_does_not() => Conforms(Shipped.Node);

    [ToolFact(Shipped.Cargo, Long = true)]
    public void The_one_in_Rust_conforms_and_with_a_mistake_does_not() => Conforms(Shipped.Cargo);

    [ToolFact(CCompiler.Name, Long = true)]
    public void Vectors_pass_in_C_and_with_a_mistake_do_not() => Vectors(CCompiler.Vectors(_cli, "right"), CCompiler.Vectors(_cli, "wrong", "-DMISTAKE_STOPPERS_FIRST"));

    [ToolFact(CCompiler.Name, Long = true)]
    public void The_runner_in_C_refuses_what_is_no_file_of_vectors()
    {
        var command = CCompiler.Vectors(_cli, "vectors");
        Assert.Contains("No such file or directory", Shell(command).Exits(2).Err, StringComparison.Ordinal);
        foreach (var text in (string[])["", "{", "{\"vectors\": [1.5]}", "{\"vectors\": [\"\\ud800\"]}", "{\"vectors\": []} x", new string('[', 100_000)])
        {
            _cli.Write("sequential.json", text);
            Assert.Equal("vectors: ./sequential.json: not a file of vectors\n", Shell(command).Exits(2).Err);
        }

        Answer Shell(string program) => _cli.Run(new ProcessStartInfo("/bin/sh", ["-c", $"{program} ."]), "");
    }

    [ToolFact(Shipped.Python, Long = true)]
    public void Vectors_pass_in_Python_and_with_a_mistake_do_not() => VectorsOf($"python3 '{Repository.PathOf("Conformance/Adapters/Python/vectors.py")}'");

    [ToolFact(Shipped.Node, Long = true)]
    public void Vectors_pass_in_JavaScript_and_with_a_mistake_do_not() => VectorsOf($"node '{Repository.PathOf("Conformance/Adapters/JavaScript/vectors.mjs")}'");

    [ToolFact(Shipped.Cargo, Long = true)]
    public void Vectors_pass_in_Rust_and_with_a_mistake_do_not() => VectorsOf($"{Shipped.Command(_cli, Shipped.Cargo)} --vectors");

    private void VectorsOf(string command) => Vectors(command, $"{command} {{0}} --mistake stoppers-first");

    // A mistake is asked for one rule alone: all vectors again would take as long as before.
    private void Vectors(string right, string wrong)
    {
        Assert.EndsWith(" vectors passed, 0 failed\n", Run(right, Repository.PathOf("Conformance/Vectors")).Exits(0).Out, StringComparison.Ordinal);
        foreach (var kind in (string[])["sequential", "concurrent"])
        {
            var lines = File.ReadAllLines(Repository.PathOf($"Conformance/Vectors/{kind}.json"));
            var some = lines[1..^1].Where(line => line.Contains("\"4.10\"", StringComparison.Ordinal)).Select(line => line.TrimEnd(','));
            _cli.Write($"{kind}.json", $"{lines[0]}\n{string.Join(",\n", some)}\n{lines[^1]}\n");
        }

        Assert.Matches(@"\n\d+ vectors passed, [1-9]\d* failed\n$", Run(wrong, _cli.Folder).Exits(1).Out);

        Answer Run(string command, string folder) =>
            _cli.Run(new ProcessStartInfo("/bin/sh", ["-c", command.Contains("{0}", StringComparison.Ordinal) ? command.Replace("{0}", $"'{folder}'") : $"{command} '{folder}'"]), "");
    }

    // TRUST.md has the line.
    [ToolFact("unshare", Long = true)]
    public void A_sandbox_is_a_word_before_the_command()
    {
        const string Sandbox = "unshare --user --map-current-user --net --pid --fork --kill-child ";
        Assert.Contains(Sandbox, File.ReadAllText(Repository.PathOf("Conformance/Adapters/TRUST.md")), StringComparison.Ordinal);
        // A container may not be allowed to make another.
        if (_cli.Run(new ProcessStartInfo("/bin/sh", ["-c", Sandbox + "true"]), "").Code != 0) return;
        Assert.Contains(" conforms: ", _cli.Run("run", "--subject", $"exec:{Sandbox}'{DotnetHost.Path}' exec '{Cli.Assembly}' adapter serve", "--rule", "1.8").Exits(0).Out, StringComparison.Ordinal);
        Assert.Contains(" conforms: ", _cli.Run(new ProcessStartInfo("/bin/sh", ["-c", $"{Sandbox} '{DotnetHost.Path}' exec '{Cli.Assembly}' run --rule 1.8"]), "").Exits(0).Out, StringComparison.Ordinal);
    }

    private void Speaks(string program) => Assert.DoesNotContain("FAIL", _cli.Run("adapter", "check", Shipped.Command(_cli, program)).Exits(0).Out, StringComparison.Ordinal);

    private void Conforms(string program)
    {
        var checks = Run(program, null, "--iterations", "2000").Exits(0).Json.GetProperty("checks").EnumerateArray().ToDictionary(check => Text(check, "name"), check => Text(check, "verdict"));
        Assert.All((string[])["rules", "random", "stress"], check => Assert.Equal("pass", checks[check]));

        var broken = Run(program, "stoppers-first", "--rule", "4.10").Exits(1).Json;
        Assert.Contains("4.10", broken.GetProperty("rules").EnumerateArray().Where(rule => Text(rule, "verdict") == "fail").Select(rule => Text(rule, "id")));

        // No sequence shows it.
        Run(program, "lost-update", "--checks", "random", "--iterations", "200").Exits(0);
        var stress = Run(program, "lost-update", "--checks", "stress", "--dialect", "Amended").Exits(1).Json.GetProperty("checks").EnumerateArray().Single(check => Text(check, "verdict") == "fail");
        Assert.Contains("no order : explains", Text(stress.GetProperty("failures")[0], "page"), StringComparison.Ordinal);
    }

    private Answer Run(string program, string? mistake, params string[] more) => _cli.Run(["run", "--subject", $"exec:{Shipped.Command(_cli, program, mistake)}", "--json", .. more]);

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
