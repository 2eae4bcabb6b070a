// The interface of a subject in another process, which is asked by messages: many operations in one, and threads as a whole.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Subjects;

/// <summary>What came of one operation: its answer, or what there was instead.</summary>
/// <param name="Result">The answer, if there was one.</param>
internal readonly record struct Answer(Result Result)
{
    /// <summary>What happened instead of an answer, such as an exception, in words; or null.</summary>
    public string? Instead { get; init; }

    /// <summary>Why the subject does not implement the operation, or null.</summary>
    public string? Skipped { get; init; }
}

/// <summary>What one run of a program of threads showed.</summary>
/// <param name="Order">Whose calls and returns were seen, in order: −1 − thread for a call, the thread for its return.</param>
/// <param name="Answers">Those of the setup, those of the threads in the order of their returns, those of after.</param>
internal sealed record Round(List<int> Order, List<Result> Answers)
{
    /// <summary>What happened instead of some answer, in words; or null.</summary>
    public string? Instead { get; init; }

    /// <summary>Why the subject does not implement some operation of it, or null.</summary>
    public string? Skipped { get; init; }
}

/// <summary>A subject to which every question is a message. Its own threads run programs of threads: calls from here would come one at a time.</summary>
internal interface IRemoteSubject : ISubject
{
    /// <summary>Performs operations, one after another, and tells what came of each.</summary>
    ImmutableArray<Answer> ApplyAll(IReadOnlyList<Operation> operations);

    /// <summary>Runs a program so many times, each time on a new system of its own.</summary>
    ImmutableArray<Round> Run(Program program, Declaration declaration, int rounds);
}
