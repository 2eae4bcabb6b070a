// The works as BenchmarkDotNet runs them: a class for each, with its columns and sizes as parameters.
using BenchmarkDotNet.Attributes;
using PerfModel.Benchmarks.Works;

namespace PerfModel.Benchmarks.Classes;

/// <summary>Overflow of a trigger whose targets lie in memory as they were attached; nothing flips. Per target.</summary>
public class OverflowInOrder() : SizedBenchmarks(Catalogue.OverflowInOrder, Links.Visits)
{
    [Benchmark(OperationsPerInvoke = Links.Visits)]
    public void Run() => RunBatch();
}

/// <summary>The same with targets that were attached in a random order. Per target.</summary>
public class OverflowShuffled() : SizedBenchmarks(Catalogue.OverflowShuffled, Links.Visits)
{
    [Benchmark(OperationsPerInvoke = Links.Visits)]
    public void Run() => RunBatch();
}

/// <summary>Overflows of a starter and of a stopper in turn: each moves every gate. Per target.</summary>
public class OverflowFlipping() : SizedBenchmarks(Catalogue.OverflowFlipping, Links.Visits)
{
    [Benchmark(OperationsPerInvoke = Links.Visits)]
    public void Run() => RunBatch();
}

/// <summary>Overflows of a starter with one target, whose gate is open.</summary>
public class OneStill() : WorkBenchmarks(Catalogue.OneStill, Links.Visits)
{
    [Benchmark(OperationsPerInvoke = Links.Visits)]
    public void Run() => RunBatch();
}

/// <summary>Overflows of a starter and of a stopper of one target in turn.</summary>
public class OneFlipping() : WorkBenchmarks(Catalogue.OneFlipping, Links.Visits)
{
    [Benchmark(OperationsPerInvoke = Links.Visits)]
    public void Run() => RunBatch();
}

/// <summary>SetStarter and Close of the target, beside so many that stay.</summary>
public class LinkAndClose() : SizedBenchmarks(Catalogue.LinkAndClose, Links.Pairs)
{
    [IterationSetup]
    public void BeforeRun() => Prepare();

    [Benchmark(OperationsPerInvoke = Links.Pairs)]
    public void Run() => RunBatch();
}

/// <summary>The same by two threads on one trigger; per pair of both, from when they are let go.</summary>
public class LinkAndCloseOneTrigger() : WorkBenchmarks(Catalogue.LinkAndCloseOneTrigger, 2 * Links.Pairs)
{
    [IterationSetup]
    public void BeforeRun() => Prepare();

    [Benchmark(OperationsPerInvoke = 2 * Links.Pairs)]
    public void Run() => RunBatch();
}

/// <summary>The same by two threads on a trigger each.</summary>
public class LinkAndCloseOwnTriggers() : WorkBenchmarks(Catalogue.LinkAndCloseOwnTriggers, 2 * Links.Pairs)
{
    [IterationSetup]
    public void BeforeRun() => Prepare();

    [Benchmark(OperationsPerInvoke = 2 * Links.Pairs)]
    public void Run() => RunBatch();
}

/// <summary>SetStarter that is refused with EEXIST.</summary>
public class Exists() : WorkBenchmarks(Catalogue.Exists, Links.Calls)
{
    [Benchmark(OperationsPerInvoke = Links.Calls)]
    public void Run() => RunBatch();
}

/// <summary>SetStarter that is refused with EBUSY.</summary>
public class Busy() : WorkBenchmarks(Catalogue.Busy, Links.Calls)
{
    [Benchmark(OperationsPerInvoke = Links.Calls)]
    public void Run() => RunBatch();
}

/// <summary>SetStarter that is refused with EINVAL.</summary>
public class Invalid() : WorkBenchmarks(Catalogue.Invalid, Links.Calls)
{
    [Benchmark(OperationsPerInvoke = Links.Calls)]
    public void Run() => RunBatch();
}

/// <summary>Overflow of a trigger with 16 targets while another thread attaches and detaches one more.</summary>
public class OverflowBesideLinking() : WorkBenchmarks(Catalogue.OverflowBesideLinking, Links.Calls)
{
    [IterationSetup]
    public void BeforeRun() => Prepare();

    [Benchmark(OperationsPerInvoke = Links.Calls)]
    public void Run() => RunBatch();
}

/// <summary>Tick that completes no period.</summary>
public class Tick() : WorkBenchmarks(Catalogue.Tick, Singles.Calls)
{
    [Benchmark(OperationsPerInvoke = Singles.Calls)]
    public void Run() => RunBatch();
}

/// <summary>A read of the count.</summary>
public class Count() : WorkBenchmarks(Catalogue.Count, Singles.Calls)
{
    [Benchmark(OperationsPerInvoke = Singles.Calls)]
    public void Run() => RunBatch();
}

/// <summary>A read of the gate.</summary>
public class Paused() : WorkBenchmarks(Catalogue.Paused, Singles.Calls)
{
    [Benchmark(OperationsPerInvoke = Singles.Calls)]
    public void Run() => RunBatch();
}

/// <summary>A read of who the starter is.</summary>
public class StarterOf() : WorkBenchmarks(Catalogue.StarterOf, Singles.Calls)
{
    [Benchmark(OperationsPerInvoke = Singles.Calls)]
    public void Run() => RunBatch();
}

/// <summary>Open and Close.</summary>
public class OpenClose() : WorkBenchmarks(Catalogue.OpenClose, Links.Pairs)
{
    [Benchmark(OperationsPerInvoke = Links.Pairs)]
    public void Run() => RunBatch();
}

/// <summary>Open, SetStarter and Close of a target.</summary>
public class WholeLife() : WorkBenchmarks(Catalogue.WholeLife, Links.Pairs)
{
    [Benchmark(OperationsPerInvoke = Links.Pairs)]
    public void Run() => RunBatch();
}

/// <summary>Fork and Exit of a task with a trigger and so many targets, all inherited.</summary>
public class ForkExit() : SizedBenchmarks(Catalogue.ForkExit, Singles.Forks)
{
    [IterationSetup]
    public void BeforeRun() => Prepare();

    [Benchmark(OperationsPerInvoke = Singles.Forks)]
    public void Run() => RunBatch();
}

/// <summary>Tick while another thread reads the count.</summary>
public class TickBesideReading() : WorkBenchmarks(Catalogue.TickBesideReading, Singles.Calls)
{
    [IterationSetup]
    public void BeforeRun() => Prepare();

    [Benchmark(OperationsPerInvoke = Singles.Calls)]
    public void Run() => RunBatch();
}
