// adapter new LANGUAGE DIR, adapter check COMMAND, adapter serve: for whoever writes an adapter, one to be written, what is wrong with it, and one of ours to look at.
using System.Collections.Immutable;
using System.CommandLine;
using PerfModel.Conformance.Adapters;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Command;

/// <summary>The verb adapter.</summary>
internal static class AdapterVerb
{
    public static System.CommandLine.Command Create(Interrupts interrupts) => new("adapter", "Helps whoever writes an adapter between the suite and an implementation (SPEC.md, annex: the wire).")
    {
        New(),
        Check(),
        Serve(interrupts),
    };

    private static System.CommandLine.Command New()
    {
        var language = Grammar.Argument("LANGUAGE", string.Join(", ", Skeleton.All.Select(one => one.Language)), Names.Languages, required: true);
        var folder = new Argument<string>("DIR") { Description = "the folder that is made" };
        var verb = new System.CommandLine.Command("new", "Writes an adapter to be written: it compiles, and skips every operation.") { language, folder };
        verb.SetAction(parsed =>
        {
            var name = Grammar.Name(Names.Languages, parsed.GetRequiredValue(language)!);
            var skeleton = Skeleton.All.Single(one => one.Language == name);
            var into = parsed.GetRequiredValue(folder);
            skeleton.Write(into);
            Console.WriteLine($"cd {into}");
            if (skeleton.Build is not null) Console.WriteLine(skeleton.Build);
            Console.WriteLine($"perfmodel run{SubjectName.ReplayOption(skeleton.Subject)}");
            return ExitCode.Conforms;
        });
        return verb;
    }

    private static System.CommandLine.Command Check()
    {
        var command = new Argument<string>("COMMAND") { Description = "the program and its arguments, as one word: \"python3 my_adapter.py\"" };
        var verb = new System.CommandLine.Command("check", "Says what is wrong with an adapter, before it is asked for any verdict.") { command, Grammar.Patience, Grammar.Json };
        verb.SetAction(parsed =>
        {
            var typed = parsed.GetRequiredValue(command);
            var words = AdapterCommand.Of(AdapterCommand.Prefix + typed, typed).Words;
            Orphans.Adopt();
            ImmutableArray<AdapterStep> findings;
            try
            {
                findings = AdapterCheck.Run(words, Grammar.Limits(parsed).Patience);
            }
            finally
            {
                Orphans.End();
            }

            if (parsed.GetValue(Grammar.Json))
            {
                Output.WriteJson(new { command = typed, verdict = findings.All(one => one.IsRight) ? "pass" : "fail", steps = findings.Select(one => new { what = one.What, verdict = one.IsRight ? "pass" : "fail", message = one.Message }) });
            }
            else
            {
                foreach (var one in findings) Console.WriteLine($"{(one.IsRight ? "ok  " : "FAIL")}  {one.What}{(one.Message is null ? "" : $": {one.Message}")}");
                Console.WriteLine(findings.All(one => one.IsRight) ? $"\nthe adapter speaks protocol {Protocol.Version}; 'perfmodel run --subject {AdapterCommand.Prefix}\"{Quoted.Short(typed, 200)}\"' checks its implementation" : "\nSPEC.md, annex: the wire, says what is asked of an adapter");
            }

            return findings.All(one => one.IsRight) ? ExitCode.Conforms : ExitCode.Violates;
        });
        return verb;
    }

    private static System.CommandLine.Command Serve(Interrupts interrupts)
    {
        var verb = new System.CommandLine.Command("serve", "Is an adapter: answers on standard output what is asked on standard input, of one of our subjects.") { Grammar.Subject };
        verb.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(Grammar.Subject);
            if (UserSubject.Is(name)) throw new UsageException($"adapter serve serves a subject of ours, and {Quoted.Short(name)} is yours");
            using var subject = SubjectRegistry.Prepare(name, ChildLimits.Default, interrupts.Token);
            new AdapterServer(name, subject.Create, subject.Offered).Serve(Console.In, Console.OpenStandardOutput());
            return ExitCode.Conforms;
        });
        return verb;
    }
}
