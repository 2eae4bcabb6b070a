// The subjects that --subject can name, and how each is made, here and in the scheduler's child.
using PerfModel.Conformance.Coyote;
using PerfModel.Conformance.Text;
using System.Collections.Immutable;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Wrong;
using PerfModel.Locked;
using PerfModel.Posted;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>A subject that can be run.</summary>
/// <param name="Name">What --subject takes.</param>
/// <param name="Breaks">The rules that it breaks on purpose; none if it is correct.</param>
/// <param name="Summary">One line.</param>
/// <param name="Kind">correct, wrong, or leak: wrong, and its answers are right.</param>
internal sealed record SubjectEntry(string Name, ImmutableArray<RuleId> Breaks, string Summary, string Kind = "correct");

/// <summary>A subject that was asked for, made ready.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Create">Makes a system that nothing has been called on.</param>
/// <param name="Target">What Coyote's child explores; null for what is no assembly.</param>
/// <param name="Hooked">Makes the same system with each of its accesses announced to a scheduler; null for one that does not go through our accessors.</param>
/// <param name="Apart">For a subject of the user's: the children in which the checks run that need no scheduler. Null for one of ours, which runs here.</param>
internal sealed record ReadySubject(string Name, Func<Declaration, ISubject> Create, ExploredTarget? Target, Func<Declaration, ISubject>? Hooked = null, ChildSubject? Apart = null) : IDisposable
{
    /// <summary>The dialects that it offers (rule 8.1).</summary>
    public ImmutableArray<Dialect> Offered
    {
        get => Apart?.Offered ?? field;
        init;
    }
    = [.. Enum.GetValues<Dialect>()];

    /// <summary>The profiles of those that were asked for which it claims.</summary>
    /// <param name="profiles">The profiles.</param>
    /// <param name="isAsked">Whether the user named them: then one that it does not claim is refused; else it is told what is left out.</param>
    /// <exception cref="UsageException">It does not claim one that the user named.</exception>
    public IReadOnlySet<Profile> OfClaimed(IReadOnlySet<Profile> profiles, bool isAsked)
    {
        if (Apart?.Claimed is not { IsDefault: false } claimed) return profiles;
        var others = profiles.Except(claimed).ToList();
        if (others.Count == 0) return profiles;
        var words = $"{Quoted.Short(Name)} claims {Words(claimed)}";
        if (isAsked) throw new UsageException($"{words}, and not {Words(others)}");
        Output.WriteError($"perfmodel: {words}: {Words(others)} {(others.Count == 1 ? "is" : "are")} left out");
        return profiles.Intersect(claimed).ToHashSet();

        static string Words(IEnumerable<Profile> profiles) => string.Join(" and ", profiles.Order()).ToLowerInvariant();
    }

    /// <summary>Those of the dialects that it offers.</summary>
    /// <param name="dialects">The dialects.</param>
    /// <param name="isAsked">Whether the user named one: then it is refused; else it is told what is left out.</param>
    /// <exception cref="UsageException">It does not offer the one that the user named.</exception>
    public ImmutableArray<Dialect> OfOffered(ImmutableArray<Dialect> dialects, bool isAsked)
    {
        var others = dialects.Except(Offered).ToList();
        if (others.Count == 0) return dialects;
        if (isAsked) Require(others[0]);
        Output.WriteError($"perfmodel: {Quoted.Short(Name)} offers {string.Join(" and ", Offered)}: {string.Join(" and ", others)} {(others.Count == 1 ? "is" : "are")} left out");
        return Offered;
    }

    /// <summary>Refuses a dialect that the user named, and that it does not offer.</summary>
    /// <exception cref="UsageException">It does not offer it.</exception>
    public void Require(Dialect dialect)
    {
        if (!Offered.Contains(dialect)) throw new UsageException($"{Quoted.Short(Name)} offers {string.Join(" and ", Offered)}, and not {dialect}: its constructor throws NotSupportedException");
    }

    /// <summary>Whether its accesses come to our engine, here or in its child.</summary>
    public bool IsHooked => Hooked is not null || Apart?.IsHooked == true;

    /// <summary>Our engine on this subject.</summary>
    /// <param name="progress">Told the number of executions of a program, now and then.</param>
    /// <param name="end">Ends it.</param>
    public IEngine Engine(Action<long> progress, CancellationToken end = default) =>
        Hooked is not null ? new ScheduleEngine(Hooked, end) { Progress = progress } : Apart!.Engine(progress, end);

    /// <summary>Coyote on this subject.</summary>
    /// <exception cref="UsageException">It is no assembly, which Coyote rewrites.</exception>
    public CoyoteExplorer Explorer(CancellationToken end = default) =>
        Target is null ? throw new UsageException($"Coyote rewrites assemblies of .NET, and {Quoted.Short(Name)} is none: --strategy {ScheduleEngine.Exhaustive} explores a hooked library")
        : new(Apart is null ? Target : Target with { Terms = Target.Terms! with { Patience = Apart.Patience } }, ArtifactStore.NewFolder("rewritten"), end);

    /// <inheritdoc/>
    public void Dispose() => Apart?.Dispose();
}

/// <summary>The list.</summary>
internal static class SubjectRegistry
{
    /// <summary>How the name of a wrong subject begins.</summary>
    public const string WrongPrefix = "wrong:";

    /// <summary>How the name of one begins that a program makes.</summary>
    public const string GeneratedPrefix = "generated:";

    /// <summary>Every subject that has a name of its own; those that a program makes are not listed, there are hundreds (<c>mutants</c> lists them).</summary>
    public static ImmutableArray<SubjectEntry> All { get; } =
    [
        new("lockfree", [], "the lock-free implementation: the room Implementation, as shipped"),
        new("locked", [], "the baseline: one lock and lists"),
        new("model", [], "the model itself, one operation at a time"),
        new("posted", [.. PostedScenarios.Broken], "the patch of 2011 as it was posted, statement by statement; Patch2011 only", "wrong"),
        .. WrongSubject.All.Select(wrong => new SubjectEntry(WrongPrefix + wrong.Name, wrong.Breaks, wrong.Summary, wrong.Kind)),
    ];

    /// <summary>The forms of names that stand for a subject of the user's.</summary>
    public static ImmutableArray<(string Form, string Summary)> Forms { get; } = [.. UserSubject.Forms];

    /// <summary>Makes a subject ready: a wrong one is compiled first, one of the user's is loaded in a child and made once.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="terms">What a subject of the user's may take.</param>
    /// <param name="end">Ends the waiting for it.</param>
    /// <exception cref="UsageException">There is no such subject.</exception>
    /// <exception cref="SubjectException">The user's cannot be loaded or made.</exception>
    public static ReadySubject Prepare(string name, ChildLimits terms, CancellationToken end = default) => UserSubject.Parse(name) is { } users ? Loaded(users, terms, end) : name switch
    {
        "lockfree" => new(name, declaration => new LockFreeSubject(declaration), new ExploredTarget(name), declaration => new Twin.CoroutineSubject(declaration)),
        "locked" => new(name, declaration => new LockedSubject(declaration), new ExploredTarget(name)),
        "posted" => new(name, declaration => new PostedSubject(declaration), new ExploredTarget(name), declaration => new PostedSubject(declaration)) { Offered = [Dialect.Patch2011] },
        "model" => new(name, declaration => new ModelSubject(declaration), new ExploredTarget(name)),
        _ when name.StartsWith(WrongPrefix, StringComparison.Ordinal) && WrongSubject.All.FirstOrDefault(wrong => wrong.Subject == name) is { } wrong => Compiled(name, wrong),
        _ when name.StartsWith(GeneratedPrefix, StringComparison.Ordinal) && Generated.All.FirstOrDefault(wrong => wrong.Subject == name) is { } generated => Compiled(name, generated),
        _ => throw new UsageException(Names.Subjects.Unknown(name)),
    };

    /// <summary>Makes a subject ready whose accesses come to our engine.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="asks">The option or the verb that asks for it.</param>
    /// <param name="terms">How much a subject of the user's may take.</param>
    /// <param name="end">Ends the waiting for it.</param>
    /// <exception cref="UsageException">There is no such subject, or its accesses do not come there.</exception>
    public static ReadySubject PrepareHooked(string name, string asks, ChildLimits terms, CancellationToken end = default)
    {
        // No assembly has the hook: none need be loaded to say so.
        if (UserSubject.Parse(name) is AssemblySubject) throw NotHooked(name, asks);
        var ready = Prepare(name, terms, end);
        if (ready.IsHooked) return ready;
        ready.Dispose();
        throw NotHooked(name, asks);
    }

    private static UsageException NotHooked(string name, string asks) =>
        new($"{asks} takes lockfree, posted, the wrong subjects and hooked libraries: it sees accesses that are announced to it, and {Quoted.Short(name)} makes none");

    private static ReadySubject Loaded(UserSubject subject, ChildLimits terms, CancellationToken end)
    {
        var apart = new ChildSubject(subject, terms, typeof(SubjectRegistry).Assembly.Location, ArtifactStore.NewFolder("subject"));
        try
        {
            apart.MakeReady(end);
        }
        catch (SubjectException)
        {
            apart.Dispose();
            throw;
        }

        // Nobody has shown what it shares through what: plain fields are scheduling points too.
        var target = subject is AssemblySubject assembly ? new ExploredTarget(assembly.Name, assembly.Path, assembly.Type, PlainFields: true, terms) : null;
        return new(subject.Name, _ => throw new NotSupportedException("a subject of the user's runs in a child"), target, Apart: apart);
    }

    private static ReadySubject Compiled(string name, WrongSubject wrong)
    {
        string assembly;
        try
        {
            assembly = WrongCompiler.Assembly(wrong, ArtifactStore.NewFolder("compiled"));
        }
        catch (FormatException e) when (wrong.Kind == WrongSubject.Generated)
        {
            throw new UsageException($"{e.Message}: it is none");
        }

        var loaded = WrongCompiler.Load(assembly);
        var type = wrong.IsOfModel ? WrongCompiler.ModelType : WrongCompiler.InspectedType;
        return new(name, Maker(type), new ExploredTarget(name, assembly, type),
            wrong.IsOfModel ? null : Maker(loaded.GetType(WrongCompiler.CoroutineType) is null ? WrongCompiler.HookedType : WrongCompiler.CoroutineType));

        Func<Declaration, ISubject> Maker(string type)
        {
            var make = loaded.GetType(type)!.GetConstructor([typeof(Declaration)])!;
            return declaration => (ISubject)make.Invoke([declaration]);
        }
    }
}
