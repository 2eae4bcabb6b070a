// What a schedule showed and takes long to judge is judged when the scheduler's clock has stopped, and counted then.
using PerfModel.Conformance.Coyote;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests.CoyoteChild;

public class ProgramObserverTests
{
    private static readonly Program Program = ProgramParser.ParseOne("p = Open(task 0)\nthread A\nClose(p)\nthread B\nClose(p)\n", "test");

    [Theory]
    [InlineData(true, Verdict.Violates)]
    [InlineData(false, Verdict.Conforms)]
    public void A_long_judgement_waits_until_the_schedules_are_over(bool bothClose, Verdict verdict)
    {
        var observer = new ProgramObserver(Program, Dialect.Patch2011, atOnce: new Budget(0));
        for (var schedule = 0; schedule < 2; schedule++) Assert.Null(Show(observer, bothClose));
        Assert.Equal((2, Verdict.Inconclusive), (Assert.Single(observer.Outcomes).Count, Assert.Single(observer.Outcomes).Verdict));

        Assert.Equal(bothClose, observer.Settle() is not null);
        Assert.Equal((2, verdict), (Assert.Single(observer.Outcomes).Count, Assert.Single(observer.Outcomes).Verdict));
        Assert.Equal(bothClose ? Verdict.Violates : (Verdict?)null, observer.Violation?.Verdict);
        Assert.Equal(0, observer.Unknown);
        Assert.Null(observer.Settle());
    }

    [Fact]
    public void A_short_one_does_not()
    {
        var observer = new ProgramObserver(Program, Dialect.Patch2011);
        Assert.NotNull(Show(observer, bothClose: true));
        Assert.Single(observer.Outcomes);
        Assert.Null(observer.Settle());
    }

    [Fact]
    public void What_is_shown_of_a_schedule_that_broke_off_is_what_was_seen_of_it()
    {
        var observer = new ProgramObserver(ProgramParser.ParseOne("thread A\np = Open(task 0)\n", "test"), Dialect.Amended);
        observer.Start();
        Assert.True(observer.Unfinished.History.IsDefault);
        observer.Begin([]);
        Assert.Empty(observer.Unfinished.History);
        observer.Call(0);
        Assert.Equal(["A calls p = Open(task 0)"], Program.Shortened(observer.Unfinished.History));
        observer.Start();
        Assert.True(observer.Unfinished.History.IsDefault);
    }

    private static string? Show(ProgramObserver observer, bool bothClose)
    {
        observer.Start();
        observer.Begin([Result.Ok]);
        foreach (var thread in (int[])[0, 1])
        {
            observer.Call(thread);
            observer.Return(thread, thread == 0 || bothClose ? Result.Ok : Result.Of(Errno.EBADF));
        }

        return observer.End([]);
    }
}
