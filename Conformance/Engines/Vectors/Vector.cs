// Portable vectors: the model's answers as data that needs no .NET to be read. Made of the examples, the scenarios and the histories of the spec.
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Vectors;

/// <summary>The kinds of vectors; each has a file of its name.</summary>
internal enum VectorKind
{
    /// <summary>Operations one after another, and the answer to each.</summary>
    Sequential,

    /// <summary>A program of threads, and every outcome that is allowed.</summary>
    Concurrent,

    /// <summary>The calls and returns of threads in the order in which they were seen, and the verdict.</summary>
    History,
}

/// <summary>A vector; its expectations are the model's.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Title">Its point, in one sentence.</param>
/// <param name="Rules">The rules that it is about.</param>
/// <param name="Program">The operations, in the dialect that the program names; of a history the answers too.</param>
internal sealed record Vector(VectorKind Kind, string Title, RuleSet Rules, Program Program)
{
    // Several times more than the largest of the scenarios takes.
    private static readonly Budget Enough = new(3_000_000);

    /// <summary>Those that the suite comes with, of a kind, in order of their sources.</summary>
    public static IEnumerable<Vector> All(VectorKind kind) => kind switch
    {
        VectorKind.Sequential =>
            from example in Examples.Sequences
            from dialect in example.Dialects
            select new Vector(kind, example.Title ?? "", RuleSet.Of(example.Rules), WithReads(example).In(dialect)),
        VectorKind.Concurrent =>
            from scenario in Scenarios.All.Values
            from dialect in scenario.Dialects
            select new Vector(kind, scenario.Title ?? "", RuleSet.Of(scenario.Rules), scenario.Unanswered.In(dialect)),
        _ =>
            from example in Examples.All
            where !example.History.IsDefault
            from dialect in example.Dialects
            from program in BesideWrong(example.In(dialect))
            select new Vector(kind, example.Title ?? "", RuleSet.Of(example.Rules), program),
    };

    /// <summary>Every outcome that the model allows.</summary>
    /// <exception cref="ProgramException">There are too many states for that.</exception>
    public IEnumerable<ProgramOutcome> Outcomes()
    {
        var all = Histories.Outcomes.Of(Program, Program.Declaration.Dialect, Enough);
        return all.Complete ? all.All.Values : throw new ProgramException("the program has too many interleavings to list its outcomes");
    }

    /// <summary>The verdict on the history.</summary>
    /// <exception cref="ProgramException">It is no history, or there are too many orders to judge it.</exception>
    public Verdict Judged() => Verdict(Program) is var verdict and not PerfModel.Conformance.Verdict.Inconclusive ? verdict : throw new ProgramException("the history has too many orders to be judged");

    private static Verdict Verdict(Program program) => HistoryChecker.Check(program, program.Declaration.Dialect, Enough, shows: false).Verdict;

    // A sequence ends with a look at all that it opened.
    private static Program WithReads(Program example) => example with { After = example.After.AddRange(example.Readout().Select(read => new Line(read))) };

    // The history, and it with the first of its answers changed that makes it another verdict.
    private static IEnumerable<Program> BesideWrong(Program right)
    {
        yield return right;
        for (var i = 0; i < right.History.Length; i++)
        {
            if (right.History[i] is not { Return: { } answer, Thread: var thread } || Other(answer) is not { } other) continue;
            var wrong = right with { History = right.History.SetItem(i, new HistoryEvent(thread, null, other)) };
            if (Verdict(wrong) != PerfModel.Conformance.Verdict.Violates) continue;
            yield return wrong;
            yield break;
        }
    }

    private static Result? Other(Result answer) =>
        answer.Number is { } number ? Result.Of(number + 1)
        : answer == Result.Gate(true) || answer == Result.Gate(false) ? Result.Gate(answer == Result.Gate(false))
        : answer == Result.Of(Activity.Active) ? Result.Of(Activity.Off)
        : answer == Result.Of(Errno.EEXIST) ? Result.Of(Errno.EBUSY)
        : answer.IsError ? Result.Of(answer.Errno == Errno.EBADF ? Errno.EINVAL : Errno.EBADF)
        : null;
}
