// An Open is interrupted at each place that it looks at, and the free place moves on before it: it must not be told that the table is full (rule 7.12).
using PerfModel.Implementation;
using Xunit;

namespace PerfModel.Conformance.Tests;

public class OpenInterruptTests
{
    private const int Places = 4;

    private static readonly EventAttributes Plain = new(0, EventAttributes.AnyCpu) { Enabled = true };

    // The second look (M4) asks whether the same events lived in both rounds. No scheduler comes upon this: it takes a switch at every second access.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void An_Open_from_which_the_free_place_runs_away_finds_it_when_it_stops(int rounds)
    {
        var system = new PerfEvents<Interrupt>(new PerfEventsOptions { Capacity = Places });
        var live = new EventHandle[Places];
        // Place 3 last, so that the search begins at place 0; and place 2 is free.
        for (var place = 0; place < Places; place++) live[place] = OpenAt(place);
        Close(3);
        Close(2);
        live[3] = OpenAt(3);

        // The hint comes first, then each place and the word of its tenant.
        var accesses = 0;
        Interrupt.Handler = _ =>
        {
            var look = (accesses++ - 1) / 2;
            if (accesses % 2 == 0 && look < rounds * Places) MoveAwayFrom(look % Places);
        };
        var answer = system.Open(Plain, out var found);
        Interrupt.Handler = null;
        Assert.Equal(Errno.None, answer);
        Assert.Equal(Errno.None, system.State(found, out _));
        Assert.True(accesses > rounds * Places * 2);

        // At no moment do as many live as there are places: two close before two open.
        void MoveAwayFrom(int place)
        {
            if (live[place] != EventHandle.None) return;
            var (before, last) = ((place + Places - 2) % Places, (place + Places - 1) % Places);
            Close(last);
            Close(before);
            live[last] = OpenAt(last);
            live[place] = OpenAt(place);
        }

        EventHandle OpenAt(int place)
        {
            Assert.Equal(Errno.None, system.Open(Plain, out var opened));
            Assert.Equal(place, (int)(opened.Value % Places));
            return opened;
        }

        void Close(int place)
        {
            Assert.Equal(Errno.None, system.Close(live[place]));
            live[place] = EventHandle.None;
        }
    }
}
