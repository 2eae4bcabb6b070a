// The words of the public surface: errors, dialects, states, handles, instances and the attributes of an event.
using System.Globalization;

namespace PerfModel.Implementation;

/// <summary>Why a call was refused, with Linux's names and numbers; <see cref="None"/> is success.</summary>
/// <remarks>A refused call changed nothing (rule 1.9).</remarks>
public enum Errno
{
    /// <summary>The call was carried out.</summary>
    None = 0,

    /// <summary>No such task is running (rules 1.5, 6.2 and 6.9).</summary>
    ESRCH = 3,

    /// <summary>The handle was never issued, or its event is dead (rules 1.7, 2.2 and 8.14).</summary>
    EBADF = 9,

    /// <summary>Every task name was used (rule 6.2).</summary>
    EAGAIN = 11,

    /// <summary>Another live event holds this role for the target (rule 2.5).</summary>
    EBUSY = 16,

    /// <summary>This trigger already holds this role for this target (rule 2.4); the task name was used (6.2).</summary>
    EEXIST = 17,

    /// <summary>An argument that no state would make acceptable (rules 1.3, 2.3, 4.3, 6.1, 6.2, 8.4, 8.7, 8.10, 8.12 and 8.14).</summary>
    EINVAL = 22,

    /// <summary>As many events are live as the system holds (rules 1.4 and 7.12).</summary>
    EMFILE = 24,

    /// <summary>No such call: in <see cref="Dialect.Linux613"/> there are no links to set (rule 8.11).</summary>
    ENOTTY = 25,

    /// <summary>The count would pass 2⁵³−1 (rule 4.6), or the total has passed 2⁶³−1 (6.10).</summary>
    EOVERFLOW = 75,

    /// <summary>The event has not the capability that it is asked for (rule 8.13).</summary>
    EOPNOTSUPP = 95,
}

/// <summary>Which reading of the spec a system follows, for its whole life (rule 8.1).</summary>
public enum Dialect
{
    /// <summary>The patch of 2011 with its holes closed: a visit to a target that is not Active is ignored (rule 8.2).</summary>
    Patch2011,

    /// <summary>The semantics that its users needed: the gate moves in every state of the target, and an event may open paused (rules 8.3 and 8.5).</summary>
    Amended,

    /// <summary>Linux 6.13: roles are given at Open, to a sibling for its group's leader (rules 8.11 to 8.23).</summary>
    Linux613,
}

/// <summary>The activity of an event, its gate and throttle aside (rule 3.1).</summary>
public enum EventState
{
    /// <summary>Not enabled.</summary>
    Off,

    /// <summary>Enabled, not scheduled.</summary>
    Inactive,

    /// <summary>Enabled and scheduled.</summary>
    Active,

    /// <summary>Turned off by the death of its leader (rule 8.19).</summary>
    Error,
}

/// <summary>The name of one event, returned by <c>Open</c>, issued once and never again (rule 1.2).</summary>
/// <param name="Value">Positive in every handle that was issued; anything else is EBADF to every call (rule 1.7).</param>
public readonly record struct EventHandle(long Value)
{
    /// <summary>No event: the default value, never issued.</summary>
    public static EventHandle None => default;

    /// <summary>The copy of the event that a task inherited (rule 6.4). Whether there is one is not asked.</summary>
    /// <remarks>Never the event's own instance: in the task it was opened for, it has no copy.</remarks>
    public EventInstance In(int task) => new(this, task);

    /// <summary>The value in decimal, or <c>none</c>.</summary>
    public override string ToString() => Value == 0 ? "none" : Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One event in one task, of which hardware and reads speak. A handle converts to its event's own instance.</summary>
/// <param name="Event">The event.</param>
/// <param name="Task">The forked task that has this copy; null is the event's own instance.</param>
/// <remarks>The default value is the own instance of no event: EBADF to every call (rule 1.7).</remarks>
public readonly record struct EventInstance(EventHandle Event, int? Task = null)
{
    /// <summary>The instance of an event in the task it was opened for.</summary>
    public static implicit operator EventInstance(EventHandle handle) => FromEventHandle(handle);

    /// <summary>The instance of an event in the task it was opened for.</summary>
    public static EventInstance FromEventHandle(EventHandle handle) => new(handle);

    /// <summary>As its event, and behind an <c>@</c> the task of a copy.</summary>
    public override string ToString() =>
        Task is { } task ? string.Create(CultureInfo.InvariantCulture, $"{Event}@{task}") : Event.ToString();
}

/// <summary>The attributes an event is opened with; none changes afterwards but for the two starting states.</summary>
/// <param name="Task">The task it counts in: a declared root, 0 and up, or <see cref="NoTask"/>. In other tasks there are only copies.</param>
/// <param name="Cpu">The cpu it counts on: a declared one, 0 and up, or <see cref="AnyCpu"/>.</param>
/// <remarks>
/// Task and cpu are the event's scope. A scope of no task and any cpu is EINVAL (rule 1.3); two events can be linked only
/// within one scope (rule 2.3).
/// </remarks>
public readonly record struct EventAttributes(int Task, int Cpu)
{
    /// <summary>The <see cref="Task"/> of an event that belongs to a cpu.</summary>
    public const int NoTask = -1;

    /// <summary>The <see cref="Cpu"/> of an event that follows its task.</summary>
    public const int AnyCpu = -1;

    /// <summary>The highest <see cref="SamplePeriod"/>, 2⁵³−1 (rule 1.3).</summary>
    public const long MaxSamplePeriod = (1L << 53) - 1;

    /// <summary>Counts from one overflow to the next, 0…2⁵³−1; 0 is a counting event, which never overflows (rule 4.4).</summary>
    public long SamplePeriod { get; init; }

    /// <summary>Whether a fork of the task copies the event (rule 6.3). Without a task it is accepted, and changes nothing.</summary>
    public bool Inherit { get; init; }

    /// <summary>Whether the event opens enabled (rule 1.1).</summary>
    public bool Enabled { get; init; }

    /// <summary>Whether the event opens with its gate paused (rules 8.5 and 8.13); EINVAL in <see cref="Dialect.Patch2011"/> (rule 8.4).</summary>
    public bool StartPaused { get; init; }

    /// <summary>Whether the siblings of its group can pause and resume the event (rules 8.13 and 8.14); <see cref="Dialect.Linux613"/> only (8.10).</summary>
    public bool Aux { get; init; }

    /// <summary>The leader of the event's group, which it pauses or resumes; <see cref="EventHandle.None"/> for none (rules 8.10, 8.12 and 8.14).</summary>
    public EventHandle Leader { get; init; }

    /// <summary>Whether an overflow of the event pauses its leader, before its own sample (rules 8.10, 8.12 and 8.16).</summary>
    public bool Pauses { get; init; }

    /// <summary>Whether an overflow of the event resumes its leader, after its own sample (rules 8.10, 8.12 and 8.16).</summary>
    public bool Resumes { get; init; }
}
