// Projects as a user has them: samples copied out of the repository, and dotnet run on them.
using System.Diagnostics;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Tests.Command;

namespace PerfModel.Conformance.Tests.Child;

internal static class Outside
{
    /// <summary>What is built already need not be built anew: the configuration that these tests have.</summary>
    public static string Configuration => AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Debug{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Debug" : "Release";

    /// <summary>Copies a sample into the folder of a test.</summary>
    public static void Copy(Cli cli, string sample)
    {
        var to = Directory.CreateDirectory(Path.Combine(cli.Folder, sample)).FullName;
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("Conformance", "Samples", sample))) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    /// <summary>Runs dotnet in the folder of a test.</summary>
    public static Answer Dotnet(Cli cli, params string[] words) => Start(cli, DotnetHost.Path, words);

    /// <summary>Runs a program in the folder of a test.</summary>
    public static Answer Start(Cli cli, string program, params string[] words)
    {
        var start = new ProcessStartInfo(program, words);
        // What this process was told of the build that it is part of is nothing to another.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        return cli.Run(start, "");
    }
}
