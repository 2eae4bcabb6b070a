// The time that a call would have slept: Coyote makes a step of a sleep, and a call that sleeps for minutes must not look like one that returns.
namespace PerfModel.Conformance.Coyote;

/// <summary>Counts the sleeps of the call under way in a thread. Public, since rewritten code of a user calls it; of no use to anybody else.</summary>
public static class SleepClock
{
    [ThreadStatic]
    private static TimeSpan? t_left;

    /// <summary>A call begins, which may take so long.</summary>
    public static void Begin(TimeSpan patience) => t_left = patience;

    /// <summary>The call is about to sleep. One that sleeps for longer than it may hangs in earnest, and is found out as whatever hangs.</summary>
    public static void Count(TimeSpan sleep)
    {
        t_left -= sleep < TimeSpan.Zero ? TimeSpan.MaxValue : sleep;
        // A thread of the subject's own has made no call, and t_left is null.
        if (t_left < TimeSpan.Zero) Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>The same in milliseconds.</summary>
    public static void Count(int sleep) => Count(TimeSpan.FromMilliseconds(sleep));
}
