// A litmus test that the text grammar cannot write: a handle that another thread gets through a plain field.
using PerfModel.Conformance.Litmus;
using PerfModel.Implementation;

namespace PerfModel.Conformance.Subjects;

/// <summary>One thread opens an event and stores the handle; the other loads it and asks. Always of the shipped library.</summary>
internal sealed class PublishedHandle : LitmusBody
{
    private static readonly EventAttributes Plain = new(0, EventAttributes.AnyCpu) { Enabled = true };

    private PerfEvents[] _systems = [];
    private long[] _handles = [];
    private string[] _seen = [];

    public static LitmusTest Test { get; } = new("published-handle", ["M1", "M3"], "a handle that was passed on through a plain field finds its event whole",
        [new(1, 1), new(7, 2)], null,
    [
        new("none yet", LitmusClass.Allowed, "the handle had not been stored"),
        new("inactive", LitmusClass.Allowed, "the event as it was opened: enabled, not scheduled"),
        new("EBADF", LitmusClass.Forbidden, "the place was loaded before the event lay in it, though its handle was there"),
        new("off", LitmusClass.Forbidden, "the event was seen before its attributes"),
    ], _ => new PublishedHandle());

    public override int Threads => 2;

    public override void Allocate(int instances)
    {
        if (_systems.Length != instances) (_systems, _handles, _seen) = (new PerfEvents[instances], new long[instances], new string[instances]);
    }

    public override void Prepare(int instance) => (_systems[instance], _handles[instance]) = (new PerfEvents(new PerfEventsOptions { Capacity = 2 }), 0);

    public override void Run(int thread, int instance)
    {
        if (thread == 0)
        {
            _systems[instance].Open(Plain, out var opened);
            _handles[instance] = opened.Value;
            return;
        }

        var handle = _handles[instance];
        _seen[instance] = handle == 0 ? "none yet"
            : _systems[instance].State(new EventHandle(handle), out var state) is var errno and not Errno.None ? errno.ToString()
            : state switch { EventState.Off => "off", EventState.Inactive => "inactive", _ => "active" };
    }

    public override string Outcome(int instance) => _seen[instance];
}
