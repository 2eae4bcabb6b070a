// The order of the tests: those that take longest first, so that they do not run alone at the end.
using Xunit;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("PerfModel.Conformance.Tests.LongestFirst", "PerfModel.Conformance.Tests")]

namespace PerfModel.Conformance.Tests;

/// <summary>What waits for a subject that does not return takes longest, and little of the machine; the matrix comes next, then what starts the command many times.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long = ["Child.FalseAlarm", "Child.Control", "Matrix", "Child.Lost", "Child.Refused", "Command.Replay", "CheckTests", "GrammarTests", "Command."];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Array.FindIndex(Long, word => collection.DisplayName.Contains(word, StringComparison.Ordinal)) is var place and >= 0 ? place : Long.Length)
            .ThenBy(collection => collection.DisplayName, StringComparer.Ordinal);
}
