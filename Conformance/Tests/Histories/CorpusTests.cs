// Histories drawn by hand, one idea each: the end of the file's name is the verdict.
using System.Globalization;
using System.Text.RegularExpressions;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Text;
using Xunit;

namespace PerfModel.Conformance.Tests.Histories;

public partial class CorpusTests
{
    /// <summary>The names of the files.</summary>
    public static IReadOnlyList<string> Files { get; } =
        [.. Directory.GetFiles(Folder("Corpus"), "*.txt").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Names { get; } = new(Files);

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_judged_as_its_name_says(string name)
    {
        var (document, budget) = Read(name);
        Assert.NotNull(document.Title);
        foreach (var dialect in document.Dialects)
        {
            var judgement = HistoryChecker.Check(document, dialect, budget);
            Assert.True(name.EndsWith("-" + judgement.Word, StringComparison.Ordinal), $"{dialect}: {judgement}");
            Assert.True(judgement.Expanded <= budget.Configurations);
        }
    }

    // The rules that a title cites are in play where it violates: the page leads to them.
    [Theory]
    [MemberData(nameof(Names))]
    public void Cites_a_rule_of_its_title(string name)
    {
        var (document, budget) = Read(name);
        if (!name.EndsWith("-violates", StringComparison.Ordinal)) return;
        foreach (var dialect in document.Dialects)
        {
            var rules = HistoryChecker.Check(document, dialect, budget).Violation!.Rules;
            Assert.True(document.Rules.Any(rules.Contains), $"{dialect}: {string.Join(", ", document.Rules)} in {rules}");
        }
    }

    /// <summary>A history of the corpus; a comment <c># budget N</c> in it says with how much it is judged.</summary>
    public static (Program Program, Budget Budget) Read(string name)
    {
        var text = File.ReadAllText(Path.Combine(Folder("Corpus"), name + ".txt"));
        var budget = BudgetComment().Match(text) is { Success: true } match ? new Budget(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)) : Budget.Default;
        return (ProgramParser.ParseOne(text, name), budget);
    }

    /// <summary>A folder beside these tests, in the sources.</summary>
    public static string Folder(string name) => Repository.PathOf("Conformance", "Tests", "Histories", name);

    [GeneratedRegex("^# budget ([0-9]+)$", RegexOptions.Multiline)]
    private static partial Regex BudgetComment();
}
