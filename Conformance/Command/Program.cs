// The perfmodel command: one verb, one file. Exit codes: 0 conforms, 1 does not, 3 inconclusive, 2 bad usage, 130 Ctrl-C.
using System.CommandLine;
using System.Reflection;
using PerfModel.Conformance.Command;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;

// Not a verb for a person: the command is its own child when it runs a subject that may hang or crash.
if (args is [SubjectHost.Verb, var box]) return SubjectHost.Run(box);

// For whoever looks into a fault of our own; a user sees one line.
var wantsStack = Environment.GetEnvironmentVariable("PERFMODEL_STACK") is { Length: > 0 };
using var interrupts = new Interrupts();
var root = new RootCommand("Decides whether an implementation of starter and stopper events obeys SPEC.md. Without a verb: run.")
{
    RunVerb.Create(interrupts),
    SubjectsVerb.Create(),
    RulesVerb.Create(),
    ExplainVerb.Create(),
    EvalVerb.Create(),
    ExploreVerb.Create(interrupts),
    LitmusVerb.Create(interrupts),
    CheckVerb.Create(interrupts),
    GraphVerb.Create(),
    ReplayVerb.Create(),
};
root.Options.OfType<VersionOption>().Single().Action = new ShowVersions();

try
{
    var code = Parsed().Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    return interrupts.Happened ? Exit.Interrupted : code;
}
catch (Exception) when (interrupts.Happened)
{
    // Whatever an interrupted verb stumbles over, the line that it was interrupted has been said.
    return Exit.Interrupted;
}
catch (Exception e) when (e is UsageException or DocumentException or ScheduledChildException or ForeignException)
{
    return Complain(e.Message);
}
catch (IOException e)
{
    // A full disk behind stdout, for one; files that a user named are spoken of where they are opened.
    return Complain(e.Message);
}
catch (Exception e)
{
    return Complain($"internal error: {e.GetType().Name}: {e.Message}{(wantsStack ? "" : " (with PERFMODEL_STACK=1 it says where)")}", wantsStack ? e.StackTrace : null);
}
finally
{
    Workplace.Clear();
}

ParseResult Parsed()
{
    // Options alone are run's, since run is what no verb means.
    var words = args is [] || (args[0].StartsWith('-') && args[0] is not ("--help" or "-h" or "-?" or "--version")) ? ["run", .. args] : args;
    // A file name may start with @ as well as any other.
    var parsed = root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
    if (parsed.Errors.Count == 0) return parsed;
    if (parsed.CommandResult.Command is RootCommand)
        throw new UsageException($"there is no verb '{OperationParser.Short(words[0])}'; there are {string.Join(", ", root.Subcommands.Select(verb => verb.Name))}");
    var help = $"'perfmodel {parsed.CommandResult.Command.Name} --help' says more";
    throw new UsageException(parsed.UnmatchedTokens is [var token, ..]
        ? $"{parsed.CommandResult.Command.Name} does not take '{OperationParser.Short(token)}'; {help}"
        : $"{parsed.Errors[0].Message.TrimEnd('.')}; {help}");
}

static int Complain(string message, string? stack = null)
{
    Output.EndProgress();
    // One line, whatever a file name or an exception held.
    Console.Error.WriteLine($"perfmodel: {string.Concat(message.ReplaceLineEndings(" ").Select(c => char.IsControl(c) ? '?' : c))}");
    if (stack is not null) Console.Error.WriteLine(stack);
    return Exit.Usage;
}

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
