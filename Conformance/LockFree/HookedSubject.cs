// The lock-free implementation with its accesses in a scheduler's hands. Compiled once more with each wrong edit of the implementation (Conformance/Wrong).
using PerfModel.Conformance.Schedules;
using PerfModel.Implementation;
using PerfModel.Model;

namespace PerfModel.Conformance.Subjects;

/// <summary>The adapter of a system whose every access to shared state is announced to <see cref="ScheduledAccess"/>.</summary>
public sealed class HookedSubject(Declaration declaration) : LockFreeSubject<ScheduledHook>(declaration);

/// <summary>The hook that hands each access to the scheduler of its thread: it waits for its turn, and then performs it.</summary>
public readonly struct ScheduledHook : ISchedulingHook
{
    /// <inheritdoc/>
    public static long Access(AccessKind kind, ref long location, long operand, long comparand, Row row)
    {
        ScheduledAccess.Before(in location);
        var loaded = NoHook.Access(kind, ref location, operand, comparand, row);
        if (Stores(kind, loaded == comparand)) ScheduledAccess.Stored();
        return loaded;
    }

    /// <inheritdoc/>
    public static T? Access<T>(AccessKind kind, ref T? location, T? operand, T? comparand, Row row)
        where T : class
    {
        ScheduledAccess.Before(in location);
        var loaded = NoHook.Access(kind, ref location, operand, comparand, row);
        if (Stores(kind, loaded == comparand)) ScheduledAccess.Stored();
        return loaded;
    }

    private static bool Stores(AccessKind kind, bool wasExpected) => kind switch
    {
        AccessKind.LoadAcquire => false,
        AccessKind.CompareExchange => wasExpected,
        _ => true,
    };
}
