// Runs one sequence of operations on a subject with the model beside it, and says where the two part.
using System.Collections.Immutable;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>What came of a sequence.</summary>
/// <param name="Mismatch">Where it went wrong first, or null.</param>
/// <param name="Operations">How many operations ran.</param>
/// <param name="Spoke">The rules that decided the answers.</param>
public readonly record struct SequenceOutcome(SequentialMismatch? Mismatch, long Operations, RuleSet Spoke);

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
        var operations = 0L;
        foreach (var line in program.Setup.Concat(program.After))
        {
            for (var time = 0; time < line.Times; time++)
            {
                var model = Step.Apply(state, line.Operation);
                var seen = Ask(subject, line.Operation, out var threw);
                spoke |= model.Rules;
                operations++;
                if (seen != model.Result || threw is not null)
                {
                    done.Add(new Line(line.Operation, threw is null ? seen : null));
                    var mismatch = new SequentialMismatch(done.ToImmutable(), done.Count - 1, model.Result, model.Rules, state) { Threw = threw, InPlay = InPlay(model, lastChange) };
                    return new(mismatch, operations, spoke);
                }

                if (time == line.Times - 1) done.Add(line with { Result = model.Result });
                if (!line.Operation.IsRead) lastChange = model.Rules;
                state = model.State;
            }
        }

        return new(null, operations, spoke);
    }

    private static Result Ask(ISubject subject, Operation operation, out string? threw)
    {
        threw = null;
        try
        {
            return subject.Apply(operation);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // An exception is an answer that no model gives.
            threw = $"threw {e.GetType().Name}: {OperationParser.Short(e.Message)}";
            return default;
        }
    }

    // Where an errno was due, its own rule was broken. Elsewhere what is seen may come from the last change as well.
    private static RuleSet InPlay(Outcome expected, RuleSet lastChange) =>
        expected.Result.IsError ? expected.Rules - RuleSet.Of(1_09) : (expected.Rules - RuleSet.Of(1_09)) | lastChange;
}
