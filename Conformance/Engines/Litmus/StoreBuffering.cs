// The runner's own litmus test: store buffering on plain fields, the one reordering that x86 has. If it is not seen, the threads do not overlap.

namespace PerfModel.Conformance.Litmus;

/// <summary>Each of two threads stores into one field and loads the other. Nothing of it goes through a subject.</summary>
internal sealed class StoreBuffering : LitmusBody
{
    // A cache line each.
    private const int Apart = 16;

    private int[] _x = [];
    private int[] _y = [];
    private int[] _a = [];
    private int[] _b = [];

    public static LitmusTest Test { get; } = new("store-buffering", [], "two threads each store, then load what the other stored: plain fields, no subject", [], null,
    [
        new("A: 0 | B: 0", LitmusClass.Required, "each load passed the store before it, which waited in a buffer: what x86 allows, and Arm too"),
        new("A: 0 | B: 1", LitmusClass.Allowed, "A came first"),
        new("A: 1 | B: 0", LitmusClass.Allowed, "B came first"),
        new("A: 1 | B: 1", LitmusClass.Allowed, "both stores came before both loads"),
    ], _ => new StoreBuffering());

    public override int Threads => 2;

    public override void Allocate(int instances)
    {
        (_x, _y) = (new int[instances * Apart], new int[instances * Apart]);
        (_a, _b) = (new int[instances], new int[instances]);
    }

    public override void Prepare(int instance) => _x[instance * Apart] = _y[instance * Apart] = 0;

    public override void Run(int thread, int instance)
    {
        var at = instance * Apart;
        if (thread == 0)
        {
            _x[at] = 1;
            _a[instance] = _y[at];
        }
        else
        {
            _y[at] = 1;
            _b[instance] = _x[at];
        }
    }

    public override string Outcome(int instance) => (_a[instance], _b[instance]) switch
    {
        (0, 0) => "A: 0 | B: 0",
        (0, _) => "A: 0 | B: 1",
        (_, 0) => "A: 1 | B: 0",
        _ => "A: 1 | B: 1",
    };
}
