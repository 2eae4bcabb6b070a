// The perfmodel command. Exit codes: 0 conforms, 1 does not, 3 inconclusive or partial, 2 bad usage, 130 Ctrl-C.
using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Pages;
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
        Output.Open();
        using var interrupts = new Interrupts();
        try
        {
            var code = Run(Root(interrupts), args);
            Console.Out.Flush();
            return interrupts.Happened ? ExitCode.Interrupted : code;
        }
        catch (Exception) when (interrupts.Happened)
        {
            // Whatever an interrupted verb stumbles over, the line that it was interrupted has been said.
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (Complaint(e) is { } line)
        {
            return Complain(line);
        }
        catch (Exception e)
        {
            return Complain(Line($"internal error: {e.GetType().Name}: {e.Message}{(wantsStack ? "" : " (with PERFMODEL_STACK=1 it says where)")}"), wantsStack ? e.StackTrace : null);
        }
        finally
        {
            ArtifactStore.Clear();
        }
    }

    /// <summary>All verbs, by what they are for.</summary>
    internal static RootCommand Root(Interrupts interrupts)
    {
        VerbGroup[] groups =
        [
            new("Check an implementation", RunVerb.Create(interrupts), ExploreVerb.Create(interrupts), EnumerateVerb.Create(interrupts), EnumerateVerb.CreateMerge(), LitmusVerb.Create(interrupts), ReplayVerb.Create(), DiffVerb.Create(), TraceVerb.Create(interrupts), AdapterVerb.Create(interrupts)),
            new("Check the checks", MutantsVerb.Create(interrupts)),
            new("Check the model", CheckVerb.Create(interrupts), GraphVerb.Create(), DefectsVerb.Create(interrupts)),
            new("Ask the spec", RulesVerb.Create(), ExplainVerb.Create(), EvalVerb.Create(), VectorsVerb.Create(interrupts)),
            new("List names", SubjectsVerb.Create(), ListVerb.Create()),
        ];
        var root = new RootCommand("Decides whether an implementation of starter and stopper events obeys SPEC.md.");
        foreach (var verb in groups.SelectMany(group => group.Verbs)) root.Add(verb);
        root.Options.OfType<VersionOption>().Single().Action = new ShowVersions();
        var help = root.Options.OfType<HelpOption>().Single();
        ((HelpAction)help.Action!).MaxWidth = PageText.Width;
        help.Action = new Help(groups, (HelpAction)help.Action!);
        return root;
    }

    /// <summary>Runs the verb that the arguments name and answers its exit code.</summary>
    /// <exception cref="Exception">Bad usage or input, of which there is a <see cref="Complaint"/>; or a fault of ours.</exception>
    internal static int Run(RootCommand root, string[] args) => Parsed(root, args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });

    /// <summary>The line that a user sees of bad usage or input; null of what is a fault of ours.</summary>
    // Of IOException there is a full disk behind the temporary folder; files that a user named are spoken of where they are opened.
    internal static string? Complaint(Exception e) => e is UsageException or ProgramException or SubjectException or IOException ? Line(e.Message) : null;

    // One line, whatever a file name or an exception held.
    private static string Line(string message) => $"perfmodel: {string.Concat(message.ReplaceLineEndings(" ").Select(c => char.IsControl(c) ? '?' : c))}";

    private static ParseResult Parsed(RootCommand root, string[] args)
    {
        // Options alone are run's, since run is what no verb means.
        var words = args is [] || (args[0].StartsWith('-') && args[0] is not ("--help" or "-h" or "-?" or "--version")) ? ["run", .. args] : args;
        // A file name may start with @ as well as any other.
        var parsed = root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
        // A shell asks for completions of what is not finished yet.
        if (parsed.Action is HelpAction or Help || parsed.GetResult(root.Directives.OfType<SuggestDirective>().Single()) is not null) return parsed;
        if (parsed.CommandResult.Command is RootCommand && parsed.Errors.Count > 0)
        {
            var verbs = root.Subcommands.Select(verb => verb.Name).ToList();
            throw new UsageException($"there is no verb '{Quoted.Short(words[0])}'; {Names.DidYouMean(words[0], verbs)}there are {string.Join(", ", verbs)}");
        }

        return Grammar.Complaint(parsed) is { } complaint ? throw new UsageException(complaint) : parsed;
    }

    private static int Complain(string line, string? stack = null)
    {
        Output.EndProgress();
        Output.WriteError(line);
        if (stack is not null) Output.WriteError(stack);
        return ExitCode.Usage;
    }

    /// <summary>--version: the spec's and the suite's.</summary>
    private sealed class ShowVersions : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            Console.WriteLine($"perfmodel suite {SuiteVersion.Text}, spec {SpecDocument.Current.Version}, text grammar {Program.Version}");
            return 0;
        }
    }
}
