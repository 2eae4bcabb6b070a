// The examples are true: the model gives every answer that they show, and the checker of histories every verdict; SPEC.md's own histories too.
using System.Text.RegularExpressions;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests;

public partial class ExampleTests
{
    // What these rules say shows in no single answer of the model: absence, permanence, declarations.
    private static readonly RuleSet NotCited = RuleSet.Of(8_01) | RuleSet.Of(9_04);

    // In a scenario this rule may stand for a visit that is not made, to a dead target; that is no step.
    private static readonly RuleSet NoStep = RuleSet.Of(7_05);

    public static TheoryData<string> Sequences => [.. Examples.Sequences.Select(Key)];

    public static TheoryData<string> Histories => [.. Examples.All.Where(example => !example.History.IsDefault).Select(Key)];

    public static TheoryData<string> ScenarioNames => [.. Scenarios.All.Keys];

    public static TheoryData<string> NotBugs => [.. NotBugBlocks().Keys];

    [Fact]
    public void Titles_tell_examples_apart() =>
        Assert.Equal(Examples.All.Length, Examples.All.Select(Key).Distinct().Count());

    [Theory]
    [MemberData(nameof(Sequences))]
    public void A_sequence_has_the_answers_of_the_model(string key)
    {
        var example = Find(key);
        Assert.Contains(example.Setup, line => line.Result is not null);
        foreach (var dialect in example.Dialects)
        {
            var state = State.Initial(example.DeclarationIn(dialect));
            var cited = NotCited;
            foreach (var line in example.Setup.Concat(example.After))
            {
                for (var time = 0; time < line.Times; time++)
                {
                    var outcome = Step.Apply(state, line.Operation);
                    // Two million times over in some: the message is made where it is needed.
                    if (line.Result is { } expected && expected != outcome.Result) Assert.Fail($"{dialect}: {line}, but the model answers {outcome.Result}\n{state}");
                    cited |= Cited.By(state, line.Operation, outcome);
                    state = outcome.State;
                }
            }

            Assert.All(example.Rules, rule => Assert.True(cited.Contains(rule), $"{dialect}: no answer is decided by {rule}, only by {cited}"));
        }
    }

    [Theory]
    [MemberData(nameof(Histories))]
    public void A_history_has_the_verdict_of_the_checker(string key)
    {
        var example = Find(key);
        Assert.NotNull(example.Verdict);
        foreach (var dialect in example.Dialects)
        {
            var judgement = HistoryChecker.Check(example, dialect, Budget.Default);
            Assert.True(example.Verdict == judgement.Verdict, $"{dialect}: {judgement}");
        }
    }

    [Theory]
    [MemberData(nameof(ScenarioNames))]
    public void A_scenario_is_a_small_program_of_threads_and_its_rules_decide_some_step(string name)
    {
        var scenario = Scenarios.All[name];
        Assert.True(scenario.Threads.Length >= 2);
        Assert.False(string.IsNullOrEmpty(scenario.Title));
        Assert.False(scenario.After.IsEmpty && scenario.Threads.All(thread => thread.Lines.All(line => !line.Operation.IsRead)), "nobody looks at what became of it");
        foreach (var dialect in scenario.Dialects)
        {
            var outcomes = Outcomes.Of(scenario, dialect, Budget.Default);
            Assert.True(outcomes.Complete);
            Assert.True(scenario.Rules.All((outcomes.Rules | NoStep).Contains), $"{dialect}: of {string.Join(", ", scenario.Rules)} only {outcomes.Rules}");
        }
    }

    [Theory]
    [MemberData(nameof(NotBugs))]
    public void What_SPEC_md_says_is_not_a_bug_conforms(string name)
    {
        var document = NotBugBlocks()[name];
        foreach (var dialect in document.Dialects)
        {
            var judgement = HistoryChecker.Check(document, dialect, Budget.Default);
            Assert.True(judgement.Verdict == Verdict.Conforms, $"{dialect}: {judgement}\n{document}");
        }
    }

    [Fact]
    public void A_lost_stop_is_no_bug_in_one_dialect_only()
    {
        var document = NotBugBlocks()["A stop is lost, in Patch2011."];
        Assert.Equal(Verdict.Violates, HistoryChecker.Check(document, Dialect.Amended, Budget.Default).Verdict);
        var kept = ProgramParser.ParseOne(document.ToString().Replace("A: Paused(t) -> ok open", "A: Paused(t) -> ok paused", StringComparison.Ordinal), "SPEC.md");
        Assert.Equal(Verdict.Violates, HistoryChecker.Check(kept, Dialect.Patch2011, Budget.Default).Verdict);
        Assert.Equal(Verdict.Conforms, HistoryChecker.Check(kept, Dialect.Amended, Budget.Default).Verdict);
    }

    [Fact]
    public void Every_paragraph_of_what_is_not_a_bug_is_read() =>
        Assert.Equal(Regex.Count(NotABug(), @"^\*\*", RegexOptions.Multiline), NotBugBlocks().Count);

    private static string Key(Program example) =>
        example.Dialect is null ? example.Title! : $"{example.Title} ({example.Dialect})";

    private static Program Find(string key) => Examples.All.Single(example => Key(example) == key);

    /// <summary>The histories of SPEC.md's chapter, by their bold titles.</summary>
    private static Dictionary<string, Program> NotBugBlocks() => Titled().Matches(NotABug()).ToDictionary(
        match => match.Groups[1].Value.ReplaceLineEndings(" "),
        match => ProgramParser.ParseOne(match.Groups[2].Value, $"SPEC.md, {match.Groups[1].Value}"));

    private static string NotABug()
    {
        var text = File.ReadAllText(Repository.PathOf("SPEC.md")).ReplaceLineEndings("\n");
        var start = text.IndexOf("\n## What is not a bug\n", StringComparison.Ordinal);
        return text[start..text.IndexOf("\n## ", start + 4, StringComparison.Ordinal)];
    }

    [GeneratedRegex(@"^\*\*(.*?)\*\*.*?^```perfmodel\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Titled();
}
