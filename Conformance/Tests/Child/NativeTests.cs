// A subject in C behind perfmodel.h: the one that we ship conforms, in every schedule too; with a mistake it does not; and what ends the process takes only the host with it.
using PerfModel.Conformance.Tests.Command;
using Xunit;

namespace PerfModel.Conformance.Tests.Child;

public sealed class NativeTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [ToolFact(CCompiler.Name, Long = true)]
    public void The_C_adapter_conforms_in_each_check()
    {
        var answer = _cli.Run("run", "--subject", CCompiler.Library(_cli, "events", "-DPM_HOOKED"), "--iterations", "200", "--json").Exits(0);
        var checks = answer.Json.GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("name").GetString()!, check => check.GetProperty("verdict").GetString());
        Assert.All((string[])["rules", "random", "schedules", "enumeration", "stress"], check => Assert.Equal("pass", checks[check]));
        Assert.Equal("not-run", checks["coyote"]);
    }

    [ToolFact(CCompiler.Name, Long = true)]
    public void The_C_adapter_conforms_without_a_hook_and_claims_it() =>
        Assert.Contains("claim: native:libevents.so conforms to PerfModel spec", _cli.Run("run", "--subject", CCompiler.Library(_cli, "events")).Exits(0).Out, StringComparison.Ordinal);

    // Counted by hand. Close loads the state, and puts another in its place. One of the two is first, and the other has loaded before that or after: 2 x 2. A late
    // one loads again and is refused, which is no order more. A read is one load: before the two accesses of Disable, between them, or behind them.
    [ToolTheory(CCompiler.Name, Long = true)]
    [InlineData("thread A\n  Close(p)\nthread B\n  Close(p)\n", "4 schedules", "2 distinct outcomes")]
    [InlineData("thread A\n  Disable(p)\nthread B\n  State(p)\n", "3 schedules", "2 distinct outcomes")]
    public void Its_schedules_are_those_that_a_person_counts(string threads, string schedules, string outcomes)
    {
        var program = _cli.Write("program", $"perfmodel 1\ndialect Amended\np = Open(task 0, period 1, enabled)\n{threads}end\n");
        var answer = _cli.Run("explore", "--program", program, "--strategy", "exhaustive", "--subject", CCompiler.Library(_cli, "events", "-DPM_HOOKED")).Exits(0).Out;
        Assert.Contains($"conforms: {schedules} of 1 program, {outcomes}", answer, StringComparison.Ordinal);
        Assert.Contains("exhaustive: any other schedule is equivalent to one of these", answer, StringComparison.Ordinal);
    }

    [ToolFact(CCompiler.Name)]
    public void A_lost_update_is_found_among_the_schedules_and_replays()
    {
        var subject = CCompiler.Library(_cli, "events", "-DPM_HOOKED -DMISTAKE_LOST_UPDATE");
        // No sequence shows it.
        _cli.Run("run", "--subject", subject, "--checks", "rules,random", "--iterations", "500", "--dialect", "Amended").Exits(0);
        var page = _cli.Run("run", "--subject", subject, "--checks", "schedules", "--dialect", "Amended").Exits(1).Out;
        Assert.Contains("no order : explains", page, StringComparison.Ordinal);
        Assert.Matches(@"interleaving : A: loads &e->state 1: pointer 1 \(events\.c:\d+\)", page);
        Assert.Contains("the saved schedule was run again, and this came of it", _cli.Replay(_cli.Saved("native-libevents-so-schedules-Amended")).Exits(1).Out, StringComparison.Ordinal);
        Assert.Contains("violates", _cli.Run("enumerate", "--universe", "gates", "--subject", subject, "--dialect", "Amended").Exits(1).Out, StringComparison.Ordinal);
    }

    [ToolFact(CCompiler.Name, Long = true)]
    public void Stoppers_first_is_found_by_an_example()
    {
        var answer = _cli.Run("run", "--subject", CCompiler.Library(_cli, "events", "-DMISTAKE_STOPPERS_FIRST"), "--rule", "4.10", "--json").Exits(1);
        Assert.Equal("fail", answer.Json.GetProperty("rules").EnumerateArray().Single(rule => rule.GetProperty("id").GetString() == "4.10").GetProperty("verdict").GetString());
    }

    [ToolTheory(CCompiler.Name, Long = true)]
    [InlineData("pm_abi", "int32_t pm_abi(void) { return 7; }", "libbad.so is of version 7 of perfmodel.h; this program reads version 1")]
    [InlineData("pm_tick", "", "libbad.so exports no pm_tick; perfmodel.h declares it")]
    [InlineData("pm_create", "pm_system *pm_create(const struct pm_declaration *d) { (void)d; return 0; }", "pm_create of libbad.so returned NULL: it does not offer Patch2011 in every dialect")]
    [InlineData("pm_create", "pm_system *pm_create(const struct pm_declaration *d) { (void)d; abort(); }", "libbad.so cannot be used: the constructor ended the process")]
    public void A_library_that_cannot_be_used(string function, string instead, string complaint) =>
        _cli.Run("run", "--subject", CCompiler.LibraryWith(_cli, "bad", function, instead)).Complains(complaint);

    [Fact]
    public void A_file_that_is_no_library()
    {
        _cli.Write("libtext.so", "no library\n");
        _cli.Run("run", "--subject", "native:libtext.so").Complains("cannot load libtext.so: ");
        _cli.Run("run", "--subject", "native:libmissing.so").Complains("there is no file ");
        _cli.Run("run", "--subject", "native:").Complains("'native:' names nothing: expected native:./libmine.so");
        _cli.Run("litmus", "--subject", "native:libtext.so").Complains("litmus runs no subject of yours");
    }

    [ToolFact(CCompiler.Name, Long = true)]
    public void What_it_does_not_offer_is_left_out()
    {
        var subject = CCompiler.LibraryWith(_cli, "old", "pm_create", "pm_system *pm_create(const struct pm_declaration *d) { return d->dialect == PM_AMENDED ? 0 : original_pm_create(d); }");
        Assert.Equal(["perfmodel: native:./libold.so offers Patch2011 and Linux613: Amended is left out"], _cli.Run("run", "--subject", subject, "--rule", "2.2").Exits(0).Complaints);
        _cli.Run("run", "--subject", subject, "--dialect", "Amended").Complains("native:./libold.so offers Patch2011 and Linux613, and not Amended");
        _cli.Run("explore", "close-vs-close", "--strategy", "exhaustive", "--subject", subject).Complains("and native:./libold.so makes none");
        _cli.Run("explore", "close-vs-close", "--subject", subject).Complains("Coyote rewrites assemblies of .NET, and native:./libold.so is none");
    }

    [ToolFact(CCompiler.Name, Long = true)]
    public void Without_inheritance_it_need_not_export_it()
    {
        var subject = CCompiler.LibraryWith(_cli, "core", "pm_fork", "");
        _cli.Run("run", "--subject", subject, "--profile", "core,concurrency", "--iterations", "100").Exits(0);
        Assert.Contains("threw NotSupportedException: libcore.so exports no pm_fork: without it claim no +inheritance,", _cli.Run("run", "--subject", subject, "--rule", "6.2").Exits(1).Out, StringComparison.Ordinal);
    }

    // Each in an example of Close, which has calls before and behind it.
    [ToolTheory(CCompiler.Name, Long = true)]
    [InlineData("abort();", 1, "Close(", "ended the process")]
    [InlineData("exit(0);", 1, "Close(", "ended the process with exit code 0")]
    [InlineData("*(volatile int *)8 = 1;", 1, "Close(", "ended the process")]
    [InlineData("char *block = malloc(24); memset(block, 0x41, 1 << 16); free(malloc(5000)); free(block);", 1, "Close(", "ended the process")]
    [InlineData("for (;;) usleep(1000);", 1, "Close(", "did not return within 1 s")]
    [InlineData("static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; pthread_mutex_lock(&mutex); pthread_mutex_lock(&mutex);", 1, "Close(", "did not return within 1 s")]
    [InlineData("raise(SIGSTOP);", 1, "Close(", "did not return within 1 s")]
    [InlineData("volatile char deep[1 << 20]; memset((char *)deep, 1, sizeof deep); return pm_close(system, event + deep[7]);", 1, "Close(", "ended the process")]
    [InlineData("return -5;", 1, "Close(", "ok #-5")]
    [InlineData("return 3;", 1, "Close(", "ok 3")]
    public void What_ends_or_hangs_its_host_is_a_finding(string body, int code, string call, string words)
    {
        var subject = CCompiler.LibraryWith(_cli, "hostile", "pm_close", $"int64_t pm_close(pm_system *system, int64_t event) {{ (void)system; (void)event; {body} return original_pm_close(system, event); }}");
        var answer = _cli.Run("run", "--subject", subject, "--rule", "1.8", "--dialect", "Amended", "--patience", "1").Exits(code);
        Assert.Contains(words, answer.Out, StringComparison.Ordinal);
        Assert.Contains(call, answer.Out, StringComparison.Ordinal);
    }

    [ToolFact(CCompiler.Name, Long = true)]
    public void A_crash_in_the_middle_of_an_exploration_is_a_finding()
    {
        _cli.Write("crash.c", $"#include \"{CCompiler.Adapter}/events.c\"\nint64_t events_crash(struct events *e, int64_t event); int64_t events_crash(struct events *e, int64_t event) {{ struct state *s = pm_atomic_load_acquire(&e->state); bool was = own(s, event) != 0; s = pm_atomic_load_acquire(&e->state); if (was && !own(s, event)) abort(); return events_close(e, event); }}\n");
        _cli.Write("adapt.c", $"#include \"{CCompiler.Adapter}/events.h\"\nint64_t events_crash(struct events *e, int64_t event);\n#define events_close events_crash\n#include \"{CCompiler.Adapter}/adapter.c\"\n");
        var subject = CCompiler.Library(_cli, "crash", "-DPM_HOOKED", "crash.c", "adapt.c");
        _cli.Run("run", "--subject", subject, "--checks", "rules", "--dialect", "Amended").Exits(0);
        var answer = _cli.Run("explore", "close-vs-close", "--strategy", "exhaustive", "--subject", subject).Exits(1).Out;
        Assert.Contains("ended the process", answer, StringComparison.Ordinal);
        Assert.Contains("ended the process", _cli.Run("run", "--subject", subject, "--checks", "schedules", "--dialect", "Amended").Exits(1).Out, StringComparison.Ordinal);
    }
}
