// Which visits of a history only their own overflow has to do with (L6 and L7 of Search.cs): read off its calls and returns, without a search.
using PerfModel.Model;

namespace PerfModel.Conformance.Histories;

/// <summary>The visits that no call which overlaps theirs sees, hinders or undoes; found call by call, when they are asked for.</summary>
internal sealed class Unobserved(Moments moments, Origin start)
{
    private readonly Overlap?[] _overlaps = new Overlap?[moments.Calls.Length];
    private HashSet<(Role Role, Handle Trigger, Handle Target)>? _links;

    /// <summary>An unobserved visit that a call can make now, or null.</summary>
    /// <param name="number">The number of the call.</param>
    /// <param name="call">What it has done.</param>
    /// <param name="state">The system.</param>
    public CallStep? Next(int number, Call call, State state)
    {
        if (call is not { Result: null, Settled: not null, Operation: Operation.Tick or Operation.Overflow }) return null;
        // Of a call from before the origin nobody knows here what else it overlapped.
        if (number < start.Moment) return null;
        var overlap = _overlaps[number] ??= OverlapOf(number);
        if (!overlap.Visits) return null;
        var starts = false;
        foreach (var step in call.Steps(state))
        {
            if (step.Label is not { Kind: StepKind.Visit } visit) continue;
            starts |= visit.Role == Role.Starter;
            // A late visit of a starter, whose link has ended, may still be made: a stopper would end that freedom.
            var isIdle = ReferenceEquals(step.State, state) && !(starts && visit.Role == Role.Stopper);
            if ((overlap.Spares || isIdle) && Spares(overlap, visit)) return step;
        }

        return null;
    }

    private bool Spares(Overlap overlap, StepLabel visit)
    {
        if (overlap.Named.Contains(visit.Instance.Event) || (visit.Role == Role.Stopper && overlap.LinksStarters)) return false;
        var other = visit.Role == Role.Starter ? Role.Stopper : Role.Starter;
        foreach (var trigger in overlap.Triggers)
            if (Links().Contains((other, trigger, visit.Instance.Event))) return false;
        return true;
    }

    /// <summary>Every link that can be held at some time; those of copies are between the same events.</summary>
    private HashSet<(Role Role, Handle Trigger, Handle Target)> Links()
    {
        if (_links is not null) return _links;
        _links = [];
        foreach (var target in start.Configurations.SelectMany(configuration => configuration.State.Instances))
        {
            if (target.Starter is { } starter) _links.Add((Role.Starter, starter.Event, target.Id.Event));
            if (target.Stopper is { } stopper) _links.Add((Role.Stopper, stopper.Event, target.Id.Event));
        }

        foreach (var moment in moments.All)
            if (moment.Operation is Operation.SetLink link) _links.Add((link.Role, link.Trigger, link.Target));
        return _links;
    }

    private Overlap OverlapOf(int number)
    {
        var call = moments.Calls[number];
        var trigger = ((Operation.OnInstance)moments.All[call].Operation).Instance.Event;
        var overlap = new Overlap { Visits = Links().Any(link => link.Trigger == trigger) };
        if (!overlap.Visits) return overlap;
        for (var slot = 0; slot < moments.Slots; slot++)
        {
            var before = moments.UnderWay(call, slot);
            if (before >= 0 && before != number && !(moments.Returns[before] is >= 0 and var at && at < call)) Meet(moments.All[moments.Calls[before]].Operation);
        }

        var end = moments.Returns[number] is >= 0 and var returns ? returns : moments.All.Length;
        foreach (var moment in moments.All.AsSpan()[(call + 1)..end])
            if (!moment.Returns) Meet(moment.Operation);
        return overlap;

        void Meet(Operation operation)
        {
            if (operation is Operation.Fork or Operation.Exit || (operation is Operation.Close close && close.Event == trigger)) overlap.Spares = false;
            if (operation is Operation.SetLink { Role: Role.Starter } link && link.Trigger == trigger) overlap.LinksStarters = true;
            if (operation is Operation.Tick or Operation.Overflow) overlap.Triggers.Add(((Operation.OnInstance)operation).Instance.Event);
            overlap.Named.UnionWith(operation.Uses);
        }
    }

    /// <summary>What the calls that overlap a Tick or an Overflow do to its visits.</summary>
    private sealed class Overlap
    {
        /// <summary>Whether there can be visits.</summary>
        public required bool Visits { get; init; }

        /// <summary>Whether none of the calls forks, ends a task or closes the trigger.</summary>
        public bool Spares { get; set; } = true;

        /// <summary>Whether one of them can make the trigger a starter: the first visit of a stopper would end the freedom to visit what it starts.</summary>
        public bool LinksStarters { get; set; }

        /// <summary>The events that they name.</summary>
        public HashSet<Handle> Named { get; } = [];

        /// <summary>The events that they make overflow.</summary>
        public HashSet<Handle> Triggers { get; } = [];
    }
}
