// What a system declares when it is made, and never changes (rules 8.1 and 9.4).
namespace PerfModel.Implementation;

/// <summary>The declaration of a system (rule 9.4): its dialect, how many events it holds, and the tasks and cpus there are.</summary>
public sealed record PerfEventsOptions
{
    /// <summary>The highest <see cref="Capacity"/>, 2²⁴.</summary>
    public const int MaxCapacity = 1 << 24;

    /// <summary>The highest <see cref="Tasks"/>, 2²²: Linux's PID_MAX_LIMIT.</summary>
    public const int MaxTasks = 1 << 22;

    /// <summary>Which reading of the spec to follow (rule 8.1).</summary>
    public Dialect Dialect { get; init; } = Dialect.Patch2011;

    /// <summary>
    /// M: how many events can be live at once, 1…2²⁴; one more is EMFILE (rule 1.4). A place costs 8 bytes while it is empty.
    /// </summary>
    /// <remarks>
    /// The place takes ⌈log₂ M⌉ bits of a handle, and the rest of 63 bits numbers the Opens, so that the default has 2⁴⁷ handles
    /// to issue: four years of a million Opens per second. A system that has issued its last handle answers EMFILE from then on
    /// rather than issue one twice (rule 1.2).
    /// </remarks>
    public int Capacity { get; init; } = 65_536;

    /// <summary>
    /// R, 0…T: tasks 0…R−1 run from the start and never exit; only on them can be opened (rules 1.5 and 6.1). A root costs 8 bytes.
    /// Rule 9.4 asks for one root at least; a system without one has cpu events only.
    /// </summary>
    public int Roots { get; init; } = 1;

    /// <summary>
    /// T, 0…2²² and at least R: the names of tasks are 0…T−1. The default is Linux's pid_max. Names cost nothing until a fork takes one:
    /// 8 bytes then, for it and each of the 127 beside it.
    /// </summary>
    /// <remarks>A name is never free again (rule 6.1), so T bounds how many forks a system can make in its life.</remarks>
    public int Tasks { get; init; } = 32_768;

    /// <summary>How many cpus there are, 0…2³¹−1. They are 0…Cpus−1; an Open on any other is EINVAL (rule 1.3). The default is this machine's.</summary>
    public int Cpus { get; init; } = Environment.ProcessorCount;

    /// <summary>Throws on a declaration that no system can keep.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    internal void Validate()
    {
        if (Dialect is not (Dialect.Patch2011 or Dialect.Amended or Dialect.Linux613))
            throw new ArgumentOutOfRangeException(nameof(Dialect), Dialect, "the dialect is Patch2011, Amended or Linux613");
        RequireRange(Capacity, 1, MaxCapacity, nameof(Capacity));
        RequireRange(Tasks, 0, MaxTasks, nameof(Tasks));
        RequireRange(Roots, 0, Tasks, nameof(Roots));
        RequireRange(Cpus, 0, int.MaxValue, nameof(Cpus));
    }

    private static void RequireRange(int value, int from, int to, string name)
    {
        if (value < from || value > to)
            throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"{name} is {from} to {to}"));
    }
}
