// The campaigns: three shards as processes are the whole, and each manifest runs every shard once, with options that there are, and merges.
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using PerfModel.Conformance.Command;
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

public sealed partial class CampaignTests : IDisposable
{
    private const string Kubernetes = "kubernetes-job.yaml", Slurm = "slurm-array.sh", GitHub = "github-matrix.yml";

    // Small enough to be run twice, and of three chunks with 1+2 calls: no shard is empty.
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

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("lockfree", 0)]
    [InlineData("wrong:claims-before-publishing", 1)]
    public async Task Three_shards_are_the_whole(string subject, int code)
    {
        _cli.Write("small.txt", Small);
        string[] of = ["enumerate", "--universe", "small.txt", "--dialect", "Amended", "--calls", "1+2", "--subject", subject];
        var whole = _cli.Run([.. of, "--json"]).Exits(code).Json;
        var shards = Enumerable.Range(1, 3).Select(i => Task.Run(() => _cli.Run([.. of, "--shard", $"{i}/3", "--report", $"part-{i}.json"]))).ToArray();
        var answers = await Task.WhenAll(shards);
        var merged = _cli.Run("merge", "part-1.json", "part-2.json", "part-3.json", "--json").Exits(code).Json;
        Assert.Equal(whole.GetProperty("verdict").GetString(), merged.GetProperty("verdict").GetString());
        Assert.Equal("1/1", merged.GetProperty("shard").GetString());
        // A finding ends its part: how far it came is the shard's own.
        foreach (var name in code != 0 ? [] : (string[])["programs", "schedules", "outcomes", "unfinished", "unknown", "findings"])
            Assert.Equal((name, Done(whole, name)), (name, Done(merged, name)));
        Assert.All((string[])["part-1.json", "part-2.json", "part-3.json"], part => Assert.NotEqual(0, Done(JsonDocument.Parse(_cli.Read(part)).RootElement, "programs")));
        Assert.Equal(code, answers.Max(answer => answer.Code));
        // A shard that is missing is missed, unless another has shown what is wrong.
        Assert.Equal(answers[0].Code == 1 || answers[2].Code == 1 ? 1 : 3, _cli.Run("merge", "part-1.json", "part-3.json").Code);
    }

    [UnixTheory]
    [InlineData(Kubernetes)]
    [InlineData(Slurm)]
    [InlineData(GitHub)]
    public void A_manifest_runs_every_shard_once_and_merges(string manifest) => Assert.Empty(Faults(manifest, Text(manifest)));

    [UnixTheory]
    [InlineData(Kubernetes, "INDEX + 1", "INDEX + 0", "shards 0/8 1/8 2/8 3/8 4/8 5/8 6/8 7/8, not 1/8 2/8 3/8 4/8 5/8 6/8 7/8 8/8")]
    [InlineData(Kubernetes, "completions: 8", "completions: 7", "shards 1/8 2/8 3/8 4/8 5/8 6/8 7/8, not 1/7 2/7 3/7 4/7 5/7 6/7 7/7")]
    [InlineData(Kubernetes, "--shard ", "--part ", "perfmodel enumerate: enumerate does not take '--part'")]
    [InlineData(Kubernetes, "$? in 1 | 3", "$? in 3", "exit code 1 of enumerate ends the job with 1")]
    [InlineData(Kubernetes, "$? in 1 | 3", "$? in 1 | 2 | 3", "exit code 2 of enumerate ends the job with 0")]
    [InlineData(Slurm, "TASK_ID + 1", "TASK_ID", "shards 0/8 1/8 2/8 3/8 4/8 5/8 6/8 7/8, not 1/8 2/8 3/8 4/8 5/8 6/8 7/8 8/8")]
    [InlineData(Slurm, "array=0-7", "array=1-8", "shards 2/8 3/8 4/8 5/8 6/8 7/8 8/8 9/8, not 1/8 2/8 3/8 4/8 5/8 6/8 7/8 8/8")]
    [InlineData(Slurm, "merge part-*", "merge --all part-*", "perfmodel merge: merge does not take '--all'")]
    [InlineData(GitHub, "[1, 2, 3,", "[0, 1, 2, 3,", "shards 0/8 1/8 2/8 3/8 4/8 5/8 6/8 7/8 8/8, not 1/9 2/9 3/9 4/9 5/9 6/9 7/9 8/9 9/9")]
    [InlineData(GitHub, "perfmodel merge", "perfmodel explain", "no merge of the reports")]
    [InlineData(GitHub, "--report \"part-", "--report \"shard-", "the merge reads part-1.json part-2.json part-3.json part-4.json part-5.json part-6.json part-7.json part-8.json, the shards write shard-1.json")]
    public void What_is_wrong_with_a_manifest_is_seen(string manifest, string right, string wrong, string fault)
    {
        Assert.Contains(right, Text(manifest), StringComparison.Ordinal);
        Assert.Contains(Faults(manifest, Text(manifest).Replace(right, wrong, StringComparison.Ordinal)), told => told.StartsWith(fault, StringComparison.Ordinal));
    }

    private static long Done(JsonElement result, string name) => result.GetProperty("parts").EnumerateArray().Sum(part => part.GetProperty("done").GetProperty(name).GetInt64());

    private static string Text(string manifest) => File.ReadAllText(Repository.PathOf("Conformance", "Campaigns", manifest)).ReplaceLineEndings("\n");

    // What its system would run, run: with a stand-in that writes its arguments down, once for each index.
    private List<string> Faults(string manifest, string text)
    {
        var scripts = manifest == Slurm ? [text] : Block().Matches(text).Select(block => Regex.Replace(block.Groups[2].Value, $"(?m)^{block.Groups[1].Value}", "")).ToList();
        var indices = manifest switch
        {
            Kubernetes => Enumerable.Range(0, Number(text, @"completions: (\d+)")),
            Slurm => Enumerable.Range(Number(text, @"--array=(\d+)-"), Number(text, @"--array=\d+-(\d+)") - Number(text, @"--array=(\d+)-") + 1),
            _ => Regex.Match(text, @"shard: \[(.*)\]").Groups[1].Value.Split(", ").Select(int.Parse),
        };
        var calls = new List<string[]>();
        foreach (var index in indices) calls.AddRange(Run(scripts[0], manifest, index, 0).Calls);
        var shards = calls.Where(call => call[0] == "enumerate").ToList();
        // A glob names the files that are there.
        for (var i = 1; i <= indices.Count(); i++) _cli.Write($"part-{i}.json", "");
        var merges = (manifest == Slurm ? Run(text, manifest, null, 0) : Run(scripts[^1], manifest, null, 0)).Calls.Where(call => call[0] == "merge").ToList();

        var faults = new List<string>();
        using var interrupts = new Interrupts();
        var root = EntryPoint.Root(interrupts);
        foreach (var call in calls.Concat(merges).DistinctBy(call => string.Join(' ', call.Where(word => word[0] == '-').Prepend(call[0]))))
            if (Grammar.Complaint(root.Parse(call)) is { } complaint) faults.Add($"perfmodel {call[0]}: {complaint}");
        var ran = shards.Select(call => After(call, "--shard")).ToList();
        var all = Enumerable.Range(1, indices.Count()).Select(i => $"{i}/{indices.Count()}").ToList();
        if (!ran.SequenceEqual(all)) faults.Add($"shards {string.Join(' ', ran)}, not {string.Join(' ', all)}");
        if (merges.Count != 1) faults.Add("no merge of the reports");
        else
        {
            var (written, read) = (shards.Select(call => After(call, "--report")).Order(StringComparer.Ordinal).ToList(), merges[0].Where(word => word.StartsWith("part-", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList());
            if (!written.SequenceEqual(read)) faults.Add($"the merge reads {string.Join(' ', read)}, the shards write {string.Join(' ', written)}");
        }

        foreach (var (code, ends) in ((int, bool)[])[(0, false), (1, false), (2, true), (3, false), (130, true)])
            if (Run(scripts[0], manifest, indices.First(), code).Code is var exit && exit != 0 != ends) faults.Add($"exit code {code} of enumerate ends the job with {exit}");
        return faults;
    }

    private (int Code, List<string[]> Calls) Run(string script, string manifest, int? index, int code)
    {
        // The stand-in is a function: a folder of a manifest is none here, and sbatch runs what it is to wrap at once.
        var stand = $$"""
            told() { { printf '%s\037' "$@"; echo; } >> calls; }
            cd() { :; }
            sbatch() { for last; do :; done; case $last in perfmodel*) eval "$last" ;; *) echo 7 ;; esac; }

            """;
        var own = script.Replace("exec sbatch", "sbatch", StringComparison.Ordinal).Replace("${{ matrix.shard }}", $"{index}", StringComparison.Ordinal);
        own = Function().Replace(own, "");
        if (manifest == Slurm && index is null) own = own.Replace("--report whole.json\"\n", "--report whole.json\"; exit\n", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_cli.Folder, "calls"), "");
        var start = new ProcessStartInfo("/bin/sh", ["-euc", $"{stand}perfmodel() {{ told \"$@\"; return {code}; }}\n{own}"]);
        start.Environment["SHARDS"] = Regex.Match(Text(Kubernetes), "name: SHARDS, value: \"(\\d+)\"").Groups[1].Value;
        start.Environment[manifest == Slurm ? "SLURM_ARRAY_TASK_ID" : "JOB_COMPLETION_INDEX"] = $"{index}";
        var answer = _cli.Run(start, "");
        return (answer.Code, [.. _cli.Read("calls").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\u001f', StringSplitOptions.RemoveEmptyEntries))]);
    }

    private static string After(string[] words, string option) => Array.IndexOf(words, option) is >= 0 and var at && at + 1 < words.Length ? words[at + 1] : "none";

    private static int Number(string text, string pattern) => int.Parse(Regex.Match(text, pattern).Groups[1].Value);

    // The lines of a block scalar, with how far they are indented.
    [GeneratedRegex(@"- (?:run: )?\|\n( +)(.*\n(?:\1.*\n)*)")]
    private static partial Regex Block();

    [GeneratedRegex(@"(?m)^ *perfmodel\(\) .*\n")]
    private static partial Regex Function();
}
