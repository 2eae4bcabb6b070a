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
    /// <summary>Compares a program on a system that the context makes, and tells its witness.</summary>
    public static SequenceOutcome Run(CheckContext context, Program program, Dialect dialect)
    {
        context.Witness?.Begin(program, dialect);
        var declaration = program.DeclarationIn(dialect);
        return Compare(program, declaration, context.Create(declaration), context.Witness);
    }

    /// <summary>Runs setup and after of a program, in this order, and stops at the first answer that differs from the model's.</summary>
    public static SequenceOutcome Compare(Program program, Declaration declaration, ISubject subject, IWitness? witness = null)
    {
        var state = State.Initial(declaration);
        var done = ImmutableArray.CreateBuilder<Line>();
        var spoke = RuleSet.None;
        var lastChange = RuleSet.None;
        var operations = 0L;
        var number = 0;
        foreach (var line in program.Setup.Concat(program.After))
        {
            for (var time = 0; time < line.Times; time++)
            {
                var model = Step.Apply(state, line.Operation);
                witness?.Call(0, Phase.Setup, number, time);
                var seen = Ask(subject, line.Operation, out var threw);
                witness?.Return(0);
                // What was not answered was not compared.
                if (threw is null) spoke |= model.Rules;
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

            number++;
        }

        return new(null, operations, spoke);
    }

    /// <summary>
    /// What there is to say of a call that never came back, when all before it were answered as the model does; null if the
    /// program has no such call.
    /// </summary>
    /// <param name="program">The program.</param>
    /// <param name="declaration">What the system declares.</param>
    /// <param name="number">Which line of setup and after it was, from 0.</param>
    /// <param name="time">Which time of that line, from 0.</param>
    /// <param name="instead">What happened instead of an answer.</param>
    public static SequentialMismatch? Lost(Program program, Declaration declaration, int number, int time, string instead)
    {
        var lines = program.Setup.AddRange(program.After);
        if (number >= lines.Length || time >= lines[number].Times) return null;
        var state = State.Initial(declaration);
        var lastChange = RuleSet.None;
        var done = ImmutableArray.CreateBuilder<Line>();
        for (var i = 0; ; i++)
        {
            var outcome = Step.Apply(state, lines[i].Operation);
            for (var t = 0; t < (i == number ? time : lines[i].Times); t++)
            {
                outcome = Step.Apply(state, lines[i].Operation);
                if (!lines[i].Operation.IsRead) lastChange = outcome.Rules;
                state = outcome.State;
            }

            if (i < number)
            {
                done.Add(lines[i] with { Result = outcome.Result });
                continue;
            }

            if (time > 0) done.Add(lines[i] with { Result = outcome.Result, Times = time });
            outcome = Step.Apply(state, lines[i].Operation);
            done.Add(new Line(lines[i].Operation));
            return new SequentialMismatch(done.ToImmutable(), done.Count - 1, outcome.Result, outcome.Rules, state) { Threw = instead, InPlay = InPlay(outcome, lastChange) };
        }
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
            threw = $"threw {e.GetType().Name}: {Quoted.Short(e.Message)}";
            return default;
        }
    }

    // Where an errno was due, its own rule was broken. Elsewhere what is seen may come from the last change as well.
    private static RuleSet InPlay(Outcome expected, RuleSet lastChange) =>
        expected.Result.IsError ? expected.Rules - RuleSet.Of(1_09) : (expected.Rules - RuleSet.Of(1_09)) | lastChange;
}
