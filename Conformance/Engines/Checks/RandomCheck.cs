// The Random check: sequences made and shrunk by FsCheck, the model beside the subject. It cannot find what needs two threads.
using System.Collections.Immutable;
using FsCheck;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>Compares subject and model on random sequences.</summary>
internal static class RandomCheck
{
    /// <summary>The name of the check.</summary>
    public const string Name = "random";

    // FsCheck grows sizes from 1 to 100 within a batch, so each batch has short and long sequences.
    private const int Batch = 500;

    // What shrinking is worth: a crowd has hundreds of operations, and may never be small.
    private const long ShrinkOperations = 400_000;

    // One in so many is crowded, at the end of each block: it takes as long as some dozens of others.
    private const int Crowded = 100;
    private const int Block = 5_000;

    // The last of a block, if that is no small one: always the same, and too large to be drawn often.
    private const int LeastBlockOfLarge = 1_000;
    private static readonly ImmutableArray<Program> Large = [Programs.LargeCrowd, Programs.Ages];

    /// <summary>Runs <paramref name="iterations"/> sequences in each dialect; the first failure of a dialect is shrunk and ends it.</summary>
    public static CheckReport Run(CheckContext context, long iterations)
    {
        var failures = ImmutableArray.CreateBuilder<Finding>();
        var doubts = new List<string>();
        var spoke = RuleSet.None;
        string? skipped = null;
        long ran = 0, operations = 0;
        foreach (var dialect in context.Dialects)
        {
            Finding? failure = null;
            var ranBefore = ran;
            for (long done = 0; done < iterations && failure is null && !context.Cancelled.IsCancellationRequested; done = ran - ranBefore)
            {
                var at = done % Block;
                var block = Math.Min(Block, iterations - (done - at));
                var usual = block - block / Crowded;
                var crowded = block < LeastBlockOfLarge ? block : block - Large.Length;
                var (batch, programs) = at < usual ? (Math.Min(Batch, usual - at), Programs.Sequential(context.Inheritance, dialect == Dialect.Linux613))
                    : at < crowded ? (Math.Min(Batch, crowded - at), Programs.Crowded(context.Inheritance, dialect == Dialect.Linux613)) : (1, null);
                var large = programs is null ? Large[(int)(at - crowded)] : null;
                failure = Find(programs, large, (int)batch, context.Seed + (ulong)(done / Batch), dialect, ranBefore);
                context.Progress($"{Name} {dialect}", done, iterations);
            }

            if (failure is null) continue;
            // What is reported is what its file shows.
            if (Sequence.Run(context, failure.Saved, dialect).Mismatch is not null) failures.Add(failure);
            else doubts.Add($"{dialect}: {failure.Saved.Setup[^1].Operation} was answered wrongly once, and not when the sequence was run again: the subject's answers depend on more than its calls");
        }

        return new CheckReport(Name, failures.Count > 0 ? RuleVerdict.Fail : doubts.Count > 0 ? RuleVerdict.Unknown : ran == 0 ? RuleVerdict.NotRun : RuleVerdict.Pass)
        {
            Iterations = ran,
            Operations = operations,
            Failures = failures.ToImmutable(),
            Spoke = spoke,
            Skipped = skipped,
            Remark = doubts.Count > 0 ? string.Join("; ", doubts) : null,
        };

        Finding? Find(Gen<Program>? programs, Program? large, int batch, ulong seed, Dialect dialect, long ranBefore)
        {
            Finding? smallest = null;
            var most = long.MaxValue;
            // It is not made smaller: some have more than a hundred thousand operations.
            if (programs is null) Holds(large!);
            else Trials.Run(programs, batch, seed, Holds);
            return smallest;

            bool Holds(Program program)
            {
                if (context.Cancelled.IsCancellationRequested || operations > most) return true;
                var outcome = Sequence.Run(context, program, dialect);
                if (smallest is null) ran++;
                operations += outcome.Operations;
                spoke |= outcome.Spoke;
                skipped ??= outcome.Skipped;
                context.Witness?.Tally(ran, operations, spoke);
                if (outcome.Mismatch is not { } mismatch) return true;
                if (smallest is null) most = operations + ShrinkOperations;
                // FsCheck goes on from a program that fails, so the last one seen to fail is the smallest.
                smallest = Finding.OfSequence(context.Saved(Name, program, dialect) with { Seed = seed }, mismatch) with { FoundAfter = ran - ranBefore, Defects = outcome.Defects };
                context.Witness?.Found(smallest);
                return false;
            }
        }
    }
}
