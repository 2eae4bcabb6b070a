// A hook that stops before each access of its thread for a handler: what a scheduler would have another thread do there, this one does.
using PerfModel.Implementation;

namespace PerfModel.Conformance.Tests;

internal readonly struct Interrupt : ISchedulingHook
{
    /// <summary>What is called before each access, until it is taken away; null calls nothing. What it does itself is not interrupted.</summary>
    [ThreadStatic]
    public static Action<AccessKind>? Handler;

    public static void BeforeAccess<T>(AccessKind kind, ref readonly T location, T? expected)
    {
        if (Handler is not { } handler) return;
        Handler = null;
        handler(kind);
        Handler = handler;
    }
}
