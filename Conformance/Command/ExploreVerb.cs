// explore [SCENARIO]: Coyote over a named scenario, a given program, or all scenarios and generated programs; the outcomes beside those that the model allows.
using System.CommandLine;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>The verb explore.</summary>
internal static class ExploreVerb
{
    private const long DefaultSchedules = 1000;

    public static System.CommandLine.Command Create(Interrupts interrupts)
    {
        var scenario = new Argument<string?>("SCENARIO") { Description = $"one of {string.Join(", ", Scenarios.All.Keys)}; without it, all of these, then programs made by FsCheck", Arity = ArgumentArity.ZeroOrOne };
        var program = new Option<string?>("--program") { Description = "a program with threads, in the text grammar, or - for standard input" };
        var subject = new Option<string>("--subject") { Description = "whom to explore; 'perfmodel subjects' lists them", DefaultValueFactory = _ => "lockfree" };
        var dialect = new Option<string?>("--dialect") { Description = "Rfc2011 or Amended; default: the program's, or Rfc2011" };
        var profile = RunVerb.ProfileOption();
        var strategy = new Option<string?>("--strategy") { Description = "how the scheduler chooses; default: portfolio" };
        var iterations = new Option<string?>("--iterations") { Description = $"how many schedules; default: {DefaultSchedules}" };
        var seed = Numbers.SeedOption();
        var json = Output.JsonOption();
        var verb = new System.CommandLine.Command("explore", "Explores interleavings with Coyote: distinct outcomes beside what the model allows.") { scenario, program, subject, dialect, profile, strategy, iterations, seed, json };
        var foreign = new ForeignOptions();
        foreign.AddTo(verb);
        verb.SetAction(parsed =>
        {
            var named = Named(parsed.GetValue(scenario), parsed.GetValue(program));
            var schedules = Numbers.Budget(parsed.GetValue(iterations), "--iterations", Numbers.MostIterations) ?? DefaultSchedules;
            var start = Numbers.Seed(parsed.GetValue(seed));
            var chosen = parsed.GetValue(dialect) is { } asked ? Workplace.Dialects(asked)[0] : named?.Program.Dialect ?? Dialect.Rfc2011;
            using var ready = Catalogue.Prepare(parsed.GetRequiredValue(subject), foreign.Of(parsed), interrupts.Token);
            using var explorer = ready.Explorer(interrupts.Token);
            var known = explorer.Strategies();
            var used = parsed.GetValue(strategy) ?? known[0].Name;
            if (!known.Any(one => one.Name == used))
                throw new UsageException($"there is no strategy '{OperationParser.Short(used)}'; there are {string.Join(", ", known.Select(one => one.Name))}");
            var exploring = new Exploring(ready, explorer, new ExploreTerms(chosen, used, schedules, start, RunVerb.Profiles(parsed.GetValue(profile) ?? []).Contains(Profile.Inheritance)), interrupts.Token);
            var explored = named is var (name, one2) ? exploring.One(name, one2) : exploring.All();
            Output.EndProgress();
            if (parsed.GetValue(json)) Output.WriteJson(explored.ToJson());
            else explored.Write();
            return Exit.Of(explored.Verdict);
        });
        return verb;
    }

    private static (string Name, Document Program)? Named(string? scenario, string? file)
    {
        if (scenario is not null && file is not null) throw new UsageException("explore takes a SCENARIO or a --program, not both");
        if (scenario is not null)
        {
            return Scenarios.All.TryGetValue(scenario, out var program)
                ? (scenario, program)
                : throw new UsageException($"there is no scenario '{OperationParser.Short(scenario)}'; there are {string.Join(", ", Scenarios.All.Keys)}");
        }

        if (file is null) return null;
        var name = file == "-" ? "standard input" : OperationParser.Short(file);
        var given = DocumentParser.ParseOne(Workplace.Read(file), name);
        return given.Threads.IsEmpty
            ? throw new UsageException($"{name} has no threads: there is nothing to explore; 'perfmodel eval' asks the model")
            : (name, given with { History = default, Schedule = default });
    }
}
