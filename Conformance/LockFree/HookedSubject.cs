// The lock-free implementation with its accesses in a scheduler's hands. Compiled once more with each wrong edit of the implementation (Conformance/Wrong).
using PerfModel.Conformance.Schedules;
using PerfModel.Implementation;
using PerfModel.Model;

namespace PerfModel.Conformance.Subjects;

/// <summary>The door to a system whose every access to shared state is announced to <see cref="ScheduledAccess"/>.</summary>
public sealed class HookedSubject(Declaration declaration) : LockFreeSubject<ScheduledHook>(declaration);

/// <summary>The hook that hands each access to the scheduler of its thread.</summary>
public readonly struct ScheduledHook : ISchedulingHook
{
    /// <inheritdoc/>
    public static void BeforeAccess<T>(AccessKind kind, ref readonly T location, T? expected)
    {
        if (kind == AccessKind.CompareExchange) ScheduledAccess.BeforeCompareExchange(in location, expected);
        else ScheduledAccess.Before(in location, stores: kind != AccessKind.LoadAcquire);
    }
}
