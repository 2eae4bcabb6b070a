// The names of Coyote's exploration strategies, and what each is good at: the one list that the command, its help and the runner use.
namespace PerfModel.Conformance.Engines;

/// <summary>How Coyote chooses the next thread at a scheduling point.</summary>
/// <param name="Name">What a user types.</param>
/// <param name="Summary">One line for a user who has to choose.</param>
internal sealed record ExplorationStrategy(string Name, string Summary)
{
    /// <summary>What is used if nobody says which.</summary>
    public static ExplorationStrategy Default => All[0];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ExplorationStrategy> All { get; } =
    [
        new("portfolio", "random, probabilistic, fair-prioritization and fair-delay-bounding in turn"),
        new("random", "each runnable thread is equally likely at each point"),
        new("probabilistic", "stays with the running thread 7 times out of 8: long stretches, few switches"),
        new("prioritization", "random priorities, changed at 10 random points: finds orders that need few switches"),
        new("fair-prioritization", "prioritization, then random when a schedule grows long"),
        new("delay-bounding", "round robin, with 10 random delays"),
        new("fair-delay-bounding", "delay-bounding, then random when a schedule grows long"),
        new("q-learning", "learns to avoid what it has seen; needs many schedules of one program"),
    ];

    /// <summary>The strategy of that name, or null.</summary>
    public static ExplorationStrategy? Find(string name) => All.FirstOrDefault(strategy => strategy.Name == name);
}
