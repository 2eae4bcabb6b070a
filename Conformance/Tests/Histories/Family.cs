// A bounded family of small histories: every short program over a small alphabet, every order of its calls and returns, answers that fit and answers that do not.
using System.Collections.Immutable;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Tests.Histories;

/// <summary>A program of threads over a fixed setup.</summary>
public sealed record SmallProgram(Declaration Declaration, ImmutableArray<Line> Setup, ImmutableArray<ProgramThread> Threads, ImmutableArray<Line> After)
{
    public override string ToString() =>
        string.Join(" || ", Threads.Select(thread => string.Join("; ", thread.Lines.Select(line => line.Operation)))) + " after " + string.Join("; ", After.Select(line => line.Operation));
}

/// <summary>A program and what was seen of it.</summary>
public sealed record SmallHistory(SmallProgram Program, ImmutableArray<HistoryEvent> Events, ImmutableArray<Line> After)
{
    public override string ToString() =>
        string.Join("\n", [.. PerfModel.Conformance.Text.Program.Shortened(Events), "after", .. After.Select(line => line.ToString())]);
}

/// <summary>Makes programs and histories. The same every time.</summary>
public static class Family
{
    private const string Events = """
        p = Open(task 0, period 1, enabled)
        q = Open(task 0, period 2, enabled)
        t = Open(task 0, period 1, enabled)
        ScheduleIn(p)
        ScheduleIn(q)
        ScheduleIn(t)
        """;

    private const string Inherited = """
        p = Open(task 0, period 1, enabled, inherit)
        t = Open(task 0, period 1, enabled, inherit)
        ScheduleIn(p)
        ScheduleIn(t)
        """;

    /// <summary>Worlds: a name, a declaration, a setup, an alphabet, what is read afterwards. Each letter races with another.</summary>
    public static ImmutableArray<(string Name, Declaration Declaration, string Setup, string[] Alphabet, string[] After)> Worlds { get; } =
    [
        // p stops t, q can come to start it: late visits, refills, half-moved gates.
        ("linked", new(Dialect.Patch2011), Events + "\nSetStopper(p, t)",
            ["Overflow(p)", "Close(p)", "SetStarter(q, t)", "SetStopper(q, t)", "Tick(q, 2)", "Tick(t, 1)", "Paused(t)", "Samples(p)", "Disable(t)"],
            ["Paused(t)"]),
        // p starts t and stops itself and u: order of the roles, one-shots, more than one visit of a role.
        ("crossed", new(Dialect.Amended), Events + "\nu = Open(task 0, period 1, enabled, paused)\nScheduleIn(u)\nSetStarter(p, u)\nSetStopper(p, p)\nSetStopper(p, t)",
            ["Overflow(p)", "Tick(u, 1)", "Paused(p)", "Paused(t)", "Close(t)", "Unthrottle(u)"],
            ["Paused(t)", "Count(u)"]),
        // Handles run out: answers of Open.
        ("full", new(Dialect.Patch2011, Handles: 4), Events + "\nSetStarter(q, t)",
            ["Open", "Close(q)", "Overflow(q)", "StarterOf(t)", "Throttle(q)", "SetStarter(p, t)"],
            ["StarterOf(t)"]),
        // A task forks: what is copied of what changes meanwhile.
        ("forking", new(Dialect.Amended), Inherited + "\nSetStopper(p, t)",
            ["Fork(0, 2)", "SetStarter(p, t)", "Close(p)", "Disable(t)", "Overflow(p)", "StopperOf(t@2)", "State(t@2)", "Exit(2)"],
            ["StopperOf(t@2)", "Paused(t@2)"]),
        // A task ends, or forks again: totals, and calls that reach copies.
        ("forked", new(Dialect.Patch2011, Tasks: 4), Inherited + "\nSetStopper(p, t)\nFork(0, 2)\nScheduleIn(p@2)\nScheduleIn(t@2)",
            ["Exit(2)", "TotalCount(t)", "Tick(t@2, 2)", "Disable(t)", "Close(t)", "State(t@2)", "Fork(2, 3)", "Overflow(p@2)", "Count(t@2)"],
            ["TotalCount(t)", "State(t@3)"]),
        // p stops t, which nobody names: visits that only their overflow has to do with, and all that can make them somebody's business.
        ("unobserved", new(Dialect.Amended), Events + "\nu = Open(task 0, period 1, enabled, paused)\nScheduleIn(u)\nSetStopper(p, t)\nSetStarter(q, t)",
            ["Overflow(p)", "Overflow(q)", "Disable(p)", "Close(p)", "Close(q)", "SetStarter(p, u)", "Paused(t)", "Samples(p)"],
            ["Paused(t)", "Paused(u)"]),
        // p starts u and stops s, which is paused and which nobody names: an idle visit, and late ones that must not be lost to it.
        ("idle", new(Dialect.Amended), Events + "\nu = Open(task 0, period 1, enabled, paused)\ns = Open(task 0, paused)\nScheduleIn(u)\nSetStarter(p, u)\nSetStopper(p, s)\nSetStopper(q, u)",
            ["Overflow(p)", "Overflow(q)", "Close(p)", "Paused(u)", "SetStarter(p, t)", "SetStarter(q, s)", "Fork(0, 2)"],
            ["Paused(u)", "Paused(s)"]),
    ];

    /// <summary>The programs of a world whose threads have these lengths.</summary>
    public static IEnumerable<SmallProgram> Programs(int world, params int[] lengths)
    {
        var (_, declaration, setup, alphabet, after) = Worlds[world];
        var lines = setup.Split('\n').Select(line => new Line(OperationParser.Operation(line))).ToImmutableArray();
        foreach (var letters in Words(alphabet.Length, lengths.Sum()))
        {
            var opened = 0;
            var threads = ImmutableArray.CreateBuilder<ProgramThread>();
            var at = 0;
            foreach (var length in lengths)
            {
                threads.Add(new([.. letters.Skip(at).Take(length).Select(letter => alphabet[letter] == "Open"
                    ? new Line(new Operation.Open(Handle.Of('x', ++opened), new Attributes(Task: 0)))
                    : new Line(OperationParser.Operation(alphabet[letter])))]));
                at += length;
            }

            yield return new SmallProgram(declaration, lines, threads.ToImmutable(), [.. after.Select(text => new Line(OperationParser.Operation(text)))]);
        }
    }

    /// <summary>
    /// The histories of a program: every order of calls and returns, also with the last return of a thread missing; with
    /// answers from those that the model can give to each call, in any combination, and one that it never gives.
    /// </summary>
    public static IEnumerable<SmallHistory> Histories(SmallProgram program)
    {
        var outcomes = Outcomes.Of(program.Declaration, program.Setup, program.Threads, program.After, Budget.Default).All.Values;
        var answers = program.Threads
            .SelectMany((thread, t) => thread.Lines.Select((_, i) => outcomes.Select(outcome => outcome.Threads[t][i])))
            .Concat(program.After.Select((_, i) => outcomes.Select(outcome => outcome.After[i])))
            .Select(seen => seen.Distinct().ToList())
            .Select((seen, place) => seen.Append(Never(seen, place)).ToArray())
            .ToArray();
        foreach (var (order, cut) in Orders([.. program.Threads.Select(thread => thread.Lines.Length)]))
        {
            foreach (var choice in Choices([.. answers.Select(list => list.Length)]))
                yield return Seen(program, order, cut, i => answers[i][choice[i]]);
        }
    }

    /// <summary>An answer of the wrong kind, or one that is wrong by little.</summary>
    private static Result Never(List<Result> seen, int place) =>
        new[] { Result.Of(Errno.EBUSY), Result.Of(7L), Result.Gate(paused: true), Result.Ok, Result.Of(Errno.EBADF) }
            .Skip(place % 3).First(result => !seen.Contains(result));

    private static SmallHistory Seen(SmallProgram program, int[] order, int cut, Func<int, Result> answer)
    {
        var events = ImmutableArray.CreateBuilder<HistoryEvent>();
        var done = new int[program.Threads.Length];
        foreach (var thread in order)
        {
            var (line, returns) = (done[thread] / 2, done[thread] % 2 == 1);
            done[thread]++;
            var number = program.Threads.Take(thread).Sum(t => t.Lines.Length) + line;
            if (thread == cut && returns && line == program.Threads[thread].Lines.Length - 1) continue;
            events.Add(returns ? new(thread, null, answer(number)) : new(thread, program.Threads[thread].Lines[line].Operation, null));
        }

        var before = program.Threads.Sum(t => t.Lines.Length);
        return new(program, events.ToImmutable(), [.. program.After.Select((line, i) => line with { Result = answer(before + i) })]);
    }

    /// <summary>The orders of calls and returns: a word in which each thread stands twice for each of its operations.</summary>
    private static IEnumerable<(int[] Order, int Cut)> Orders(int[] lengths)
    {
        foreach (var word in Words(lengths.Length, 2 * lengths.Sum()))
        {
            if (Enumerable.Range(0, lengths.Length).Any(thread => word.Count(letter => letter == thread) != 2 * lengths[thread])) continue;
            for (var cut = -1; cut < lengths.Length; cut++) yield return (word, cut);
        }
    }

    private static IEnumerable<int[]> Words(int letters, int length) => Choices([.. Enumerable.Repeat(letters, length)]);

    private static IEnumerable<int[]> Choices(int[] sizes)
    {
        var choice = new int[sizes.Length];
        while (true)
        {
            yield return [.. choice];
            var i = sizes.Length - 1;
            while (i >= 0 && ++choice[i] == sizes[i]) choice[i--] = 0;
            if (i < 0) yield break;
        }
    }
}
