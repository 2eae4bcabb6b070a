// A document of the text grammar: a program, an example, a scenario, a saved failure. Printed here, parsed in ProgramParser.
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Text;

/// <summary>An operation and, where it is known or asked for, its answer.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Result">Its answer.</param>
/// <param name="Times">How often it runs, one after the other, each with that answer; more than once only in a sequence.</param>
public sealed record Line(Operation Operation, Result? Result = null, int Times = 1)
{
    /// <summary>The line in the text grammar.</summary>
    public override string ToString()
    {
        var call = Times == 1 ? Operation.ToString() : FormattableString.Invariant($"{Times} times {Operation}");
        return Result is { } result ? $"{call} -> {result}" : call;
    }
}

/// <summary>The calls of one thread of a program, in order. Threads are named A, B, C… by their place.</summary>
public sealed record ProgramThread(ImmutableArray<Line> Lines)
{
    /// <summary>The name of the thread at a place.</summary>
    public static string Name(int thread) => ((char)('A' + thread)).ToString();
}

/// <summary>A call (with its operation) or a return (with its result) of one thread.</summary>
public readonly record struct HistoryEvent(int Thread, Operation? Call, Result? Return)
{
    /// <summary>The event in the text grammar.</summary>
    public override string ToString() =>
        Call is not null ? $"{ProgramThread.Name(Thread)} calls {Call}" : $"{ProgramThread.Name(Thread)} returns {Return}";
}

/// <summary>One document: a header, and a program or the observations of one.</summary>
public sealed record Program
{
    /// <summary>The version of the grammar that this kit reads and writes.</summary>
    public const int Version = 1;

    /// <summary>Its point, in one sentence.</summary>
    public string? Title { get; init; }

    /// <summary>The rules that it is an example of.</summary>
    public ImmutableArray<RuleId> Rules { get; init; } = [];

    /// <summary>The dialect that it speaks of, or null for each that has its operations.</summary>
    public Dialect? Dialect { get; init; }

    /// <summary>The declaration of the system; the dialect in it is that of <see cref="Dialect"/>, or Patch2011.</summary>
    public Declaration Declaration { get; init; } = new(Model.Dialect.Patch2011);

    /// <summary>The subject that a saved failure is about.</summary>
    public string? Subject { get; init; }

    /// <summary>The check that saved it.</summary>
    public string? Check { get; init; }

    /// <summary>The strategy that found a saved schedule.</summary>
    public string? Strategy { get; init; }

    /// <summary>The seed that found it.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The verdict on its history: conforms, violates or unknown.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>The calls that run first, alone.</summary>
    public ImmutableArray<Line> Setup { get; init; } = [];

    /// <summary>The threads that run then, at once.</summary>
    public ImmutableArray<ProgramThread> Threads { get; init; } = [];

    /// <summary>The calls that run when all threads have ended.</summary>
    public ImmutableArray<Line> After { get; init; } = [];

    /// <summary>The calls and returns that were seen between setup and after, or default.</summary>
    public ImmutableArray<HistoryEvent> History { get; init; }

    /// <summary>A saved schedule, line by line as the scheduler wrote it, or default.</summary>
    public ImmutableArray<string> Schedule { get; init; }

    /// <summary>The dialects that it speaks of: the one that it names, or those that have its operations.</summary>
    public ImmutableArray<Dialect> Dialects =>
        Dialect is { } dialect ? [dialect] : [.. Enum.GetValues<Dialect>().Where(one => MissingIn(one) is null)];

    /// <summary>An operation of it that a dialect does not have, or null: Linux613 has no links to set (rule 8.11), and the others have no groups (8.10).</summary>
    internal Operation? MissingIn(Dialect dialect) => EveryOperation.FirstOrDefault(operation => dialect == Model.Dialect.Linux613
        ? operation is Operation.SetLink
        : operation is Operation.Open { Attributes.Grouped: true });

    /// <summary>The declaration of the system, in a dialect.</summary>
    public Declaration DeclarationIn(Dialect dialect) => Declaration with { Dialect = dialect };

    /// <summary>The same program, in a dialect.</summary>
    public Program In(Dialect dialect) => this with { Dialect = dialect, Declaration = DeclarationIn(dialect) };

    /// <summary>The same program, without any observation of it.</summary>
    public Program Unanswered => this with
    {
        Setup = Forgotten(Setup),
        Threads = [.. Threads.Select(thread => new ProgramThread(Forgotten(thread.Lines)))],
        After = Forgotten(After),
        History = default,
        Schedule = default,
    };

    /// <summary>Every operation of the program, setup first.</summary>
    public IEnumerable<Operation> Operations =>
        Setup.Concat(Threads.SelectMany(thread => thread.Lines)).Concat(After).Select(line => line.Operation);

    // Those of the history too, which a saved document may have alone.
    private IEnumerable<Operation> EveryOperation => Operations.Concat(History.IsDefault ? [] : History.Select(e => e.Call).OfType<Operation>());

    /// <summary>The names that setup and threads open, in order.</summary>
    public IEnumerable<Handle> Opened => Operations.OfType<Operation.Open>().Select(open => open.Name);

    /// <summary>The tasks that forks of the program may make, in order.</summary>
    public ImmutableArray<int> Forked => [.. Operations.OfType<Operation.Fork>().Select(fork => fork.Child).Where(child => child >= Declaration.Roots && child < Declaration.Tasks).Distinct().Order()];

    /// <summary>Whether only a subject that claims +inheritance can be asked all this (rule 9.2).</summary>
    public bool NeedsInheritance => EveryOperation.Any(operation => operation
        is Operation.Fork or Operation.Exit or Operation.TotalCount or Operation.OnInstance { Instance.IsCopy: true });

    /// <summary>Every read of the events that the program opened and of the copies that its forks may have made: the observable part of its state.</summary>
    public IEnumerable<Operation> Readout()
    {
        var children = Forked;
        var inheriting = Operations.OfType<Operation.Open>().Where(open => open.Attributes is { Inherit: true, Task: >= 0 }).Select(open => open.Name).Distinct().ToList();
        var reads = Readout(Opened.Select(Instance.Own));
        return children.IsEmpty ? reads
            : [.. reads, .. inheriting.Select(e => new Operation.TotalCount(e)), .. Readout(from child in children from e in inheriting select new Instance(e, child))];
    }

    /// <summary>Every read of these instances.</summary>
    public static IEnumerable<Operation> Readout(IEnumerable<Instance> instances) => instances.SelectMany(e => new Operation[]
    {
        new Operation.StateOf(e), new Operation.PausedOf(e), new Operation.CountOf(e), new Operation.SamplesOf(e),
        new Operation.OwnerOf(Role.Starter, e), new Operation.OwnerOf(Role.Stopper, e),
    });

    /// <summary>The whole document, first line and <c>end</c> included.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"perfmodel {Version}");
        Header("title", Title is null ? null : HeaderText.Write(Title));
        Header("rules", Rules.IsEmpty ? null : string.Join(", ", Rules));
        Header("dialect", Dialect?.ToString());
        if (Declaration with { Dialect = Model.Dialect.Patch2011 } != new Declaration(Model.Dialect.Patch2011))
            text.AppendLine(Declaration.ToString().Split('\n')[1]);
        Header("subject", Subject is null ? null : HeaderText.Write(Subject));
        Header("check", Check is null ? null : HeaderText.Write(Check));
        Header("strategy", Strategy is null ? null : HeaderText.Write(Strategy));
        Header("seed", Seed?.ToString(CultureInfo.InvariantCulture));
        Header("verdict", Verdict?.HistoryWord());
        foreach (var line in Setup) text.AppendLine(line.ToString());
        for (var thread = 0; thread < Threads.Length; thread++)
            Section($"thread {ProgramThread.Name(thread)}", Threads[thread].Lines);
        if (!After.IsEmpty) Section("after", After);
        if (!History.IsDefault) Section("history", Shortened(History));
        if (!Schedule.IsDefault) Section("schedule", Schedule);
        return text.AppendLine("end").ToString();

        void Header(string key, string? value)
        {
            if (value is not null) text.AppendLine(CultureInfo.InvariantCulture, $"{key} {value}");
        }

        void Section<T>(string name, IEnumerable<T> lines)
        {
            text.AppendLine(name);
            foreach (var line in lines) text.AppendLine(CultureInfo.InvariantCulture, $"  {line}");
        }
    }

    private static ImmutableArray<Line> Forgotten(ImmutableArray<Line> lines) => [.. lines.Select(line => line with { Result = null })];

    /// <summary>The lines of a history; a call that returns at once is one line.</summary>
    public static IEnumerable<string> Shortened(ImmutableArray<HistoryEvent> history)
    {
        for (var i = 0; i < history.Length; i++)
        {
            if (history[i].Call is { } call && i + 1 < history.Length && history[i + 1] is { Return: { } result } next && next.Thread == history[i].Thread)
            {
                yield return $"{ProgramThread.Name(history[i].Thread)}: {call} -> {result}";
                i++;
            }
            else
            {
                yield return history[i].ToString();
            }
        }
    }
}

/// <summary>A text that is not of the grammar; the message says where and why, in one line.</summary>
public sealed class ProgramException(string message) : Exception(message);
