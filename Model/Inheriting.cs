// The calls that touch more than one task, as programs of atomic steps (rules 7.9 to 7.11): Exit, TotalCount, Enable and Disable. Fork's is in Forking.cs.
namespace PerfModel.Model;

public abstract partial record Call
{
    /// <summary>Exit: the task ends; then each of its copies dies in a step of its own (rule 7.10).</summary>
    private sealed record Exiting(Operation.Exit Exit) : Call(Exit)
    {
        private bool Ended { get; init; }

        public override Result? Settled => Ended ? Model.Result.Ok : null;

        public override IEnumerable<CallStep> Steps(State state, Result? seen)
        {
            if (!Ended)
            {
                var end = Step.EndTask(state, Exit);
                yield return After(state, end, end.Result.IsError ? end.Result : null, StepKind.TaskEnds, default);
                yield break;
            }

            // Nobody makes copies for an ended task, and nobody else ends them.
            foreach (var copy in state.In(Exit.Task))
                yield return After(state, Step.EndCopy(state, copy), null, StepKind.CopyDies, copy.Id);
        }

        private CallStep After(State before, Outcome outcome, Result? refusal, StepKind kind, Instance copy)
        {
            var result = refusal ?? (outcome.State.In(Exit.Task).Any() ? null : Model.Result.Ok);
            var call = result is { } answer ? Returned(Exit, answer) : this with { Ended = true };
            return new(outcome.State, call, outcome.Rules, Concurrent(7_10)) { Kind = kind, Copy = copy };
        }
    }

    /// <summary>TotalCount: begin and end; any value between the two totals (rule 7.9).</summary>
    private sealed record Totalling(Operation.TotalCount Read) : Call(Read)
    {
        private Int128? Begun { get; init; }

        public override IEnumerable<CallStep> Steps(State state, Result? seen)
        {
            var now = Step.Total(state, Read.Event);
            if (Begun is null && now is not null)
            {
                yield return new(state, this with { Begun = now }, RuleSet.Of(6_10), Concurrent(7_09)) { Kind = StepKind.Begin };
                yield break;
            }

            if (Begun is not { } lowest || now is not { } highest)
            {
                yield return End(state, null);
                yield break;
            }

            // What was seen stands for all the values between: each leads to the same state.
            if (seen?.Number is { } number && number >= lowest && number <= highest)
            {
                yield return End(state, number);
                yield break;
            }

            if (seen is not null)
            {
                yield return End(state, lowest);
                yield break;
            }

            for (var total = lowest; total <= highest; total++) yield return End(state, total);
        }

        private CallStep End(State state, Int128? total)
        {
            var outcome = Step.Total(state, total);
            return new(state, Returned(Read, outcome.Result), outcome.Rules, Concurrent(7_09)) { Kind = StepKind.End };
        }
    }

    /// <summary>
    /// Enable or Disable of an event that forks copy: the own instance, which decides the answer; then each copy that was live then and
    /// still is, and perhaps copies that appeared since (rule 7.11).
    /// </summary>
    private sealed record ReachingCopies(Operation.OnEvent Change) : Call(Change)
    {
        private bool Decided { get; init; }

        private InstanceSet Owed { get; init; }

        private InstanceSet Reached { get; init; }

        public override Result? Settled => Decided ? Model.Result.Ok : null;

        public override IEnumerable<CallStep> Steps(State state, Result? seen)
        {
            if (!Decided)
            {
                var own = Step.Atomic(state, Change);
                var owed = InstanceSet.Of(state.CopiesOf(Change.Event).Select(copy => copy.Id));
                yield return state.Find(Change.Event) is not { Inherit: true, Task: >= 0 } || (owed.IsEmpty && NobodyForks(state))
                    ? new(own.State, Returned(Change, own.Result), own.Rules, Concurrent(7_02))
                    : new(own.State, this with { Decided = true, Owed = owed }, own.Rules, Concurrent(7_11)) { Kind = StepKind.Own };
                yield break;
            }

            foreach (var copy in state.CopiesOf(Change.Event))
            {
                if (Reached.Contains(copy.Id)) continue;
                var outcome = Step.OnCopy(state, Change, copy);
                yield return new(outcome.State, this with { Owed = Owed.Without(copy.Id), Reached = Reached.With(copy.Id) }, outcome.Rules, Concurrent(7_11))
                {
                    Kind = StepKind.Copy,
                    Copy = copy.Id,
                };
            }

            if (Owed.IsEmpty) yield return new(state, Returned(Change, Model.Result.Ok), RuleSet.None, Concurrent(7_11)) { Kind = StepKind.End };
        }

        // No Fork is under way or can begin: no copy will appear.
        private static bool NobodyForks(State state) =>
            state.AllNamesUsed && !state.Tasks.Any(task => task.Life == TaskLife.Coming);

        public override Call Observe(State after)
        {
            if (Owed.IsEmpty && Reached.IsEmpty) return this;
            var owed = Owed.Where(copy => after.Find(copy) is not null);
            var reached = Reached.Where(copy => after.Find(copy) is not null);
            return owed == Owed && reached == Reached ? this : this with { Owed = owed, Reached = reached };
        }
    }
}
