// What a person sees is pinned: pages of the corpus and of sequences, word for word, in Golden/.
using System.Collections.Immutable;
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

        var history = events.ToImmutable();
        var judgement = HistoryChecker.Check(document.Declaration, document.Setup, history, [], Budget.Default);
        IsGolden("long-history", FailurePage.Of(document.Declaration, document.Setup, history, [], judgement, new PageHeader("stress", "wrong:SplitCount", Dialect.Patch2011)));
    }

    [Fact]
    public void Of_a_sequence()
    {
        var lines = ProgramParser.ParseOne("""
            p = Open(task 0, period 1) -> ok
            q = Open(task 0, period 1) -> ok
            t = Open(task 0) -> ok
            SetStarter(p, t) -> ok
            SetStarter(q, t) -> ok
            StarterOf(t) -> ok q
            """, "sequence").Setup;
        var mismatch = SequentialMismatch.Find(State.Initial(new Declaration(Dialect.Amended)), lines, out _);
        IsGolden("sequence", FailurePage.Of(mismatch!, new PageHeader("random", "wrong:StealsSlot", Dialect.Amended, "perfmodel replay out/0001.txt")));
    }

    [Fact]
    public void Of_a_long_sequence()
    {
        var lines = ProgramParser.ParseOne("e = Open(task 0, cpu 1, enabled)\nScheduleIn(e)\nf = Open(cpu 0)\n" + string.Concat(Enumerable.Repeat("Tick(e, 4294967295) -> ok 0\n", 30)) + "Count(e) -> ok 7", "sequence").Setup;
        var mismatch = SequentialMismatch.Find(State.Initial(new Declaration(Dialect.Patch2011)), lines, out _);
        IsGolden("long-sequence", FailurePage.Of(mismatch!, new PageHeader("random", "wrong:CountsToSeven", Dialect.Patch2011)));
    }

    [Fact]
    public void Of_a_sequence_that_threw()
    {
        var done = ProgramParser.ParseOne("p = Open(task 0, period 1) -> ok\n3 times Tick(p, 1) -> ok ignored", "sequence").Setup;
        var before = Step.Apply(State.Initial(new Declaration(Dialect.Patch2011)), done[0].Operation).State;
        var mismatch = new SequentialMismatch(done.Add(new Line(OperationParser.Operation("Overflow(p)"))), 2, Result.Ignored, RuleSet.Of(4_08), before) { Threw = "threw NullReferenceException" };
        IsGolden("sequence-threw", FailurePage.Of(mismatch, new PageHeader("random", "wrong:Throws", Dialect.Patch2011, Title: "what throws answers nothing")));
    }

    [Fact]
    public void Of_a_run_without_an_end()
    {
        var (document, _) = CorpusTests.Read("pending-call-half-done-conforms");
        IsGolden("hung", FailurePage.OfUnfinished(document, "hung", "no thread can move, and A waits for a lock that nobody holds", new PageHeader("scheduled", "wrong:Hangs", Dialect.Amended, "perfmodel replay out/0002.txt")));
    }

    [Fact]
    public void Of_a_run_that_never_began()
    {
        var document = ProgramParser.ParseOne("p = Open(task 0, period 1)\nthread A\n  Close(p)\nthread B\n  Overflow(p)\n  Count(p)", "program");
        IsGolden("crashed", FailurePage.OfUnfinished(document, "crashed", "the child ended with exit code 134", new PageHeader("scheduled", "wrong:Crashes", Dialect.Patch2011)));
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
            Fits(FailurePage.Of(declaration, setup, history.Events, history.After, judgement, new PageHeader("stress", "lockfree", declaration.Dialect)));
        }
    }

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
