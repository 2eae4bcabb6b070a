// A history as the search reads it: calls and returns of threads in one list, the lines of after as one more thread; checked for being a history at all.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Histories;

/// <summary>A call or a return.</summary>
/// <param name="Place">Where it stands in what was seen.</param>
/// <param name="Thread">The slot of its thread.</param>
/// <param name="Number">The number of its call.</param>
/// <param name="Operation">What was called, of a return too.</param>
/// <param name="Returns">Whether it is the return.</param>
/// <param name="Seen">The answer, of the call too; null if there is no return, or none that was recorded.</param>
internal readonly record struct Moment(Place Place, int Thread, int Number, Operation Operation, bool Returns, Result? Seen);

/// <summary>All calls and returns of a history, the setup left out.</summary>
internal sealed class Moments
{
    private readonly int[] _underWay; // by moment and slot: the number of the last call, or −1

    private Moments(ImmutableArray<Moment> all, int slots)
    {
        (All, Slots) = (all, slots);
        _underWay = new int[all.Length * slots];
        for (var moment = 0; moment < all.Length; moment++)
        {
            for (var slot = 0; slot < slots; slot++)
                _underWay[moment * slots + slot] = all[moment].Thread == slot ? all[moment].Number : moment == 0 ? -1 : _underWay[(moment - 1) * slots + slot];
        }
    }

    /// <summary>In the order in which they were seen.</summary>
    public ImmutableArray<Moment> All { get; }

    /// <summary>How many slots there are: the threads, and one more that runs after.</summary>
    public int Slots { get; }

    /// <summary>Where each call stands, by its number.</summary>
    public required ImmutableArray<int> Calls { get; init; }

    /// <summary>Where each call's return stands, or −1, by its number.</summary>
    public required ImmutableArray<int> Returns { get; init; }

    /// <summary>The thread of a slot as a person counts it: −1 for the slot that runs after.</summary>
    public int ThreadOf(int slot) => slot == Slots - 1 ? -1 : slot;

    /// <summary>The number of the call that a slot has under way at a moment, that moment's return included.</summary>
    public int UnderWay(int moment, int slot) => _underWay[moment * Slots + slot];

    /// <summary>Reads a history.</summary>
    /// <exception cref="ProgramException">It is no history: a return without a call, two calls of a thread at once, a handle issued twice.</exception>
    public static Moments Of(IReadOnlyList<Line> setup, ImmutableArray<HistoryEvent> events, IReadOnlyList<Line> after, int leastSlots = 1)
    {
        var opened = new HashSet<Handle>();
        foreach (var line in setup) Bind(line.Operation, opened);
        var slots = leastSlots;
        foreach (var e in events) slots = Math.Max(slots, e.Thread + 2);
        var all = ImmutableArray.CreateBuilder<Moment>();
        var calls = ImmutableArray.CreateBuilder<int>();
        var returns = ImmutableArray.CreateBuilder<int>();
        var underWay = new int[slots]; // the moment of a thread's call, plus one
        for (var i = 0; i < events.Length; i++)
        {
            var e = events[i];
            var place = new Place(Section.History, i);
            if (e.Thread < 0 || e.Call is null == e.Return is null) throw new ProgramException($"{place}: neither a call nor a return of a thread");
            if (e.Call is { } call)
            {
                if (underWay[e.Thread] != 0) throw new ProgramException($"{place}: the thread has a call under way already");
                underWay[e.Thread] = all.Count + 1;
                Call(place, e.Thread, call);
            }
            else
            {
                if (underWay[e.Thread] == 0) throw new ProgramException($"{place}: the thread has no call under way");
                Return(place, underWay[e.Thread] - 1, e.Return);
                underWay[e.Thread] = 0;
            }
        }

        for (var i = 0; i < after.Count; i++)
        {
            for (var time = 0; time < after[i].Times; time++)
            {
                Call(new Place(Section.After, i), slots - 1, after[i].Operation);
                Return(new Place(Section.After, i), all.Count - 1, after[i].Result);
            }
        }

        return new Moments(all.ToImmutable(), slots) { Calls = calls.ToImmutable(), Returns = returns.ToImmutable() };

        void Call(Place place, int slot, Operation operation)
        {
            Bind(operation, opened);
            all.Add(new(place, slot, calls.Count, operation, false, null));
            calls.Add(all.Count - 1);
            returns.Add(-1);
        }

        void Return(Place place, int call, Result? seen)
        {
            all[call] = all[call] with { Seen = seen };
            returns[all[call].Number] = all.Count;
            all.Add(all[call] with { Place = place, Returns = true });
        }
    }

    private static void Bind(Operation operation, HashSet<Handle> opened)
    {
        if (operation is Operation.Open open && (open.Name == Handle.Invalid || !opened.Add(open.Name)))
            throw new ProgramException($"{open.Name} is opened twice; a handle is issued once");
    }
}
