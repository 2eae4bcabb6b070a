// Your own test: two windows want one event, in a thousand orders that Coyote chooses.
using Microsoft.Coyote;
using Microsoft.Coyote.Specifications;
using Microsoft.Coyote.SystematicTesting;
using PerfModel.Implementation;
using Xunit;

namespace Your;

public class WindowTests
{
    [Fact]
    public void One_window_gets_the_event_and_the_other_is_told() =>
        Assert.Empty(Explore((window, target) => window.Watch(target)).BugReports);

    [Fact]
    public void A_window_that_looks_before_it_acts_is_caught() =>
        Assert.Contains("both windows think that the event is theirs", Assert.Single(Explore((window, target) => window.WatchIfFree(target)).BugReports), StringComparison.Ordinal);

    private static TestReport Explore(Func<Window, EventHandle, bool> watch)
    {
        // The library has scheduling points of its own in it: Coyote stands before each of its Interlocked and Volatile.
        var configuration = Configuration.Create().WithTestingIterations(1000).WithRandomGeneratorSeed(1)
            .WithAtomicOperationRaceCheckingEnabled().WithVolatileOperationRaceCheckingEnabled();
        using var engine = TestingEngine.Create(configuration, () => TwoWindows(watch));
        engine.Run();
        Assert.True(engine.TestReport.NumOfExploredFairPaths > 0, "nothing was explored: is this assembly rewritten?");
        return engine.TestReport;
    }

    private static void TwoWindows(Func<Window, EventHandle, bool> watch)
    {
        var events = new PerfEvents(new PerfEventsOptions { Capacity = 8 });
        var (first, second) = (new Window(events, Open(events), Open(events)), new Window(events, Open(events), Open(events)));
        var target = Open(events);
        bool one = false, other = false;
        var threads = new[] { new Thread(() => one = watch(first, target)), new Thread(() => other = watch(second, target)) };
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Specification.Assert(one || other, "no window has the event");
        Specification.Assert(!(one && other), "both windows think that the event is theirs");
    }

    private static EventHandle Open(PerfEvents events) =>
        events.Open(new EventAttributes(0, EventAttributes.AnyCpu) { SamplePeriod = 1, Enabled = true }, out var handle) == Errno.None ? handle : throw new InvalidOperationException("no event");
}
