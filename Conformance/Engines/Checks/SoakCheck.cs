// The Soak check: many threads do everything for a long time, and whenever they rest what must hold at rest is looked at. It judges no history.
using System.Collections.Immutable;
using System.Diagnostics;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>
/// Rounds of a mixed load on real threads. Each round has a system of its own; when its threads have ended, counts, samples and
/// totals must be what the answers of all Ticks and Overflows add up to, links must work, and every place must be free again.
/// What remains in memory at rest is noted after a minute and at the end: a leak shows as growth.
/// </summary>
internal sealed class SoakCheck(CheckContext context)
{
    /// <summary>The name of the check.</summary>
    public const string Name = "soak";

    /// <summary>What a saved round has for a strategy if its subject does not claim +inheritance: other calls are drawn.</summary>
    public const string WithoutForks = "without forks";

    private const int MebiByte = 1 << 20;

    private static readonly TimeSpan WarmUp = TimeSpan.FromMinutes(1);

    private readonly int _threads = Math.Max(3, Environment.ProcessorCount + 1);
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    private long _rounds;
    private long _operations;
    private Memory? _early;

    /// <summary>Runs so many rounds in each dialect; the first thing that does not hold ends it.</summary>
    public CheckReport Run(long rounds)
    {
        Finding? broken = null;
        foreach (var dialect in context.Dialects)
        {
            for (var round = 0L; round < rounds && broken is null && !context.Cancelled.IsCancellationRequested; round++)
            {
                context.Progress($"{Name} {dialect}", round, rounds);
                broken = RunRound(Saved(dialect, context.Seed + (ulong)round)) is { } found ? found with { FoundAfter = round + 1 } : null;
                context.Witness?.Tally(_rounds, _operations, RuleSet.None);
                if (_early is null && _clock.Elapsed >= WarmUp) _early = Memory.Now();
            }
        }

        var end = Memory.Now();
        // A leak of a long soak is many times what garbage collections differ by.
        if (broken is null && _early is { } early && end.Managed > 2 * early.Managed + 16 * MebiByte)
            broken = new Finding(FindingKind.NotAtRest, Saved(context.Dialects[0], context.Seed), RuleSet.None, RuleSet.None) { Message = "memory grows", FoundAfter = _rounds };
        if (broken is not null) context.Witness?.Found(broken);
        var told = _early is null ? $"{end} at the end" : $"{_early} after a minute, {end} at the end";
        return new CheckReport(Name, broken is not null ? RuleVerdict.Fail : _rounds == 0 ? RuleVerdict.NotRun : RuleVerdict.Pass)
        {
            Iterations = _rounds,
            Operations = _operations,
            Failures = broken is null ? [] : ImmutableArray.Create(broken),
            Remark = broken is null ? told : $"{broken.Message}; {told}",
        };
    }

    // A round is its seed: the calls of each thread are drawn from it, though not how they overlap.
    private Program Saved(Dialect dialect, ulong seed) => context.Saved(Name, new Program(), dialect) with { Seed = seed, Strategy = context.Inheritance ? null : WithoutForks };

    private Finding? RunRound(Program saved)
    {
        var dialect = saved.Dialect!.Value;
        context.Witness?.Begin(saved, dialect);
        var load = new SoakLoad(dialect, context, _threads);
        Exception? threw = null;
        var threads = Enumerable.Range(0, _threads).Select(thread => new Thread(() => threw = Thrown(() => load.Work(thread, saved.Seed!.Value)) ?? threw) { IsBackground = true, Name = $"soak {thread}" }).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        _operations += load.Operations;
        Unrest? unrest = null;
        string? inside = null;
        if (threw is null && !context.Cancelled.IsCancellationRequested)
        {
            _rounds++;
            inside = (load.Subject as IInspectable)?.Unrest();
            threw = Thrown(() => unrest = new SoakRest(load).Find());
            inside ??= (load.Subject as IInspectable)?.Unrest();
        }

        context.End(load.Subject);
        var finding = threw is not null ? Finding.OfUnfinished(saved, Ending.Threw, $"a call threw {Quoted.Thrown(threw)}")
            : inside is not null ? Finding.OfUnrest(saved, inside)
            : unrest is not null ? new Finding(FindingKind.NotAtRest, saved, RuleSet.Of(unrest.Rule), RuleSet.Of(unrest.Rule)) { Message = unrest.Words }
            : null;
        return finding is null ? null : finding with { Defects = load.Subject.Met() };
    }

    private static Exception? Thrown(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return e;
        }
    }

    /// <summary>What the process holds.</summary>
    private sealed record Memory(long Managed, long Peak)
    {
        public static Memory Now() => new(GC.GetTotalMemory(forceFullCollection: true), Process.GetCurrentProcess().PeakWorkingSet64);

        public override string ToString() => FormattableString.Invariant($"{Managed / (double)MebiByte:0.0} MiB live and {Peak / MebiByte} MiB peak");
    }
}
