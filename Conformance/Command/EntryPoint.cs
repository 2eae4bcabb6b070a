// The perfmodel command. Exit codes: 0 conforms, 1 does not, 3 inconclusive, 2 bad usage, 130 Ctrl-C.
using System.CommandLine;
using System.Reflection;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Command;

/// <summary>Where the process begins: finds the verb, and answers its exit code.</summary>
internal static class EntryPoint
{
    public static int Main(string[] args)
    {
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
            var code = Parsed(root, args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
            return interrupts.Happened ? ExitCode.Interrupted : code;
        }
        catch (Exception) when (interrupts.Happened)
        {
            // Whatever an interrupted verb stumbles over, the line that it was interrupted has been said.
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (e is UsageException or ProgramException or ChildException)
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
            ArtifactStore.Clear();
        }
    }

    private static ParseResult Parsed(RootCommand root, string[] args)
    {
        // Options alone are run's, since run is what no verb means.
        var words = args is [] || (args[0].StartsWith('-') && args[0] is not ("--help" or "-h" or "-?" or "--version")) ? ["run", .. args] : args;
        // A file name may start with @ as well as any other.
        var parsed = root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count == 0) return parsed;
        if (parsed.CommandResult.Command is RootCommand)
            throw new UsageException($"there is no verb '{Quoted.Short(words[0])}'; there are {string.Join(", ", root.Subcommands.Select(verb => verb.Name))}");
        var help = $"'perfmodel {parsed.CommandResult.Command.Name} --help' says more";
        throw new UsageException(parsed.UnmatchedTokens is [var token, ..]
            ? $"{parsed.CommandResult.Command.Name} does not take '{Quoted.Short(token)}'; {help}"
            : $"{parsed.Errors[0].Message.TrimEnd('.')}; {help}");
    }

    private static int Complain(string message, string? stack = null)
    {
        Output.EndProgress();
        // One line, whatever a file name or an exception held.
        Console.Error.WriteLine($"perfmodel: {string.Concat(message.ReplaceLineEndings(" ").Select(c => char.IsControl(c) ? '?' : c))}");
        if (stack is not null) Console.Error.WriteLine(stack);
        return ExitCode.Usage;
    }
}

/// <summary>--version: the spec's and the suite's.</summary>
internal sealed class ShowVersions : System.CommandLine.Invocation.SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var suite = typeof(ShowVersions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        Console.WriteLine($"perfmodel suite {suite}, spec {SpecDocument.Current.Version}, text grammar {Program.Version}");
        return 0;
    }
}
