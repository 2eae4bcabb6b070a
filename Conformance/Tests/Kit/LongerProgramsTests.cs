// Longer programs: the same for the same seed, of the grammar, and of all that nobody enumerates.
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests.Kit;

public class LongerProgramsTests
{
    private static List<Program> Drawn(ulong seed, bool inheritance = true)
    {
        var programs = new LongerPrograms(Dialect.Amended, inheritance, seed);
        return [.. Enumerable.Range(0, 400).Select(_ => programs.Next())];
    }

    [Fact]
    public void The_same_seed_draws_the_same() => Assert.Equal(Drawn(5).Select(program => program.ToString()), Drawn(5).Select(program => program.ToString()));

    [Fact]
    public void They_are_of_the_grammar_and_longer_than_what_is_enumerated()
    {
        Assert.All(Drawn(1), program => Assert.Equal(program.ToString(), ProgramParser.ParseOne(program.ToString(), "drawn").ToString()));
        Assert.All(Drawn(1).Where(program => program.Title != "an event comes, goes and comes again"), program => Assert.InRange(program.Threads.Sum(thread => thread.Lines.Length), 4, 6));
        Assert.All(Drawn(1, inheritance: false), program => Assert.False(program.NeedsInheritance));
    }

    [Fact]
    public void They_have_what_goes_wrong_seldom()
    {
        var drawn = Drawn(2);
        Some("an event that is opened for the third time beside a thread that looks for a place", program => program.Threads.Any(thread => Calls<Operation.Open>(thread.Lines) == 3));
        Some("an event that is linked to itself", program => program.Operations.OfType<Operation.SetLink>().Any(link => link.Trigger == link.Target));
        Some("one trigger in both roles, of different targets", program => program.Operations.OfType<Operation.SetLink>().GroupBy(link => link.Trigger).Any(links => links.Select(link => (link.Role, link.Target)).Distinct().GroupBy(link => link.Role).Count() == 2));
        Some("more than 64 targets", program => program.Setup.Count(line => line.Operation is Operation.SetLink) > 64);
        Some("an event that begins paused", program => program.Operations.OfType<Operation.Open>().Any(open => open.Attributes.StartPaused));
        Some("a new event where copies of another live", program => program.Declaration.Handles < program.Operations.OfType<Operation.Open>().Count() && program.Operations.OfType<Operation.Fork>().Any());
        foreach (var universe in Universe.All.Values.Where(universe => universe.SpeaksOf(Dialect.Amended)).Select(universe => universe.Name)) Some(universe, program => program.Title!.StartsWith(universe + ":", StringComparison.Ordinal));

        void Some(string what, Predicate<Program> has) => Assert.True(drawn.Exists(has), what);

        static int Calls<T>(IEnumerable<Line> lines) => lines.Count(line => line.Operation is T);
    }
}
