// An execution on parked threads says nothing if the collector moved a location meanwhile: it is made again, with room for no collection.
using System.Runtime;

namespace PerfModel.Conformance.Schedules;

/// <summary>Makes an execution until it is valid.</summary>
internal static class ExecutionAttempts
{
    private const int QuickAttempts = 3, Attempts = 100;
    private const long RoomWithoutCollection = 64 << 20;

    /// <summary>False if the execution says nothing, and cannot be made again.</summary>
    /// <param name="run">Makes it; false if it says nothing.</param>
    /// <param name="tryRestart">Whether the scheduler can make it again.</param>
    /// <exception cref="InvalidOperationException">No attempt was valid.</exception>
    public static bool RunUntilValid(Func<bool> run, Func<bool> tryRestart)
    {
        for (var attempt = 0; ; attempt++)
        {
            // An execution allocates little, and most come to their end between two collections. For one that does not, room is made.
            var room = attempt >= QuickAttempts && TryMakeRoom();
            var valid = run();
            if (room) EndRoom();
            if (valid) return true;
            if (attempt == Attempts) throw new InvalidOperationException($"no execution came to its end between two collections in {Attempts} attempts");
            if (!tryRestart()) return false;
        }
    }

    // A collection ends it, and anybody in this process may cause one, also between a look at the mode and the call.
    private static void EndRoom()
    {
        try
        {
            if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion) GC.EndNoGCRegion();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    private static bool TryMakeRoom()
    {
        try
        {
            return GC.TryStartNoGCRegion(RoomWithoutCollection);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentOutOfRangeException)
        {
            // Somebody else in this process has made room, or there is none: the next attempt may be lucky.
            return false;
        }
    }
}
