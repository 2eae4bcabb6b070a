// What one exploration, or one replay, of a concurrent body came to.
namespace PerfModel.Conformance.Engines;

/// <summary>A schedule that failed, and how to run it again.</summary>
/// <param name="Ending">How it ended; <see cref="Ending.Returned"/> if the body said that what it saw is wrong.</param>
/// <param name="Message">The body's own words, or Coyote's.</param>
/// <param name="Schedule">Which schedule of the exploration it was, counted from 1.</param>
/// <param name="Trace">The schedule's decisions, in one line of JSON; only Coyote needs to understand it.</param>
internal sealed record ScheduleFailure(Ending Ending, string Message, int Schedule, string Trace);

/// <summary>How to explore.</summary>
internal sealed record ExplorationOptions
{
    /// <summary>The name of an <see cref="ExplorationStrategy"/>.</summary>
    public string Strategy { get; init; } = ExplorationStrategy.Default.Name;

    /// <summary>How many schedules to run.</summary>
    public int Schedules { get; init; } = 100;

    /// <summary>The same seed gives the same schedules.</summary>
    public uint Seed { get; init; }

    /// <summary>Stop at the first failure; otherwise run them all, count the failures and keep the first.</summary>
    public bool StopAtFirstFailure { get; init; } = true;

    /// <summary>Also stand before plain reads and writes of instance fields, not only before Interlocked, Volatile and locks.</summary>
    public bool PlainFields { get; init; } = true;

    /// <summary>A schedule with more scheduling points than this is cut off, and counts as such. Unfair strategies, which may run one
    /// spinning thread for ever, are cut off at a tenth of it; the fair ones turn random there.</summary>
    public uint MaxSteps { get; init; } = 10_000;

    /// <summary>After how long without a scheduling point a schedule is a hang.
    /// A deadlock of controlled threads is known at once and does not wait for this.</summary>
    public TimeSpan HangTimeout { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>What an exploration came to.</summary>
/// <param name="Schedules">How many ran.</param>
/// <param name="Distinct">How many of them were different sequences of decisions.</param>
/// <param name="CutOff">How many were cut off by <see cref="ExplorationOptions.MaxSteps"/>, unjudged.</param>
/// <param name="Failures">How many failed.</param>
/// <param name="Steps">Scheduling points of all schedules.</param>
/// <param name="First">The first failure.</param>
/// <param name="Elapsed">Time spent.</param>
internal sealed record Exploration(
    int Schedules, int Distinct, int CutOff, int Failures, long Steps, ScheduleFailure? First, TimeSpan Elapsed);

/// <summary>What a replayed schedule came to.</summary>
/// <param name="Followed">Whether the body took every step of the trace. When it did not, the body or the code under it is another one.</param>
/// <param name="Failure">What went wrong, if anything did.</param>
internal sealed record Replay(bool Followed, ScheduleFailure? Failure);
