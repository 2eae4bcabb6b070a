// Any lock-free code in every schedule: the engine of schedules without a model, for code whose author says what must hold at the end.
using System.Globalization;

namespace PerfModel.Conformance.Schedules;

/// <summary>The outcome of an exploration of one's own code.</summary>
/// <param name="Schedules">The schedules that ran, one of each class of equivalent ones.</param>
/// <param name="IsExhaustive">Whether these were all, up to equivalence.</param>
/// <param name="Failure">The exception of a thread or of the final check in the first schedule that failed, or null.</param>
/// <param name="Schedule">The threads of that schedule, access by access, as <c>A*3 B*2 A</c>; null without a failure.</param>
public sealed record InterleavingReport(long Schedules, bool IsExhaustive, Exception? Failure, string? Schedule)
{
    /// <summary>The schedules that were cut off, because a loop did not end.</summary>
    public long CutOff { get; init; }

    /// <summary>Throws unless every schedule ran to its end and none failed.</summary>
    /// <exception cref="ConformanceException">A schedule failed, a loop did not end, or there are more schedules than the budget.</exception>
    public void ThrowIfFailed()
    {
        if (Failure is not null) throw new ConformanceException(string.Create(CultureInfo.InvariantCulture, $"schedule {Schedules}, {(Schedule is { Length: > 0 } ? Schedule : "no access")}: {Failure.Message}"), Failure);
        if (CutOff > 0) throw new ConformanceException(string.Create(CultureInfo.InvariantCulture, $"{CutOff} of {Schedules} schedules were cut off after {Engines.ScheduleBudget.UsualSteps} accesses: a loop waits for another thread, which need not come"));
        if (!IsExhaustive) throw new ConformanceException(string.Create(CultureInfo.InvariantCulture, $"{Schedules} schedules ran, none failed, and there are more: give a larger budget, or make the threads shorter"));
    }
}

/// <summary>Explores a few threads of one's own code, access by access, in every schedule up to equivalence (dynamic partial-order reduction).</summary>
/// <remarks>
/// The code announces each access to shared memory to <see cref="ScheduledAccess"/>, and is a function of its schedule: no clock, no randomness. It must
/// not block: a thread that waits for a lock waits for ever, since one thread runs at a time. A loop that need not end is cut off. The memory is
/// sequentially consistent.
/// </remarks>
public static class Interleavings
{
    /// <summary>Runs the threads in every schedule.</summary>
    /// <typeparam name="T">The shared state.</typeparam>
    /// <param name="create">Makes a new state for each schedule.</param>
    /// <param name="check">Asks the state when all threads have ended; throws if something does not hold, as any assertion of a test library does.</param>
    /// <param name="threads">The threads, from 1 to 26.</param>
    /// <param name="budget">The most schedules.</param>
    /// <returns>The number of schedules, and the first that failed.</returns>
    /// <exception cref="ArgumentException">There is no thread, or there are too many; or the budget is less than 1.</exception>
    public static InterleavingReport Explore<T>(Func<T> create, Action<T> check, IReadOnlyList<Action<T>> threads, long budget = 1_000_000)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(check);
        ArgumentNullException.ThrowIfNull(threads);
        if (threads.Count is 0 or > 26) throw new ArgumentException($"{threads.Count} threads: explore 1 to 26", nameof(threads));
        ArgumentOutOfRangeException.ThrowIfLessThan(budget, 1);
        var scheduler = new DepthFirst(threads.Count, Engines.ScheduleBudget.UsualSteps);
        using var parked = new ParkedThreads(threads.Count);
        var watched = new Watched(scheduler);
        long begun = 0;
        while (begun < budget && scheduler.TryBegin())
        {
            begun++;
            var state = default(T)!;
            _ = ExecutionAttempts.RunUntilValid(Run, scheduler.TryRestart);
            scheduler.End();
            if (scheduler.Ending != ExecutionEnd.Complete) continue;
            if (parked.Thrown is { } thrown) return Failed(thrown);
            try
            {
                check(state);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                return Failed(e);
            }

            bool Run()
            {
                state = create() ?? throw new ArgumentException("the function returned null: return a new state for each schedule", nameof(create));
                return parked.Run(watched, thread => threads[thread](state));
            }
        }

        // Without accesses, or without stores among them, all schedules are one: that none failed would say nothing.
        if (threads.Count > 1 && watched.Stores == 0 && scheduler.CutOff == 0)
            return Failed(new InvalidOperationException(watched.Steps == 0 ? "no thread announced an access to ScheduledAccess.Before" : "no thread announced a store to ScheduledAccess.Stored"));
        // Whether that was all is known only when one more is asked for.
        if (begun == budget) scheduler.TryBegin();
        return new InterleavingReport(scheduler.Completed + scheduler.CutOff, scheduler.IsExhaustive == true && scheduler.CutOff == 0, null, null) { CutOff = scheduler.CutOff };

        InterleavingReport Failed(Exception failure) => new(scheduler.Completed + scheduler.CutOff, false, failure, string.Join(' ', SavedSchedule.Lines(parked.Choices))) { CutOff = scheduler.CutOff };
    }

    /// <summary>Counts the steps and the stores that a scheduler is told.</summary>
    private sealed class Watched(IThreadScheduler scheduler) : IThreadScheduler
    {
        public long Steps { get; private set; }

        public long Stores { get; private set; }

        public int Next(ReadOnlySpan<PendingStep> pending) => scheduler.Next(pending);

        public void Took(in TakenStep step)
        {
            Steps++;
            if (step.Writes) Stores++;
            scheduler.Took(step);
        }
    }
}
