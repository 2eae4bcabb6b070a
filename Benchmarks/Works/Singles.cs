// The works about one event: counting, reading, opening and closing; and forks, which only ours has.
using PerfModel.Benchmarks.Peers;
using PerfModel.Implementation;

namespace PerfModel.Benchmarks.Works;

/// <summary>Sets a system up for one of these works, and gives the loop.</summary>
internal static class Singles
{
    /// <summary>The operations of one batch.</summary>
    public const int Calls = 1 << 13;

    /// <summary>The forks of one batch; the name of a task is used once, so each batch has a system of its own.</summary>
    public const int Forks = 1 << 7;

    /// <summary>Ticks that complete no period.</summary>
    public static Measurement Tick(Subject subject)
    {
        var ticked = subject.Open();
        return new Loop(Calls, () => subject.Tick(ticked, Calls), Calls, owned: subject);
    }

    /// <summary>The same while another thread reads the count.</summary>
    public static Measurement TickBesideReading(Subject subject)
    {
        var ticked = subject.Open();
        return new Beside(subject, Calls, () => subject.Tick(ticked, Calls), () => subject.Count(ticked, 1024));
    }

    /// <summary>Reads of a count.</summary>
    public static Measurement Count(Subject subject)
    {
        var read = subject.Open();
        subject.Tick(read, 7);
        if (subject.CountOf(read) != 7) throw new InvalidOperationException("Tick did not count");
        return new Loop(Calls, () => subject.Count(read, Calls), 7 * Calls, owned: subject);
    }

    /// <summary>Reads of a gate.</summary>
    public static Measurement Paused(Subject subject)
    {
        var read = subject.Open();
        return new Loop(Calls, () => subject.Paused(read, Calls), Calls, owned: subject);
    }

    /// <summary>Reads of who the starter is.</summary>
    public static Measurement StarterOf(Subject subject)
    {
        var trigger = subject.Open();
        var read = subject.Open();
        subject.SetStarter(trigger, read);
        return new Loop(Calls, () => subject.StarterOf(trigger, read, Calls), Calls, owned: subject);
    }

    /// <summary>Open and Close.</summary>
    public static Measurement OpenClose(Subject subject) =>
        new Loop(Links.Pairs, () => subject.OpenClose(Links.Pairs), Links.Pairs, owned: subject);

    /// <summary>Fork and Exit of a task in which so many events are inherited, each but the first linked to the first.</summary>
    public static Measurement ForkExit(int events)
    {
        PerfEvents perf = null!;
        return new Loop(Forks, Fork, Forks, Prepare);

        void Prepare()
        {
            perf = new PerfEvents(new PerfEventsOptions { Capacity = events, Tasks = Forks + 1, Cpus = 2 });
            perf.Open(Ours.Attributes(cpu: 0) with { Inherit = true }, out EventHandle trigger);
            for (var i = 1; i < events; i++)
            {
                perf.Open(Ours.Attributes(cpu: 0) with { Inherit = true }, out EventHandle target);
                perf.SetStarter(trigger, target);
            }
        }

        long Fork()
        {
            long done = 0;
            for (var task = 1; task <= Forks; task++)
                if (perf.Fork(0, task) == Errno.None && perf.Exit(task) == Errno.None) done++;
            return done;
        }
    }
}
