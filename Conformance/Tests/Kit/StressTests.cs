// The check stress passes what is right, and runs as long as it is told.
using PerfModel.Conformance.Checks;
using Xunit;
using Xunit.Abstractions;

namespace PerfModel.Conformance.Tests;

[Collection(nameof(Alone))]
public class StressTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("lockfree")]
    [LongInlineData("locked")]
    [LongInlineData("model")]
    public void A_right_subject_passes_on_real_threads(string name)
    {
        var report = new StressCheck(CheckTests.Context(name)).Run(4_000);
        CheckTests.Passes(report, output);
        Assert.Equal(CheckTests.Dialects.Length * 4_000, report.Iterations);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(37)]
    [LongInlineData(1001)]
    public void Stress_runs_as_many_rounds_as_it_is_told(int rounds) =>
        Assert.Equal(CheckTests.Dialects.Length * rounds, new StressCheck(CheckTests.Context("model")).Run(rounds).Iterations);
}
