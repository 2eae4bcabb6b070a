// The assembly of the tests as a program: a process that runs commands for them. The tests themselves are run by `dotnet test`.
using PerfModel.Conformance.Tests.Command;

namespace PerfModel.Conformance.Tests;

internal static class TestProcess
{
    public static int Main(string[] args) =>
        args is [CommandHost.Verb, var pipe, var streams] ? CommandHost.Serve(pipe, streams) : throw new ArgumentException("run the tests with 'dotnet test -c Release'");
}
