// What should be true of the posted machine, in the words of the patch: the properties that its defects break, and those that speak of the whole.
using System.Collections.Immutable;

namespace PerfModel.Model.Posted;

/// <summary>A claim about statements of the posted machine.</summary>
/// <param name="Id">Its short name.</param>
/// <param name="Name">The sentence.</param>
/// <param name="Systems">The bounded systems in which it is in play, the first of which shows how it breaks.</param>
/// <param name="Holds">Whether it is true of a statement, given the state before it.</param>
internal sealed record PostedProperty(string Id, string Name, ImmutableArray<string> Systems, PostedProperty.Predicate Holds) : Claim(Id, Name, PropertyKind.Always, DialectSet.All)
{
    /// <summary>A state, and a statement that was executed in it.</summary>
    public delegate bool Predicate(in Kernel before, Statement done);
}

/// <summary>The properties of the posted machine.</summary>
internal static class PostedProperties
{
    private const string Links = "links";
    private const string Window = "window";
    private const string Forks = "forks";

    private delegate bool OfEvent(in PerfEvent e);

    /// <summary>All of them.</summary>
    public static ImmutableArray<PostedProperty> All { get; } =
    [
        Always("null-is-not-a-target", "a call that names no target is refused", [Links],
            (in _, done) => done.Before.At != At.Claim || done.Followed != 0),
        Always("release-knows-the-living", "a release finds in a slot of its event no trigger that has died", [Links],
            (in _, done) => done.Actor == Actor.Child || !ReleaseGoesAstray(done) || !WasDeadWhenLoaded(done)),
        Always("exit-knows-the-living", "a release by the exit of a child finds in a slot of its event no trigger that has died", [Forks],
            (in _, done) => done.Actor != Actor.Child || !ReleaseGoesAstray(done) || !WasDeadWhenLoaded(done)),
        Always("trigger-lives-until-locked", "a trigger that a release has found alive is not freed before it is locked", [Links, Forks],
            (in _, done) => !ReleaseGoesAstray(done) || WasDeadWhenLoaded(done)),
        Always("busy-names-the-living", "EBUSY means that the trigger in the slot is alive", [Links],
            (in before, done) => done.Refused != Errno.EBUSY || before.Events[OwnerOfTarget(before, done)].Life == Life.Live),
        Always("fork-knows-the-living", "a fork follows no pointer to a trigger that was freed", [Forks],
            (in _, done) => done.Before.At != At.InheritLink || !done.Kernel.Oops),
        Always("walk-meets-the-living", "an overflow walks over no target that was freed", [Forks],
            (in _, done) => done.Before.At != At.TestState || !done.Kernel.Oops),
        Always("callback-finds-it-on-the-pmu", "start and stop are called of an event that is on the PMU", [Window],
            (in before, done) => !done.CalledPmu || before.Events[done.Before.Other].OnPmu),
        Always("overflow-moves-each-gate", "an overflow leaves each gate as it wants it, whether or not its target is active", [Window],
            (in _, done) => !EndsVisit(done) || done.Kernel.Events[done.Before.Other].Paused == (done.Before.Role == Role.Stopper)),
        Always("visit-is-one-step", "between the test of a gate and its store no other overflow tests it", [Window],
            (in before, done) => done is not { Actor: Actor.Nmi, Before.At: At.TestPaused } || !IsMoving(before[Actor.Cpu], done.Before.Other)),
        Always("store-agrees-with-hardware", "a trigger stores paused as the hardware is: an event on the PMU, unless it is throttled, runs if it is not paused", [Window],
            (in _, done) => done.Before.At != At.StorePaused || done[done.Before.Other] is not { OnPmu: true, Throttled: false } target || target.Running != target.Paused),
        Always("add-starts-the-open", "pmu->add starts an event whose gate is open", [Window],
            (in before, done) => done.Before.At != At.PmuAdd || before.Events[done.Before.Event].Paused || done.Kernel.Events[done.Before.Event].Running),
        Always("add-leaves-the-paused", "pmu->add starts no event that is paused", [Window],
            (in before, done) => done.Before.At != At.PmuAdd || !Starts(before, done, done.Before.Event, (in e) => e.Paused)),
        Always("unthrottle-leaves-the-paused", "the end of a throttle starts no event that is paused", [Window],
            (in before, done) => done.Before.At != At.UnthrottleStart || !Starts(before, done, done.Before.Event, (in e) => e.Paused)),
        Always("start-leaves-the-throttled", "a trigger starts no event that is throttled", [Window],
            (in before, done) => !done.CalledPmu || !Starts(before, done, done.Before.Other, (in e) => e.Throttled)),
        Always("adjustment-leaves-the-paused", "the adjustment of a frequency starts no event that is paused", [Window],
            (in before, done) => done.Before.At != At.AdjustStart || !Starts(before, done, done.Before.Event, (in e) => e.Paused)),
        Always("tick-leaves-the-throttled", "the tick starts no event that was throttled after the tick began with it", [Window],
            (in before, done) => done.Before.At is not (At.AdjustStart or At.UnthrottleStart) || !Starts(before, done, done.Before.Event, (in e) => e.Throttled)),
        Always("first-start-is-a-starters", "pmu->add starts no event that is to wait for its starter", [Window],
            (in before, done) => done.Before.At != At.PmuAdd || !Starts(before, done, done.Before.Event, (in e) => e.Awaits)),
        Always("paused-has-a-starter", "an event that is paused has a starter, which can open it", [Window, Forks],
            (in _, done) => !Any(done.Kernel, (in e) => e is { Life: Life.Live, Paused: true, Awaits: false, Starter: 0, Parent: 0 })),
        Always("overflow-moves-a-gate-once", "one overflow does not start and stop one event", [Window],
            (in _, done) => !done.CalledPmu || done.Before.Role == Role.Starter || (done.Before.Seen >> done.Before.Other & 1) == 0),
        Always("nobody-stops-itself", "an overflow does not stop its own event", [Window],
            (in _, done) => !done.CalledPmu || done.Before.Role == Role.Starter || done.Before.Event != done.Before.Other),
        Always("trigger-samples", "an event that becomes a trigger samples", [Links],
            (in before, done) => done.Before.At != At.SetHandler || before.Events[done.Before.Event].Sampling),
        Always("copy-has-its-sources-gate", "a copy begins with the gate of its source", [Forks],
            (in before, done) => Copied(done) is not { } source || done.Kernel.Events[source + Patch.Originals].Paused == before.Events[source].Paused),
        Always("copied-link-acts", "a copy that got a copied target handles its overflows", [Forks],
            (in _, done) => LinkedCopy(done) is not { } trigger || done.Kernel.Events[trigger].Handler),
        Always("fork-is-silent", "a fork prints no warning", [Forks],
            (in _, done) => !done.Warned),
        Always("copy-names-its-trigger", "a copy on the list of a trigger has that trigger in its slot", [Forks],
            (in _, done) => LinkedCopy(done) is not { } trigger || OwnerOfCopy(done) == trigger),

        Always("memory-is-an-events", "no statement follows NULL or reaches memory that was freed", [Links, Window, Forks],
            (in _, done) => !done.Kernel.Oops),
        Always("links-agree-at-rest", "with no call and no interrupt under way, a slot names a live event if and only if that event has it on its list", [Links, Window, Forks],
            (in _, done) => !IsAtRest(done.Kernel) || LinksAgree(done.Kernel)),
        Always("hardware-obeys-at-rest", "with no call and no interrupt under way, an event on the PMU runs if and only if it is neither paused nor throttled", [Window, Forks],
            (in _, done) => !IsAtRest(done.Kernel) || !Any(done.Kernel, (in e) => e is { Life: Life.Live, OnPmu: true } && e.Running != (!e.Paused && !e.Throttled))),
    ];

    private static PostedProperty Always(string id, string name, ImmutableArray<string> systems, PostedProperty.Predicate holds) => new(id, name, systems, holds);

    private static bool Any(in Kernel kernel, OfEvent test)
    {
        for (byte e = 1; e <= Kernel.LastEvent; e++)
            if (test(in kernel.Events[e])) return true;
        return false;
    }

    /// <summary>Whether the statement has started an event that is such.</summary>
    private static bool Starts(in Kernel before, Statement done, byte address, OfEvent isSuch) =>
        !before.Events[address].Running && done.Kernel.Events[address].Running && isSuch(in before.Events[address]);

    private static bool ReleaseGoesAstray(Statement done) => done is { Kernel.Oops: true, Before.At: At.Close or At.Release or At.Unlink };

    // Under one lock of all links a release locks at once what it loads.
    private static bool WasDeadWhenLoaded(Statement done) => done.Before is not { At: At.Unlink, Seen: 0 };

    private static byte OwnerOfTarget(in Kernel before, Statement done)
    {
        var target = before.Events[done.Before.Other];
        return target.Owner(done.Before.Role);
    }

    private static bool EndsVisit(Statement done) =>
        done is { Kernel.Oops: false, Before.At: At.TestState or At.TestPaused or At.StorePaused } && done.Frame.At is not (At.TestPaused or At.CallPmu or At.StorePaused);

    private static bool IsMoving(in Frame frame, byte target) => frame.At is At.CallPmu or At.StorePaused && frame.Other == target;

    /// <summary>The event of which the statement has made a copy, or null.</summary>
    private static byte? Copied(Statement done) => done.Before.At == At.Inherit && done.Frame.At == At.Inherit ? done.Frame.Other : null;

    /// <summary>The copy on whose list the statement has put another, or null.</summary>
    private static byte? LinkedCopy(Statement done)
    {
        if (done.Before.At != At.InheritLink) return null;
        for (byte copy = Patch.Originals + 1; copy <= Kernel.LastEvent; copy++)
            if ((done[copy].List(done.Before.Role) >> done.Before.Event & 1) != 0) return copy;
        return null;
    }

    private static byte OwnerOfCopy(Statement done) => done[done.Before.Event].Owner(done.Before.Role);

    private static bool IsAtRest(in Kernel kernel)
    {
        foreach (ref readonly var frame in (ReadOnlySpan<Frame>)kernel.Frames)
            if (frame.At != At.Idle) return false;
        return !kernel.Oops;
    }

    private static bool LinksAgree(Kernel kernel)
    {
        for (byte target = 1; target <= Kernel.LastEvent; target++)
            for (byte trigger = 1; trigger <= Kernel.LastEvent && kernel.Events[target].Life == Life.Live; trigger++)
                for (var role = Role.Starter; role <= Role.Stopper; role++)
                    if ((kernel.Events[target].Owner(role) == trigger) != (kernel.Events[trigger].Life == Life.Live && (kernel.Events[trigger].List(role) >> target & 1) != 0)) return false;
        return true;
    }
}
