// The calls that touch more than one task, as programs of atomic steps (rules 7.9 to 7.11): Exit, TotalCount, Enable and Disable. Fork's is in Forking.cs.
namespace PerfModel.Model;

public abstract partial record Call
{
    /// <summary>Exit: the task ends; then each of its copies dies in a step of its own (rule 7.10).</summary>
    private sealed record Exiting(Operation.Exit Exit) : Call(Exit)
    {
        private bool Ended { get; init; }

        public override Result? Settled => Ended ? Model.Result.Ok : null;

        public override IEnumerable<CallStep> Steps(State state)
        {
            if (!Ended)
            {
                var end = Step.EndTask(state, Exit);
                yield return After(end.State, end.Result.IsError ? end.Result : null, new(StepKind.TaskEnds));
                yield break;
            }

            // Nobody makes copies for an ended task, and nobody else ends them.
            foreach (var copy in state.In(Exit.Task))
                yield return After(Step.EndCopy(state, copy), null, new(StepKind.CopyDies, copy.Id));
        }

        private CallStep After(State after, Result? refusal, StepLabel label)
        {
            var result = refusal ?? (after.In(Exit.Task).Any() ? null : Model.Result.Ok);
            return new(after, result is { } answer ? Returned(Exit, answer) : this with { Ended = true }, label);
        }
    }

    /// <summary>TotalCount: begin and end; any value between the two totals (rule 7.9).</summary>
    private sealed record Totalling(Operation.TotalCount Read) : Call(Read)
    {
        private Int128? Begun { get; init; }

        public override IEnumerable<CallStep> Steps(State state)
        {
            var now = Step.Total(state, Read.Event);
            if (Begun is null && now is not null)
            {
                yield return new(state, this with { Begun = now }, new(StepKind.Begin));
                yield break;
            }

            if (Begun is not { } lowest || now is not { } highest)
            {
                yield return End(Model.Result.Of(Errno.EBADF)); // 1.7
                yield break;
            }

            var most = (long)Int128.Min(highest, long.MaxValue);
            if (lowest <= most) yield return End(Model.Result.Of((long)lowest)) with { Highest = most };
            if (highest > long.MaxValue) yield return End(Model.Result.Of(Errno.EOVERFLOW));

            CallStep End(Result answer) => new(state, Returned(Read, answer), new(StepKind.End));
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

        public override IEnumerable<CallStep> Steps(State state)
        {
            if (!Decided)
            {
                var own = Step.Atomic(state, Change);
                var owed = InstanceSet.Of(state.CopiesOf(Change.Event).Select(copy => copy.Id));
                yield return state.Find(Change.Event) is not { Inherit: true, Task: >= 0 } || (owed.IsEmpty && NobodyForks(state))
                    ? new(own.State, Returned(Change, own.Result), default)
                    : new(own.State, this with { Decided = true, Owed = owed }, new(StepKind.Own));
                yield break;
            }

            foreach (var copy in state.CopiesOf(Change.Event))
            {
                if (Reached.Contains(copy.Id)) continue;
                var reached = this with { Owed = Owed.Without(copy.Id), Reached = Reached.With(copy.Id) };
                yield return new(Step.OnCopy(state, Change, copy), reached, new(StepKind.Copy, copy.Id));
            }

            if (Owed.IsEmpty) yield return new(state, Returned(Change, Model.Result.Ok), new(StepKind.End));
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
