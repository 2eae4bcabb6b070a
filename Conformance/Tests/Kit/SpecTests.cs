// SPEC.md, the model, the examples and the scenarios speak of the same rules; and a spec that lacks a part is refused.
using System.Text.RegularExpressions;
using PerfModel.Conformance.Spec;
using PerfModel.Model;
using Xunit;
using Xunit.Abstractions;

namespace PerfModel.Conformance.Tests;

public partial class SpecTests(ITestOutputHelper output)
{
    private static readonly SpecDocument Current = SpecDocument.Current;

    // Rules that say what something is, or what stays away: no step of the model is decided by them.
    private static readonly string[] CitedByNoStep = ["8.1", "9.4"];

    private static readonly string[] Rooms = ["Model", "Implementation", "Conformance"];

    public static TheoryData<string> TestedRules => [.. Current.Rules.Where(rule => rule.Untested is null).Select(rule => rule.Id.ToString())];

    [Fact]
    public void Every_rule_that_the_model_cites_is_a_tested_rule()
    {
        var cited = Enum.GetValues<Dialect>().Select(CitedByTheModel).Aggregate((all, more) => all | more);
        output.WriteLine($"seed {Walks.Seed}, cited: {cited}");
        Assert.All(cited.Rules, rule => Assert.True(Current.Find(rule) is { Untested: null }, $"the model cites {rule}"));
    }

    // So SPEC.md and the model agree on which rules have the place of others.
    [Theory]
    [InlineData(Dialect.Patch2011)]
    [InlineData(Dialect.Amended)]
    [InlineData(Dialect.Linux613)]
    public void The_model_cites_every_tested_rule_that_decides_a_step_of_a_dialect_and_no_other(Dialect dialect) => Assert.Equal(
        Current.Rules.Where(rule => rule.Untested is null && rule.HoldsIn([dialect])).Select(rule => rule.Id.ToString()).Except(CitedByNoStep),
        CitedByTheModel(dialect).Rules.Select(rule => rule.ToString()));

    [Theory]
    [MemberData(nameof(TestedRules))]
    public void Every_tested_rule_is_spoken_for(string id)
    {
        Assert.True(RuleId.TryParse(id, out var rule));
        var examples = Examples.Of(rule).ToList();
        // These two of chapter 8 are about calls that overlap.
        if (rule.Chapter != 7 && id is not ("8.18" or "8.21"))
        {
            Assert.Contains(examples, example => example.History.IsDefault);
            return;
        }

        Assert.Contains(examples, example => example is { History.IsDefault: false, Verdict: Verdict.Conforms });
        Assert.Contains(examples, example => example is { History.IsDefault: false, Verdict: Verdict.Violates });
        // Rule 7.1 is what every history is judged by.
        Assert.True(rule.Number == 1 || Scenarios.All.Any(scenario => scenario.Value.Rules.Contains(rule)), $"no scenario is about {rule}");
    }

    [Fact]
    public void Every_rule_that_a_header_names_exists() =>
        Assert.All(Examples.All.Concat(Scenarios.All.Values), document =>
        {
            Assert.False(document.Rules.IsEmpty, $"'{document.Title}' names no rule");
            Assert.All(document.Rules, rule => Assert.True(Current.Find(rule) is { Untested: null }, $"'{document.Title}' names {rule}"));
        });

    [Fact]
    public void Every_rule_that_SPEC_md_refers_to_exists()
    {
        var text = File.ReadAllText(Repository.PathOf("SPEC.md"));
        Assert.All(RuleReferences().Matches(text).SelectMany(match => AnyNumber().Matches(match.Value)), number =>
            Assert.True(RuleId.TryParse(number.Value, out var rule) && Current.Find(rule) is not null, $"SPEC.md refers to {number.Value}"));
    }

    [Fact]
    public void Every_rule_that_the_sources_refer_to_exists()
    {
        var sources = Rooms.SelectMany(room => Directory.EnumerateFiles(Repository.PathOf(room), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).ToList();
        var references = 0;
        foreach (var file in sources)
        {
            foreach (var number in RuleWords().Matches(File.ReadAllText(file)).SelectMany(match => AnyNumber().Matches(match.Value)))
            {
                Assert.True(RuleId.TryParse(number.Value, out var rule) && Current.Find(rule) is not null, $"{file} refers to rule {number.Value}");
                references++;
            }
        }

        Assert.InRange(references, 100, int.MaxValue);
    }

    [Fact]
    public void Chapters_are_numbered_in_order_and_so_are_their_rules()
    {
        Assert.Equal(Enumerable.Range(1, 9), Current.Chapters.Keys);
        foreach (var chapter in Current.Rules.GroupBy(rule => rule.Id.Chapter))
            Assert.Equal(Enumerable.Range(1, chapter.Count()), chapter.Select(rule => rule.Id.Number));
    }

    [Theory]
    [InlineData("### 1.1 First\n\nIt MUST.\n\n*Source.* Us.", "rule 1.1 has no intent")]
    [InlineData("### 1.1 First\n\nIt MUST.\n\n*Intent.* Why.", "rule 1.1 has no source")]
    [InlineData("### 1.1 First\n\n*Intent.* Why.\n*Source.* Us.", "rule 1.1 says nothing")]
    [InlineData("### 1.1\n\nIt MUST.\n\n*Intent.* Why.\n*Source.* Us.", "rule 1.1 has no title")]
    [InlineData("### 1.1 First\n\nIt MUST.\n\n*Intent.* Why.\n*Source.* Us.\n\n### 1.1 Again\n\nIt MUST.\n\n*Intent.* Why.\n*Source.* Us.", "rule 1.1 stands twice")]
    [InlineData("### 1.29 Beyond\n\nIt MUST.\n\n*Intent.* Why.\n*Source.* Us.", "'### 1.29 Beyond' is not a rule of chapter 1")]
    [InlineData("### 2.1 Astray\n\nIt MUST.\n\n*Intent.* Why.\n*Source.* Us.", "'### 2.1 Astray' is not a rule of chapter 1")]
    [InlineData("## 1 Again\n", "chapter 1 stands twice")]
    public void A_spec_that_lacks_a_part_is_refused(string rules, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => SpecDocument.Parse($"# Spec\n\nVersion 1.0\n\n## 1 Chapter\n\n{rules}\n")).Message);

    [Fact]
    public void A_spec_without_a_version_is_refused() =>
        Assert.Equal("SPEC.md does not say its version: 'Version N.N'", Assert.Throws<FormatException>(() => SpecDocument.Parse("# Spec\n")).Message);

    [Fact]
    public void A_rule_is_read_whole()
    {
        var spec = SpecDocument.Parse("# Spec\n\nVersion 1.0\n\n## 1 Chapter\n\n### 1.1 First rule\n\nIt MUST.\n\nIt MAY.\n\n*Intent.* Why,\nin two lines.\n*Source.* Us.\n\n*Untested.* Later.\n\n## Annex\n\nMore.\n");
        Assert.Equal(new SpecRule(new RuleId(1, 1), "First rule", "It MUST.\n\nIt MAY.", "Why, in two lines.", "Us.", "Later."), Assert.Single(spec.Rules));
        Assert.Equal(("1.0", "Chapter"), (spec.Version, spec.Chapters[1]));
    }

    // The sentence may end a line anywhere.
    [Theory]
    [InlineData("This has the place of 1.1.", "1.1")]
    [InlineData("This\nhas the place of 1.1 to\n1.2. It is no 1.3.", "1.1 1.2")]
    [InlineData("This has the place of 1.1 and\n1.3.", "1.1 1.3")]
    [InlineData("It stands where 1.3 does.", "")]
    public void A_rule_of_a_dialect_has_the_place_of_those_that_it_names(string sentence, string replaced)
    {
        var rules = Rule("1.1 One", "It MUST.") + Rule("1.2 Two", "It MAY.") + Rule("1.3 Three", "It MUST.");
        var spec = SpecDocument.Parse($"# Spec\n\nVersion 1.0\n\n## 1 Chapter\n\n{rules}## 8 Dialects\n\n{Rule("8.1 Linux613: another", $"It MUST NOT. {sentence}")}");
        Assert.All(spec.Rules, rule => Assert.Equal(replaced.Split(' ').Contains(rule.Id.ToString()), !rule.HoldsIn([Dialect.Linux613])));
        Assert.All(spec.Rules, rule => Assert.Equal(rule.Id.Chapter == 1, rule.HoldsIn([Dialect.Amended])));

        static string Rule(string heading, string text) => $"### {heading}\n\n{text}\n\n*Intent.* Why.\n*Source.* Us.\n\n";
    }

    [Theory]
    [InlineData("", "1 2 3 4 5 8 9", "8.8 8.9 8.18 8.21 8.22 8.23")]
    [InlineData("Inheritance", "1 2 3 4 5 6 8 9", "8.18 8.21")]
    [InlineData("Concurrency", "1 2 3 4 5 7 8 9", "7.9 7.10 7.11 8.8 8.9 8.22 8.23")]
    [InlineData("Inheritance Concurrency", "1 2 3 4 5 6 7 8 9", "")]
    public void A_profile_claims_the_rules_that_its_own_rule_names(string profiles, string chapters, string without)
    {
        var claimed = profiles.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<Profile>).ToHashSet();
        var expected = Current.Rules.Where(rule => rule.Untested is null)
            .Where(rule => chapters.Contains((char)('0' + rule.Id.Chapter)) && !without.Split(' ').Contains(rule.Id.ToString()));
        Assert.Equal(expected, Current.Rules.Where(rule => rule.Untested is null && Current.Claims(claimed, rule.Id)));
    }

    [Theory]
    [InlineData("It MUST.", "rule 9.1 names no profile and its rules")]
    [InlineData("A subject MUST claim *core*: all of it.", "rule 9.1 names no rules")]
    [InlineData("A subject MUST claim *kernel*: chapter 1.", "'kernel' is no profile")]
    [InlineData("A subject MUST claim *core*: chapter 1, and 1.29.", "1.29 is no rule")]
    public void A_profile_without_its_rules_is_refused(string text, string message) => Assert.Equal(
        message, Assert.Throws<FormatException>(() => SpecDocument.Parse($"# Spec\n\nVersion 1.0\n\n## 9 Profiles\n\n### 9.1 Core\n\n{text}\n\n*Intent.* Why.\n*Source.* Us.\n")).Message);

    private static RuleSet CitedByTheModel(Dialect dialect)
    {
        var cited = RuleSet.None;
        foreach (var transition in Walks.SequentialTransitions(dialect)) cited |= Cited.By(transition.Before, transition.Operation, new Outcome(transition.After, transition.Result));
        foreach (var (before, move) in Walks.ConcurrentMoves(dialect)) cited |= Cited.By(before, move);
        return cited;
    }

    [GeneratedRegex(@"\(\d\.\d+(?:(?:, |–|; | and | or )\d\.\d+)*\)")]
    private static partial Regex RuleReferences();

    [GeneratedRegex(@"\b[Rr]ules?\s+\d\.\d+(?:(?:, | and | to | or )\d\.\d+)*")]
    private static partial Regex RuleWords();

    [GeneratedRegex(@"\d\.\d+")]
    private static partial Regex AnyNumber();
}
