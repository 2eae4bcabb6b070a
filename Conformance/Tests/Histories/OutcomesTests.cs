// The enumeration of outcomes beside its rival, and beside the checker of histories: each allowed outcome has a history that conforms.
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests.Histories;

public class OutcomesTests
{
    /// <summary>The world, the lengths of the threads, and one of how many programs is enumerated.</summary>
    public static TheoryData<int, int[], int> Families { get; } = new()
    {
        { 0, [1, 1], 1 },
        { 0, [1, 2], 7 },
        { 0, [2, 2], 301 },
        { 0, [1, 1, 1], 23 },
        { 1, [1, 1], 1 },
        { 2, [1, 2], 1 },
        { 2, [2, 2], 11 },
        { 3, [1, 1], 1 },
        { 3, [1, 2], 7 },
        { 3, [2, 2], 301 },
        { 4, [1, 1], 1 },
        { 4, [1, 2], 7 },
        { 4, [2, 2], 301 },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public void Are_those_of_the_rival(int world, int[] lengths, int of)
    {
        foreach (var program in Family.Programs(world, lengths).Where((_, i) => i % of == 0))
        {
            var outcomes = Outcomes.Of(program.Declaration, program.Setup, program.Threads, program.After, Budget.Default);
            Assert.True(outcomes.Complete);
            var expected = BruteForce.Outcomes(program.Declaration, program.Setup, program.Threads, program.After);
            Assert.True(expected.SetEquals(outcomes.All.Keys), $"{program}\n{string.Join("\n", expected)}\nand not\n{string.Join("\n", outcomes.All.Keys)}");
        }
    }

    // With one call in each thread, and all calls before all returns, a history says no more than its outcome.
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    public void Are_those_whose_histories_conform(int world, int of)
    {
        foreach (var program in Family.Programs(world, 1, 1).Where((_, i) => i % of == 0))
        {
            var outcomes = Outcomes.Of(program.Declaration, program.Setup, program.Threads, program.After, Budget.Default);
            foreach (var history in Family.Histories(program))
            {
                if (history.Events is not [{ Call: not null }, { Call: not null }, { Return: { } }, { Return: { } }]) continue;
                var outcome = ProgramOutcome.Of(2, history.Events, history.After.Select(line => line.Result!.Value));
                var judgement = HistoryChecker.Check(program.Declaration, program.Setup, history.Events, history.After, Budget.Default);
                Assert.True(outcomes.Allows(outcome) == (judgement.Verdict == Verdict.Conforms), $"{history}\n{outcome}: {judgement}");
            }
        }
    }

    [Fact]
    public void Have_a_canonical_line()
    {
        var program = ProgramParser.ParseOne("""
            p = Open(task 0, period 1, enabled)
            t = Open(task 0, enabled)
            ScheduleIn(p)
            ScheduleIn(t)
            SetStopper(p, t)
            thread A
              Overflow(p)
            thread B
              Close(p)
              StopperOf(t)
            after
              Paused(t)
            """, "program");
        Assert.Equal(
            ["A: EBADF | B: ok, ok none | after: ok open", "A: ok 1 | B: ok, ok none | after: ok open", "A: ok 1 | B: ok, ok none | after: ok paused"],
            Outcomes.Of(program, Dialect.Patch2011, Budget.Default).All.Keys);
    }

    [Fact]
    public void Are_unknown_beyond_the_budget()
    {
        var program = Family.Programs(0, 2, 2).First();
        var all = Outcomes.Of(program.Declaration, program.Setup, program.Threads, program.After, Budget.Default);
        var some = Outcomes.Of(program.Declaration, program.Setup, program.Threads, program.After, new Budget(all.Expanded - 1));
        Assert.False(some.Complete);
        Assert.All(all.All.Values, outcome => Assert.NotEqual(false, some.Allows(outcome)));
        Assert.False(all.Allows(new ProgramOutcome([[], []], [])));
        Assert.Null(some.Allows(new ProgramOutcome([[], []], [])));
        Assert.True(Outcomes.Of(program.Declaration, program.Setup, program.Threads, program.After, new Budget(all.Expanded)).Complete);
    }
}
