// The packages as a stranger has them: packed, restored into projects outside of the repository, and used there.
using System.IO.Compression;
using PerfModel.Conformance.Tests.Command;
using Xunit;

namespace PerfModel.Conformance.Tests.Child;

/// <summary>The packages, made when a test asks for them first.</summary>
public sealed class Packages : IDisposable
{
    private readonly Cli _cli = new();
    private readonly Lazy<string> _folder;

    public Packages() => _folder = new(() =>
    {
        var folder = Path.Combine(_cli.Folder, "packages");
        Outside.Dotnet(_cli, "pack", Repository.PathOf("PerfModel.sln"), "-c", Outside.Configuration, "-nodeReuse:false", "--no-build", "-o", folder, $"-p:PackageVersion={Version}").Exits(0);
        return folder;
    });

    // Of its own each time, or the cache of packages would give back an older one.
    public string Version { get; } = $"0.0.0-test{DateTime.UtcNow:yyyyMMddHHmmss}";

    public string Folder => _folder.Value;

    private static string Cache => Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    public void Dispose()
    {
        _cli.Dispose();
        foreach (var package in (string[])["perfmodel", "perfmodel.conformance"])
        {
            var cached = Path.Combine(Cache, package, Version);
            if (Directory.Exists(cached)) Directory.Delete(cached, recursive: true);
        }
    }
}

public sealed class PackageTests(Packages packed) : IClassFixture<Packages>, IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [LongFact]
    public void A_project_of_ones_own_uses_the_packages_without_the_repository()
    {
        File.WriteAllText(Path.Combine(_cli.Folder, "nuget.config"), $"""<configuration><packageSources><add key="packed" value="{packed.Folder}" /></packageSources></configuration>""");
        foreach (var sample in (string[])["YourSubject", "YourConformance", "YourLockFree", "YourTest"]) Outside.Copy(_cli, sample);

        // The library, in a test with Coyote.
        Assert.Contains("Failed:     0, Passed:     2,", Test("YourTest").Exits(0).Out, StringComparison.Ordinal);

        // The suite in one line, and the page of a mistake, saved.
        Assert.Contains("Failed:     0, Passed:     1,", Test("YourConformance").Exits(0).Out, StringComparison.Ordinal);
        var wrong = Test("YourConformance", "-p:Mistake=order").Exits(1).Out;
        Assert.Contains("PerfModel.Conformance.ConformanceException : DOES NOT CONFORM", wrong, StringComparison.Ordinal);
        Assert.Contains("must be EINVAL", wrong, StringComparison.Ordinal);
        var saved = Directory.GetFiles(_cli.Folder, "assembly-YourConformance-dll-*", SearchOption.AllDirectories);
        Assert.NotEmpty(saved);

        // Lock-free code of any kind, in every schedule.
        Assert.Contains("Failed:     0, Passed:     2,", Test("YourLockFree").Exits(0).Out, StringComparison.Ordinal);
        Assert.Contains("Expected: <generated>                          [1, 2]", Test("YourLockFree", "-p:Mistake=true").Exits(1).Out, StringComparison.Ordinal);

        // The tool, on an assembly that was built against the package, and on the finding of the test.
        Outside.Dotnet(_cli, "tool", "install", "PerfModel.Tool", "--tool-path", "tool", "--version", packed.Version).Exits(0);
        Dotnet("build", "YourSubject", "-o", "right", $"-p:FromPackages={packed.Version}").Exits(0);
        var tool = Path.Combine(_cli.Folder, "tool", OperatingSystem.IsWindows() ? "perfmodel.exe" : "perfmodel");
        var run = Outside.Start(_cli, tool, "run", "--subject", "assembly:right/YourSubject.dll", "--profile", "core,concurrency", "--checks", "rules,random,coyote", "--iterations", "200").Exits(0);
        Assert.Contains("YourSubject.dll conforms: ", run.Out, StringComparison.Ordinal);
        Assert.Contains("violates: the saved sequence was run again", Outside.Start(_cli, tool, "replay", saved[0], "--subject", File.ReadLines(Path.Combine(_cli.Folder, saved[0])).First(line => line.StartsWith("subject ", StringComparison.Ordinal))["subject ".Length..]).Exits(1).Out, StringComparison.Ordinal);
    }

    [LongFact]
    public void A_package_has_its_documentation_and_symbols_and_depends_on_no_implementation()
    {
        using var package = ZipFile.OpenRead(Path.Combine(packed.Folder, $"PerfModel.Conformance.{packed.Version}.nupkg"));
        var entries = package.Entries.Select(entry => entry.FullName).ToList();
        string[] assemblies = ["PerfModel.Conformance.Engines", "PerfModel.Conformance.Kit", "PerfModel.Model"];
        Assert.Equal(assemblies.SelectMany(assembly => (string[])[$"lib/net10.0/{assembly}.dll", $"lib/net10.0/{assembly}.pdb", $"lib/net10.0/{assembly}.xml"]), entries.Where(entry => entry.StartsWith("lib/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        using var reader = new StreamReader(package.GetEntry("PerfModel.Conformance.nuspec")!.Open());
        var specification = reader.ReadToEnd();
        Assert.Contains("""<dependency id="FsCheck" """, specification, StringComparison.Ordinal);
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(specification, "<dependency "));
        using var symbols = ZipFile.OpenRead(Path.Combine(packed.Folder, $"PerfModel.{packed.Version}.snupkg"));
        Assert.Contains("lib/net10.0/PerfModel.Implementation.pdb", symbols.Entries.Select(entry => entry.FullName));
    }

    [LongFact]
    public void A_project_of_an_older_framework_is_told_the_fix()
    {
        _cli.Write("Old.csproj", $"""<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net8.0</TargetFramework><RestoreAdditionalProjectSources>{packed.Folder}</RestoreAdditionalProjectSources></PropertyGroup><ItemGroup><PackageReference Include="PerfModel.Conformance" Version="{packed.Version}" /></ItemGroup></Project>""");
        var answer = Outside.Dotnet(_cli, "restore", "Old.csproj", "-nodeReuse:false").Exits(1);
        Assert.Contains("NU1202", answer.Out, StringComparison.Ordinal);
        Assert.Contains("supports: net10.0", answer.Out, StringComparison.Ordinal);
    }

    private Answer Test(string sample, params string[] more) => Dotnet("test", sample, [$"-p:FromPackages={packed.Version}", .. more]);

    private Answer Dotnet(string verb, string project, params string[] more) => Outside.Dotnet(_cli, [verb, project, "-c", Outside.Configuration, "-nodeReuse:false", .. more]);
}
