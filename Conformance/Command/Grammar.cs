// The options of the command, each defined once: its name, what it means, how it is read, and its range. Verbs pick from here.
using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.ModelChecker;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using PerfModel.Model.Posted;

namespace PerfModel.Conformance.Command;

/// <summary>The options. One name means one thing, whatever the verb.</summary>
internal static class Grammar
{
    /// <summary>The highest budget: far more than anybody waits for, and no sum of a few overflows.</summary>
    public const long MostIterations = 1_000_000_000_000;

    /// <summary>The highest seed: 2^53-1, beyond which a reader of JSON may round it.</summary>
    public const ulong MostSeed = (1UL << 53) - 1;

    // A week.
    private const long MostSeconds = 7 * 24 * 60 * 60;

    // Below that .NET itself does not start.
    private const long LeastMemory = 64;
    private const long MostMemory = 1 << 20;

    private static readonly List<Option> Defined = [];

    /// <summary>What is checked.</summary>
    public static Option<string> Subject { get; } = Define(new Option<string>("--subject")
    {
        HelpName = "NAME",
        Description = "the implementation; 'perfmodel subjects' lists them; replay without it: the file's",
        DefaultValueFactory = _ => "lockfree",
        CustomParser = read => Read(read, text => UserSubject.Is(text) || text.StartsWith(SubjectRegistry.GeneratedPrefix, StringComparison.Ordinal) ? text : Name(Names.Subjects, text))!,
    }, Names.Subjects);

    /// <summary>The dialect; each verb has its default.</summary>
    public static Option<Dialect?> Dialect { get; } = Define(new Option<Dialect?>("--dialect")
    {
        HelpName = "DIALECT",
        Description = "Patch2011, Amended or Linux613; default: all for run and enumerate, the file's or Patch2011 elsewhere",
        CustomParser = read => Read<Dialect?>(read, text => Enum.Parse<Dialect>(Name(Names.Dialects, text))),
    }, Names.Dialects);

    /// <summary>What the subject claims.</summary>
    public static Option<ImmutableHashSet<Profile>?> Profile { get; } = Define(new Option<ImmutableHashSet<Profile>?>("--profile")
    {
        HelpName = "PROFILES",
        Description = "what the subject claims: core, inheritance, concurrency, separated by commas; default: all",
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.OneOrMore,
        CustomParser = read => Read(read, list => ImmutableHashSet.Create(Spec.Profile.Core).Union(
            Listed("--profile", list).Select(name => Enum.Parse<Profile>(Name(Names.Profiles, name.TrimStart('+')), ignoreCase: true)))),
    }, Names.Profiles);

    /// <summary>The one rule that is asked for.</summary>
    public static Option<RuleId?> Rule { get; } = Define(new Option<RuleId?>("--rule")
    {
        HelpName = "RULE",
        Description = "only the examples of this rule, such as 2.4",
        CustomParser = read => Read<RuleId?>(read, text => RuleNamed(text)),
    }, Names.Rules);

    /// <summary>The checks that are asked for.</summary>
    public static Option<ImmutableArray<string>?> Checks { get; } = Define(new Option<ImmutableArray<string>?>("--checks")
    {
        HelpName = "CHECKS",
        Description = "some of 'perfmodel list checks', separated by commas; default: all, soak only with --seconds",
        CustomParser = read => Read<ImmutableArray<string>?>(read, list =>
            [.. CheckNames.All.Intersect(Listed("--checks", list).Select(name => Name(Names.Checks, name)))]),
    }, Names.Checks);

    /// <summary>The checks that are asked for, of those that are tried on wrong subjects.</summary>
    public static Option<ImmutableArray<string>?> Trials { get; } = Define(new Option<ImmutableArray<string>?>("--by")
    {
        HelpName = "CHECKS",
        Description = $"some of {string.Join(", ", Wrong.WrongTrial.Checks)}, separated by commas; drawn is schedules without the scenarios; default: all",
        CustomParser = read => Read<ImmutableArray<string>?>(read, list => [.. Wrong.WrongTrial.Checks.Intersect(Listed("--by", list).Select(name => Name(Names.Trials, name)))]),
    }, Names.Trials);

    /// <summary>How the threads are scheduled.</summary>
    public static Option<string?> Strategy { get; } = Define(new Option<string?>("--strategy")
    {
        HelpName = "STRATEGY",
        Description = "how the scheduler chooses the next thread; 'perfmodel list strategies' lists them; default: portfolio",
        CustomParser = read => Read(read, text => Name(Names.Strategies, text)),
    }, Names.Strategies);

    /// <summary>The bounded system of the model checker.</summary>
    public static Option<string?> Preset { get; } = Define(new Option<string?>("--preset")
    {
        HelpName = "PRESET",
        Description = "the bounded system; 'perfmodel list presets' lists them; default: core, window of the machine posted, or the one that shows a mutant best",
        CustomParser = read => Read(read, text => Name(Names.Presets, text)),
    }, Names.Presets);

    /// <summary>The machine of the model checker.</summary>
    public static Option<string> Machine { get; } = Define(new Option<string>("--machine")
    {
        HelpName = "MACHINE",
        Description = "the model, a mutant of it that the properties must notice, or the posted patch; 'perfmodel list machines' lists them",
        DefaultValueFactory = _ => CheckedSystem.Spec,
        CustomParser = read => Read(read, text => Name(Names.Machines, text))!,
    }, Names.Machines);

    /// <summary>What is mended of the posted machine.</summary>
    public static Option<Mend?> Mends { get; } = Define(new Option<Mend?>("--mend")
    {
        HelpName = "DEFECTS",
        Description = "of the machine posted, the defects that are mended, separated by commas; 'perfmodel list mends' lists them",
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.OneOrMore,
        CustomParser = read => Read<Mend?>(read, list => Listed("--mend", list).Aggregate(Mend.None, AlsoMended)),
    }, Names.Mends);

    /// <summary>Whether names are exchanged.</summary>
    public static Option<string> Symmetry { get; } = Define(new Option<string>("--symmetry")
    {
        HelpName = "on|off",
        Description = "on: of states that differ in names only one is kept; off: all are",
        DefaultValueFactory = _ => "on",
        CustomParser = read => Read(read, text => text.ToLowerInvariant() is "on" or "off" ? text.ToLowerInvariant()
            : throw new UsageException($"--symmetry '{Quoted.Short(text)}': expected on or off"))!,
    });

    /// <summary>The one property that is asked for.</summary>
    public static Option<string?> Property { get; } = Define(new Option<string?>("--property") { HelpName = "WORDS", Description = "only the property of this id, or of these first words" });

    /// <summary>The bound of a preset.</summary>
    public static Option<long?> Events { get; } = Number("--events", "N", "the bound of the preset; default: 2, of a graph 1, or what shows a mutant best", 1, ModelChecker.Preset.All.Max(preset => preset.MostEvents));

    /// <summary>The budget.</summary>
    public static Option<long?> Iterations { get; } = Number("--iterations", "N", "how many sequences, schedules or rounds: run: in each dialect, what each check is worth, about a minute in all; explore: 1000, or at most 200000 of each program for exhaustive; litmus: 20000", 1, MostIterations);

    /// <summary>The budget as time.</summary>
    public static Option<long?> Seconds { get; } = Number("--seconds", "N", "the time that the checks share, instead of --iterations", 1, MostSeconds);

    /// <summary>Where all that is random starts.</summary>
    public static Option<ulong> Seed { get; } = Define(new Option<ulong>("--seed")
    {
        HelpName = "N",
        Description = "where all that is random starts: a whole number from 0 to 2^53-1",
        DefaultValueFactory = _ => 1,
        CustomParser = read => Read(read, text => ulong.TryParse(text, NumberStyles.None, null, out var seed) && seed <= MostSeed ? seed
            : throw new UsageException($"--seed '{Quoted.Short(text)}': expected a whole number from 0 to 2^53-1, which every reader of JSON keeps")),
    });

    /// <summary>Which wrong subjects.</summary>
    public static Option<string> Kind { get; } = Define(new Option<string>("--kind")
    {
        Description = "which wrong subjects: written, by people; or generated, one for each guard of the model's step and each access of the implementation",
        HelpName = "written|generated",
        DefaultValueFactory = _ => "written",
        CustomParser = read => Read<string>(read, text => text is "written" or "generated" ? text : throw new UsageException($"--kind '{Quoted.Short(text)}': expected written or generated")),
    });

    /// <summary>The mutated source files.</summary>
    public static Option<ImmutableArray<string>?> Sources { get; } = Define(new Option<ImmutableArray<string>?>("--of")
    {
        HelpName = "FILES",
        Description = "only mutants of these source files of Implementation or Model, such as Linking.cs, separated by commas",
        CustomParser = read => Read<ImmutableArray<string>?>(read, list => [.. Listed("--of", list).Select(Path.GetFileName).Select(file => file!)]),
    });

    /// <summary>How many seeds.</summary>
    public static Option<long?> Seeds { get; } = Number("--seeds", "N", "with how many seeds a check that draws is tried, from --seed on; default: 1", 1, 1_000);

    /// <summary>How long a call of a subject in a child may take.</summary>
    public static Option<long?> Patience { get; } = Number("--patience", "SECONDS", $"how long one call of a subject of yours may take; default: {ChildLimits.Default.Patience.TotalSeconds:0}", 1, MostSeconds);

    /// <summary>What the states of a search, or a child, may hold.</summary>
    public static Option<long?> Memory { get; } = Number("--memory", "MIB", $"how much the states of check, or a subject of yours, may hold; default: three quarters of the machine, or {ChildLimits.Default.Memory}", LeastMemory, MostMemory);

    /// <summary>The universe of programs.</summary>
    public static Option<string?> Universe { get; } = Define(new Option<string?>("--universe")
    {
        HelpName = "NAME|FILE",
        Description = "the calls and setups that programs are made of; 'perfmodel list universes' lists them",
    }, Names.Universes);

    /// <summary>The calls of each thread of its programs.</summary>
    public static Option<Shape?> Calls { get; } = Define(new Option<Shape?>("--calls")
    {
        HelpName = "N+N",
        Description = "how many calls each thread makes, such as 1+1, 1+2 or 1+1+1; default: 1+1",
        CustomParser = read => Read(read, text => Shape.Parse(text) ?? throw new UsageException($"--calls '{Quoted.Short(text)}': expected the calls of two threads or more, such as 1+2")),
    });

    /// <summary>A part of what is run.</summary>
    public static Option<Shard?> Shard { get; } = Define(new Option<Shard?>("--shard")
    {
        HelpName = "I/N",
        Description = "one of N parts of the programs, such as 2/8; 'perfmodel merge' adds up what came of them",
        CustomParser = read => Read<Shard?>(read, text => PerfModel.Conformance.Checks.Shard.Parse(text) ?? throw new UsageException($"--shard '{Quoted.Short(text)}': expected I/N, I from 1 to N, N at most {PerfModel.Conformance.Checks.Shard.MostParts}")),
    });

    /// <summary>The report of what was interrupted.</summary>
    public static Option<string?> Resume { get; } = File("--resume", "goes on where the run was interrupted that wrote this JSON report");

    /// <summary>Runs what takes too long.</summary>
    public static Option<bool> Force { get; } = Define(new Option<bool>("--force") { Description = "also run what would take more than a year" });

    /// <summary>Stops early.</summary>
    public static Option<bool> FailFast { get; } = Define(new Option<bool>("--fail-fast") { Description = "stop after the first check that fails" });

    /// <summary>A program of the user's.</summary>
    public static Option<string?> Program { get; } = File("--program", "a program with threads, in the text grammar, or - for standard input");

    /// <summary>The gate of one event.</summary>
    public static Option<bool> Gate { get; } = Define(new Option<bool>("--gate") { Description = "the gate of one event as an automaton, instead of a preset" });

    /// <summary>A file that is written.</summary>
    public static Option<string?> Output { get; } = File("--output", "the file to write, instead of stdout: of a graph NAME.dot, or NAME.svg by graphviz, with the DOT beside it; of a defect NAME.svg; of vectors their folder");

    /// <summary>Vectors that are held against the model.</summary>
    public static Option<string?> Verify { get; } = File("--verify", "holds the vectors of this folder against the model");

    /// <summary>The list of known failures.</summary>
    public static Option<string?> Known { get; } = File("--known", "a list of failures that the run is to show, all of them and no other: lines RULE CHECK DIALECT: message, and # comments");

    /// <summary>Rewrites that list.</summary>
    public static Option<bool> Fix { get; } = Define(new Option<bool>("--fix") { Description = "rewrite the list of --known as the run shows it; its comments stay" });

    /// <summary>The report as files.</summary>
    public static Option<string[]?> Report { get; } = Define(new Option<string[]?>("--report")
    {
        HelpName = "FILE",
        Description = "also write a report to this file; of run and replay a page (.html), .json, JUnit (.xml) or .sarif, several with --report again; else JSON",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = read => Each(read, text => text.Length > 0 ? text : throw new UsageException("--report '': expected the name of a file")),
    });

    /// <summary>JSON on stdout.</summary>
    public static Option<bool> Json { get; } = Define(new Option<bool>("--json") { Description = "one JSON object on stdout, and nothing else there" });

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Option> All => Defined;

    /// <summary>Old spellings, and the new ones.</summary>
    public static ImmutableDictionary<string, string> Renamed { get; } = ImmutableDictionary<string, string>.Empty.Add("--max-memory", "--memory");

    /// <summary>What the subject claims.</summary>
    public static ImmutableHashSet<Profile> Profiles(ParseResult parsed) => parsed.GetValue(Profile) ?? [.. Enum.GetValues<Profile>()];

    /// <summary>What a child may take.</summary>
    public static ChildLimits Limits(ParseResult parsed) => new(
        parsed.GetValue(Patience) is { } seconds ? TimeSpan.FromSeconds(seconds) : ChildLimits.Default.Patience,
        (int)(parsed.GetValue(Memory) ?? ChildLimits.Default.Memory));

    /// <summary>An argument that names one of a kind.</summary>
    public static Argument<string?> Argument(string name, string description, Names names, bool required = false)
    {
        var argument = new Argument<string?>(name) { HelpName = name, Description = description, Arity = required ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne };
        argument.CompletionSources.Add(_ => names.Entries().Select(one => one.Name));
        return argument;
    }

    /// <summary>A rule by its number.</summary>
    public static RuleId RuleNamed(string text) => RuleId.TryParse(Name(Names.Rules, text), out var rule) ? rule : throw new UsageException(Names.Rules.Unknown(text));

    /// <summary>A name as it is written.</summary>
    /// <exception cref="UsageException">There is none such.</exception>
    public static string Name(Names names, string typed) => names.Find(typed) ?? throw new UsageException(names.Unknown(typed));

    private static Mend AlsoMended(Mend mends, string typed)
    {
        if (Names.Mends.Find(typed) is not { } name) throw new UsageException(DefectsVerb.NotModelled(typed) ?? DefectsVerb.MendedBy(typed) ?? Names.Mends.Unknown(typed));
        var mend = name == Defect.AllMends ? Defect.EveryMend : Enum.Parse<Mend>(name);
        return (mends & mend) != 0 ? throw new UsageException($"--mend names {BoundedSystem.Switches(mends & mend).First()} twice") : mends | mend;
    }

    /// <summary>What a verb does not take, in one line, or null.</summary>
    public static string? Complaint(ParseResult parsed)
    {
        var verb = parsed.CommandResult.Command;
        // Where an argument may stand, the parser takes what looks like an option for one.
        var unknown = parsed.UnmatchedTokens.Concat(parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value).Where(LooksLikeOption))
            .FirstOrDefault();
        if (unknown is not null && Renamed.TryGetValue(unknown.Split('=')[0], out var now)) return $"{unknown.Split('=')[0]} is called {now} now";
        var help = $"'perfmodel {verb.Name} --help' says more";
        if (unknown is not null) return $"{verb.Name} does not take '{Quoted.Short(unknown)}'; {Names.DidYouMean(unknown, verb.Options.Select(option => option.Name))}{help}";
        return parsed.Errors.Count == 0 ? null : $"{parsed.Errors[0].Message.TrimEnd('.')}; {help}";
    }

    private static bool LooksLikeOption(string text) => text.Length > 1 && text[0] == '-';

    private static string[] Listed(string option, string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } items ? items : throw new UsageException($"{option} names none");

    private static Option<string?> File(string name, string description) => Define(new Option<string?>(name)
    {
        HelpName = "FILE",
        Description = description,
        CustomParser = read => Read(read, text => text.Length > 0 ? text : throw new UsageException($"{name} '': expected the name of a file")),
    });

    private static Option<long?> Number(string name, string unit, string description, long least, long most) => Define(new Option<long?>(name)
    {
        HelpName = unit,
        Description = description,
        CustomParser = read => Read<long?>(read, text => long.TryParse(text, NumberStyles.AllowLeadingSign, null, out var number) && number >= least && number <= most ? number
            : throw new UsageException($"{name} '{Quoted.Short(text)}': expected a whole number from {least} to {most}")),
    });

    // A complaint is in the user's words, and not in those of a parser. Of a list, any of its words may be the wrong one.
    private static T? Read<T>(ArgumentResult read, Func<string, T> parse) => Parsed(read, () => parse(string.Join(',', read.Tokens.Select(token => token.Value))));

    // Of an option that may stand there several times.
    private static T[]? Each<T>(ArgumentResult read, Func<string, T> parse) => Parsed(read, () => read.Tokens.Select(token => parse(token.Value)).ToArray());

    private static T? Parsed<T>(ArgumentResult read, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (UsageException e)
        {
            read.AddError(e.Message);
            return default;
        }
    }

    private static Option<T> Define<T>(Option<T> option, Names? names = null)
    {
        if (names is not null) option.CompletionSources.Add(_ => names.Entries().Select(one => one.Name));
        Defined.Add(option);
        return option;
    }
}
