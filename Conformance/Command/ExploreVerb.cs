// explore [SCENARIO]: Coyote, or the depth-first scheduler, over a named scenario, a given program, or all scenarios and generated programs; the outcomes beside those that the model allows.
using System.CommandLine;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>The verb explore.</summary>
internal static class ExploreVerb
{
    private const long DefaultSchedules = 1000;
    private const long DefaultExhaustive = 200_000;

    public static System.CommandLine.Command Create(Interrupts interrupts)
    {
        var scenario = new Argument<string?>("SCENARIO") { Description = $"one of {string.Join(", ", Scenarios.All.Keys)}; without it, all of these, then programs made by FsCheck", Arity = ArgumentArity.ZeroOrOne };
        var program = new Option<string?>("--program") { Description = "a program with threads, in the text grammar, or - for standard input" };
        var subject = new Option<string>("--subject") { Description = "whom to explore; 'perfmodel subjects' lists them", DefaultValueFactory = _ => "lockfree" };
        var dialect = new Option<string?>("--dialect") { Description = "Patch2011 or Amended; default: the program's, or Patch2011" };
        var profile = RunVerb.ProfileOption();
        var strategy = new Option<string?>("--strategy") { Description = $"how the scheduler chooses; default: portfolio. {ScheduleEngine.Exhaustive}: not Coyote but depth first through all schedules, up to equivalence" };
        var iterations = new Option<string?>("--iterations") { Description = $"how many schedules; default: {DefaultSchedules}; of each program {DefaultExhaustive} at most for {ScheduleEngine.Exhaustive}" };
        var seed = OptionParsers.SeedOption();
        var json = Output.JsonOption();
        var verb = new System.CommandLine.Command("explore", "Explores interleavings, with Coyote or exhaustively: distinct outcomes beside what the model allows.") { scenario, program, subject, dialect, profile, strategy, iterations, seed, json };
        var foreign = new ForeignOptions();
        foreign.AddTo(verb);
        verb.SetAction(parsed =>
        {
            var named = Named(parsed.GetValue(scenario), parsed.GetValue(program));
            var exhaustive = parsed.GetValue(strategy) == ScheduleEngine.Exhaustive;
            var schedules = OptionParsers.Budget(parsed.GetValue(iterations), "--iterations", OptionParsers.MostIterations) ?? (exhaustive ? DefaultExhaustive : DefaultSchedules);
            var start = OptionParsers.Seed(parsed.GetValue(seed));
            var chosen = parsed.GetValue(dialect) is { } asked ? ArtifactStore.Dialects(asked)[0] : named?.Program.Dialect ?? Dialect.Patch2011;
            var inheritance = RunVerb.Profiles(parsed.GetValue(profile) ?? []).Contains(Profile.Inheritance);
            if (exhaustive)
            {
                if (parsed.GetResult(seed) is { Implicit: false }) throw new UsageException($"--seed says nothing to --strategy {ScheduleEngine.Exhaustive}: it draws nothing");
                // Nothing of Coyote's is started: the threads are of this process.
                using var hooked = SubjectRegistry.PrepareHooked(parsed.GetRequiredValue(subject));
                var all = new ExhaustiveExploring(hooked, new ExploreOptions(chosen, ScheduleEngine.Exhaustive, schedules, start, inheritance), interrupts.Token);
                return Told(named is var (called, one) ? all.One(called, one) : all.All(), parsed.GetValue(json));
            }

            using var ready = SubjectRegistry.Prepare(parsed.GetRequiredValue(subject), foreign.Of(parsed), interrupts.Token);
            using var explorer = ready.Explorer(interrupts.Token);
            var known = ExplorationStrategy.All;
            var used = parsed.GetValue(strategy) ?? ExplorationStrategy.Default.Name;
            if (!known.Any(one => one.Name == used))
                throw new UsageException($"there is no strategy '{Quoted.Short(used)}'; there are {string.Join(", ", known.Select(one => one.Name))} and {ScheduleEngine.Exhaustive}");
            var exploring = new Exploring(ready, explorer, new ExploreOptions(chosen, used, schedules, start, inheritance), interrupts.Token);
            return Told(named is var (name, one2) ? exploring.One(name, one2) : exploring.All(), parsed.GetValue(json));
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
        // What looks like an option and is none ends up where a name may stand.
        if (scenario?.StartsWith('-') == true) throw new UsageException($"explore does not take '{Quoted.Short(scenario)}'; 'perfmodel explore --help' says more");
        if (scenario is not null && file is not null) throw new UsageException("explore takes a SCENARIO or a --program, not both");
        if (scenario is not null)
        {
            return Scenarios.All.TryGetValue(scenario, out var program)
                ? (scenario, program)
                : throw new UsageException($"there is no scenario '{Quoted.Short(scenario)}'; there are {string.Join(", ", Scenarios.All.Keys)}");
        }

        if (file is null) return null;
        var name = file == "-" ? "standard input" : Quoted.Short(file);
        var given = ProgramParser.ParseOne(ArtifactStore.Read(file), name);
        return given.Threads.IsEmpty
            ? throw new UsageException($"{name} has no threads: there is nothing to explore; 'perfmodel eval' asks the model")
            : (name, given with { History = default, Schedule = default });
    }
}
