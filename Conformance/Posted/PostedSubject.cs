// The patch of 2011 as it was posted, running: its locks, lists and stores, statement by statement as in Model/Posted. It is wrong, as the patch is.
//
// A method names the function of the kernel that it is; an await is a statement, between which anything may come. What the patch says nothing of (the checks
// of perf_event_open, tasks, totals) is as in Locked, under one lock, `_context`, which stands for the base kernel's: ctx->mutex, ctx->lock, the task list.
//
// A thread of a program stands for another cpu, or for an interrupt. The patch has interrupts off in its handler, so a target is not switched out in the
// middle of a visit; everything else may come anywhere. Memory is freed as soon as it may be, and is never used again: whoever reaches it has an oops.
using System.Collections.Concurrent;
using PerfModel.Conformance.Coroutines;
using PerfModel.Conformance.Subjects;
using PerfModel.Model;
using PerfModel.Model.Posted;

namespace PerfModel.Posted;

/// <summary>The posted patch as a subject, in dialect Patch2011.</summary>
public sealed partial class PostedSubject : ICoroutineSubject, IInspectable, IDefective
{
    private readonly Declaration _declaration;
    private readonly Mend _mends;
    private readonly Mutex _context = new("ctx", "mutex");
    private readonly Location _tasks = new("tasks");

    // By the names of the program: no thread uses a name that another opens, so that to find one is no statement.
    private readonly ConcurrentDictionary<Handle, PerfEvent> _opened = new();

    // Under _context.
    private readonly List<PerfEvent> _own = [];
    private readonly HashSet<int> _usedNames;
    private readonly HashSet<int> _running;
    private int _handles;

    // Through _tasks: copies appear when their child does.
    private readonly Dictionary<Instance, PerfEvent> _copies = [];

    private readonly SortedSet<string> _met = new(StringComparer.Ordinal);
    private string? _warning;

    /// <summary>The patch as it was posted.</summary>
    /// <exception cref="NotSupportedException">Another dialect than Patch2011: there is no such patch.</exception>
    public PostedSubject(Declaration declaration)
        : this(declaration, Mend.None)
    {
    }

    /// <summary>The patch with defects mended.</summary>
    internal PostedSubject(Declaration declaration, Mend mends)
    {
        if (declaration.Dialect != Dialect.Patch2011) throw new NotSupportedException($"the patch is of {Dialect.Patch2011}");
        (_declaration, _mends) = (declaration, mends);
        _usedNames = [.. Enumerable.Range(0, declaration.Roots)];
        _running = [.. _usedNames];
    }

    /// <inheritdoc/>
    public IReadOnlyList<KnownDefect> Met
    {
        get
        {
            lock (_met) return [.. _met.Select(Known.Of)];
        }
    }

    /// <inheritdoc/>
    public string? Unrest() => _warning;

    /// <inheritdoc/>
    public Result Apply(Operation operation) => CoroutineThread.Alone(() => Begin(operation).Result);

    /// <inheritdoc/>
    public Co<Result> Begin(Operation operation) => operation switch
    {
        Operation.Open open => Open(open.Name, open.Attributes),
        Operation.SetLink set => PerfIoctl(set.Role, set.Trigger, set.Target),
        Operation.Close call => Close(call.Event),
        Operation.Enable call => OnFamily(call.Event, Enable),
        Operation.Disable call => OnFamily(call.Event, Disable),
        Operation.TotalCount call => TotalCount(call.Event),
        Operation.Fork fork => CopyProcess(fork.Task, fork.Child),
        Operation.Exit exit => DoExit(exit.Task),
        Operation.OnInstance call => OnInstance(call),
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    private async Co<Result> OnInstance(Operation.OnInstance call)
    {
        var found = call.Instance.IsCopy ? await _tasks.Load("copies", () => _copies.GetValueOrDefault(call.Instance)) : _opened.GetValueOrDefault(call.Instance.Event);
        if (found is not { } e) return Result.Of(Errno.EBADF);
        return call switch
        {
            Operation.ScheduleIn => await ScheduleIn(e),
            Operation.ScheduleOut => await ScheduleOut(e),
            Operation.Throttle => await Throttle(e),
            Operation.Unthrottle => await Unthrottle(e),
            Operation.Tick tick => await Tick(e, tick.Amount),
            Operation.Overflow => await Overflow(e),
            Operation.CountOf => await Read(e, "count", () => Result.Of(e.Count)),
            Operation.SamplesOf => await Read(e, "samples", () => Result.Of(e.Samples)),
            Operation.PausedOf => await Read(e, "paused", () => Result.Gate(e.Paused)),
            Operation.StateOf => await Read(e, "state", () => Result.Of(!e.Enabled ? Activity.Off : e.OnPmu ? Activity.Active : Activity.Inactive)),
            Operation.OwnerOf read => await OwnerOf(e, read.Role),
            _ => throw new ArgumentOutOfRangeException(nameof(call)),
        };
    }

    private static Statement<Result> Read(PerfEvent e, string field, Func<Result> value) => e.Core.Load(field, () => e.Gone ? Result.Of(Errno.EBADF) : value());

    // Nothing of the patch reads a slot for a user. It is what the program of a test would see in it.
    private async Co<Result> OwnerOf(PerfEvent e, Role role)
    {
        var owner = await e.Of(role).LoadSlot();
        if (await e.Core.Load("file", () => e.Gone)) return Result.Of(Errno.EBADF);
        if (owner is not null && await owner.Core.Load("file", () => owner.Gone))
        {
            if (Mends(Mend.D2 | Mend.D3 | Mend.D5)) owner = null;
            else Note("D3");
        }

        if (owner is null && e.Of(role).ListedBy is not null) Note("D39");
        return Result.OwnerOrNone(owner?.Id);
    }

    // perf_event_open, with the checks and the order of chapter 1.
    private async Co<Result> Open(Handle name, Attributes a)
    {
        if (a.Period is < 0 or > Step.MaxPeriod || a.Task < -1 || a.Cpu < -1 || a.Cpu >= _declaration.Cpus || (a.Task == -1 && a.Cpu == -1) || a.StartPaused || a.Grouped)
            return Result.Of(Errno.EINVAL);
        await _context.Lock();
        try
        {
            if (a.Task >= _declaration.Roots && _usedNames.Contains(a.Task)) return Result.Of(Errno.EINVAL);
            if (_handles >= _declaration.Handles) return Result.Of(Errno.EMFILE);
            if (a.Task >= _declaration.Roots) return Result.Of(Errno.ESRCH);
            _handles++;
            _own.Add(_opened[name] = new PerfEvent(Instance.Own(name), a));
            return Result.Ok;
        }
        finally
        {
            _context.Unlock();
        }
    }

    private bool Mends(Mend mend) => (_mends & mend) != 0;

    private void Note(string defect)
    {
        lock (_met) _met.Add(defect);
    }

    private OopsException Oops(string defect, string what)
    {
        Note(defect);
        return new OopsException(defect, what);
    }
}
