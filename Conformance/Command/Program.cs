// The perfmodel command: one verb, one file. Exit codes: 0 conforms, 1 does not, 3 inconclusive, 2 bad usage, 130 Ctrl-C.
using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using PerfModel.Conformance.Command;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;

using var interrupted = new CancellationTokenSource();
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);

var run = RunVerb.Create(interrupted.Token);
var root = new RootCommand("Decides whether an implementation of starter and stopper events obeys SPEC.md. Without a verb: run.")
{
    run,
    SubjectsVerb.Create(),
    RulesVerb.Create(),
    ExplainVerb.Create(),
    EvalVerb.Create(),
    ExploreVerb.Create(interrupted.Token),
    ReplayVerb.Create(interrupted.Token),
};
root.Options.OfType<VersionOption>().Single().Action = new ShowVersions();

try
{
    var parsed = root.Parse(args.Length == 0 ? ["run"] : args);
    if (parsed.Errors is [var error, ..]) throw new UsageException($"{error.Message} (perfmodel {Usage(parsed)}--help says more)");
    var code = parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    return interrupted.IsCancellationRequested ? Exit.Interrupted : code;
}
catch (Exception e) when (e is UsageException or DocumentException)
{
    Console.Error.WriteLine($"perfmodel: {e.Message.ReplaceLineEndings(" ")}");
    return Exit.Usage;
}
finally
{
    Workplace.Clear();
}

void Interrupt(PosixSignalContext context)
{
    // The verb in progress stops at its next step and says what it found; a second signal ends the process at once.
    context.Cancel = !interrupted.IsCancellationRequested;
    interrupted.Cancel();
}

static string Usage(ParseResult parsed) => parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";

/// <summary>--version: the spec's and the suite's.</summary>
internal sealed class ShowVersions : System.CommandLine.Invocation.SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var suite = typeof(ShowVersions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        Console.WriteLine($"perfmodel suite {suite}, spec {SpecDocument.Current.Version}, text grammar {Document.Version}");
        return 0;
    }
}
