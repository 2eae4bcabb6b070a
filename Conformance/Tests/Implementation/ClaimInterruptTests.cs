// A target closes while a link claims it, after the closer has looked into the slot: the link is counted as dead all the same.
using PerfModel.Implementation;
using Xunit;
using Xunit.Abstractions;

namespace PerfModel.Conformance.Tests;

[Collection(nameof(MemoryTests))]
public class ClaimInterruptTests(ITestOutputHelper output)
{
    // A table of 20 entries, half of them of the living: 11 of 20 died, which had it rebuilt.
    private const int Linked = 20;
    private const int Closed = 11;

    private static readonly EventAttributes Plain = new(0, EventAttributes.AnyCpu) { SamplePeriod = 1, Enabled = true };

    // Without M62 nobody counts the links that are claimed too late for their targets' closers (M32), and the table, full of the dead, is kept. No answer
    // shows it: only what stays reachable does.
    [Fact]
    public void A_claim_that_the_closer_did_not_see_is_counted()
    {
        var (seen, interrupted) = Reachable(interrupt: false);
        Assert.Equal(0, interrupted);
        var (unseen, claims) = Reachable(interrupt: true);
        Assert.Equal(Closed, claims);
        output.WriteLine($"of {claims} targets that closed after their links {seen} are reachable; of as many that closed before the claims {unseen}");
        // What few bytes the test itself keeps are less than half of them.
        Assert.InRange(seen, 0, Closed / 2);
        Assert.InRange(unseen, 0, Closed / 2);
    }

    // As many links as the table has room for, each of a target that closes: after its link is made, or just before the claim.
    private static (int Reachable, int Interrupted) Reachable(bool interrupt)
    {
        var system = new PerfEvents<Interrupt>(new PerfEventsOptions { Capacity = 64, Tasks = 1 });
        var trigger = Open();
        var linked = Enumerable.Range(0, Linked).Select(_ => Open()).ToList();
        foreach (var target in linked) Assert.Equal(Errno.None, system.SetStopper(trigger, target));
        foreach (var target in linked[..Closed]) Assert.Equal(Errno.None, system.Close(target));

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var interrupted = 0;
        for (var i = 0; i < Closed; i++)
        {
            var target = Open();
            // The first compare-exchange publishes the link, the second claims the slot.
            var exchanges = 0;
            if (interrupt)
            {
                Interrupt.Handler = kind =>
                {
                    if (kind != AccessKind.CompareExchange || ++exchanges != 2) return;
                    interrupted++;
                    Assert.Equal(Errno.None, system.Close(target));
                };
            }

            Assert.Equal(Errno.None, system.SetStopper(trigger, target));
            Interrupt.Handler = null;
            if (!interrupt) Assert.Equal(Errno.None, system.Close(target));
        }

        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(system);
        return ((int)Math.Max(0, kept / OfOneTarget), interrupted);

        EventHandle Open()
        {
            Assert.Equal(Errno.None, system.Open(Plain, out var opened));
            return opened;
        }
    }

    // A dead target takes more than that, with its link.
    private const long OfOneTarget = 100;

    private readonly struct Interrupt : ISchedulingHook
    {
        [ThreadStatic]
        public static Action<AccessKind>? Handler;

        public static void BeforeAccess<T>(AccessKind kind, ref readonly T location, T? expected)
        {
            if (Handler is not { } handler) return;
            // What it calls is not interrupted.
            Handler = null;
            handler(kind);
            Handler = handler;
        }
    }
}
