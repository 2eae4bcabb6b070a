// The shipped implementation with its invariants at rest compiled in: for real threads. Compiled with the implementation's own sources only (Conformance/Wrong).
using PerfModel.Implementation;
using PerfModel.Model;

namespace PerfModel.Conformance.Subjects;

/// <summary>A system that can be asked, when no call is under way, whether its structures are whole.</summary>
public sealed class InspectedSubject(Declaration declaration) : LockFreeSubject<NoHook>(declaration), IInspectable
{
    /// <inheritdoc/>
    public string? Unrest() => Events.Unrest();
}
