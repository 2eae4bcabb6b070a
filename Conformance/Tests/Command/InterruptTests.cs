// Ctrl-C in the middle: exit code 130, one line on stderr, what was found so far on stdout, soon.
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

public sealed class InterruptTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [UnixFact]
    public void Run_tells_what_the_random_check_found() => Told(_cli.RunInterrupted("run", "--checks", "random", "--iterations", "100000000", "--json"), "run");

    [UnixFact(Long = true)]
    public void Run_tells_what_the_scheduled_check_found() => Told(_cli.RunInterrupted("run", "--checks", "coyote", "--iterations", "100000000", "--json"), "run");

    [UnixFact]
    public void Run_tells_what_the_stress_check_found() => Told(_cli.RunInterrupted("run", "--checks", "stress", "--iterations", "100000000", "--json"), "run");

    [UnixFact(Long = true)]
    public void Explore_tells_the_outcomes_until_then() => Told(_cli.RunInterrupted("explore", "close-vs-overflow", "--iterations", "100000000", "--json"), "explore");

    [UnixFact(Long = true)]
    public void Explore_of_everything_tells_the_outcomes_until_then() => Told(_cli.RunInterrupted("explore", "--iterations", "100000000", "--json"), "explore");

    [UnixFact]
    public void Check_tells_the_properties_until_then()
    {
        var answer = _cli.RunInterrupted("check", "--preset", "core", "--events", "3", "--symmetry", "off", "--json");
        Told(answer, "check");
        Assert.False(answer.Json.GetProperty("exhaustive").GetBoolean());
        Assert.Contains(answer.Json.GetProperty("properties").EnumerateArray(), property => property.GetProperty("verdict").GetString() == "reached");
    }

    [UnixFact]
    public void Explore_tells_what_it_saw_of_every_schedule_until_then()
    {
        // Three threads that all write one word: more schedules than anybody waits for.
        var ticks = string.Concat(Enumerable.Range(0, 6).Select(_ => "  Tick(t, 1)\n"));
        _cli.Write("ticks", $"t = Open(task 0, enabled)\nScheduleIn(t)\nthread A\n{ticks}thread B\n{ticks}thread C\n{ticks}");
        Told(_cli.RunInterrupted("explore", "--program", "ticks", "--strategy", "exhaustive", "--iterations", "100000000", "--json"), "explore");
    }

    [UnixFact(Long = true)]
    public void A_person_reads_that_it_was_interrupted()
    {
        var answer = _cli.RunInterrupted("run", "--checks", "random", "--iterations", "100000000").Exits(130);
        Assert.Contains("lockfree inconclusive (interrupted): rules ", answer.Out, StringComparison.Ordinal);
    }

    [UnixFact]
    public void What_waits_for_standard_input_ends_at_once()
    {
        var answer = _cli.RunInterruptedWhileReading("eval", "-").Exits(130);
        Assert.Equal("", answer.Out);
        Assert.Equal("perfmodel: interrupted\n", answer.Err);
    }

    private static void Told(Answer answer, string verb)
    {
        answer.Exits(130);
        Assert.Single(answer.Complaints, line => line.StartsWith("perfmodel: interrupted", StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", answer.Err, StringComparison.Ordinal);
        Assert.True(answer.Json.GetProperty("interrupted").GetBoolean());
        // Nothing was found, and nobody can say that there is nothing.
        Assert.Equal("inconclusive", answer.Json.GetProperty("verdict").GetString());
        Schemas.Valid(verb, answer);
    }
}
