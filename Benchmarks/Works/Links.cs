// The works about links: an overflow that visits its targets, links that come and go, links that are refused.
namespace PerfModel.Benchmarks.Works;

/// <summary>Sets a system up for one of these works, and gives the loop.</summary>
internal static class Links
{
    /// <summary>The visits of one batch, whatever the number of targets, if that is a power of two.</summary>
    public const int Visits = 1 << 15;

    /// <summary>The pairs of one batch.</summary>
    public const int Pairs = 1 << 11;

    /// <summary>The refusals, or overflows beside a busy thread, of one batch.</summary>
    public const int Calls = 1 << 12;

    private const int Seed = 20110314;

    /// <summary>The overflows that make a batch.</summary>
    public static int Passes(int targets) => Math.Max(1, Visits / targets);

    /// <summary>Overflows of a trigger whose targets run: no gate has to move.</summary>
    public static Measurement OverflowStill(Subject subject, int targets, bool shuffled)
    {
        var trigger = subject.Open();
        var linked = Targets(subject, targets, shuffled);
        foreach (var target in linked) subject.SetStarter(trigger, target);
        RequireItReaches(subject, trigger, [linked[0], linked[^1]]);
        var times = Passes(targets);
        return new Loop((long)times * targets, () => subject.Overflow(trigger, times), times, owned: subject);
    }

    /// <summary>Overflows of a stopper and of a starter in turn: each moves every gate.</summary>
    public static Measurement OverflowFlipping(Subject subject, int targets)
    {
        var starter = subject.Open();
        var stopper = subject.Open();
        var linked = Targets(subject, targets, shuffled: false);
        foreach (var target in linked)
        {
            subject.SetStarter(starter, target);
            subject.SetStopper(stopper, target);
        }

        subject.Overflow(stopper, 1);
        if (linked.Any(target => !subject.IsPaused(target))) throw new InvalidOperationException("the stopper did not pause all");
        subject.Overflow(starter, 1);
        if (linked.Any(subject.IsPaused)) throw new InvalidOperationException("the starter did not start all");
        subject.Overflow(stopper, 1);
        var times = Math.Max(1, Passes(targets) / 2);
        return new Loop(2L * times * targets, () => subject.OverflowInTurn(starter, stopper, times), 2 * times, owned: subject);
    }

    /// <summary>SetStarter and Close of targets that are open already, while the trigger keeps so many others.</summary>
    public static Measurement LinkAndClose(Subject subject, int targets)
    {
        var trigger = Trigger(subject, targets);
        Pool pool = subject.NewPool(Pairs);
        return new Loop(Pairs, () => pool.LinkAndClose(trigger), Pairs, pool.Fill, subject);
    }

    /// <summary>The same by several threads, on one trigger or each on its own.</summary>
    public static Measurement LinkAndCloseTogether(Subject subject, int threads, bool ownTriggers)
    {
        var triggers = new int[threads];
        for (var i = 0; i < threads; i++) triggers[i] = ownTriggers || i == 0 ? Trigger(subject, targets: 0) : triggers[0];
        Pool[] pools = [.. triggers.Select(_ => subject.NewPool(Pairs))];
        Func<long>[] batches = [.. pools.Zip(triggers, (pool, trigger) => (Func<long>)(() => pool.LinkAndClose(trigger)))];
        return new Together(subject, Pairs, batches, () => Array.ForEach(pools, pool => pool.Fill()));
    }

    /// <summary>SetStarter on a target that has this starter already: EEXIST.</summary>
    public static Measurement Exists(Subject subject)
    {
        var trigger = subject.Open();
        var target = subject.Open();
        subject.SetStarter(trigger, target);
        return Refused(subject, trigger, target, (int)Implementation.Errno.EEXIST);
    }

    /// <summary>SetStarter on a target that has another starter: EBUSY.</summary>
    public static Measurement Busy(Subject subject)
    {
        var target = subject.Open();
        subject.SetStarter(subject.Open(), target);
        return Refused(subject, Trigger(subject, targets: 1), target, (int)Implementation.Errno.EBUSY);
    }

    /// <summary>SetStarter on a target of another cpu: EINVAL.</summary>
    public static Measurement Invalid(Subject subject) =>
        Refused(subject, subject.Open(), subject.Open(cpu: 1), (int)Implementation.Errno.EINVAL);

    /// <summary>Overflows while another thread opens a target, links it to the same trigger and closes it, again and again.</summary>
    public static Measurement OverflowBesideLinking(Subject subject, int targets)
    {
        var trigger = Trigger(subject, targets);
        return new Beside(subject, Calls, () => subject.Overflow(trigger, Calls), () => subject.OpenLinkClose(trigger, 64));
    }

    /// <summary>Open, SetStarter and Close, the whole life of a target.</summary>
    public static Measurement WholeLife(Subject subject)
    {
        var trigger = Trigger(subject, targets: 0);
        return new Loop(Pairs, () => subject.OpenLinkClose(trigger, Pairs), Pairs, owned: subject);
    }

    // An overflow that has nothing to move answers the same if it looks at nobody.
    private static void RequireItReaches(Subject subject, int starter, int[] some)
    {
        var stopper = subject.Open();
        foreach (var target in some.Distinct()) subject.SetStopper(stopper, target);
        subject.Overflow(stopper, 1);
        subject.Overflow(starter, 1);
        if (some.Any(subject.IsPaused)) throw new InvalidOperationException("the overflow does not reach its targets");
    }

    private static Loop Refused(Subject subject, int trigger, int target, int errno) =>
        new(Calls, () => subject.Refuse(trigger, target, errno, Calls), Calls, owned: subject);

    private static int Trigger(Subject subject, int targets)
    {
        var trigger = subject.Open();
        foreach (var target in Targets(subject, targets, shuffled: false)) subject.SetStarter(trigger, target);
        return trigger;
    }

    /// <summary>Running events, in the order in which they lie in memory or in a random one that is always the same.</summary>
    private static int[] Targets(Subject subject, int count, bool shuffled)
    {
        int[] targets = [.. Enumerable.Range(0, count).Select(_ => subject.Open())];
        subject.OrderByMemory(targets);
#pragma warning disable CA5394 // an order, no secret
        if (shuffled) new Random(Seed).Shuffle(targets);
#pragma warning restore CA5394
        return targets;
    }
}
