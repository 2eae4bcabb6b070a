// Tests that take long: `dotnet test` alone names them and leaves them out; with PERFMODEL_LONG=1, as in .ci/run and .ci/long, they run. README.md
// has a reason for each.
using Xunit;

namespace PerfModel.Conformance.Tests;

internal static class Long
{
    /// <summary>Why a long test is left out, or null if it is to run.</summary>
    public static string? Skip { get; } = Environment.GetEnvironmentVariable("PERFMODEL_LONG") == "1" || Environment.GetEnvironmentVariable("PERFMODEL_WRITE") == "1"
        ? null : "takes long; CI runs it, with PERFMODEL_LONG=1";
}

/// <summary>A fact that takes minutes.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute() => Skip = Long.Skip;
}

/// <summary>A theory that takes minutes.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongTheoryAttribute : TheoryAttribute
{
    public LongTheoryAttribute() => Skip = Long.Skip;

    /// <summary>Whether it sends signals.</summary>
    public bool Signals
    {
        get => Skip == NoSignals;
        set => Skip = value && OperatingSystem.IsWindows() ? NoSignals : Skip;
    }

    private const string NoSignals = "Windows has no signals that a process could send to itself";
}

/// <summary>A fact that takes minutes and sends signals.</summary>
public sealed class LongUnixFactAttribute : Command.UnixFactAttribute
{
    public LongUnixFactAttribute() => Skip ??= Long.Skip;
}
