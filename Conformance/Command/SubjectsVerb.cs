// subjects: what --subject can name.
namespace PerfModel.Conformance.Command;

/// <summary>The verb subjects.</summary>
internal static class SubjectsVerb
{
    public static System.CommandLine.Command Create()
    {
        var json = Output.JsonOption();
        var verb = new System.CommandLine.Command("subjects", "Lists the subjects: the correct ones, and those that are wrong on purpose.") { json };
        verb.SetAction(parsed =>
        {
            if (parsed.GetValue(json))
            {
                Output.WriteJson(new
                {
                    subjects = Catalogue.All.Select(entry => new { name = entry.Name, kind = entry.Kind, breaks = entry.Breaks.Select(rule => rule.ToString()), summary = entry.Summary }),
                });
                return Exit.Conforms;
            }

            var width = Catalogue.All.Max(entry => entry.Name.Length);
            foreach (var entry in Catalogue.All)
                Console.WriteLine($"{entry.Name.PadRight(width)}  {entry.Kind,-7}  {entry.Summary}{(entry.Breaks.IsEmpty ? "" : $" (breaks {string.Join(", ", entry.Breaks)})")}");
            return Exit.Conforms;
        });
        return verb;
    }
}
