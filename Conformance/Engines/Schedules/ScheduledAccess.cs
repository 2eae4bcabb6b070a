// Where the accessors' hook arrives, from the shipped sources and from those of wrong subjects: finds the thread's scheduler, if it has one.
using System.Runtime.CompilerServices;
using PerfModel.Conformance.Findings;

namespace PerfModel.Conformance.Schedules;

/// <summary>Stands before every access of a hooked subject.</summary>
/// <remarks>
/// A location is told by its address. The collector may move objects, so a component that compares addresses makes sure that the collector did
/// not run meanwhile (<see cref="ScheduleEngine"/>). Then no address is used twice, either.
/// </remarks>
public static class ScheduledAccess
{
    [ThreadStatic]
    private static ParkedThreads.OwnThread? t_thread;

    /// <summary>A thread is about to access a location; answers when it may. On a thread that nobody schedules, at once.</summary>
    public static void Before<T>(ref readonly T location) => t_thread?.Reach(AddressOf(in location));

    /// <summary>The same of memory that no collector moves, with the place in the source: C strings that live as long as the process.</summary>
    internal static unsafe void Before(nint location, byte* expression, byte* file, int line)
    {
        if (t_thread is not { } thread) return;
        thread.Reach(location);
        thread.Told = (location, (nint)expression, (nint)file, line);
    }

    /// <summary>The access that was announced so has been made.</summary>
    internal static void After(AccessWord kind, ulong value)
    {
        if (t_thread is not { } thread) return;
        if (kind is not (AccessWord.Load or AccessWord.FailedSwap)) thread.Writes();
        thread.Made(kind, value);
    }

    /// <summary>The access that was allowed last has stored.</summary>
    public static void Stored() => t_thread?.Writes();

    internal static void Enter(ParkedThreads.OwnThread thread) => t_thread = thread;

    internal static void Leave() => t_thread = null;

    private static nint AddressOf<T>(ref readonly T location) =>
        Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref Unsafe.As<T, byte>(ref Unsafe.AsRef(in location)));
}
