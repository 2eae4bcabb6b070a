// What must hold of a soak's system when all its threads have ended: counts, links, room.
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>Something that does not hold at rest, and the rule that says so.</summary>
internal sealed record Unrest(int Rule, string Words);

/// <summary>Looks at a system at rest, in the end also by closing and opening everything.</summary>
internal sealed class SoakRest(SoakLoad load)
{
    /// <summary>What does not hold, or null.</summary>
    public Unrest? Find()
    {
        var live = new List<Handle>();
        for (var id = 0; id < load.Opened; id++)
        {
            var (e, book) = (new Handle(id), load.Books[id]);
            if (book.Opened == 0) continue;
            if (book.Closed > 1) return new(7_08, $"{book.Closed} Closes of {e} answered ok");
            if (load.Ask(new Operation.StateOf(Instance.Own(e))).IsError != (book.Closed == 1)) return new(1_08, $"{e} is {(book.Closed == 1 ? "live after" : "dead without")} a Close");
            if (book.Closed == 1) continue;
            live.Add(e);
            if (Differs(new Operation.CountOf(Instance.Own(e)), book.Own, 4_14) is { } count) return count;
            if (Differs(new Operation.SamplesOf(Instance.Own(e)), book.Samples, 4_12) is { } samples) return samples;
        }

        return Links([.. live.Select(Instance.Own)]) ?? (load.Forks ? CopiesLinked() : null) ?? (load.HasGroups ? Groups(live) : Free(live)) ?? (load.Forks ? Families(live) : null) ?? Room(live);
    }

    // The answer, if it is another than what the answers of Tick and Overflow add up to.
    private Unrest? Differs(Operation read, long expected, int rule) =>
        load.Ask(read) is var seen && seen == Result.Of(expected) ? null : new(rule, $"{read} -> {seen}, and its calls add up to {expected}");

    // Who owns a slot lives, and whoever overflows moves every gate that it owns: in one task.
    private Unrest? Links(IReadOnlyCollection<Instance> live)
    {
        var owners = new Dictionary<(Instance, Role), Result>();
        foreach (var e in live)
        {
            foreach (var role in (Role[])[Role.Starter, Role.Stopper])
            {
                var owner = owners[(e, role)] = load.Ask(new Operation.OwnerOf(role, e));
                if (owner != Result.NoOwner && !live.Any(p => owner == Result.Owner(p))) return new(2_10, $"{new Operation.OwnerOf(role, e)} -> {owner}, which is not live");
            }
        }

        foreach (var p in live)
        {
            if (load.Ask(new Operation.Overflow(p)) != Result.Of(1L)) continue;
            var mine = Result.Owner(p);
            foreach (var t in live)
            {
                if (load.Declaration.Dialect == Dialect.Patch2011 && load.Ask(new Operation.StateOf(t)) != Result.Of(Model.Activity.Active)) continue;
                bool? expected = owners[(t, Role.Stopper)] == mine ? true : owners[(t, Role.Starter)] == mine ? false : null;
                if (expected is { } paused && load.Ask(new Operation.PausedOf(t)) is var gate && gate != Result.Gate(paused))
                    return new(paused ? 4_10 : 4_09, $"after an Overflow({p}), Paused({t}) -> {gate}");
            }
        }

        return null;
    }

    // A member that overflows moves the gate of its leader.
    private Unrest? Groups(List<Handle> live)
    {
        foreach (var p in live)
        {
            var a = load.Books[p.Id].Attributes;
            if (a.Leader is not { } leader || !live.Contains(leader) || load.Ask(new Operation.Overflow(Instance.Own(p))) != Result.Of(1L)) continue;
            if (load.Ask(new Operation.PausedOf(Instance.Own(leader))) is var gate && gate != Result.Gate(a.Pauses))
                return new(8_16, $"after an Overflow({p}), which {(a.Pauses ? "pauses" : "resumes")} {leader}, Paused({leader}) -> {gate}");
        }

        return null;
    }

    // The same in every forked task. Copies of the closed live too, so every event is asked for.
    private Unrest? CopiesLinked()
    {
        for (var task = load.Declaration.Roots; task < SoakLoad.Names; task++)
        {
            var copies = Enumerable.Range(0, load.Opened).Where(id => load.Books[id].Opened == 1).Select(id => new Instance(new Handle(id), task))
                .Where(copy => !load.Ask(new Operation.StateOf(copy)).IsError).ToList();
            if (Links(copies) is { } broken) return broken;
        }

        return null;
    }

    // A slot without an owner can be filled.
    private Unrest? Free(List<Handle> live)
    {
        foreach (var e in live)
        {
            foreach (var role in (Role[])[Role.Starter, Role.Stopper])
            {
                if (load.Ask(new Operation.OwnerOf(role, Instance.Own(e))) != Result.NoOwner) continue;
                var answer = load.Ask(new Operation.SetLink(role, e, e));
                if (answer != Result.Ok && (load.Declaration.Dialect == Dialect.Patch2011 || answer != Result.Of(Errno.EINVAL)))
                    return new(2_10, $"{new Operation.SetLink(role, e, e)} -> {answer}, and the slot has no owner");
            }
        }

        return null;
    }

    // Totals are what was counted, before the last tasks exit and after.
    private Unrest? Families(List<Handle> live)
    {
        for (var again = 0; again < 2; again++)
        {
            foreach (var e in live)
                if (Differs(new Operation.TotalCount(e), load.Books[e.Id].Family, 6_10) is { } total) return total;
            for (var task = load.Declaration.Roots; task < SoakLoad.Names && again == 0; task++) load.Exit(task);
        }

        var twice = Array.FindIndex(load.Exits, exits => exits > 1);
        return twice < 0 ? null : new(6_09, $"{load.Exits[twice]} Exits of task {twice} answered ok");
    }

    // Everything is closed, and as many handles as were declared can be opened again.
    private Unrest? Room(List<Handle> live)
    {
        for (var i = 0; i < live.Count; i++)
        {
            if (load.Ask(new Operation.Close(live[i])) is var closed && closed != Result.Ok) return new(1_08, $"Close({live[i]}) -> {closed}");
            foreach (var member in live.Skip(i + 1).Where(member => load.Books[member.Id].Attributes.Leader == live[i]))
            {
                var state = new Operation.StateOf(Instance.Own(member));
                if (load.Ask(state) is var answer && answer != Result.Of(Model.Activity.Error)) return new(8_19, $"{state} -> {answer}, and its leader {live[i]} was closed");
            }
        }

        for (var place = 0; place <= SoakLoad.Places; place++)
        {
            var expected = place < SoakLoad.Places ? Result.Ok : Result.Of(Errno.EMFILE);
            if (load.Ask(new Operation.Open(new Handle(load.Books.Length + place), new Attributes(Task: 0))) is var answer && answer != expected)
                return new(1_04, $"Open number {place + 1} of {SoakLoad.Places} in an empty table -> {answer}");
        }

        return null;
    }
}
