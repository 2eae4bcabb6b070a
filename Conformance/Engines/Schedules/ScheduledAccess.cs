// Where the accessors' hook arrives, from the shipped sources and from those of wrong subjects: finds the thread's scheduler, if it has one.
using System.Runtime.CompilerServices;

namespace PerfModel.Conformance.Schedules;

/// <summary>Stands before every access of a hooked subject.</summary>
/// <remarks>
/// A location is told by its address. The collector may move what is there, so whoever compares addresses makes sure that it did
/// not run meanwhile (<see cref="ScheduleEngine"/>). Then no address is used twice, either.
/// </remarks>
public static class ScheduledAccess
{
    [ThreadStatic]
    private static ParkedThreads.OwnThread? t_thread;

    /// <summary>A thread is about to access a location; answers when it may. On a thread that nobody schedules, at once.</summary>
    /// <param name="location">The location.</param>
    /// <param name="stores">Whether the access stores.</param>
    public static void Before<T>(ref readonly T location, bool stores)
    {
        if (t_thread is not { } thread) return;
        thread.Reach(AddressOf(in location));
        if (stores) thread.Writes();
    }

    /// <summary>A thread is about to compare and exchange. It stores only if what it expects is there.</summary>
    public static void BeforeCompareExchange<T>(ref readonly T location, T? expected)
    {
        if (t_thread is not { } thread) return;
        thread.Reach(AddressOf(in location));
        // Nobody else moves between this look and the exchange.
        if (typeof(T).IsValueType ? EqualityComparer<T>.Default.Equals(location, expected) : ReferenceEquals(location, expected)) thread.Writes();
    }

    internal static void Enter(ParkedThreads.OwnThread thread) => t_thread = thread;

    internal static void Leave() => t_thread = null;

    private static nint AddressOf<T>(ref readonly T location) =>
        Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref Unsafe.As<T, byte>(ref Unsafe.AsRef(in location)));
}
