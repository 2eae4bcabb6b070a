// replay FILE: reproduces the verdict of a saved failure. What can run again is run again; what cannot is judged again; it says which.
using System.CommandLine;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Scheduled;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using Failure = PerfModel.Conformance.Checks.Failure;

namespace PerfModel.Conformance.Command;

/// <summary>The verb replay.</summary>
internal static class ReplayVerb
{
    public static System.CommandLine.Command Create(CancellationToken interrupted)
    {
        var file = new Argument<string>("FILE") { Description = "a failure that run or explore saved" };
        var subject = new Option<string?>("--subject") { Description = "run it on another subject than the one that it was saved for" };
        var json = Output.JsonOption();
        var verb = new System.CommandLine.Command("replay", "Reproduces the verdict of a saved failure.") { file, subject, json };
        verb.SetAction(parsed => Run(parsed.GetRequiredValue(file), parsed.GetValue(subject), parsed.GetValue(json), interrupted));
        return verb;
    }

    private static int Run(string file, string? otherSubject, bool json, CancellationToken interrupted)
    {
        var saved = DocumentParser.ParseOne(Workplace.Read(file), file);
        var name = otherSubject ?? saved.Subject ?? throw new UsageException($"{file}: not a saved failure, it names no subject; say --subject");
        var dialect = saved.Dialect ?? Dialect.Rfc2011;
        var (how, failure) = Replayed(saved, dialect, name, file, interrupted);
        if (json)
        {
            Output.WriteJson(new
            {
                verdict = failure is null ? "conforms" : "violates",
                subject = name,
                how,
                rules = failure?.Rules.Rules.Select(rule => rule.ToString()),
                page = failure?.Page(),
            });
        }
        else
        {
            if (failure is not null) Console.WriteLine(failure.Page().TrimEnd() + "\n");
            Console.WriteLine($"{name} {(failure is null ? "conforms here" : "violates")}: {how}");
        }

        return failure is null ? Exit.Conforms : Exit.Violates;
    }

    private static (string How, Failure? Failure) Replayed(Document saved, Dialect dialect, string name, string file, CancellationToken interrupted)
    {
        if (!saved.Schedule.IsDefault)
        {
            var ready = Catalogue.Prepare(name);
            using var explorer = ready.Explorer();
            try
            {
                var report = explorer.Replay(saved);
                if (report.Finding is not { } finding) return ("the saved schedule was run again, and nothing was wrong", null);
                var again = DocumentParser.ParseOne(finding.Saved, "the scheduler's finding") with { Title = saved.Title, Subject = name, Check = saved.Check };
                return ("the saved schedule was run again, with the same end", ScheduledCheck.FailureOf(again, dialect, finding.Kind, finding.Message));
            }
            catch (ScheduledChildException e)
            {
                throw new UsageException($"{file}: {e.Message}");
            }
        }

        if (!saved.History.IsDefault)
        {
            var judgement = HistoryChecker.Check(saved, dialect, Budget.Default);
            if (judgement.Verdict == Histories.Verdict.Unknown) throw new UsageException($"{file}: the history cannot be judged within the budget");
            const string How = "the saved history was judged again; real threads cannot be made to run the same way";
            return (How, judgement.Failure is null ? null : ScheduledCheck.OfHistory(saved, dialect, judgement));
        }

        if (!saved.Threads.IsEmpty) throw new UsageException($"{file}: a program with threads, but neither a schedule nor a history");
        var subject = Catalogue.Prepare(name);
        var outcome = Sequence.Compare(saved, saved.DeclarationIn(dialect), subject.Create(saved.DeclarationIn(dialect)));
        interrupted.ThrowIfCancellationRequested();
        return ("the saved sequence was run again", outcome.Mismatch is { } mismatch
            ? new Failure(saved.Check ?? RandomCheck.Name, dialect, mismatch.InPlay, header => FailurePage.Of(mismatch, header), saved)
            : null);
    }
}
