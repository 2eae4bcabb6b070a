// A hook that stops before each access of its thread for a handler: what a scheduler would have another thread do there, this one does.
using PerfModel.Implementation;

namespace PerfModel.Conformance.Tests;

internal readonly struct Interrupt : ISchedulingHook
{
    /// <summary>What is called before each access, until it is taken away; null calls nothing. What it does itself is not interrupted.</summary>
    [ThreadStatic]
    public static Action<AccessKind>? Handler;

    public static long Access(AccessKind kind, ref long location, long operand, long comparand, Row row)
    {
        Before(kind);
        return NoHook.Access(kind, ref location, operand, comparand, row);
    }

    public static T? Access<T>(AccessKind kind, ref T? location, T? operand, T? comparand, Row row)
        where T : class
    {
        Before(kind);
        return NoHook.Access(kind, ref location, operand, comparand, row);
    }

    private static void Before(AccessKind kind)
    {
        if (Handler is not { } handler) return;
        Handler = null;
        handler(kind);
        Handler = handler;
    }
}
