// A claim that something happens to just before its compare-exchange: what it has published, and what it leaves, is counted as dead all the same.
using PerfModel.Implementation;
using Xunit;
using Xunit.Abstractions;

namespace PerfModel.Conformance.Tests;

[Collection(nameof(Alone))]
public class ClaimInterruptTests(ITestOutputHelper output)
{
    // A table of 20 entries, as many as 9 of them of the living: 11 of 20 died, which had it rebuilt.
    private const int Linked = 20;
    private const int Closed = 11;

    // A dead target takes more than that, with its link. Tables that grew meanwhile take less than a few.
    private const long OfOneTarget = 100;
    private const int MostOfTables = 9;

    private static readonly EventAttributes Plain = new(0, EventAttributes.AnyCpu) { SamplePeriod = 1, Enabled = true };

    // What a system keeps is told from what the runtime does meanwhile by taking many.
    private const int Systems = 100;

    private bool _happened;

    // Without M62 nobody counts the links that are claimed too late for their targets' closers (M32), and the table, full of the dead, is kept. No
    // answer shows it: only what stays reachable does.
    [Fact]
    public void A_claim_that_the_closer_did_not_see_is_counted() => LeavesLittle((system, trigger, _, target) =>
    {
        BeforeTheClaim(() => Assert.Equal(Errno.None, system.Close(target)));
        Assert.Equal(Errno.None, system.SetStopper(trigger, target));
    });

    // Without the count of Claim the table of who lost is not rebuilt: the target's closer tells that of who won alone.
    [Fact]
    public void A_claim_that_was_overtaken_is_counted() => LeavesLittle((system, trigger, other, target) =>
    {
        BeforeTheClaim(() => Assert.Equal(Errno.None, system.SetStopper(other, target)));
        Assert.Equal(Errno.EBUSY, system.SetStopper(trigger, target));
        Assert.Equal(Errno.None, system.Close(target));
    });

    // As many claims as the table has room for, each on a target that is dead in the end.
    private void LeavesLittle(Action<PerfEvents<Interrupt>, EventHandle, EventHandle, EventHandle> claim)
    {
        var kept = MemoryTests.Least(MostOfTables * OfOneTarget, () => Kept(claim));
        output.WriteLine($"{kept} bytes are kept of {Closed} dead targets");
        Assert.InRange(kept, long.MinValue, MostOfTables * OfOneTarget);
    }

    private long Kept(Action<PerfEvents<Interrupt>, EventHandle, EventHandle, EventHandle> claim)
    {
        var systems = Enumerable.Range(0, Systems).Select(_ => Started()).ToList();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var (system, trigger, other) in systems)
        {
            for (var i = 0; i < Closed; i++)
            {
                _happened = false;
                claim(system, trigger, other, Open(system));
                Interrupt.Handler = null;
                Assert.True(_happened);
            }
        }

        var kept = (GC.GetTotalMemory(forceFullCollection: true) - before) / Systems;
        GC.KeepAlive(systems);
        return kept;
    }

    private static (PerfEvents<Interrupt> System, EventHandle Trigger, EventHandle Other) Started()
    {
        var system = new PerfEvents<Interrupt>(new PerfEventsOptions { Capacity = 64, Tasks = 1 });
        var trigger = Open(system);
        var linked = Enumerable.Range(0, Linked).Select(_ => Open(system)).ToList();
        foreach (var target in linked) Assert.Equal(Errno.None, system.SetStopper(trigger, target));
        foreach (var target in linked[..Closed]) Assert.Equal(Errno.None, system.Close(target));
        return (system, trigger, Open(system));
    }

    // The first compare-exchange publishes the link, the second claims the slot.
    private void BeforeTheClaim(Action happens)
    {
        var exchanges = 0;
        Interrupt.Handler = kind =>
        {
            if (kind != AccessKind.CompareExchange || ++exchanges != 2) return;
            happens();
            _happened = true;
        };
    }

    private static EventHandle Open(PerfEvents<Interrupt> system)
    {
        Assert.Equal(Errno.None, system.Open(Plain, out var opened));
        return opened;
    }
}
