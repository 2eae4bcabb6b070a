// All rows of the table: which work, at which size, by whom, and what is demanded of ours.
namespace PerfModel.Benchmarks.Works;

/// <summary>The works and their targets.</summary>
internal static class Catalogue
{
    public const string OverflowInOrder = "Overflow, nothing flips, in attach order";
    public const string OverflowShuffled = "Overflow, nothing flips, shuffled in memory";
    public const string OverflowFlipping = "Overflow, all flip";
    public const string SpreadExchange = "an interlocked exchange every 96 bytes";
    public const string LinkAndClose = "SetStarter + Close of the target";
    public const string LinkAndCloseOneTrigger = "SetStarter + Close, one trigger";
    public const string LinkAndCloseOwnTriggers = "SetStarter + Close, a trigger each";
    public const string Allocation = "an object of 40 bytes allocated";
    public const string Exists = "SetStarter: EEXIST";
    public const string Busy = "SetStarter: EBUSY";
    public const string Invalid = "SetStarter: EINVAL";
    public const string OverflowBesideLinking = "Overflow while another thread links";
    public const string OneStill = "Overflow with one target, nothing flips";
    public const string OneFlipping = "Overflow with one target, it flips";
    public const string Tick = "Tick, not crossing";
    public const string TestedAdd = "a word loaded and compare-exchanged";
    public const string Count = "Count";
    public const string Paused = "Paused";
    public const string StarterOf = "StarterOf";
    public const string OpenClose = "Open + Close";
    public const string WholeLife = "Open + SetStarter + Close";
    public const string ForkExit = "Fork + Exit";
    public const string TickBesideReading = "Tick while another thread reads";

    /// <summary>The numbers of targets at which an Overflow is measured.</summary>
    public static IReadOnlyList<int> OverflowSizes { get; } = [16, 64, 256, 4096];

    /// <summary>The numbers of live targets beside which a link comes and goes.</summary>
    public static IReadOnlyList<int> LinkSizes { get; } = [0, 16, 256, 4096];

    // 96 bytes, that of an event.
    private const int WordsOfAnEvent = 12;

    // What two threads together can allocate bounds what they can link.
    private static readonly int[] ThreadCounts = [1, 2];

    // Up to here the events fit the cache: that of the second level, on any machine of today.
    private const int FitsTheCache = 256;

    /// <summary>Every row, in the order of the table.</summary>
    public static IEnumerable<Row> Rows() =>
    [
        .. OverflowSizes.Select(n => Still(n, shuffled: false)),
        .. OverflowSizes.Select(n => Still(n, shuffled: true)),
        .. OverflowSizes.Select(Flipping),
        .. OverflowSizes.Select(n => new Row(SpreadExchange, n, 1, Unit.NsPerTarget, [new(Columns.Floor, () => Floor.Exchanges(n, Links.Passes(n), WordsOfAnEvent))], [])),
        .. LinkSizes.Select(Linking),
        Together(LinkAndCloseOneTrigger, threads: 2, ownTriggers: false),
        Together(LinkAndCloseOwnTriggers, threads: 2, ownTriggers: true),
        .. ThreadCounts.Select(threads => new Row(Allocation, null, threads, Unit.MillionObjects, [new(Columns.Floor, () => Floor.Allocations(threads, Singles.Calls))], [])),
        Single(Exists, Links.Exists, floor: null, Goal.AtMost(0.6, Columns.AsPosted)),
        Single(Busy, Links.Busy, floor: null, Goal.AtMost(0.6, Columns.AsPosted)),
        Single(Invalid, Links.Invalid, floor: null, Goal.AtMost(1.5, Columns.AsPosted)),
        new(OverflowBesideLinking, 16, 2, Unit.Ns, Each(s => Links.OverflowBesideLinking(s, 16)), [Goal.AtMost(0.8, Columns.AsPosted)]),
        InEachDialect(OneStill, s => Links.OverflowStill(s, 1, shuffled: false), Members.OverflowStill),
        InEachDialect(OneFlipping, s => Links.OverflowFlipping(s, 1), Members.OverflowFlipping),
        WithoutLinks(Tick, Singles.Tick, Floor.Adds, Goal.AtMost(1.3, Columns.Floor)),
        new(TestedAdd, null, 1, Unit.Ns, FloorOf(Floor.TestedAdds), []),
        WithoutLinks(Count, Singles.Count, Floor.Reads, Goal.AtMost(3, Columns.Floor)),
        WithoutLinks(Paused, Singles.Paused, Floor.Reads, Goal.AtMost(3, Columns.Floor)),
        Single(StarterOf, Singles.StarterOf, Floor.Reads, Goal.AtMost(3, Columns.Floor)),
        WithoutLinks(OpenClose, Singles.OpenClose, floor: null),
        InEachDialect(WholeLife, Links.WholeLife, Members.WholeLife),
        new(ForkExit, 15, 1, Unit.Ns, [new(Columns.Ours, () => Singles.ForkExit(16))], []),
        new(ForkExit, 255, 1, Unit.Ns, [new(Columns.Ours, () => Singles.ForkExit(256))], []),
        WithLinux613(new(TickBesideReading, null, 2, Unit.Ns, [.. FloorOf(Floor.Adds), .. Each(Singles.TickBesideReading)], []), () => Singles.TickBesideReading(Subjects.Linux613())),
    ];

    /// <summary>An overflow that has nothing to move.</summary>
    public static Row Still(int targets, bool shuffled)
    {
        List<Goal> goals = [];
        if (targets <= FitsTheCache) goals.Add(Goal.AtMost(1.6, Columns.Floor));
        goals.Add(Goal.Ahead(Columns.LockAndList));
        goals.Add(Goal.Ahead(Columns.ImmutableArrays));
        if (targets >= 64) goals.Add(Goal.Ahead(Columns.AsPosted));
        return new(shuffled ? OverflowShuffled : OverflowInOrder, targets, 1, Unit.NsPerTarget,
            [new(Columns.Floor, () => Floor.Loads(targets, Links.Passes(targets))), .. Each(s => Links.OverflowStill(s, targets, shuffled))],
            [.. goals]);
    }

    /// <summary>An overflow that moves every gate.</summary>
    public static Row Flipping(int targets) => new(OverflowFlipping, targets, 1, Unit.NsPerTarget,
        [new(Columns.Floor, () => Floor.Exchanges(targets, Links.Passes(targets))), .. Each(s => Links.OverflowFlipping(s, targets))],
        [Goal.AtMost(1.25, Columns.Floor)]);

    /// <summary>A link that comes and goes beside so many others.</summary>
    public static Row Linking(int targets) => targets == 0
        ? new(LinkAndClose, 0, 1, Unit.Ns, Each(s => Links.LinkAndClose(s, 0)), [Goal.AtMost(1, Columns.LockAndList), Goal.Bytes(160)])
        : new(LinkAndClose, targets, 1, Unit.Ns,
            [.. Each(s => Links.LinkAndClose(s, targets)), new(Columns.OursWithoutTargets, () => Links.LinkAndClose(Subjects.Ours(), 0))],
            [Goal.AtMost(1.3, Columns.OursWithoutTargets), Goal.Bytes(160)]);

    /// <summary>Links that come and go by several threads.</summary>
    public static Row Together(string work, int threads, bool ownTriggers)
    {
        Column[] columns = Each(s => Links.LinkAndCloseTogether(s, threads, ownTriggers));
        return ownTriggers
            ? new(work, 0, threads, Unit.MillionPairs,
                [.. columns, new(Columns.OursAlone, () => Links.LinkAndCloseTogether(Subjects.Ours(), 1, ownTriggers))],
                [Goal.AtLeast(1.8, Columns.OursAlone)])
            : new(work, 0, threads, Unit.MillionPairs, columns, [Goal.AtLeast(1, Columns.AsPosted)]);
    }

    // What no link has a part in is the same work in Linux613; what one has is another there.
    private static Row WithoutLinks(string work, Func<Subject, Measurement> start, Func<int, Measurement>? floor, params Goal[] goals) =>
        WithLinux613(Single(work, start, floor, goals), () => start(Subjects.Linux613()));

    private static Row InEachDialect(string work, Func<Subject, Measurement> start, Func<Measurement> members) =>
        WithLinux613(Single(work, start, floor: null), members);

    private static Row WithLinux613(Row row, Func<Measurement> start) => row with { Columns = [.. row.Columns, new(Columns.OursLinux613, start)] };

    private static Row Single(string work, Func<Subject, Measurement> start, Func<int, Measurement>? floor, params Goal[] goals) =>
        new(work, null, 1, Unit.Ns, [.. FloorOf(floor), .. Each(start)], goals);

    private static Column[] FloorOf(Func<int, Measurement>? floor) =>
        floor is null ? [] : [new(Columns.Floor, () => floor(Singles.Calls))];

    private static Column[] Each(Func<Subject, Measurement> start) =>
        [.. Subjects.All().Select(subject => new Column(subject.Name, () => start(subject.Create())))];
}
