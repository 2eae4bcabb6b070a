// The depth-first scheduler on tiny programs: classic ones whose traces are known, and drawn ones beside all of their interleavings.
using PerfModel.Conformance.Schedules;
using Xunit;
using static PerfModel.Conformance.Tests.Schedules.Verb;

namespace PerfModel.Conformance.Tests.Schedules;

public class DepthFirstTests
{
    private const int Seed = 20110314;

    private static readonly Instruction[] Increment = [new(Load, 0), new(Store, 0, 1)];

    [Theory]
    [InlineData(2, 1, 2)]
    [InlineData(2, 2, 6)]
    [InlineData(2, 5, 252)]
    [InlineData(3, 2, 90)]
    [InlineData(4, 1, 24)]
    public void Writes_to_one_variable_have_as_many_traces_as_orders(int threads, int writes, int traces)
    {
        var tree = new DepthFirst(threads, 100);
        TinyProgram.OfVariables([.. Enumerable.Range(1, threads).Select(value => Enumerable.Repeat(new Instruction(Store, 0, value), writes).ToArray())]).DepthFirst(tree);
        Assert.Equal((traces, (bool?)true), (tree.Completed, tree.IsExhaustive));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Writers_of_different_variables_have_one_trace(int threads)
    {
        var tree = new DepthFirst(threads, 100);
        TinyProgram.OfVariables([.. Enumerable.Range(0, threads).Select(thread => Enumerable.Repeat(new Instruction(Store, thread, 1), 6).ToArray())]).DepthFirst(tree);
        Assert.Equal((1, 0, (bool?)true), (tree.Completed, tree.Equivalent, tree.IsExhaustive));
    }

    [Fact]
    public void Readers_have_one_trace()
    {
        var tree = new DepthFirst(3, 100);
        var reads = Enumerable.Repeat(new Instruction(Load, 0), 4).ToArray();
        TinyProgram.OfVariables(reads, reads, reads).DepthFirst(tree);
        Assert.Equal(1, tree.Completed);
    }

    // That a compare-exchange failed is known only when it was made; then it is a read.
    [Fact]
    public void Compare_exchanges_that_fail_are_reads()
    {
        var tree = new DepthFirst(3, 100);
        Instruction[] fails = [new(CompareExchange, 0, 1, Expected: 7), new(CompareExchange, 0, 2, Expected: 8)];
        TinyProgram.OfVariables(fails, fails, fails).DepthFirst(tree);
        Assert.Equal(1, tree.Completed);
    }

    // Store buffering: that neither sees the other's store takes weak memory, and here one thread moves at a time.
    [Fact]
    public void Store_buffering_has_three_traces_and_never_two_zeros()
    {
        var tree = new DepthFirst(2, 100);
        var seen = TinyProgram.OfVariables([new(Store, 0, 1), new(Load, 1)], [new(Store, 1, 1), new(Load, 0)]).DepthFirst(tree);
        Assert.Equal(["0 1", "1 0", "1 1"], seen.Values.Select(outcome => outcome.Split(" | ")[0]).Order());
    }

    [Fact]
    public void A_lost_update_is_found()
    {
        var program = TinyProgram.OfVariables([new(Load, 0), new(Store, 0, 1)], [new(Load, 0), new(Store, 0, 2)]);
        var seen = program.DepthFirst(new DepthFirst(2, 100));
        // Each sees the other's; or neither does, and either store is the last.
        Assert.Equal(["0 0 | [0, 1]", "0 0 | [0, 2]", "0 1 | [0, 2]", "2 0 | [0, 1]"], seen.Values.Order(StringComparer.Ordinal));
    }

    // Nothing is shared, and still it can be seen which call was first.
    [Fact]
    public void The_order_in_time_of_calls_is_told_apart()
    {
        var tree = new DepthFirst(2, 100);
        new TinyProgram([[[new(Load, 0), new(Load, 0)]], [[new(Load, 1), new(Load, 1)]]]).DepthFirst(tree);
        Assert.Equal(3, tree.Completed);
    }

    [Fact]
    public void Without_reduction_each_interleaving_is_tried()
    {
        var tree = new DepthFirst(2, 100, reduces: false);
        var reads = Enumerable.Repeat(new Instruction(Load, 0), 4).ToArray();
        // Ten over four would be the writes'; but the test's own list of traces takes each only once.
        Assert.Throws<ArgumentException>(() => TinyProgram.OfVariables(reads, reads).DepthFirst(tree));
        tree = new DepthFirst(2, 100, reduces: false);
        while (tree.TryBegin())
        {
            new TinyProgram.Run(TinyProgram.OfVariables(reads, reads)).Follow(tree);
            tree.End();
        }

        Assert.Equal((70, (bool?)true), (tree.Completed, tree.IsExhaustive));
    }

    [Theory]
    [InlineData(2, 400)]
    [InlineData(3, 400)]
    [InlineData(4, 40)]
    public void On_drawn_programs_it_sees_each_trace_once(int threads, int programs)
    {
        var random = new Random(Seed);
        long traces = 0, inVain = 0;
        for (var i = 0; i < programs; i++)
        {
            var program = Draw(random, threads);
            var expected = program.BruteForce();
            var tree = new DepthFirst(threads, 100);
            // To see one twice throws.
            var seen = program.DepthFirst(tree);
            Assert.True(seen.Count == expected.Count && seen.All(one => expected[one.Key] == one.Value), $"seed {Seed}, program {i}: {program}\nsaw {seen.Count} of {expected.Count} traces");
            Assert.True(tree.IsExhaustive == true);
            traces += tree.Completed;
            inVain += tree.Equivalent;
        }

        // Programs without races would show nothing.
        Assert.InRange(traces, 4 * programs, long.MaxValue);
        if (threads == 2) Assert.Equal(0, inVain);
    }

    [Fact]
    public void A_program_that_changes_is_not_followed()
    {
        var tree = new DepthFirst(2, 100);
        var program = TinyProgram.OfVariables(Increment, Increment);
        Assert.True(tree.TryBegin());
        new TinyProgram.Run(program).Follow(tree);
        tree.End();
        Assert.True(tree.TryBegin());
        Assert.Throws<DivergedException>(() =>
        {
            new TinyProgram.Run(TinyProgram.OfVariables([new(Store, 0)], [new(Store, 0), new(Store, 1)])).Follow(tree);
            tree.End();
        });
    }

    [Fact]
    public void What_is_cut_off_is_not_called_finished()
    {
        var tree = new DepthFirst(2, 3);
        TinyProgram.OfVariables(Increment, Increment).DepthFirst(tree);
        Assert.False(tree.IsExhaustive == true);
        Assert.Equal((0, true), (tree.Completed, tree.CutOff > 0));
    }

    // Forgotten and made again, with other names for the locations, it goes on as if nothing had been.
    [Fact]
    public void An_execution_that_is_made_again_changes_nothing()
    {
        var program = TinyProgram.OfVariables([new(Load, 0), new(Store, 1, 1), new(Load, 2)], [new(Store, 0, 1), new(Load, 1)], [new(Store, 2, 1), new(Store, 0, 2)]);
        var tree = new DepthFirst(3, 100);
        var seen = new HashSet<string>();
        while (tree.TryBegin())
        {
            new TinyProgram.Run(program).Follow(new Renaming(tree, 1000));
            tree.TryRestart();
            var run = new TinyProgram.Run(program);
            run.Follow(new Renaming(tree, seen.Count));
            tree.End();
            if (tree.Ending == ExecutionEnd.Complete) Assert.True(seen.Add(run.Trace));
        }

        Assert.Equal(program.BruteForce().Keys.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    private static TinyProgram Draw(Random random, int threads) =>
        new([.. Enumerable.Range(0, threads).Select(_ => Enumerable.Range(0, threads > 3 ? 1 : random.Next(1, 3)).Select(_ => Enumerable.Range(0, random.Next(1, threads == 2 ? 4 : 3)).Select(_ => DrawInstruction(random)).ToArray()).ToArray())],
            TellsCalls: random.Next(3) > 0);

    private static Instruction DrawInstruction(Random random) => random.Next(3) switch
    {
        0 => new(Load, random.Next(3)),
        1 => new(Store, random.Next(3), random.Next(1, 3)),
        _ => new(CompareExchange, random.Next(3), random.Next(1, 3), Expected: random.Next(3)),
    };

    private sealed class Renaming(IThreadScheduler inner, int names) : IThreadScheduler
    {
        public int Next(ReadOnlySpan<PendingStep> pending)
        {
            var renamed = pending.ToArray();
            for (var i = 0; i < renamed.Length; i++) renamed[i] = renamed[i] with { Location = renamed[i].Location + names };
            return inner.Next(renamed);
        }

        public void Took(in TakenStep step) => inner.Took(step with { Location = step.Location + names });
    }
}
