// Tests that need the interpreter or the compiler of another language: where it is not, they say so by name.
using Xunit;

namespace PerfModel.Conformance.Tests;

/// <summary>Programs that a machine may not have.</summary>
internal static class Toolchain
{
    /// <summary>Why a program cannot be run here, or null.</summary>
    public static string? Missing(string program) =>
        !OperatingSystem.IsLinux() ? $"not run: what needs {program} was tried on Linux only"
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program))) ? null : $"not run: {program} is not here";
}

/// <summary>A fact that needs a program.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(string program) => Skip = Toolchain.Missing(program);

    /// <summary>Whether it takes long, and waits for CI.</summary>
    public bool Long
    {
        get => Skip == Tests.Long.Skip;
        set => Skip ??= value ? Tests.Long.Skip : null;
    }
}

/// <summary>A theory that needs a program.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolTheoryAttribute : TheoryAttribute
{
    public ToolTheoryAttribute(string program) => Skip = Toolchain.Missing(program);

    /// <summary>Whether it takes long, and waits for CI.</summary>
    public bool Long
    {
        get => Skip == Tests.Long.Skip;
        set => Skip ??= value ? Tests.Long.Skip : null;
    }
}
