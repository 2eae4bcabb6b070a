// The search counts what there is: against counts made another way, with and without symmetry, and under a memory cap.
using PerfModel.Conformance.ModelChecker;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests.ModelChecker;

public class SearchTests
{
    private const long Plenty = 1L << 30;

    public static TheoryData<string, int, Dialect> Bounds =>
        EqualityTests.Of(("core", 1), ("core", 2), ("gates", 1), ("gates", 2), ("gates", 3), ("scopes", 1), ("scopes", 2), ("steps", 1));

    public static TheoryData<string, int, Dialect> LongBounds => EqualityTests.Of(("steps", 2));

    [Theory]
    [MemberData(nameof(Bounds))]
    [LongMemberData(nameof(LongBounds))]
    public void With_symmetry_and_without_it_finds_as_many_states_and_the_same_verdicts(string preset, int events, Dialect dialect)
    {
        var full = Search(preset, events, dialect, symmetric: false);
        var reduced = Search(preset, events, dialect, symmetric: true);
        Assert.Equal(SearchEnd.Exhausted, full.End);
        Assert.Equal(full.Stored, full.States);
        // The sizes of the orbits add up.
        Assert.Equal(full.States, reduced.States);
        Assert.Equal(full.Depth, reduced.Depth);
        if (events > 1 || preset == "scopes") Assert.InRange(reduced.Stored, 1, full.Stored - 1);
        Assert.Equal(full.Claims.Select(claim => (claim.Claim, claim.Word, claim.Path.Length)), reduced.Claims.Select(claim => (claim.Claim, claim.Word, claim.Path.Length)));
        Assert.All(full.Claims, claim => Assert.Equal(Verdict.Conforms, claim.Verdict));
    }

    // In the other dialects it has 625,233 states: .ci/long counts them both ways.
    [Fact]
    public void The_family_has_as_many_states_with_symmetry_as_without()
    {
        var full = Search("family", 2, Dialect.Linux613, symmetric: false);
        var reduced = Search("family", 2, Dialect.Linux613, symmetric: true);
        Assert.Equal(full.States, reduced.States);
        Assert.Equal((9_039, 4_546, 15), (reduced.States, reduced.Stored, reduced.Depth));
        Assert.Equal(Verdict.Conforms, full.Verdict);
    }

    [Theory]
    [InlineData("core", 1)]
    [InlineData("core", 2)]
    [InlineData("gates", 2)]
    [InlineData("gates", 3)]
    public void Amended_reaches_every_state_that_there_can_be(string preset, int events) =>
        Assert.Equal(Preset.Find(preset)!.MostStates(events, Dialect.Amended), Search(preset, events, Dialect.Amended, symmetric: true).States);

    [Theory]
    [MemberData(nameof(Bounds))]
    [LongMemberData(nameof(LongBounds))]
    public void It_finds_the_states_and_transitions_that_a_plain_search_finds(string preset, int events, Dialect dialect)
    {
        var machine = Preset.Find(preset)!.Machine(events, dialect, symmetric: false);
        var states = EqualityTests.Reachable(machine).ToList();
        var edges = new Edge[machine.Degree];
        var result = new BreadthFirst(machine, ulong.MaxValue, Plenty).Run();
        Assert.Equal((states.Count, states.Sum(state => machine.Expand(state, 0, edges))), (result.States, result.Transitions));
    }

    // Each path is one of the model: its program says what the model answers, and its last step is what was claimed.
    [Theory]
    [MemberData(nameof(Bounds))]
    [LongMemberData(nameof(LongBounds))]
    public void A_path_is_as_long_as_it_says_and_its_program_is_the_models(string preset, int events, Dialect dialect)
    {
        foreach (var symmetric in new[] { false, true })
        {
            var machine = Preset.Find(preset)!.Machine(events, dialect, symmetric);
            var edges = new Edge[machine.Degree];
            foreach (var claim in new BreadthFirst(machine, ulong.MaxValue, Plenty).Run().Claims.Where(claim => !claim.Path.IsEmpty))
            {
                var at = machine.Initial;
                for (var i = 0; i < claim.Path.Length; i++)
                {
                    Assert.Equal(at, claim.Path[i].Before);
                    var count = machine.Expand(at, ulong.MaxValue, edges);
                    var edge = edges[..count].Single(edge => edge.Action == claim.Path[i].Action);
                    if (i == claim.Path.Length - 1) Assert.NotEqual(0UL, edge.Noted >> machine.Claims.IndexOf(claim.Claim) & 1);
                    at = edge.After;
                }

                var told = ProgramParser.ParseOne(machine.Tell(claim.Path)!.ToString(), "path");
                var state = State.Initial(told.DeclarationIn(dialect));
                foreach (var line in told.Setup)
                {
                    var outcome = Step.Apply(state, line.Operation);
                    if (line.Result is { } result) Assert.Equal(outcome.Result, result);
                    state = outcome.State;
                }
            }
        }
    }

    [Fact]
    public void A_memory_cap_ends_in_unknown()
    {
        var result = new BreadthFirst(Preset.Find("core")!.Machine(3, Dialect.Patch2011, symmetric: true), ulong.MaxValue, 4 << 20).Run();
        Assert.Equal(SearchEnd.OutOfMemory, result.End);
        Assert.Equal(Verdict.Inconclusive, result.Verdict);
        Assert.InRange(result.Bytes, 1, 4 << 20);
        Assert.DoesNotContain(result.Claims, claim => claim.Word is "holds" or "unreached");
        // What was found until then is not lost.
        Assert.Contains(result.Claims, claim => claim.Word == "reached");
    }

    [Fact]
    public void It_stops_when_it_is_told_to()
    {
        using var stop = new CancellationTokenSource();
        var result = new BreadthFirst(Preset.Find("core")!.Machine(3, Dialect.Patch2011, symmetric: true), ulong.MaxValue, Plenty).Run(_ => stop.Cancel(), stop.Token);
        Assert.Equal((SearchEnd.Interrupted, Verdict.Inconclusive), (result.End, result.Verdict));
    }

    // Between the last look and the end of the last layer there is a moment, too.
    [Fact]
    public void Who_was_told_to_stop_does_not_say_that_nothing_is_left()
    {
        using var stop = new CancellationTokenSource();
        var result = new BreadthFirst(new Cancelling(stop), 1, Plenty).Run(cancelled: stop.Token);
        Assert.Equal((SearchEnd.Interrupted, Verdict.Inconclusive), (result.End, result.Verdict));
    }

    // Paths and counts do not depend on how many search.
    [Theory]
    [InlineData("core", 2)]
    [InlineData("gates", 3)]
    [InlineData("scopes", 2)]
    public void What_it_says_does_not_depend_on_the_number_of_processors(string preset, int events)
    {
        var told = Enumerable.Range(1, 3).Select(workers =>
        {
            var result = new BreadthFirst(Preset.Find(preset)!.Machine(events, Dialect.Patch2011, symmetric: true), ulong.MaxValue, Plenty, workers).Run();
            return (result.States, result.Stored, result.Transitions, result.Depth, string.Join("; ", result.Claims.Select(claim => $"{claim.Word} {string.Join(", ", claim.Path)}")));
        }).ToList();
        Assert.Single(told.Distinct());
    }

    [Fact]
    public void A_word_that_several_threads_add_is_new_to_one_of_them()
    {
        const int Words = 200_000;
        var set = new WordSet();
        set.Grow(Words);
        var added = new long[4];
        using var start = new Barrier(added.Length);
        var threads = Enumerable.Range(0, added.Length).Select(thread => new Thread(() =>
        {
            start.SignalAndWait();
            for (var word = 0UL; word < Words; word++)
                if (set.Add(word)) added[thread]++;
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Equal(Words, added.Sum());
    }

    // A group: whoever is renamed can be renamed back, so all members of an orbit have the same orbit.
    [Theory]
    [InlineData("core", 4, 24)]
    [InlineData("gates", 3, 6)]
    [InlineData("scopes", 3, 4)]
    [InlineData("scopes", 4, 12)]
    [InlineData("family", 2, 2)]
    public void Renamings_are_a_group(string preset, int events, int order)
    {
        var symmetry = Preset.Find(preset)!.Codec(events, Dialect.Patch2011).Symmetry;
        var width = preset == "family" ? 44 : new FlatLayout(events).Width;
        Assert.Equal(order, symmetry.Order);
        var random = new Random(20110314);
        for (var i = 0; i < 500; i++)
        {
            var word = (ulong)random.NextInt64() & (1UL << width) - 1;
            var orbit = symmetry.Images(word).ToHashSet();
            Assert.Equal(orbit.Count, symmetry.OrbitSize(word));
            Assert.Equal(orbit.Min(), symmetry.Canonical(word));
            Assert.All(orbit, image => Assert.True(orbit.SetEquals(symmetry.Images(image))));
        }
    }

    // Of core with two events the layers and the set take what their sizes say, worst case for the last round included.
    [LongFact]
    public void A_stored_state_of_a_large_bound_takes_no_more_than_48_bytes() =>
        Assert.InRange(Search("core", 3, Dialect.Amended, symmetric: true).BytesPerState, 8, 48);

    [Fact]
    public void Permutations_of_bits_make_orbits()
    {
        // Three bits in a ring: 001 010 100 are one orbit, 000 and 111 stand alone.
        var ring = Symmetry.Of(3, [[0, 1, 2], [1, 2, 0], [2, 0, 1]]);
        Assert.Equal(3, ring.Order);
        Assert.All(new ulong[] { 1, 2, 4 }, state => Assert.Equal((1UL, 3), (ring.Canonical(state), ring.OrbitSize(state))));
        Assert.All(new ulong[] { 0, 7 }, state => Assert.Equal((state, 1), (ring.Canonical(state), ring.OrbitSize(state))));
        Assert.True(Symmetry.None.IsTrivial);
    }

    private static SearchResult Search(string preset, int events, Dialect dialect, bool symmetric) =>
        new BreadthFirst(Preset.Find(preset)!.Machine(events, dialect, symmetric), ulong.MaxValue, Plenty).Run();

    /// <summary>Three states in a row, of which the step out of the second is wrong; it is told to stop while a layer is expanded.</summary>
    private sealed class Cancelling(CancellationTokenSource stop) : IMachine
    {
        public ulong Initial => 0;

        public int Degree
        {
            get
            {
                stop.Cancel();
                return 1;
            }
        }

        public System.Collections.Immutable.ImmutableArray<Claim> Claims => [new("never", "it never happens", PropertyKind.Always, DialectSet.All)];

        public Symmetry Symmetry => Symmetry.None;

        public int Expand(ulong state, ulong wanted, Span<Edge> edges)
        {
            edges[0] = new(Math.Min(state + 1, 2), 0, state == 1 ? 1UL : 0);
            return 1;
        }

        public Program Tell(IReadOnlyList<PathStep> path) => new();

        public IEnumerable<string> Narrate(IReadOnlyList<PathStep> path) => [];
    }
}
