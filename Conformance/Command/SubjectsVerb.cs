// subjects: what --subject can name, and the forms of names that stand for a subject of the user's.
namespace PerfModel.Conformance.Command;

/// <summary>The verb subjects.</summary>
internal static class SubjectsVerb
{
    public static System.CommandLine.Command Create()
    {
        var verb = new System.CommandLine.Command("subjects", "Lists the subjects: the correct ones, those that are wrong on purpose, and how to name one of yours.") { Grammar.Json };
        verb.SetAction(parsed =>
        {
            if (parsed.GetValue(Grammar.Json))
            {
                Output.WriteJson(new
                {
                    subjects = SubjectRegistry.All.Select(entry => new { name = entry.Name, kind = entry.Kind, breaks = entry.Breaks.Select(rule => rule.ToString()), summary = entry.Summary }),
                    forms = SubjectRegistry.Forms.Select(one => new { form = one.Form, summary = one.Summary }),
                });
                return ExitCode.Conforms;
            }

            var width = SubjectRegistry.All.Max(entry => entry.Name.Length);
            foreach (var entry in SubjectRegistry.All)
                Console.WriteLine($"{entry.Name.PadRight(width)}  {entry.Kind,-7}  {entry.Summary}{(entry.Breaks.IsEmpty ? "" : $" (breaks {string.Join(", ", entry.Breaks)})")}");
            Console.WriteLine();
            foreach (var (form, summary) in SubjectRegistry.Forms) Console.WriteLine($"{form.PadRight(width)}  {summary}");
            return ExitCode.Conforms;
        });
        return verb;
    }
}
