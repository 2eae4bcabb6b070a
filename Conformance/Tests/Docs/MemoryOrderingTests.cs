// Implementation/MEMORY-ORDERING.md: each row says what fails when it is weakened, by the name of something that is there, or why nothing can.
using System.Text.RegularExpressions;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Wrong;
using Xunit;

namespace PerfModel.Conformance.Tests.Docs;

public sealed partial class MemoryOrderingTests
{
    private static System.Collections.Immutable.ImmutableArray<MemoryOrderingRow> Rows => MemoryOrdering.Rows;

    public static TheoryData<string> Numbers => [.. Rows.Select(row => row.Number)];

    [Fact]
    public void Rows_are_numbered_without_a_gap() => Assert.Equal(Enumerable.Range(1, Rows.Length).Select(number => $"M{number}"), Rows.Select(row => row.Number));

    [Theory]
    [MemberData(nameof(Numbers))]
    public void What_fails_when_it_is_weakened_is_there(string row)
    {
        var cell = MemoryOrdering.Find(row)!.Fails;
        var names = Name().Matches(cell).Select(match => match.Groups[1].Value).ToList();
        if (names.Count == 0) Assert.Matches(@"^(none: \S|as M[0-9]+$)", cell);
        foreach (var name in names) Assert.True(IsThere(row, name), $"{row} names {name}, which is not there, or not about it");
    }

    [Fact]
    public void Litmus_tests_are_about_rows_that_are_there() =>
        Assert.Empty(LockFreeLitmus.All.SelectMany(test => test.Rows).Except(Rows.Select(row => row.Number)));

    [Fact]
    public void The_rows_that_the_source_cites_are_there()
    {
        var cited = Directory.EnumerateFiles(Repository.PathOf("Implementation"), "*.cs").SelectMany(file => Cited().Matches(File.ReadAllText(file))).Select(match => match.Value).ToHashSet();
        Assert.Empty(cited.Except(Rows.Select(row => row.Number)));
        Assert.Empty(Rows.Select(row => row.Number).Except(cited));
    }

    [Fact]
    public void Rows_lead_from_a_rule_to_a_method() =>
        Assert.Equal([("M29", "Look"), ("M30", "Look"), ("M33", "Claim")], Rows.Where(row => row.Rules.Contains(new PerfModel.Model.RuleId(2, 5))).Select(row => (row.Number, row.Method)));

    [Fact]
    public void Each_row_is_the_argument_of_an_access()
    {
        var passed = Directory.EnumerateFiles(Repository.PathOf("Implementation"), "*.cs").SelectMany(file => Passed().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.Equal(Rows.Select(row => row.Number).ToHashSet(), passed);
        Assert.Equal(Rows.Select(row => row.Number).Prepend(nameof(Implementation.Row.None)), Enum.GetNames<Implementation.Row>());
    }

    private static bool IsThere(string row, string name) => name.Split(' ') switch
    {
        ["explore", var scenario] => Scenarios.All.ContainsKey(scenario),
        ["litmus", var litmus] => LockFreeLitmus.All.Any(test => test.Name == litmus && test.Rows.Contains(row)),
        [var wrong] when wrong.StartsWith("wrong:", StringComparison.Ordinal) => WrongSubject.All.Any(subject => $"wrong:{subject.Name}" == wrong),
        [var tests] => typeof(MemoryOrderingTests).Assembly.GetTypes().Any(type => type.Name == tests && tests.EndsWith("Tests", StringComparison.Ordinal)),
        _ => false,
    };

    // Last, as an argument; or what a parameter is by default.
    [GeneratedRegex(@"\bRow\.(M[0-9]+)\)")]
    private static partial Regex Passed();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"\bM[1-9][0-9]?\b(?= |,|\.|:|;|\)|$)", RegexOptions.Multiline)]
    private static partial Regex Cited();
}
