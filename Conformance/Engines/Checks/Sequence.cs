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
internal readonly record struct SequenceOutcome(SequentialMismatch? Mismatch, long Operations, RuleSet Spoke)
{
    /// <summary>The operation that the subject does not implement, and why, in one line: the sequence ended there. Or null.</summary>
    public string? Skipped { get; init; }

    /// <summary>The known defects that the subject ran into before the mismatch.</summary>
    public ImmutableArray<KnownDefect> Defects { get; init; } = [];
}

/// <summary>The sequential comparison.</summary>
internal static class Sequence
{
    /// <summary>Compares a program on a system that the context makes, and tells its witness.</summary>
    public static SequenceOutcome Run(CheckContext context, Program program, Dialect dialect)
    {
        context.Witness?.Begin(program, dialect);
        var declaration = program.DeclarationIn(dialect);
        var subject = context.Create(declaration);
        var outcome = Compare(program, declaration, subject, context.Witness, context.OneAtATime);
        context.End(subject);
        return outcome;
    }

    /// <summary>Runs setup and after of a program, in this order, and stops at the first answer that differs from the model's.</summary>
    public static SequenceOutcome Compare(Program program, Declaration declaration, ISubject subject, IWitness? witness = null, bool oneAtATime = false)
    {
        if (subject is IRemoteSubject remote)
        {
            using var ahead = new Ahead(program, remote, witness, oneAtATime ? 1 : Ahead.Most);
            return Compare(program, declaration, (_, number, time) => ahead.Next(number, time));
        }

        var outcome = Compare(program, declaration, (operation, number, time) =>
        {
            witness?.Call(0, Phase.Setup, number, time);
            var answer = Ask(subject, operation);
            witness?.Return(0);
            return answer;
        });
        return outcome.Mismatch is null ? outcome : outcome with { Defects = subject.Met() };
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
        var model = new ModelSubject(declaration);
        return Compare(program, declaration, (operation, at, times) => (at, times) == (number, time) ? new Answer { Instead = instead } : new Answer(model.Apply(operation))).Mismatch;
    }

    private static SequenceOutcome Compare(Program program, Declaration declaration, Func<Operation, int, int, Answer> ask)
    {
        var (start, operations, spoke, number) = (State.Initial(declaration), 0L, RuleSet.None, 0);
        var state = start;
        var done = new List<Line>();
        foreach (var line in program.Setup.Concat(program.After))
        {
            Result? last = null;
            var times = 0;
            for (var time = 0; time < line.Times; time++)
            {
                var model = Step.Apply(state, line.Operation);
                var answered = ask(line.Operation, number, time);
                if (answered.Skipped is { } why) return new(null, operations, spoke) { Skipped = $"{line.Operation.Verb}: {why}" };
                var (seen, threw) = (answered.Result, answered.Instead);
                // What was not answered was not compared. The same call with the same answer once more exercises no other rule: some examples have two million.
                if (threw is null && (time == 0 || model.Result != last)) spoke |= Cited.By(state, line.Operation, model);
                operations++;
                Result? answer = threw is null ? seen : null;
                if (times > 0 && answer != last) Done();
                last = answer;
                times++;
                if (seen != model.Result || threw is not null)
                {
                    Done();
                    return new(SequentialMismatch.Find(start, done, out _, threw), operations, spoke);
                }

                state = model.State;
            }

            Done();
            number++;

            // The answers that are alike are one line.
            void Done()
            {
                if (times > 0) done.Add(new Line(line.Operation, last) { Times = times });
                times = 0;
            }
        }

        return new(null, operations, spoke);
    }

    private static Answer Ask(ISubject subject, Operation operation)
    {
        try
        {
            return new(subject.Apply(operation));
        }
        catch (NotImplementedException e)
        {
            return new() { Skipped = Quoted.Thrown(e) };
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // An exception is an answer that no model gives.
            return new() { Instead = $"threw {Quoted.Thrown(e)}" };
        }
    }

    /// <summary>Asks a remote subject many operations in one message. What it does behind an answer that differs is not looked at.</summary>
    private sealed class Ahead(Program program, IRemoteSubject subject, IWitness? witness, int most) : IDisposable
    {
        /// <summary>As many as one message holds: more would gain nothing, and may take longer than patience has.</summary>
        public const int Most = 256;

        private readonly IEnumerator<Operation> _coming = program.Setup.Concat(program.After).SelectMany(line => Enumerable.Repeat(line.Operation, line.Times)).GetEnumerator();
        private readonly Queue<Answer> _answers = [];
        private readonly List<Operation> _asked = [];

        /// <summary>The answer to the next operation.</summary>
        public Answer Next(int number, int time)
        {
            if (_answers.Count == 0)
            {
                _asked.Clear();
                while (_asked.Count < most && _coming.MoveNext()) _asked.Add(_coming.Current);
                witness?.Call(0, Phase.Setup, number, most == 1 ? time : -1);
                foreach (var answer in subject.ApplyAll(_asked)) _answers.Enqueue(answer);
                witness?.Return(0);
            }

            return _answers.Dequeue();
        }

        public void Dispose() => _coming.Dispose();
    }
}
