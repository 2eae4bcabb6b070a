// Conformance of a subject in the same process, from a test of one's own: Conformance.Run(declaration => new Mine(declaration)).ThrowIfNotConforming().
using System.Collections.Immutable;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance;

/// <summary>The limits of a conformance run.</summary>
public sealed record ConformanceOptions
{
    /// <summary>The claimed profiles (rules 9.1 to 9.3); all of them by default. Core is part of every claim.</summary>
    public IReadOnlySet<Profile> Profiles { get; init; } = Enum.GetValues<Profile>().ToImmutableHashSet();

    /// <summary>The claimed dialects (rule 8.1), at least one; all of them by default.</summary>
    public ImmutableArray<Dialect> Dialects { get; init; } = [.. Enum.GetValues<Dialect>()];

    /// <summary>The start of all that is random: the same seed, budget and subject give the same sequences and programs.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The budget of each check in each dialect, from 1: sequences of <c>random</c>, schedules of <c>schedules</c> and <c>enumeration</c>,
    /// rounds of <c>stress</c>. Null, the default, stands for the budgets of the command <c>perfmodel run</c>.</summary>
    public long? Iterations { get; init; }

    /// <summary>
    /// The subject with each access to shared memory announced to <see cref="ScheduledAccess"/>: with it the checks <c>schedules</c> and
    /// <c>enumeration</c> run small programs in every schedule. Null, the default, for a subject without a hook: both are not run.
    /// </summary>
    public Func<Declaration, ISubject>? Hooked { get; init; }

    /// <summary>Ends the run early; the report has the findings until then.</summary>
    public CancellationToken Cancelled { get; init; }
}

/// <summary>A run that did not show conformance; the message has the pages of the findings.</summary>
/// <param name="message">The pages, or the reason for which nothing was shown.</param>
/// <param name="inner">The exception of a thread or of an assertion, if there is one.</param>
public sealed class ConformanceException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The outcome of a conformance run.</summary>
/// <param name="Report">The checks, the rules and the verdict.</param>
/// <param name="Findings">The findings with the files that replay them, relative to the current folder; null where a file could not be written.</param>
public sealed record ConformanceResult(RunReport Report, ImmutableArray<(Finding Finding, string? File)> Findings)
{
    // Nobody reads more in the output of a test.
    private const int MostPages = 3;

    /// <summary>The pages of the findings, as the command prints them, and a last line with the verdict.</summary>
    public string Page
    {
        get
        {
            // What the command cannot make it cannot replay.
            var replays = Report.Subject.StartsWith(SubjectName.AssemblyPrefix, StringComparison.Ordinal);
            var pages = Findings.Take(MostPages).Select(one => one.Finding.Page(one.File is null || !replays ? null : $"perfmodel replay {Path.GetFullPath(one.File)}{SubjectName.ReplayOption(Report.Subject)}").TrimEnd());
            ImmutableArray<string> more = Findings.Length > MostPages ? [$"and {Findings.Length - MostPages} more; {Findings.Count(one => one.File is not null)} are saved in {Path.GetFullPath(FailureFolder.Name)}"] : [];
            if (Findings.Any(one => one.Finding.Message?.Contains(nameof(NotSupportedException), StringComparison.Ordinal) == true))
                more = more.Add("a call that the subject does not support is of a profile that it need not claim: ConformanceOptions.Profiles");
            var remarks = Report.Checks.Where(check => check.Verdict == RuleVerdict.Unknown).Select(check => $"{check.Name}: {check.Remark}");
            return string.Join("\n\n", [.. pages, .. more, .. remarks, $"{SubjectName.Short(Report.Subject)} {Report.Verdict.Word()}: {string.Join(" and ", Report.Dialects)}; seed {Report.Seed}"]);
        }
    }

    /// <summary>Throws unless the subject conforms.</summary>
    /// <exception cref="ConformanceException">A check failed, or could not tell.</exception>
    public void ThrowIfNotConforming()
    {
        if (Report.Verdict != Verdict.Conforms) throw new ConformanceException(Page);
    }
}

/// <summary>Conformance of a subject in this process, against SPEC.md.</summary>
/// <remarks>
/// The subject runs unprotected: a call that never returns keeps the caller, and a crash ends the process. The command
/// <c>perfmodel run --subject assembly:MINE.dll</c> runs the subject in a process of its own, and adds the check by Coyote.
/// </remarks>
public static class Conformance
{
    /// <summary>Checks a subject: the examples of the rules, random sequences with shrinking, and small programs on real threads.</summary>
    /// <param name="create">Makes a new system for a declaration, each time it is called; some hundred thousand times in a run.</param>
    /// <param name="options">The claim and the budget; null for the defaults.</param>
    /// <returns>The verdict and the findings, each of which was saved below the current folder in <c>perfmodel-failures</c>.</returns>
    /// <exception cref="ArgumentException">The claim or the function cannot be used; the message says how to mend it.</exception>
    public static ConformanceResult Run(Func<Declaration, ISubject> create, ConformanceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        options ??= new ConformanceOptions();
        if (!options.Dialects.IsDefaultOrEmpty) options = options with { Dialects = [.. options.Dialects.Distinct()] };
        if (options.Profiles is null) throw new ArgumentException("no profiles are claimed: ConformanceOptions.Profiles is a set, in which Core is understood", nameof(options));
        if (options.Dialects.IsDefaultOrEmpty) throw new ArgumentException("no dialect is claimed: name at least one in ConformanceOptions.Dialects", nameof(options));
        if (options.Iterations < 1) throw new ArgumentException($"a budget of {options.Iterations} is none: ConformanceOptions.Iterations starts at 1", nameof(options));
        if (options.Hooked is not null && !options.Profiles.Contains(Profile.Concurrency)) throw new ArgumentException("a hooked subject is explored on several threads: claim Profile.Concurrency too, or leave ConformanceOptions.Hooked out", nameof(options));
        var type = options.Dialects.Select(dialect => TypeOf(create, dialect)).Last();
        if (options.Hooked is { } hooked) RequireHook(hooked, options.Dialects[0]);
        var profiles = options.Profiles.Append(Profile.Core).ToImmutableHashSet();
        var context = new CheckContext(NameOf(type), declaration => UnmadeSubject.Made(create, declaration), options.Dialects, options.Seed)
        {
            Inheritance = profiles.Contains(Profile.Inheritance),
            Cancelled = options.Cancelled,
        };
        var runner = new CheckRunner(context, options.Hooked);
        var reports = NamesOf(options).Select(name => runner.Run(name, options.Iterations)).ToImmutableArray();
        // Cut short without a finding, nobody knows; and only the checks that run here were asked for.
        if (options.Cancelled.IsCancellationRequested)
            reports = [.. reports.Select(report => report.Verdict == RuleVerdict.Fail ? report : report with { Verdict = RuleVerdict.Unknown, Remark = "interrupted" })];
        var run = RunReport.Of(context.Subject, options.Dialects, options.Seed, reports, profiles, complete: false, asksForLess: true);
        // A file that could not be written is null in the result.
        return new ConformanceResult(run, [.. FailureFolder.Save(reports.SelectMany(report => report.Failures).Where(failure => !failure.Repeats), _ => { })]);
    }

    private static IEnumerable<string> NamesOf(ConformanceOptions options)
    {
        yield return RulesCheck.Name;
        yield return RandomCheck.Name;
        if (!options.Profiles.Contains(Profile.Concurrency)) yield break;
        if (options.Hooked is not null)
        {
            yield return SchedulePlan.Schedules;
            yield return EnumerationCheck.Name;
        }

        yield return StressCheck.Name;
    }

    // A subject that announces nothing has one schedule, and its calls seem to have no order in time: all that is found in it is an artefact.
    private static void RequireHook(Func<Declaration, ISubject> hooked, Dialect dialect)
    {
        TypeOf(hooked, dialect);
        var subject = hooked(new Declaration(dialect));
        if (subject is Coroutines.ICoroutineSubject) return;
        using var parked = new ParkedThreads(1);
        var scheduler = new DepthFirst(1, Engines.ScheduleBudget.UsualSteps);
        scheduler.TryBegin();
        // What it throws the checks say.
        parked.Run(scheduler, _ =>
        {
            var name = new Handle(0);
            subject.Apply(new Operation.Open(name, new Attributes(Task: 0)));
            subject.Apply(new Operation.Close(name));
        });
        subject.End();
        if (parked.Choices.Count == 0)
            throw new ArgumentException("the subject of ConformanceOptions.Hooked announced no access to ScheduledAccess in an Open and a Close: is it the hooked one?", nameof(hooked));
    }

    // Made twice: a function that gives one system to all would fail everywhere, and no page would say why.
    private static Type TypeOf(Func<Declaration, ISubject> create, Dialect dialect)
    {
        ISubject? one = null, other = null;
        try
        {
            (one, other) = (create(new Declaration(dialect)), create(new Declaration(dialect)));
            if (one is null || other is null) throw new ArgumentException($"the function returned null for dialect {dialect}: return a new system for each declaration", nameof(create));
            if (ReferenceEquals(one, other)) throw new ArgumentException($"the function returned the same {one.GetType().Name} twice: return a new system for each declaration", nameof(create));
            return one.GetType();
        }
        catch (Exception e) when (e is not (ArgumentException { ParamName: nameof(create) } or OutOfMemoryException))
        {
            throw new ArgumentException($"no subject can be made in dialect {dialect}: {Quoted.Thrown(e)}; mend the constructor, or leave the dialect out of ConformanceOptions.Dialects", nameof(create), e);
        }
        finally
        {
            one?.End();
            if (!ReferenceEquals(one, other)) other?.End();
        }
    }

    // A name with which the command finds the subject again, if the command can make it.
    private static string NameOf(Type type) =>
        type.IsPublic && type.Assembly.Location.Length > 0 && type.GetConstructor([typeof(Declaration)]) is not null
            ? $"{SubjectName.AssemblyPrefix}{type.Assembly.Location},{type.FullName}" : type.Name;
}
