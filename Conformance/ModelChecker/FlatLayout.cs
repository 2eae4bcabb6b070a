// The word of a state without copies: planes of one bit for each slot of the table, and the two slots of each event as rows.
using System.Runtime.CompilerServices;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>
/// From the lowest bit: six planes of N bits (live in scope 0, live in scope 1, enabled, scheduled, paused, throttled), then N rows of
/// N bits for the starters, then N for the stoppers. Bit p of row t: p holds the slot of t. The state where nothing is open is 0.
/// </summary>
/// <param name="n">N, 1…4: then a state has 8…56 bits.</param>
internal readonly struct FlatLayout(int n)
{
    /// <summary>The most slots that a word has room for.</summary>
    public const int MostEvents = 4;

    /// <summary>A bit for each slot.</summary>
    public readonly ulong All = (1UL << n) - 1;

    /// <summary>A bit for each bit of the rows of one role.</summary>
    public readonly ulong AllRows = (1UL << n * n) - 1;

    // Bit 0 of each row.
    private readonly ulong _firsts = Firsts(n);

    public int Events => n;

    public int Width => 6 * n + 2 * n * n;

    public int Scope(int scope) => scope * n;

    public int Enabled => 2 * n;

    public int Scheduled => 3 * n;

    public int Paused => 4 * n;

    public int Throttled => 5 * n;

    public int Starters => 6 * n;

    public int Stoppers => 6 * n + n * n;

    /// <summary>A plane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Plane(ulong word, int at) => word >> at & All;

    /// <summary>The live slots.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Live(ulong word) => (word | word >> n) & All;

    /// <summary>The slots that are enabled and scheduled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Active(ulong word) => word >> Enabled & word >> Scheduled & All;

    /// <summary>The rows of a role.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Rows(ulong word, int role) => word >> role & AllRows;

    /// <summary>The holder of one slot, as a bit, or 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Row(ulong rows, int target) => rows >> target * n & All;

    /// <summary>The targets whose row names a trigger.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Column(ulong rows, int trigger)
    {
        var targets = 0UL;
        for (var t = 0; t < n; t++) targets |= (rows >> t * n + trigger & 1) << t;
        return targets;
    }

    /// <summary>Rows that are all ones for these targets, all zeroes for the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Targets(ulong slots)
    {
        var rows = 0UL;
        for (var t = 0; t < n; t++) rows |= (slots >> t & 1) * All << t * n;
        return rows;
    }

    /// <summary>Rows that have a one where one of these triggers would stand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Triggers(ulong slots) => _firsts * slots;

    /// <summary>Where each bit goes if slots, and scopes, are renamed.</summary>
    public int[] Renaming(int[] slots, bool swapScopes)
    {
        var to = new int[Width];
        for (var plane = 0; plane < 6; plane++)
        {
            var image = swapScopes && plane < 2 ? 1 - plane : plane;
            for (var e = 0; e < n; e++) to[plane * n + e] = image * n + slots[e];
        }

        foreach (var role in (int[])[Starters, Stoppers])
            for (var t = 0; t < n; t++)
                for (var p = 0; p < n; p++)
                    to[role + t * n + p] = role + slots[t] * n + slots[p];
        return to;
    }

    /// <summary>All orders of the first slots; the others stay.</summary>
    public static IEnumerable<int[]> Orders(int all, int free) => free <= 1
        ? [[.. Enumerable.Range(0, all)]]
        : from order in Orders(all, free - 1)
          from place in Enumerable.Range(0, free)
          select Swapped(order, place, free - 1);

    private static int[] Swapped(int[] order, int a, int b)
    {
        var swapped = order.ToArray();
        (swapped[a], swapped[b]) = (swapped[b], swapped[a]);
        return swapped;
    }

    private static ulong Firsts(int n)
    {
        var firsts = 0UL;
        for (var t = 0; t < n; t++) firsts |= 1UL << t * n;
        return firsts;
    }
}
