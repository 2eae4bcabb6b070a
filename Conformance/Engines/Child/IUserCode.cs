// Loaded code of the user's that subjects are made of, in the process that may hang and die of it.
using System.Collections.Immutable;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Subjects;
using PerfModel.Model;

namespace PerfModel.Conformance.Child;

/// <summary>An assembly, a library or an adapter of the user's.</summary>
internal interface IUserCode
{
    /// <summary>The function that makes a system, in words.</summary>
    string Maker { get; }

    /// <summary>Whether each of its accesses to shared memory comes to <see cref="Schedules.ScheduledAccess"/>.</summary>
    bool IsHooked { get; }

    /// <summary>The profiles that it says it claims; default where it cannot say, and claims what its user does.</summary>
    ImmutableArray<Profile> Claimed => default;

    /// <summary>Makes a system that nothing has been called on.</summary>
    /// <exception cref="NotSupportedException">It does not offer the dialect (rule 8.1).</exception>
    ISubject Make(Declaration declaration);
}
