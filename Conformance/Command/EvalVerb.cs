// eval FILE|-: asks the model. A sequence gives each answer and the state after it; a program with threads, its allowed outcomes; a history, its verdict.
using System.CommandLine;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>The verb eval.</summary>
internal static class EvalVerb
{
    public static System.CommandLine.Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "a program in the text grammar, or - for standard input" };
        var verb = new System.CommandLine.Command("eval", "Asks the model: each operation's answer and the state after it.") { file, Grammar.Dialect, Grammar.Json };
        verb.SetAction(parsed => Run(parsed.GetRequiredValue(file), parsed.GetValue(Grammar.Dialect), parsed.GetValue(Grammar.Json)));
        return verb;
    }

    private static int Run(string file, Dialect? asked, bool json)
    {
        var documents = ProgramParser.ParseAll(ArtifactStore.Read(file), file == "-" ? "standard input" : Quoted.Short(file));
        var (right, known) = (true, true);
        var objects = new List<object>();
        foreach (var document in documents)
        {
            var dialect = asked ?? document.Dialect ?? Dialect.Patch2011;
            var evaluation = Evaluation.Of(document, document.DeclarationIn(dialect));
            right &= evaluation.AsExpected || evaluation.IsUnknown;
            known &= evaluation.AsExpected || !evaluation.IsUnknown;
            if (json) objects.Add(evaluation.ToJson(dialect));
            else Console.Write(evaluation.ToText(document.Title, dialect));
        }

        if (json) Output.WriteJson(new { documents = objects });
        return !right ? ExitCode.Violates : known ? ExitCode.Conforms : ExitCode.Inconclusive;
    }

    /// <summary>What the model says of one document.</summary>
    private sealed record Evaluation(Program Program, List<(Line Line, Outcome Model, RuleSet Rules)> Steps, OutcomeSet? Outcomes, Judgement? Judgement)
    {
        /// <summary>Whether every answer that the file wrote down is the model's, and its history what the file says it is: conforming, if it says nothing.</summary>
        public bool AsExpected => Judgement is not null
            ? Judgement.Verdict == (Program.Verdict ?? Verdict.Conforms)
            : Steps.All(step => step.Line.Result is null || step.Line.Result == step.Model.Result);

        /// <summary>Whether the judge gave up.</summary>
        public bool IsUnknown => Judgement?.Verdict == Verdict.Inconclusive;

        public static Evaluation Of(Program document, Declaration declaration)
        {
            var state = State.Initial(declaration);
            var steps = new List<(Line, Outcome, RuleSet)>();
            var sequence = document.Threads.IsEmpty && document.History.IsDefault;
            foreach (var line in sequence ? document.Setup.Concat(document.After) : document.Setup)
            {
                for (var time = 1; time < line.Times; time++) state = Step.Apply(state, line.Operation).State;
                var outcome = Step.Apply(state, line.Operation);
                steps.Add((line, outcome, Cited.By(state, line.Operation, outcome)));
                state = outcome.State;
            }

            // What was seen is judged; what was not run yet has outcomes.
            return document.History.IsDefault
                ? new Evaluation(document, steps, document.Threads.IsEmpty ? null : Histories.Outcomes.Of(document, declaration.Dialect, Budget.Default), null)
                : new Evaluation(document, steps, null, HistoryChecker.Check(document, declaration.Dialect, Budget.Default));
        }

        public string ToText(string? title, Dialect dialect)
        {
            var text = new StringWriter();
            text.WriteLine($"{title ?? "program"} ({dialect})");
            foreach (var (line, model, rules) in Steps)
            {
                var wrong = line.Result is { } expected && expected != model.Result ? $"   the file says {expected}" : "";
                text.WriteLine($"  {line with { Result = model.Result }}   [{rules}]{wrong}");
                if (!line.Operation.IsRead && !model.Result.IsError) text.WriteLine("      " + model.State.ToString().ReplaceLineEndings("\n      "));
            }

            if (Outcomes is not null)
            {
                text.WriteLine($"  then the threads; outcomes that the model allows: {(Outcomes.Complete ? "" : "more than ")}{Outcomes.All.Count}");
                foreach (var outcome in Outcomes.All.Keys) text.WriteLine($"    {outcome}");
            }

            if (Judgement is not null) text.Write(FailurePage.Of(Program, Judgement, new PageHeader("eval", "the history of the file", dialect)));
            return text.ToString();
        }

        public object ToJson(Dialect dialect) => new
        {
            dialect = dialect.ToString(),
            steps = Steps.Select(step => new
            {
                operation = step.Line.Operation.ToString(),
                result = step.Model.Result.ToString(),
                expected = step.Line.Result?.ToString(),
                rules = step.Rules.Rules.Select(rule => rule.ToString()),
                state = step.Model.State.Instances.Select(instance => instance.ToString()),
            }),
            history = Judgement is null ? null : new { verdict = Judgement.Word, rules = Judgement.Violation?.Rules.Rules.Select(rule => rule.ToString()) ?? [] },
            outcomes = Outcomes is null ? null : new { complete = Outcomes.Complete, all = Outcomes.All.Keys },
        };
    }
}
