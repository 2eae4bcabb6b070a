// The posted machine: each defect is found, its switch mends it, nothing is left with all of them on, and the documents say so.
using System.Globalization;
using System.Text;
using PerfModel.Conformance.ModelChecker;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Tests.Docs;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using PerfModel.Model.Posted;
using Xunit;

namespace PerfModel.Conformance.Tests.ModelChecker;

public class PostedTests
{
    private const long Plenty = 4L << 30;

    private static readonly string Page = Repository.PathOf("Conformance", "ModelChecker", "DEFECTS.md");

    private static readonly Lazy<Searched> AsPosted = new(() => new Searched(Mend.None));

    public static TheoryData<string> Defects => [.. Defect.All.Select(defect => defect.Id)];

    public static TheoryData<string> Systems => [.. PostedSystem.All.Select(system => system.Name)];

    [Theory]
    [MemberData(nameof(Defects))]
    public void A_trace_ends_where_its_property_breaks(string id)
    {
        var defect = Defect.All.Single(one => one.Id == id);
        var machine = new PostedMachine(defect.System, Mend.None);
        var bit = machine.Claims.IndexOf(defect.Claim);
        var path = new BreadthFirst(machine, 1UL << bit, Plenty).Run().Claims.Single().Path;
        var edges = new Edge[machine.Degree];
        var at = machine.Initial;
        for (var i = 0; i < path.Length; i++)
        {
            Assert.Equal(at, path[i].Before);
            var count = machine.Expand(at, 1UL << bit, edges);
            var edge = edges[..count].Single(edge => edge.Action == path[i].Action);
            Assert.Equal(i == path.Length - 1 ? 1UL << bit : 0, edge.Noted);
            at = edge.After;
        }

        var told = machine.Trace(path);
        Assert.All(told, statement => Assert.True(statement.Function.Length > 0 && statement.Code.Length > 0, $"{statement.Actor} is not told"));
        Assert.Equal(told.Length, AsPosted.Value.Found.Single(one => one.Defect == defect).Trace.Length);
    }

    [Fact]
    public void The_traces_are_those_of_the_page() => GeneratedText.Holds(Page, "traces", Traces());

    [LongFact]
    public void A_switch_mends_what_the_page_says()
    {
        var mended = Each(mend => mend);
        var table = new StringBuilder($"| mended | {string.Join(" | ", Defect.All.Select(defect => defect.Id))} | {string.Join(" | ", PostedSystem.All.Select(system => system.Name))} |\n");
        table.Append($"|---|{string.Concat(Defect.All.Select(_ => "--:|"))}{string.Concat(PostedSystem.All.Select(_ => "--:|"))}\n");
        table.Append(Row("nothing", AsPosted.Value, null));
        foreach (var (mend, searched) in mended)
        {
            table.Append(Row(mend.ToString(), searched, AsPosted.Value));
            Assert.All(searched.Found.Where(one => one.Defect.Mend == mend), one => Assert.Empty(one.Trace));
        }

        GeneratedText.Holds(Page, "mended", table.ToString());
    }

    [LongFact]
    public void What_is_left_is_what_the_page_says()
    {
        var table = new StringBuilder("| not mended | defects | claims about the whole |\n|---|---|---|\n");
        foreach (var (mend, searched) in Each(mend => Defect.EveryMend & ~mend))
        {
            var left = searched.Found.Where(one => !one.Trace.IsEmpty).ToList();
            table.Append(CultureInfo.InvariantCulture, $"| {mend} | {string.Join(", ", left.Select(one => $"{one.Defect.Id}: {one.Trace.Length}"))} | {string.Join(", ", searched.OfTheWhole.Distinct())} |\n");
            // What comes back is what was left.
            Assert.All(left, one => Assert.Equal(mend, one.Defect.Mend));
        }

        GeneratedText.Holds(Page, "left", table.ToString());
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public void With_every_switch_on_every_property_holds(string name)
    {
        var result = new BreadthFirst(new PostedMachine(PostedSystem.Find(name)!, Defect.EveryMend), ulong.MaxValue, Plenty).Run();
        Assert.Equal(SearchEnd.Exhausted, result.End);
        Assert.All(result.Claims, claim => Assert.Equal("holds", claim.Word));
    }

    // Another search, and other numbers: nothing that is counted or shown depends on them.
    [Theory]
    [MemberData(nameof(Systems))]
    public void It_finds_the_states_that_a_plain_search_finds(string name)
    {
        var machine = new PostedMachine(PostedSystem.Find(name)!, Defect.EveryMend);
        var states = EqualityTests.Reachable(machine).ToList();
        var edges = new Edge[machine.Degree];
        var result = new BreadthFirst(new PostedMachine(PostedSystem.Find(name)!, Defect.EveryMend), ulong.MaxValue, Plenty, workers: 3).Run();
        Assert.Equal((states.Count, states.Sum(state => machine.Expand(state, 0, edges))), (result.States, result.Transitions));
    }

    [Fact]
    public void Each_property_is_some_defects_or_about_the_whole()
    {
        Assert.Equal(PostedProperties.All.Length, PostedProperties.All.Select(property => property.Id).Distinct().Count());
        Assert.Equal(Defect.All.Length, Defect.All.Select(defect => defect.Property).Distinct().Count());
        Assert.Equal(["hardware-obeys-at-rest", "links-agree-at-rest", "memory-is-an-events"], PostedProperties.All.Select(property => property.Id).Except(Defect.All.Select(defect => defect.Property)).Order(StringComparer.Ordinal));
        Assert.Equal(Enum.GetValues<Mend>().Where(mend => mend != Mend.None), Defect.All.Select(defect => defect.Mend).Distinct().Order());
        Assert.All(Defect.All, defect => Assert.All(defect.Rules.Split(", "), rule => Assert.True(RuleId.TryParse(rule, out var id) && SpecDocument.Current.Find(id) is not null, $"{defect.Id}: {rule}")));
    }

    // The searches of the presets show that they hold; that they are searched in the dialects that are named is shown here.
    [Fact]
    public void The_models_own_properties_say_the_same_in_the_dialects_that_satisfy_it()
    {
        foreach (var defect in Defect.All.Where(defect => !defect.SaidBy.IsEmpty))
        {
            var claims = defect.SaidBy.Select(id => Properties.Sequential.Cast<Claim>().Concat(Properties.Stepwise).Single(property => property.Id == id)).ToList();
            var shown = Enum.GetValues<Dialect>().Where(dialect => claims.Any(claim => Preset.All.Any(preset =>
                preset.Sequential(2, dialect).Contains(claim) && !preset.IsConcurrent || preset.IsConcurrent && preset.Stepwise(2, dialect).Contains(claim)))).ToList();
            Assert.Subset(shown.ToHashSet(), defect.SatisfiedBy.Dialects.ToHashSet());
            Assert.All(claims, claim => Assert.Contains(claim, shown.SelectMany(dialect => Preset.All.SelectMany(preset => preset.Sequential(2, dialect).Cast<Claim>().Concat(preset.Stepwise(2, dialect))))));
        }
    }

    // What a dialect keeps on purpose is reached in its machine as well.
    [Theory]
    [InlineData("D11", Dialect.Patch2011, "p = Open(task 0, period 1, enabled)\nt = Open(task 0, enabled)\nScheduleIn(p)\nSetStopper(p, t)\nOverflow(p) -> ok 1\nScheduleIn(t)\nPaused(t) -> ok open")]
    [InlineData("D19", Dialect.Patch2011, "p = Open(task 0, period 1, enabled)\nt = Open(task 0, enabled)\nSetStarter(p, t)\nScheduleIn(t)\nTick(t, 1) -> ok 0\nCount(t) -> ok 1")]
    [InlineData("D20", Dialect.Patch2011, Unstarted)]
    [InlineData("D20", Dialect.Amended, Unstarted)]
    [InlineData("D20", Dialect.Linux613, "t = Open(task 0, enabled, aux)\np = Open(task 0, period 1, enabled, leader t, pauses)\nScheduleIn(p)\nScheduleIn(t)\nOverflow(p)\nClose(p)\nDisable(t)\nEnable(t)\nPaused(t) -> ok paused")]
    [InlineData("D21", Dialect.Patch2011, Twofold)]
    [InlineData("D21", Dialect.Amended, Twofold)]
    [InlineData("D22b", Dialect.Patch2011, OneShot)]
    [InlineData("D22b", Dialect.Amended, OneShot)]
    [InlineData("D29", Dialect.Patch2011, "p = Open(task 0, enabled)\nt = Open(task 0, enabled)\nSetStopper(p, t) -> ok")]
    [InlineData("D29", Dialect.Linux613, "t = Open(task 0, enabled, aux)\np = Open(task 0, enabled, leader t, pauses)")]
    [InlineData("D33", Dialect.Linux613, "t = Open(task 0, enabled, inherit, aux)\np = Open(task 0, period 1, enabled, inherit, leader t, pauses)\nScheduleIn(p)\nOverflow(p)\nFork(0, 2)\nPaused(t) -> ok paused\nPaused(t@2) -> ok open")]
    [InlineData("D33", Dialect.Patch2011, "p = Open(task 0, period 1, enabled, inherit)\nt = Open(task 0, enabled, inherit)\nScheduleIn(p)\nScheduleIn(t)\nSetStopper(p, t)\nOverflow(p)\nFork(0, 2)\nPaused(t) -> ok paused\nPaused(t@2) -> ok open")]
    public void A_surprise_is_reached_in_the_models_machine(string id, Dialect dialect, string text)
    {
        Assert.False(Defect.All.Single(defect => defect.Id == id).SatisfiedBy.Contains(dialect));
        var program = ProgramParser.ParseOne($"perfmodel 1\n{text}\nend\n", id);
        var state = State.Initial(program.DeclarationIn(dialect));
        foreach (var line in program.Setup)
        {
            var outcome = PerfModel.Model.Step.Apply(state, line.Operation);
            Assert.False(outcome.Result.IsError, line.ToString());
            if (line.Result is { } result) Assert.Equal(outcome.Result, result);
            state = outcome.State;
        }
    }

    [Fact]
    public void The_annex_says_of_each_defect_which_search_finds_it()
    {
        var annex = File.ReadAllText(Repository.PathOf("SPEC.md")).Split("## Annex: the defects of the posted patch")[1];
        var rows = annex.Split('\n').Where(line => line.StartsWith("| D", StringComparison.Ordinal)).Select(line => line.Split('|')[1].Trim()).Distinct().ToList();
        var table = new StringBuilder("| | found by |\n|---|---|\n");
        foreach (var row in rows) table.Append(CultureInfo.InvariantCulture, $"| {row} | {FoundBy(row)} |\n");
        GeneratedText.Holds(Repository.PathOf("SPEC.md"), "found", table.ToString());
        Assert.Empty(Defect.All.Select(defect => defect.Id.TrimEnd('b', 'c')).Concat(Defect.NotModelled.Keys).Concat(Defect.OfSpec.Keys).Except(rows.Concat(rows.Select(row => row.TrimEnd('b', 'c')))));
    }

    private const string Unstarted = "p = Open(task 0, period 1, enabled)\nt = Open(task 0, enabled)\nScheduleIn(p)\nScheduleIn(t)\nSetStopper(p, t)\nOverflow(p)\nClose(p)\nDisable(t)\nEnable(t)\nPaused(t) -> ok paused";
    private const string Twofold = "p = Open(task 0, period 1, enabled)\nt = Open(task 0, enabled)\nScheduleIn(p)\nScheduleIn(t)\nSetStarter(p, t)\nSetStopper(p, t)\nOverflow(p)\nPaused(t) -> ok paused";
    private const string OneShot = "p = Open(task 0, period 1, enabled)\nScheduleIn(p)\nSetStopper(p, p)\nTick(p, 1) -> ok 1\nPaused(p) -> ok paused";

    private static string FoundBy(string row)
    {
        var found = AsPosted.Value.Found.Where(one => one.Defect.Id == row).ToList();
        // D13 is two.
        if (found.Count == 0) found = [.. AsPosted.Value.Found.Where(one => one.Defect.Mend.ToString() == row)];
        if (found.Count > 0) return string.Join("; ", found.Select(Told));
        if (Defect.OfSpec.TryGetValue(row, out var property)) return $"the spec's machine, which reaches `{property}`";
        return $"neither machine: {Defect.NotModelled[row]}";

        static string Told(FoundDefect one) => string.Create(CultureInfo.InvariantCulture,
            $"the posted machine, `{one.Defect.System.Name}`, in {one.Trace.Length} statements, the last in `{one.Trace[^1].Function}`{(one.Defect.Remark is { } remark ? $"; {remark}" : "")}");
    }

    private static string Traces()
    {
        var table = new StringBuilder("| defect | title | property | preset | trace | states | satisfied by |\n|---|---|---|---|--:|--:|---|\n");
        foreach (var one in AsPosted.Value.Found)
        {
            table.Append(CultureInfo.InvariantCulture, $"| {one.Defect.Id} | {one.Defect.Title} | `{one.Defect.Property}` | `{one.Defect.System.Name}` | {one.Trace.Length} | {one.States:N0} ")
                .Append(CultureInfo.InvariantCulture, $"| {(one.Defect.SatisfiedBy == default ? "none: kept on purpose" : string.Join(", ", one.Defect.SatisfiedBy.Dialects))} |\n");
        }

        return table.ToString();
    }

    private static string Row(string name, Searched searched, Searched? asPosted)
    {
        var cells = searched.Found.Zip(asPosted?.Found ?? searched.Found, (one, before) =>
            one.Trace.IsEmpty ? "–" : asPosted is not null && one.Trace.Length == before.Trace.Length ? "" : one.Trace.Length.ToString(CultureInfo.InvariantCulture));
        return $"| {name} | {string.Join(" | ", cells)} | {string.Join(" | ", searched.States.Select(states => states.ToString("N0", CultureInfo.InvariantCulture)))} |\n";
    }

    private static IEnumerable<(Mend Mend, Searched Searched)> Each(Func<Mend, Mend> mends) =>
        Enum.GetValues<Mend>().Where(mend => mend != Mend.None).AsParallel().AsOrdered().Select(mend => (mend, new Searched(mends(mend))));

    /// <summary>All systems with some mends, every state of them.</summary>
    private sealed class Searched
    {
        public Searched(Mend mends)
        {
            var results = PostedSystem.All.Select(system => (system, machine: new PostedMachine(system, mends))).Select(one =>
                (one.system, one.machine, result: new BreadthFirst(one.machine, ulong.MaxValue, Plenty).Run())).ToList();
            Assert.All(results, one => Assert.Equal(SearchEnd.Exhausted, one.result.End));
            States = [.. results.Select(one => one.result.States)];
            Found = [.. Defect.All.Select(defect =>
            {
                var (_, machine, result) = results.Single(one => one.system == defect.System);
                var verdict = result.Claims.Single(claim => claim.Claim == defect.Claim);
                return new FoundDefect(defect, machine.Trace(verdict.Path), verdict.Seen);
            })];
            OfTheWhole = [.. results.SelectMany(one => one.result.Claims).Where(claim => claim.Word == "violated" && Defect.All.All(defect => defect.Claim != claim.Claim)).Select(claim => $"`{claim.Claim.Id}`")];
        }

        public IReadOnlyList<long> States { get; }

        public IReadOnlyList<FoundDefect> Found { get; }

        public IReadOnlyList<string> OfTheWhole { get; }
    }
}
