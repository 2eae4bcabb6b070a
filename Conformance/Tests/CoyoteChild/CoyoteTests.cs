// What we say of Coyote is so: it sees what explored code may use, not the rest; it repeats itself; it replays; it names each kind of failure.
using System.Text.Json;
using PerfModel.Conformance.Engines;
using Xunit;

namespace PerfModel.Conformance.Tests.CoyoteChild;

public class CoyoteTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(0u)]
    [InlineData(7u)]
    public void Every_canary_is_found(uint seed) => AllAsExpected(Ask(new { verb = "canaries", seed }));

    [Fact]
    public void What_it_does_not_see_is_still_what_we_say() => AllAsExpected(Ask(new { verb = "holes", seed = 0 }));

    [Theory]
    [InlineData("lost-update", "flagged")]
    [InlineData("deadlock", "deadlock")]
    [InlineData("throws", "exception")]
    [InlineData("hangs", "hang")]
    [InlineData("uncontrolled", "uncontrolled")]
    public void A_failure_has_a_kind_and_replays(string name, string kind)
    {
        JsonElement failure = Explore(new { verb = "probe", name, schedules = 100, seed = 1, hangTimeoutMs = 500 }).GetProperty("first");
        Assert.Equal(kind, failure.GetProperty("kind").GetString());

        JsonElement replay = ReplayProbe(name, failure.GetProperty("trace").GetString()!);
        Assert.True(replay.GetProperty("followed").GetBoolean());
        JsonElement again = replay.GetProperty("failure");
        Assert.Equal(kind, again.GetProperty("kind").GetString());
        Assert.Equal(FirstLine(failure), FirstLine(again));
    }

    [Theory]
    [InlineData("portfolio")]
    [InlineData("random")]
    [InlineData("probabilistic")]
    [InlineData("prioritization")]
    [InlineData("fair-prioritization")]
    [InlineData("delay-bounding")]
    [InlineData("fair-delay-bounding")]
    [InlineData("q-learning")]
    public void A_seed_decides_every_schedule(string strategy)
    {
        // Two processes: what a process chooses at random, such as the hashes of strings, must not matter either.
        var request = new { verb = "probe", name = "lost-update", strategy, schedules = 60, seed = 3, stopAtFirstFailure = false };
        JsonElement once = Explore(request), twice = Explore(request);
        foreach (string member in (string[])["schedules", "distinct", "cutOff", "failures", "steps"])
            Assert.Equal(once.GetProperty(member).GetInt64(), twice.GetProperty(member).GetInt64());
        Assert.Equal(60, once.GetProperty("schedules").GetInt32());
        Assert.NotEqual(0, once.GetProperty("failures").GetInt32());
        Assert.Equal(once.GetProperty("first").GetRawText(), twice.GetProperty("first").GetRawText());
    }

    [Fact]
    public void A_schedule_without_end_is_cut_off_and_counted() =>
        Assert.Equal(3, Explore(new { verb = "probe", name = "endless", schedules = 3, seed = 1 }).GetProperty("cutOff").GetInt32());

    [Fact]
    public void A_trace_of_other_code_is_not_followed()
    {
        string trace = Explore(new { verb = "probe", name = "lost-update", schedules = 100, seed = 1 }).GetProperty("first").GetProperty("trace").GetString()!;
        Assert.False(ReplayProbe("deadlock", trace).GetProperty("followed").GetBoolean());
    }

    [Theory]
    [InlineData("{", "the text is not a schedule that Coyote saved")]
    [InlineData("[]", "the text is not a schedule that Coyote saved")]
    [InlineData("""{"CoyoteVersion":"1.7.11.0","Steps":["op("]}""", "the text is not a schedule that Coyote saved")]
    [InlineData("""{"CoyoteVersion":"1.0.0.0","Steps":[]}""", "the schedule was saved by Coyote 1.0.0.0 and replays only there; this is Coyote 1.7.11.0")]
    public void A_damaged_trace_is_refused(string trace, string words) =>
        Assert.Equal(words, Assert.Throws<ScheduledChildException>(() => ReplayProbe("lost-update", trace)).Message);

    [Fact]
    public void An_assembly_is_rewritten_on_demand()
    {
        string folder = Directory.CreateTempSubdirectory("perfmodel").FullName;
        try
        {
            string original = Path.Combine(AppContext.BaseDirectory, "PerfModel.Implementation.dll");
            JsonElement answer = Assert.Single(Ask(new { verb = "rewrite", assembly = original, folder }));
            Assert.NotEqual(File.ReadAllBytes(original), File.ReadAllBytes(answer.GetProperty("path").GetString()!));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void An_unrewritten_child_refuses_to_explore()
    {
        string folder = Directory.CreateTempSubdirectory("perfmodel").FullName;
        try
        {
            foreach (string file in Directory.GetFiles(Path.GetDirectoryName(ScheduledChild.DefaultAssembly)!))
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            File.Copy(Path.Combine(AppContext.BaseDirectory, "PerfModel.Implementation.dll"), Path.Combine(folder, "PerfModel.Implementation.dll"), overwrite: true);
            using ScheduledChild child = ScheduledChild.Start(Path.Combine(folder, "PerfModel.CoyoteChild.dll"));
            var refusal = Assert.Throws<ScheduledChildException>(() => child.Ask(new { verb = "hello" }, Patience).ToList());
            Assert.Equal("not rewritten by Coyote 1.7.11.0, so exploring it would report deadlocks that are none: PerfModel.Implementation", refusal.Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static JsonElement Explore(object request) => Assert.Single(Ask(request)).GetProperty("exploration");

    private static JsonElement ReplayProbe(string name, string trace) =>
        Assert.Single(Ask(new { verb = "replay-probe", name, trace })).GetProperty("replay");

    private static List<JsonElement> Ask(object request)
    {
        using ScheduledChild child = ScheduledChild.Start();
        return [.. child.Ask(request, Patience)];
    }

    private static void AllAsExpected(List<JsonElement> sightings)
    {
        Assert.NotEmpty(sightings);
        Assert.Empty(sightings
            .Where(answer => !answer.GetProperty("sighting").GetProperty("isAsExpected").GetBoolean())
            .Select(answer => answer.GetProperty("line").GetString()));
    }

    private static string FirstLine(JsonElement failure) => failure.GetProperty("message").GetString()!.Split('\n')[0];
}
