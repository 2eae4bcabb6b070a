// What we say of Coyote is so: it sees what explored code may use, not the rest; it repeats itself; it replays; it names each kind of failure.
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Coyote;
using PerfModel.Conformance.Engines;
using Xunit;

namespace PerfModel.Conformance.Tests.CoyoteChild;

public class CoyoteTests
{
    [Theory]
    [InlineData(0u)]
    [LongInlineData(7u)]
    public void Every_canary_is_found(uint seed) => AllAsExpected(Ask<Reply.Sightings>(new Request.Canaries(seed)));

    [LongFact]
    public void What_it_does_not_see_is_still_what_we_say() => AllAsExpected(Ask<Reply.Sightings>(new Request.Canaries(0, Holes: true)));

    [Theory]
    [InlineData("lost-update", Ending.Returned)]
    [InlineData("deadlock", Ending.Deadlocked)]
    [InlineData("throws", Ending.Threw)]
    [InlineData("hangs", Ending.Hung)]
    [InlineData("uncontrolled", Ending.Uncontrolled)]
    public void A_failure_has_a_kind_and_replays(string name, Ending ending)
    {
        var failure = Explore(name, new() { Schedules = 100, Seed = 1, HangTimeout = TimeSpan.FromMilliseconds(500) }).First!;
        Assert.Equal(ending, failure.Ending);

        var replay = ReplayProbe(name, failure.Trace);
        Assert.True(replay.Followed);
        Assert.Equal(ending, replay.Failure!.Ending);
        Assert.Equal(failure.Message.Split('\n')[0], replay.Failure.Message.Split('\n')[0]);
    }

    [Theory]
    [InlineData("portfolio")]
    [InlineData("random")]
    [LongInlineData("probabilistic")]
    [LongInlineData("prioritization")]
    [LongInlineData("fair-prioritization")]
    [LongInlineData("delay-bounding")]
    [LongInlineData("fair-delay-bounding")]
    [LongInlineData("q-learning")]
    public void A_seed_decides_every_schedule(string strategy)
    {
        // Two processes: what a process chooses at random, such as the hashes of strings, must not matter either.
        var options = new ExplorationOptions { Strategy = strategy, Schedules = 60, Seed = 3, StopAtFirstFailure = false };
        Exploration once = Explore("lost-update", options), twice = Explore("lost-update", options);
        Assert.Equal(once with { Elapsed = default }, twice with { Elapsed = default });
        Assert.Equal(60, once.Schedules);
        Assert.NotEqual(0, once.Failures);
    }

    [Fact]
    public void A_schedule_without_end_is_cut_off_and_counted() => Assert.Equal(3, Explore("endless", new() { Schedules = 3, Seed = 1 }).CutOff);

    [Fact]
    public void A_trace_of_other_code_is_not_followed() =>
        Assert.False(ReplayProbe("deadlock", Explore("lost-update", new() { Schedules = 100, Seed = 1 }).First!.Trace).Followed);

    [Theory]
    [InlineData("{", "the text is not a schedule that Coyote saved")]
    [InlineData("[]", "the text is not a schedule that Coyote saved")]
    [InlineData("""{"CoyoteVersion":"1.7.11.0","Steps":["op("]}""", "the text is not a schedule that Coyote saved")]
    [InlineData("""{"CoyoteVersion":"1.0.0.0","Steps":[]}""", "the schedule was saved by Coyote 1.0.0.0 and replays only there; this is Coyote 1.7.11.0")]
    public void A_damaged_trace_is_refused(string trace, string words) =>
        Assert.Equal(words, Assert.Throws<SubjectException>(() => ReplayProbe("lost-update", trace)).Message);

    [Fact]
    public void An_assembly_is_rewritten_on_demand()
    {
        string folder = Directory.CreateTempSubdirectory("perfmodel").FullName;
        try
        {
            string original = Path.Combine(AppContext.BaseDirectory, "PerfModel.Implementation.dll");
            Assert.NotEqual(File.ReadAllBytes(original), File.ReadAllBytes(Ask<Reply.Rewritten>(new Request.Rewrite(original, [], folder)).Path));
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
            foreach (string file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "coyote")))
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            File.Copy(Path.Combine(AppContext.BaseDirectory, "PerfModel.Implementation.dll"), Path.Combine(folder, "PerfModel.Implementation.dll"), overwrite: true);
            var refusal = Assert.Throws<SubjectException>(() => Ask<Reply.Sightings>(new Request.Canaries(0), Path.Combine(folder, "PerfModel.CoyoteChild.dll")));
            Assert.Equal("not rewritten by Coyote 1.7.11.0, so exploring it would report deadlocks that are none: PerfModel.Implementation", refusal.Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Exploration Explore(string name, ExplorationOptions options) => Ask<Reply.Probed>(new Request.Probe(name, options)).Exploration;

    private static Replay ReplayProbe(string name, string trace) => Ask<Reply.Followed>(new Request.FollowProbe(name, trace)).Replay;

    /// <summary>Asks a child of its own.</summary>
    internal static T Ask<T>(Request request, string? assembly = null)
        where T : Reply
    {
        string folder = Directory.CreateTempSubdirectory("perfmodel").FullName;
        try
        {
            using var child = CoyoteExplorer.Start(folder, assembly: assembly);
            var (answer, death) = child.Ask(request, Timeout.InfiniteTimeSpan, _ => { }, CancellationToken.None);
            Assert.Null(death);
            return answer as T ?? throw new SubjectException(Assert.IsType<Reply.Refused>(answer).Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void AllAsExpected(Reply.Sightings sightings)
    {
        Assert.NotEmpty(sightings.All);
        Assert.Empty(sightings.All.Where(sighting => !sighting.IsAsExpected).Select(sighting => sighting.Words));
    }
}
