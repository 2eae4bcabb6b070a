// Small bodies with a known fate, with which the runner itself is tested and its speed measured.
namespace PerfModel.CoyoteChild;

/// <param name="Name">What a request calls it.</param>
/// <param name="Fate">What must come of it.</param>
/// <param name="Body">For <see cref="CoyoteRunner"/>.</param>
internal sealed record Probe(string Name, string Fate, Func<string?> Body)
{
    public static IReadOnlyList<Probe> All { get; } =
    [
        new("speed", "2 threads, 3 compare-and-swaps each; never fails", Speed),
        new("lost-update", "flagged in some schedules", LostUpdate),
        new("deadlock", "two locks taken in opposite orders: a deadlock in some schedules", Deadlock),
        new("throws", "an exception in the schedules in which the second thread runs first", Throws),
        new("hangs", "a wait that Coyote does not know of: a hang in some schedules", Hangs),
        new("endless", "one thread waits for ever for a flag that nobody sets, and is cut off", Endless),
        new("uncontrolled", "a kind of lock that Coyote does not control", Uncontrolled),
    ];

    public static Probe Find(string name) => All.FirstOrDefault(probe => probe.Name == name) ?? throw new FormatException($"there is no probe '{name}'");

    private static string? Speed()
    {
        var word = new Word();
        ControlledThreads.Run(() => AddThree(word), () => AddThree(word));
        return null;
    }

    private static void AddThree(Word word)
    {
        for (long i = 0; i < 3; i++)
            Interlocked.CompareExchange(ref word.Value, i + 1, i);
    }

    private static string? LostUpdate()
    {
        var word = new Word();
        void Add() => Volatile.Write(ref word.Value, Volatile.Read(ref word.Value) + 1);
        ControlledThreads.Run(Add, Add);
        return word.Value == 2 ? null : $"{{two}} additions made {word.Value}";
    }

    private static string? Deadlock()
    {
        object a = new(), b = new();
        ControlledThreads.Run(() => TakeBoth(a, b), () => TakeBoth(b, a));
        return null;
    }

    private static void TakeBoth(object first, object second)
    {
        lock (first)
        {
            lock (second)
            {
                // Holding both is all that matters.
            }
        }
    }

    private static string? Throws()
    {
        var word = new Word();
        ControlledThreads.Run(
            () => Volatile.Write(ref word.Value, 1),
            () =>
            {
                if (Volatile.Read(ref word.Value) == 0)
                    throw new InvalidOperationException("the first thread has not run");
            });
        return null;
    }

    private static string? Hangs()
    {
        // System.Threading.Lock is not rewritten: the second thread waits for the first in earnest, while the first waits for its turn.
        var gate = new Lock();
        var word = new Word();
        void Hold()
        {
            lock (gate)
                Volatile.Read(ref word.Value);
        }

        ControlledThreads.Run(Hold, Hold);
        return null;
    }

    private static string? Endless()
    {
        var word = new Word();
        ControlledThreads.Run(
            () =>
            {
                while (Volatile.Read(ref word.Value) == 0)
                {
                    // Every turn is a scheduling point.
                }
            });
        return null;
    }

    private static string? Uncontrolled()
    {
        var gate = new SpinLock();
        ControlledThreads.Run(() =>
        {
            bool taken = false;
            gate.Enter(ref taken);
        });
        return null;
    }

    private sealed class Word
    {
        public long Value;
    }
}
