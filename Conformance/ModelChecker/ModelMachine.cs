// The machine that is the model itself: each transition is Step's, each claim the property that Model has.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>A preset, explored by the one and only Step.</summary>
/// <param name="codec">The states as words, and the actions.</param>
/// <param name="properties">The claims.</param>
/// <param name="symmetric">Whether one state stands for its orbit.</param>
/// <param name="step">Step.Apply, or something wrong that the claims must notice.</param>
internal sealed class ModelMachine(ICodec codec, ImmutableArray<Property> properties, bool symmetric, Func<State, Operation, Outcome> step) : IMachine
{
    public ulong Initial => codec.Encode(State.Initial(codec.Declaration));

    public int Degree => codec.Actions.Length;

    public ImmutableArray<Claim> Claims { get; } = [.. properties];

    public Symmetry Symmetry { get; } = symmetric ? codec.Symmetry : Symmetry.None;

    public int Expand(ulong state, ulong wanted, Span<Edge> edges)
    {
        var before = codec.Decode(state);
        var count = 0;
        for (var action = 0; action < codec.Actions.Length; action++)
        {
            var operations = codec.Operations(state, action);
            if (operations.IsEmpty) continue;
            var (at, noted) = (before, 0UL);
            foreach (var operation in operations)
            {
                var outcome = step(at, operation);
                noted |= Noted(new Transition(at, operation, outcome.Result, outcome.State), wanted);
                at = outcome.State;
                if (outcome.Result.IsError) break;
            }

            edges[count++] = new(codec.Encode(at), action, noted);
        }

        return count;
    }

    public Program Tell(IReadOnlyList<PathStep> path) => Telling.Sequence(codec, path);

    public IEnumerable<string> Narrate(IReadOnlyList<PathStep> path) => Telling.Narrative(codec, path, step);

    private ulong Noted(Transition transition, ulong wanted)
    {
        var noted = 0UL;
        for (var i = 0; i < properties.Length; i++)
        {
            if ((wanted >> i & 1) == 0) continue;
            if (properties[i].Holds(transition) == (properties[i].Kind == PropertyKind.Sometimes)) noted |= 1UL << i;
        }

        return noted;
    }
}
