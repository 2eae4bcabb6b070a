// The public API of each package is that of the baseline: a change is meant, and edits the file.
using System.Reflection;
using PublicApiGenerator;
using Xunit;

namespace PerfModel.Conformance.Tests.Docs;

public sealed class PublicApiTests
{
    [Theory]
    [InlineData("PerfModel", "PerfModel.Implementation")]
    [InlineData("PerfModel.Conformance", "PerfModel.Model", "PerfModel.Conformance.Kit", "PerfModel.Conformance.Engines")]
    public void The_public_api_is_that_of_the_baseline(string package, params string[] assemblies)
    {
        var file = Repository.PathOf("Conformance", "Tests", "Packages", package + ".txt");
        var api = string.Concat(assemblies.Select(assembly => $"// {assembly}\n{Assembly.Load(assembly).GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n")}\n"));
        if (Environment.GetEnvironmentVariable("PERFMODEL_WRITE") == "1") File.WriteAllText(file, api);
        Assert.Equal(File.ReadAllText(file).ReplaceLineEndings("\n"), api);
    }
}
