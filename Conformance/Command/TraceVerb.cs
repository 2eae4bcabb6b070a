// trace LOG: holds the log of a running system against the model, and says which line nothing explains, or which rules the log never came to.
using System.CommandLine;
using System.Diagnostics;
using PerfModel.Conformance.Adapters;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>The verb trace.</summary>
internal static class TraceVerb
{
    private const int LongestLine = 1 << 20;

    public static System.CommandLine.Command Create(Interrupts interrupts)
    {
        var log = new Argument<string>("LOG") { Description = "calls and returns, a line of JSON each, or - for standard input" };
        var verb = new System.CommandLine.Command("trace", "Judges the log of a running system: the first line that the model does not explain, or the rules that the log never came to.") { log, Grammar.Json };
        verb.SetAction(parsed =>
        {
            var clock = Stopwatch.StartNew();
            var name = parsed.GetRequiredValue(log);
            var reader = new TraceReader();
            TraceJudge judge;
            try
            {
                judge = Judge(reader, name, interrupts.Token);
            }
            catch (ProtocolException e)
            {
                throw new UsageException($"{(name == "-" ? "standard input" : Quoted.Short(name))}: {e.Message}");
            }

            Output.EndProgress();
            var page = new TracePage(reader, judge, clock.Elapsed, interrupts.Token.IsCancellationRequested);
            if (parsed.GetValue(Grammar.Json)) Output.WriteJson(page.ToJson());
            else page.Write();
            return page.Verdict.ExitCode();
        });
        return verb;
    }

    private static TraceJudge Judge(TraceReader reader, string name, CancellationToken end)
    {
        using var text = ArtifactStore.Reader(name);
        reader.Begin(Line(text));
        var judge = new TraceJudge(reader.Declaration);
        while (!end.IsCancellationRequested && Line(text) is { } line)
        {
            if (reader.Read(line) is { } e && !judge.Add(e)) return judge;
            Output.Progress("trace", judge.Judged, 0);
        }

        judge.End();
        return judge;
    }

    // A line without an end would fill the memory.
    private static string? Line(TextReader text)
    {
        var line = new System.Text.StringBuilder();
        for (var c = text.Read(); ; c = text.Read())
        {
            if (c < 0) return line.Length > 0 ? line.ToString() : null;
            if (c == '\n') return line.ToString();
            line.Append((char)c);
            if (line.Length > LongestLine) throw new ProtocolException($"a line has more than {LongestLine >> 20} MiB");
        }
    }
}

/// <summary>What trace prints, and the same as JSON.</summary>
internal sealed class TracePage(TraceReader reader, TraceJudge judge, TimeSpan elapsed, bool interrupted)
{
    public Verdict Verdict { get; } = interrupted && judge.Fault is null ? Verdict.Inconclusive : judge.Verdict;

    // Those of the dialect that a log can show at all.
    private IEnumerable<SpecRule> Unexercised => SpecDocument.Current.Rules.Where(rule => rule.Untested is null && rule.HoldsIn([reader.Declaration.Dialect]) && !judge.Exercised.Contains(rule.Id));

    public void Write()
    {
        if (judge.Fault is { } fault)
        {
            Console.WriteLine(FormattableString.Invariant($"line {fault.Event.Line}: {Thread(fault.Event.Thread)} {Shown(fault.Violation.Operation)} -> {fault.Violation.Seen}: no order of steps explains it\n"));
            Output.WriteItem("    possible : ", $"{fault.Violation.PossibleWords} ({fault.Violation.AnswerRules})");
            Output.WriteItem("    suspects : ", string.Join("; ", fault.Violation.Suspects.Rules.Select(rule => $"{rule} {SpecDocument.Current.Find(rule)?.Title}")));
            foreach (var state in fault.Violation.State.Describe().Take(20)) Output.WriteItem("state before : ", state);
            Console.WriteLine();
            foreach (var e in fault.Before.Append(fault.Event)) Console.WriteLine(Shown(e));
            Console.WriteLine();
            foreach (var name in fault.Before.Append(fault.Event).SelectMany(e => e.Call?.Uses ?? []).Concat(fault.Violation.Operation.Uses).Distinct().Order())
                Console.WriteLine(FormattableString.Invariant($"{name} is the event with handle {reader.HandleOf(name)}"));
        }
        else
        {
            Output.WriteItem("never exercised: ", string.Join(", ", Unexercised.Select(rule => rule.Id)));
        }

        if (!judge.IsExact) Console.WriteLine("some of the many states that explain the log were left out: what none of the others explains is no violation for sure");
        Console.WriteLine(FormattableString.Invariant($"{Verdict.Word()}{(interrupted ? " (interrupted)" : "")}: {judge.Judged:N0} calls and returns of {reader.Threads.Count} threads explained, {reader.Declaration.Dialect}; {elapsed.TotalSeconds:0.0} s"));
    }

    public object ToJson() => new
    {
        verdict = Verdict.Word(),
        dialect = reader.Declaration.Dialect.ToString(),
        threads = reader.Threads,
        events = judge.Judged,
        exact = judge.IsExact,
        interrupted,
        elapsedMs = (long)elapsed.TotalMilliseconds,
        exercised = judge.Exercised.Rules.Select(rule => rule.ToString()),
        unexercised = Unexercised.Select(rule => rule.Id.ToString()),
        fault = judge.Fault is not { } fault ? null : new
        {
            line = fault.Event.Line,
            thread = reader.Threads[fault.Event.Thread],
            operation = Shown(fault.Violation.Operation),
            seen = fault.Violation.Seen.ToString(),
            possible = fault.Violation.Possible.Select(answer => answer.ToString()),
            rules = fault.Violation.Rules.Rules.Select(rule => rule.ToString()),
            suspects = fault.Violation.Suspects.Rules.Select(rule => rule.ToString()),
            state = fault.Violation.State.Describe(),
        },
    };

    private string Thread(int thread) => $"{ProgramThread.Name(thread)} ({Quoted.Short(reader.Threads[thread])})";

    private static string Shown(Operation operation) => operation.ToString();

    private static string Shown(TraceEvent e) => FormattableString.Invariant($"{e.Line,9}  {new HistoryEvent(e.Thread, e.Call, e.Return)}");
}
