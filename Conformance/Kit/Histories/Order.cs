// An order of atomic steps, and how a person reads it: operations in the order of their steps, taken apart only where others came between.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Histories;

/// <summary>One atomic step of an order.</summary>
/// <param name="Thread">The thread of the call that took it, or −1 for a line of after.</param>
/// <param name="Call">The number of its call: calls are counted from 0 in the order in which they were made.</param>
/// <param name="Operation">The operation that was called.</param>
/// <param name="First">Whether it is the first step of its call.</param>
/// <param name="Before">The state before it.</param>
/// <param name="Step">The step.</param>
public readonly record struct OrderStep(int Thread, int Call, Operation Operation, bool First, State Before, CallStep Step)
{
    /// <summary>Whether it is the last step of its call.</summary>
    public bool Last => Step.Call.Result is not null;

    /// <summary>All rules that the step exercises.</summary>
    public RuleSet Rules => Cited.By(Before, Operation, Step);

    /// <summary>Whether the step names or visits an event.</summary>
    public bool Touches(Handle e) =>
        Operation.Uses.Contains(e) || (Operation is Operation.Open open && open.Name == e)
        || (Step.Label.Kind is StepKind.Visit or StepKind.Copy or StepKind.CopyDies or StepKind.Fails or StepKind.VisitBegins or StepKind.VisitMoves or StepKind.VisitEnds && Step.Label.Instance.Event == e)
        || Step.Label.Kind == StepKind.Appear;
}

/// <summary>Atomic steps in one total order.</summary>
/// <param name="Steps">The steps.</param>
public sealed record Order(ImmutableArray<OrderStep> Steps)
{
    /// <summary>The order of no step.</summary>
    public static Order Empty { get; } = new([]);

    /// <summary>
    /// The order in words. A call is one word if its steps follow each other; else each of its steps is one:
    /// <c>A: Overflow(p) admitted</c>, <c>A: Overflow(p) visits t (stopper)</c>, <c>A: Overflow(p) sample</c>.
    /// </summary>
    public ImmutableArray<string> Words() => [.. Told().Select(word => Who(word.Last.Thread) + word.Words)];

    /// <summary>The same words without their threads, each with the last step that it stands for.</summary>
    internal ImmutableArray<(string Words, OrderStep Last)> Told()
    {
        var words = ImmutableArray.CreateBuilder<(string, OrderStep)>();
        for (var i = 0; i < Steps.Length; i++)
        {
            var step = Steps[i];
            var end = i;
            while (!Steps[end].Last && end + 1 < Steps.Length && Steps[end + 1].Call == step.Call) end++;
            var whole = step.First && Steps[end].Last;
            if (whole) i = end;
            words.Add((step.Operation + (whole ? "" : Part(step)), Steps[i]));
        }

        return words.ToImmutable();
    }

    /// <summary>The order in words, on one line.</summary>
    public override string ToString() => Steps.IsEmpty ? "(nothing)" : string.Join(", ", Words());

    private static string Who(int thread) => thread < 0 ? "" : ProgramThread.Name(thread) + ": ";

    private static string Part(OrderStep step) =>
        step.Step.Label switch
        {
            { Kind: StepKind.Visit } visit => $" visits {visit.Instance} ({visit.Role.ToString().ToLowerInvariant()})",
            { Kind: StepKind.Sample } => " sample",
            { Kind: StepKind.Admission } => " admitted",
            { Kind: StepKind.Begin } => " begins",
            { Kind: StepKind.End } => " ends",
            { Kind: StepKind.Source } => " finds its source running",
            { Kind: StepKind.Name } => " takes the name",
            { Kind: StepKind.Appear } => " appears",
            { Kind: StepKind.TaskEnds } => ": the task ends",
            { Kind: StepKind.CopyDies, Instance: var copy } => $": {copy} dies",
            { Kind: StepKind.Own } => " decided",
            { Kind: StepKind.Copy, Instance: var copy } => $" reaches {copy}",
            { Kind: StepKind.Leader } => " finds the leader",
            { Kind: StepKind.Opened } => " is live",
            { Kind: StepKind.Fails, Instance: var member } => $": {member} is in error",
            { Kind: StepKind.VisitBegins } visit => $" comes to {visit.Instance} ({visit.Role.ToString().ToLowerInvariant()})",
            { Kind: StepKind.VisitMoves } visit => $" moves {visit.Instance} ({visit.Role.ToString().ToLowerInvariant()})",
            { Kind: StepKind.VisitEnds } visit => $" leaves {visit.Instance}",
            _ => " answered",
        };
}
