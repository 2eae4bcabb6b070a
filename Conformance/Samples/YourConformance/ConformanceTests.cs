// Your own xUnit test that your system conforms: one line. The system is that of ../YourSubject.
using System.Collections.Immutable;
using PerfModel.Conformance;
using PerfModel.Conformance.Spec;
using Xunit;

namespace Your;

public class ConformanceTests
{
    // It has no forks: it does not claim inheritance.
    private static readonly ConformanceOptions Claim = new() { Profiles = ImmutableHashSet.Create(Profile.Core, Profile.Concurrency), Iterations = 2_000 };

    [Fact]
    public void Your_system_conforms() => Conformance.Run(declaration => new YourSubject(declaration), Claim).ThrowIfNotConforming();
}
