// Makes a failing program smaller: fewer threads, fewer operations, plainer arguments, and names in order.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Generation;

/// <summary>The shrinker of programs, for FsCheck: smaller programs that may fail in the same way.</summary>
internal static class Shrinker
{
    /// <summary>Candidates, the boldest first. Each is bound: what used a name that is gone, is gone too; and each reads out all that it opens.</summary>
    public static IEnumerable<Program> Shrink(Program program) => Candidates(program).Select(Programs.Finish);

    /// <summary>The same, but what stands behind the threads is the program's own, and can be left out as well.</summary>
    public static IEnumerable<Program> ShrinkWithAfter(Program program)
    {
        foreach (var after in Shorter(program.After)) yield return program with { After = after };
        foreach (var smaller in Candidates(program)) yield return smaller;
    }

    // What has lost all its threads is another kind of program, which no engine runs.
    private static IEnumerable<Program> Candidates(Program program) => Smaller(program).Where(smaller => program.Threads.IsEmpty || !smaller.Threads.IsEmpty);

    private static IEnumerable<Program> Smaller(Program program)
    {
        foreach (var thread in Enumerable.Range(0, program.Threads.Length))
            if (program.Threads.Length > 1) yield return Repair(program with { Threads = program.Threads.RemoveAt(thread) });

        foreach (var setup in Shorter(program.Setup)) yield return Repair(program with { Setup = setup });

        foreach (var thread in Enumerable.Range(0, program.Threads.Length))
        {
            foreach (var lines in Shorter(program.Threads[thread].Lines))
                if (lines.Length > 0) yield return Repair(program with { Threads = program.Threads.SetItem(thread, new ProgramThread(lines)) });

            // What one thread does first may as well be setup.
            if (program.Threads[thread].Lines is [var first, _, ..])
                yield return Repair(program with
                {
                    Setup = program.Setup.Add(first),
                    Threads = program.Threads.SetItem(thread, new ProgramThread(program.Threads[thread].Lines.RemoveAt(0))),
                });
        }

        foreach (var setup in Plainer(program.Setup)) yield return Repair(program with { Setup = setup });
        foreach (var thread in Enumerable.Range(0, program.Threads.Length))
            foreach (var lines in Plainer(program.Threads[thread].Lines))
                yield return Repair(program with { Threads = program.Threads.SetItem(thread, new ProgramThread(lines)) });
    }

    // Halves first, then quarters, … then single lines: as delta debugging does.
    private static IEnumerable<ImmutableArray<Line>> Shorter(ImmutableArray<Line> lines)
    {
        for (var size = (lines.Length + 1) / 2; size >= 1; size /= 2)
        {
            for (var start = 0; start < lines.Length; start += size)
                yield return lines.RemoveRange(start, Math.Min(size, lines.Length - start));
        }
    }

    private static IEnumerable<ImmutableArray<Line>> Plainer(ImmutableArray<Line> lines)
    {
        for (var i = 0; i < lines.Length; i++)
            foreach (var plainer in Plainer(lines[i].Operation))
                yield return lines.SetItem(i, lines[i] with { Operation = plainer });
    }

    private static IEnumerable<Operation> Plainer(Operation operation)
    {
        switch (operation)
        {
            case Operation.Open { Attributes: var a } open:
                if (a.StartPaused) yield return open with { Attributes = a with { StartPaused = false } };
                if (a.Leader is not null || a.Pauses || a.Resumes) yield return open with { Attributes = a with { Leader = null, Pauses = false, Resumes = false } };
                if (a is { Aux: true, StartPaused: false }) yield return open with { Attributes = a with { Aux = false } };
                if (a.Inherit) yield return open with { Attributes = a with { Inherit = false } };
                if (a.Cpu != -1 && a.Task != -1) yield return open with { Attributes = a with { Cpu = -1 } };
                if (a.Period > 1) yield return open with { Attributes = a with { Period = 1 } };
                if (a.Task > 0) yield return open with { Attributes = a with { Task = 0 } };
                break;
            case Operation.Tick { Amount: > 1 } tick:
                yield return tick with { Amount = 1 };
                yield return tick with { Amount = tick.Amount / 2 };
                yield return tick with { Amount = tick.Amount - 1 };
                break;
            case Operation.Tick tick:
                yield return new Operation.Overflow(tick.Instance);
                break;
            case Operation.OnInstance { Instance: { IsCopy: true } copy } call:
                yield return call with { Instance = Instance.Own(copy.Event) };
                break;
        }
    }

    // Drops what uses a name that is no longer opened, and a thread that has nothing left to do.
    private static Program Repair(Program program)
    {
        var shared = new HashSet<Handle>();
        var setup = Bound(program.Setup, shared);
        var all = new HashSet<Handle>(shared);
        var threads = ImmutableArray.CreateBuilder<ProgramThread>();
        foreach (var thread in program.Threads)
        {
            var own = new HashSet<Handle>(shared);
            if (Bound(thread.Lines, own) is { Length: > 0 } lines) threads.Add(new ProgramThread(lines));
            all.UnionWith(own);
        }

        return program with { Setup = setup, Threads = threads.ToImmutable(), After = Bound(program.After, all) };
    }

    private static ImmutableArray<Line> Bound(ImmutableArray<Line> lines, HashSet<Handle> names) =>
    [
        .. lines.Where(line =>
        {
            if (!line.Operation.Uses.All(used => used == Handle.Invalid || names.Contains(used))) return false;
            if (line.Operation is Operation.Open open) names.Add(open.Name);
            return true;
        }),
    ];
}
