// Compiles a wrong subject from its edited sources, apart from everything that is shipped.
using System.Collections.Immutable;
using System.Runtime.Loader;
using System.Security.Cryptography;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using PerfModel.Twin;

namespace PerfModel.Conformance.Wrong;

/// <summary>A mutant whose source does not compile: of a mutant that a program makes, no fault of anybody's.</summary>
/// <param name="message">The first error of the compiler.</param>
internal sealed class StillbornException(string message) : FormatException(message);

/// <summary>Makes a DLL of a wrong subject.</summary>
internal static class WrongCompiler
{
    /// <summary>The type of the subject in every such DLL.</summary>
    public const string SubjectType = "PerfModel.Conformance.Subjects.LockFreeSubject";

    /// <summary>The same as coroutines; in a DLL only if the edited source has a twin.</summary>
    public const string CoroutineType = TwinWriter.Namespace + ".CoroutineSubject";

    /// <summary>The same with its accesses in a scheduler's hands, for parked threads.</summary>
    public const string HookedType = "PerfModel.Conformance.Subjects.HookedSubject";

    /// <summary>The same with its invariants at rest compiled in, for real threads.</summary>
    public const string InspectedType = "PerfModel.Conformance.Subjects.InspectedSubject";

    /// <summary>The type of the subject in the DLL of a mutant of the model's step.</summary>
    public const string ModelType = "PerfModel.Conformance.Subjects.ModelSubject";

    // What the model lets see its internals. All mutants of its step have this name: each is loaded in a context of its own.
    private const string ModelAssembly = "PerfModel.Wrong.Model";

    // The adapter of the twin, which is written and not generated.
    private const string OfTwin = "CoroutineSubject.cs";

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

    // What goes into such a DLL: the sources and edits, which this assembly holds, the generator of twins, and what is referred to.
    private static readonly Lazy<string> Build = new(() =>
    {
        Type[] parts = [typeof(WrongCompiler), typeof(TwinWriter), typeof(Subjects.ISubject), typeof(Engines.IEngine), typeof(Model.State), typeof(CSharpCompilation), typeof(object)];
        return Convert.ToHexStringLower(SHA256.HashData([.. parts.SelectMany(part => part.Module.ModuleVersionId.ToByteArray())]))[..16];
    });

    // Decoded once for all subjects. The shipped implementation is left out: its types are compiled anew into each DLL.
    private static readonly Lazy<ImmutableArray<MetadataReference>> References = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => path.EndsWith(".dll", StringComparison.Ordinal) && Path.GetFileName(path) is not ("PerfModel.Implementation.dll" or "PerfModel.Conformance.LockFree.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    // Nobody reads warnings of an edited source: those about null, which only the twin asks for, take a third of the time to compile.
    private static readonly CSharpParseOptions Options = new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.None).WithFeatures([new("run-nullable-analysis", "never")]);

    /// <summary>
    /// The DLL's path in a folder that is kept, where it is compiled when it is asked for first: to compile takes as long as many a check. In another
    /// folder if nothing can be written there.
    /// </summary>
    /// <param name="wrong">The subject.</param>
    /// <param name="otherwise">The other folder, which the caller deletes; the DLL is compiled there.</param>
    /// <param name="kept">What holds the folders of each build; beside this program if not told.</param>
    /// <exception cref="FormatException">The edit does not match; or, a <see cref="StillbornException"/>, its result does not compile.</exception>
    public static string Assembly(WrongSubject wrong, string otherwise, string? kept = null)
    {
        // There are hundreds of those that a program makes, and each is tried once.
        if (wrong.Kind == WrongSubject.Generated) return Compile(wrong, otherwise);
        kept ??= Path.Combine(AppContext.BaseDirectory, "wrong");
        var path = Path.Combine(kept, Build.Value, $"PerfModel.Wrong.{wrong.Name}.dll");
        if (File.Exists(path)) return path;
        var made = Compile(wrong, otherwise);
        try
        {
            // Those of other builds are nobody's.
            if (Directory.Exists(kept))
                foreach (var folder in Directory.EnumerateDirectories(kept).Where(folder => Path.GetFileName(folder) != Build.Value)) Directory.Delete(folder, recursive: true);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // Whole, or not at all: others may be looking, or making the same.
            var mine = $"{path}.{Guid.NewGuid():N}";
            try
            {
                File.Copy(made, mine);
                File.Move(mine, path, overwrite: true);
            }
            finally
            {
                File.Delete(mine);
            }

            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return made;
        }
    }

    /// <summary>Compiles into a folder and returns the path of the DLL, <c>PerfModel.Wrong.NAME.dll</c>.</summary>
    /// <exception cref="FormatException">The edit does not match; or, a <see cref="StillbornException"/>, its result does not compile.</exception>
    public static string Compile(WrongSubject wrong, string folder)
    {
        var options = Options;
        if (wrong.IsOfModel) return CompileStep(wrong, options, folder);
        var sources = wrong.Sources().ToImmutableDictionary(source => source.Key, source => CSharpSyntaxTree.ParseText(source.Value, options, source.Key));
        var usings = CSharpSyntaxTree.ParseText(Usings, options, "Usings.cs");
        var compilation = CSharpCompilation.Create($"PerfModel.Wrong.{wrong.Name}", sources.Remove(OfTwin).Values.Append(usings), References.Value,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, deterministic: true));
        var path = Path.Combine(folder, $"PerfModel.Wrong.{wrong.Name}.dll");
        var twin = TwinWriter.Write([.. sources.RemoveRange([OfTwin, "HookedSubject.cs"]).Values], References.Value);
        // An edit may be of a kind that no coroutine can be made of: then threads park.
        if (twin.Problems.IsEmpty && compilation.AddSyntaxTrees(twin.Trees.Add(sources[OfTwin])).Emit(path).Success) return path;
        var result = compilation.Emit(path);
        return result.Success
            ? path
            : throw new StillbornException($"wrong:{wrong.Name} does not compile: {result.Diagnostics.First(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)}");
    }

    // What is compiled anew stands before what the model's own assembly has of the same names.
    private static string CompileStep(WrongSubject wrong, CSharpParseOptions options, string folder)
    {
        var sources = wrong.Sources().Select(source => CSharpSyntaxTree.ParseText(source.Value, options, source.Key)).Append(CSharpSyntaxTree.ParseText(Usings, options, "Usings.cs"));
        var compilation = CSharpCompilation.Create(ModelAssembly, sources, References.Value,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, deterministic: true));
        var path = Path.Combine(folder, $"PerfModel.Wrong.{wrong.Name}.dll");
        var result = compilation.Emit(path);
        return result.Success ? path
            : throw new StillbornException($"{wrong.Subject} does not compile: {result.Diagnostics.First(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)}");
    }

    /// <summary>Loads a DLL that was made, apart from all others: two may have the same name.</summary>
    public static System.Reflection.Assembly Load(string path) => new AssemblyLoadContext(Path.GetFileNameWithoutExtension(path), isCollectible: false).LoadFromAssemblyPath(Path.GetFullPath(path));
}
