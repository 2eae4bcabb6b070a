// Tests that need the interpreter or the compiler of another language: where it is not, they say so by name.
using Xunit;

namespace PerfModel.Conformance.Tests.Adapters;

/// <summary>The adapters that we ship, and what each needs.</summary>
internal static class Toolchain
{
    /// <summary>Why a program cannot be run here, or null.</summary>
    public static string? Missing(string program) =>
        !OperatingSystem.IsLinux() ? $"not run: adapters with {program} were tried on Linux only"
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program))) ? null : $"not run: {program} is not here";

    /// <summary>The command that starts the adapter in Python.</summary>
    public static string Python(string more = "") => $"python3 '{Repository.PathOf("Conformance/Adapters/Python/adapter.py")}' {more}".TrimEnd();

    /// <summary>The command of an adapter that misbehaves.</summary>
    public static string Hostile(string mode) => $"python3 '{Repository.PathOf("Conformance/Tests/Adapters/hostile.py")}' {mode} '{Repository.PathOf("Conformance/Adapters/Python")}'";
}

/// <summary>A fact that runs Python.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute() => Skip = Toolchain.Missing("python3");

    /// <summary>Whether it takes long, and waits for CI.</summary>
    public bool Long
    {
        get => Skip == Tests.Long.Skip;
        set => Skip ??= value ? Tests.Long.Skip : null;
    }
}

/// <summary>A theory that runs Python.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonTheoryAttribute : TheoryAttribute
{
    public PythonTheoryAttribute() => Skip = Toolchain.Missing("python3");

    /// <summary>Whether it takes long, and waits for CI.</summary>
    public bool Long
    {
        get => Skip == Tests.Long.Skip;
        set => Skip ??= value ? Tests.Long.Skip : null;
    }
}
