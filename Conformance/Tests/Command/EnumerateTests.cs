// enumerate and merge: exhaustive only if all was run, shards add up to the whole, what was interrupted goes on, bad input is one line.
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

public sealed class EnumerateTests : IDisposable
{
    // Two events and four calls: small, and its four threads of two calls are many.
    private const string Small = """
        perfmodel 1
        title a trigger and its target
        p = Open(task 0, period 1, enabled)
        t = Open(task 0, enabled)
        ScheduleIn(p)
        ScheduleIn(t)
        thread A
          SetStopper(p, t)
          Overflow(p)
          Close(p)
          Paused(t)
        end

        perfmodel 1
        title linked already
        p = Open(task 0, period 1, enabled)
        t = Open(task 0, enabled)
        ScheduleIn(p)
        ScheduleIn(t)
        SetStopper(p, t)
        thread A
          Overflow(p)
        end
        """;

    private readonly Cli _cli = new();

    public EnumerateTests() => _cli.Write("small.txt", Small);

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Every_program_is_run_and_counted()
    {
        var json = _cli.Run("enumerate", "--universe", "small.txt", "--dialect", "Amended", "--calls", "1+2", "--json").Exits(0);
        Schemas.Valid("enumerate", json);
        var part = Assert.Single(json.Json.GetProperty("parts").EnumerateArray());
        // Three states to begin from, and 4·4² choices of three calls, but for that of three reads.
        Assert.Equal((4, 3, 3 * 63, 3 * 63), (Number(part, "calls"), Number(part, "setups"), Number(part, "programs"), Number(part.GetProperty("done"), "programs")));
        var page = _cli.Run("enumerate", "--universe", "small.txt", "--dialect", "Amended", "--calls", "1+2").Exits(0);
        Assert.Matches("perfmodel: 189 programs of 1\\+2 calls; about [0-9]+ s\n", page.Err);
        Assert.Matches("lockfree conforms: exhaustive, 1\\+2 calls, small.txt, Amended; 189 programs, [0-9,]+ schedules\n", page.Out);
    }

    [LongFact]
    public void Shards_add_up_to_the_whole()
    {
        string[] of = ["enumerate", "--universe", "small.txt", "--dialect", "Amended", "--calls", "2+2"];
        var whole = _cli.Run([.. of, "--json"]).Exits(0).Json.GetProperty("parts")[0].GetProperty("done");
        foreach (var i in (string[])["1", "2", "3"]) Assert.Contains($"exhaustive in shard {i}/3", _cli.Run([.. of, "--shard", $"{i}/3", "--report", $"part{i}"]).Exits(0).Out, StringComparison.Ordinal);
        var merged = _cli.Run("merge", "part3", "part1", "part2", "--json").Exits(0);
        Schemas.Valid("merge", merged);
        var sum = merged.Json.GetProperty("parts")[0].GetProperty("done");
        Assert.All((string[])["programs", "schedules", "outcomes"], what => Assert.Equal(Number(whole, what), Number(sum, what)));

        // A part is no whole, and no part twice.
        Assert.Contains("1 of 3 shards are not there", _cli.Run("merge", "part1", "part3").Exits(3).Out, StringComparison.Ordinal);
        _cli.Run("merge", "part1", "part1").Complains("part1 has shard 1/3, as part1 has");
        _cli.Run([.. of, "--subject", "wrong:stoppers-first", "--shard", "2/3", "--report", "wrong"]);
        _cli.Run("merge", "part1", "wrong").Complains("wrong is of another enumeration than part1: subject wrong:stoppers-first, not lockfree");
        _cli.Write("small.txt", Small.Replace("linked already", "linked before", StringComparison.Ordinal));
        _cli.Run([.. of, "--shard", "2/3", "--report", "other"]).Exits(0);
        _cli.Run("merge", "part1", "other").Complains("other universes, or other dialects, or another text of one");
        _cli.Run([.. of, "--shard", "1/3", "--resume", "part1"]).Complains("part1 is of another enumeration than this: other universes");
        _cli.Run([.. of, "--resume", "other"]).Complains("other is of another enumeration than this: shard 2/3, not 1/1");
    }

    [UnixFact]
    public void What_was_interrupted_goes_on()
    {
        var answer = _cli.RunInterrupted("enumerate", "--universe", "gates", "--dialect", "Patch2011", "--calls", "1+2", "--report", "until", "--json").Exits(130);
        Schemas.Valid("enumerate", answer);
        Assert.True(answer.Json.GetProperty("interrupted").GetBoolean());
        Assert.Equal("inconclusive", answer.Json.GetProperty("verdict").GetString());
        Assert.Contains("the same with --resume until goes on from here", answer.Err, StringComparison.Ordinal);
        var cut = answer.Json.GetProperty("parts")[0];
        Assert.True(Number(cut.GetProperty("done"), "chunks") < Number(cut, "chunks"));

        // So that the rest is short: as if it had come nearly to its end.
        var nearly = JsonNode.Parse(_cli.Read("until"))!;
        nearly["parts"]![0]!["done"]!["chunks"] = Number(cut, "chunks") - 4;
        nearly["parts"]![0]!["done"]!["programs"] = 7;
        _cli.Write("nearly", nearly.ToJsonString());
        var rest = _cli.Run("enumerate", "--universe", "gates", "--dialect", "Patch2011", "--calls", "1+2", "--resume", "nearly", "--json").Exits(0).Json.GetProperty("parts")[0].GetProperty("done");
        Assert.Equal(Number(cut, "chunks"), Number(rest, "chunks"));
        Assert.InRange(Number(rest, "programs"), 8, 7 + 4 * 64);
    }

    // The setup that it begins from, the calls that it takes and the schedule are those that matter; and what is saved replays.
    [Fact]
    public void What_is_found_is_small_and_replays()
    {
        var found = _cli.Run("enumerate", "--universe", "handles", "--dialect", "Patch2011", "--subject", "wrong:counts-the-live", "--json").Exits(1);
        Schemas.Valid("enumerate", found);
        var failure = Assert.Single(found.Json.GetProperty("failures").EnumerateArray());
        Assert.Matches("^DOES NOT CONFORM +enumeration, wrong:counts-the-live, Patch2011", failure.GetProperty("page").GetString());
        Assert.Contains("    smallest : no program fails that has a call less, a plainer argument or less of the setup, in any schedule", failure.GetProperty("page").GetString(), StringComparison.Ordinal);
        var saved = Text.ProgramParser.ParseOne(_cli.Read(failure.GetProperty("file").GetString()!), "saved");
        Assert.Equal(2, saved.Threads.Sum(thread => thread.Lines.Length));
        Assert.InRange(saved.Setup.Length, 1, 3);
        Assert.Empty(saved.After);
        Assert.InRange(saved.Schedule.Sum(line => line.Split(' ').Length), 2, 4);
        Assert.Equal("schedule", _cli.Run("replay", failure.GetProperty("file").GetString()!, "--json").Exits(1).Json.GetProperty("means").GetString());
    }

    [Theory]
    [InlineData("there is no universe 'lniks'; there are family, gates, groups, handles, links, rosters, tables, tenants, visits", "--universe", "lniks")]
    [InlineData("cannot read no.txt: there is no such file", "--universe", "no.txt")]
    [InlineData("bad.txt:3: 'Frobnicate' is not an operation", "--universe", "bad.txt")]
    [InlineData("--calls '2': expected the calls of two threads or more, such as 1+2", "--calls", "2")]
    [InlineData("--calls '1+0': expected", "--calls", "1+0")]
    [InlineData("--calls '5+5': expected", "--calls", "5+5")]
    [InlineData("--shard '0/2': expected I/N", "--shard", "0/2")]
    [InlineData("--shard '3/2': expected I/N", "--shard", "3/2")]
    [InlineData("--shard '1': expected I/N", "--shard", "1")]
    [InlineData("enumerate takes lockfree, posted, the wrong subjects and hooked libraries", "--subject", "locked")]
    [LongInlineData("years on this machine: --shard i/n runs a part of them, --force all", "--calls", "3+3")]
    [InlineData("small.txt is no result of enumerate --report", "--resume", "small.txt")]
    [InlineData("empty.json is no result of enumerate --report", "--resume", "empty.json")]
    [InlineData("cannot write no/such/folder: ", "--report", "no/such/folder")]
    public void Bad_input_is_one_line(string words, params string[] arguments)
    {
        _cli.Write("bad.txt", "perfmodel 1\ntitle bad\nFrobnicate\nend\n");
        _cli.Write("empty.json", """{"version":"0","subject":"lockfree","shape":"1+1","shard":"1/1","parts":[]}""");
        _cli.Run(["enumerate", .. arguments]).Complains(words);
    }

    [Fact]
    public void A_merge_of_nothing_is_refused() => _cli.Run("merge", "small.txt").Complains("small.txt is no result of enumerate --report");

    private static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();
}
