// The defects of the posted patch that are statements of this machine: for each the property that it breaks, and the switch that mends it.
using System.Collections.Immutable;

namespace PerfModel.Model.Posted;

/// <summary>A defect that a search finds.</summary>
/// <param name="Id">Its number in the annex of SPEC.md.</param>
/// <param name="Title">What goes wrong.</param>
/// <param name="Property">The id of the property that breaks.</param>
/// <param name="Rules">The rules of SPEC.md that settle it.</param>
/// <param name="Mend">The switch that mends it.</param>
/// <param name="Remedy">What the switch does.</param>
internal sealed record Defect(string Id, string Title, string Property, string Rules, Mend Mend, string Remedy)
{
    /// <summary>What all switches together are called.</summary>
    public const string AllMends = "all";

    private static readonly DialectSet AmendedOnly = DialectSet.Of(Dialect.Amended);
    private static readonly DialectSet AllButPatch2011 = DialectSet.Of(Dialect.Amended, Dialect.Linux613);
    private static readonly DialectSet Linux613Only = DialectSet.Of(Dialect.Linux613);

    /// <summary>All of them, in the order of the annex. D13 is two defects, after the study's letters.</summary>
    public static ImmutableArray<Defect> All { get; } =
    [
        new("D1", "-1 as the target: a null pointer is followed", "null-is-not-a-target", "2.2, 8.11", Mend.D1, "SET_STARTER and SET_STOPPER refuse -1")
            { SaidBy = ["link-table-decides"] },
        new("D2", "close(trigger), close(target): freed memory is locked", "release-knows-the-living", "1.8, 2.10, 8.15", Mend.D2, "a release takes the targets of its event off its lists and empties their slots")
            { SaidBy = ["link-ends-agree"] },
        new("D2b", "a close has found its trigger, which another frees", "trigger-lives-until-locked", "7.8, 8.15", Mend.D2b, "one lock covers all links, and a release looks triggers up under it")
            { SaidBy = ["link-ends-live"] },
        new("D2c", "a child's exit closes the target after its trigger", "exit-knows-the-living", "6.9, 6.13", Mend.D2, "that of D2")
            { SaidBy = ["link-ends-agree"] },
        new("D3", "the slot of a dead trigger answers EBUSY for ever", "busy-names-the-living", "2.10, 8.15", Mend.D3, "a release empties the slots of its event's targets")
            { SaidBy = ["link-table-decides"] },
        new("D4", "a fork reads a trigger that was freed", "fork-knows-the-living", "2.10, 6.5, 8.23", Mend.D4, "a fork compares the pointer in a slot and does not follow it")
            { SaidBy = ["copy-is-linked-as-its-source"], Remark = "the mend of D2 leaves it: a fork that has loaded the slot follows it later" },
        new("D5", "a child's exit frees the target of a live trigger", "walk-meets-the-living", "2.10, 6.9, 8.23", Mend.D5, "an exit takes an event off every list, and its targets off its own, before it frees it")
            { SaidBy = ["link-ends-agree"] },
        new("D8", "start or stop of an event that is not yet on the PMU", "callback-finds-it-on-the-pmu", "4.1", Mend.D8, "a trigger asks whether its target is on the PMU, not for its state"),
        new("D11", "a trigger is ignored unless its target is active", "overflow-moves-each-gate", "8.3, 8.17", Mend.D11, "a trigger moves the gate of a target that is not active, and leaves the PMU alone")
            { SatisfiedBy = AllButPatch2011, SaidBy = ["targets-follow-trigger"] },
        new("D12", "an interrupt visits a gate that is about to move", "visit-is-one-step", "7.6, 8.18", Mend.D12, "a visit is one step")
            { SaidBy = ["visits-commute", "one-visit-at-a-time"], Remark = "that one of two opposite triggers is lost is no defect: it is as if the lost one had come first; two interrupts do harm, which is D42" },
        new("D13b", "a start between the test of paused and add is lost", "add-starts-the-open", "4.1, 7.6, 8.18", Mend.D13, "pmu->add goes by the gate as it is then")
            { SaidBy = ["count-is-ticked"] },
        new("D13c", "a stop between the test of paused and add is lost", "add-leaves-the-paused", "4.1, 7.6, 8.18", Mend.D13, "pmu->add goes by the gate as it is then")
            { SaidBy = ["count-is-ticked"] },
        new("D14", "the end of a throttle starts a paused event", "unthrottle-leaves-the-paused", "4.1, 5.2", Mend.D14, "the end of a throttle starts nothing that is paused")
            { SaidBy = ["control-moves-nothing"] },
        new("D14b", "a start defeats the throttle", "start-leaves-the-throttled", "4.1, 5.4", Mend.D14b, "a trigger opens the gate of a throttled event and leaves the start to the end of the throttle")
            { SaidBy = ["count-is-ticked"] },
        new("D15", "the adjustment of a frequency starts a paused event", "adjustment-leaves-the-paused", "4.1", Mend.D15, "the adjustment of a frequency leaves alone what is paused"),
        new("D19", "an event counts before its first start", "first-start-is-a-starters", "8.5, 8.13", Mend.D19, "an attribute of perf_event_open closes the gate")
            { SatisfiedBy = AllButPatch2011, SaidBy = ["event-opens-paused", "leader-opens-paused"] },
        new("D20", "an event without a starter is paused for ever", "paused-has-a-starter", "4.13, 8.15", Mend.D20, "an event takes a stopper only beside a starter, with which it loses it and opens")
            { SatisfiedBy = default },
        new("D21", "one trigger in both roles starts, and stops at once", "overflow-moves-a-gate-once", "2.7, 8.12", Mend.D21, "a trigger takes one role of a target")
            { SatisfiedBy = Linux613Only, SaidBy = ["both-roles-of-one-target", "leader-leads"] },
        new("D22b", "an event stops itself at its first overflow", "nobody-stops-itself", "2.8, 8.12", Mend.D22b, "an event cannot be its own stopper")
            { SatisfiedBy = Linux613Only, SaidBy = ["event-pauses-itself", "leader-leads"] },
        new("D29", "a counting event is accepted as a trigger", "trigger-samples", "8.7, 8.15", Mend.D29, "an event that does not sample is refused as a trigger")
            { SatisfiedBy = AmendedOnly, SaidBy = ["link-table-decides"] },
        new("D33", "a copy does not inherit the gate", "copy-has-its-sources-gate", "8.9, 8.22", Mend.D33, "a copy begins with the gate of its source")
            { SatisfiedBy = AmendedOnly, SaidBy = ["copy-begins-as-its-source"] },
        new("D36", "a link made while a fork runs is copied in part", "copied-link-acts", "6.5, 7.10, 8.23", Mend.D36, "no link is made while a fork is under way")
            { SaidBy = ["copy-is-linked-as-its-source"] },
        new("D37", "a fork warns of a trigger that is not inherited", "fork-is-silent", "6.5, 8.14", Mend.D37, "a fork leaves out the link to a trigger that it did not copy")
            { SaidBy = ["copy-is-linked-as-its-source"] },
        new("D39", "a copy's slot is empty though its trigger reaches it", "copy-names-its-trigger", "6.5, 8.23", Mend.D39, "a fork fills the slot of the copy")
            { SaidBy = ["copy-is-linked-as-its-source"] },
        new("D41", "the tick starts what was throttled in its middle", "tick-leaves-the-throttled", "4.1, 5.4", Mend.D41, "the tick starts nothing that was throttled while it had it stopped")
            { SaidBy = ["count-is-ticked"], Remark = "found by this search, once all others were mended" },
        new("D42", "two interrupts in a visit part paused and hardware", "store-agrees-with-hardware", "4.1, 7.6, 8.18", Mend.D12, "that of D12")
            { SaidBy = ["count-is-ticked"], Remark = "found by this search; the study looked at one interrupt in a visit, which does no such harm" },
    ];

    /// <summary>Every switch.</summary>
    public static Mend EveryMend { get; } = All.Aggregate(Mend.None, (mends, defect) => mends | defect.Mend);

    /// <summary>The others of the annex, and why no search finds them.</summary>
    public static ImmutableDictionary<string, string> NotModelled { get; } = new Dictionary<string, string>
    {
        ["D6"] = "no event moves from one context to another",
        ["D7"] = "a PMU's callback is one step, and has no timers and no locks",
        ["D9"] = "it is a matter of time",
        ["D10"] = "no context is exchanged between tasks; D5 shows the same use of freed memory",
        ["D13′"] = "it is D11, in the middle of event_sched_out",
        ["D13e"] = "it says by which paths D13 happens, and here an interrupt may come anywhere",
        ["D16"] = "counts are not kept",
        ["D16b"] = "time is not kept",
        ["D17"] = "counts are not kept",
        ["D18"] = "it is of one architecture, whose callbacks do nothing",
        ["D22"] = "nothing goes wrong: a paused event does not overflow",
        ["D24"] = "an interrupt carries one overflow",
        ["D25"] = "an occurrence is one event's",
        ["D26"] = "records are not kept",
        ["D27"] = "time is not kept",
        ["D28"] = "nothing goes wrong but D11",
        ["D30"] = "nothing goes wrong: no other handler can be there",
        ["D31"] = "nothing goes wrong: a link takes effect when its handler is stored",
        ["D32"] = "there are no cgroups",
        ["D34"] = "no context is exchanged between tasks",
        ["D35"] = "no context is exchanged between tasks",
        ["D38"] = "there are no groups",
        ["D40"] = "it is a matter of time",
    }.ToImmutableDictionary();

    /// <summary>What the spec's machine shows though this one does not: a property of the model.</summary>
    public static ImmutableDictionary<string, string> OfSpec { get; } = ImmutableDictionary<string, string>.Empty.Add("D23", "cycle-falls-silent");

    /// <summary>The dialects whose machine satisfies the property. None of those that are missing mends it: there it is the rule.</summary>
    public DialectSet SatisfiedBy { get; private init; } = DialectSet.All;

    /// <summary>The properties of the spec's own machine that say the same of it, each in its dialects, or show that it is reached; none if that machine has no such part.</summary>
    public ImmutableArray<string> SaidBy { get; private init; } = [];

    /// <summary>What the search has shown beyond the study, or null.</summary>
    public string? Remark { get; private init; }

    /// <summary>Whether a dialect keeps it on purpose.</summary>
    public bool IsSurprise => SatisfiedBy != DialectSet.All;

    /// <summary>The claim that it breaks.</summary>
    public PostedProperty Claim => PostedProperties.All.Single(property => property.Id == Property);

    /// <summary>The bounded system that shows it.</summary>
    public PostedSystem System => PostedSystem.Find(Claim.Systems[0])!;
}
