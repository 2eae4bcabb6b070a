// The command: benchmarks; or, with --hook, the comparison of machine code, which runs none.
using PerfModel.Benchmarks;
using PerfModel.Benchmarks.Hook;

switch (args)
{
    case [HookComparison.CompileArgument]:
        Subjects.Compile();
        return 0;
    case ["--hook"]:
        return HookComparison.Run(Console.Out);
    default:
        return HookCosts.Run(args) ? 0 : 1;
}
