// The packages as a stranger has them: packed, restored into projects outside of the repository, and used there.
using System.Diagnostics;
using System.IO.Compression;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Tests.Command;
using Xunit;

namespace PerfModel.Conformance.Tests.Child;

public sealed class PackageTests : IDisposable
{
    // Of its own each time, or the cache of packages would give back an older one.
    private readonly string _version = $"0.0.0-test{DateTime.UtcNow:yyyyMMddHHmmss}";
    private readonly Cli _cli = new();

    public void Dispose()
    {
        _cli.Dispose();
        foreach (var package in (string[])["perfmodel", "perfmodel.conformance"])
        {
            var cached = Path.Combine(Cache, package, _version);
            if (Directory.Exists(cached)) Directory.Delete(cached, recursive: true);
        }
    }

    private static string Cache => Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    [LongFact]
    public void A_project_of_ones_own_uses_the_packages_without_the_repository()
    {
        var packages = Path.Combine(_cli.Folder, "packages");
        Dotnet("pack", Repository.PathOf("PerfModel.sln"), "--no-build", "-o", packages, $"-p:PackageVersion={_version}").Exits(0);
        File.WriteAllText(Path.Combine(_cli.Folder, "nuget.config"), $"""<configuration><packageSources><add key="packed" value="{packages}" /></packageSources></configuration>""");
        foreach (var sample in (string[])["YourSubject", "YourConformance", "YourLockFree", "YourTest"]) Copy(sample);

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
        Dotnet("tool", "install", "PerfModel.Tool", "--tool-path", "tool", "--version", _version).Exits(0);
        Dotnet("build", "YourSubject", "-o", "right", $"-p:FromPackages={_version}").Exits(0);
        var tool = Path.Combine(_cli.Folder, "tool", OperatingSystem.IsWindows() ? "perfmodel.exe" : "perfmodel");
        var run = Start(tool, "run", "--subject", "assembly:right/YourSubject.dll", "--profile", "core,concurrency", "--checks", "rules,random,coyote", "--iterations", "200").Exits(0);
        Assert.Contains("YourSubject.dll conforms: ", run.Out, StringComparison.Ordinal);
        Assert.Contains("violates: the saved sequence was run again", Start(tool, "replay", saved[0]).Exits(1).Out, StringComparison.Ordinal);
    }

    [LongFact]
    public void A_package_has_its_documentation_and_symbols_and_depends_on_no_implementation()
    {
        var packages = Path.Combine(_cli.Folder, "packages");
        Dotnet("pack", Repository.PathOf("PerfModel.sln"), "--no-build", "-o", packages, $"-p:PackageVersion={_version}").Exits(0);
        using var package = ZipFile.OpenRead(Path.Combine(packages, $"PerfModel.Conformance.{_version}.nupkg"));
        var entries = package.Entries.Select(entry => entry.FullName).ToList();
        string[] assemblies = ["PerfModel.Conformance.Engines", "PerfModel.Conformance.Kit", "PerfModel.Model"];
        Assert.Equal(assemblies.SelectMany(assembly => (string[])[$"lib/net10.0/{assembly}.dll", $"lib/net10.0/{assembly}.pdb", $"lib/net10.0/{assembly}.xml"]), entries.Where(entry => entry.StartsWith("lib/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        using var reader = new StreamReader(package.GetEntry("PerfModel.Conformance.nuspec")!.Open());
        var specification = reader.ReadToEnd();
        Assert.Contains("""<dependency id="FsCheck" """, specification, StringComparison.Ordinal);
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(specification, "<dependency "));
        using var symbols = ZipFile.OpenRead(Path.Combine(packages, $"PerfModel.{_version}.snupkg"));
        Assert.Contains("lib/net10.0/PerfModel.Implementation.pdb", symbols.Entries.Select(entry => entry.FullName));
    }

    [LongFact]
    public void A_project_of_an_older_framework_is_told_the_fix()
    {
        var packages = Path.Combine(_cli.Folder, "packages");
        Dotnet("pack", Repository.PathOf("PerfModel.sln"), "--no-build", "-o", packages, $"-p:PackageVersion={_version}").Exits(0);
        _cli.Write("Old.csproj", $"""<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net8.0</TargetFramework><RestoreAdditionalProjectSources>{packages}</RestoreAdditionalProjectSources></PropertyGroup><ItemGroup><PackageReference Include="PerfModel.Conformance" Version="{_version}" /></ItemGroup></Project>""");
        var answer = Start(DotnetHost.Path, "restore", "Old.csproj", "-nodeReuse:false").Exits(1);
        Assert.Contains("NU1202", answer.Out, StringComparison.Ordinal);
        Assert.Contains("supports: net10.0", answer.Out, StringComparison.Ordinal);
    }

    private Answer Test(string sample, params string[] more) => Dotnet("test", sample, [$"-p:FromPackages={_version}", .. more]);

    private void Copy(string sample)
    {
        var to = Directory.CreateDirectory(Path.Combine(_cli.Folder, sample)).FullName;
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("Conformance", "Samples", sample))) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    private Answer Dotnet(string verb, string project, params string[] more) =>
        verb == "tool" ? Start(DotnetHost.Path, [verb, project, .. more]) : Start(DotnetHost.Path, [verb, project, "-c", SampleTests.Configuration, "-nodeReuse:false", .. more]);

    private Answer Start(string program, params string[] words)
    {
        var start = new ProcessStartInfo(program, words);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        return _cli.Run(start, "");
    }
}
