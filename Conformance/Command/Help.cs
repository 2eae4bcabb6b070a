// --help: the verbs by what a user wants to do; of one verb, what System.CommandLine says of it.
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace PerfModel.Conformance.Command;

/// <summary>Verbs for one purpose.</summary>
internal sealed record VerbGroup(string Purpose, params System.CommandLine.Command[] Verbs);

/// <summary>Prints the help.</summary>
internal sealed class Help(IReadOnlyList<VerbGroup> groups, HelpAction ofVerb) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parsed)
    {
        if (parsed.CommandResult.Command is not RootCommand root) return ofVerb.Invoke(parsed);
        var output = parsed.InvocationConfiguration.Output;
        output.WriteLine($"{root.Description}\n\nUsage:\n  perfmodel [VERB] [OPTIONS]   without a verb: run");
        foreach (var group in groups)
        {
            output.WriteLine($"\n{group.Purpose}:");
            foreach (var verb in group.Verbs)
                output.WriteLine($"  {string.Join(' ', Following(verb).Prepend(verb.Name)),-20} {verb.Description}");
        }

        output.WriteLine("\n'perfmodel VERB --help' tells the options of a verb; --version the versions of suite, spec and text grammar.");
        output.WriteLine("Exit codes: 0 conforms, 1 does not, 3 nobody knows or not all of it, 2 bad usage, 130 interrupted.");
        return 0;
    }

    // What stands behind the name of a verb: one of several verbs of its own, or its arguments.
    private static IEnumerable<string> Following(System.CommandLine.Command verb) => verb.Subcommands.Count > 0 ? [string.Join('|', verb.Subcommands.Select(one => one.Name))]
        : verb.Arguments.Select(argument => argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name}]" : argument.Name);
}
