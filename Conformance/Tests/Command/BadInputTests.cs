// Bad input ends with one clear line on stderr and exit code 2: nothing on stdout, no stack trace, no hang.
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

public sealed class BadInputTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("there is no verb 'rnu'; did you mean run? there are run, explore, ", "rnu")]
    [InlineData("there is no verb ''", "")]
    [InlineData("run does not take 'lockfree'", "run", "lockfree")]
    [InlineData("run does not take '--frobnicate'", "--frobnicate")]
    [InlineData("there is no subject 'nobody'; 'perfmodel subjects' lists them", "run", "--subject", "nobody")]
    [InlineData("there is no subject 'wrong:'", "run", "--subject", "wrong:")]
    [InlineData("there is no subject 'wrong:nothing'", "explore", "--subject", "wrong:nothing")]
    [InlineData("there is no dialect 'Rfc2012'; there are Patch2011, Amended", "run", "--dialect", "Rfc2012")]
    [InlineData("there is no dialect '1'", "eval", "-", "--dialect", "1")]
    [InlineData("there is no profile 'fork'; there are core, inheritance, concurrency", "run", "--profile", "fork")]
    [InlineData("there is no rule '99.1'; did you mean 9.1", "run", "--rule", "99.1")]
    [InlineData("there is no rule '2.4.1'", "explain", "2.4.1")]
    [InlineData("there is no check 'luck'; there are rules, random, schedules, enumeration, coyote, stress, soak", "run", "--checks", "rules,luck")]
    [InlineData("there is no verb 'foo'; there are run, ", "foo")]
    [InlineData("there is no rule 'abc'; 'perfmodel rules' lists them", "explain", "abc")]
    [InlineData("--checks names none", "run", "--checks", ",")]
    [InlineData("--profile names none", "run", "--profile", "")]
    [InlineData("--profile names none", "run", "--profile", ",")]
    [InlineData("--report '': expected the name of a file", "run", "--report", "")]
    [InlineData("--program '': expected the name of a file", "explore", "--program", "")]
    [InlineData("cannot read '': expected the name of a file", "eval", "")]
    [InlineData("cannot read '': expected the name of a file", "replay", "")]
    [InlineData("profile core does not claim 6.2: there is nothing to check", "run", "--rule", "6.2", "--profile", "core")]
    [InlineData("8.8 is no rule of Amended: there is nothing to check", "run", "--rule", "8.8", "--dialect", "Amended")]
    [InlineData("there is no scenario 'close-vs-nothing'; 'perfmodel list scenarios' lists them", "explore", "close-vs-nothing")]
    [InlineData("there is no litmus test 'M99'; 'perfmodel list litmus' lists them", "litmus", "M99")]
    [InlineData("litmus runs no subject of yours", "litmus", "--subject", "assembly:mine.dll")]
    [InlineData("there is no strategy 'luck'; there are exhaustive, random-walk, pct, portfolio, random, ", "explore", "--strategy", "luck")]
    [InlineData("there is no machine 'kernel'; 'perfmodel list machines' lists them", "check", "--machine", "kernel")]
    [InlineData("there is no machine 'mutant:'", "check", "--machine", "mutant:")]
    [InlineData("there is no preset 'all'; there are core, gates, scopes, family, steps, links, window, forks", "check", "--preset", "all")]
    [InlineData("there is no preset 'KERNEL'", "graph", "--preset", "KERNEL")]
    [InlineData("there is no dialect 'Rfc2012'", "check", "--dialect", "Rfc2012")]
    [InlineData("preset core is a system of the spec's machine; the posted one has links, window, forks", "check", "--machine", "posted", "--preset", "core")]
    [InlineData("preset window is a system of the posted machine; the spec's has core, gates, scopes, family, steps", "check", "--preset", "window")]
    [InlineData("preset window is a system of the posted machine", "graph", "--preset", "window")]
    [InlineData("the machine posted has no --dialect", "check", "--machine", "posted", "--dialect", "Amended")]
    [InlineData("the machine posted has no --events", "check", "--machine", "posted", "--events", "2")]
    [InlineData("the machine posted has no --symmetry", "check", "--machine", "posted", "--symmetry", "off")]
    [InlineData("--mend is a switch of --machine posted", "check", "--mend", "D13")]
    [InlineData("--mend names D13 twice", "check", "--machine", "posted", "--mend", "D13,D14,d13")]
    [InlineData("--mend names D2 twice", "check", "--machine", "posted", "--mend", "D2", "--mend", "D2")]
    [InlineData("there is no mend 'everything'; 'perfmodel list mends' lists them", "check", "--machine", "posted", "--mend", "everything")]
    [InlineData("there is no mend 'None'; 'perfmodel list mends' lists them", "check", "--machine", "posted", "--mend", "None")]
    [InlineData("D7 is not modelled: a PMU's callback is one step", "check", "--machine", "posted", "--mend", "D7")]
    [InlineData("D2c is mended by --mend D2", "check", "--machine", "posted", "--mend", "d2c")]
    [InlineData("D35 is not modelled: no context is exchanged between tasks; 'perfmodel explore D35 --subject posted' shows it on running code", "defects", "D35")]
    [InlineData("no program shows D15 on running code: the subject has no frequencies; 'perfmodel defects D15' shows it", "explore", "d15", "--subject", "posted")]
    [InlineData("8.11 is no rule of Patch2011: there is nothing to check", "run", "--subject", "posted", "--rule", "8.11")]
    [InlineData("close-vs-setstarter calls SetStarter(p, t), which Linux613 answers with an error whatever the state", "explore", "close-vs-setstarter", "--dialect", "Linux613")]
    [InlineData("close-leader-vs-overflow calls t = Open(task 0, enabled, aux), which Amended answers with an error", "explore", "close-leader-vs-overflow", "--dialect", "Amended")]
    [InlineData("--mend names none", "check", "--machine", "posted", "--mend", ",")]
    [InlineData("the property 'trigger-samples' is not in play in preset window: it is a claim about links", "check", "--machine", "posted", "--property", "trigger-samples")]
    [InlineData("there is no property 'link-ends-agree' of preset window", "check", "--machine", "posted", "--property", "link-ends-agree")]
    [InlineData("D17 is not modelled: counts are not kept", "defects", "d17")]
    [InlineData("D23 is no defect of the posted machine: 'perfmodel check --preset steps --property cycle-falls-silent' shows it", "defects", "D23")]
    [InlineData("there is no defect 'none'; 'perfmodel defects' lists them", "defects", "none")]
    [InlineData("--output draws one defect: name it", "defects", "--output", "all.svg")]
    [InlineData("--output 'D5.png': expected the name of a file that ends in .svg", "defects", "D5", "--output", "D5.png")]
    [InlineData("cannot write nowhere/D5.svg: ", "defects", "D5", "--output", "nowhere/D5.svg")]
    [InlineData("there is no property 'a gate never moves' of preset core", "check", "--property", "a gate never moves")]
    [InlineData("the property 'a grandchild is linked' is not in play in preset core: no task forks", "check", "--property", "a grandchild is linked")]
    [InlineData("more than one property begins with 'an operation answers E'", "check", "--property", "an operation answers E")]
    [InlineData("--events '0': expected a whole number from 1 to 4", "check", "--events", "0")]
    [InlineData("--events '99': expected a whole number from 1 to 4", "check", "--events", "99")]
    [InlineData("--events '3': expected a whole number from 1 to 2 for preset steps", "check", "--preset", "steps", "--events", "3")]
    [InlineData("preset family has two events, and no --events", "check", "--preset", "family", "--events", "2")]
    [InlineData("preset core with 4 events has about 2.6E+10 states in 1.1E+09 orbits, which take ", "check", "--events", "4")]
    [InlineData("--symmetry 'maybe': expected on or off", "check", "--symmetry", "maybe")]
    [InlineData("--memory '0': expected a whole number from 64", "check", "--memory", "0")]
    [InlineData("--memory '9223372036854775807': expected", "check", "--memory", "9223372036854775807")]
    [InlineData("graph --gate takes no --preset and no --events", "graph", "--gate", "--events", "1")]
    [InlineData("preset core with 2 events has more states than anybody reads in a graph (200)", "graph", "--events", "2")]
    [InlineData("preset steps is a system of calls under way", "graph", "--preset", "steps")]
    [InlineData("--output '': expected the name of a file", "graph", "--gate", "--output", "")]
    [InlineData("cannot write .: it is a folder", "graph", "--gate", "--output", ".")]
    [InlineData("mutant:stoppers-first is a wrong step of one call: any preset but steps", "check", "--machine", "mutant:stoppers-first", "--preset", "steps")]
    [InlineData("mutant:sample-counts is a wrong move of calls under way: preset steps", "check", "--machine", "mutant:sample-counts", "--preset", "core")]
    [InlineData("the machine 'wrong:stoppers-first' is called mutant:stoppers-first now", "check", "--machine", "wrong:stoppers-first")]
    [InlineData("the property 'total-is-counted' is not in play in preset core: no task forks", "check", "--property", "total-is-counted")]
    [InlineData("explore does not take '--bogus'", "explore", "--bogus")]
    [InlineData("cannot write no/such/folder/g.dot: ", "graph", "--gate", "--output", "no/such/folder/g.dot")]
    [InlineData("--strategy exhaustive takes lockfree, posted, the wrong subjects and hooked libraries: it sees accesses that are announced to it, and locked makes none", "explore", "--strategy", "exhaustive", "--subject", "locked")]
    [InlineData("and model makes none", "explore", "close-vs-close", "--strategy", "exhaustive", "--subject", "model")]
    [InlineData("and assembly:mine.dll makes none", "explore", "--strategy", "exhaustive", "--subject", "assembly:mine.dll")]
    [InlineData("there is no subject 'nobody'", "explore", "--strategy", "exhaustive", "--subject", "nobody")]
    [InlineData("--seed says nothing to --strategy exhaustive: it draws nothing", "explore", "--strategy", "exhaustive", "--seed", "3")]
    [InlineData("--iterations '0': expected", "explore", "--strategy", "exhaustive", "--iterations", "0")]
    [InlineData("--seed 'x': expected a whole number from 0", "run", "--seed", "x")]
    [InlineData("--seed '-1': expected a whole number from 0", "explore", "--seed", "-1")]
    [InlineData("--seed '18446744073709551616': expected", "run", "--seed", "18446744073709551616")]
    [InlineData("--iterations '0': expected a whole number from 1", "run", "--iterations", "0")]
    [InlineData("--iterations '-5': expected", "run", "--iterations", "-5")]
    [InlineData("--iterations 'many': expected", "explore", "--iterations", "many")]
    [InlineData("--iterations '9223372036854775807': expected", "run", "--iterations", "9223372036854775807")]
    [InlineData("--seconds '0': expected", "run", "--seconds", "0")]
    [InlineData("--seconds '2147483647': expected", "run", "--seconds", "2147483647")]
    [InlineData("Option '--seed' expects a single argument", "run", "--seed", "1", "--seed", "2")]
    [InlineData("Required argument missing", "explain")]
    [InlineData("Required argument missing", "run", "--subject")]
    [InlineData("cannot write missing/report.json", "run", "--report", "missing/report.json")]
    [InlineData("cannot write .", "run", "--report", ".")]
    [InlineData("cannot read nowhere.txt: there is no such file", "eval", "nowhere.txt")]
    [InlineData("cannot read nowhere.txt: there is no such file", "replay", "nowhere.txt")]
    [InlineData("cannot read nowhere.txt: there is no such file", "explore", "--program", "nowhere.txt")]
    [InlineData("cannot read .: it is a folder", "eval", ".")]
    [InlineData("cannot read .: it is a folder", "replay", ".")]
    [InlineData("cannot read @nowhere: there is no such file", "eval", "@nowhere")]
    [InlineData("not both", "explore", "close-vs-close", "--program", "nowhere.txt")]
    [InlineData("--max-memory is called --memory now", "check", "--max-memory", "4")]
    [InlineData("--max-memory is called --memory now", "explore", "--max-memory=4")]
    [InlineData("the dialect 'Rfc2011' is called Patch2011 now", "run", "--dialect", "Rfc2011")]
    [InlineData("the check 'scheduled' is called schedules or coyote now", "run", "--checks", "rules,scheduled")]
    [InlineData("the machine 'wrong:closed-owner-keeps-its-slot' is called mutant:closed-owner-keeps-its-slot now", "check", "--machine", "wrong:closed-owner-keeps-its-slot")]
    [InlineData("run does not take '--sed'; did you mean --seed? ", "run", "--sed", "4")]
    [InlineData("litmus does not take '--itertions'; did you mean --iterations? ", "litmus", "--itertions")]
    [InlineData("there is no scenario 'close-vs-forc'; did you mean close-vs-fork? ", "explore", "close-vs-forc")]
    [InlineData("there is no subject 'wrong:stopers-first'; did you mean wrong:stoppers-first? ", "run", "--subject", "wrong:stopers-first")]
    [InlineData("--iterations '': expected", "run", "--iterations", "")]
    [InlineData("--iterations and --seconds are two budgets", "run", "--iterations", "1", "--seconds", "5")]
    [InlineData("2.4 is covered by rules, random, schedules, enumeration, coyote, stress", "run", "--rule", "2.4", "--checks", "stress")]
    [InlineData("no check covers 9.1: a definition", "run", "--rule", "9.1")]
    [InlineData("close-vs-fork forks", "explore", "close-vs-fork", "--profile", "core")]
    [InlineData("--output 'x.png': expected the name of a file that ends in .dot, .gv or .svg", "graph", "--gate", "--output", "x.png")]
    [InlineData("--memory '1': expected a whole number from 64", "check", "--memory", "1")]
    [InlineData("--memory '63': expected a whole number from 64", "run", "--memory", "63")]
    [InlineData("there is no kind of names 'nothing'; there are scenarios, universes, litmus, ", "list", "nothing")]
    public void A_word_that_means_nothing(string words, params string[] arguments) => _cli.Run(arguments).Complains(words);

    // A process of its own says it as one that stays does.
    [Theory]
    [InlineData("there is no verb 'rnu'; did you mean run? there are run, explore, ", "rnu")]
    [InlineData("run does not take '--frobnicate'", "--frobnicate")]
    [InlineData("there is no subject 'nobody'; 'perfmodel subjects' lists them", "run", "--subject", "nobody")]
    [InlineData("cannot read nowhere.txt: there is no such file", "replay", "nowhere.txt")]
    [InlineData("standard input: empty", "eval", "-")]
    [InlineData("standard input: empty", "replay", "-")]
    public void A_process_says_so_and_ends(string words, params string[] arguments) => _cli.RunProcess(arguments).Complains(words);

    [Theory]
    [InlineData("a file: empty", "")]
    [InlineData("a file: empty", "# only a comment\n\n")]
    [InlineData("a file:3: cut off: 'end' is missing", "perfmodel 1\np = Open(task 0)\nClose(p)")]
    [InlineData("a file:4: a second 'dialect'", "perfmodel 1\ndialect Amended\nrules 2.4\ndialect Amended\nend\n")]
    [InlineData("a file:1: a document of version 2; this program reads version 1: a newer perfmodel wrote it", "perfmodel 2\nend\n")]
    [InlineData("a file:1: expected 'perfmodel 1'", "perfmodel one\nend\n")]
    [InlineData("a file:3: there is no operation 'Fire'", "perfmodel 1\np = Open(task 0)\nFire(p)\nend\n")]
    [InlineData("a file:2: Open has 'period' twice", "perfmodel 1\np = Open(period 1, enabled, period 2)\nend\n")]
    [InlineData("a file:2: 'leader' needs a handle: leader t", "perfmodel 1\np = Open(leader, pauses)\nend\n")]
    [InlineData("a file:2: 'period' needs a number: period 1", "perfmodel 1\np = Open(period)\nend\n")]
    [InlineData("a file:2: 'nothing of the kind' is not an operation", "perfmodel 1\nnothing of the kind\nend\n")]
    [InlineData("a file:2: t is used before it is opened", "perfmodel 1\nClose(t)\nend\n")]
    [InlineData("a file:2: there is no dialect 'Rfc2012'", "perfmodel 1\ndialect Rfc2012\nend\n")]
    [InlineData("a file:3: 'EWHAT' is not a result", "perfmodel 1\np = Open(task 0)\nClose(p) -> EWHAT\nend\n")]
    [InlineData("a file:1: 'MZ??' is not an operation", "MZ\u0001\u0002\n")]
    public void A_file_that_is_no_document(string words, string text)
    {
        _cli.Write("a file", text);
        _cli.Run("eval", "a file").Complains(words);
        _cli.Run("replay", "a file").Complains(words);
    }

    [Fact]
    public void A_binary_file()
    {
        _cli.Write("binary", File.ReadAllBytes(Cli.Assembly)[..4096]);
        _cli.Run("eval", "binary").Complains("binary: a binary file, not a text");
        _cli.Run("replay", "binary").Complains("binary: a binary file, not a text");
    }

    [DeviceFact("/dev/zero")]
    public void A_file_without_an_end() => _cli.Run("eval", "/dev/zero").Complains("too long to be one of ours");

    [Fact]
    public void A_document_that_is_no_saved_failure()
    {
        _cli.Write("program", "p = Open(task 0)\nClose(p)\n");
        _cli.Run("replay", "program").Complains("names no subject");
        _cli.Run("explore", "--program", "program").Complains("has no threads");
    }

    [Fact]
    public void A_subject_that_is_not_there_any_more()
    {
        _cli.Write("failure", "perfmodel 1\nsubject wrong:mended\ndialect Amended\nverdict violates\np = Open(task 0)\nend\n");
        _cli.Run("replay", "failure").Complains("there is no subject 'wrong:mended'");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"CoyoteVersion":"1.0.0.0","Steps":[]}""")]
    public void A_schedule_that_is_none(string schedule)
    {
        _cli.Write("failure", $"perfmodel 1\nsubject lockfree\ndialect Amended\np = Open(task 0)\nthread A\n  Close(p)\nschedule\n  {schedule}\nend\n");
        _cli.Run("replay", "failure").Complains("failure: the ");
    }

    [Theory]
    [InlineData("failure:3: there is no check 'luck'; there are rules, ", "dialect Amended\ncheck luck\n", "")]
    [InlineData("failure:3: a saved failure does not conform", "dialect Amended\nverdict conforms\n", "")]
    [InlineData("failure: a saved failure names its dialect", "check random\n", "")]
    [InlineData("failure:3: there is no strategy 'luck'", "dialect Amended\nstrategy luck\n", "schedule\n  A B\n")]
    [InlineData("failure:4: a schedule of threads, such as A*3 B, goes with the header 'strategy exhaustive' or 'strategy random-walk' or 'strategy pct', and not with none", "dialect Amended\n", "schedule\n  A*3 B\n")]
    [InlineData("failure:5: a schedule of threads, such as A*3 B, goes with the header 'strategy exhaustive' or 'strategy random-walk' or 'strategy pct', and not with 'strategy random'", "dialect Amended\nstrategy random\n", "schedule\n  A*3 B\n")]
    [InlineData("failure:5: a schedule of Coyote, in JSON, goes with a strategy of Coyote's, and not with 'strategy exhaustive'", "dialect Amended\nstrategy exhaustive\n", "schedule\n  {\n")]
    public void A_header_that_no_saved_failure_has(string words, string headers, string schedule)
    {
        _cli.Write("failure", $"perfmodel 1\n{headers}subject lockfree\n{schedule}end\n");
        _cli.Run("replay", "failure").Complains(words);
    }

    [Fact]
    public void A_name_that_would_write_on_the_terminal_is_printed_harmless() =>
        Assert.DoesNotContain('\u001b', _cli.Run("eval", "\u001b[31mred\nline").Complains("cannot read ?[31mred").Err);

    [DeviceFact("/dev/full")]
    public void A_full_device_for_the_report() =>
        Assert.Contains("cannot write /dev/full", Assert.Single(_cli.Run("run", "--rule", "2.4", "--report", "/dev/full").Exits(2).Complaints), StringComparison.Ordinal);
}
