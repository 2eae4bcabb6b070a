// Starts threads and waits for them, inside an assembly that Coyote rewrites: created elsewhere, they would escape its scheduler.
namespace PerfModel.CoyoteChild;

internal static class ControlledThreads
{
    /// <summary>Runs the bodies side by side, one thread each, and returns when all have ended.</summary>
    public static void Run(params Action[] bodies)
    {
        var threads = new Thread[bodies.Length];
        for (int i = 0; i < bodies.Length; i++)
            threads[i] = new Thread(new ThreadStart(bodies[i]));
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
    }
}
