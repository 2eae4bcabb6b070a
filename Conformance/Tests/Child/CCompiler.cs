// Tests that compile C: where no compiler is, they say so by name.
using System.Diagnostics;
using PerfModel.Conformance.Tests.Command;
using Xunit;

namespace PerfModel.Conformance.Tests.Child;

/// <summary>The C compiler.</summary>
internal static class CCompiler
{
    private const string Name = "gcc";

    /// <summary>Why nothing can be compiled here, or null.</summary>
    public static string? Missing { get; } =
        !OperatingSystem.IsLinux() ? $"{Name} for the C ABI was tried on Linux only"
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, Name))) ? null : $"not run: {Name} is not here";

    /// <summary>The folder of the C adapter.</summary>
    public static string Adapter => Repository.PathOf("Conformance/Adapters/C");

    /// <summary>Compiles sources into a library of the folder, and answers its name as <c>--subject</c> takes it.</summary>
    public static string Library(Cli cli, string name, string switches = "-Wall -Wextra -Werror", params string[] sources)
    {
        string[] arguments = ["-std=c11", "-D_DEFAULT_SOURCE", "-O2", "-fPIC", .. switches.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-shared", "-pthread", "-o", $"lib{name}.so",
            .. sources.Length > 0 ? sources : [Path.Combine(Adapter, "events.c"), Path.Combine(Adapter, "adapter.c")]];
        cli.Run(new ProcessStartInfo(Name, arguments), "").Exits(0);
        return $"native:./lib{name}.so";
    }

    /// <summary>The adapter with a function of its own in the place of one: <c>pm_close</c>, say.</summary>
    public static string LibraryWith(Cli cli, string name, string function, string instead)
    {
        cli.Write($"{name}.c", $"#define {function} original_{function}\n#include \"{Adapter}/adapter.c\"\n#undef {function}\n#include <pthread.h>\n#include <signal.h>\n#include <stdlib.h>\n#include <string.h>\n#include <unistd.h>\n{instead}\n");
        return Library(cli, name, "-w -O0", $"{name}.c", Path.Combine(Adapter, "events.c"));
    }
}

/// <summary>A fact that compiles C.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CompilerFactAttribute : FactAttribute
{
    public CompilerFactAttribute() => Skip = CCompiler.Missing;

    /// <summary>Whether it takes long, and waits for CI.</summary>
    public bool Long
    {
        get => Skip == Tests.Long.Skip;
        set => Skip ??= value ? Tests.Long.Skip : null;
    }
}

/// <summary>A theory that compiles C.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CompilerTheoryAttribute : TheoryAttribute
{
    public CompilerTheoryAttribute() => Skip = CCompiler.Missing;

    /// <summary>Whether it takes long, and waits for CI.</summary>
    public bool Long
    {
        get => Skip == Tests.Long.Skip;
        set => Skip ??= value ? Tests.Long.Skip : null;
    }
}
