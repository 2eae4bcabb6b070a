// What an engine throws that cannot run a subject at all.
namespace PerfModel.Conformance.Engines;

/// <summary>A subject that cannot be made ready, or whose process cannot be had, and why, in one line for its author.</summary>
internal sealed class SubjectException(string message) : Exception(message);
