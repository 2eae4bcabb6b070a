// explore [SCENARIO]: Coyote, or the depth-first scheduler, over a named scenario, a given program, or all scenarios and generated programs; the outcomes beside those that the model allows.
using System.Collections.Immutable;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using PerfModel.Posted;

namespace PerfModel.Conformance.Command;

/// <summary>The verb explore.</summary>
internal static class ExploreVerb
{
    private const long DefaultSchedules = 1000;
    private const long DefaultExhaustive = 200_000;

    /// <summary>The scenarios that it takes by name: those of the kit, and those that show a defect of the posted patch.</summary>
    public static ImmutableSortedDictionary<string, Program> NamedScenarios => Scenarios.All.AddRange(PostedScenarios.All);

    public static System.CommandLine.Command Create(Interrupts interrupts)
    {
        var scenario = Grammar.Argument("SCENARIO", "a scenario; 'perfmodel list scenarios' lists them; without it, all of these, then programs made by FsCheck", Names.Scenarios);
        var verb = new System.CommandLine.Command("explore", "Explores interleavings, with Coyote or exhaustively: distinct outcomes beside what the model allows.")
        {
            scenario, Grammar.Program, Grammar.Subject, Grammar.Dialect, Grammar.Profile, Grammar.Strategy, Grammar.Iterations, Grammar.Seed,
            Grammar.Json, Grammar.Patience, Grammar.Memory,
        };
        verb.SetAction(parsed =>
        {
            var named = Named(parsed.GetValue(scenario), parsed.GetValue(Grammar.Program));
            var strategy = parsed.GetValue(Grammar.Strategy) ?? ExplorationStrategy.Default.Name;
            var exhaustive = strategy == ScheduleEngine.Exhaustive;
            var schedules = parsed.GetValue(Grammar.Iterations) ?? (exhaustive ? DefaultExhaustive : DefaultSchedules);
            var json = parsed.GetValue(Grammar.Json);
            var subject = parsed.GetRequiredValue(Grammar.Subject);
            var inheritance = Grammar.Profiles(parsed).Contains(Profile.Inheritance);
            if (!inheritance && named is { Program.NeedsInheritance: true })
                throw new UsageException($"{named.Value.Name} forks, which a subject without the profile inheritance does not: --profile core,inheritance,concurrency, or another scenario");
            if (named is var (called, program) && parsed.GetValue(Grammar.Dialect) is { } asked && program.MissingIn(asked) is { } missing)
                throw new UsageException($"{called} calls {missing}, which {asked} answers with an error whatever the state: nothing is left to explore");
            var options = new ExploreOptions(parsed.GetValue(Grammar.Dialect) ?? named?.Program.Dialect ?? Dialect.Patch2011, strategy, schedules, parsed.GetValue(Grammar.Seed), inheritance);
            if (exhaustive && parsed.GetResult(Grammar.Seed) is { Implicit: false }) throw new UsageException($"--seed says nothing to --strategy {ScheduleEngine.Exhaustive}: it draws nothing");
            // Of Coyote's nothing is started unless it is asked for: our own engine runs the subject in this process.
            var isCoyotes = Strategy.Find(strategy)!.IsCoyotes;
            using var ready = isCoyotes ? SubjectRegistry.Prepare(subject, Grammar.Limits(parsed), interrupts.Token)
                : SubjectRegistry.PrepareHooked(subject, $"--strategy {strategy}", Grammar.Limits(parsed), interrupts.Token);
            ready.Require(options.Dialect);
            using var coyote = isCoyotes ? ready.Explorer(interrupts.Token) : null;
            var exploring = new Exploring(ready, options, interrupts.Token);
            return Told(exploring.Run(coyote ?? ready.Engine(exploring.Progress, interrupts.Token), named), json);
        });
        return verb;
    }

    private static int Told(Explored explored, bool json)
    {
        Output.EndProgress();
        if (json) Output.WriteJson(explored.ToJson());
        else explored.Write();
        return explored.Verdict.ExitCode();
    }

    private static (string Name, Program Program)? Named(string? scenario, string? file)
    {
        if (scenario is not null && file is not null) throw new UsageException("explore takes a SCENARIO or a --program, not both");
        if (scenario is not null)
        {
            if (PostedScenarios.NotShown.FirstOrDefault(one => one.Key.Equals(scenario, StringComparison.OrdinalIgnoreCase)) is { Key: { } defect, Value: var why })
                throw new UsageException($"no program shows {defect} on running code: {why}; 'perfmodel defects {defect}' shows it");
            var found = Grammar.Name(Names.Scenarios, scenario);
            return (found, NamedScenarios[found]);
        }

        if (file is null) return null;
        var name = file == "-" ? "standard input" : Quoted.Short(file);
        var given = ProgramParser.ParseOne(ArtifactStore.Read(file), name);
        return given.Threads.IsEmpty
            ? throw new UsageException($"{name} has no threads: there is nothing to explore; 'perfmodel eval' asks the model")
            : (name, given with { History = default, Schedule = default });
    }
}
