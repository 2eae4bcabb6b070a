// The posted subject: each scenario finds its defect, nothing fails without one, and mended it conforms; so nothing but the defects of the patch fails.
using System.Globalization;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Tests.Docs;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using PerfModel.Model.Posted;
using PerfModel.Posted;
using Xunit;

namespace PerfModel.Conformance.Tests.Posted;

public class PostedSubjectTests
{
    private static readonly ScheduleBudget Enough = new(20_000);

    public static TheoryData<string> Names => [.. PostedScenarios.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_scenario_finds_its_defect_and_the_page_names_it(string name)
    {
        var scenario = PostedScenarios.All[name];
        var finding = Explore(scenario).Finding!;
        Assert.Contains(name, finding.Defects.Select(defect => defect.Id));
        Assert.Contains($" : {name}: ", finding.Page().ReplaceLineEndings("\n").Replace("\n               D", " : D", StringComparison.Ordinal), StringComparison.Ordinal);
        if (Defect.All.Any(defect => defect.Id == name)) Assert.Contains($"perfmodel defects {name} shows it", finding.Page(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_correct_implementation_has_no_violation_in_any_schedule_of_it(string name)
    {
        var report = new ScheduleEngine(declaration => new Twin.CoroutineSubject(declaration)).Explore(PostedScenarios.All[name], Dialect.Patch2011, Enough);
        Assert.Equal((true, null), (report.Exhaustive, report.Finding));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void With_every_mend_no_schedule_of_it_violates(string name) => Conforms(Explore(PostedScenarios.All[name], Defect.EveryMend));

    // A defect that somebody looks for is shown, or it is said why it is not.
    [Fact]
    public void Each_defect_of_the_machine_is_shown_or_it_is_said_why_not() =>
        Assert.Equal(Defect.All.Select(defect => defect.Id).Except(PostedScenarios.All.Keys).Order(StringComparer.Ordinal), PostedScenarios.NotShown.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void With_every_mend_no_schedule_of_any_scenario_violates()
    {
        foreach (var scenario in Scenarios.For(Dialect.Patch2011, inheritance: true)) Conforms(Explore(scenario, Defect.EveryMend));
    }

    [Fact]
    public void With_every_mend_sequences_conform()
    {
        Assert.All((CheckReport[])[RulesCheck.Run(Context(Defect.EveryMend)), RandomCheck.Run(Context(Defect.EveryMend), 900)],
            report => Assert.Equal("", string.Join("\n", report.Failures.Select(failure => failure.Page()))));
    }

    [Fact]
    public void No_scenario_fails_without_a_defect()
    {
        foreach (var scenario in Scenarios.For(Dialect.Patch2011, inheritance: true)) NamesDefects(Explore(scenario).Finding);
    }

    [Fact]
    public void No_sequence_fails_without_a_defect()
    {
        var rules = RulesCheck.Run(Context(Mend.None));
        Assert.NotEmpty(rules.Failures);
        Assert.All(rules.Failures, NamesDefects);
        for (var seed = 0UL; seed < 4; seed++) Assert.All(RandomCheck.Run(Context(Mend.None, seed), 200).Failures, NamesDefects);
    }

    // As posted nobody can tell: the slot of the copy is empty (D39), and so it is as if the fork had not seen the link.
    [Fact]
    public void A_link_that_is_copied_in_part_shows_where_the_slots_of_copies_are_filled()
    {
        var program = ProgramParser.ParseOne("""
            perfmodel 1
            p = Open(task 0, period 1, inherit, enabled)
            t = Open(task 0, inherit, enabled)
            thread A
              SetStopper(p, t)
            thread B
              Fork(0, 2)
            after
              ScheduleIn(p@2)
              ScheduleIn(t@2)
              StopperOf(t@2)
              Overflow(p@2)
              Paused(t@2)
            end
            """, "test");
        Assert.Contains("D36", Explore(program, Mend.D39).Finding!.Defects.Select(defect => defect.Id));
        Assert.DoesNotContain("D36", Explore(program).Finding?.Defects.Select(defect => defect.Id) ?? []);
        Conforms(Explore(program, Defect.EveryMend));
    }

    [Fact]
    public void The_table_of_what_shows_on_running_code_is_true()
    {
        var table = "| defect | program | in schedule | ends with |\n|---|---|--:|---|\n" + string.Concat(
            from one in PostedScenarios.All.OrderBy(one => Number(one.Key)).ThenBy(one => one.Key, StringComparer.Ordinal)
            let finding = Explore(one.Value).Finding!
            select $"| {one.Key} | {string.Join(" ‖ ", one.Value.Threads.Select(thread => $"`{string.Join("; ", thread.Lines.Select(line => line.Operation))}`"))} | {finding.FoundAfter} | {End(finding)} |\n");
        GeneratedText.Holds(Repository.PathOf("Conformance", "ModelChecker", "DEFECTS.md"), "running", table);

        static int Number(string defect) => int.Parse(defect.AsSpan(1).TrimEnd("bc"), CultureInfo.InvariantCulture);
    }

    [Fact]
    public void The_README_says_of_each_that_shows_how()
    {
        var shows = Markdown.Named("Conformance/Posted/README.md").FirstColumn("shows");
        Assert.Equal(PostedScenarios.All.Keys.Append("D12").Order(StringComparer.Ordinal), shows.Order(StringComparer.Ordinal));
    }

    private static string End(Finding finding) => finding.Kind switch
    {
        FindingKind.NotAtRest => "a warning",
        FindingKind.Unfinished => "an oops",
        _ => $"an answer that {string.Join(", ", finding.Suspects.Rules)} {(finding.Suspects.Count == 1 ? "forbids" : "forbid")}",
    };

    [Fact]
    public void The_other_dialects_are_refused() =>
        Assert.All((Dialect[])[Dialect.Amended, Dialect.Linux613], dialect => Assert.Throws<NotSupportedException>(() => new PostedSubject(new Declaration(dialect))));

    private static void Conforms(ExplorationReport report)
    {
        Assert.Equal("", report.Finding?.Page() ?? "");
        Assert.True(report.Exhaustive);
    }

    private static void NamesDefects(Finding? finding)
    {
        if (finding is { Defects.IsEmpty: true }) Assert.Fail(finding.Page());
    }

    private static CheckContext Context(Mend mends, ulong seed = 1) => new("posted", declaration => new PostedSubject(declaration, mends), [Dialect.Patch2011], seed);

    private static ExplorationReport Explore(Program program, Mend mends = Mend.None) =>
        new ScheduleEngine(declaration => new PostedSubject(declaration, mends)).Explore(program, Dialect.Patch2011, Enough);
}
