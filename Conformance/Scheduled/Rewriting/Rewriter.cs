// Rewrites one assembly when it is asked for: a wrong subject that was compiled a moment ago, or a user's own.
using System.Diagnostics;
using System.Text.Json;
using PerfModel.Conformance.Scheduled;

namespace PerfModel.Scheduled.Rewriting;

public static class Rewriter
{
    private static readonly string Tool = Path.Combine(AppContext.BaseDirectory, "coyote", "coyote.dll");

    /// <summary>Puts a rewritten copy of an assembly into a folder. The original is not touched.</summary>
    /// <param name="assembly">The assembly; what it references must lie beside it or beside this program.</param>
    /// <param name="folder">Where the copy goes; created when it is not there.</param>
    /// <returns>The copy's path.</returns>
    /// <exception cref="InvalidOperationException">Coyote could not rewrite it; the message is its last line.</exception>
    public static string Rewrite(string assembly, string folder)
    {
        Directory.CreateDirectory(folder);
        string copy = Path.Combine(folder, Path.GetFileName(assembly));
        File.Copy(assembly, copy, overwrite: true);
        string symbols = Path.ChangeExtension(assembly, ".pdb");
        if (File.Exists(symbols))
            File.Copy(symbols, Path.ChangeExtension(copy, ".pdb"), overwrite: true);

        string options = Path.Combine(folder, "rewriting.json");
        File.WriteAllText(options, JsonSerializer.Serialize(new
        {
            AssembliesPath = ".",
            Assemblies = new[] { Path.GetFileName(copy) },
            DependencySearchPaths = new[] { Path.GetDirectoryName(Path.GetFullPath(assembly)), AppContext.BaseDirectory },
            IsRewritingMemoryLocations = true,
            IsRewritingConcurrentCollections = true,
        }));
        Run(options, Path.GetFileName(assembly));
        return copy;
    }

    private static void Run(string options, string name)
    {
        ProcessStartInfo start = DotnetHost.Exec(Tool, "rewrite", options);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["DOTNET_ROLL_FORWARD"] = "LatestMajor";
        start.Environment["COYOTE_CLI_TELEMETRY_OPTOUT"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"Coyote could not rewrite {name}: {LastLine(output + errors.Result)}");
    }

    private static string LastLine(string text) => text.TrimEnd().Split('\n')[^1].Trim();
}
