// Threads that wait, in the engine of schedules: each order in which they can get a lock is seen, and none is lost that leads to another outcome.
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using PerfModel.Posted;
using Xunit;

namespace PerfModel.Conformance.Tests.Schedules;

public class WaitingTests
{
    private const string Opens = """
        perfmodel 1
        thread A
          a = Open(task 0)
        thread B
          b = Open(task 0)

        """;

    private const string Third = """
        thread C
          c = Open(task 0)

        """;

    // Without reduction each sequence of steps is tried, with any number of preemptions.
    private static readonly ScheduleBudget Every = new(1_500, StopAtFirst: false) { Preemptions = 1000 };

    [Theory]
    [InlineData(Opens, 2)]
    [InlineData(Opens + Third, 6)]
    public void Every_order_in_which_threads_get_a_lock_is_seen(string program, long schedules)
    {
        var report = Explore(ProgramParser.ParseOne(program + "end\n", "test"), Every with { Preemptions = null });
        Assert.Equal((true, schedules), (report.Exhaustive, report.Schedules));
    }

    [Fact]
    public void With_locks_the_reduction_loses_no_outcome()
    {
        var compared = 0;
        foreach (var program in Scenarios.For(Dialect.Patch2011, inheritance: true).Concat(PostedScenarios.All.Values))
        {
            var every = Explore(program, Every);
            if (every.Exhaustive != true) continue;
            compared++;
            var reduced = Explore(program, Every with { Preemptions = null });
            Assert.True(reduced.Exhaustive);
            Assert.Equal(Told(every), Told(reduced));
        }

        Assert.True(compared > 20, $"{compared}");
    }

    private static IEnumerable<string> Told(ExplorationReport report) => report.Outcomes.Select(outcome => $"{outcome.Text} {outcome.Verdict}").Order(StringComparer.Ordinal);

    private static ExplorationReport Explore(Program program, ScheduleBudget budget) =>
        new ScheduleEngine(declaration => new PostedSubject(declaration)).Explore(program, Dialect.Patch2011, budget);
}
