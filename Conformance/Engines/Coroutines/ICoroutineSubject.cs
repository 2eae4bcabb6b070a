// The contract of a subject whose calls can run as coroutines.
using PerfModel.Conformance.Subjects;
using PerfModel.Model;

namespace PerfModel.Conformance.Coroutines;

/// <summary>A subject with calls that can run alone, or as coroutines that a scheduler drives access by access.</summary>
public interface ICoroutineSubject : ISubject
{
    /// <summary>Begins a call, and runs it up to its first access to shared state.</summary>
    Co<Result> Begin(Operation operation);
}
