// The fast machine is the model: on words and on states of Model, the same transitions and the same claims, transition by transition.
using PerfModel.Conformance.Exploration;
using PerfModel.Model;
using Xunit;
using Xunit.Abstractions;

namespace PerfModel.Conformance.Tests.Exploration;

public class EqualityTests(ITestOutputHelper output)
{
    // Larger bounds than these would take the model itself minutes.
    public static TheoryData<string, int, Dialect> Bounds => Of(("core", 1), ("core", 2), ("gates", 1), ("gates", 2), ("scopes", 1), ("scopes", 2));

    public static TheoryData<string, int, Dialect> LongBounds => Of(("gates", 3));

    public static TheoryData<string, Dialect> Mutants
    {
        get
        {
            var data = new TheoryData<string, Dialect>();
            foreach (var mutant in Mutant.All.Where(mutant => mutant.Preset is "core" or "gates"))
                foreach (var dialect in Enum.GetValues<Dialect>()) data.Add(mutant.Name, dialect);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Bounds))]
    public void Each_transition_on_words_is_the_models(string preset, int events, Dialect dialect) => Compare(preset, events, dialect);

    [LongTheory]
    [MemberData(nameof(LongBounds))]
    public void Each_transition_on_words_is_the_models_further_out(string preset, int events, Dialect dialect) => Compare(preset, events, dialect);

    // A claim that never fails on words would agree with the model's on right transitions.
    [Theory]
    [MemberData(nameof(Mutants))]
    public void Each_claim_on_words_fails_where_the_models_does(string name, Dialect dialect)
    {
        var mutant = Mutant.All.Single(one => one.Name == name);
        var preset = Preset.Find(mutant.Preset)!;
        var codec = (FlatCodec)preset.Codec(mutant.Events, dialect);
        var properties = preset.Sequential(mutant.Events, dialect);
        var claims = new FlatClaims(codec.Layout, dialect, codec.CountingSlot, [.. properties.Select(property => new Claim(property.Name, property.Kind))]);
        var failed = 0;
        var compared = 0;
        foreach (var word in Reachable(preset.Reference(mutant.Events, dialect, symmetric: false)))
        {
            var before = codec.Decode(word);
            for (var action = 0; action < codec.List.Length; action++)
            {
                // Actions of two operations have two transitions; each is looked at by its own.
                if (codec.Operations(word, action) is not [var operation]) continue;
                var outcome = mutant.Step!(before, operation);
                // On words a count moves by one or not at all; what is more wrong than that cannot be said.
                if (codec.Decode(codec.Encode(outcome.State)) is var again && !Shape(again).SequenceEqual(Shape(outcome.State))) continue;
                var transition = new Transition(before, operation, outcome.Result, outcome.State);
                if (OnWords(codec, transition) is not { } told) continue;
                compared++;
                var noted = claims.Noted(word, codec.List[action], told, ulong.MaxValue);
                for (var i = 0; i < properties.Length; i++)
                {
                    var expected = properties[i].Holds(transition) == (properties[i].Kind == PropertyKind.Sometimes);
                    Assert.True(expected == ((noted >> i & 1) != 0), $"{properties[i].Name}: {operation} in\n{before}");
                    if (expected && properties[i].Kind == PropertyKind.Always) failed++;
                }
            }
        }

        output.WriteLine($"{compared} transitions, {failed} claims failed");
        Assert.InRange(compared, 1, int.MaxValue);
        if (mutant.Name is not ("ticks-twice" or "samples-twice")) Assert.InRange(failed, 1, int.MaxValue);
    }

    // Counts and samples are not kept because nothing depends on them: a Tick that fills a period and an Overflow lead to one state.
    [Theory]
    [MemberData(nameof(Bounds))]
    public void Tick_and_Overflow_are_one_action(string preset, int events, Dialect dialect)
    {
        var codec = (FlatCodec)Preset.Find(preset)!.Codec(events, dialect);
        foreach (var word in Reachable(Preset.Find(preset)!.Machine(events, dialect, symmetric: false)))
        {
            var state = codec.Decode(word);
            foreach (var e in state.Instances)
                Assert.Equal(codec.Encode(Step.Apply(state, new Operation.Tick(e.Id, 1)).State), codec.Encode(Step.Apply(state, new Operation.Overflow(e.Id)).State));
        }
    }

    // Rule 4.5: what a Tick overflows depends on the count modulo the period only; all else not even on that.
    [Theory]
    [InlineData(Dialect.Rfc2011)]
    [InlineData(Dialect.Amended)]
    public void A_step_commutes_with_counts_of_whole_periods(Dialect dialect)
    {
        var compared = 0;
        foreach (var transition in Walks.SequentialTransitions(dialect).Where(transition => transition.Operation is not (Operation.CountOf or Operation.TotalCount)))
        {
            var more = Shifted(transition.Before);
            if (more.Instances.Any(e => e.Count > Step.MaxCount / 2)) continue;
            var outcome = Step.Apply(more, transition.Operation);
            if (transition.Result.Errno == Errno.EOVERFLOW) continue;
            compared++;
            Assert.Equal(transition.Result, outcome.Result);
            Assert.Equal(Plain(transition.After), Plain(outcome.State));
        }

        Assert.InRange(compared, 10_000, int.MaxValue);

        static State Shifted(State state) => state.Instances.Aggregate(state, (at, e) => at.With(e with { Count = e.Count + 3 * e.Period }));

        static State Plain(State state) => state.Instances.Aggregate(state, (at, e) => at.With(e with { Count = e.Period > 0 ? e.Count % e.Period : 0, Folded = 0 }));
    }

    [Theory]
    [MemberData(nameof(Bounds))]
    public void A_word_is_read_as_it_was_written(string preset, int events, Dialect dialect)
    {
        var codec = Preset.Find(preset)!.Codec(events, dialect);
        Assert.All(Reachable(Preset.Find(preset)!.Machine(events, dialect, symmetric: false)), word => Assert.Equal(word, codec.Encode(codec.Decode(word))));
    }

    private static void Compare(string name, int events, Dialect dialect)
    {
        var preset = Preset.Find(name)!;
        var (fast, model) = (preset.Machine(events, dialect, symmetric: false), preset.Reference(events, dialect, symmetric: false));
        Assert.IsType<FlatMachine>(fast);
        Assert.Equal(model.Claims.AsEnumerable(), fast.Claims);
        Assert.Equal(model.Initial, fast.Initial);
        var (fastEdges, modelEdges) = (new Edge[fast.Degree], new Edge[model.Degree]);
        foreach (var word in Reachable(fast))
        {
            var count = fast.Expand(word, ulong.MaxValue, fastEdges);
            Assert.Equal(model.Expand(word, ulong.MaxValue, modelEdges), count);
            for (var i = 0; i < count; i++)
                Assert.True(fastEdges[i] == modelEdges[i], $"in state {word:x}: on words {fastEdges[i]}, in the model {modelEdges[i]}");
        }
    }

    /// <summary>Every state that can be reached, by a search of its own.</summary>
    internal static IEnumerable<ulong> Reachable(IMachine machine)
    {
        var seen = new HashSet<ulong> { machine.Initial };
        var left = new Queue<ulong>(seen);
        var edges = new Edge[machine.Degree];
        while (left.TryDequeue(out var state))
        {
            yield return state;
            var count = machine.Expand(state, 0, edges);
            for (var i = 0; i < count; i++)
                if (seen.Add(edges[i].After)) left.Enqueue(edges[i].After);
        }
    }

    private static TheoryData<string, int, Dialect> Of(params (string Preset, int Events)[] bounds)
    {
        var data = new TheoryData<string, int, Dialect>();
        foreach (var (preset, events) in bounds)
            foreach (var dialect in Enum.GetValues<Dialect>()) data.Add(preset, events, dialect);
        return data;
    }

    private static IEnumerable<InstanceState> Shape(State state) => state.Instances.Select(e => e with { Count = 0, Samples = 0, Folded = 0 });

    private static FlatOutcome? OnWords(FlatCodec codec, Transition transition)
    {
        var (counted, sampled) = (0UL, 0UL);
        foreach (var after in transition.After.Instances)
        {
            if (transition.Before.Find(after.Id) is not { } before) continue;
            var bit = 1UL << after.Id.Event.Id - Handle.Of('p').Id;
            if (after.Count - before.Count is not (0 or 1) || after.Samples - before.Samples is not (0 or 1)) return null;
            if (after.Count != before.Count) counted |= bit;
            if (after.Samples != before.Samples) sampled |= bit;
        }

        var delivered = transition.Operation is Operation.Tick && transition.Result.Number >= 1;
        return new FlatOutcome(codec.Encode(transition.After), transition.Result.Errno, delivered, counted, sampled);
    }
}
