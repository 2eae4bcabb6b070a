// Coyote in a child process, as the check coyote and the explore verb ask it.
using System.Collections.Immutable;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Coyote;

/// <summary>Which subject the child explores: one that it has itself, or a type of an assembly that it rewrites first.</summary>
/// <param name="Name"><c>lockfree</c>, <c>locked</c> or <c>model</c>; or any name if an assembly is given.</param>
/// <param name="Assembly">The path of the assembly, not rewritten, or null.</param>
/// <param name="Type">The full name of the subject's type, or null.</param>
/// <param name="PlainFields">
/// Whether plain fields are scheduling points too. Not for ours: a test shows that it shares state through Interlocked,
/// Volatile and locks only, and each point that cannot matter makes those that do rarer.
/// </param>
/// <param name="Terms">What a subject of the user's may take: its assembly is rewritten with those of its neighbours that are the user's too. Null for one of ours.</param>
internal sealed record ExploredTarget(string Name, string? Assembly = null, string? Type = null, bool PlainFields = false, ChildLimits? Terms = null);

/// <summary>Explores schedules with Coyote. What crashes or hangs its child is a finding, and the next question starts another child.</summary>
/// <param name="target">What it explores.</param>
/// <param name="folder">Where a rewritten copy of a given assembly goes, and the child's black box.</param>
/// <param name="end">Ends the child; every question then throws <see cref="OperationCanceledException"/>.</param>
internal sealed class CoyoteExplorer(ExploredTarget target, string folder, CancellationToken end = default) : IEngine, IDisposable
{
    // What Coyote keeps of the schedules that it has explored, in MiB.
    private const int CoyotesOwn = 512;

    private ChildProcess? _child;
    private string? _rewritten;
    private bool _hasHung;
    private Reply.Uses? _uses;

    // What has hung twice is believed sooner.
    private TimeSpan Patience => (target.Terms ?? ChildLimits.Default).Patience / (_hasHung ? 5 : 1);

    /// <inheritdoc/>
    public ExplorationReport Explore(Program program, Dialect dialect, ScheduleBudget budget)
    {
        var report = Observe(() => new Request.Explore(Subject(Patience), program, dialect, budget), program.In(dialect));
        if (report.Finding is not { Ending: Ending.Hung or Ending.Deadlocked } finding || (_hasHung && finding.Ending == Ending.Hung)) return report;
        // A child that died of it has no schedule, and has been asked twice.
        if (!finding.Saved.Schedule.IsDefault && Replay(finding.Saved).Finding?.Ending != finding.Ending)
            return report with { Finding = null, Doubt = $"{finding.Message}; it did not come again when its schedule was run again: {(finding.Ending == Ending.Hung ? "the machine stood still, or was too busy" : "something waits that the scheduler does not control")}" };
        _hasHung |= finding.Ending == Ending.Hung;
        return report;
    }

    /// <inheritdoc/>
    public ExplorationReport Replay(Program saved) =>
        Observe(() => new Request.Follow(Subject((target.Terms ?? ChildLimits.Default).Patience), saved, saved.Declaration.Dialect), saved);

    /// <inheritdoc/>
    public ImmutableArray<string> BlindTo(ulong seed) =>
        [.. Answer<Reply.Sightings>(new Request.Canaries((uint)seed)).All.Where(sighting => !sighting.IsAsExpected).Select(sighting => sighting.Words)];

    /// <summary>Starts a child.</summary>
    /// <param name="folder">Where its black box lies.</param>
    /// <param name="limits">What the subject may take; null for one of ours.</param>
    /// <param name="assembly">Its program, if it is not the one beside this program.</param>
    internal static ChildProcess Start(string folder, ChildLimits? limits = null, string? assembly = null) =>
        ChildProcess.Start(assembly ?? Path.Combine(AppContext.BaseDirectory, "coyote", "PerfModel.CoyoteChild.dll"), folder, limits, CoyotesOwn);

    /// <inheritdoc/>
    public void Dispose()
    {
        _child?.Dispose();
        _child = null;
    }

    // A thread that hangs is not to be had back: the child goes with it. And some of what looks like a hang is none.
    private ExplorationReport Observe(Func<Request> request, Program program)
    {
        var (report, death) = Ask(request());
        // Nothing tells what it was doing, so nothing can be tried again.
        if (death is { Cause: DeathCause.Silent }) return new ExplorationReport { Doubt = death.Doubt };
        if (death is { NeedsProof: true } first && ((report, death) = Ask(request())).death?.IsSameAs(first) != true)
            return new ExplorationReport { Doubt = first.Doubt };
        report ??= new ExplorationReport { Finding = Finding.OfUnfinished(program, death!.Ending, death.Message) with { FoundAfter = 1 } };
        if (report.Finding is not { Ending: not Ending.Uncontrolled } finding) return report;
        if (finding.Ending == Ending.Hung) Dispose();
        return WhyUncontrolled(finding.Ending) is { } why ? report with { Finding = finding with { Ending = Ending.Uncontrolled, Message = why } } : report;
    }

    // Ours are known to use nothing of the kind.
    private string? WhyUncontrolled(Ending ending)
    {
        if (target is not { Terms: not null, Assembly: { } assembly }) return null;
        _uses ??= Uses(assembly);
        var (mistaken, waits) = (_uses.Mistaken, ending is Ending.Hung or Ending.Deadlocked ? _uses.Uncontrolled : []);
        return mistaken.Length + waits.Length == 0 ? null
            : $"{Path.GetFileName(assembly)} uses {string.Join(" and ", mistaken.Concat(waits))}, which Coyote {(mistaken.IsEmpty ? "does not control" : waits.IsEmpty ? "gets wrong" : "gets wrong or does not control")}; with lock (object) its schedules can be explored";
    }

    private Reply.Uses Uses(string assembly)
    {
        try
        {
            return Answer<Reply.Uses>(new Request.Uses([assembly, .. Neighbours()], target.Type));
        }
        catch (SubjectException)
        {
            // Code that cannot be read is no excuse: what was found stays found.
            return new Reply.Uses([], []);
        }
    }

    private (ExplorationReport? Report, Death? Death) Ask(Request request)
    {
        // The child itself ends a schedule without progress, and knows the schedule; this is for a child that cannot even do that.
        var (answer, death) = Child().Ask(request, 2 * Patience + ChildLimits.Default.Patience / 2, _ => { }, end);
        var chatters = _child!.Chatters;
        if (death is not null) Dispose();
        end.ThrowIfCancellationRequested();
        if (answer is Reply.Refused refused) throw new SubjectException(refused.Message);
        return (answer is Reply.Explored explored ? explored.Seen with { Remark = chatters ? ChildSubject.Chatter : null } : null, death);
    }

    private T Answer<T>(Request request)
        where T : Reply
    {
        var (answer, death) = Child().Ask(request, Timeout.InfiniteTimeSpan, _ => { }, end);
        if (death is not null) Dispose();
        end.ThrowIfCancellationRequested();
        return answer as T ?? throw new SubjectException((answer as Reply.Refused)?.Message ?? $"the scheduler {death!.What}");
    }

    private ChildProcess Child()
    {
        end.ThrowIfCancellationRequested();
        return _child ??= Start(folder, target.Terms);
    }

    private ControlledSubject Subject(TimeSpan patience) =>
        new(target.Name, Rewritten(), target.Type, target.Terms is null ? null : target.Assembly, target.PlainFields, patience);

    private string? Rewritten() => target.Assembly is null ? null : _rewritten ??= Answer<Reply.Rewritten>(new Request.Rewrite(target.Assembly, Neighbours(), folder)).Path;

    private ImmutableArray<string> Neighbours() => target.Terms is null ? [] : UserAssembly.Own(target.Assembly!).Remove(target.Assembly!);
}
