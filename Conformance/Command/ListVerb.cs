// list KIND: the names of one kind that other verbs and options take.
namespace PerfModel.Conformance.Command;

/// <summary>The verb list.</summary>
internal static class ListVerb
{
    public static System.CommandLine.Command Create()
    {
        var kinds = new Names("kind of names", "", () => Names.Listed.Select(names => new Named(names.Plural, "")));
        var kind = Grammar.Argument("KIND", string.Join(", ", Names.Listed.Select(names => names.Plural)), kinds, required: true);
        var verb = new System.CommandLine.Command("list", "Lists the names of scenarios, litmus tests, presets, machines, checks, …") { kind, Grammar.Json };
        verb.SetAction(parsed =>
        {
            var plural = Grammar.Name(kinds, parsed.GetRequiredValue(kind)!);
            var names = Names.Listed.Single(one => one.Plural == plural).Entries().ToList();
            if (parsed.GetValue(Grammar.Json))
            {
                Output.WriteJson(new { kind = plural, names = names.Select(one => new { name = one.Name, summary = one.Summary }) });
                return ExitCode.Conforms;
            }

            var width = names.Max(one => one.Name.Length) + 2;
            foreach (var one in names) Output.WriteItem(one.Name.PadRight(width), one.Summary);
            return ExitCode.Conforms;
        });
        return verb;
    }
}
