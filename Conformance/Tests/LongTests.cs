// Tests that take long: `dotnet test` alone names them and leaves them out; with PERFMODEL_LONG=1, as in .ci/run and .ci/long, they run. CONTRIBUTING.md
// has a reason for each.
using System.Reflection;
using Xunit;
using Xunit.Sdk;

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
}

/// <summary>A row of a theory that takes long: its like runs at once, in a row beside it.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class LongInlineDataAttribute : DataAttribute
{
    private readonly object?[] _row;

    public LongInlineDataAttribute(params object?[] row)
    {
        _row = row;
        Skip = Long.Skip;
    }

    public override IEnumerable<object?[]> GetData(MethodInfo testMethod) => [_row];
}

/// <summary>Rows of a theory that take long.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class LongMemberDataAttribute : MemberDataAttributeBase
{
    public LongMemberDataAttribute(string member) : base(member, []) => Skip = Long.Skip;

    protected override object[]? ConvertDataItem(MethodInfo testMethod, object item) => (object[]?)item;
}
