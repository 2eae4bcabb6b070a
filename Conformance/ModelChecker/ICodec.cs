// Between the states of Model and words: what a preset keeps of a state, and what it does to one.
using System.Collections.Immutable;
using PerfModel.Model;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>A bounded system of the model, its states as words. What a preset does not tell apart has one word.</summary>
public interface ICodec
{
    /// <summary>What the system declares.</summary>
    Declaration Declaration { get; }

    /// <summary>The actions, by number.</summary>
    ImmutableArray<string> Actions { get; }

    /// <summary>How many bits a word has.</summary>
    int Width { get; }

    /// <summary>What may be renamed.</summary>
    Symmetry Symmetry { get; }

    /// <summary>A state that has this word.</summary>
    State Decode(ulong word);

    /// <summary>The word of a state.</summary>
    ulong Encode(State state);

    /// <summary>The operations of an action, one after the other with nobody else about; none where it is not to be taken.</summary>
    ImmutableArray<Operation> Operations(ulong word, int action);
}
