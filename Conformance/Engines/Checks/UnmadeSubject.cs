// Stands for a subject whose constructor threw in the middle of a check.
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>Answers each call with the exception of the constructor, so that the finding says which program needed the system.</summary>
/// <param name="thrown">The exception.</param>
internal sealed class UnmadeSubject(Exception thrown) : ISubject
{
    /// <summary>Makes a subject; where its constructor throws, what stands for it.</summary>
    public static ISubject Made(Func<Declaration, ISubject> create, Declaration declaration)
    {
        try
        {
            return create(declaration);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new UnmadeSubject(e);
        }
    }

    /// <inheritdoc/>
    public Result Apply(Operation operation) =>
        throw new InvalidOperationException($"the constructor threw {Quoted.Thrown(thrown)}", thrown);
}
