// A system of a native library, as the suite asks it: handles under the names of the program, numbers of errnos as the model's.
using PerfModel.Conformance.Subjects;
using PerfModel.Model;

namespace PerfModel.Conformance.Child;

/// <summary>One system of a library.</summary>
internal sealed unsafe class LibrarySubject : ISubject, IDisposable
{
    // Below the errnos, of which Linux has at most 4095.
    private const long Ignored = -4096, None = -4097, Skipped = -4098;

    private readonly UserLibrary _library;
    private readonly nint _system;
    private readonly HandleNames _names = new();

    /// <summary>Makes it.</summary>
    /// <exception cref="NotSupportedException">The library does not offer the dialect.</exception>
    public LibrarySubject(UserLibrary library, Declaration declaration)
    {
        _library = library;
        _system = library.Create(new NativeDeclaration((int)declaration.Dialect, declaration.Handles, declaration.Roots, declaration.Tasks, declaration.Cpus));
        if (_system == 0) throw new NotSupportedException($"{library.Maker} returned NULL: it does not offer {declaration.Dialect}");
    }

    /// <inheritdoc/>
    public Result Apply(Operation operation)
    {
        switch (operation)
        {
            case Operation.Open open:
                var handle = _library.Open(_system, Native(open.Attributes));
                return handle < 0 ? Refused(handle) : _names.Issued(open.Name, handle);
            case Operation.SetLink { Role: Role.Starter } set: return Done(_library.SetStarter(_system, _names.Raw(set.Trigger), _names.Raw(set.Target)));
            case Operation.SetLink set: return Done(_library.SetStopper(_system, _names.Raw(set.Trigger), _names.Raw(set.Target)));
            case Operation.Close call: return Done(_library.Close(_system, _names.Raw(call.Event)));
            case Operation.Enable call: return Done(_library.Enable(_system, _names.Raw(call.Event)));
            case Operation.Disable call: return Done(_library.Disable(_system, _names.Raw(call.Event)));
            case Operation.TotalCount call: return Number(_library.TotalCount is not null ? _library.TotalCount(_system, _names.Raw(call.Event)) : throw _library.Lacks("pm_total_count"));
            case Operation.Fork fork: return Done(_library.Fork is not null ? _library.Fork(_system, fork.Task, fork.Child) : throw _library.Lacks("pm_fork"));
            case Operation.Exit exit: return Done(_library.Exit is not null ? _library.Exit(_system, exit.Task) : throw _library.Lacks("pm_exit"));
            case Operation.OnInstance call: return Apply(call, _names.Raw(call.Instance.Event), call.Instance.CopyTask);
            default: throw new ArgumentOutOfRangeException(nameof(operation), operation, "no operation of perfmodel.h");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _library.Destroy(_system);

    private Result Apply(Operation.OnInstance call, long e, int task) => call switch
    {
        Operation.ScheduleIn => Done(_library.ScheduleIn(_system, e, task)),
        Operation.ScheduleOut => Done(_library.ScheduleOut(_system, e, task)),
        Operation.Throttle => Done(_library.Throttle(_system, e, task)),
        Operation.Unthrottle => Done(_library.Unthrottle(_system, e, task)),
        Operation.Tick tick => Number(_library.Tick(_system, e, task, tick.Amount)),
        Operation.Overflow => Number(_library.Overflow(_system, e, task)),
        Operation.CountOf => Number(_library.Count(_system, e, task)),
        Operation.SamplesOf => Number(_library.Samples(_system, e, task)),
        Operation.StateOf => State(_library.State(_system, e, task)),
        Operation.PausedOf => Paused(_library.Paused(_system, e, task)),
        Operation.OwnerOf { Role: Role.Starter } => Owner(_library.StarterOf(_system, e, task, out var owner), owner),
        Operation.OwnerOf => Owner(_library.StopperOf(_system, e, task, out var owner), owner),
        _ => throw new ArgumentOutOfRangeException(nameof(call), call, "no operation of perfmodel.h"),
    };

    private Result Owner(long answer, int task) => answer >= 0 ? _names.Owner(answer, task) : answer == None ? Result.NoOwner : Refused(answer);

    private static Result Done(long answer) => answer == 0 ? Result.Ok : answer > 0 ? Result.Of(answer) : Refused(answer);

    private static Result Number(long answer) => answer >= 0 ? Result.Of(answer) : answer == Ignored ? Result.Ignored : Refused(answer);

    private static Result State(long answer) => answer is >= 0 and <= int.MaxValue ? Result.Of((Activity)answer) : Refused(answer);

    private static Result Paused(long answer) => answer is 0 or 1 ? Result.Gate(answer == 1) : answer > 1 ? Result.Foreign(answer) : Refused(answer);

    // As errno.h of Linux has them. What the spec does not have is an answer that no model gives.
    private static Result Refused(long answer) => answer switch
    {
        -3 => Result.Of(Errno.ESRCH),
        -9 => Result.Of(Errno.EBADF),
        -11 => Result.Of(Errno.EAGAIN),
        -16 => Result.Of(Errno.EBUSY),
        -17 => Result.Of(Errno.EEXIST),
        -22 => Result.Of(Errno.EINVAL),
        -24 => Result.Of(Errno.EMFILE),
        -25 => Result.Of(Errno.ENOTTY),
        -75 => Result.Of(Errno.EOVERFLOW),
        -95 => Result.Of(Errno.EOPNOTSUPP),
        Skipped => throw new NotImplementedException("answered PM_SKIPPED"),
        _ => Result.Foreign(answer),
    };

    private NativeAttributes Native(Attributes a) => new(
        a.Period, a.Leader is { } leader ? _names.Raw(leader) : 0, a.Task, a.Cpu,
        Flag(a.Inherit, 0) | Flag(a.Enabled, 1) | Flag(a.StartPaused, 2) | Flag(a.Leader is not null, 3) | Flag(a.Aux, 4) | Flag(a.Pauses, 5) | Flag(a.Resumes, 6));

    private static uint Flag(bool isSet, int bit) => isSet ? 1u << bit : 0;
}
