// The native peer as a subject: each loop is one call into as_posted.c.
using System.Runtime.InteropServices;
using PerfModel.Benchmarks.Works;
using PerfModel.Implementation;

namespace PerfModel.Benchmarks.Peers;

/// <summary>The patch's mechanism in C; an event's number is its place in a list of addresses.</summary>
/// <remarks>The one who makes it is its first thread, and ends it too.</remarks>
internal sealed unsafe class AsPosted : Subject
{
    // How many systems this thread has entered: RCU wants to be told of a thread once.
    [ThreadStatic]
    private static int entered;

    private readonly List<nint> _events = [];
    private readonly List<(nint Trigger, nint Target)> _links = [];

    public AsPosted() => EnterThread();

    public override void EnterThread()
    {
        if (entered++ == 0) ((delegate* unmanaged<void>)Functions.Enter)();
    }

    public override void LeaveThread()
    {
        if (--entered == 0) ((delegate* unmanaged<void>)Functions.Leave)();
    }

    public override int Open(int cpu = 0, bool running = true)
    {
        _events.Add(((delegate* unmanaged<int, int, nint>)Functions.Open)(cpu, running ? 1 : 0));
        return _events.Count - 1;
    }

    // malloc hands out the holes that the rows before left; a new heap of the collector has none.
    public override void OrderByMemory(int[] events) => Array.Sort(events, (one, other) => _events[one].CompareTo(_events[other]));

    public override void Close(int e)
    {
        Close(_events[e]);
        _events[e] = 0;
    }

    public override void SetStarter(int trigger, int target) => Link(Functions.SetStarter, trigger, target);

    public override void SetStopper(int trigger, int target) => Link(Functions.SetStopper, trigger, target);

    public override bool IsPaused(int e) => ((delegate* unmanaged<nint, int>)Functions.IsPaused)(_events[e]) != 0;

    public override long CountOf(int e) => ((delegate* unmanaged<nint, long>)Functions.CountOf)(_events[e]);

    public override Pool NewPool(int size) => new AddressPool(this, size);

    public override long Overflow(int trigger, int times) => Repeat(Functions.Overflows, trigger, times);

    public override long OverflowInTurn(int one, int other, int times) => Repeat(Functions.OverflowsInTurn, one, other, times);

    public override long Refuse(int trigger, int target, int refusal, int times) =>
        ((delegate* unmanaged<nint, nint, int, long, long>)Functions.Refusals)(_events[trigger], _events[target], refusal, times);

    public override long OpenClose(int times) => ((delegate* unmanaged<long, long>)Functions.OpenCloses)(times);

    public override long OpenLinkClose(int trigger, int times) => Repeat(Functions.OpenLinkCloses, trigger, times);

    public override long Tick(int e, int times) => Repeat(Functions.Ticks, e, times);

    public override long Count(int e, int times) => Repeat(Functions.Counts, e, times);

    public override long Paused(int e, int times) => Repeat(Functions.Pauseds, e, times);

    public override long StarterOf(int trigger, int target, int times) => Repeat(Functions.Starters, trigger, target, times);

    /// <summary>Frees what is to be freed after a grace period, or that would be done in another's time.</summary>
    public override void Settle() => ((delegate* unmanaged<void>)Functions.Drain)();

    public override void Dispose()
    {
        // Targets first: a trigger does not let go of them.
        HashSet<nint> triggers = [.. _links.Select(link => link.Trigger)];
        foreach (var e in _events.Where(e => e != 0 && !triggers.Contains(e))) Close(e);
        foreach (var e in _events.Where(triggers.Contains)) Close(e);
        Settle();
        LeaveThread();
    }

    private static void Close(nint e) => ((delegate* unmanaged<nint, int>)Functions.Close)(e);

    private void Link(nint function, int trigger, int target)
    {
        var errno = ((delegate* unmanaged<nint, nint, int>)function)(_events[trigger], _events[target]);
        if (errno != 0) throw new InvalidOperationException($"a link that a work needs was refused: {(Errno)errno}");
        _links.Add((_events[trigger], _events[target]));
    }

    private long Repeat(nint function, int e, int times) => ((delegate* unmanaged<nint, long, long>)function)(_events[e], times);

    private long Repeat(nint function, int one, int other, int times) =>
        ((delegate* unmanaged<nint, nint, long, long>)function)(_events[one], _events[other], times);

    private sealed class AddressPool(AsPosted subject, int size) : Pool
    {
        private readonly nint[] _targets = new nint[size];

        public override void Fill()
        {
            fixed (nint* first = _targets) ((delegate* unmanaged<nint*, long, void>)Functions.Fill)(first, _targets.Length);
        }

        public override long LinkAndClose(int trigger)
        {
            fixed (nint* first = _targets)
                return ((delegate* unmanaged<nint, nint*, long, long>)Functions.LinkAndCloses)(subject._events[trigger], first, _targets.Length);
        }

        public override long Link(int trigger)
        {
            fixed (nint* first = _targets)
                return ((delegate* unmanaged<nint, nint*, long, long>)Functions.Links)(subject._events[trigger], first, _targets.Length);
        }

        public override long Close()
        {
            fixed (nint* first = _targets) return ((delegate* unmanaged<nint*, long, long>)Functions.Closes)(first, _targets.Length);
        }
    }

    /// <summary>Where the functions are; each is called with the signature that as_posted.c gives it.</summary>
    private static class Functions
    {
        public static readonly nint Enter = Find("pm_enter");
        public static readonly nint Leave = Find("pm_leave");
        public static readonly nint Drain = Find("pm_drain");
        public static readonly nint Open = Find("pm_open");
        public static readonly nint Close = Find("pm_close");
        public static readonly nint SetStarter = Find("pm_set_starter");
        public static readonly nint SetStopper = Find("pm_set_stopper");
        public static readonly nint IsPaused = Find("pm_paused");
        public static readonly nint CountOf = Find("pm_count");
        public static readonly nint Overflows = Find("pm_overflows");
        public static readonly nint OverflowsInTurn = Find("pm_overflows_in_turn");
        public static readonly nint Refusals = Find("pm_refusals");
        public static readonly nint Fill = Find("pm_fill");
        public static readonly nint LinkAndCloses = Find("pm_link_and_close");
        public static readonly nint Links = Find("pm_links");
        public static readonly nint Closes = Find("pm_closes");
        public static readonly nint OpenCloses = Find("pm_open_close");
        public static readonly nint OpenLinkCloses = Find("pm_open_link_close");
        public static readonly nint Ticks = Find("pm_ticks");
        public static readonly nint Counts = Find("pm_counts");
        public static readonly nint Pauseds = Find("pm_pauseds");
        public static readonly nint Starters = Find("pm_starters");

        private static nint Find(string name) => NativeLibrary.GetExport(NativeBuild.Library, name);
    }
}
