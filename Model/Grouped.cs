// The calls that take other steps where there are groups (Linux613, rules 8.16 to 8.21): the pass of an overflow, Close, and Open with a leader.
namespace PerfModel.Model;

public abstract partial record Call
{
    private enum GroupPhase
    {
        Sample,
        VisitBegins,
        VisitMoves,
        VisitEnds,
    }

    /// <summary>
    /// Tick or Overflow after its admission, in Linux613: one that pauses visits its leader, then samples; one that resumes samples, then visits (rule 8.16).
    /// A visit is three steps, and is dropped if another is in the middle of its own (rule 8.18).
    /// </summary>
    private sealed record GroupDelivery(Operation Operation) : Call(Operation)
    {
        private GroupPhase At { get; init; }

        private long Overflows { get; init; }

        private Role? Role { get; init; }

        // Null where there is nobody to visit, or not any more.
        private Instance? Leader { get; init; }

        private Instance Trigger => ((Operation.OnInstance)Operation).Instance;

        public override Result? Settled => Model.Result.Of(Overflows);

        public static Call Admitted(Operation operation, long overflows, State state)
        {
            var trigger = state.Find(((Operation.OnInstance)operation).Instance)!;
            var pausesFirst = trigger is { Leader: not null, Group.Role: Model.Role.Stopper };
            return new GroupDelivery(operation)
            {
                At = pausesFirst ? GroupPhase.VisitBegins : GroupPhase.Sample,
                Overflows = overflows,
                Role = trigger.Group.Role,
                Leader = trigger.Leader,
            }.Observe(state);
        }

        public override IEnumerable<CallStep> Steps(State state)
        {
            yield return At switch
            {
                GroupPhase.Sample => new(Step.Sample(state, Trigger, Overflows), Next(GroupPhase.VisitBegins, isDone: Role != Model.Role.Starter || Leader is null), new(StepKind.Sample)),
                GroupPhase.VisitBegins when state.Find(Leader!.Value)!.Visited => new(state, AfterVisit(), Label(StepKind.VisitBegins)),
                GroupPhase.VisitBegins => new(Step.BeginVisit(state, Leader!.Value), this with { At = GroupPhase.VisitMoves }, Label(StepKind.VisitBegins)),
                GroupPhase.VisitMoves => new(Step.MoveLeader(state, Leader!.Value, Role!.Value), this with { At = GroupPhase.VisitEnds }, Label(StepKind.VisitMoves)),
                _ => new(Step.EndVisit(state, Leader!.Value), AfterVisit(), Label(StepKind.VisitEnds)),
            };

            // Nothing is owed to the link of a dead trigger (rule 7.5).
            if (At == GroupPhase.VisitBegins && state.Find(Trigger) is null) yield return new(state, AfterVisit(), Label(StepKind.VisitBegins));
        }

        /// <summary>A leader that died is not visited, nor is a visit of it finished (rules 7.5 and 8.15).</summary>
        public override Call Observe(State after)
        {
            if (Leader is not { } leader || after.Find(leader) is not null) return this;
            var alone = this with { Leader = null };
            return At == GroupPhase.Sample ? alone : alone.AfterVisit();
        }

        private Call AfterVisit() => Next(GroupPhase.Sample, isDone: Role == Model.Role.Starter);

        private Call Next(GroupPhase phase, bool isDone) => isDone ? Returned(Operation, Model.Result.Of(Overflows)) : this with { At = phase };

        private StepLabel Label(StepKind kind) => new(kind, Leader!.Value, Role!.Value);
    }

    /// <summary>Close: the event dies (rule 7.8); in Linux613 its death then reaches each member of its group in a step of its own (rule 8.19).</summary>
    private sealed record Closing(Operation.Close Close) : Call(Close)
    {
        private bool Died { get; init; }

        private InstanceSet Owed { get; init; }

        public override Result? Settled => Died ? Model.Result.Ok : null;

        public override IEnumerable<CallStep> Steps(State state)
        {
            if (!Died)
            {
                var outcome = Step.Atomic(state, Close);
                var owed = outcome.Result.IsError ? InstanceSet.Empty : Members(outcome.State);
                yield return new(outcome.State, owed.IsEmpty ? Returned(Close, outcome.Result) : this with { Died = true, Owed = owed }, default);
                yield break;
            }

            // Also members that were opened since: their Open found the leader live, and had not brought the event to life.
            foreach (var member in Members(state).Members)
            {
                var owed = Owed.Without(member);
                yield return new(Step.Fail(state, state.Find(member)!), owed.IsEmpty ? Returned(Close, Model.Result.Ok) : this with { Owed = owed }, new(StepKind.Fails, member));
            }
        }

        /// <summary>A member that died, or that another has told, is not owed any more.</summary>
        public override Call Observe(State after)
        {
            if (!Died || Result is not null) return this;
            var owed = Owed.Where(Members(after).Contains);
            return owed.IsEmpty ? Returned(Close, Model.Result.Ok) : owed == Owed ? this : this with { Owed = owed };
        }

        private InstanceSet Members(State state) => state.Declaration.Dialect == Dialect.Linux613 ? state.MembersOf(Instance.Own(Close.Event)) : InstanceSet.Empty;
    }

    /// <summary>Open with a leader: the leader is found; the event is live; if the leader has died, its death reaches the event (rule 8.21).</summary>
    private sealed record Opening(Operation.Open Open) : Call(Open)
    {
        private bool Found { get; init; }

        private bool IsLive { get; init; }

        public override Result? Settled => IsLive ? Model.Result.Ok : null;

        public override IEnumerable<CallStep> Steps(State state)
        {
            if (!Found)
            {
                yield return Step.FindLeader(state, Open.Attributes) is { } refusal
                    ? new(state, Returned(Open, refusal.Result), default)
                    : new(state, this with { Found = true }, new(StepKind.Leader));
            }
            else if (!IsLive)
            {
                var outcome = Step.Atomic(state, Open);
                yield return outcome.Result.IsError
                    ? new(state, Returned(Open, outcome.Result), new(StepKind.Opened))
                    : new(outcome.State, (this with { IsLive = true }).Observe(outcome.State), new(StepKind.Opened));
            }
            else
            {
                yield return new(Step.Fail(state, state.Find(Open.Name)!), Returned(Open, Model.Result.Ok), new(StepKind.Fails, Instance.Own(Open.Name)));
            }
        }

        /// <summary>While its leader lives, or once it was told, nothing is left to do.</summary>
        public override Call Observe(State after) =>
            IsLive && !(after.Find(Open.Name) is { Leader: { } leader } && after.Find(leader) is null) ? Returned(Open, Model.Result.Ok) : this;
    }
}
