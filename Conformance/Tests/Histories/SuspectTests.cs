// Which rules a page suspects, where a dialect has rules of its own in the place of others.
using System.Text.RegularExpressions;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests.Histories;

public class SuspectTests
{
    private const string Group = "t = Open(task 0, aux, inherit, enabled)\np = Open(task 0, period 1, leader t, pauses, inherit, enabled)\nScheduleIn(t)\nScheduleIn(p)\n";

    [Theory]
    [InlineData("a visit that does not happen", "8.16", "7.6", "A calls Overflow(p)|B: Samples(p) -> ok 1|B: Paused(t) -> ok open|A returns ok 1")]
    [InlineData("the same, with nothing beside it", "8.16", "8.18", "A: Overflow(p) -> ok 1|A: Paused(t) -> ok open")]
    [InlineData("a copy that has the gate of its source", "8.22", "6.5", "A: Overflow(p) -> ok 1|A: Fork(0, 2) -> ok|A: Paused(t@2) -> ok paused")]
    [InlineData("a death that does not reach the member", "8.19", "2.10", "A: Close(t) -> ok|A: State(p) -> ok active")]
    [InlineData("a death that reaches the member twice", "8.19", "2.10", "A calls Close(t)|B: State(p) -> ok error|B: Enable(p) -> ok|B: State(p) -> ok error|A returns ok")]
    public void What_Linux613_has_in_the_place_of_a_rule_is_suspected(string title, string suspect, string not, string history)
    {
        var calls = history.Split('|');
        var threads = calls.Where(line => !line.Contains(" returns ", StringComparison.Ordinal)).GroupBy(line => line[0])
            .Select(thread => $"thread {thread.Key}\n{string.Concat(thread.Select(line => $"  {Call(line)}\n"))}");
        var document = ProgramParser.ParseOne($"perfmodel 1\ntitle {title}\ndialect Linux613\n{Group}{string.Concat(threads)}history\n{string.Concat(calls.Select(line => $"  {line}\n"))}end\n", title);
        var violation = HistoryChecker.Check(document, Dialect.Linux613, Budget.Default).Violation!;
        Assert.True(RuleId.TryParse(suspect, out var wanted) & RuleId.TryParse(not, out var unwanted));
        Assert.True(violation.Suspects.Contains(wanted), $"{title}: {violation.Suspects}");
        Assert.False(violation.Suspects.Contains(unwanted), $"{title}: {violation.Suspects}");
    }

    private static string Call(string line) => Regex.Replace(line.Split(" -> ")[0], "^.(: | calls )", "");
}
