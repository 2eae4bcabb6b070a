// Text that is not of the grammar is refused in one line that says where and why, and never in another way.
using PerfModel.Conformance.Text;
using Xunit;

namespace PerfModel.Conformance.Tests;

public class MalformedTests
{
    private const string Open = "perfmodel 1\nt = Open(task 0)\n";

    [Theory]
    // The file as a whole.
    [InlineData("", "file: empty")]
    [InlineData("\n# nothing\n", "file: empty")]
    [InlineData("t = Open(\0)", "file: a binary file, not a text")]
    [InlineData("perfmodel 2\nend", "file:1: a document of version 2; this program reads version 1: a newer perfmodel wrote it")]
    [InlineData("perfmodel one\nend", "file:1: expected 'perfmodel 1'")]
    [InlineData("perfmodels\nend", "file:1: expected 'perfmodel 1'")]
    [InlineData("perfmodel 1\nt = Open(task 0)", "file:2: cut off: 'end' is missing")]
    [InlineData("perfmodel 1", "file:1: cut off: 'end' is missing")]
    [InlineData("perfmodel 1\nend\nt = Open(task 0)", "file:3: expected 'perfmodel 1'")]
    [InlineData("perfmodel 1\nend\nperfmodel 1\nend", "file: one document was expected, 2 found")]
    // The header.
    [InlineData("title bare\nt = Open(task 0)", "file:1: a header line needs the first line 'perfmodel 1'")]
    [InlineData("perfmodel 1\ndialect C89\nend", "file:2: there is no dialect 'C89'; there are Patch2011, Amended and Linux613")]
    [InlineData("perfmodel 1\ndialect Patch2011, Amended\nend", "file:2: there is no dialect 'Patch2011, Amended'; there are Patch2011, Amended and Linux613")]
    [InlineData("perfmodel 1\ndialect +1\nend", "file:2: there is no dialect '+1'; there are Patch2011, Amended and Linux613")]
    [InlineData("perfmodel 1\nrules 2.4, two\nend", "file:2: 'two' is not the number of a rule")]
    [InlineData("perfmodel 1\nrules 0.1\nend", "file:2: '0.1' is not the number of a rule")]
    [InlineData("perfmodel 1\nseed -1\nend", "file:2: '-1' is not a seed")]
    [InlineData("perfmodel 1\nverdict fine\nend", "file:2: 'fine' is not a verdict")]
    [InlineData("perfmodel 1\nverdict partial\nend", "file:2: 'partial' is not a verdict")]
    [InlineData("perfmodel 1\ndeclare handles 0\nend", "file:2: 'handles 0' is not a declaration: handles N, roots N and tasks N from 1, cpus N from 0, tasks not below roots")]
    [InlineData("perfmodel 1\ndeclare roots 3, tasks 2\nend", "file:2: 'tasks 2' is not a declaration: handles N, roots N and tasks N from 1, cpus N from 0, tasks not below roots")]
    // Operations.
    [InlineData(Open + "Frobnicate(t)\nend", "file:3: there is no operation 'Frobnicate'")]
    [InlineData(Open + "Close\nend", "file:3: 'Close' is not an operation: expected Verb(arguments)")]
    [InlineData(Open + "Close(t\nend", "file:3: 'Close(t' is not an operation: expected Verb(arguments)")]
    [InlineData(Open + "title late\nend", "file:3: 'title late' is not an operation: expected Verb(arguments)")]
    [InlineData(Open + "Close(t, t)\nend", "file:3: Close takes one argument")]
    [InlineData(Open + "SetStarter(t)\nend", "file:3: SetStarter takes two arguments")]
    [InlineData(Open + "Tick(t)\nend", "file:3: Tick takes two arguments")]
    [InlineData(Open + "Tick(t, many)\nend", "file:3: 'many' is not a number")]
    [InlineData(Open + "Tick(t, 9223372036854775808)\nend", "file:3: '9223372036854775808' is not a number")]
    [InlineData(Open + "Close(T)\nend", "file:3: 'T' is not a handle: one letter and an optional number, or -1")]
    [InlineData(Open + "Close(t0)\nend", "file:3: 't0' is not a handle: one letter and an optional number, or -1")]
    [InlineData(Open + "Close(t1000000)\nend", "file:3: 't1000000' is not a handle: one letter and an optional number, or -1")]
    [InlineData(Open + "Tick(t@x, 1)\nend", "file:3: 't@x' is not an instance: e, or e@3 for its copy in task 3")]
    [InlineData(Open + "Open(task 0)\nend", "file:3: Open needs a name: e = Open(…)")]
    [InlineData(Open + "x = Close(t)\nend", "file:3: only Open binds a name, not Close")]
    [InlineData(Open + "x = Open(tusk 0)\nend", "file:3: Open has no attribute 'tusk 0'")]
    [InlineData(Open + "x = Open(task 2147483648)\nend", "file:3: '2147483648' is out of range")]
    [InlineData(Open + "Close(u)\nend", "file:3: u is used before it is opened")]
    [InlineData(Open + "t = Open(task 0)\nend", "file:3: t is opened twice; a handle is issued once")]
    [InlineData(Open + "-1 = Open(task 0)\nend", "file:3: -1 is opened twice; a handle is issued once")]
    // Answers.
    [InlineData(Open + "Close(t) -> fine\nend", "file:3: 'fine' is not a result")]
    [InlineData(Open + "Close(t) ->\nend", "file:3: '' is not a result")]
    [InlineData(Open + "Close(t) -> None\nend", "file:3: 'None' is not a result")]
    [InlineData(Open + "Close(t) -> error\nend", "file:3: 'error' is not a result")]
    [InlineData(Open + "Close(t) -> error 1\nend", "file:3: 'error 1' is not a result")]
    [InlineData(Open + "Close(t) -> error many\nend", "file:3: 'many' is not a number")]
    [InlineData(Open + "Close(t) -> 9\nend", "file:3: '9' is not a result")]
    [InlineData(Open + "Close(t) -> -1\nend", "file:3: '-1' is not a result")]
    [InlineData(Open + "Close(t) -> EBADF,EINVAL\nend", "file:3: 'EBADF,EINVAL' is not a result")]
    [InlineData(Open + "StarterOf(t) -> ok #\nend", "file:3: '' is not a number")]
    // Repetitions.
    [InlineData(Open + "0 times Tick(t, 1)\nend", "file:3: '0' times: expected 1 to 4194304")]
    [InlineData(Open + "x times Tick(t, 1)\nend", "file:3: 'x' times: expected 1 to 4194304")]
    [InlineData(Open + "2 times u = Open(task 0)\nend", "file:3: only what a sequence calls can be repeated, and no Open")]
    [InlineData(Open + "2 times Tick(t, 1)\nthread A\nTick(t, 1)\nend", "file:3: 'times' is for sequences, not for programs with threads")]
    [InlineData(Open + "thread A\n2 times Tick(t, 1)\nend", "file:4: only what a sequence calls can be repeated, and no Open")]
    // Threads and sections.
    [InlineData(Open + "thread B\nend", "file:3: threads are named A, B, C… in order, after the setup")]
    [InlineData(Open + "after\nthread A\nend", "file:4: threads are named A, B, C… in order, after the setup")]
    [InlineData(Open + "after\nafter\nend", "file:4: 'after' is out of place")]
    [InlineData(Open + "history\nafter\nend", "file:4: 'after' is out of place")]
    [InlineData(Open + "thread A\nu = Open(task 0)\nthread B\nClose(u)\nend", "file:6: u is not opened in the setup or before in this thread")]
    [InlineData(Open + "thread A\nu = Open(task 0)\nthread B\nu = Open(task 0)\nend", "file:6: u is opened twice; a handle is issued once")]
    [InlineData("t = Open(task 0)\nschedule\nend", "file:2: a schedule needs the first line 'perfmodel 1'")]
    // Histories.
    [InlineData(Open + "history\nclose the door\nend", "file:4: a line of a history starts with the name of a thread, A to Z")]
    [InlineData(Open + "history\nA: Close(t)\nend", "file:4: expected 'A: operation -> result'")]
    [InlineData(Open + "history\nA wants Close(t)\nend", "file:4: expected 'A calls operation', 'A returns result' or 'A: operation -> result'")]
    [InlineData(Open + "history\nA returns ok\nend", "file:4: thread A has no call under way")]
    [InlineData(Open + "history\nA calls Close(t)\nA calls Close(t)\nend", "file:5: thread A has a call under way already")]
    public void Says_where_and_why(string text, string message) =>
        Assert.Equal(message, Assert.Throws<ProgramException>(() => ProgramParser.ParseOne(text, "file")).Message);

    [Fact]
    public void A_text_beyond_all_measure_is_refused() =>
        Assert.Equal("file: longer than 16777216 characters", Assert.Throws<ProgramException>(() => ProgramParser.ParseOne(new string('x', ProgramParser.MaxLength + 1), "file")).Message);

    [Fact]
    public void More_threads_than_letters_are_refused()
    {
        var threads = string.Concat(Enumerable.Range(0, 27).Select(thread => $"thread {(char)('A' + thread)}\nClose(t)\n"));
        Assert.Equal("file:55: threads are named A, B, C… in order, after the setup", Assert.Throws<ProgramException>(() => ProgramParser.ParseOne($"{Open}{threads}end", "file")).Message);
    }

    [Fact]
    public void What_is_quoted_is_short_and_nothing_that_a_terminal_obeys()
    {
        var message = Assert.Throws<ProgramException>(() => ProgramParser.ParseOne($"{Open}Close(t) -> \u001b[31m{new string('x', 100)}\nend", "file")).Message;
        Assert.Equal($"file:3: '?[31m{new string('x', 35)}…' is not a result", message);
    }
}
