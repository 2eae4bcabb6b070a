// The answers: every one of the spec, and what a subject may answer that is none of them; ToString is the text grammar's word for each.
using System.Globalization;

namespace PerfModel.Model;

/// <summary>The errors of the spec, by the names that errno.h gives them.</summary>
public enum Errno
{
    /// <summary>No error.</summary>
    None,

    /// <summary>Not a live handle (rules 1.7 and 2.2).</summary>
    EBADF,

    /// <summary>An argument that can never be right (rules 1.3, 2.3, 4.3, 6.1, 6.2, 8.4, 8.7, 8.10, 8.12 and 8.14).</summary>
    EINVAL,

    /// <summary>The slot names this trigger already (rule 2.4); the name of the task was used before (rule 6.2).</summary>
    EEXIST,

    /// <summary>The slot names another owner (rule 2.5).</summary>
    EBUSY,

    /// <summary>As many handles as declared are live (rule 1.4).</summary>
    EMFILE,

    /// <summary>No such task is running (rules 1.5, 6.2 and 6.9).</summary>
    ESRCH,

    /// <summary>The count would pass 2⁵³−1 (rule 4.6), or a sum of counts 2⁶³−1 (rule 6.10).</summary>
    EOVERFLOW,

    /// <summary>All declared names of tasks are used (rule 6.2).</summary>
    EAGAIN,

    /// <summary>No such call on this event: Linux613 has no links to set (rule 8.11).</summary>
    ENOTTY,

    /// <summary>The event has not the capability that it is asked for (rule 8.13).</summary>
    EOPNOTSUPP,
}

/// <summary>The activity of an enabled or disabled, scheduled or unscheduled instance (rules 3.1 and 8.19).</summary>
public enum Activity
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

/// <summary>The answer of an operation.</summary>
public readonly record struct Result
{
    private enum Kind
    {
        Error,
        Done,
        Number,
        Ignored,
        Activity,
        Gate,
        Owner,
        Foreign,
    }

    private readonly Kind _kind;
    private readonly long _value;

    private Result(Kind kind, long value) => (_kind, _value) = (kind, value);

    /// <summary>Success with nothing more to say.</summary>
    public static Result Ok { get; } = new(Kind.Done, 0);

    /// <summary>A Tick or an Overflow of an instance that does not run (rules 4.2 and 4.8).</summary>
    public static Result Ignored { get; } = new(Kind.Ignored, 0);

    /// <summary>StarterOf or StopperOf an instance with a free slot (rule 2.11).</summary>
    public static Result NoOwner { get; } = new(Kind.Owner, -1);

    /// <summary>A refusal. One that is none of the spec's is the answer <c>error 12</c>, as the default of this type is <c>error 0</c>; no model gives it.</summary>
    public static Result Of(Errno errno) => new(Kind.Error, (long)errno);

    /// <summary>A count, a number of samples, or the overflows delivered.</summary>
    public static Result Of(long number) => new(Kind.Number, number);

    /// <summary>The answer of State (rule 3.1); of a value that is no <see cref="Model.Activity"/>, <see cref="Foreign"/>.</summary>
    public static Result Of(Activity activity) => activity is < Model.Activity.Off or > Model.Activity.Error ? Foreign((long)activity) : new(Kind.Activity, (long)activity);

    /// <summary>The answer of Paused (rule 4.13).</summary>
    public static Result Gate(bool paused) => new(Kind.Gate, paused ? 1 : 0);

    /// <summary>The answer of StarterOf and StopperOf (rule 2.11); of an owner that can have no name, <see cref="Foreign"/>.</summary>
    public static Result Owner(Instance owner) => owner.Event.Id is < 0 or > Handle.HighestId ? Foreign(owner.Event.Id)
        : owner.CopyTask < -1 ? Foreign(owner.CopyTask) : new(Kind.Owner, ((long)owner.Event.Id << 32) | (uint)owner.CopyTask);

    /// <summary>The answer of StarterOf and StopperOf, with a free slot as null.</summary>
    public static Result OwnerOrNone(Instance? owner) => owner is { } instance ? Owner(instance) : NoOwner;

    /// <summary>A subject's answer that names a value it cannot know, such as a handle that it never issued; no model gives it.</summary>
    public static Result Foreign(long rawHandle) => new(Kind.Foreign, rawHandle);

    /// <summary>The error, or <see cref="Errno.None"/>.</summary>
    public Errno Errno => _kind == Kind.Error ? (Errno)_value : Errno.None;

    /// <summary>Whether this is an error.</summary>
    public bool IsError => _kind == Kind.Error;

    /// <summary>The number answered, or null if the answer is none.</summary>
    public long? Number => _kind == Kind.Number ? _value : null;

    /// <summary>The owner answered, or null if the answer names none.</summary>
    internal Instance? OwnerInstance => _kind == Kind.Owner && _value != -1 ? new Instance(new Handle((int)(_value >> 32)), (int)_value) : null;

    /// <summary>The word in the text grammar: <c>ok</c>, <c>ok 3</c>, <c>ok ignored</c>, <c>EBUSY</c>…</summary>
    public override string ToString() => _kind switch
    {
        Kind.Error => Errno is Errno.None || !Enum.IsDefined(Errno) ? "error " + _value.ToString(CultureInfo.InvariantCulture) : Errno.ToString(),
        Kind.Number => "ok " + _value.ToString(CultureInfo.InvariantCulture),
        Kind.Ignored => "ok ignored",
        Kind.Activity => (Activity)_value switch { Activity.Off => "ok off", Activity.Inactive => "ok inactive", Activity.Active => "ok active", _ => "ok error" },
        Kind.Gate => _value == 1 ? "ok paused" : "ok open",
        Kind.Owner when _value == -1 => "ok none",
        Kind.Owner => $"ok {new Instance(new Handle((int)(_value >> 32)), (int)_value)}",
        Kind.Foreign => "ok #" + _value.ToString(CultureInfo.InvariantCulture),
        _ => "ok",
    };
}
