// rules: what the spec has; explain N.M: a rule's text, intent, source, examples, and the checks that can speak for it.
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Spec;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>The verb rules.</summary>
internal static class RulesVerb
{
    public static System.CommandLine.Command Create()
    {
        var verb = new System.CommandLine.Command("rules", "Lists the rules of SPEC.md.") { Grammar.Json };
        verb.SetAction(parsed =>
        {
            var rules = SpecDocument.Current.Rules;
            if (parsed.GetValue(Grammar.Json))
                Output.WriteJson(new
                {
                    spec = SpecDocument.Current.Version,
                    rules = rules.Select(rule => new { id = rule.Id.ToString(), title = rule.Title, strength = Checks.Evidence.StrengthOf(rule), untested = rule.Untested }),
                    operations = SpecDocument.Current.Operations.Select(row => new { operation = row.Operation, kind = row.Kind, answer = row.Answer, errors = row.Errors, rules = row.Rules }),
                });
            else
                foreach (var chapter in rules.GroupBy(rule => rule.Id.Chapter))
                {
                    Console.WriteLine($"{chapter.Key} {SpecDocument.Current.Chapters[chapter.Key]}");
                    foreach (var rule in chapter) Console.WriteLine($"  {rule.Id,-5} {rule.Title}{(rule.Untested is null ? "" : "   (untested)")}");
                }

            return ExitCode.Conforms;
        });
        return verb;
    }
}

/// <summary>The verb explain.</summary>
internal static class ExplainVerb
{
    public static System.CommandLine.Command Create()
    {
        var id = Grammar.Argument("RULE", "the number of a rule, such as 2.4", Names.Rules, required: true);
        var verb = new System.CommandLine.Command("explain", "Prints a rule: what it asks, why, an example, and the checks that speak for it.") { id, Grammar.Json };
        verb.SetAction(parsed => Run(Grammar.RuleNamed(parsed.GetRequiredValue(id)!), parsed.GetValue(Grammar.Json)));
        return verb;
    }

    private static int Run(RuleId id, bool json)
    {
        var rule = SpecDocument.Current.Find(id)!;
        var examples = Examples.Of(id).ToList();
        var scenarios = Checks.Evidence.ScenariosOf(rule).ToList();
        var checks = Checks.Evidence.ChecksOf(rule);
        if (json)
        {
            Output.WriteJson(new
            {
                id = rule.Id.ToString(),
                title = rule.Title,
                text = rule.Text,
                intent = rule.Intent,
                source = rule.Source,
                untested = rule.Untested,
                examples = examples.Select(example => example.ToString()),
                scenarios,
                checks,
            });
            return ExitCode.Conforms;
        }

        Console.WriteLine($"{rule.Id} {rule.Title}");
        Console.WriteLine();
        Write(rule.Text);
        Console.WriteLine();
        Write($"Intent: {rule.Intent}");
        Write($"Source: {rule.Source}");
        foreach (var example in examples)
        {
            Console.WriteLine();
            Write($"Example: {example.Title}{(example.Dialect is { } dialect ? $" ({dialect})" : "")}{(example.Verdict is { } verdict ? $" ({verdict.HistoryWord()})" : "")}");
            foreach (var line in example.Setup) Console.WriteLine($"  {line}");
            if (!example.History.IsDefault)
                foreach (var line in Text.Program.Shortened(example.History)) Console.WriteLine($"    {line}");
            foreach (var line in example.After) Console.WriteLine($"  {line}");
        }

        Console.WriteLine();
        if (scenarios.Count > 0) Write($"Scenarios: {string.Join(", ", scenarios)} (perfmodel explore NAME, --strategy exhaustive for every schedule)");
        if (Checks.Evidence.LitmusOf(rule).ToList() is { Count: > 0 } litmus) Write($"Litmus: {string.Join(", ", litmus)} (perfmodel litmus NAME)");
        Write(rule.Untested is { } reason ? $"Untested: {reason}" : $"Checks: {string.Join(", ", checks)}");
        return ExitCode.Conforms;
    }

    private static void Write(string text)
    {
        foreach (var line in PageText.Paragraphs(text)) Console.WriteLine(line);
    }
}
