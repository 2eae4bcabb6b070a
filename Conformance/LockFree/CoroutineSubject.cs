// The lock-free implementation as coroutines: the adapter of the twin. Compiled once more with each wrong edit of the implementation (Conformance/Wrong).
using PerfModel.Conformance.Coroutines;
using PerfModel.Conformance.Subjects;
using PerfModel.Model;

namespace PerfModel.Twin;

/// <summary>A system whose every access to shared state a scheduler can put in any order.</summary>
public sealed class CoroutineSubject(Declaration declaration) : LockFreeSubject(declaration), ICoroutineSubject, IInspectable
{
    /// <inheritdoc/>
    public Co<Result> Begin(Operation operation) => Apply_Co(operation);

    /// <inheritdoc/>
    public string? Unrest() => Events.Unrest();
}
