// The rows about size: whether any cost grows faster than its work, up to a million events and a hundred thousand targets.
namespace PerfModel.Benchmarks.Works;

/// <summary>Reported, not demanded: a row for each size of each work.</summary>
internal static class Scale
{
    public const string Open = "Open of so many";
    public const string Close = "Close of so many";
    public const string Link = "SetStarter of so many on one trigger";
    public const string CloseTrigger = "Close of a trigger with so many";
    public const string HeldByEvent = "held by an event, of so many";
    public const string HeldByLink = "held by a link, of so many";

    /// <summary>The numbers of targets beyond those of the table.</summary>
    public static IReadOnlyList<int> OverflowSizes { get; } = [1, 1024, 16_384, 100_000];

    private static readonly int[] EventSizes = [1000, 10_000, 100_000, 1_000_000];
    private static readonly int[] LinkSizes = [10, 100, 1000, 10_000, 100_000];

    // A list that is walked, or an array that is copied, at each SetStarter makes a trigger's N targets cost N²: minutes, beyond this.
    private const int MostForQuadratic = 1 << 14;

    /// <summary>Every row.</summary>
    public static IEnumerable<Row> Rows() =>
    [
        .. OverflowSizes.Select(Overflow),
        .. LinkSizes.Select(n => new Row(Link, n, 1, Unit.NsPerLink, Each(n, linked: true, s => Linking(s, n)), [])),
        .. LinkSizes.Where(n => n >= 1000).Select(n => new Row(CloseTrigger, n, 1, Unit.NsPerLink, [.. Each(n, linked: true, s => ClosingTrigger(s, n)).Where(DissolvesLinks)], [])),
        .. EventSizes.Select(n => new Row(Open, n, 1, Unit.NsPerEvent, Each(n, linked: false, s => Opening(s, n)), [])),
        .. EventSizes.Select(n => new Row(Close, n, 1, Unit.NsPerEvent, Each(n, linked: false, s => Closing(s, n)), [])),
        .. EventSizes.Skip(1).Select(n => new Row(HeldByEvent, n, 1, Unit.BytesPerEvent, Managed(n, linked: false, create => HeldByEvents(create, n)), []) { Once = true }),
        .. LinkSizes.Skip(2).Select(n => new Row(HeldByLink, n, 1, Unit.BytesPerLink, Managed(n, linked: true, create => HeldByLinks(create, n)), []) { Once = true }),
    ];

    /// <summary>An overflow that has nothing to move, at any size.</summary>
    public static Row Overflow(int targets) => new(Catalogue.OverflowInOrder, targets, 1, Unit.NsPerTarget,
        [
            new(Columns.Floor, () => Floor.Loads(targets, Links.Passes(targets))),
            .. Each(targets, linked: true, s => Links.OverflowStill(s, targets, shuffled: false)),
        ],
        []);

    private static BigPool Opening(Subject subject, int events) =>
        new(subject, events, pool => pool.Empty(), pool => pool.Fill());

    private static BigPool Closing(Subject subject, int events) =>
        new(subject, events, pool => pool.Refill(), pool => pool.Empty());

    private static BigPool Linking(Subject subject, int targets) =>
        new(subject, targets, pool => pool.Refill(), pool => pool.Link());

    private static BigPool ClosingTrigger(Subject subject, int targets) => new(
        subject,
        targets,
        pool =>
        {
            pool.Refill();
            pool.Link();
        },
        pool => pool.CloseTrigger());

    private static Held HeldByEvents(Func<Subject> create, int events) => new(
        events,
        () => Opening(create(), events),
        pool => ((BigPool)pool).Fill());

    private static Held HeldByLinks(Func<Subject> create, int targets) => new(
        targets,
        () =>
        {
            BigPool pool = Linking(create(), targets);
            pool.Refill();
            return pool;
        },
        pool => ((BigPool)pool).Link());

    // As posted a trigger does not let go of its targets: there is nothing to time.
    private static bool DissolvesLinks(Column column) => column.Name != Columns.AsPosted;

    private static Column[] Each(int size, bool linked, Func<Subject, Measurement> start) =>
        [.. Able(size, linked).Select(subject => new Column(subject.Name, () => start(subject.Create())))];

    // Memory that the garbage collector knows of.
    private static Column[] Managed(int size, bool linked, Func<Func<Subject>, Measurement> start) =>
        [.. Able(size, linked).Where(subject => subject.Name != Columns.AsPosted).Select(subject => new Column(subject.Name, () => start(subject.Create)))];

    private static IEnumerable<(string Name, Func<Subject> Create)> Able(int size, bool linked) =>
        Subjects.All(capacity: size + 8)
            .Where(subject => !linked || size <= MostForQuadratic || subject.Name is not (Columns.AsPosted or Columns.ImmutableArrays));

    /// <summary>A system with so many events, opened and closed together, and a trigger.</summary>
    private sealed class BigPool(Subject subject, int size, Action<BigPool> prepare, Action<BigPool> run) : Measurement
    {
        private readonly Pool _pool = subject.NewPool(size);
        private int _trigger = subject.Open();
        private bool _isFull;
        private bool _triggerIsClosed;

        public override long Operations => size;

        public override void Prepare() => prepare(this);

        public override void Run() => run(this);

        public void Fill()
        {
            _pool.Fill();
            _isFull = true;
        }

        public void Empty()
        {
            if (!_isFull) return;
            Require(_pool.Close());
            _isFull = false;
        }

        /// <summary>New events, and a trigger that never had a link.</summary>
        public void Refill()
        {
            Empty();
            if (!_triggerIsClosed) CloseTrigger();
            _trigger = subject.Open();
            _triggerIsClosed = false;
            Fill();
        }

        public void Link() => Require(_pool.Link(_trigger));

        public void CloseTrigger()
        {
            subject.Close(_trigger);
            _triggerIsClosed = true;
        }

        public override void Dispose()
        {
            Empty();
            subject.Dispose();
        }

        private void Require(long done)
        {
            if (done != size) throw new InvalidOperationException($"the loop did not do its work: {done} instead of {size}");
        }
    }
}
