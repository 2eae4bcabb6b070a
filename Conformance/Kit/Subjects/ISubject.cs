// The interface of whatever is checked.
using System.Collections.Immutable;
using PerfModel.Model;

namespace PerfModel.Conformance.Subjects;

/// <summary>
/// A system under test. A type that implements it has a public constructor that takes the <see cref="Declaration"/>
/// to follow: dialect, handles, roots, tasks, cpus (rule 9.4). A run makes a hundred thousand of them: one that owns threads, timers or files implements
/// <see cref="IDisposable"/> too, and is disposed when its program has come to its end. An exception of Dispose changes no verdict.
/// An operation that is not implemented yet throws <see cref="NotImplementedException"/>: it is skipped, and the verdict is partial at best.
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

/// <summary>A subject that can look into its own structures. An engine asks it whenever no call is under way, and never otherwise.</summary>
public interface IInspectable
{
    /// <summary>The invariant of them that does not hold although no call is under way, in one line; null if all hold.</summary>
    string? Unrest();
}

/// <summary>A subject that is wrong in known ways, and notes which of them its calls have run into. Pages and JSON of its failures name them.</summary>
public interface IDefective
{
    /// <summary>The defects so far, each once.</summary>
    IReadOnlyList<KnownDefect> Met { get; }
}

/// <summary>A known defect of a subject.</summary>
/// <param name="Id">Its name, such as <c>D13c</c>.</param>
/// <param name="Words">Its title, and the place where more of it stands, in one line.</param>
public sealed record KnownDefect(string Id, string Words);

/// <summary>A subject with its whole state in one immutable value, which can be kept and put back.</summary>
public interface IRestorable : ISubject
{
    /// <summary>The state; two that are equal answer everything alike.</summary>
    object Kept { get; set; }
}

/// <summary>What engines ask of any subject.</summary>
internal static class KnownDefects
{
    /// <summary>The known defects that a subject has run into: none, of one that notes none.</summary>
    public static ImmutableArray<KnownDefect> Met(this ISubject subject) => subject is IDefective defective ? [.. defective.Met] : [];
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
