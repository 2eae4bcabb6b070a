// The command: benchmarks; with --table, the paired table; with --hook, the comparison of machine code, which runs none.
using System.Runtime.CompilerServices;
using PerfModel.Benchmarks.Classes;
using PerfModel.Benchmarks.Hook;
using PerfModel.Benchmarks.Table;

namespace PerfModel.Benchmarks;

internal static class EntryPoint
{
    public static int Main(string[] args)
    {
        return args switch
        {
            [HookComparison.CompileArgument] => Compile(),
            ["--hook"] => HookComparison.Run(Console.Out),
            _ => Measure(args),
        };
    }

    private static int Compile()
    {
        Subjects.Compile();
        return 0;
    }

    // Apart and not inlined: what it names comes from packages, which are not there where only the hook is compared (Bundle.targets).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Measure(string[] arguments) => TableCommand.Takes(arguments) ? TableCommand.Run(arguments) : BenchmarkDotNetCommand.Run(arguments);
}
