// What a person sees is pinned: pages of the corpus and of sequences, word for word, in Golden/.
using System.Collections.Immutable;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests.Histories;

public class PageTests
{
    [Theory]
    [InlineData("busy-before-the-link-works-violates")]
    [InlineData("visit-after-the-return-violates")]
    [InlineData("two-winners-of-a-slot-violates")]
    [InlineData("double-visit-violates")]
    [InlineData("setup-is-judged-violates")]
    [InlineData("pending-call-undone-violates")]
    [InlineData("half-moved-targets-conforms")]
    [InlineData("out-of-budget-unknown")]
    public void Of_a_history(string name)
    {
        var (document, budget) = CorpusTests.Read(name);
        var judgement = HistoryChecker.Check(document, document.Dialects[0], budget);
        IsGolden(name, FailurePage.Of(document, judgement, new PageHeader("stress", "lockfree", document.Dialects[0], $"perfmodel replay {name}.txt")));
    }

    [Fact]
    public void Of_a_history_too_long_to_draw_in_words()
    {
        var document = ProgramParser.ParseOne("""
            p = Open(task 0, period 1, enabled)
            t = Open(task 0, enabled)
            ScheduleIn(p)
            ScheduleIn(t)
            SetStopper(p, t)
            """, "setup");
        var events = ImmutableArray.CreateBuilder<HistoryEvent>();
        for (var round = 0; round < 40; round++)
        {
            events.Add(new(0, new Operation.Tick(Instance.Own(Handle.Of('t')), 3), null));
            events.Add(new(1, new Operation.CountOf(Instance.Own(Handle.Of('t'))), null));
            events.Add(new(0, null, Result.Of(0L)));
            events.Add(new(1, null, Result.Of(3L * round + (round == 39 ? 1 : 0))));
        }

        IsGolden("long-history", Finding.OfHistory(From("stress", "wrong:SplitCount", document) with { History = events.ToImmutable() }).Page());
    }

    [Fact]
    public void Of_a_sequence()
    {
        var program = ProgramParser.ParseOne("""
            p = Open(task 0, period 1) -> ok
            q = Open(task 0, period 1) -> ok
            t = Open(task 0) -> ok
            SetStarter(p, t) -> ok
            SetStarter(q, t) -> ok
            StarterOf(t) -> ok q
            """, "sequence");
        IsGolden("sequence", OfSequence(From("random", "wrong:StealsSlot", program, Dialect.Amended)).Page("perfmodel replay out/0001.txt"));
    }

    [Fact]
    public void Of_a_long_sequence()
    {
        var program = ProgramParser.ParseOne("e = Open(task 0, cpu 1, enabled)\nScheduleIn(e)\nf = Open(cpu 0)\n" + string.Concat(Enumerable.Repeat("Tick(e, 4294967295) -> ok 0\n", 30)) + "Count(e) -> ok 7", "sequence");
        IsGolden("long-sequence", OfSequence(From("random", "wrong:CountsToSeven", program)).Page());
    }

    [Fact]
    public void Of_a_sequence_that_threw()
    {
        var program = ProgramParser.ParseOne("perfmodel 1\ntitle what throws answers nothing\np = Open(task 0, period 1) -> ok\n3 times Tick(p, 1) -> ok ignored\nOverflow(p)\nend", "sequence");
        IsGolden("sequence-threw", OfSequence(From("random", "wrong:Throws", program), "threw NullReferenceException").Page());
    }

    // Each of these words is one that a run prints.
    [Theory]
    [InlineData(Ending.Threw, "NotSupportedException: not twice")]
    [InlineData(Ending.Deadlocked, "Deadlock detected. Thread 'A' is waiting to acquire a resource that is already acquired.")]
    [InlineData(Ending.Hung, "thread A: Overflow(p) did not return within 10 s")]
    [InlineData(Ending.Crashed, "the scheduler's process ended with exit code 134")]
    [InlineData(Ending.OutOfMemory, "thread A: Overflow(p) allocates without end: 1537 MiB")]
    public void Of_a_run_without_an_end(Ending ending, string message)
    {
        var (document, _) = CorpusTests.Read("pending-call-half-done-conforms");
        IsGolden(ending.Word(), Finding.OfUnfinished(From("coyote", "wrong:NeverEnds", document, Dialect.Amended), ending, message).Page("perfmodel replay out/0002.txt"));
    }

    [Fact]
    public void Of_a_run_that_never_began()
    {
        var document = ProgramParser.ParseOne("p = Open(task 0, period 1)\nthread A\n  Close(p)\nthread B\n  Overflow(p)\n  Count(p)", "program");
        IsGolden("never-began", Finding.OfUnfinished(From("coyote", "wrong:Crashes", document), Ending.Crashed, "the child ended with exit code 134").Page());
    }

    // What one thread alone stores to and uses is left out, and said to be.
    [Fact]
    public void Of_a_recorded_schedule()
    {
        var (document, _) = CorpusTests.Read("busy-before-the-link-works-violates");
        ImmutableArray<InterleavedStep> steps =
        [
            new(0, "M31", AccessWord.Load, "word of p", "live"),
            new(0, "M29", AccessWord.Load, "slot of t", "none"),
            new(0, "M33", AccessWord.Swap, "slot of t", "link of p"),
            new(1, "M29", AccessWord.Load, "slot of t", "link of p"),
            new(1, "M30", AccessWord.Load, "word of p", "live"),
            new(1, "M9", AccessWord.Load, "table of p", "none"),
            new(1, "M34", AccessWord.FailedSwap, "slot of t", "link of p"),
            new(1, null, AccessWord.Add, "cell 7", "1"),
            new(0, "M15", AccessWord.Swap, "table of p", "[link to t]"),
            new(0, "M63", AccessWord.Store, "slot of t", "link of p"),
            new(0, "M5", AccessWord.Exchange, "cell 7", "2"),
        ];
        IsGolden("interleaving", (Finding.OfHistory(From("coyote", "wrong:claims-before-publishing", document)) with { Interleaving = steps }).Page());
    }

    [Fact]
    public void Of_a_long_recorded_schedule_the_end_is_told()
    {
        var (document, _) = CorpusTests.Read("two-winners-of-a-slot-violates");
        var steps = Enumerable.Range(0, 200).Select(i => new InterleavedStep(i / 3 % 2, "M33", AccessWord.Swap, "slot of t", $"value {i}")).ToImmutableArray();
        var page = (Finding.OfHistory(From("coyote", "lockfree", document)) with { Interleaving = steps }).Page();
        Fits(page);
        Assert.Contains("(160 accesses are left out", page, StringComparison.Ordinal);
        Assert.DoesNotContain("value 159 ", page, StringComparison.Ordinal);
        Assert.Contains("swaps value 160 into slot of t (M33 Claim)", page, StringComparison.Ordinal);
    }

    // Nothing of a page is lost on a wire.
    [Fact]
    public void The_page_of_a_finding_that_has_travelled_is_the_same()
    {
        var (history, _) = CorpusTests.Read("double-visit-violates");
        var threw = ProgramParser.ParseOne("p = Open(task 0, period 1) -> ok\nOverflow(p)", "sequence");
        foreach (var finding in (Finding[])
        [
            Finding.OfHistory(From("stress", "lockfree", history)) with { FoundAfter = 7, Interleaving = [new(1, "M33", AccessWord.Swap, "slot of t", "p"), new(0, null, AccessWord.Load, "slot of t", "p")] },
            OfSequence(From("random", "assembly:/a/b.dll", threw, Dialect.Amended), "threw A: b") with { Ending = Ending.Crashed, Repeats = true },
            Finding.OfUnfinished(From("coyote", "locked", history), Ending.Deadlocked, "all wait", 9_04),
        ])
        {
            var text = System.Text.Json.JsonSerializer.Serialize(finding, FindingJson.Options);
            var travelled = System.Text.Json.JsonSerializer.Deserialize<Finding>(text, FindingJson.Options)!;
            Assert.Equal(finding.Page("replay it"), travelled.Page("replay it"));
            Assert.Equal((finding.Rules, finding.Suspects, finding.Ending, finding.FoundAfter, finding.Repeats), (travelled.Rules, travelled.Suspects, travelled.Ending, travelled.FoundAfter, travelled.Repeats));
            Assert.Equal(text, System.Text.Json.JsonSerializer.Serialize(travelled, FindingJson.Options));
        }
    }

    // Whatever the history, a page is plain ASCII and fits.
    [Fact]
    public void Fit_a_terminal()
    {
        foreach (var name in CorpusTests.Files)
        {
            var (document, budget) = CorpusTests.Read(name);
            var judgement = HistoryChecker.Check(document, document.Dialects[0], budget);
            Fits(FailurePage.Of(document, judgement, new PageHeader("stress", "exec:\u001b[31m\u00e9 " + new string('x', 60), document.Dialects[0], new string('y', 300))));
        }

        foreach (var history in Family.Programs(0, 2, 2).Where((_, i) => i % 1201 == 0).SelectMany(program => Family.Histories(program).Where((_, i) => i % 1999 == 0)))
        {
            var (declaration, setup, _, _) = history.Program;
            var judgement = HistoryChecker.Check(declaration, setup, history.Events, history.After, Budget.Default);
            var seen = new Program { Declaration = declaration, Setup = [.. setup], History = history.Events, After = [.. history.After] };
            Fits(FailurePage.Of(seen, judgement, new PageHeader("stress", "lockfree", declaration.Dialect)));
        }
    }

    private static Program From(string check, string subject, Program program, Dialect dialect = Dialect.Patch2011) => program.In(dialect) with { Check = check, Subject = subject };

    private static Finding OfSequence(Program program, string? threw = null) =>
        Finding.OfSequence(program, SequentialMismatch.Find(State.Initial(program.Declaration), program.Setup, out _, threw)!);

    private static void Fits(string page) => Assert.All(page.Split('\n'), line =>
    {
        // A line to paste is never folded.
        Assert.True(line.Length <= 120 || line.StartsWith("      replay : ", StringComparison.Ordinal), line);
        Assert.DoesNotContain(line, c => c is < ' ' or > '~');
        Assert.False(line.EndsWith(' '));
    });

    /// <summary>Compares with the file; a page that has none yet is written beside it, to be looked at and renamed.</summary>
    private static void IsGolden(string name, string page)
    {
        Fits(page);
        var file = Path.Combine(CorpusTests.Folder("Golden"), name + ".txt");
        if (File.Exists(file) && File.ReadAllText(file) == page) return;
        File.WriteAllText(file + ".received", page);
        Assert.Fail($"{file} is not what was written to {Path.GetFileName(file)}.received:\n{page}");
    }
}
