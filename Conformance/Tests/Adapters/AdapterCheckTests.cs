// adapter check: each way in which an adapter can break the protocol has its own message, and one that keeps it passes.
using System.Diagnostics;
using System.Text;
using PerfModel.Conformance.Adapters;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Tests.Child;
using PerfModel.Conformance.Tests.Command;
using Xunit;

namespace PerfModel.Conformance.Tests.Adapters;

public class AdapterCheckTests
{
    // For those that are silent on purpose, and no measure of any other.
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1), Usual = TimeSpan.FromSeconds(60);

    private static string Wire => Repository.PathOf("Conformance/Adapters/wire.schema.json");

    [ToolFact(Shipped.Python)]
    public void One_that_keeps_it_passes()
    {
        var steps = Check(Shipped.Hostile("ok"), Usual);
        Assert.All(steps, step => Assert.True(step.IsRight, step.Message));
        Assert.Equal(["hello", "reset and apply in Patch2011", "reset and apply in Amended", "reset and apply in Linux613", "names", "apply of 256 operations", "run", "a method that there is not",
            "hello of another protocol", "the end of its standard input"], steps.Select(step => step.What));
        Assert.Equal("events.py, in Python; Patch2011, Amended, Linux613; core, inheritance, concurrency; programs of 8 threads", steps[0].Message);
    }

    [ToolTheory(Shipped.Python)]
    [InlineData("unasked", "reset and apply in Patch2011", "was request 37, and an answer came to 137, which nobody asked")]
    [InlineData("again", "reset and apply in Patch2011", "was request 37, and request 36 was answered once more")]
    [InlineData("text-id", "reset and apply in Patch2011", "was answered by a response whose id is no integer: '{\"jsonrpc\":\"2.0\",\"id\":\"one\",\"result\":{}}'")]
    [InlineData("old-rpc", "reset and apply in Patch2011", "was answered by no response of JSON-RPC 2.0: '{\"id\":37,\"result\":{}}'")]
    [InlineData("prints", "reset and apply in Patch2011", "was answered by a line that is no JSON: 'closing...': standard output is the wire's, and standard error is free")]
    [InlineData("endless", "reset and apply in Patch2011", "was answered by 4 MiB without the end of a line: 'xxxx")]
    [InlineData("bytes", "reset and apply in Patch2011", "was answered by bytes that are not UTF-8: ")]
    [InlineData("deep", "reset and apply in Patch2011", "was answered by a line that is no JSON: '[[[[")]
    [InlineData("half", "reset and apply in Patch2011", "was not answered: the adapter ended with exit code 0, in the middle of a line")]
    [InlineData("raises", "reset and apply in Patch2011", "was not answered: the adapter ended with exit code 1: ValueError: no such handle?[31m")]
    [InlineData("crashes", "reset and apply in Patch2011", "was not answered: a signal ended the adapter, 11")]
    [InlineData("short", "reset and apply in Patch2011", "was answered by 2 answers in 'answers' to 3 operations")]
    [InlineData("word", "reset and apply in Patch2011", "holds Close(a), which was answered by \"okay\", which is no answer")]
    [InlineData("no-answers", "reset and apply in Patch2011", "was answered without 'answers', a list")]
    [InlineData("no-object", "reset and apply in Patch2011", "was answered without a result that is an object: '{\"jsonrpc\": \"2.0\", \"id\": 37, \"result\": [1]}'")]
    [InlineData("errors", "reset and apply in Patch2011", "holds Close(a), which errored: a null reference")]
    [InlineData("ok-handle", "reset and apply in Patch2011", "was answered by \"ok\", and not by a handle, which is an integer")]
    [InlineData("returns-first", "run", "was answered by a lie: thread A returned from State(a) at ")]
    [InlineData("overtakes", "run", "was answered by a lie: thread A called State(a) at ")]
    [InlineData("twice-the-stamp", "run", " was taken from the counter twice")]
    [InlineData("less-calls", "run", "was answered by a round in which thread A has not the 2 calls that it was to make")]
    [InlineData("more-calls", "run", "was answered by a round in which thread A has not the 2 calls that it was to make")]
    [InlineData("less-threads", "run", "was answered by a round without 'threads', a list of 2")]
    [InlineData("text-stamps", "run", "was answered by a call of thread A that is not [called, returned, answer]: [\"one\", ")]
    [InlineData("less-rounds", "run", "was answered by 255 rounds, and 256 were asked for")]
    [InlineData("hello-ends", "hello", "was not answered: the adapter ended with exit code 7")]
    [InlineData("hello-2", "hello", "was answered by protocol 2, and this suite speaks 1")]
    [InlineData("hello-none", "hello", "was answered without a dialect: 'dialects' names those that are offered")]
    [InlineData("hello-other", "hello", "names \"Patch2012\" among its dialects; there are Patch2011, Amended, Linux613")]
    [InlineData("hello-core", "hello", "was answered without the profile core, which every subject claims (9.1)")]
    [InlineData("hello-threads", "hello", "was answered without 'threads', an integer from 1")]
    [InlineData("hello-nameless", "hello", "'name' is not there, or is no string")]
    [InlineData("hello-any", "hello of another protocol", "was answered by a result: an adapter refuses a protocol that it does not speak")]
    [InlineData("reset-ends", "reset and apply in Patch2011", "was not answered: the adapter ended with exit code 9")]
    [InlineData("results", "a method that there is not", "was answered by a result, and not by an error")]
    public void One_that_breaks_it_is_told_how(string mode, string step, string words) => Fails(Check(Shipped.Hostile(mode), Usual), step, words);

    // They take as long as patience has.
    [ToolTheory(Shipped.Python)]
    [InlineData("silent", "reset and apply in Patch2011", "was not answered within 1 s")]
    [InlineData("hello-silent", "hello", "was not answered within 1 s")]
    [InlineData("stops", "reset and apply in Patch2011", "was not answered within 1 s")]
    [InlineData("stays", "the end of its standard input", "was not answered within 1 s")]
    public void One_that_is_silent_is_told_when(string mode, string step, string words) => Fails(Check(Shipped.Hostile(mode), Short), step, words);

    [ToolTheory(Shipped.Python, Long = true)]
    [InlineData("closes-stdout", "was not answered: the adapter closed its standard output and lives on")]
    [InlineData("leaves-children", "was not answered: the adapter ended with exit code 1, and left children behind")]
    public void One_whose_output_does_not_end_with_it(string mode, string words) => Fails(Check(Shipped.Hostile(mode), Usual), "reset and apply in Patch2011", words);

    [ToolFact(Shipped.Python)]
    public void What_is_skipped_is_told_and_is_no_fault()
    {
        var steps = Check(Shipped.Hostile("skips"), Usual);
        Assert.All(steps, step => Assert.True(step.IsRight, step.Message));
        Assert.Equal("skipped: Close, there is no Close", steps[1].Message);
    }

    [Fact]
    public void The_verb_says_it()
    {
        using var cli = new Cli();
        var good = cli.Run("adapter", "check", $"'{DotnetHost.Path}' exec '{Cli.Assembly}' adapter serve --subject model").Exits(0);
        Assert.StartsWith("ok    hello: model, in C#; ", good.Out, StringComparison.Ordinal);
        Assert.Contains("\nthe adapter speaks protocol 1; ", good.Out, StringComparison.Ordinal);
        Assert.Contains("\nFAIL  hello: was answered by a line that is no JSON: 'perfmodel", cli.Run("adapter", "check", $"'{DotnetHost.Path}' exec '{Cli.Assembly}' --version").Exits(1).Out.Insert(0, "\n"), StringComparison.Ordinal);
        var json = cli.Run("adapter", "check", $"'{DotnetHost.Path}' exec '{Cli.Assembly}' --version", "--json").Exits(1);
        Schemas.Valid("adapter", json);
        cli.Run("adapter", "check", "no-such-program --x").Complains("cannot start no-such-program: there is no such program");
        cli.Run("adapter", "check", "").Complains("names nothing: expected exec:COMMAND");
        cli.Run("adapter", "check", "'python").Complains("the quote ' is not closed");
        cli.Run("adapter", "serve", "--subject", "exec:true").Complains("adapter serve serves a subject of ours");
    }

    [Fact]
    public void Each_line_of_a_talk_is_as_the_schema_says()
    {
        using var cli = new Cli();
        var lines = new List<string>();
        var steps = AdapterCheck.Run(AdapterCommand.Of("", $"'{DotnetHost.Path}' exec '{Cli.Assembly}' adapter serve --subject model").Words, Usual, (_, line) => lines.Add(Encoding.UTF8.GetString(line.Span)));
        Assert.All(steps, step => Assert.True(step.IsRight, step.Message));
        Assert.True(lines.Count > 100);
        // A method that there is not is no request of the schema's.
        Assert.All(lines.Where(line => !line.Contains("\"perform\"", StringComparison.Ordinal)), line => Assert.Empty(Schemas.ErrorsOf(Wire, line)));
        Assert.NotEmpty(Schemas.ErrorsOf(Wire, lines[2].Replace("reset", "renew", StringComparison.Ordinal)));
        Assert.NotEmpty(Schemas.ErrorsOf(Wire, lines[2].Replace("\"cpus\":2", "\"cpus\":-2", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_adapter_to_be_written_is_written_once()
    {
        using var cli = new Cli();
        Assert.Equal("cd mine\nperfmodel run --subject 'exec:python3 adapter.py'\n", cli.Run("adapter", "new", "python", "mine").Exits(0).Out);
        cli.Run("adapter", "new", "python", "mine").Complains("mine is there, and not an empty folder: nothing is written over");
        cli.Run("adapter", "new", "cobol", "other").Complains("there is no language 'cobol'");
        cli.Run("adapter", "new", "c", "mine/adapter.py/x").Complains("cannot write mine/adapter.py/x");
    }

    [ToolFact(Shipped.Python, Long = true)]
    public void One_in_Python_skips_everything() => Skips("python");

    [ToolFact(Shipped.Node, Long = true)]
    public void One_in_JavaScript_skips_everything() => Skips("javascript");

    [ToolFact(Shipped.Cargo, Long = true)]
    public void One_in_Rust_skips_everything() => Skips("rust");

    [ToolFact(CCompiler.Name, Long = true)]
    public void One_in_C_skips_everything() => Skips("c");

    // By the lines that it says, in the folder that it made.
    private static void Skips(string language)
    {
        using var cli = new Cli();
        foreach (var line in cli.Run("adapter", "new", language, ".").Exits(0).Out.TrimEnd().Split('\n').Skip(1))
        {
            if (!line.StartsWith("perfmodel ", StringComparison.Ordinal))
            {
                cli.Run(new ProcessStartInfo("/bin/sh", ["-c", line.Replace("build --release", "build --release --offline", StringComparison.Ordinal)]), "").Exits(0);
                continue;
            }

            var answer = cli.Run("run", "--subject", line.Split("--subject ")[1].Trim('\''), "--iterations", "100", "--json").Exits(3).Json;
            Assert.Equal("partial", answer.GetProperty("verdict").GetString());
            Assert.All(answer.GetProperty("rules").EnumerateArray(), rule => Assert.Contains(rule.GetProperty("verdict").GetString(), (string[])["not-run", "untested"]));
            Assert.StartsWith("skipped ", answer.GetProperty("checks")[0].GetProperty("remark").GetString(), StringComparison.Ordinal);
        }
    }

    private static IReadOnlyList<AdapterStep> Check(string command, TimeSpan patience) => AdapterCheck.Run(AdapterCommand.Of(AdapterCommand.Prefix + command, command).Words, patience);

    private static void Fails(IReadOnlyList<AdapterStep> steps, string step, string words)
    {
        Assert.All(steps.SkipLast(1), one => Assert.True(one.IsRight, one.Message));
        Assert.Equal(step, steps[^1].What);
        Assert.False(steps[^1].IsRight);
        Assert.Contains(words, steps[^1].Message, StringComparison.Ordinal);
    }
}
