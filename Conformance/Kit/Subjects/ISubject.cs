// The interface of whatever is checked.
using PerfModel.Model;

namespace PerfModel.Conformance.Subjects;

/// <summary>
/// A system under test. A type that implements it has a public constructor that takes the <see cref="Declaration"/>
/// to follow: dialect, handles, roots, tasks, cpus (rule 9.4). A run makes a hundred thousand of them: one that owns threads, timers or files implements
/// <see cref="IDisposable"/> too, and is disposed when its program has come to its end. What Dispose throws is nobody's verdict.
/// </summary>
public interface ISubject
{
    /// <summary>
    /// Performs one operation and tells its answer in the model's words: handles are named as the operations name them
    /// (see <see cref="HandleNames"/>), an errno is an answer and not an exception. With profile +concurrency any thread
    /// may call at any time.
    /// </summary>
    Result Apply(Operation operation);
}

/// <summary>The end of a system.</summary>
public static class SubjectEnd
{
    /// <summary>Disposes a subject that can be.</summary>
    public static void End(this ISubject subject)
    {
        try
        {
            (subject as IDisposable)?.Dispose();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // No rule speaks of it, and its answers have been given.
        }
    }
}

/// <summary>The model as a subject: it must pass everything, or the checks are wrong.</summary>
public sealed class ModelSubject(Declaration declaration) : ISubject
{
    private readonly Lock _oneAtATime = new();
    private State _state = State.Initial(declaration);

    /// <inheritdoc/>
    public Result Apply(Operation operation)
    {
        lock (_oneAtATime)
        {
            var outcome = Step.Apply(_state, operation);
            _state = outcome.State;
            return outcome.Result;
        }
    }
}
