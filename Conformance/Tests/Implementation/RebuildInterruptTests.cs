// A table of links is replaced, and at each access of that half its targets die, the others later: none of them is kept.
using PerfModel.Implementation;
using Xunit;
using Xunit.Abstractions;

namespace PerfModel.Conformance.Tests;

[Collection(nameof(Alone))]
public class RebuildInterruptTests(ITestOutputHelper output)
{
    // What fills a table: the next link has it replaced.
    private const int Targets = 78;

    // A dead target takes more than that, with its link.
    private const long OfOneTarget = 100;

    private static readonly EventAttributes Plain = new(0, EventAttributes.AnyCpu) { SamplePeriod = 1, Enabled = true };

    // Not more than half: then they would replace the table themselves. Without the second load of M22 nobody would know of those that died
    // after the new table had copied them, and it would be more than half dead without anybody's replacing it.
    [Fact]
    public void What_dies_while_its_table_is_replaced_is_counted()
    {
        var accesses = Interrupted(int.MaxValue).Accesses;
        Assert.InRange(accesses, 2 * Targets, 100 * Targets);
        // Warm: what is made once is not theirs.
        Kept(accesses, _ => int.MaxValue);

        // The table may be half dead, but for 8 entries.
        var halfDead = accesses * 12 * OfOneTarget;
        // What another test lets go meanwhile makes it less; hence the most of three.
        var afterwards = Enumerable.Range(0, 3).Max(_ => Kept(accesses, _ => int.MaxValue));
        var meanwhile = MemoryTests.Least(afterwards + halfDead, () => Kept(accesses, access => access));
        output.WriteLine($"{accesses} systems: {afterwards} bytes if they die afterwards, {meanwhile} if meanwhile");
        Assert.InRange(meanwhile, 0, afterwards + halfDead);
    }

    // What so many systems hold, with nothing but a trigger and two targets alive.
    private static long Kept(int systems, Func<int, int> access)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var kept = Enumerable.Range(0, systems).Select(i => Interrupted(access(i)).System).ToList();
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(kept);
        return after - before;
    }

    private static (PerfEvents<Interrupt> System, int Accesses) Interrupted(int at)
    {
        var system = new PerfEvents<Interrupt>(new PerfEventsOptions { Capacity = 128, Tasks = 1 });
        var trigger = Open();
        var targets = Enumerable.Range(0, Targets).Select(_ => Open()).ToList();
        foreach (var target in targets) Assert.Equal(Errno.None, system.SetStopper(trigger, target));
        var last = Open();
        var accesses = 0;
        var died = false;
        Interrupt.Handler = _ =>
        {
            if (accesses++ == at) Die();
        };
        Assert.Equal(Errno.None, system.SetStopper(trigger, last));
        Interrupt.Handler = null;
        if (!died) Die();
        Close(targets[(Targets / 2 - 1)..^1]);
        return (system, accesses);

        EventHandle Open()
        {
            Assert.Equal(Errno.None, system.Open(Plain, out var opened));
            return opened;
        }

        void Die()
        {
            died = true;
            Close(targets[..(Targets / 2 - 1)]);
        }

        void Close(IEnumerable<EventHandle> closing)
        {
            foreach (var one in closing) Assert.Equal(Errno.None, system.Close(one));
        }
    }
}
