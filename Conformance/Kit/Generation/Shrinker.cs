// Makes a failing program smaller: fewer threads, fewer operations, plainer arguments, and names in order.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Generation;

/// <summary>The shrinker of programs, for FsCheck: smaller programs that may fail in the same way.</summary>
public static class Shrinker
{
    /// <summary>Candidates, the boldest first. Each is bound: what used a name that is gone, is gone too.</summary>
    public static IEnumerable<Program> Shrink(Program program)
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

    // Drops what uses a name that is no longer opened, and a thread that has nothing left to do; reads out what is left.
    private static Program Repair(Program program)
    {
        var shared = new HashSet<Handle>();
        var setup = Bound(program.Setup, shared);
        var threads = program.Threads.Select(thread => new ProgramThread(Bound(thread.Lines, [.. shared]))).Where(thread => thread.Lines.Length > 0);
        return Programs.Finish(program with { Setup = setup, Threads = [.. threads], After = [] });
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
