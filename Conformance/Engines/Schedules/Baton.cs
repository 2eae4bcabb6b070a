// A baton that one thread passes to another: the receiver gives way a few times, then parks.
namespace PerfModel.Conformance.Schedules;

/// <summary>One thread waits for it, whoever runs passes it on. What was done before it was passed is seen by who got it.</summary>
internal sealed class Baton
{
    private const int Away = 0, Here = 1, Parked = 2;

    // Most turns are shorter than it takes to wake a parked thread; but where all processors are busy, who spins takes one from whoever
    // has the next step: measured there, ten times fewer schedules with a long spin. So some turns for the others, and then sleep.
    private const int Yields = 3;

    private readonly object _gate = new();
    private int _state;

    public void Pass()
    {
        if (Interlocked.Exchange(ref _state, Here) != Parked) return;
        lock (_gate) Monitor.Pulse(_gate);
    }

    public void Await()
    {
        for (var i = 0; i < Yields; i++)
        {
            if (Volatile.Read(ref _state) == Here)
            {
                Volatile.Write(ref _state, Away);
                return;
            }

            Thread.Yield();
        }

        lock (_gate)
        {
            if (Interlocked.CompareExchange(ref _state, Parked, Away) == Away)
                while (Volatile.Read(ref _state) == Parked) Monitor.Wait(_gate);
        }

        Volatile.Write(ref _state, Away);
    }
}
