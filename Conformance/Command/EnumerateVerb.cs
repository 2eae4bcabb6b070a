// enumerate UNIVERSE: every program of a bounded universe in every schedule, a finding shrunk; shards, and going on where an earlier run was interrupted.
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.Schedules;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>The verb enumerate.</summary>
internal static class EnumerateVerb
{
    public static System.CommandLine.Command Create(Interrupts interrupts)
    {
        var verb = new System.CommandLine.Command("enumerate", "Runs every program of a bounded universe in every schedule.")
        {
            Grammar.Universe, Grammar.Calls, Grammar.Subject, Grammar.Dialect, Grammar.Json,
        };
        verb.SetAction(parsed =>
        {
            var universe = Universe.All[parsed.GetValue(Grammar.Universe)!];
            var shape = parsed.GetValue(Grammar.Calls) ?? Shape.OneAndOne;
            var dialect = parsed.GetValue(Grammar.Dialect) ?? Dialect.Patch2011;
            using var ready = SubjectRegistry.PrepareHooked(parsed.GetRequiredValue(Grammar.Subject));
            var programs = universe.Programs(shape, dialect);
            Console.WriteLine($"{universe.Name}: {universe.Calls.Length} calls, {programs.Setups.Length} setups, {programs.Count:N0} programs of {shape}");
            var context = new CheckContext(ready.Name, ready.Create, [dialect], 1) { Cancelled = interrupts.Token };
            var enumeration = new Enumeration(context, new ScheduleEngine(ready.Hooked!, interrupts.Token), programs, dialect)
            {
                Progress = report => Output.Progress(() => $"{universe.Name}: {report.Programs:N0} programs, {report.Schedules:N0} schedules"),
            };
            var clock = System.Diagnostics.Stopwatch.StartNew();
            var report = enumeration.Run();
            Output.EndProgress();
            if (report.Finding is { } finding) Output.WritePage(new SavedFailure(finding, null));
            Console.WriteLine($"{report.Programs:N0} programs, {report.Schedules:N0} schedules, {report.Outcomes:N0} outcomes, {report.Unfinished} unfinished, {report.Unknown} unknown, {report.Doubt}, {report.IsExhaustive}, {clock.Elapsed.TotalSeconds:0.0} s, {report.Schedules / report.Seconds:N0} schedules/s and core");
            return report.Finding is null ? 0 : 1;
        });
        return verb;
    }
}
