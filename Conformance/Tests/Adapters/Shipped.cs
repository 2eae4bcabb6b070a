// The adapters that we ship in other languages, and the one that misbehaves: how each is started, and what it needs.
using PerfModel.Conformance.Tests.Command;

namespace PerfModel.Conformance.Tests.Adapters;

/// <summary>Commands of adapters.</summary>
internal static class Shipped
{
    /// <summary>The interpreters.</summary>
    public const string Python = "python3", Node = "node", Cargo = "cargo";

    /// <summary>The command that starts the adapter in a language, by the program that it needs; one in Rust is built first.</summary>
    public static string Command(Cli cli, string program, string? mistake = null) =>
        $"{program switch { Python => $"python3 '{Adapter("Python/adapter.py")}'", Node => $"node '{Adapter("JavaScript/adapter.mjs")}'", _ => Built(cli) }}{(mistake is null ? "" : $" --mistake {mistake}")}";

    /// <summary>The command of an adapter that misbehaves.</summary>
    public static string Hostile(string mode) => $"python3 '{Repository.PathOf("Conformance/Tests/Adapters/hostile.py")}' {mode} '{Adapter("Python")}'";

    private static string Built(Cli cli)
    {
        cli.Run(new System.Diagnostics.ProcessStartInfo(Cargo, ["build", "--release", "--offline", "--quiet", "--manifest-path", Adapter("Rust/Cargo.toml"), "--target-dir", "target"]), "").Exits(0);
        return $"'{Path.Combine(cli.Folder, "target", "release", "events")}'";
    }

    private static string Adapter(string path) => Repository.PathOf($"Conformance/Adapters/{path}");
}
