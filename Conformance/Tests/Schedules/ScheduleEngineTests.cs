// The real code, every schedule: all scenarios to their end, against brute force and against Coyote; what is wrong is found; what never ends is told.
using PerfModel.Conformance.Coyote;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Conformance.Wrong;
using PerfModel.Model;
using Xunit;
using Xunit.Abstractions;
using AccessKind = PerfModel.Implementation.AccessKind;
using Row = PerfModel.Implementation.Row;

namespace PerfModel.Conformance.Tests.Schedules;

public class ScheduleEngineTests(ITestOutputHelper output)
{
    private const ulong Seed = 20110314;

    private static readonly ScheduleBudget Plenty = new(200_000);

    // With a bound that no execution comes to, each sequence of steps is one; with none, two threads run one after the other, in either order.
    [Fact]
    public void The_fewer_preemptions_the_fewer_schedules()
    {
        var program = Scenarios.All["close-vs-close"];
        var all = Hooked().Explore(program, Dialect.Amended, Plenty with { Reduces = false });
        long[] bounded = [.. Enumerable.Range(0, 4).Append(1_000).Select(most => Bounded(most).Schedules)];
        Assert.Equal(2, bounded[0]);
        Assert.Equal(bounded.Order().Distinct(), bounded);
        Assert.Equal(all.Schedules, bounded[^1]);
        Assert.Equal(all.Outcomes.AsEnumerable(), Bounded(1_000).Outcomes.AsEnumerable());

        ExplorationReport Bounded(int most)
        {
            var report = Hooked().Explore(program, Dialect.Amended, Plenty with { Preemptions = most });
            Assert.True(report.Exhaustive);
            return report;
        }
    }

    [Fact]
    public void Every_scenario_conforms_in_every_schedule() => EveryScenario(Dialect.Patch2011);

    [Fact]
    public void Every_scenario_conforms_in_every_schedule_of_the_other_dialect() => EveryScenario(Dialect.Amended);

    private void EveryScenario(Dialect dialect)
    {
        foreach (var scenario in Scenarios.For(dialect, inheritance: true))
        {
            var report = Hooked().Explore(scenario, dialect, Plenty);
            Assert.True(report.Finding is null, $"{scenario.Title}\n{report.Finding?.Saved}");
            Assert.True(report.Exhaustive, scenario.Title);
            var allowed = Outcomes.Of(scenario, dialect, Budget.Default);
            Assert.All(report.Outcomes, outcome => Assert.Contains(outcome.Text, allowed.All.Keys));
            // With two threads nothing is begun in vain.
            if (scenario.Threads.Length == 2) Assert.Equal(0, report.Equivalent);
            output.WriteLine($"{report.Schedules,6} {report.Equivalent,6} {report.Outcomes.Length,3} {scenario.Title}");
        }
    }

    // The reduction against all interleavings, on the real code, where these are few. How many traces there are, DepthFirstTests count.
    [Theory]
    [InlineData("tick-samples")]
    [InlineData("disable-vs-overflow")]
    [InlineData("tick-vs-totalcount")]
    public void The_reduction_loses_no_outcome(string name)
    {
        var program = Scenarios.All[name];
        var all = Hooked().Explore(program, Dialect.Patch2011, Plenty with { Reduces = false });
        var reduced = Hooked().Explore(program, Dialect.Patch2011, Plenty);
        output.WriteLine($"{name}: {all.Schedules} interleavings, {reduced.Schedules} traces");
        Assert.True(all.Exhaustive);
        Assert.True(all.Schedules > reduced.Schedules);
        Assert.Equal(Lines(all.Outcomes), Lines(reduced.Outcomes));
    }

    [LongTheory]
    [InlineData("close-vs-close")]
    [InlineData("setstarter-vs-setstarter")]
    [InlineData("setstopper-vs-overflow")]
    [InlineData("close-vs-overflow-refilled")]
    [InlineData("tick-vs-stopper")]
    [InlineData("exit-vs-exit")]
    public void Coyote_finds_the_same_outcomes(string name)
    {
        using var coyote = new CoyoteExplorer(new ExploredTarget("lockfree"), WrongRuns.NewFolder());
        var drawn = coyote.Explore(Scenarios.All[name], Dialect.Patch2011, new ScheduleBudget(600, Seed));
        var all = Hooked().Explore(Scenarios.All[name], Dialect.Patch2011, Plenty);
        output.WriteLine($"seed {Seed}; {name}: Coyote {drawn.Outcomes.Length} outcomes in {drawn.Schedules} schedules, depth first {all.Outcomes.Length} in {all.Schedules}");
        Assert.Null(drawn.Finding);
        Assert.Equal(Lines(drawn.Outcomes), Lines(all.Outcomes));
    }

    // Two calls of three accesses, of which the second is to one location: one before the other, the other before the one, or both at once; and if the
    // accesses do not commute, both at once in two orders.
    [Theory]
    [InlineData(AccessKind.LoadAcquire, 0, 3)]
    [InlineData(AccessKind.StoreRelease, 0, 4)]
    [InlineData(AccessKind.Exchange, 0, 4)]
    [InlineData(AccessKind.Add, 0, 4)]
    [InlineData(AccessKind.CompareExchange, 0, 4)]
    [InlineData(AccessKind.CompareExchange, 9, 3)]
    public void Accesses_that_store_are_told_from_those_that_do_not(AccessKind kind, long expected, int schedules)
    {
        var program = ProgramParser.ParseOne("p = Open(task 0, enabled)\nq = Open(task 0, enabled)\nthread A\n  Tick(p, 1)\nthread B\n  Tick(q, 1)\n", "test");
        var report = new ScheduleEngine(_ => new Touching(kind, expected)).Explore(program, Dialect.Patch2011, Plenty with { StopAtFirst = false });
        Assert.Equal((schedules, true), ((int)report.Schedules, report.Exhaustive));
    }

    // A count that is never there is allowed while the Tick is under way, or before it; wrong only if the Tick had returned. In one of the two orders of threads the
    // allowed history, of equal answers, comes first.
    [Theory]
    [InlineData("Tick(t, 1)", "Count(t)")]
    [InlineData("Count(t)", "Tick(t, 1)")]
    public void What_is_wrong_only_because_of_who_came_first_is_found(string first, string second)
    {
        var program = ProgramParser.ParseOne($"t = Open(task 0, enabled)\nScheduleIn(t)\nthread A\n  {first}\nthread B\n  {second}\n", "test");
        var report = new ScheduleEngine(declaration => new Stale(declaration)).Explore(program, Dialect.Patch2011, Plenty with { StopAtFirst = false });
        Assert.True(report.Exhaustive);
        Assert.Equal(3, report.Schedules);
        Assert.Equal(Verdict.Violates, Assert.Single(report.Outcomes).Verdict);
        Assert.NotNull(report.Finding);
    }

    // Where Coyote may need longer than a test has: what it finds must be among ours.
    [LongTheory]
    [InlineData("close-vs-fork")]
    [InlineData("samples-vs-close")]
    [InlineData("fork-vs-open-on-child")]
    [InlineData("exit-vs-overflow")]
    [InlineData("three-claims")]
    [InlineData("emfile-three")]
    public void Coyote_finds_no_other_outcome(string name)
    {
        using var coyote = new CoyoteExplorer(new ExploredTarget("lockfree"), WrongRuns.NewFolder());
        var drawn = coyote.Explore(Scenarios.All[name], Dialect.Patch2011, new ScheduleBudget(400, Seed));
        var all = Hooked().Explore(Scenarios.All[name], Dialect.Patch2011, Plenty);
        Assert.Subset(Lines(all.Outcomes).ToHashSet(), Lines(drawn.Outcomes).ToHashSet());
    }

    // No time is asserted: the machine is shared. What is printed are the figures of the room's README.
    [LongFact]
    public void Side_by_side_with_Coyote()
    {
        var program = Scenarios.All["fork-vs-open-on-child"];
        using var coyote = new CoyoteExplorer(new ExploredTarget("lockfree"), WrongRuns.NewFolder());
        coyote.Explore(program, Dialect.Patch2011, new ScheduleBudget(50, Seed));
        var drawn = coyote.Explore(program, Dialect.Patch2011, new ScheduleBudget(300, Seed));
        Hooked().Explore(program, Dialect.Patch2011, Plenty);
        var all = Hooked().Explore(program, Dialect.Patch2011, Plenty);
        output.WriteLine($"Coyote {drawn.Schedules / drawn.Seconds:N0} schedules/s, depth first {all.Schedules / all.Seconds:N0} schedules/s: {all.Schedules / all.Seconds / (drawn.Schedules / drawn.Seconds):N1} times as many");
        Assert.True(all.Exhaustive);
    }

    [Theory]
    [InlineData("claims-before-publishing", "setstopper-vs-overflow", "Paused(t) must be ok paused")]
    [InlineData("count-beside-the-word", "exit-vs-tick", "explains Tick(t@2, 3) -> ok 0, in thread B")]
    [InlineData("tests-then-claims", "setstarter-vs-setstarter", "t) -> ok, in thread")]
    [InlineData("forgets-and-then-folds", "exit-vs-close", "explains TotalCount(t) -> ok 0, in thread B")]
    [InlineData("links-before-admission", "enable-after-link-vs-overflow", "must be ok paused")]
    [InlineData("rebuild-without-freeze", "close-vs-setstopper-in-a-rebuild", "explains Paused(t) -> ok open, after the threads")]
    [InlineData("walk-stops-at-a-hole", "three-links-in-one-table", "must be ok paused")]
    [InlineData("emfile-one-look", "emfile-two", "-> EMFILE, in thread")]
    public void What_is_wrong_is_found_and_its_schedule_shows_it_again(string wrong, string scenario, string words)
    {
        var explorer = Hooked(WrongRuns.Find(wrong));
        var report = explorer.Explore(Scenarios.All[scenario], Dialect.Patch2011, Plenty);
        Assert.Equal(FindingKind.NoOrder, report.Finding?.Kind);
        var saved = ProgramParser.ParseOne(report.Finding!.Saved.ToString(), "the finding");
        Assert.Equal(ScheduleEngine.Exhaustive, saved.Strategy);
        Assert.Contains(words, report.Finding.Page(), StringComparison.Ordinal);
        var again = explorer.Replay(saved).Finding!;
        Assert.Equal((report.Finding.Kind, report.Finding.Page(), report.Finding.Saved.ToString(), 1), (again.Kind, again.Page(), again.Saved.ToString(), again.FoundAfter));
        output.WriteLine($"{wrong}: after {report.Finding.FoundAfter} schedules of {scenario}");
    }

    [Fact]
    public void A_scheduler_that_it_does_not_have_is_refused() =>
        Assert.Contains("portfolio", Assert.Throws<ArgumentOutOfRangeException>(() => Hooked().Explore(TwoCloses, Dialect.Patch2011, new ScheduleBudget(1, 1, "portfolio"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_call_that_never_returns_is_cut_off()
    {
        var report = new ScheduleEngine(_ => new Strange((location, _) =>
        {
            while (ScheduledAccessed(location)) { }
        })).Explore(TwoCloses, Dialect.Patch2011, new ScheduleBudget(3) { Steps = 200 });
        Assert.Equal((false, true), (report.Exhaustive, report.CutOff > 0));
        Assert.Empty(report.Outcomes);
    }

    [Fact]
    public void What_is_no_function_of_its_schedule_is_told()
    {
        var calls = 0;
        var report = new ScheduleEngine(_ => new Strange((location, _) =>
        {
            // Two calls are one execution, and each is shorter than the one before: also if one is made again because the collector ran.
            for (var i = Math.Max(1, 40 - calls++ / 2); i > 0; i--) ScheduledHook.Access(AccessKind.Add, ref location[0], 1, 0, Row.None);
        })).Explore(TwoCloses, Dialect.Patch2011, Plenty);
        Assert.Equal(Ending.Uncontrolled, report.Finding?.Ending);
        Assert.False(report.Exhaustive);
    }

    [Fact]
    public void A_call_that_throws_in_one_order_is_found()
    {
        var report = new ScheduleEngine(_ => new Strange((location, found) =>
        {
            ScheduledAccessed(location);
            ScheduledHook.Access(AccessKind.Add, ref location[0], 1, 0, Row.None);
            if (found != location[0] - 1) throw new NotSupportedException("not twice");
        })).Explore(TwoCloses, Dialect.Patch2011, Plenty);
        Assert.Equal((Ending.Threw, "NotSupportedException: not twice"), (report.Finding?.Ending, report.Finding?.Message));
    }

    // Every access to one array moves: the collector runs in the middle of each execution, until room is made for one without.
    [Fact]
    public void An_execution_in_which_the_collector_ran_is_made_again()
    {
        var quick = 0;
        var report = new ScheduleEngine(_ => new Strange((location, _) =>
        {
            if (quick++ < 2) GC.Collect(0);
            ScheduledHook.Access(AccessKind.Add, ref location[0], 1, 0, Row.None);
        })).Explore(TwoCloses, Dialect.Patch2011, Plenty);
        Assert.Equal((true, 2, 0), (report.Exhaustive, report.Schedules, report.CutOff));
    }

    [Fact]
    public void A_call_that_touches_nothing_has_its_place_in_time()
    {
        // A closed handle of nobody: no access at all, and yet before, after or amid what the other does.
        var program = ProgramParser.ParseOne("p = Open(task 0)\nthread A\n  Close(-1)\nthread B\n  Close(p)\n", "the test");
        var report = Hooked().Explore(program, Dialect.Patch2011, Plenty);
        Assert.Equal((true, 3), (report.Exhaustive, report.Schedules));
    }

    private static Program TwoCloses => ProgramParser.ParseOne("p = Open(task 0)\nthread A\n  Close(p)\nthread B\n  Close(p)\n", "the test");

    private static bool ScheduledAccessed(long[] location)
    {
        ScheduledHook.Access(AccessKind.LoadAcquire, ref location[0], 0, 0, Row.None);
        return true;
    }

    private static IEnumerable<string> Lines(IEnumerable<OutcomeCount> outcomes) => outcomes.Select(outcome => outcome.Text).Order(StringComparer.Ordinal);

    private static ScheduleEngine Hooked() => new(declaration => new Twin.CoroutineSubject(declaration));

    private static ScheduleEngine Hooked(WrongSubject wrong) => new(WrongRuns.Maker(wrong, WrongCompiler.CoroutineType));

    /// <summary>Answers as the model does, and does something to a location of its own at each Close.</summary>
    private sealed class Strange(Action<long[], long> close) : ISubject
    {
        private readonly ModelSubject _model = new(new Declaration(Dialect.Patch2011));
        private readonly long[] _location = new long[1];

        public Result Apply(Operation operation)
        {
            if (operation is Operation.Close) close(_location, Volatile.Read(ref _location[0]));
            return _model.Apply(operation);
        }
    }

    /// <summary>A system whose Tick makes three accesses: to a place of its event's, to one of all, and to its own again.</summary>
    private sealed class Touching(AccessKind kind, long expected) : ISubject
    {
        private readonly long[] _own = new long[2];
        private long _shared;

        public Result Apply(Operation operation)
        {
            if (operation is not Operation.Tick tick) return Result.Ok;
            ref var own = ref _own[tick.Instance.Event.Id - Handle.Of('p').Id];
            ScheduledHook.Access(AccessKind.LoadAcquire, ref own, 0, 0, Row.None);
            ScheduledHook.Access(kind, ref _shared, 0, expected, Row.None);
            ScheduledHook.Access(AccessKind.LoadAcquire, ref own, 0, 0, Row.None);
            return Result.Ignored;
        }
    }

    /// <summary>A system that never tells what it counted.</summary>
    private sealed class Stale(Declaration declaration) : ISubject
    {
        private readonly ModelSubject _model = new(declaration);
        private long _place = 1;

        public Result Apply(Operation operation)
        {
            ScheduledHook.Access(AccessKind.LoadAcquire, ref _place, 0, 0, Row.None);
            var result = _model.Apply(operation);
            if (operation is Operation.Tick) ScheduledHook.Access(AccessKind.LoadAcquire, ref _place, 0, 0, Row.None);
            return operation is Operation.CountOf ? Result.Of(0L) : result;
        }
    }
}
