// The generator: the additional files of a project become its twin.
using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace PerfModel.Twin;

/// <summary>Adds the twin of every additional file that is C# to the compilation.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class TwinGenerator : IIncrementalGenerator
{
    private static readonly DiagnosticDescriptor NoTwin = new(
        "TWIN001", "No twin", "{0}: {1}", "PerfModel", DiagnosticSeverity.Error, isEnabledByDefault: true);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var sources = context.AdditionalTextsProvider
            .Where(file => file.Path.EndsWith(".cs", System.StringComparison.Ordinal))
            .Select((file, end) => (Path: file.Path, Text: file.GetText(end)!.ToString()))
            .Collect();
        var references = context.CompilationProvider.Select((compilation, _) => compilation.References.ToImmutableArray());
        context.RegisterSourceOutput(sources.Combine(references), (output, input) => Generate(output, input.Left, input.Right));
    }

    private static void Generate(SourceProductionContext output, ImmutableArray<(string Path, string Text)> sources, ImmutableArray<MetadataReference> references)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        var trees = sources.Select(source => CSharpSyntaxTree.ParseText(source.Text, options, source.Path)).ToImmutableArray<SyntaxTree>();
        var twin = TwinWriter.Write(trees, references);
        foreach (var problem in twin.Problems) output.ReportDiagnostic(Diagnostic.Create(NoTwin, problem.Location, Path.GetFileName(problem.Location.SourceTree?.FilePath), problem.Message));
        foreach (var tree in twin.Trees) output.AddSource(Path.GetFileNameWithoutExtension(tree.FilePath) + ".twin.g.cs", SourceText.From(tree.ToString(), Encoding.UTF8));
    }
}
