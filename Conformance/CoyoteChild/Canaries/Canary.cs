// Canaries: races put there on purpose, one for each way of touching shared state. A scheduler that does not find one is blind to that way.
using PerfModel.Conformance;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Engines;

namespace PerfModel.CoyoteChild.Canaries;

/// <summary>What Coyote is known to make of a race.</summary>
internal enum Sight
{
    /// <summary>It stands before this kind of access, so it must find the race.</summary>
    Seen,

    /// <summary>There is no race; an alarm would be a false one.</summary>
    Quiet,

    /// <summary>It does not stand before this kind of access, and finds nothing.</summary>
    Unseen,

    /// <summary>It raises an alarm about correct code.</summary>
    FalseAlarm,

    /// <summary>It says that it does not control this.</summary>
    Refused,
}

/// <summary>A race between two threads that run the same code.</summary>
internal abstract class Race
{
    /// <summary>What each of the two threads does: an update in two accesses, which is wrong when the other comes between.</summary>
    protected abstract void Update();

    /// <summary>Whether the outcome shows that one came between the other's accesses.</summary>
    protected abstract bool Lost { get; }

    public string? Run()
    {
        ControlledThreads.Run(Update, Update);
        return Lost ? "an update was lost" : null;
    }
}

/// <param name="Kind">The kind of access, as one would write it.</param>
/// <param name="Expected">What is known of it.</param>
/// <param name="PlainFields">Whether plain fields are scheduling points. Off wherever it can be, or the loads of the fields around an
/// access would hide that the access itself is none.</param>
internal sealed record Canary(string Kind, Sight Expected, bool PlainFields)
{
    /// <summary>Within how many schedules a race must be found; in fact each is found within 20.</summary>
    public const int Schedules = 100;

    public required Func<Race> Create { get; init; }

    /// <summary>Long, because on a busy machine a short one would take a stall for a hang; short only where a hang is what must come.</summary>
    public TimeSpan HangTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public Sighting Look(uint seed)
    {
        Exploration exploration = CoyoteRunner.Run(() => Create().Run(), new ExplorationOptions
        {
            Strategy = "random",
            Schedules = Schedules,
            Seed = seed,
            PlainFields = PlainFields,
            HangTimeout = HangTimeout,
        });
        Sight seen = exploration.First switch
        {
            null when Expected is Sight.Quiet => Sight.Quiet,
            null => Sight.Unseen,
            // What is lost under a lock is lost by Coyote.
            { Ending: Ending.Returned } => Expected is Sight.FalseAlarm ? Sight.FalseAlarm : Sight.Seen,
            { Ending: Ending.Uncontrolled } => Sight.Refused,
            _ => Sight.FalseAlarm,
        };
        int? after = exploration.First?.Schedule;
        string? words = exploration.First?.Message.Split('\n')[0];
        return new Sighting(seen switch
        {
            Sight.Seen => $"{Kind}: found in schedule {after}",
            Sight.Quiet => $"{Kind}: quiet, as it should be",
            Sight.Unseen when Expected is Sight.Seen => $"{Kind}: blind, nothing found in {Schedules} schedules",
            Sight.Unseen => $"{Kind}: not seen",
            Sight.Refused => $"{Kind}: refused in schedule {after} ({words})",
            _ => $"{Kind}: false alarm in schedule {after} ({words})",
        }, seen == Expected);
    }
}

/// <summary>Runs the canaries.</summary>
internal static class CanaryRuns
{
    /// <summary>The kinds of access that explored code may use. One that is not as expected makes every run blind.</summary>
    public static IReadOnlyList<Sighting> RunCanaries(uint seed) => [.. SeenRaces.All.Select(canary => canary.Look(seed))];

    /// <summary>The kinds that explored code must not use, and what Coyote makes of each.</summary>
    public static IReadOnlyList<Sighting> RunHoles(uint seed) => [.. Holes.All.Select(canary => canary.Look(seed))];
}
