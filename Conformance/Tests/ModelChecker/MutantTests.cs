// Every Always can fail: for each there is a model with one thing wrong, found by a shortest path of known length. And no property is silently out of play.
using PerfModel.Conformance.ModelChecker;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests.ModelChecker;

public class MutantTests
{
    private const long Plenty = 1L << 30;

    public static TheoryData<string> Mutants => [.. Mutant.All.Select(mutant => mutant.Name)];

    public static TheoryData<string, int, Dialect> Bounds => SearchTests.Bounds;

    [Theory]
    [MemberData(nameof(Mutants))]
    public void A_mutant_breaks_its_Always_by_a_path_of_the_length_that_it_says(string name)
    {
        var mutant = Mutant.All.Single(one => one.Name == name);
        var machine = Preset.Find(mutant.Preset)!.Mutated(mutant.Events, mutant.Dialect, symmetric: true, mutant);
        // The claim alone: a wrong model may break more, and family is large.
        var wanted = 1UL << machine.Claims.IndexOf(machine.Claims.Single(claim => claim.Id == mutant.Breaks));
        var result = new BreadthFirst(machine, wanted, Plenty).Run();
        Assert.Equal((SearchEnd.Answered, Verdict.Violates), (result.End, result.Verdict));
        var claim = Assert.Single(result.Claims);
        Assert.Equal((mutant.Breaks, "violated", mutant.PathLength), (claim.Claim.Id, claim.Word, claim.Path.Length));
    }

    [Fact]
    public void Every_Always_that_is_in_play_anywhere_has_a_mutant()
    {
        var claimed = Enum.GetValues<Dialect>().SelectMany(dialect => Preset.All.SelectMany(preset => preset.Machine(Math.Min(2, preset.MostEvents), dialect, symmetric: true).Claims))
            .Where(claim => claim.Kind == PropertyKind.Always).Select(claim => claim.Id).Distinct().ToList();
        Assert.Empty(claimed.Except(Mutant.All.Select(mutant => mutant.Breaks)));
        Assert.Empty(Mutant.All.Select(mutant => mutant.Breaks).Except(claimed));
    }

    // Out of play because it cannot be reached, not because it was not reached. EINVAL and the like would be found here.
    [Theory]
    [MemberData(nameof(Bounds))]
    public void What_is_out_of_play_does_not_happen(string name, int events, Dialect dialect)
    {
        var preset = Preset.Find(name)!;
        if (name == "steps") return;
        var idle = preset.Idle(events, dialect).Select(one => one.Claim.Id).ToHashSet();
        var sometimes = Properties.Sequential.Where(property => property.Kind == PropertyKind.Sometimes && idle.Contains(property.Id)).ToList();
        var codec = preset.Codec(events, dialect);
        Assert.NotEmpty(sometimes);
        foreach (var word in EqualityTests.Reachable(preset.Machine(events, dialect, symmetric: false)).Where((_, i) => events < 3 || i % 7 == 0))
        {
            var state = codec.Decode(word);
            for (var action = 0; action < codec.Actions.Length; action++)
            {
                var at = state;
                foreach (var operation in codec.Operations(word, action))
                {
                    var outcome = Step.Apply(at, operation);
                    var transition = new Transition(at, operation, outcome.Result, outcome.State);
                    Assert.All(sometimes, property => Assert.False(property.Holds(transition), $"{property.Name} is in play: {operation}"));
                    at = outcome.State;
                }
            }
        }
    }

    // An Always that is out of play is looked at by nobody: which these are is written here a second time.
    [Theory]
    [MemberData(nameof(Bounds))]
    public void An_Always_is_out_of_play_only_where_nothing_it_speaks_of_can_happen(string name, int events, Dialect dialect)
    {
        string[] ofForks =
        [
            "fork-copies-what-inherits", "copy-begins-as-its-source",
            "copy-is-linked-as-its-source", "total-is-counted", "enable-reaches-every-copy",
            "instances-live-in-running-tasks", "fork-table-decides",
        ];
        string[] ofActivity = ["control-moves-nothing", "active-is-not-throttled"];
        var always = Properties.Sequential.Where(property => property.Kind == PropertyKind.Always && property.SpeaksOf(dialect)).Select(property => property.Id)
            .Concat(Properties.Stepwise.Where(property => property.Kind == PropertyKind.Always).Select(property => property.Id)).ToHashSet();
        string[] expected = name switch
        {
            "gates" => [.. ofForks, .. ofActivity],
            "steps" => ["copies-appear-with-their-task"],
            _ => ofForks,
        };
        Assert.Equal(expected.Order(), Preset.Find(name)!.Idle(events, dialect).Select(idle => idle.Claim.Id).Where(always.Contains).Order());
        Assert.Equal(["active-is-not-throttled"], Preset.Find("family")!.Idle(2, dialect).Select(idle => idle.Claim.Id).Where(always.Contains));
    }

    [Fact]
    public void Every_property_is_in_play_somewhere_or_it_is_known_where_else_it_is_looked_at()
    {
        var played = from preset in Preset.All
                     from dialect in Enum.GetValues<Dialect>()
                     from claim in preset.Machine(Math.Min(3, preset.MostEvents), dialect, symmetric: true).Claims
                     select claim.Id;
        // Counts near their end, and forks among concurrent calls: random walks look at these.
        string[] elsewhere = ["answers-EOVERFLOW", "copies-appear-with-their-task", "copy-outlives-its-task", "copy-of-the-dead"];
        Assert.Equal(elsewhere.Order(), Properties.Sequential.Select(property => property.Id).Concat(Properties.Stepwise.Select(property => property.Id)).Except(played).Order());
    }
}
