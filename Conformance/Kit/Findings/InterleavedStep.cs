// One access to shared memory in a recorded schedule, as data: whose, what kind, where, and what came of it.
namespace PerfModel.Conformance.Findings;

/// <summary>The kinds of access; a compare-exchange is one of two, by its success.</summary>
public enum AccessWord
{
    /// <summary>A load.</summary>
    Load,

    /// <summary>A store.</summary>
    Store,

    /// <summary>A compare-exchange that found the expected value.</summary>
    Swap,

    /// <summary>A compare-exchange that found something else: a load.</summary>
    FailedSwap,

    /// <summary>An exchange.</summary>
    Exchange,

    /// <summary>An addition.</summary>
    Add,
}

/// <summary>An access to shared memory, in the order in which a schedule made them.</summary>
/// <param name="Thread">The thread, from 0.</param>
/// <param name="Row">Its row of MEMORY-ORDERING.md, such as <c>M29</c>; null if it is not known.</param>
/// <param name="Kind">The kind of access.</param>
/// <param name="Location">A readable name of the place, the same for the same place: <c>slot of t</c>.</param>
/// <param name="Value">The value that was loaded, or is there now, in words: <c>none</c>.</param>
public sealed record InterleavedStep(int Thread, string? Row, AccessWord Kind, string Location, string Value)
{
    /// <summary>Whether the place may hold another value afterwards.</summary>
    public bool Stores => Kind is not (AccessWord.Load or AccessWord.FailedSwap);
}
