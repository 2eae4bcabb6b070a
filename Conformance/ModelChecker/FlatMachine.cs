// The machine of core, gates and scopes on words: fast enough for bounds that the model itself would take hours for.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>A flat preset, explored by <see cref="FlatStep"/>.</summary>
internal sealed class FlatMachine : IMachine
{
    private readonly FlatCodec _codec;
    private readonly FlatStep _step;
    private readonly FlatClaims _claims;
    private readonly FlatAction[] _actions;

    public FlatMachine(FlatCodec codec, ImmutableArray<Property> properties, bool symmetric)
    {
        _codec = codec;
        _step = new FlatStep(codec.Layout, codec.Declaration.Dialect, codec.AlwaysActive, codec.CountingSlot);
        Claims = [.. properties];
        _claims = new FlatClaims(codec.Layout, codec.Declaration.Dialect, codec.CountingSlot, Claims);
        _actions = [.. codec.List];
        Symmetry = symmetric ? codec.Symmetry : Symmetry.None;
    }

    public ulong Initial => 0;

    public int Degree => _actions.Length;

    public ImmutableArray<Claim> Claims { get; }

    public Symmetry Symmetry { get; }

    public int Expand(ulong state, ulong wanted, Span<Edge> edges)
    {
        var count = 0;
        var actions = _actions;
        for (var i = 0; i < actions.Length; i++)
        {
            if (!_step.TryApply(state, actions[i], out var outcome)) continue;
            edges[count++] = new(outcome.After, i, wanted == 0 ? 0 : _claims.Noted(state, actions[i], outcome, wanted));
        }

        return count;
    }

    public Program Tell(IReadOnlyList<PathStep> path) => Telling.Sequence(_codec, path);

    public IEnumerable<string> Narrate(IReadOnlyList<PathStep> path) => Telling.Narrative(_codec, path, Step.Apply);
}
