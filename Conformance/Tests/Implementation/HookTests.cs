// The scheduling hook, through which schedulers enter, costs nothing where there is none: not by the clock, but by the machine code.
using PerfModel.Conformance.Child;
using System.Diagnostics;
using System.Reflection;
using PerfModel.Implementation;
using Xunit;

namespace PerfModel.Conformance.Tests;

public class HookTests
{
    /// <summary>A fact about optimised code, of which a Debug build has none.</summary>
    private sealed class OptimisedFactAttribute : FactAttribute
    {
        public OptimisedFactAttribute()
        {
            if (typeof(PerfEvents).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true })
                Skip = "the machine code that ships is that of -c Release; run dotnet test -c Release";
        }
    }

    // The comparison has its control within: with a hook that does something it must see every method differ in which a hook stands.
    [OptimisedFact]
    public void The_shipped_build_is_the_machine_code_of_a_copy_without_the_hook()
    {
        ProcessStartInfo start = DotnetHost.Exec(Path.Combine(AppContext.BaseDirectory, "hook", "PerfModel.Benchmarks.dll"), "--hook");
        start.RedirectStandardOutput = true;
        using Process comparison = Process.Start(start)!;
        var report = comparison.StandardOutput.ReadToEnd();
        comparison.WaitForExit();
        Assert.True(comparison.ExitCode == 0, report);
    }
}
