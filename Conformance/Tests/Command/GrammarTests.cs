// One command-line grammar: an option means the same in every verb, each kind of names is listed and completed, and help fits a page.
using System.CommandLine;
using PerfModel.Conformance.Command;
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

[Collection(nameof(GrammarTests))]
public sealed class GrammarTests : IDisposable
{
    private readonly Cli _cli = new();

    private readonly Interrupts _interrupts = new();

    public static TheoryData<string> Kinds => [.. Names.Listed.Select(names => names.Plural)];

    public static TheoryData<string, string> Completions => new()
    {
        { "perfmodel ex", "explore" },
        { "perfmodel explore close-vs-f", "close-vs-fork" },
        { "perfmodel explore --strat", "--strategy" },
        { "perfmodel explore --strategy exh", "exhaustive" },
        { "perfmodel run --subject wrong:stop", "wrong:stoppers-first" },
        { "perfmodel run --dialect Am", "Amended" },
        { "perfmodel run --checks str", "stress" },
        { "perfmodel run --profile con", "concurrency" },
        { "perfmodel run --rule 2.1", "2.10" },
        { "perfmodel check --preset sc", "scopes" },
        { "perfmodel check --machine mutant:stop", "mutant:stoppers-first" },
        { "perfmodel litmus two-cl", "two-claims" },
        { "perfmodel explain 7.1", "7.12" },
        { "perfmodel list mach", "machines" },
    };

    public void Dispose()
    {
        _interrupts.Dispose();
        _cli.Dispose();
    }

    [Fact]
    public void Every_option_of_every_verb_is_the_grammars()
    {
        var root = EntryPoint.Root(_interrupts);
        Assert.Empty(NotOfTheGrammar(root));
        // And each is some verb's.
        Assert.Equal(Grammar.All.ToHashSet(), root.Subcommands.SelectMany(verb => verb.Options).ToHashSet());
        Assert.Equal(Grammar.All.Count, Grammar.All.Select(option => option.Name).Distinct().Count());
        Assert.Empty(Grammar.Renamed.Keys.Intersect(Grammar.All.Select(option => option.Name)));
        Assert.All(Grammar.Renamed.Values, name => Assert.Contains(Grammar.All, option => option.Name == name));
    }

    [Fact]
    public void Every_old_name_is_gone_and_says_one_that_is_there()
    {
        var kinds = Names.Listed.Add(Names.Subjects).Add(Names.Rules);
        Assert.Equal(["check", "dialect", "machine"], kinds.Where(kind => !kind.Renamed.IsEmpty).Select(kind => kind.Kind).Order(StringComparer.Ordinal));
        foreach (var kind in kinds)
        {
            Assert.All(kind.Renamed, name =>
            {
                Assert.Null(kind.Find(name.Key));
                Assert.All(name.Value.Split(" or "), now => Assert.Equal(now, kind.Find(now)));
                Assert.Equal($"the {kind.Kind} '{name.Key}' is called {name.Value} now", kind.Unknown(name.Key));
            });
        }
    }

    [Fact]
    public void An_option_of_a_verbs_own_is_noticed()
    {
        var root = EntryPoint.Root(_interrupts);
        root.Subcommands[0].Options.Remove(Grammar.Seed);
        root.Subcommands[0].Add(new Option<string>("--seed"));
        Assert.Equal(["run --seed"], NotOfTheGrammar(root));
    }

    [Fact]
    public void Help_groups_the_verbs_and_fits_a_page()
    {
        var help = _cli.Run("--help").Exits(0).Out;
        foreach (var purpose in (string[])["Check an implementation:\n  run ", "Check the model:\n  check ", "Ask the spec:\n  rules ", "List names:\n  subjects "])
            Assert.Contains($"\n{purpose}", help, StringComparison.Ordinal);
        foreach (var verb in EntryPoint.Root(_interrupts).Subcommands)
            Assert.All(_cli.Run(verb.Name, "--help").Exits(0).Out.Split('\n'), line => Assert.InRange(line.Length, 0, 120));
    }

    [Theory]
    [MemberData(nameof(Completions))]
    public void A_shell_completes(string typed, string word)
    {
        var answer = _cli.Run($"[suggest:{typed.Length}]", typed).Exits(0);
        Assert.Contains(word, answer.Out.Split('\n'));
        Assert.DoesNotContain("--gate", answer.Out, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_names_is_listed(string kind)
    {
        var answer = _cli.Run("list", kind, "--json").Exits(0);
        Schemas.Valid("list", answer);
        var names = answer.Json.GetProperty("names").EnumerateArray().Select(one => one.GetProperty("name").GetString()!).ToList();
        Assert.Equal(names.Count, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        var page = _cli.Run("list", kind.ToUpperInvariant()).Exits(0).Out;
        Assert.All(names, name => Assert.Contains($"\n{name} ", "\n" + page, StringComparison.Ordinal));
        Assert.All(page.Split('\n'), line => Assert.InRange(line.Length, 0, 120));
    }

    [Theory]
    [InlineData("check", "--preset", "GATES", "--dialect", "patch2011", "--symmetry", "ON", "--machine", "SPEC", "--property", "AN EVENT PAUSES ITSELF")]
    [InlineData("run", "--checks", "RULES", "--subject", "LockFree", "--profile", "Core")]
    [InlineData("explore", "CLOSE-VS-CLOSE", "--strategy", "Exhaustive")]
    [InlineData("litmus", "m33", "--iterations", "1")]
    public void Upper_and_lower_case_do_not_count_in_names(params string[] arguments) =>
        Assert.Contains(_cli.Run(arguments).Code, (int[])[0, 3]);

    [Fact]
    public void Profiles_are_taken_as_words_and_as_a_list()
    {
        foreach (var claimed in (string[][])[["core,concurrency"], ["core", "concurrency"], ["+concurrency"]])
            Assert.Contains("profile core+concurrency, ", _cli.Run(["run", "--rule", "2.4", "--profile", .. claimed]).Exits(0).Out, StringComparison.Ordinal);
    }

    // An option that only has the name of one of the grammar's is another.
    private static IEnumerable<string> NotOfTheGrammar(RootCommand root) =>
        root.Subcommands.SelectMany(verb => verb.Options.Where(option => !Grammar.All.Contains(option)).Select(option => $"{verb.Name} {option.Name}"));
}
