// The twin of the shipped source: what it shows is what the source itself shows on parked threads; and what has no twin is said.
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Wrong;
using PerfModel.Model;
using Xunit;
using CoroutineSubject = PerfModel.Twin.CoroutineSubject;
using TwinWriter = PerfModel.Twin.TwinWriter;

namespace PerfModel.Conformance.Tests.Schedules;

public class TwinTests
{
    private static readonly ScheduleBudget Plenty = new(200_000);

    // The same schedules, not only the same outcomes: a step that the twin has too many, or too few, would change their number. One scenario
    // has nine schedules of ten, which take parked threads long: of it the first are compared.
    [Theory]
    [LongInlineData(Dialect.Patch2011, 2_000)]
    [LongInlineData(Dialect.Amended, 2_000)]
    [InlineData(Dialect.Amended, 60)]
    public void Coroutines_show_what_parked_threads_show(Dialect dialect, int schedules)
    {
        foreach (var scenario in Scenarios.For(dialect, inheritance: true))
        {
            var budget = new ScheduleBudget(schedules);
            var twin = new ScheduleEngine(declaration => new CoroutineSubject(declaration)).Explore(scenario, dialect, budget);
            var source = new ScheduleEngine(declaration => new HookedSubject(declaration)).Explore(scenario, dialect, budget);
            Assert.True((twin.Schedules, twin.Equivalent, twin.Exhaustive) == (source.Schedules, source.Equivalent, source.Exhaustive), scenario.Title);
            Assert.Equal(source.Outcomes.ToList(), twin.Outcomes.ToList());
        }
    }

    [Fact]
    public void Every_wrong_subject_has_a_twin() =>
        Assert.All(WrongSubject.All, wrong => Assert.NotNull(Assembly.LoadFrom(WrongRuns.Assembly(wrong)).GetType(WrongCompiler.CoroutineType)));

    // A schedule that one engine saved is one of the other's.
    [Fact]
    public void A_schedule_of_coroutines_is_followed_by_parked_threads()
    {
        var wrong = Assembly.LoadFrom(WrongRuns.Assembly(WrongRuns.Find("claims-before-publishing")));
        var found = new ScheduleEngine(Maker(WrongCompiler.CoroutineType)).Explore(Scenarios.All["setstopper-vs-overflow"], Dialect.Patch2011, Plenty).Finding;
        var again = new ScheduleEngine(Maker(WrongCompiler.HookedType)).Replay(found!.Saved).Finding;
        Assert.Equal(found.Saved.ToString(), again?.Saved.ToString());

        Func<Declaration, ISubject> Maker(string type) => declaration => (ISubject)Activator.CreateInstance(wrong.GetType(type)!, declaration)!;
    }

    [Theory]
    [InlineData("public int P => (int)_x.LoadAcquire();", "get_P touches shared state, and only an ordinary method can be a coroutine")]
    [InlineData("public bool M(int[] a) => Array.Exists(a, _ => _x.LoadAcquire() == 0);", "a lambda touches shared state")]
    [InlineData("public void M() { F(); void F() => _x.StoreRelease(1); }", "only an ordinary method can be a coroutine")]
    public void What_has_no_twin_is_said(string member, string why)
    {
        var source = $"namespace PerfModel.Implementation; public class PerfEvents<T> {{ private struct SharedLong {{ public long LoadAcquire() => 0; public void StoreRelease(long value) {{ }} }} private SharedLong _x; {member} }}";
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        var twin = TwinWriter.Write([CSharpSyntaxTree.ParseText(source)], references);
        Assert.Contains(twin.Problems, problem => problem.Message.Contains(why, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ScheduleEngine.Random)]
    [InlineData(ScheduleEngine.Priorities)]
    public void Drawn_schedules_find_a_race_and_are_the_same_for_the_same_seed(string scheduler)
    {
        var wrong = Assembly.LoadFrom(WrongRuns.Assembly(WrongRuns.Find("claims-before-publishing"))).GetType(WrongCompiler.CoroutineType)!;
        var engine = new ScheduleEngine(declaration => (ISubject)Activator.CreateInstance(wrong, declaration)!);
        var (scenario, budget) = (Scenarios.All["setstopper-vs-overflow"], new ScheduleBudget(2_000, 7, scheduler));
        var drawn = engine.Explore(scenario, Dialect.Patch2011, budget);
        Assert.NotNull(drawn.Finding);
        Assert.Equal(drawn.Finding.FoundAfter, engine.Explore(scenario, Dialect.Patch2011, budget).Finding!.FoundAfter);
        Assert.Equal(drawn.Finding.Saved.ToString(), engine.Replay(drawn.Finding.Saved).Finding?.Saved.ToString());
        var right = new ScheduleEngine(declaration => new CoroutineSubject(declaration)).Explore(scenario, Dialect.Patch2011, budget);
        Assert.Null(right.Finding);
        var all = new ScheduleEngine(declaration => new CoroutineSubject(declaration)).Explore(scenario, Dialect.Patch2011, Plenty);
        Assert.Subset(all.Outcomes.Select(one => one.Text).ToHashSet(), right.Outcomes.Select(one => one.Text).ToHashSet());
    }
}
