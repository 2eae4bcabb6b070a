// The litmus tests of the lock-free implementation: those of any subject, and the ones that only its own surface can write.
using System.Collections.Immutable;
using PerfModel.Conformance.Litmus;

namespace PerfModel.Conformance.Subjects;

/// <summary>The list that the verb <c>litmus</c> runs.</summary>
internal static class LockFreeLitmus
{
    /// <summary>All of them: the runner's own first, which says whether the others mean anything.</summary>
    public static ImmutableArray<LitmusTest> All { get; } = [.. LitmusTest.All, PublishedHandle.Test];
}
