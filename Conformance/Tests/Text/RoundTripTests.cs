// What is printed is what is read: documents, operations and answers come back from their text as they were.
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using Xunit;
using Xunit.Abstractions;

namespace PerfModel.Conformance.Tests;

public class RoundTripTests(ITestOutputHelper output)
{
    [Fact]
    public void A_document_comes_back_from_its_text()
    {
        output.WriteLine($"seed {Walks.Seed}");
        foreach (var document in Walks.Samples(AnyProgram.All, 2000)) ComesBack(document);
    }

    [Fact]
    public void Several_documents_come_back_from_one_file()
    {
        var documents = Walks.Samples(AnyProgram.All, 20).ToList();
        var read = ProgramParser.ParseAll(string.Join("\n# between two documents\n", documents), "file");
        Assert.Equal(documents.Select(document => document.ToString()), read.Select(document => document.ToString()));
    }

    [Fact]
    public void Line_ends_and_indentation_do_not_matter()
    {
        foreach (var document in Walks.Samples(AnyProgram.All, 200))
        {
            var text = document.ToString().ReplaceLineEndings("\n");
            Assert.Null(AnyProgram.Difference(document, ProgramParser.ParseOne(text.Replace("\n", "\r\n", StringComparison.Ordinal), "file")));
            Assert.Null(AnyProgram.Difference(document, ProgramParser.ParseOne(text.Replace("\n", "\n\t ", StringComparison.Ordinal), "file")));
        }
    }

    [Fact]
    public void Examples_and_scenarios_come_back()
    {
        Assert.NotEmpty(Examples.All);
        foreach (var document in Examples.All.Concat(Scenarios.All.Values)) ComesBack(document);
    }

    [Theory]
    [InlineData("a", 0, 0)]
    [InlineData("z", 25, 0)]
    [InlineData("a1", 0, 1)]
    [InlineData("t2", 19, 2)]
    [InlineData("z999999", 25, 999_999)]
    public void A_handle_is_a_letter_and_a_number(string text, int letter, int number)
    {
        var handle = Handle.Of((char)('a' + letter), number);
        Assert.Equal(text, handle.ToString());
        Assert.Equal(handle, OperationParser.Handle(text));
    }

    [Theory]
    [InlineData("StarterOf(t) -> ok #5")]
    [InlineData("StarterOf(t) -> ok #5 # a handle that nobody was given")]
    [InlineData("StarterOf(t) -> ok #5# and no blank between")]
    public void A_foreign_handle_is_no_comment(string line) =>
        Assert.Equal(Result.Foreign(5), ProgramParser.ParseOne($"t = Open(task 0)\n{line}", "file").Setup[1].Result);

    [Theory]
    [InlineData("StarterOf(t) # -> ok #5")]
    [InlineData("StarterOf(t) # A returns ok #5")]
    [InlineData("StarterOf(t) #ok #5")]
    public void A_comment_is_no_foreign_handle(string line) =>
        Assert.Equal("StarterOf(t)", ProgramParser.ParseOne($"t = Open(task 0) # t\n{line}", "file").Setup[1].ToString());

    [Theory]
    [InlineData("C# and F#", "C# and F#")]
    [InlineData("issue \\#5", "issue #5")]
    [InlineData("\\#5", "#5")]
    [InlineData("issue \\\\#5", "issue \\#5")]
    [InlineData("C:\\#\\bin", "C:\\#\\bin")]
    [InlineData("race # a comment", "race")]
    [InlineData("race\t# a comment", "race")]
    [InlineData("-> ok #5", "-> ok")]
    public void A_title_may_have_what_starts_a_comment(string written, string title)
    {
        var document = ProgramParser.ParseOne($"perfmodel 1\n  title {written}\nsubject {written}\nend", "file");
        Assert.Equal((title, title), (document.Title, document.Subject));
        ComesBack(document);
    }

    [Fact]
    public void A_history_may_have_foreign_handles_too()
    {
        var history = ProgramParser.ParseOne("t = Open(task 0)\nhistory\nA calls StarterOf(t)\nA returns ok #-7 # what?\nB: StarterOf(t) -> ok #8", "file").History;
        Assert.Equal([null, Result.Foreign(-7), null, Result.Foreign(8)], history.Select(e => e.Return));
    }

    [Fact]
    public void A_bare_program_needs_neither_header_nor_end()
    {
        var program = ProgramParser.ParseOne("# comment\n\nt = Open(task 0)\nthread A\nTick(t, 1)\nafter\nCount(t)\n", "file");
        Assert.Equal((1, 1, 1), (program.Setup.Length, program.Threads.Length, program.After.Length));
    }

    private static void ComesBack(Program document)
    {
        var text = document.ToString();
        var read = ProgramParser.ParseOne(text, "file");
        Assert.True(AnyProgram.Difference(document, read) is null, $"{AnyProgram.Difference(document, read)}\n{text}");
        Assert.Equal(text, read.ToString());
    }
}
