// The some thirty lines of code that have a system of your own tested: they put its calls and its handles into the suite's words.
using PerfModel.Conformance.Subjects;
using PerfModel.Model;

namespace Your;

public sealed class YourSubject(Declaration declaration) : ISubject
{
    private readonly YourEvents _events = new(declaration.Handles, declaration.Roots, declaration.Cpus, (YourFlavor)declaration.Dialect);
    private readonly HandleNames _names = new();

    public Result Apply(Operation operation) => operation switch
    {
        Operation.Open { Attributes: var a } open => Try(() => _names.Issued(open.Name, _events.Open(
            a.Task, a.Cpu, a.Period, a.Inherit, a.Enabled, a.StartPaused, a.Aux, a.Leader is { } leader ? _names.Raw(leader) : null, a.Pauses, a.Resumes))),
        Operation.SetLink { Role: Role.Starter } set => Try(() => _events.SetStarter(_names.Raw(set.Trigger), _names.Raw(set.Target))),
        Operation.SetLink set => Try(() => _events.SetStopper(_names.Raw(set.Trigger), _names.Raw(set.Target))),
        Operation.Close { Event: var e } => Try(() => _events.Close(_names.Raw(e))),
        Operation.Enable { Event: var e } => Try(() => _events.Enable(_names.Raw(e), true)),
        Operation.Disable { Event: var e } => Try(() => _events.Enable(_names.Raw(e), false)),
        Operation.ScheduleIn { Instance: var e } => Try(() => _events.Schedule(_names.Raw(e.Event), true)),
        Operation.ScheduleOut { Instance: var e } => Try(() => _events.Schedule(_names.Raw(e.Event), false)),
        Operation.Throttle { Instance: var e } => Try(() => _events.Throttle(_names.Raw(e.Event), true)),
        Operation.Unthrottle { Instance: var e } => Try(() => _events.Throttle(_names.Raw(e.Event), false)),
        Operation.Tick { Instance: var e } tick => Try(() => _events.Tick(_names.Raw(e.Event), tick.Amount) is { } n ? Result.Of(n) : Result.Ignored),
        Operation.Overflow { Instance: var e } => Try(() => _events.Overflow(_names.Raw(e.Event)) is { } n ? Result.Of(n) : Result.Ignored),
        Operation.CountOf { Instance: var e } => Try(() => Result.Of(_events.Count(_names.Raw(e.Event)))),
        Operation.SamplesOf { Instance: var e } => Try(() => Result.Of(_events.Samples(_names.Raw(e.Event)))),
        Operation.PausedOf { Instance: var e } => Try(() => Result.Gate(_events.Paused(_names.Raw(e.Event)))),
        Operation.StateOf { Instance: var e } => Try(() => Result.Of((Activity)_events.State(_names.Raw(e.Event)))),
        Operation.OwnerOf { Instance: var e } read => Try(() => _events.Owner(_names.Raw(e.Event), read.Role == Role.Starter) is { } owner ? _names.Owner(owner) : Result.NoOwner),
        _ => throw new NotSupportedException($"{operation.Verb} is of a profile that we do not claim"),
    };

    // Your library says no in its own way; the suite knows the names of errno.h.
    private static Result Try(Func<Result> call)
    {
        try { return call(); }
        catch (YourException e) { return Result.Of(Enum.Parse<Errno>(e.Message)); }
    }

    private static Result Try(Action call) => Try(() => { call(); return Result.Ok; });
}
