// Every verb from the outside: exit codes, what it prints, one valid JSON object with --json, and that a run repeats itself.
using System.Globalization;
using PerfModel.Conformance.Child;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

public sealed partial class VerbTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Version_names_suite_spec_and_grammar() =>
        Assert.Matches(@"^perfmodel suite \d+\.\d+\.\d+, spec \d+\.\d+, text grammar \d+\n$", _cli.Run("--version").Exits(0).Out);

    [Fact]
    public void Less_than_a_whole_run_claims_nothing()
    {
        Assert.DoesNotContain("claim: ", _cli.Run("run", "--checks", "rules", "--rule", "2.4").Exits(0).Out, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, _cli.Run("run", "--checks", "rules", "--rule", "2.4", "--json").Exits(0).Json.GetProperty("claim").ValueKind);
    }

    [Theory]
    [MemberData(nameof(Schemas.Verbs), MemberType = typeof(Schemas))]
    public void Every_verb_has_help(string verb)
    {
        var help = _cli.Run(verb == "adapter" ? [verb, "check", "--help"] : [verb, "--help"]).Exits(0);
        Assert.Contains($"{Cli.Called} {verb}", help.Out, StringComparison.Ordinal);
        Assert.Contains("--json", help.Out, StringComparison.Ordinal);
        Assert.Contains($"\n  {verb} ", _cli.Run("--help").Exits(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_help_calls_the_command_perfmodel() => Assert.Contains("\n  perfmodel run ", _cli.RunProcess("run", "--help").Exits(0).Out, StringComparison.Ordinal);

    [Fact]
    public void Subjects_lists_what_subject_takes()
    {
        var answer = _cli.Run("subjects", "--json").Exits(0);
        Schemas.Valid("subjects", answer);
        var subjects = answer.Json.GetProperty("subjects").EnumerateArray().ToList();
        Assert.Equal(["lockfree", "locked", "model"], subjects.Where(subject => Text(subject, "kind") == "correct").Select(subject => Text(subject, "name")));
        Assert.Equal(["assembly:MY.dll[,Type]", "native:./libmine.so", "exec:COMMAND"], answer.Json.GetProperty("forms").EnumerateArray().Select(form => Text(form, "form")));
        var page = _cli.Run("subjects").Out;
        Assert.Contains("\nassembly:MY.dll[,Type]  ", page, StringComparison.Ordinal);
        Assert.All(subjects, subject => Assert.Equal(Text(subject, "kind") == "wrong", subject.GetProperty("breaks").GetArrayLength() > 0));
        foreach (var subject in subjects) Assert.Contains(Text(subject, "name"), page, StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_and_explain()
    {
        var rules = _cli.Run("rules", "--json").Exits(0);
        Schemas.Valid("rules", rules);
        Assert.Contains("  2.3   ", _cli.Run("rules").Exits(0).Out, StringComparison.Ordinal);
        // One with examples, one with scenarios, one that is untested.
        foreach (var rule in (string[])["2.3", "7.4", "6.1"]) Schemas.Valid("explain", _cli.Run("explain", rule, "--json").Exits(0));
        var page = _cli.Run("explain", "2.3").Exits(0).Out;
        foreach (var part in (string[])["2.3 ", "Intent: ", "Source: ", "Example: ", "Checks: rules"]) Assert.Contains(part, page, StringComparison.Ordinal);

        // SPEC.md has long lines in the first, a list in the second.
        foreach (var rule in (string[])["7.9", "7.10"])
            Assert.All(_cli.Run("explain", rule).Exits(0).Out.TrimEnd('\n').Split('\n'), line => Assert.InRange(line.Length, 0, 120));
        Assert.Contains("From then on the name is used; the task does not run\n   yet.\n3. ", _cli.Run("explain", "7.10").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_has_a_strength()
    {
        Assert.Equal(["profile", "required", "untested"], Strengths(_cli.Run("rules", "--json")).Values.Distinct().Order(StringComparer.Ordinal));
        var own = Strengths(_cli.Run("run", "--checks", "rules", "--json"));
        Assert.Equal(("required", "profile", "profile", "untested"), (own["2.4"], own["6.2"], own["7.4"], own["9.1"]));
        // Our scheduler does not see these accesses: of their threads, only drawn schedules speak.
        var drawn = Strengths(_cli.Run("run", "--subject", "locked", "--checks", "rules,stress", "--iterations", "1", "--json"));
        Assert.Equal(("required", "profile", "stochastic", "untested"), (drawn["2.4"], drawn["6.2"], drawn["7.4"], drawn["9.1"]));
    }

    private static Dictionary<string, string> Strengths(Answer answer) => answer.Json.GetProperty("rules").EnumerateArray().ToDictionary(rule => Text(rule, "id"), rule => Text(rule, "strength"));

    [Fact]
    public void Eval_says_each_answer_and_the_state_after_it()
    {
        const string Program = "p = Open(task 0, period 1, enabled)\nt = Open(task 0, enabled)\nScheduleIn(p)\nScheduleIn(t)\nSetStopper(p, t) -> ok\nOverflow(p)\nPaused(t) -> ok paused\n";
        var answer = _cli.Run(Program, ["eval", "-", "--json"]).Exits(0);
        Schemas.Valid("eval", answer);
        var steps = answer.Json.GetProperty("documents")[0].GetProperty("steps").EnumerateArray().ToList();
        Assert.Equal(["ok", "ok", "ok", "ok", "ok", "ok 1", "ok paused"], steps.Select(step => Text(step, "result")));
        Assert.Contains("paused", steps[^1].GetProperty("state")[1].GetString(), StringComparison.Ordinal);
        Assert.Contains("Overflow(p) -> ok 1", _cli.Run(Program, ["eval", "-"]).Exits(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Eval_of_a_wrong_answer_exits_1()
    {
        _cli.Write("program", "p = Open(task 0)\nClose(p) -> EBADF\n");
        Assert.Contains("the file says EBADF", _cli.Run("eval", "program").Exits(1).Out, StringComparison.Ordinal);
    }

    // Who reads that a history conforms is told by what: calls that never returned may have done it.
    [Fact]
    public void Eval_says_which_calls_that_never_returned_took_part()
    {
        const string History = "perfmodel 1\nt = Open(task 0, enabled)\nScheduleIn(t)\nthread A\n  Disable(t)\nthread B\n  State(t)\nhistory\n  A calls Disable(t)\n  B: State(t) -> ok SEEN\nend\n";
        Assert.Contains("pending : A: Disable(t) never returned, and takes its steps in this order", _cli.Run(History.Replace("SEEN", "off", StringComparison.Ordinal), ["eval", "-"]).Exits(0).Out, StringComparison.Ordinal);
        Assert.DoesNotContain("pending", _cli.Run(History.Replace("SEEN", "active", StringComparison.Ordinal), ["eval", "-"]).Exits(0).Out, StringComparison.Ordinal);
    }

    // 25 calls that never returned, each of which may have counted or not, in any order: nobody can look at all that, or keep it.
    [LongFact]
    public void Eval_gives_up_on_what_has_too_many_orders_within_its_memory()
    {
        var history = new System.Text.StringBuilder("perfmodel 1\np = Open(task 0, enabled)\nScheduleIn(p)\n");
        var threads = Enumerable.Range(0, 25).Select(thread => (Name: (char)('A' + thread), Amount: 2L << thread)).ToList();
        foreach (var (name, amount) in threads) history.Append(CultureInfo.InvariantCulture, $"thread {name}\n  Tick(p, {amount})\n");
        history.Append("thread Z\n  Count(p)\nhistory\n");
        foreach (var (name, amount) in threads) history.Append(CultureInfo.InvariantCulture, $"  {name} calls Tick(p, {amount})\n");
        history.Append("  Z: Count(p) -> ok 67108863\nend\n");
        var start = DotnetHost.Exec(Cli.Assembly, ["eval", "-"]);
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x1F400000";
        Assert.Contains("500000 configurations were expanded, which was the budget", _cli.Run(start, history.ToString()).Exits(3).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ok paused", 0, "CONFORMS", "conforms")]
    [InlineData("ok open", 1, "DOES NOT CONFORM", "violates")]
    public void Eval_judges_a_history(string seen, int code, string words, string verdict)
    {
        var history = $"""
            p = Open(task 0, period 1, enabled)
            t = Open(task 0, enabled)
            ScheduleIn(p)
            ScheduleIn(t)
            SetStopper(p, t)
            history
              A calls Overflow(p)
              A returns ok 1
              B: Paused(t) -> {seen}
            """;
        Assert.Contains(words, _cli.Run(history, ["eval", "-"]).Exits(code).Out, StringComparison.Ordinal);
        var answer = _cli.Run(history, ["eval", "-", "--json"]).Exits(code);
        Schemas.Valid("eval", answer);
        Assert.Equal(verdict, answer.Json.GetProperty("documents")[0].GetProperty("history").GetProperty("verdict").GetString());
    }

    [Fact]
    public void Eval_of_a_program_with_threads_lists_the_allowed_outcomes()
    {
        _cli.Write("program", "p = Open(task 0)\nthread A\n  Close(p)\nthread B\n  Close(p)\n");
        var answer = _cli.Run("eval", "program", "--json").Exits(0);
        Schemas.Valid("eval", answer);
        Assert.Equal(["A: EBADF | B: ok", "A: ok | B: EBADF"], answer.Json.GetProperty("documents")[0].GetProperty("outcomes").GetProperty("all").EnumerateArray().Select(outcome => outcome.GetString()));
    }

    [Theory]
    [LongInlineData("lockfree")]
    [LongInlineData("locked")]
    [LongInlineData("model")]
    public void A_correct_subject_conforms(string subject)
    {
        var answer = _cli.Run("run", "--subject", subject, "--iterations", "40", "--json").Exits(0);
        Schemas.Valid("run", answer);
        Assert.Equal("conforms", Text(answer.Json, "verdict"));
        Assert.All(answer.Json.GetProperty("checks").EnumerateArray(), check => Assert.Equal(Text(check, "name") is "soak" || (Text(check, "name") is "schedules" or "enumeration" && subject != "lockfree") ? "not-run" : "pass", Text(check, "verdict")));
        Assert.Empty(answer.Complaints);
    }

    // Rule 8.1.
    [LongTheory]
    [InlineData("Patch2011")]
    [InlineData("Amended")]
    [InlineData("Linux613")]
    public void A_subject_conforms_in_one_dialect(string dialect)
    {
        var answer = _cli.Run("run", "--dialect", dialect, "--iterations", "300").Exits(0);
        Assert.Contains($", {dialect}; seed 1; ", answer.Out, StringComparison.Ordinal);
        foreach (var other in (string[])["Patch2011", "Amended", "Linux613"]) Assert.Equal(other == dialect, System.Text.RegularExpressions.Regex.IsMatch(answer.Out, $"[0-9] +{other}: "));
    }

    [Fact]
    public void Without_a_verb_it_is_run()
    {
        var answer = _cli.Run("--rule", "2.4").Exits(0);
        Assert.StartsWith("lockfree conforms: 1 rule, ", answer.Out.TrimEnd('\n').Split('\n')[^1], StringComparison.Ordinal);
        Assert.Matches(@"(?m)^ *2\.4 .*rules.*pass", answer.Out);
    }

    [Fact]
    public void A_rule_that_no_sequence_can_show_names_who_speaks_for_it()
    {
        var answer = _cli.Run("run", "--rule", "7.8", "--json").Exits(3);
        var remark = Text(answer.Json.GetProperty("checks").EnumerateArray().First(), "remark");
        Assert.Matches(@"^no sequence speaks of 7\.8, but \d+ histories and \d+ scenarios do: perfmodel explain 7\.8 shows them$", remark);
    }

    [LongFact]
    public void The_same_seed_and_iterations_give_the_same_report()
    {
        string[] arguments = ["run", "--subject", "wrong:stoppers-first", "--checks", "rules,random,coyote", "--iterations", "150", "--seed", "5", "--json"];
        string once = Timeless(_cli.Run(arguments).Exits(1).Out), twice = Timeless(_cli.Run(arguments).Exits(1).Out);
        Assert.Equal(once, twice);
    }

    [LongFact]
    public void Seconds_end_a_run_and_find_nothing_wrong_by_ending_it()
    {
        // On a busy machine some check may not come to its turn: then nobody knows, and it says so.
        var answer = _cli.Run("run", "--seconds", "8", "--json");
        Assert.Contains(answer.Code, (int[])[0, 3]);
        Schemas.Valid("run", answer);
        Assert.DoesNotContain(answer.Json.GetProperty("checks").EnumerateArray(), check => Text(check, "verdict") == "fail");
        Assert.InRange(answer.Json.GetProperty("elapsedMs").GetInt64(), 0, 60_000);
    }

    [Fact]
    public void What_a_failure_left_out_was_not_run()
    {
        var answer = _cli.Run("run", "--fail-fast", "--subject", "wrong:busy-for-exists", "--json").Exits(1);
        Assert.DoesNotContain(answer.Json.GetProperty("rules").EnumerateArray(), rule => Text(rule, "verdict") == "unknown" && rule.GetProperty("checks").GetArrayLength() == 0);
        Assert.Contains(answer.Json.GetProperty("rules").EnumerateArray(), rule => Text(rule, "id") == "7.9" && Text(rule, "verdict") == "not-run");
    }

    // Checks that the profile leaves out get no share of the time.
    [LongFact]
    public void A_profile_takes_the_whole_time()
    {
        var answer = _cli.Run("run", "--seconds", "6", "--profile", "core", "--json");
        Assert.InRange(answer.Json.GetProperty("elapsedMs").GetInt64(), 4_000, long.MaxValue);
    }

    [Fact]
    public void The_report_file_holds_what_json_prints()
    {
        var answer = _cli.Run("run", "--rule", "2.4", "--json", "--report", "report.json").Exits(0);
        Assert.Equal(answer.Out, _cli.Read("report.json"));
    }

    [Fact]
    public void A_check_that_was_left_out_is_not_run_and_does_not_speak()
    {
        var answer = _cli.Run("run", "--checks", "rules", "--profile", "core", "--json").Exits(0);
        Assert.Equal(["pass", "not-run", "not-run", "not-run", "not-run", "not-run", "not-run"], answer.Json.GetProperty("checks").EnumerateArray().Select(check => Text(check, "verdict")));
        Assert.Equal("not-run", Text(answer.Json.GetProperty("rules").EnumerateArray().Single(rule => Text(rule, "id") == "7.4"), "verdict"));
    }

    [Fact]
    public void Fail_fast_stops_after_the_first_check_that_fails()
    {
        var answer = _cli.Run("run", "--subject", "wrong:busy-for-exists", "--fail-fast", "--json").Exits(1);
        Assert.Equal(["fail", "not-run", "not-run", "not-run", "not-run", "not-run", "not-run"], answer.Json.GetProperty("checks").EnumerateArray().Select(check => Text(check, "verdict")));
    }

    [UnixFact]
    public void A_reader_that_has_seen_enough_is_no_error()
    {
        var start = new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", $"\"{DotnetHost.Path}\" exec \"{Cli.Assembly}\" rules | head -n 1"]) { UseShellExecute = false };
        var answer = _cli.Run(start, "").Exits(0);
        Assert.Equal("1 Events and handles\n", answer.Out);
        Assert.Equal("", answer.Err);
    }

    [Fact]
    public void What_no_verb_looks_out_for_is_one_line_too()
    {
        // A temporary folder that is a file.
        _cli.Write("file", "");
        var start = DotnetHost.Exec(Cli.Assembly, "run", "--subject", "wrong:busy-for-exists");
        start.Environment["TMPDIR"] = start.Environment["TMP"] = Path.Combine(_cli.Folder, "file");
        _cli.Run(start, "").Complains("cannot make a temporary folder in ");
    }

    [Theory]
    [InlineData("run", """{"verdict":"conforms"}""")]
    [InlineData("run", """[]""")]
    [InlineData("subjects", """{"subjects":[{"name":"a","kind":"odd","breaks":[],"summary":""}]}""")]
    [InlineData("subjects", """{"subjects":[{"name":"a","kind":"wrong","breaks":["first"],"summary":""}]}""")]
    [InlineData("explore", """{"verdict":"maybe"}""")]
    [InlineData("eval", """{"documents":[]}""")]
    [InlineData("replay", """{"verdict":"violates","subject":"a","dialect":"Patch2011","means":"luck","how":"","rules":[],"page":null}""")]
    [InlineData("rules", """{"spec":"0.1","rules":[{"id":"2","title":"","untested":null}]}""")]
    [InlineData("explain", """{"id":"2.4"}""")]
    [InlineData("litmus", """{"verdict":"conforms","subject":"a","seed":1,"interrupted":false,"iterations":1,"tests":[{"name":"a"}]}""")]
    public void A_schema_refuses_what_is_not_of_its_shape(string verb, string json) => Assert.NotEmpty(Schemas.Errors(verb, json));

    private static string Text(JsonElement element, string member) => element.GetProperty(member).GetString()!;

    private static string Timeless(string json) => ElapsedMember().Replace(json, "");

    [GeneratedRegex("\"elapsedMs\": \\d+,")]
    private static partial Regex ElapsedMember();
}
