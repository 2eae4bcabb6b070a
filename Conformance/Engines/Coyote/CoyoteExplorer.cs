// Coyote in a child process, as the Scheduled check and the explore verb ask it.
using System.Collections.Immutable;
using System.Text.Json;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Engines;

/// <summary>Which subject the child explores: one that it has itself, or a type of an assembly that it rewrites first.</summary>
/// <param name="Name"><c>lockfree</c>, <c>locked</c> or <c>model</c>; or any name if an assembly is given.</param>
/// <param name="Assembly">The path of the assembly, not rewritten, or null.</param>
/// <param name="Type">The full name of the type behind the door, or null.</param>
/// <param name="PlainFields">
/// Whether plain fields are scheduling points too. Not for ours: a test shows that it shares state through Interlocked,
/// Volatile and locks only, and each point that cannot matter makes those that do rarer.
/// </param>
/// <param name="Terms">What a subject of the user's may take: its assembly is rewritten with those of its neighbours that are the user's too. Null for one of ours.</param>
public sealed record ExploredTarget(string Name, string? Assembly = null, string? Type = null, bool PlainFields = false, ChildLimits? Terms = null);

/// <summary>Explores schedules with Coyote. What crashes or hangs its child is a finding, and the next question starts another child.</summary>
/// <param name="target">What it explores.</param>
/// <param name="rewrittenFolder">Where a rewritten copy of a given assembly goes.</param>
/// <param name="end">Ends the child; every question then throws <see cref="OperationCanceledException"/>.</param>
public sealed class CoyoteExplorer(ExploredTarget target, string rewrittenFolder, CancellationToken end = default) : IScheduleExplorer, IDisposable
{
    // A schedule without progress is ended by the child itself after ten seconds; this is for a child that cannot even do that.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Lazy<string?> _uncontrolled = new(() => target is { Terms: not null, Assembly: { } assembly } ? UserAssembly.Uncontrolled(assembly) : null);

    private ScheduledChild? _child;
    private string? _rewritten;
    private bool _hasHung;

    /// <inheritdoc/>
    public ExplorationReport Explore(Program program, Dialect dialect, ScheduleBudget terms)
    {
        try
        {
            return Known(Ask(Request("explore", program, dialect, terms)));
        }
        catch (ScheduledChildException e) when (e.ChildIsGone)
        {
            Dispose();
            return new ExplorationReport { Finding = Crashed(program.In(dialect), e) };
        }
    }

    /// <inheritdoc/>
    public ExplorationReport Replay(Program saved) =>
        Known(Ask(Request("replay", saved, saved.Declaration.Dialect)));

    /// <summary>What there is to say of a program whose schedule ended the child.</summary>
    public static Finding Crashed(Program program, ScheduledChildException e) =>
        Finding.OfUnfinished(program, Ending.Crashed, e.Message.Split('\n')[0]) with { FoundAfter = 1 };

    /// <inheritdoc/>
    public ImmutableArray<string> BlindTo(ulong seed) =>
    [
        .. Child().Ask(new { verb = "canaries", seed = (uint)seed }, Patience, end)
            .Where(answer => !answer.GetProperty("sighting").GetProperty("isAsExpected").GetBoolean())
            .Select(answer => answer.GetProperty("line").GetString()!),
    ];

    /// <summary>The names of the scheduler's strategies, and a line on each.</summary>
    public ImmutableArray<(string Name, string Summary)> Strategies() =>
    [
        .. Child().Ask(new { verb = "hello" }, Patience, end).Single().GetProperty("strategies").EnumerateArray()
            .Select(strategy => (strategy.GetProperty("name").GetString()!, strategy.GetProperty("summary").GetString()!)),
    ];

    /// <inheritdoc/>
    public void Dispose()
    {
        _child?.Dispose();
        _child = null;
    }

    private object Request(string verb, Program document, Dialect dialect, ScheduleBudget? terms = null) => new
    {
        verb,
        document = document.ToString(),
        dialect = dialect.ToString(),
        subject = target.Name,
        assembly = Rewritten(),
        type = target.Type,
        original = target.Terms is null ? null : target.Assembly,
        plainFields = target.PlainFields,
        // What has hung once is believed sooner.
        hangTimeoutMs = target.Terms is null ? null : (int?)(target.Terms.Patience / (_hasHung ? 5 : 1)).TotalMilliseconds,
        terms,
    };

    // A thread that hangs is not to be had back: the child goes with it. And some of what looks like a hang is none.
    private ExplorationReport Known(ExplorationReport report)
    {
        if (report.Finding is not { Ending: Ending.Hung } finding) return report;
        Dispose();
        _hasHung = true;
        return _uncontrolled.Value is null ? report : report with { Finding = finding with { Ending = Ending.Uncontrolled, Message = _uncontrolled.Value } };
    }

    private ExplorationReport Ask(object request) =>
        Child().Ask(request, Patience, end).Single().GetProperty("report").Deserialize<ExplorationReport>(FindingJson.Options)
        ?? throw new ScheduledChildException("the scheduler answered without a report");

    private ScheduledChild Child()
    {
        end.ThrowIfCancellationRequested();
        return _child ??= ScheduledChild.Start(terms: target.Terms);
    }

    private string? Rewritten() => target.Assembly is null ? null : _rewritten ??=
        Child().Ask(new { verb = "rewrite", assembly = target.Assembly, also = Neighbours(), folder = rewrittenFolder }, Patience, end).Single().GetProperty("path").GetString();

    private ImmutableArray<string> Neighbours() => target.Terms is null ? [] : UserAssembly.Own(target.Assembly!).Remove(target.Assembly!);
}
