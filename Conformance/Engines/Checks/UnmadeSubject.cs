// Stands for a subject whose constructor threw in the middle of a check.
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>Answers each call with the exception of the constructor, so that the finding says which program needed the system.</summary>
/// <param name="thrown">The exception.</param>
internal sealed class UnmadeSubject(Exception thrown) : ISubject
{
    /// <inheritdoc/>
    public Result Apply(Operation operation) =>
        throw new InvalidOperationException($"the constructor threw {Quoted.Thrown(thrown)}", thrown);
}
