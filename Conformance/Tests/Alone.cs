// Tests that run when all others have ended, one after the other: real threads that are to meet, and memory that is counted.
using Xunit;

namespace PerfModel.Conformance.Tests;

/// <summary>
/// Threads that spin until they meet have to run at one moment. On a machine whose processors other tests have taken, they wait a turn for each meeting: ten times
/// as long, and what they are to show hardly shows. And others' garbage is no evidence.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;
