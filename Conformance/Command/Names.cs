// The names that a user may type, by kind: how one is found, what is said of one that is not there, and how they are listed.
using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Invocation;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.ModelChecker;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using PerfModel.Model.Posted;

namespace PerfModel.Conformance.Command;

/// <summary>A name and a line about it.</summary>
internal sealed record Named(string Name, string Summary);

/// <summary>A strategy of explore: a scheduler of our own engine, or one of Coyote's.</summary>
internal sealed record Strategy(string Name, string Summary, bool IsCoyotes)
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<Strategy> All { get; } =
    [
        .. ScheduleEngine.Schedulers.Select(one => new Strategy(one.Name, $"{one.Summary}; lockfree, posted, the wrong subjects and hooked libraries only", IsCoyotes: false)),
        .. ExplorationStrategy.All.Select(one => new Strategy(one.Name, $"Coyote: {one.Summary}", IsCoyotes: true)),
    ];

    /// <summary>The one of this name.</summary>
    public static Strategy? Find(string? name) => All.FirstOrDefault(strategy => strategy.Name == name);
}

/// <summary>The names of one kind. Upper and lower case do not count.</summary>
/// <param name="Kind">One of them.</param>
/// <param name="Plural">All of them, as <c>perfmodel list</c> calls them.</param>
/// <param name="Entries">The list.</param>
internal sealed record Names(string Kind, string Plural, Func<IEnumerable<Named>> Entries)
{
    // So many are told in one line; of more, the nearest.
    private const int Few = 12;

    // What is as near to more than these is near to nothing.
    private const int MostNearest = 5;

    /// <summary>The dialects.</summary>
    public static Names Dialects { get; } = new("dialect", "dialects", () =>
    [
        new(nameof(Dialect.Patch2011), "the patch of 2011, its holes closed but its choices kept"),
        new(nameof(Dialect.Amended), "the patch with its open questions decided"),
        new(nameof(Dialect.Linux613), "aux_pause and aux_resume, which Linux 6.13 has"),
    ])
    { Renamed = ImmutableDictionary<string, string>.Empty.Add("rfc2011", nameof(Dialect.Patch2011)) };

    /// <summary>The profiles.</summary>
    public static Names Profiles { get; } = new("profile", "profiles", () =>
    [
        new("core", "one task, one call at a time"),
        new("inheritance", "Fork and Exit, and events that are copied"),
        new("concurrency", "calls that overlap"),
    ]);

    /// <summary>Those that are tried on wrong subjects.</summary>
    public static Names Trials { get; } = new("check", "mutants --help", () => Wrong.WrongTrial.Checks.Select(check => new Named(check, "")));

    /// <summary>The checks of a run.</summary>
    public static Names Checks { get; } = new("check", "checks", () => CheckNames.Entries)
    { Renamed = ImmutableDictionary<string, string>.Empty.Add("scheduled", $"{SchedulePlan.Schedules} or {SchedulePlan.Coyote}") };

    /// <summary>The named scenarios.</summary>
    public static Names Scenarios { get; } = new("scenario", "scenarios", () => ExploreVerb.NamedScenarios.Select(one => new Named(one.Key, one.Value.Title ?? "")));

    /// <summary>The litmus tests.</summary>
    public static Names Litmus { get; } = new("litmus test", "litmus", () =>
        LockFreeLitmus.All.Select(test => new Named(test.Name, $"{test.Title}{(test.Rows.IsEmpty ? "" : $" ({string.Join(", ", test.Rows)})")}")));

    /// <summary>The presets of the model checker.</summary>
    public static Names Presets { get; } = new("preset", "presets", () =>
        [.. Preset.All.Select(preset => new Named(preset.Name, preset.Definition)), .. PostedSystem.All.Select(system => new Named(system.Name, $"Of the machine posted. {system.Definition}"))]);

    /// <summary>The switches of the posted machine.</summary>
    public static Names Mends { get; } = new("mend", "mends", () =>
        [.. Defect.All.DistinctBy(defect => defect.Mend).Select(defect => new Named(defect.Mend.ToString(), defect.Remedy)), new(Defect.AllMends, "all of them")]);

    /// <summary>The defects that are found, D13 standing for both of its kinds.</summary>
    public static Names Defects { get; } = new("defect", "defects", () => Defect.All.Select(defect => new Named(defect.Id, defect.Title)));

    /// <summary>The machines of the model checker.</summary>
    public static Names Machines { get; } = new("machine", "machines", () =>
        [new(CheckedSystem.Spec, "the model itself"), new(CheckedSystem.Posted, "the patch as it was posted, in atomic statements"), .. Mutant.All.Select(mutant => new Named(Mutant.Prefix + mutant.Name, mutant.Summary))])
    { Renamed = Mutant.All.ToImmutableDictionary(mutant => "wrong:" + mutant.Name, mutant => Mutant.Prefix + mutant.Name) };

    /// <summary>The universes of programs.</summary>
    public static Names Universes { get; } = new("universe", "universes", () => Universe.All.Select(one => new Named(one.Key, one.Value.Title)));

    /// <summary>The strategies of explore.</summary>
    public static Names Strategies { get; } = new("strategy", "strategies", () => Strategy.All.Select(strategy => new Named(strategy.Name, strategy.Summary)));

    /// <summary>The languages of adapters to be written.</summary>
    public static Names Languages { get; } = new("language", "languages", () => Skeleton.All.Select(one => new Named(one.Language, one.Summary)));

    /// <summary>The subjects that have a name.</summary>
    public static Names Subjects { get; } = new("subject", "subjects", () => SubjectRegistry.All.Select(subject => new Named(subject.Name, subject.Summary)));

    /// <summary>The rules of SPEC.md.</summary>
    public static Names Rules { get; } = new("rule", "rules", () => SpecDocument.Current.Rules.Select(rule => new Named(rule.Id.ToString(), rule.Title)));

    /// <summary>What <c>perfmodel list</c> lists.</summary>
    public static ImmutableArray<Names> Listed { get; } = [Scenarios, Universes, Litmus, Presets, Machines, Mends, Checks, Strategies, Dialects, Profiles, Languages];

    /// <summary>Old names, in lower case, and what they are called now.</summary>
    public ImmutableDictionary<string, string> Renamed { get; private init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The name as it is written, or null if there is none such.</summary>
    public string? Find(string typed) => Entries().FirstOrDefault(one => string.Equals(one.Name, typed, StringComparison.OrdinalIgnoreCase))?.Name;

    /// <summary>What is said of a name that is not there.</summary>
    public string Unknown(string typed)
    {
        if (Renamed.TryGetValue(typed.ToLowerInvariant(), out var now)) return $"the {Kind} '{typed}' is called {now} now";
        var names = Entries().Select(one => one.Name).ToList();
        var list = Listed.Contains(this) ? $"list {Plural}" : Plural;
        return $"there is no {Kind} '{Quoted.Short(typed)}'; " + (names.Count <= Few ? $"there are {string.Join(", ", names)}" : $"{DidYouMean(typed, names)}'perfmodel {list}' lists them");
    }

    /// <summary>The names nearest to one, as System.CommandLine measures it, with the words around them; nothing if none is near.</summary>
    public static string DidYouMean(string typed, IEnumerable<string> names)
    {
        // Its own suggestions are made for commands, and printed: these are commands for as long as that takes.
        var listed = names.ToLookup(name => name.ToLowerInvariant());
        var command = new System.CommandLine.Command("names");
        foreach (var name in listed) command.Add(new System.CommandLine.Command(name.Key));
        var parsed = command.Parse([typed.ToLowerInvariant()]);
        if (typed.Length == 0 || parsed.Action is not ParseErrorAction action) return "";
        action.ShowHelp = false;
        var printed = new StringWriter();
        action.Invoke(Printing(parsed, printed));
        var nearest = printed.ToString().ReplaceLineEndings("\n").Split('\n').SelectMany(line => listed[line.Trim()]).ToList();
        // Of a short word every short name is near.
        if (typed.Length <= 3) nearest.RemoveAll(name => char.ToLowerInvariant(name[0]) != char.ToLowerInvariant(typed[0]));
        return nearest.Count is 0 or > MostNearest ? "" : $"did you mean {string.Join(" or ", nearest)}? ";

        static ParseResult Printing(ParseResult parsed, TextWriter output)
        {
            parsed.InvocationConfiguration.Output = output;
            parsed.InvocationConfiguration.Error = TextWriter.Null;
            return parsed;
        }
    }
}
