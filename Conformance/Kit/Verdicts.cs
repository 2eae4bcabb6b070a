// The two vocabularies of everything that runs: what was shown, and how a call, a program or a process came to its end. Words are made here.
namespace PerfModel.Conformance;

/// <summary>The verdict on a subject, a program, a history or a machine.</summary>
public enum Verdict
{
    /// <summary>Every question was answered, and nothing contradicts the spec.</summary>
    Conforms,

    /// <summary>Something contradicts the spec.</summary>
    Violates,

    /// <summary>A budget ran out first, or a checker was blind. It is no kind of success: nothing is known.</summary>
    Inconclusive,

    /// <summary>Nothing contradicts the spec, and rules that the subject claims were not run, though nobody asked for less.</summary>
    Partial,
}

/// <summary>How an execution of a program came to its end.</summary>
public enum Ending
{
    /// <summary>Every call returned.</summary>
    Returned,

    /// <summary>A call threw.</summary>
    Threw,

    /// <summary>Every thread waits for another.</summary>
    Deadlocked,

    /// <summary>A call did not return within the patience, twice.</summary>
    Hung,

    /// <summary>The subject ended its process, twice by the same call.</summary>
    Crashed,

    /// <summary>The subject took more memory than it may.</summary>
    OutOfMemory,

    /// <summary>The engine does not control the subject's actions: of this subject it can say nothing.</summary>
    Uncontrolled,
}

/// <summary>The words of both, as pages, JSON and the text grammar have them.</summary>
public static class VerdictWords
{
    /// <summary>conforms, violates, inconclusive.</summary>
    public static string Word(this Verdict verdict) => verdict switch
    {
        Verdict.Partial => "partial",
        Verdict.Conforms => "conforms",
        Verdict.Violates => "violates",
        _ => "inconclusive",
    };

    /// <summary>conforms, violates, unknown: the words of the text grammar and of outcomes, for a history.</summary>
    public static string HistoryWord(this Verdict verdict) => verdict == Verdict.Inconclusive ? "unknown" : verdict.Word();

    /// <summary>The exit code of a process that answers with it: 0, 1, 3.</summary>
    public static int ExitCode(this Verdict verdict) => verdict switch { Verdict.Conforms => 0, Verdict.Violates => 1, _ => 3 };

    /// <summary>returned, threw, deadlock, hang, crashed, memory, uncontrolled.</summary>
    public static string Word(this Ending ending) => ending switch
    {
        Ending.Returned => "returned",
        Ending.Threw => "threw",
        Ending.Deadlocked => "deadlock",
        Ending.Hung => "hang",
        Ending.Crashed => "crashed",
        Ending.OutOfMemory => "memory",
        _ => "uncontrolled",
    };

    /// <summary>The worst of them: a violation is worst, then an inconclusive verdict; of none at all, conforms.</summary>
    public static Verdict Worst(this IEnumerable<Verdict> verdicts) => verdicts.Aggregate(Verdict.Conforms, Worse);

    /// <summary>The worse of two.</summary>
    public static Verdict Worse(this Verdict one, Verdict other) =>
        one == Verdict.Violates || other == Verdict.Violates ? Verdict.Violates
        : one == Verdict.Inconclusive || other == Verdict.Inconclusive ? Verdict.Inconclusive
        : Verdict.Conforms;
}
