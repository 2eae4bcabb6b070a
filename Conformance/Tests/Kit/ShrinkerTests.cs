// Smaller programs: bound, never without threads if there were some, and what stands behind the threads only where it may be left out.
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.Text;
using Xunit;

namespace PerfModel.Conformance.Tests.Kit;

public class ShrinkerTests
{
    private static readonly Program Race = ProgramParser.ParseOne(
        "t = Open(task 0, enabled)\nScheduleIn(t)\nthread A\n  Close(t)\nthread B\n  Tick(t, 3)\n  Count(t)\nafter\n  State(t)\n  Count(t)\n", "test");

    // Without the Open nothing of the threads is left, and then it is no program for an engine.
    [Fact]
    public void A_program_with_threads_keeps_one()
    {
        Assert.NotEmpty(Shrinker.Shrink(Race));
        Assert.All(Shrinker.Shrink(Race).Concat(Shrinker.ShrinkWithAfter(Race)), smaller => Assert.NotEmpty(smaller.Threads));
        Assert.All(Shrinker.Shrink(Race).Concat(Shrinker.ShrinkWithAfter(Race)), smaller => Assert.Equal(smaller.ToString(), ProgramParser.ParseOne(smaller.ToString(), "smaller").ToString()));
        // A sequence may lose all it has.
        Assert.Contains(Shrinker.Shrink(Race with { Threads = [] }), smaller => smaller.Setup.IsEmpty);
    }

    [Fact]
    public void What_is_read_afterwards_can_be_left_out_or_is_read_anew()
    {
        Assert.Contains(Shrinker.ShrinkWithAfter(Race), smaller => smaller.After.Length == 1 && smaller.Threads.Length == 2);
        Assert.All(Shrinker.Shrink(Race), smaller => Assert.NotEmpty(smaller.After));
        Assert.All(Shrinker.ShrinkWithAfter(Race), smaller => Assert.Subset(Race.After.ToHashSet(), smaller.After.ToHashSet()));
    }
}
