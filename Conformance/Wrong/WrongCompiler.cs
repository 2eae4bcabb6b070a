// Compiles a wrong subject from its edited sources, apart from everything that is shipped.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace PerfModel.Conformance.Wrong;

/// <summary>Makes a DLL of a wrong subject.</summary>
public static class WrongCompiler
{
    /// <summary>The type behind the door in every such DLL.</summary>
    public const string SubjectType = "PerfModel.Conformance.Subjects.LockFreeSubject";

    /// <summary>The same with its accesses in a scheduler's hands.</summary>
    public const string HookedType = "PerfModel.Conformance.Subjects.HookedSubject";

    // What ImplicitUsings gives the shipped build.
    private const string Usings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    /// <summary>Compiles into a folder and returns the path of the DLL, <c>PerfModel.Wrong.NAME.dll</c>.</summary>
    /// <exception cref="FormatException">The edit does not match, or what it makes does not compile.</exception>
    public static string Compile(WrongSubject wrong, string folder)
    {
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        var trees = wrong.Sources().Select(source => CSharpSyntaxTree.ParseText(source.Value, options, source.Key))
            .Append(CSharpSyntaxTree.ParseText(Usings, options, "Usings.cs"));
        // The shipped implementation is left out: its types are compiled anew into this DLL.
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => path.EndsWith(".dll", StringComparison.Ordinal) && Path.GetFileName(path) is not ("PerfModel.Implementation.dll" or "PerfModel.Conformance.LockFree.dll"))
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create($"PerfModel.Wrong.{wrong.Name}", trees, references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable, deterministic: true));
        var path = Path.Combine(folder, $"PerfModel.Wrong.{wrong.Name}.dll");
        var result = compilation.Emit(path);
        return result.Success
            ? path
            : throw new FormatException($"wrong:{wrong.Name} does not compile: {result.Diagnostics.First(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)}");
    }
}
