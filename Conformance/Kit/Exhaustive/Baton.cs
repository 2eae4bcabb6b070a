// A baton that one thread passes to another: the receiver spins for a moment, then parks.
namespace PerfModel.Conformance.Exhaustive;

/// <summary>One thread waits for it, whoever runs passes it on. What was done before it was passed is seen by who got it.</summary>
internal sealed class Baton
{
    private const int Away = 0, Here = 1, Parked = 2;

    // Most steps are shorter than it takes to wake a parked thread; but where all processors are busy, spinning takes one from who has
    // the next step. So a short spin, some turns in which others may have the processor, and then sleep.
    private const int Spins = 60, SpinLength = 12, Yields = 20;

    private readonly object _gate = new();
    private int _state;

    public void Pass()
    {
        if (Interlocked.Exchange(ref _state, Here) != Parked) return;
        lock (_gate) Monitor.Pulse(_gate);
    }

    public void Await()
    {
        for (var i = 0; i < Spins + Yields; i++)
        {
            if (Volatile.Read(ref _state) == Here)
            {
                Volatile.Write(ref _state, Away);
                return;
            }

            if (i < Spins) Thread.SpinWait(SpinLength);
            else Thread.Yield();
        }

        lock (_gate)
        {
            if (Interlocked.CompareExchange(ref _state, Parked, Away) == Away)
                while (Volatile.Read(ref _state) == Parked) Monitor.Wait(_gate);
        }

        Volatile.Write(ref _state, Away);
    }
}
