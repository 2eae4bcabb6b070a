// What the benchmark classes share: a class is a work of the catalogue, and its parameters are the columns and the sizes that the catalogue has.
using BenchmarkDotNet.Attributes;
using PerfModel.Benchmarks.Works;

namespace PerfModel.Benchmarks.Classes;

/// <summary>One work, for BenchmarkDotNet.</summary>
/// <param name="work">Its name in the catalogue.</param>
/// <param name="operations">What the attribute of the benchmark says an invocation is.</param>
[MemoryDiagnoser(displayGenColumns: false)]
public abstract class WorkBenchmarks(string work, int operations)
{
    private Measurement? _measurement;

    /// <summary>The columns of this work; not those that are ours a second time, for a ratio to be taken to.</summary>
    public IEnumerable<string> AllColumns =>
        Rows.SelectMany(row => row.Columns).Select(column => column.Name).Where(Columns.InTable.Contains).Distinct();

    /// <summary>Whose time it is.</summary>
    [ParamsSource(nameof(AllColumns))]
    public string Column { get; set; } = "";

    /// <summary>How many targets the trigger has; null where the work has no sizes.</summary>
    protected virtual int? Size => null;

    /// <summary>The rows of this work.</summary>
    private protected IEnumerable<Row> Rows => Catalogue.Rows().Where(row => row.Work == work);

    /// <summary>Sets the column up.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _measurement = Rows.First(row => Size is null || row.Targets == Size).Columns.First(column => column.Name == Column).Start();
        if (_measurement.Operations != operations)
            throw new InvalidOperationException($"{work}: a batch has {_measurement.Operations} operations, and the attribute says {operations}");
    }

    /// <summary>Ends it.</summary>
    [GlobalCleanup]
    public void Cleanup() => _measurement?.Dispose();

    /// <summary>What is not timed.</summary>
    private protected void Prepare() => _measurement!.Prepare();

    /// <summary>The batch.</summary>
    private protected void RunBatch() => _measurement!.Run();
}

/// <summary>A work that has sizes.</summary>
public abstract class SizedBenchmarks(string work, int operations) : WorkBenchmarks(work, operations)
{
    /// <summary>The sizes of this work.</summary>
    public IEnumerable<int> AllTargets => Rows.Select(row => row.Targets!.Value).Distinct();

    /// <summary>How many targets the trigger has.</summary>
    [ParamsSource(nameof(AllTargets))]
    public int Targets { get; set; }

    /// <inheritdoc/>
    protected override int? Size => Targets;
}
