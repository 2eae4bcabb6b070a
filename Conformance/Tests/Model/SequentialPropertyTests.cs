// The sequential properties: each Always holds wherever random programs lead, each Sometimes is reached, and each Always can fail.
using PerfModel.Model;
using Xunit;
using Xunit.Abstractions;
using static PerfModel.Model.Properties;

namespace PerfModel.Conformance.Tests;

public class SequentialPropertyTests(ITestOutputHelper output)
{
    public static TheoryData<string, Dialect> Always => Named(PropertyKind.Always);

    public static TheoryData<string, Dialect> Sometimes => Named(PropertyKind.Sometimes);

    public static TheoryData<string> EveryAlways => [.. Sequential.Where(property => property.Kind == PropertyKind.Always).Select(property => property.Id)];

    [Theory]
    [MemberData(nameof(Always))]
    public void An_Always_holds_in_every_transition(string id, Dialect dialect)
    {
        var property = Find(id);
        var transitions = Walks.SequentialTransitions(dialect);
        output.WriteLine($"seed {Walks.Seed}, {transitions.Count} transitions");
        Assert.InRange(transitions.Count, 10_000, int.MaxValue);
        Assert.All(transitions.Where(transition => !property.Holds(transition)).Take(1), transition => Assert.Fail(Told(transition)));
    }

    [Theory]
    [MemberData(nameof(Sometimes))]
    public void A_Sometimes_is_reached_and_is_not_idle_talk(string id, Dialect dialect)
    {
        var property = Find(id);
        var transitions = Walks.SequentialTransitions(dialect);
        var reached = transitions.Count(property.Holds);
        output.WriteLine($"seed {Walks.Seed}, {reached} of {transitions.Count} transitions");
        Assert.InRange(reached, 1, transitions.Count - 1);
    }

    [Theory]
    [MemberData(nameof(EveryAlways))]
    public void An_Always_can_fail(string id)
    {
        Assert.True(WrongTransitions.Of.ContainsKey(id), $"no wrong transition is known for: {id}");
        foreach (var (what, transition) in WrongTransitions.Of[id])
        {
            Assert.False(Find(id).Holds(transition), $"{what} is not noticed: {Told(transition)}");
            var honest = Step.Apply(transition.Before, transition.Operation);
            Assert.True(Find(id).Holds(transition with { Result = honest.Result, After = honest.State }), $"what the model does itself is blamed, not {what}");
        }
    }

    [Fact]
    public void Every_wrong_transition_belongs_to_a_property() =>
        Assert.Empty(WrongTransitions.Of.Keys.Except(Sequential.Select(property => property.Id)));

    [Fact]
    public void Names_are_sentences_of_their_own() =>
        Assert.Equal(Sequential.Length, Sequential.Select(property => property.ToString()).Distinct().Count());

    [Fact]
    public void An_id_names_one_property() =>
        Assert.Distinct(Sequential.Select(property => property.Id).Concat(Stepwise.Select(property => property.Id)));

    private static TheoryData<string, Dialect> Named(PropertyKind kind)
    {
        var data = new TheoryData<string, Dialect>();
        foreach (var property in Sequential.Where(property => property.Kind == kind))
            foreach (var dialect in Enum.GetValues<Dialect>().Where(property.SpeaksOf))
                data.Add(property.Id, dialect);
        return data;
    }

    private static Property Find(string id) => Sequential.Single(property => property.Id == id);

    private static string Told(Transition t) => $"{t.Operation} -> {t.Result}\nbefore\n{t.Before}\nafter\n{t.After}";
}
