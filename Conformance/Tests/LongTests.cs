// Tests that take long: `dotnet test` alone names them and leaves them out; with PERFMODEL_LONG=1, as in .ci/run and .ci/long, they run. CONTRIBUTING.md
// has a reason for each.
using System.Reflection;
using PerfModel.Conformance.Checks;
using Xunit;
using Xunit.Sdk;

namespace PerfModel.Conformance.Tests;

internal static class Long
{
    /// <summary>Why a long test is left out, or null if it is to run.</summary>
    public static string? Skip { get; } = Environment.GetEnvironmentVariable("PERFMODEL_LONG") == "1" || Environment.GetEnvironmentVariable("PERFMODEL_WRITE") == "1"
        ? null : "takes long; CI runs it, with PERFMODEL_LONG=1";
}

/// <summary>What is too much for each commit: .ci/run takes another part with each, which PERFMODEL_PART names (<c>2/3</c>); .ci/long takes all.</summary>
internal static class Part
{
    /// <summary>Of some rows those of the part that is asked for.</summary>
    public static IEnumerable<T> OfThisCommit<T>(IEnumerable<T> rows) => Of(Environment.GetEnvironmentVariable("PERFMODEL_PART") ?? "1/1", rows);

    internal static IEnumerable<T> Of<T>(string part, IEnumerable<T> rows) =>
        (Shard.Parse(part) ?? throw new FormatException($"PERFMODEL_PART is '{part}', and not a part such as 2/3")).Part(rows);
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

public class PartTests
{
    [Theory]
    [InlineData("1/3", "0 3 6")]
    [InlineData("2/3", "1 4")]
    [InlineData("3/3", "2 5")]
    [InlineData("1/1", "0 1 2 3 4 5 6")]
    public void Each_row_is_in_one_part(string part, string rows) => Assert.Equal(rows, string.Join(' ', Part.Of(part, Enumerable.Range(0, 7))));

    [Theory]
    [InlineData("")]
    [InlineData("0/3")]
    [InlineData("4/3")]
    [InlineData("3")]
    [InlineData("1/2/3")]
    [InlineData("a/b")]
    public void What_is_no_part_is_refused(string part) =>
        Assert.Equal($"PERFMODEL_PART is '{part}', and not a part such as 2/3", Assert.Throws<FormatException>(() => Part.Of(part, [0]).ToList()).Message);
}
