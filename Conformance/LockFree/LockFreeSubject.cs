// The adapter of the lock-free implementation. Compiled once more with each wrong edit of the implementation (Conformance/Wrong).
using PerfModel.Implementation;
using PerfModel.Model;
using Errno = PerfModel.Implementation.Errno;

namespace PerfModel.Conformance.Subjects;

/// <summary>The shipped build as a subject.</summary>
public sealed class LockFreeSubject(Declaration declaration) : LockFreeSubject<NoHook>(declaration);

/// <summary>Translates operations to calls of <see cref="PerfEvents{THook}"/>, and their answers back.</summary>
/// <typeparam name="THook">What stands before every access to shared state.</typeparam>
public class LockFreeSubject<THook>(Declaration declaration) : ISubject
    where THook : struct, ISchedulingHook
{
    private readonly PerfEvents<THook> _events = new(new PerfEventsOptions
    {
        Dialect = declaration.Dialect switch
        {
            Model.Dialect.Patch2011 => Implementation.Dialect.Patch2011,
            Model.Dialect.Amended => Implementation.Dialect.Amended,
            _ => Implementation.Dialect.Linux613,
        },
        Capacity = declaration.Handles,
        Roots = declaration.Roots,
        Tasks = declaration.Tasks,
        Cpus = declaration.Cpus,
    });

    private readonly HandleNames _names = new();

    /// <summary>The system itself.</summary>
    protected PerfEvents<THook> Events => _events;

    /// <inheritdoc/>
    public Result Apply(Operation operation) => operation switch
    {
        Operation.Open open => Open(open),
        Operation.SetLink { Role: Role.Starter } set => Answer(_events.SetStarter(Handle(set.Trigger), Handle(set.Target))),
        Operation.SetLink set => Answer(_events.SetStopper(Handle(set.Trigger), Handle(set.Target))),
        Operation.Close call => Answer(_events.Close(Handle(call.Event))),
        Operation.Enable call => Answer(_events.Enable(Handle(call.Event))),
        Operation.Disable call => Answer(_events.Disable(Handle(call.Event))),
        Operation.TotalCount call => Answer(_events.TotalCount(Handle(call.Event), out var total), () => Result.Of(total)),
        Operation.Fork fork => Answer(_events.Fork(fork.Task, fork.Child)),
        Operation.Exit exit => Answer(_events.Exit(exit.Task)),
        Operation.ScheduleIn call => Answer(_events.ScheduleIn(Instance(call))),
        Operation.ScheduleOut call => Answer(_events.ScheduleOut(Instance(call))),
        Operation.Throttle call => Answer(_events.Throttle(Instance(call))),
        Operation.Unthrottle call => Answer(_events.Unthrottle(Instance(call))),
        Operation.Tick tick => Delivered(_events.Tick(Instance(tick), tick.Amount, out var overflows), overflows),
        Operation.Overflow call => Delivered(_events.Overflow(Instance(call), out var overflows), overflows),
        Operation.CountOf read => Answer(_events.Count(Instance(read), out var count), () => Result.Of(count)),
        Operation.SamplesOf read => Answer(_events.Samples(Instance(read), out var samples), () => Result.Of(samples)),
        Operation.PausedOf read => Answer(_events.Paused(Instance(read), out var paused), () => Result.Gate(paused)),
        Operation.StateOf read => Answer(_events.State(Instance(read), out var state), () => Result.Of((Activity)state)),
        Operation.OwnerOf { Role: Role.Starter } read => Answer(_events.StarterOf(Instance(read), out var owner), () => Owner(owner)),
        Operation.OwnerOf read => Answer(_events.StopperOf(Instance(read), out var owner), () => Owner(owner)),
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "not an operation of this version"),
    };

    private Result Open(Operation.Open open)
    {
        var a = open.Attributes;
        var errno = _events.Open(new EventAttributes(a.Task, a.Cpu)
        {
            SamplePeriod = a.Period,
            Inherit = a.Inherit,
            Enabled = a.Enabled,
            StartPaused = a.StartPaused,
            Aux = a.Aux,
            Leader = a.Leader is { } leader ? Handle(leader) : EventHandle.None,
            Pauses = a.Pauses,
            Resumes = a.Resumes,
        }, out var handle);
        return errno == Errno.None ? _names.Issued(open.Name, handle.Value) : Answer(errno);
    }

    private EventHandle Handle(Handle name) => new(_names.Raw(name));

    private EventInstance Instance(Operation.OnInstance call) =>
        call.Instance.IsCopy ? Handle(call.Instance.Event).In(call.Instance.CopyTask) : Handle(call.Instance.Event);

    private Result Owner(EventInstance owner) => owner.Event == EventHandle.None ? Result.NoOwner : _names.Owner(owner.Event.Value, owner.Task ?? -1);

    private static Result Delivered(Errno errno, long overflows) =>
        Answer(errno, () => overflows == PerfEvents<THook>.Ignored ? Result.Ignored : Result.Of(overflows));

    private static Result Answer(Errno errno, Func<Result>? value = null) => errno switch
    {
        Errno.None => value?.Invoke() ?? Result.Ok,
        Errno.EBADF => Result.Of(Model.Errno.EBADF),
        Errno.EINVAL => Result.Of(Model.Errno.EINVAL),
        Errno.EEXIST => Result.Of(Model.Errno.EEXIST),
        Errno.EBUSY => Result.Of(Model.Errno.EBUSY),
        Errno.EMFILE => Result.Of(Model.Errno.EMFILE),
        Errno.EAGAIN => Result.Of(Model.Errno.EAGAIN),
        Errno.ESRCH => Result.Of(Model.Errno.ESRCH),
        Errno.EOVERFLOW => Result.Of(Model.Errno.EOVERFLOW),
        Errno.ENOTTY => Result.Of(Model.Errno.ENOTTY),
        Errno.EOPNOTSUPP => Result.Of(Model.Errno.EOPNOTSUPP),
        _ => throw new ArgumentOutOfRangeException(nameof(errno), errno, "not an errno of this version"),
    };
}
