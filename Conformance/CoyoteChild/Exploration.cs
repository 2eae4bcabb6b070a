// What one exploration, or one replay, of a concurrent body came to.
namespace PerfModel.CoyoteChild;

/// <summary>What went wrong in a schedule.</summary>
public enum FailureKind
{
    /// <summary>The body ran to its end and said that what it saw is wrong.</summary>
    Flagged,

    /// <summary>A thread threw an exception that nobody caught.</summary>
    Exception,

    /// <summary>No thread could run, all waiting for each other: Coyote knows this for certain.</summary>
    Deadlock,

    /// <summary>No thread reached a scheduling point for a long time: a loop without shared access, or a wait that Coyote does not control.</summary>
    Hang,

    /// <summary>The body used something that Coyote does not control: its schedules prove nothing.</summary>
    Uncontrolled,
}

/// <summary>A schedule that failed, and how to run it again.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="Message">The body's own words, or Coyote's.</param>
/// <param name="Schedule">Which schedule of the exploration it was, counted from 1.</param>
/// <param name="Trace">The schedule's decisions, in one line of JSON; only <see cref="CoyoteRunner.Replay"/> needs to understand it.</param>
public sealed record ScheduleFailure(FailureKind Kind, string Message, int Schedule, string Trace)
{
    /// <summary>Whether the same thing went wrong: same kind, same first line (the lines after it are a stack).</summary>
    public bool IsSameAs(ScheduleFailure other) => Kind == other.Kind && FirstLine(Message) == FirstLine(other.Message);

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd('\r');
}

/// <summary>How to explore.</summary>
public sealed record ExplorationOptions
{
    public ExplorationStrategy Strategy { get; init; } = ExplorationStrategy.Default;

    /// <summary>How many schedules to run.</summary>
    public int Schedules { get; init; } = 100;

    public uint Seed { get; init; }

    /// <summary>Stop at the first failure; otherwise run them all, count the failures and keep the first.</summary>
    public bool StopAtFirstFailure { get; init; } = true;

    /// <summary>Also stand before plain reads and writes of instance fields, not only before Interlocked, Volatile and locks.</summary>
    public bool PlainFields { get; init; } = true;

    /// <summary>A schedule with more scheduling points than this is cut off, and counts as such. Unfair strategies, which may run one
    /// spinning thread for ever, are cut off at a tenth of it; the fair ones turn random there.</summary>
    public uint MaxSteps { get; init; } = 10_000;

    /// <summary>After how long without a scheduling point a schedule is a <see cref="FailureKind.Hang"/>.
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
public sealed record Exploration(
    int Schedules, int Distinct, int CutOff, int Failures, long Steps, ScheduleFailure? First, TimeSpan Elapsed)
{
    public double SchedulesPerSecond => Schedules / Elapsed.TotalSeconds;
}

/// <summary>What a replayed schedule came to.</summary>
/// <param name="Followed">Whether the body took every step of the trace. When it did not, the body or the code under it is another one.</param>
/// <param name="Failure">What went wrong, if anything did.</param>
public sealed record Replay(bool Followed, ScheduleFailure? Failure);
