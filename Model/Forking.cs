// Fork as a program of atomic steps (rule 7.10). When each source and link is read is nobody's business but the Fork's, so
// its reads are not steps of the model: what could have been read is remembered, and chosen when the copies appear.
using System.Collections.Immutable;

namespace PerfModel.Model;

public abstract partial record Call
{
    /// <summary>Fork: the source runs; the name is taken; sources and links are read; the task and its copies appear.</summary>
    private sealed record Forking(Operation.Fork Fork) : Call(Fork)
    {
        private bool Found { get; init; }

        private Readings? Read { get; init; }

        public override Result? Settled => Read is null ? null : Model.Result.Ok;

        public override IEnumerable<CallStep> Steps(State state)
        {
            if (!Found)
            {
                yield return Step.FindSource(state, Fork) is { } refusal
                    ? new(state, Returned(Fork, refusal.Result), default)
                    : new(state, this with { Found = true }, new(StepKind.Source));
            }
            else if (Read is null)
            {
                var named = Step.TakeName(state, Fork);
                yield return named.Result.IsError
                    ? new(state, Returned(Fork, named.Result), default)
                    : new(named.State, this with { Read = Readings.Begin(named.State, Fork.Task) }, new(StepKind.Name));
            }
            else
            {
                foreach (var (copies, links) in Read.Choices())
                    yield return new(Step.Appear(state, Fork, copies, links), Returned(Fork, Model.Result.Ok), new(StepKind.Appear));
            }
        }

        public override Call Observe(State after)
        {
            if (Read is null) return this;
            var read = Read.Observe(after, Fork.Task);
            return ReferenceEquals(read, Read) ? this : this with { Read = read };
        }
    }

    /// <summary>The readings that a Fork may have made so far, and those that it must have made: of each source its enabled bit and gate, and of each link that it was held.</summary>
    private sealed class Readings : IEquatable<Readings>
    {
        private readonly ImmutableArray<Source> _sources;
        private readonly ImmutableArray<Held> _links;

        private Readings(ImmutableArray<Source> sources, ImmutableArray<Held> links) => (_sources, _links) = (sources, links);

        /// <summary>An instance that was live at some instant since the name was taken.</summary>
        /// <param name="Id">Its name.</param>
        /// <param name="Cpu">Its cpu.</param>
        /// <param name="Period">Its period.</param>
        /// <param name="Group">Its attributes of a group.</param>
        /// <param name="Values">The pairs of enabled and gate that it had: bit 2·enabled + paused.</param>
        /// <param name="Owed">Whether it was live all the time.</param>
        private readonly record struct Source(Instance Id, int Cpu, long Period, GroupAttributes Group, int Values, bool Owed);

        /// <summary>A link that was held at some instant since then, and whether it was held all the time.</summary>
        private readonly record struct Held(LinkToMake Link, bool Owed);

        public static Readings Begin(State state, int task) => new Readings([], []).Seeing(state, task, first: true);

        public Readings Observe(State after, int task) => Seeing(after, task, first: false);

        private Readings Seeing(State state, int task, bool first)
        {
            var sources = _sources.ToBuilder();
            var links = _links.ToBuilder();
            for (var i = 0; i < sources.Count; i++) sources[i] = sources[i] with { Owed = sources[i].Owed && state.Find(sources[i].Id) is not null };
            for (var i = 0; i < links.Count; i++)
            {
                var (role, trigger, target) = links[i].Link;
                links[i] = links[i] with { Owed = links[i].Owed && IsHeld(state, role, trigger, target) };
            }

            foreach (var live in state.Instances)
            {
                if (live.Task != task || !live.Inherit) continue;
                var value = 1 << ((live.Enabled ? 2 : 0) + (live.Paused && state.Declaration.Dialect == Dialect.Amended ? 1 : 0));
                var at = Find(sources, live.Id);
                if (at < 0) sources.Add(new Source(live.Id, live.Cpu, live.Period, live.Group, value, first));
                else sources[at] = sources[at] with { Values = sources[at].Values | value };
                if (live.Starter is { } starter) Note(Role.Starter, starter, live.Id);
                if (live.Stopper is { } stopper) Note(Role.Stopper, stopper, live.Id);
                if (live is { Leader: { } leader, Group.Role: { } role }) Note(role, live.Id, leader);
            }

            sources.Sort((a, b) => a.Id.CompareTo(b.Id));
            links.Sort((a, b) => Compare(a.Link, b.Link));
            var seen = new Readings(sources.ToImmutable(), links.ToImmutable());
            return seen.Equals(this) ? this : seen;

            void Note(Role role, Instance trigger, Instance target)
            {
                if (state.Find(trigger) is not { Inherit: true } || state.Find(target) is not { Inherit: true }) return;
                var link = new LinkToMake(role, trigger, target);
                foreach (var known in links)
                    if (known.Link == link) return;
                links.Add(new Held(link, first));
            }
        }

        // By the target's slot; or by the trigger's leader, both being live.
        private static bool IsHeld(State state, Role role, Instance trigger, Instance target) =>
            state.Find(target) is { } e && (e.Owner(role) == trigger || state.Find(trigger)?.Leader == target);

        /// <summary>All that a Fork may make of its readings: the copies and links that it owes, and any of the rest.</summary>
        public IEnumerable<(ImmutableArray<CopyToMake> Copies, ImmutableArray<LinkToMake> Links)> Choices() =>
            from copies in CopiesFrom(0, [])
            let chosen = copies.Select(copy => copy.Source).ToHashSet()
            let held = _links.Where(held => chosen.Contains(held.Link.Trigger) && chosen.Contains(held.Link.Target)).ToImmutableArray()
            from links in LinksFrom(0, held, [])
            select (copies, links);

        private IEnumerable<ImmutableArray<CopyToMake>> CopiesFrom(int at, ImmutableArray<CopyToMake> before)
        {
            if (at == _sources.Length) return [before];
            var source = _sources[at];
            var choices = Enumerable.Range(0, 4).Where(value => (source.Values & 1 << value) != 0)
                .Select(value => before.Add(new CopyToMake(source.Id, source.Cpu, source.Period, (value & 2) != 0, (value & 1) != 0, source.Group)));
            return (source.Owed ? choices : choices.Append(before)).SelectMany(chosen => CopiesFrom(at + 1, chosen));
        }

        // A slot takes one link: the one that was held all the time, or else any that was held for a while, or none. A leader takes any number, and a
        // trigger has one leader.
        private IEnumerable<ImmutableArray<LinkToMake>> LinksFrom(int at, ImmutableArray<Held> held, ImmutableArray<LinkToMake> before)
        {
            if (at == held.Length) return [before];
            var (link, owed) = held[at];
            var with = LinksFrom(at + 1, held, before.Add(link));
            if (owed) return with;
            var without = LinksFrom(at + 1, held, before);
            var takesASlot = _sources.First(source => source.Id == link.Trigger).Group.Role is null;
            return takesASlot && before.Any(other => other.Role == link.Role && other.Target == link.Target) ? without : with.Concat(without);
        }

        public bool Equals(Readings? other) =>
            other is not null && _sources.AsSpan().SequenceEqual(other._sources.AsSpan()) && _links.AsSpan().SequenceEqual(other._links.AsSpan());

        public override bool Equals(object? obj) => Equals(obj as Readings);

        public override int GetHashCode()
        {
            var hash = 17;
            foreach (var source in _sources) hash = hash * 31 + source.GetHashCode();
            foreach (var link in _links) hash = hash * 31 + link.GetHashCode();
            return hash;
        }

        private static int Find(ImmutableArray<Source>.Builder sources, Instance id)
        {
            for (var i = 0; i < sources.Count; i++)
                if (sources[i].Id == id) return i;
            return -1;
        }

        private static int Compare(LinkToMake a, LinkToMake b) =>
            a.Target.CompareTo(b.Target) is var target and not 0 ? target
            : a.Role.CompareTo(b.Role) is var role and not 0 ? role
            : a.Trigger.CompareTo(b.Trigger);
    }
}
