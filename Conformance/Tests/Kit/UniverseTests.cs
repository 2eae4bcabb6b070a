// Universes: each operation is in one, with good and bad arguments; their programs are counted as they are made; reduced and full enumeration find the same.
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests.Kit;

public class UniverseTests
{
    public static TheoryData<string> Names => [.. Universe.All.Keys];

    [Fact]
    public void Every_operation_is_called_with_good_and_bad_arguments()
    {
        var called = new HashSet<string>();
        var refused = new HashSet<string>();
        foreach (var universe in Universe.All.Values)
        {
            foreach (var setup in universe.Setups(Dialect.Amended))
            {
                var state = setup.Setup.Aggregate(State.Initial(setup.DeclarationIn(Dialect.Amended)), (before, line) => Step.Apply(before, line.Operation).State);
                foreach (var first in universe.Calls)
                    foreach (var call in universe.Calls.Where(call => call != first))
                        (Step.Apply(Step.Apply(state, first).State, call).Result.IsError ? refused : called).Add(call.Verb);
            }
        }

        var all = typeof(Operation).GetNestedTypes().Count(type => type.IsSealed);
        Assert.Equal(["Close", "Count", "Disable", "Enable", "Exit", "Fork", "Open", "Overflow", "Paused", "Samples", "ScheduleIn", "ScheduleOut", "SetStarter", "SetStopper", "StarterOf", "State", "StopperOf", "Throttle", "Tick", "TotalCount", "Unthrottle"], called.Order(StringComparer.Ordinal));
        Assert.Equal(called.Order(StringComparer.Ordinal), refused.Order(StringComparer.Ordinal));
        // Two of them are two words each.
        Assert.Equal(all + 2, called.Count);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_programs_are_as_many_as_are_made(string name)
    {
        var programs = Universe.All[name].Programs(Shape.OneAndOne, Dialect.Amended);
        var made = Enumerable.Range(0, (int)programs.Places).Select(place => programs.At(place)).OfType<Program>().ToList();
        Assert.Equal(made.Count, programs.Count);
        Assert.Equal(made.Count, made.Select(program => program.ToString()).Distinct().Count());
        // Whatever it is, it is of the grammar.
        Assert.All(made.Where((_, i) => i % 97 == 0), program => Assert.Equal(program.ToString(), ProgramParser.ParseOne(program.ToString(), "made").ToString()));
    }

    [Fact]
    public void A_call_less_is_fewer_programs()
    {
        var links = Universe.All["links"];
        var less = Universe.Parse("less", links.Text.Replace("  Close(q)\n", "", StringComparison.Ordinal));
        Assert.Equal(links.Calls.Length - 1, less.Calls.Length);
        Assert.True(less.Programs(Shape.OneAndTwo, Dialect.Amended).Count < links.Programs(Shape.OneAndTwo, Dialect.Amended).Count);
    }

    // Whoever is called A: the reduced enumeration makes one of each pair of programs, and loses no outcome.
    [Fact]
    public void The_other_of_two_programs_that_differ_in_the_names_of_threads_shows_the_same()
    {
        var programs = Universe.All["handles"].Programs(Shape.OneAndOne, Dialect.Patch2011);
        var engine = new ScheduleEngine(declaration => new Twin.CoroutineSubject(declaration));
        foreach (var program in Enumerable.Range(0, 120).Select(place => programs.At(place)).OfType<Program>())
        {
            var other = program with { Threads = [program.Threads[1], program.Threads[0]] };
            Assert.Equal(
                engine.Explore(program, Dialect.Patch2011, new ScheduleBudget(20_000)).Outcomes.Select(outcome => Swapped(outcome.Text)).Order(StringComparer.Ordinal),
                engine.Explore(other, Dialect.Patch2011, new ScheduleBudget(20_000)).Outcomes.Select(outcome => outcome.Text).Order(StringComparer.Ordinal));
        }

        static string Swapped(string outcome) => outcome.Split(" | ") is [var a, var b, .. var rest] ? string.Join(" | ", [$"A{b[1..]}", $"B{a[1..]}", .. rest]) : outcome;
    }

    // A setup for each state, by the fewest calls; a state twice is once.
    [Fact]
    public void A_thread_of_a_setup_stands_for_the_states_that_some_of_its_calls_lead_to()
    {
        var universe = Universe.Parse("two", """
            perfmodel 1
            title one event
            t = Open(task 0, enabled)
            thread A
              Enable(t)
              Close(t)
            end
            perfmodel 1
            title one event, in some state
            t = Open(task 0, enabled)
            thread A
              Enable(t)
              Throttle(t)
              Disable(t)
            end
            """);
        Assert.Equal(
            ["one event", "one event, in some state", "one event, in some state; Throttle(t)", "one event, in some state; Disable(t)", "one event, in some state; Throttle(t), Disable(t)"],
            universe.Setups(Dialect.Amended).Select(setup => setup.Title));
        // Enable of an event that is enabled leads nowhere.
        Assert.All(universe.Setups(Dialect.Amended), setup => Assert.DoesNotContain(setup.Setup, line => line.Operation is Operation.Enable));
    }

    [Theory]
    [InlineData("u: the first document has one thread: the calls", "perfmodel 1\ntitle none\nt = Open(task 0)\nend\n")]
    [InlineData("u: document 1 has no title", "perfmodel 1\nt = Open(task 0)\nthread A\n  Close(t)\n  State(t)\nend\n")]
    [InlineData("u: 'two' does not open t, which a call names", "perfmodel 1\ntitle one\nt = Open(task 0)\nthread A\n  Close(t)\n  State(t)\nend\nperfmodel 1\ntitle two\np = Open(task 0)\nend\n")]
    [InlineData("u: 'two' has a thread B", "perfmodel 1\ntitle one\nt = Open(task 0)\nthread A\n  Close(t)\n  State(t)\nend\nperfmodel 1\ntitle two\nt = Open(task 0)\nthread A\n  Close(t)\nthread B\n  Close(t)\nend\n")]
    [InlineData("u: 'one' has more than a setup and a thread", "perfmodel 1\ntitle one\nt = Open(task 0)\nthread A\n  Close(t)\n  State(t)\nafter\n  State(t)\nend\n")]
    public void What_is_none_is_refused(string words, string text) =>
        Assert.StartsWith(words, Assert.Throws<ProgramException>(() => Universe.Parse("u", text)).Message, StringComparison.Ordinal);

    // A call of what another call opens stands behind it, in its thread; a second thread's has a name of its own.
    [Fact]
    public void What_a_thread_opens_is_its_own()
    {
        var programs = Universe.All["handles"].Programs(new Shape([2, 2]), Dialect.Amended);
        var two = Enumerable.Range(0, (int)programs.Places / programs.Setups.Length).Select(place => programs.At(place)).OfType<Program>()
            .First(program => program.Threads.All(thread => thread.Lines is [{ Operation: Operation.Open { Attributes.Task: 0, Attributes.Cpu: -1 } }, { Operation: Operation.Close }]));
        Assert.Equal("c = Open(task 0, enabled); Close(c)", string.Join("; ", two.Threads[0].Lines));
        var other = ((Operation.Open)two.Threads[1].Lines[0].Operation).Name;
        Assert.NotEqual(Handle.Of('c'), other);
        Assert.Equal(new Operation.Close(other), two.Threads[1].Lines[1].Operation);
    }
}
