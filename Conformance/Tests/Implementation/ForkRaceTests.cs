// Real threads: tasks are forked, counted in and exited while others read the total; no count is lost or doubled. Iterations are bounded.
using PerfModel.Implementation;
using Xunit;

namespace PerfModel.Conformance.Tests;

public class ForkRaceTests
{
    private const int Tasks = 2000;

    [Fact]
    public void What_is_counted_in_tasks_that_come_and_go_is_neither_lost_nor_doubled()
    {
        var system = new PerfEvents(new PerfEventsOptions { Tasks = Tasks + 1 });
        Assert.Equal(Errno.None, system.Open(new EventAttributes(0, EventAttributes.AnyCpu) { Inherit = true, Enabled = true }, out var e));
        var newest = 0;
        var ticks = 0L;
        var done = false;
        long[] counted = [0, 0];

        Together(
            () =>
            {
                // Chains of three: a task exits while its child is counted in, so that both of the newest are alive, or the newest alone.
                for (var task = 1; task <= Tasks; task++)
                {
                    Assert.Equal(Errno.None, system.Fork(task % 3 == 1 ? 0 : task - 1, task));
                    Assert.Equal(Errno.None, system.ScheduleIn(e.In(task)));
                    Volatile.Write(ref newest, task);
                    AwaitTicks();
                    if (task % 3 != 1) Assert.Equal(Errno.None, system.Exit(task - 1));
                    if (task % 3 == 0) Assert.Equal(Errno.None, system.Exit(task));
                }
            },
            () => counted[0] = CountInTheNewest(1),
            () => counted[1] = CountInTheNewest(1_000_000),
            () =>
            {
                var last = 0L;
                while (!Volatile.Read(ref done))
                {
                    Assert.Equal(Errno.None, system.TotalCount(e, out var total));
                    Assert.True(total >= last, $"{total} after {last}");
                    last = total;
                }
            });

        Assert.True(counted[0] > 0 && counted[1] > 0, $"{counted[0]} and {counted[1]}");
        Assert.Equal((Errno.None, counted[0] + counted[1]), (system.TotalCount(e, out var sum), sum));

        // Some Ticks for each task, if the counters get to run at all.
        void AwaitTicks()
        {
            var before = Volatile.Read(ref ticks);
            for (var i = 0; i < 1000 && Volatile.Read(ref ticks) < before + 20; i++) Thread.Yield();
        }

        long CountInTheNewest(long amount)
        {
            var sum = 0L;
            while (!Volatile.Read(ref done))
            {
                // Each other Tick is of its parent, which may be on its way out.
                var task = Volatile.Read(ref newest) - (int)(Interlocked.Increment(ref ticks) & 1);
                if (system.Tick(e.In(task), amount, out var overflows) == Errno.None && overflows != PerfEvents.Ignored) sum += amount;
            }

            return sum;
        }

        void Together(Action first, params Action[] others)
        {
            var failures = new List<Exception>();
            using var start = new Barrier(1 + others.Length);
            Thread[] threads = [.. others.Prepend(first).Select(body => new Thread(() =>
            {
                start.SignalAndWait();
                try
                {
                    body();
                }
                catch (Exception failure)
                {
                    lock (failures) failures.Add(failure);
                }

                if (body == first) Volatile.Write(ref done, true);
            }))];
            foreach (var thread in threads) thread.Start();
            foreach (var thread in threads) thread.Join();
            Assert.Empty(failures);
        }
    }
}
