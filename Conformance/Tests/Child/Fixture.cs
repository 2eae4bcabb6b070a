// Assemblies as a user might bring them, compiled when a test needs one.
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using PerfModel.Conformance.Subjects;
using PerfModel.Model;

namespace PerfModel.Conformance.Tests.Child;

internal static class Fixture
{
    private const string Usings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using PerfModel.Conformance.Subjects;
        global using PerfModel.Model;
        """;

    /// <summary>A public subject that is right, but for what these lines do before each call.</summary>
    public static string Subject(string lines, string type = "Mine", string made = "") =>
        $$"""
        public sealed class {{type}} : ISubject
        {
            private static int s_calls;
            private readonly ModelSubject _right;
            public {{type}}(Declaration declaration) { {{made}} _right = new(declaration); }
            public Result Apply(Operation operation)
            {
                var calls = Interlocked.Increment(ref s_calls);
                {{lines}}
                return _right.Apply(operation);
            }
        }
        """;

    /// <summary>Compiles into a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The name of the assembly.</param>
    /// <param name="source">What stands in it.</param>
    /// <param name="references">What it refers to beside the framework; the kit and the model unless told otherwise.</param>
    /// <returns>The name of the DLL in the folder.</returns>
    public static string Compile(string folder, string name, string source, params string[] references)
    {
        var usings = references.Length == 0 ? Usings : "global using System; global using System.Threading;";
        var all = Framework.Value.Concat((references.Length == 0 ? Ours : references).Select(path => MetadataReference.CreateFromFile(path)));
        var compilation = CSharpCompilation.Create(name, [CSharpSyntaxTree.ParseText(source), CSharpSyntaxTree.ParseText(usings)], all,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true));
        var file = name + ".dll";
        var result = compilation.Emit(Path.Combine(folder, file));
        Xunit.Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return file;
    }

    /// <summary>The kit and the model.</summary>
    public static string[] Ours { get; } = [typeof(ISubject).Assembly.Location, typeof(Declaration).Assembly.Location];

    // Read once: a compilation takes what another has decoded of them.
    private static readonly Lazy<List<MetadataReference>> Framework = new(() =>
        [.. Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System*.dll").Where(IsManaged).Select(path => MetadataReference.CreateFromFile(path))]);

    private static bool IsManaged(string path)
    {
        try
        {
            return AssemblyName.GetAssemblyName(path) is not null;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }
}
