// The fast machine is the model: on words and on states of Model, the same transitions and the same claims, transition by transition.
using PerfModel.Conformance.ModelChecker;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests.ModelChecker;

public class EqualityTests
{
    // Larger bounds than these would take the model itself minutes.
    public static TheoryData<string, int, Dialect> Bounds => Of(("core", 1), ("core", 2), ("gates", 1), ("gates", 2), ("scopes", 1));

    // Where there is a step on words.
    public static TheoryData<string, int, Dialect> FlatBounds => WithoutGroups(Bounds);

    public static TheoryData<string, int, Dialect> LongBounds => WithoutGroups(Of(("scopes", 2)));

    public static TheoryData<string, int, Dialect> LongestBounds => WithoutGroups(Of(("gates", 3)));

    [Theory]
    [MemberData(nameof(FlatBounds))]
    [LongMemberData(nameof(LongBounds))]
    [LongMemberData(nameof(LongestBounds))]
    public void Each_transition_on_words_is_the_models(string preset, int events, Dialect dialect) => Compare(preset, events, dialect);

    // A claim that never fails on words would agree with the model's on right transitions. So each bit of what a step did is turned round, and each answer given.
    [Theory]
    [MemberData(nameof(FlatBounds))]
    [LongMemberData(nameof(LongBounds))]
    public void Each_claim_on_words_says_of_wrong_transitions_what_the_model_says(string name, int events, Dialect dialect)
    {
        var preset = Preset.Find(name)!;
        var codec = (FlatCodec)preset.Codec(events, dialect);
        var properties = preset.Sequential(events, dialect);
        var claims = new FlatClaims(codec.Layout, dialect, codec.CountingSlot, [.. properties]);
        var step = new FlatStep(codec.Layout, dialect, codec.AlwaysActive, codec.CountingSlot);
        var failed = new int[properties.Length];
        var every = (events, name) switch { (1, _) => 1, (_, "gates") => 5, _ => 601 };
        foreach (var word in Reachable(preset.Machine(events, dialect, symmetric: false)).Where((_, i) => i % every == 0))
        {
            var before = codec.Decode(word);
            for (var action = 0; action < codec.List.Length; action++)
            {
                // Actions of two operations have two transitions; each is looked at by its own.
                if (codec.Operations(word, action) is not [var operation] || !step.TryApply(word, codec.List[action], out var right)) continue;
                foreach (var told in Turned(codec, word, right, operation is Operation.Tick))
                {
                    var transition = InModel(codec, before, operation, told);
                    var noted = claims.Noted(word, codec.List[action], told, ulong.MaxValue);
                    for (var i = 0; i < properties.Length; i++)
                    {
                        var expected = properties[i].Holds(transition) == (properties[i].Kind == PropertyKind.Sometimes);
                        Assert.True(expected == ((noted >> i & 1) != 0), $"{properties[i].Name}: {told}\n{operation} -> {transition.Result}\n{before}\n->\n{transition.After}");
                        if (expected) failed[i]++;
                    }
                }
            }
        }

        // One event alone cannot be linked wrongly; and gates open in two operations.
        if (events > 1 && name != "gates") Assert.All(Enumerable.Range(0, properties.Length), i => Assert.True(failed[i] > 0, $"nothing wrong was found for: {properties[i].Name}"));
    }

    // Counts and samples are not kept because nothing depends on them: a Tick that fills a period and an Overflow lead to one state.
    [Theory]
    [MemberData(nameof(Bounds))]
    [LongMemberData(nameof(LongBounds))]
    public void Tick_and_Overflow_are_one_action(string preset, int events, Dialect dialect)
    {
        var codec = Preset.Find(preset)!.Codec(events, dialect);
        foreach (var word in Reachable(Preset.Find(preset)!.Machine(events, dialect, symmetric: false)))
        {
            var state = codec.Decode(word);
            foreach (var e in state.Instances)
                Assert.Equal(codec.Encode(Step.Apply(state, new Operation.Tick(e.Id, 1)).State), codec.Encode(Step.Apply(state, new Operation.Overflow(e.Id)).State));
        }
    }

    // Rule 4.5: what a Tick overflows depends on the count modulo the period only; all else not even on that.
    [Theory]
    [InlineData(Dialect.Patch2011)]
    [InlineData(Dialect.Amended)]
    [InlineData(Dialect.Linux613)]
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
    [LongMemberData(nameof(LongBounds))]
    public void A_word_is_read_as_it_was_written(string preset, int events, Dialect dialect)
    {
        var codec = Preset.Find(preset)!.Codec(events, dialect);
        Assert.All(Reachable(Preset.Find(preset)!.Machine(events, dialect, symmetric: false)), word => Assert.Equal(word, codec.Encode(codec.Decode(word))));
    }

    // Family has no second step to be compared with: what its words keep is compared with the state, field by field.
    [Theory]
    [LongInlineData(Dialect.Patch2011)]
    [InlineData(Dialect.Amended)]
    [InlineData(Dialect.Linux613)]
    public void A_word_of_family_keeps_what_a_step_did(Dialect dialect)
    {
        var codec = Preset.Find("family")!.Codec(2, dialect);
        foreach (var word in Reachable(Preset.Find("family")!.Machine(2, dialect, symmetric: false)).Take(12_000))
        {
            for (var action = 0; action < codec.Actions.Length; action++)
            {
                var state = codec.Operations(word, action).Aggregate(codec.Decode(word), (at, operation) => Step.Apply(at, operation).State);
                Assert.Equal(Kept(state), Kept(codec.Decode(codec.Encode(state))));
            }
        }

        // All but counts, and which of its slot's events a copy without a handle is of.
        static List<string> Kept(State state) =>
        [
            .. state.Instances.Select(e => (e, Open: state.Find(e.Id.Event) is not null)).Select(one =>
                $"{Slot(one.e.Id)} in {one.e.Task}, open {one.Open}, {one.e.Activity}, paused {one.e.Paused}, {one.e.Throttled}, {one.e.Period}, {one.e.Inherit}, {Slot(one.e.Starter)}, {Slot(one.e.Stopper)}").Order(),
            .. state.Tasks.Select(task => task.ToString()),
        ];

        static string Slot(Instance? id) => id is { } instance ? $"{instance.Event.ToString()[0]}{instance.CopyTask}" : "none";
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

    private static TheoryData<string, int, Dialect> WithoutGroups(TheoryData<string, int, Dialect> bounds)
    {
        var data = new TheoryData<string, int, Dialect>();
        foreach (var bound in bounds)
            if (bound is [string preset, int events, Dialect dialect] && dialect != Dialect.Linux613) data.Add(preset, events, dialect);
        return data;
    }

    internal static TheoryData<string, int, Dialect> Of(params (string Preset, int Events)[] bounds)
    {
        var data = new TheoryData<string, int, Dialect>();
        foreach (var (preset, events) in bounds)
            foreach (var dialect in Enum.GetValues<Dialect>()) data.Add(preset, events, dialect);
        return data;
    }

    // What a step did, with one thing wrong; as far as words can say it.
    private static IEnumerable<FlatOutcome> Turned(FlatCodec codec, ulong before, FlatOutcome right, bool ticks)
    {
        yield return right;
        for (var bit = 0; bit < codec.Layout.Width; bit++)
            if ((right.After ^ 1UL << bit) is var after && codec.Encode(codec.Decode(after)) == after) yield return right with { After = after };
        for (var slot = 0; slot < codec.Layout.Events; slot++)
        {
            // What was not there before has not counted before.
            if ((codec.Layout.Live(before) & codec.Layout.Live(right.After) & 1UL << slot) == 0) continue;
            yield return right with { Counted = right.Counted ^ 1UL << slot };
            yield return right with { Sampled = right.Sampled ^ 1UL << slot };
        }

        foreach (var errno in Enum.GetValues<Errno>().Where(errno => errno is not (Errno.ESRCH or Errno.EAGAIN or Errno.EOVERFLOW)))
            yield return right with { Error = errno, Delivered = right.Delivered && errno == Errno.None };
        if (ticks && right.Error == Errno.None) yield return right with { Delivered = !right.Delivered };
    }

    private static Transition InModel(FlatCodec codec, State before, Operation operation, FlatOutcome told)
    {
        var after = codec.Decode(told.After);
        foreach (var e in after.Instances.Where(e => before.Find(e.Id) is not null).ToList())
        {
            var slot = e.Id.Event.Id - Handle.Of('p').Id;
            after = after.With(e with { Count = before.Find(e.Id)!.Count + (long)(told.Counted >> slot & 1), Samples = before.Find(e.Id)!.Samples + (long)(told.Sampled >> slot & 1) });
        }

        var result = told.Error != Errno.None ? Result.Of(told.Error) : operation is not Operation.Tick ? Result.Ok : told.Delivered ? Result.Of(1L) : Result.Ignored;
        return new Transition(before, operation, result, after);
    }
}
