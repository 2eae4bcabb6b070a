// What the search explores: a machine whose states are words of 64 bits, with claims about its transitions.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>One transition out of a state.</summary>
/// <param name="After">The state that it leads to.</param>
/// <param name="Action">Which of the machine's actions it is.</param>
/// <param name="Noted">Bit i: claim i is a Sometimes that this transition reaches, or an Always that it breaks.</param>
public readonly record struct Edge(ulong After, int Action, ulong Noted);

/// <summary>A finite machine. All members can be called by several threads at once.</summary>
public interface IMachine
{
    /// <summary>Where it starts.</summary>
    ulong Initial { get; }

    /// <summary>The most transitions that a state has.</summary>
    int Degree { get; }

    /// <summary>What is claimed of its transitions, 64 claims at most.</summary>
    ImmutableArray<Claim> Claims { get; }

    /// <summary>What may be renamed without a difference: two states of one orbit behave alike.</summary>
    Symmetry Symmetry { get; }

    /// <summary>Writes every transition out of a state, those that lead nowhere included, and says how many there are.</summary>
    /// <param name="state">The state.</param>
    /// <param name="wanted">Bit i: whether claim i is to be looked at.</param>
    /// <param name="edges">Room for <see cref="Degree"/> transitions.</param>
    int Expand(ulong state, ulong wanted, Span<Edge> edges);

    /// <summary>Whether words are numbers in the order of arrival: one thread searches then, so that paths are the same in every run.</summary>
    bool IsNumbered => false;

    /// <summary>What the machine itself holds of the states that have a number.</summary>
    long Bytes => 0;

    /// <summary>A path from the start as a document of the text grammar, which the model itself answers; null where the model has no such steps.</summary>
    Program? Tell(IReadOnlyList<PathStep> path);

    /// <summary>A path from the start as lines for a person: what this machine did, and the states before and after the last action.</summary>
    IEnumerable<string> Narrate(IReadOnlyList<PathStep> path);
}

/// <summary>One transition of a path.</summary>
/// <param name="Before">The state that it leaves.</param>
/// <param name="Action">The action.</param>
public readonly record struct PathStep(ulong Before, int Action);
