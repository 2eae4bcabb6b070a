// The contract of an engine that orders the steps of threads: what the checks and the verb explore ask, whoever it is and wherever it runs.
using System.Collections.Immutable;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Engines;

/// <summary>Runs a concurrent program on a subject in many orders, and judges what each shows by chapter 7.</summary>
internal interface IEngine
{
    /// <summary>Explores one program.</summary>
    ExplorationReport Explore(Program program, Dialect dialect, ScheduleBudget budget);

    /// <summary>Runs a saved schedule again. If the program does not take its steps, nothing but <see cref="ExplorationReport.Followed"/> is said.</summary>
    ExplorationReport Replay(Program saved);

    /// <summary>
    /// Runs a known race for each kind of access to shared state, and names the kinds whose race was not found: what the
    /// scheduler says of code that uses these is worth nothing.
    /// </summary>
    ImmutableArray<string> BlindTo(ulong seed);

    /// <summary>Whether several threads may explore at once, a program each.</summary>
    bool IsConcurrent => false;
}

/// <summary>How to explore a program, and how far.</summary>
/// <param name="Schedules">How many schedules to run at most, from 1, those given up included.</param>
/// <param name="Seed">The same seed gives the same schedules.</param>
/// <param name="Strategy">A name of the scheduler's, or null for its default.</param>
/// <param name="StopAtFirst">Whether the first failure ends it.</param>
internal sealed record ScheduleBudget(long Schedules, ulong Seed = 1, string? Strategy = null, bool StopAtFirst = true)
{
    /// <summary>Some ten times the longest execution of a scenario.</summary>
    public const int UsualSteps = 4_000;

    /// <summary>After how many steps our own engine cuts an execution off: what has a loop that need not end.</summary>
    public int Steps { get; init; } = UsualSteps;

    /// <summary>How many executions of our own engine may be cut off before it gives the program up: each takes as long as hundreds of others, and says the same.</summary>
    public long MostCutOff { get; init; } = long.MaxValue;

    /// <summary>How often a thread that could go on is stopped for another at most, or null for as often as may be. With a bound our own engine reduces nothing.</summary>
    public int? Preemptions { get; init; }

    /// <summary>Whether one execution stands for all that are equivalent. If not there are far more; it is how the reduction is tested.</summary>
    public bool Reduces { get; init; } = true;
}

/// <summary>One outcome of a program: what every thread saw, and how often.</summary>
/// <param name="Text">The results, thread by thread, in one line.</param>
/// <param name="Count">In how many schedules.</param>
/// <param name="Verdict">The worst of the histories with this outcome.</param>
internal sealed record OutcomeCount(string Text, long Count, Verdict Verdict);

/// <summary>What came of exploring one program.</summary>
internal sealed record ExplorationReport
{
    /// <summary>Schedules that ran.</summary>
    public long Schedules { get; init; }

    /// <summary>Schedules that were cut off for their length, and not judged.</summary>
    public long CutOff { get; init; }

    /// <summary>Histories whose judgement overran its budget.</summary>
    public long Unknown { get; init; }

    /// <summary>Whether these were all, but for those that are equivalent to one of them; null if the strategy draws schedules and cannot know.</summary>
    public bool? Exhaustive { get; init; }

    /// <summary>Schedules that were begun and given up, because all that could follow is equivalent to what was seen.</summary>
    public long Equivalent { get; init; }

    /// <summary>Time spent in schedules.</summary>
    public double Seconds { get; init; }

    /// <summary>The outcomes, most frequent first.</summary>
    public ImmutableArray<OutcomeCount> Outcomes { get; init; } = [];

    /// <summary>
    /// The first schedule that failed, or null; found after so many schedules. One that ended
    /// <see cref="Ending.Uncontrolled"/> is no failure of the subject's, but says that the scheduler can tell nothing.
    /// </summary>
    public Finding? Finding { get; init; }

    /// <summary>False of a replay in which the program did not take every step of the schedule: it, or the subject, is another one than when it was saved.</summary>
    public bool Followed { get; init; } = true;

    /// <summary>What makes it worth nothing that there is no finding, in one line; or null.</summary>
    public string? Doubt { get; init; }

    /// <summary>What the subject's author should know, whatever the verdict; or null.</summary>
    public string? Remark { get; init; }
}
