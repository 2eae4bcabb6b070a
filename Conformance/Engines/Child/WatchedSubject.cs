// A subject whose calls are noted in the black box, whoever makes them: for engines, which know nothing of it.
using PerfModel.Conformance.Subjects;
using PerfModel.Model;

namespace PerfModel.Conformance.Child;

/// <summary>Notes each call of another subject.</summary>
/// <param name="watched">The subject.</param>
/// <param name="box">Where the calls are noted.</param>
internal sealed class WatchedSubject(ISubject watched, BlackBox box) : ISubject, IDisposable
{
    private static int s_threads;

    // A thread's place in the box; threads of which one has ended long ago may share one.
    [ThreadStatic]
    private static int t_place;

    /// <inheritdoc/>
    public Result Apply(Operation operation)
    {
        if (t_place == 0) t_place = Interlocked.Increment(ref s_threads);
        box.Call(t_place, operation.ToString());
        try
        {
            return watched.Apply(operation);
        }
        finally
        {
            box.Return(t_place);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => watched.End();
}
