// Runs one sequence of operations on a subject with the model beside it, and says where the two part.
using System.Collections.Immutable;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>Where a subject's answer was not the model's.</summary>
/// <param name="Done">The operations before it, with their answers.</param>
/// <param name="Operation">The operation.</param>
/// <param name="Expected">The model's answer.</param>
/// <param name="Seen">The subject's answer, or what it threw.</param>
/// <param name="Before">The model's state before the operation.</param>
/// <param name="Rules">The rules in play.</param>
public sealed record Mismatch(ImmutableArray<Line> Done, Operation Operation, Result Expected, string Seen, State Before, RuleSet Rules);

/// <summary>What came of a sequence.</summary>
/// <param name="Mismatch">Where it went wrong first, or null.</param>
/// <param name="Operations">How many operations ran.</param>
/// <param name="Spoke">The rules that decided the answers.</param>
public readonly record struct SequenceOutcome(Mismatch? Mismatch, long Operations, RuleSet Spoke);

/// <summary>The sequential comparison.</summary>
public static class Sequence
{
    /// <summary>Runs setup and after of a program, in this order, and stops at the first answer that differs from the model's.</summary>
    public static SequenceOutcome Compare(Document program, Declaration declaration, ISubject subject)
    {
        var state = State.Initial(declaration);
        var done = ImmutableArray.CreateBuilder<Line>();
        var spoke = RuleSet.None;
        var lastChange = RuleSet.None;
        foreach (var (operation, _) in program.Setup.Concat(program.After))
        {
            var model = Step.Apply(state, operation);
            var seen = Ask(subject, operation);
            spoke |= model.Rules;
            if (seen != model.Result.ToString())
                return new(new Mismatch(done.ToImmutable(), operation, model.Result, seen, state, InPlay(model, lastChange)), done.Count + 1, spoke);
            done.Add(new Line(operation, model.Result));
            if (!operation.IsRead) lastChange = model.Rules;
            state = model.State;
        }

        return new(null, done.Count, spoke);
    }

    /// <summary>The subject's answer as a text; an exception is an answer that no model gives.</summary>
    public static string Ask(ISubject subject, Operation operation)
    {
        try
        {
            return subject.Apply(operation).ToString();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return $"threw {e.GetType().Name}: {OperationParser.Short(e.Message)}";
        }
    }

    // Where an errno was due, its own rule was broken. Elsewhere what is seen may come from the last change as well.
    private static RuleSet InPlay(Outcome expected, RuleSet lastChange) =>
        expected.Result.IsError ? expected.Rules - RuleSet.Of(1_09) : (expected.Rules - RuleSet.Of(1_09)) | lastChange;
}
