// FsCheck generator of documents that use the whole grammar: headers, answers, repetitions, threads, histories, schedules; and when two are equal.
using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using Result = PerfModel.Model.Result;

namespace PerfModel.Conformance.Tests;

internal static class AnyProgram
{
    // Words of the grammar are no danger to a title, nor are other alphabets, nor what starts a comment elsewhere.
    private static readonly Gen<string?> Words = Optional(
        Gen.Elements("end", "thread A", "history", "after", "perfmodel 1", "->", "Tick(e, 1)", "rules 2.4", "été", "触发器", "wrong:x", "a  b", "e = 1", "𝛼", "#", "C#/bin", @"\#5", @"C:\\#", "-> ok #5").NonEmptyListOf()
            .Select(words => string.Join(' ', words.Take(4))));

    private static readonly Gen<Result> AnyResult = Gen.OneOf(
        Gen.Elements(Result.Ok, Result.Ignored, Result.NoOwner, Result.Gate(true), Result.Gate(false)),
        Gen.Elements(Enum.GetValues<Activity>()).Select(Result.Of),
        // What is no error of the spec is an answer too.
        Gen.Elements([.. Enum.GetValues<Errno>(), (Errno)12, (Errno)(-1), (Errno)int.MaxValue]).Select(Result.Of),
        Gen.Elements(0L, 1, -1, 1L << 53, long.MaxValue, long.MinValue).Select(Result.Of),
        Gen.Elements(0L, 5, -1, long.MaxValue, long.MinValue).Select(Result.Foreign),
        Gen.Choose(0, 2000).Select(id => Result.Owner(Instance.Own(new Handle(id)))),
        Gen.Choose(0, 2000).Select(id => Result.Owner(new Instance(new Handle(id), id % 7))));

    private static readonly Gen<Declaration> AnyDeclaration = Gen.Frequency(
        (1, Gen.Constant(new Declaration(Dialect.Patch2011))),
        (1, from handles in Gen.Choose(1, 1 << 20)
            from roots in Gen.Choose(1, 9)
            from more in Gen.Choose(0, 9)
            from cpus in Gen.Choose(1, 100)
            select new Declaration(Dialect.Patch2011, handles, roots, roots + more, cpus)));

    private static readonly Gen<Program> Sequences =
        from program in Programs.Sequential(inheritance: true)
        from setup in Answered(program.Setup, repeat: true)
        from after in Answered(program.After, repeat: false)
        select program with { Setup = setup, After = after };

    private static readonly Gen<Program> Concurrents =
        from program in ConcurrentPrograms.OfUpTo(calls: 5, inheritance: true)
        from setup in Answered(program.Setup, repeat: false)
        from after in Answered(program.After, repeat: false)
        from threads in Gen.CollectToList(program.Threads, thread => Answered(thread.Lines, repeat: false).Select(lines => new ProgramThread(lines)))
        from history in Histories(program)
        from schedule in Gen.Elements("{", "\"Steps\": [\"op(1)\",", "# no comment here", "", "end of it", "thread A", "}").ListOf(5)
        from has in Gen.Choose(0, 3)
        select program with
        {
            Setup = setup,
            After = after,
            Threads = [.. threads],
            History = (has & 1) == 0 ? default : history,
            Schedule = (has & 2) == 0 ? default : [.. schedule],
        };

    /// <summary>Documents of any kind.</summary>
    public static Gen<Program> All { get; } =
        from program in Gen.OneOf(Sequences, Concurrents)
        from declaration in AnyDeclaration
        from dialect in Gen.Elements<Dialect?>(null, Dialect.Patch2011, Dialect.Amended)
        from title in Words
        from rules in Gen.Elements(1_01, 2_04, 5_03, 7_12, 9_28).ListOf(3)
        from subject in Words
        from check in Words
        from strategy in Words
        from seed in Gen.Elements<ulong?>(null, 0, 1, ulong.MaxValue)
        from verdict in Gen.Elements<Verdict?>(null, Verdict.Conforms, Verdict.Violates, Verdict.Inconclusive)
        from names in Gen.Choose(0, 2000)
        select Renamed(program, names) with
        {
            Title = title,
            Rules = [.. rules.Select(rule => new RuleId(rule / 100, rule % 100))],
            Dialect = dialect,
            Declaration = declaration with { Dialect = dialect ?? Dialect.Patch2011 },
            Subject = subject,
            Check = check,
            Strategy = strategy,
            Seed = seed,
            Verdict = verdict,
        };

    /// <summary>The first member in which two documents differ, or null. Of values, not of texts: what is not printed must not be lost unseen.</summary>
    public static string? Difference(Program one, Program other)
    {
        foreach (var property in typeof(Program).GetProperties().Where(property => property.CanWrite))
        {
            var (left, right) = (Items(property.GetValue(one)), Items(property.GetValue(other)));
            if (!left.SequenceEqual(right)) return $"{property.Name}: {string.Join(" ; ", left)} / {string.Join(" ; ", right)}";
        }

        return null;

        // Arrays would be compared by their places in memory. One that is not there differs from one that is empty.
        static List<object?> Items(object? value) => value switch
        {
            ImmutableArray<HistoryEvent> { IsDefault: true } or ImmutableArray<string> { IsDefault: true } => [null],
            ImmutableArray<ProgramThread> threads => [.. threads.SelectMany(thread => thread.Lines.Cast<object?>().Append("next thread"))],
            System.Collections.IEnumerable items and not string => [.. items.Cast<object?>()],
            _ => [value],
        };
    }

    private static Gen<string?> Optional(Gen<string> gen) =>
        Gen.Frequency((1, Gen.Constant<string?>(null)), (1, gen.Select(text => (string?)text)));

    private static Gen<ImmutableArray<Line>> Answered(ImmutableArray<Line> lines, bool repeat) =>
        from results in Gen.Frequency((1, Gen.Constant<Result?>(null)), (2, AnyResult.Select(result => (Result?)result))).ListOf(lines.Length)
        from times in Gen.Elements(1, 1, 1, 2, 1 << 22).ListOf(lines.Length)
        from copies in Gen.Elements(-1, -1, -1, 0, 3).ListOf(lines.Length)
        select lines.Select((line, i) => line with
        {
            Operation = line.Operation is Operation.OnInstance call ? call with { Instance = call.Instance with { CopyTask = copies[i] } } : line.Operation,
            Result = results[i],
            Times = repeat && line.Operation is not Operation.Open ? times[i] : 1,
        }).ToImmutableArray();

    /// <summary>Calls and returns of the program's threads, shuffled, each thread's in order; the last may be under way.</summary>
    private static Gen<ImmutableArray<HistoryEvent>> Histories(Program program) =>
        from picks in Gen.Choose(0, 1 << 20).ListOf(40)
        from results in AnyResult.ListOf(40)
        select Interleaved(program, picks, results);

    private static ImmutableArray<HistoryEvent> Interleaved(Program program, List<int> picks, List<Result> results)
    {
        var events = ImmutableArray.CreateBuilder<HistoryEvent>();
        var done = new int[program.Threads.Length];
        for (var i = 0; i < picks.Count; i++)
        {
            var thread = picks[i] % done.Length;
            if (done[thread] / 2 == program.Threads[thread].Lines.Length) continue;
            events.Add(done[thread] % 2 == 0 ? new(thread, program.Threads[thread].Lines[done[thread] / 2].Operation, null) : new(thread, null, results[i]));
            done[thread]++;
        }

        return events.ToImmutable();
    }

    private static Program Renamed(Program program, int by)
    {
        return program with
        {
            Setup = Lines(program.Setup),
            Threads = [.. program.Threads.Select(thread => new ProgramThread(Lines(thread.Lines)))],
            After = Lines(program.After),
            History = program.History.IsDefault ? default : [.. program.History.Select(e => e.Call is { } call ? e with { Call = Operation(call) } : e)],
        };

        ImmutableArray<Line> Lines(ImmutableArray<Line> lines) => [.. lines.Select(line => line with { Operation = Operation(line.Operation) })];

        Operation Operation(Operation operation) => operation switch
        {
            Operation.Open open => open with { Name = Name(open.Name) },
            Operation.SetLink set => set with { Trigger = Name(set.Trigger), Target = Name(set.Target) },
            Operation.OnEvent call => call with { Event = Name(call.Event) },
            Operation.OnInstance call => call with { Instance = call.Instance with { Event = Name(call.Instance.Event) } },
            _ => operation,
        };

        Handle Name(Handle handle) => handle == Handle.Invalid ? handle : new Handle(handle.Id + by);
    }
}
