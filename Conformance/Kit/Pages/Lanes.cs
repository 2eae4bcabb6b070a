// Draws calls as bars, one lane for each thread, time from left to right: what overlaps on the page overlapped in time, and nothing else.
using System.Collections.Immutable;
using System.Globalization;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Pages;

/// <summary>A drawing of a history.</summary>
/// <param name="Lanes">The thread of each lane and its bars.</param>
/// <param name="Legend">What the numbers in the bars stand for; empty if the bars say it themselves.</param>
/// <param name="Omitted">How many calls were over too early to be drawn.</param>
internal sealed record Drawing(ImmutableArray<(int Thread, string Bars)> Lanes, ImmutableArray<string> Legend, int Omitted)
{
    /// <summary>More events than a page has room for.</summary>
    private const int MostEvents = 120;

    /// <summary>A call, from its event to that of its return; one that is under way has none.</summary>
    internal sealed record Bar(int Thread, int Begin, int? End, string Text, bool Marked);

    /// <summary>
    /// Draws events. Bars hold the words of their calls if that fits, else numbers; if that does not fit either, the beginning
    /// is left out, and a bar that began there begins with <c>&lt;</c>. A bar ends with <c>|</c>, one that is
    /// still under way with <c>&gt;</c>, and the one that returns at <paramref name="marked"/> with <c>X</c>.
    /// </summary>
    public static Drawing Of(ImmutableArray<HistoryEvent> events, int marked, int width)
    {
        var bars = Bars(events, marked);
        if (events.Length <= MostEvents && Draw(bars, events.Length, 0, width) is { } words) return new(words, [], 0);
        var numbered = bars.Select((bar, i) => bar with { Text = (i + 1).ToString(CultureInfo.InvariantCulture) }).ToImmutableArray();
        for (var from = Math.Max(0, events.Length - MostEvents); ; from++)
        {
            if (Draw(numbered, events.Length, from, width) is not { } lanes) continue;
            var shown = Enumerable.Range(0, bars.Length).Where(i => bars[i].End is not { } end || end >= from).ToList();
            return new(lanes, [.. shown.Select(i => $"{numbered[i].Text} {ProgramThread.Name(bars[i].Thread)}: {bars[i].Text}")], bars.Length - shown.Count);
        }
    }

    /// <summary>The calls of a history, in the order in which they were made.</summary>
    internal static ImmutableArray<Bar> Bars(ImmutableArray<HistoryEvent> events, int marked)
    {
        var bars = ImmutableArray.CreateBuilder<Bar>();
        for (var i = 0; i < events.Length; i++)
        {
            var e = events[i];
            if (e.Call is not { } call) continue;
            var end = i + 1;
            while (end < events.Length && events[end].Thread != e.Thread) end++;
            bars.Add(end < events.Length
                ? new Bar(e.Thread, i, end, new Line(call, events[end].Return).ToString(), end == marked)
                : new Bar(e.Thread, i, null, call.ToString(), false));
        }

        return bars.ToImmutable();
    }

    /// <summary>The lanes from an event on, or null if they are too wide.</summary>
    private static ImmutableArray<(int Thread, string Bars)>? Draw(ImmutableArray<Bar> all, int events, int from, int width)
    {
        var bars = all.Where(bar => bar.End is not { } end || end >= from).ToList();
        // Each event has a column of its own, to the right of the one before; a bar is as long as its text needs at least.
        var column = new int[events + 1];
        var free = new Dictionary<int, int>();
        for (var i = from; i <= events; i++)
        {
            column[i] = i == from ? 0 : column[i - 1] + 1;
            foreach (var bar in bars)
            {
                // At the end stand the bars that are still under way.
                if ((bar.End ?? events) == i) column[i] = Math.Max(column[i], Begin(bar) + bar.Text.Length + 5);
                if (bar.Begin == i) column[i] = Math.Max(column[i], free.GetValueOrDefault(bar.Thread));
            }

            foreach (var bar in bars)
                if (bar.End == i) free[bar.Thread] = column[i] + 2;
        }

        // The last two events are drawn in any case.
        if (column[events] >= width && from < events - 2) return null;
        return
        [
            .. from bar in bars
               group bar by bar.Thread into lane
               orderby lane.Key
               select (lane.Key, lane.Aggregate("", (line, bar) => line.PadRight(Begin(bar)) + Drawn(bar))),
        ];

        int Begin(Bar bar) => column[Math.Max(bar.Begin, from)];

        string Drawn(Bar bar)
        {
            var length = column[bar.End ?? events] - Begin(bar) + 1;
            var (left, right) = (bar.Begin < from ? '<' : '|', bar.Marked ? 'X' : bar.End is null ? '>' : '|');
            return $"{left}- {bar.Text} ".PadRight(length - 1, '-') + right;
        }
    }
}
