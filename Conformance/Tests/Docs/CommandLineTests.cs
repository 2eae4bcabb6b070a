// What the documentation says of the command is so: verbs, options, names, rules, and what the README shows of their output.
using System.Text.RegularExpressions;
using PerfModel.Conformance.Command;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Tests.Command;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests.Docs;

public sealed partial class CommandLineTests : IDisposable
{
    private const string LongForm = "dotnet run --project Conformance -c Release";

    private static readonly Dictionary<string, string> Help = [];

    private readonly Cli _cli = new();

    public static TheoryData<string> Commands => [.. Markdown.All.SelectMany(CommandsOf).Distinct()];

    public static TheoryData<string> Shown => [.. Consoles.Select(fence => fence.Lines[0])];

    private static IEnumerable<Fence> Consoles => Markdown.All.SelectMany(file => file.Fences).Where(fence => fence.Language == "console");

    public void Dispose() => _cli.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_that_is_written_down_exists(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var verb = words[0];
        Assert.Contains($"\n  {verb} ", HelpOf(""), StringComparison.Ordinal);
        for (var i = 1; i < words.Length; i++)
        {
            if (words[i].StartsWith("--", StringComparison.Ordinal)) Assert.Contains(words[i] + " ", HelpOf(verb == "adapter" ? $"{verb} {words[1]}" : verb) + " ", StringComparison.Ordinal);
            if (words[i - 1] == "--subject" && words[i] != "NAME" && !words[i].StartsWith("assembly:", StringComparison.Ordinal)) Assert.Contains(words[i], SubjectNames());
            if (i == 1 && verb == "explain" && words[i] != "RULE") Assert.True(RuleId.TryParse(words[i], out var rule) && SpecDocument.Current.Find(rule) is not null, words[i]);
            if (i == 1 && verb == "litmus" && !words[i].StartsWith('-')) Assert.Contains(LockFreeLitmus.All, test => test.Name == words[i] || test.Rows.Contains(words[i]));
            if (i == 1 && verb == "explore" && !words[i].StartsWith('-') && words[i] != "NAME") Assert.Contains(words[i], ExploreVerb.NamedScenarios.Keys);
        }
    }

    [Fact]
    public void The_two_commands_are_those_that_a_newcomer_types()
    {
        var readme = Markdown.Named("README.md").Text;
        Assert.Contains($"\n{LongForm} ", readme, StringComparison.Ordinal);
        Assert.Contains("\ndotnet test -c Release ", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_verb_stands_in_the_README()
    {
        var written = CommandsOf(Markdown.Named("README.md")).Select(command => command.Split(' ')[0]).ToHashSet();
        Assert.Superset(new HashSet<string> { "subjects", "rules", "explain", "eval", "explore", "enumerate", "merge", "mutants", "replay", "run", "diff", "litmus", "check", "graph", "defects" }, written);
    }

    [Theory]
    [MemberData(nameof(Shown))]
    public void What_is_shown_of_a_command_is_what_it_prints(string prompt)
    {
        var fence = Consoles.Single(one => one.Lines[0] == prompt);
        Assert.StartsWith("$ perfmodel ", prompt, StringComparison.Ordinal);
        var printed = _cli.Run(prompt["$ perfmodel ".Length..].Split(' ')).Out.Split('\n').Select(line => line.TrimEnd()).ToList();
        var at = 0;
        foreach (var line in fence.Lines[1..].Select(line => line.TrimEnd()).Where(line => line != "…"))
        {
            var found = printed.FindIndex(at, one => one == line);
            Assert.True(found >= 0, $"{prompt}\ndoes not print, or not at this place:\n{line}\nbut:\n{string.Join("\n", printed)}");
            at = found + 1;
        }
    }

    [LongFact]
    public void The_last_line_of_a_run_is_as_the_README_has_it()
    {
        var readme = Markdown.Named("README.md").Text;
        var printed = _cli.Run("run", "--iterations", "40").Exits(0).Out.TrimEnd('\n').Split('\n')[^1];
        var stable = Seconds().Replace(printed, "");
        Assert.Contains($"\n{stable}", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_program_that_is_shown_answers_as_it_says()
    {
        var programs = Markdown.All.SelectMany(file => file.Fences).Where(fence => fence.Language == "perfmodel").ToList();
        Assert.NotEmpty(programs);
        foreach (var program in programs) _cli.Run(string.Join("\n", program.Lines), ["eval", "-"]).Exits(0);
    }

    // `perfmodel verb …` in backticks, and the lines after a prompt.
    private static IEnumerable<string> CommandsOf(Markdown file) =>
        file.Code.Concat(file.Fences.Where(fence => fence.Language == "console").Select(fence => fence.Lines[0].TrimStart('$', ' ')))
            .Select(code => code.Replace($"{LongForm} --", "perfmodel", StringComparison.Ordinal))
            .Where(code => code.StartsWith("perfmodel ", StringComparison.Ordinal) && char.IsAsciiLetterLower(code["perfmodel ".Length]))
            .Select(code => code["perfmodel ".Length..]);

    private string HelpOf(string verb)
    {
        lock (Help)
        {
            if (!Help.TryGetValue(verb, out var help)) Help.Add(verb, help = _cli.Run([.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]).Exits(0).Out);
            return help;
        }
    }

    private IEnumerable<string> SubjectNames() => _cli.Run("subjects", "--json").Exits(0).Json.GetProperty("subjects").EnumerateArray().Select(subject => subject.GetProperty("name").GetString()!);

    [GeneratedRegex(@"[0-9.]+ s$")]
    private static partial Regex Seconds();
}
