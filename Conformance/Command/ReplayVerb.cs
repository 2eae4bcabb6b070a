// replay FILE: reproduces the verdict of a saved failure. What can run again is run again; what cannot is judged again; it says which.
using System.CommandLine;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Command.Reports;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Command;

/// <summary>The verb replay.</summary>
internal static class ReplayVerb
{
    public static System.CommandLine.Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "a failure that run or explore saved, or - for standard input" };
        var verb = new System.CommandLine.Command("replay", "Reproduces the verdict of a saved failure.") { file, Grammar.Subject, Grammar.Profile, Grammar.Report, Grammar.Json, Grammar.Patience, Grammar.Memory };
        verb.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(file);
            var text = ArtifactStore.Read(name);
            var called = name == "-" ? "standard input" : Quoted.Short(name);
            var saved = ProgramParser.ParseOne(text, called);
            if (Fault(saved) is var (header, fault)) throw new UsageException($"{called}{LineOf(header, text)}: {fault}");
            var reports = ReportFiles.Of(parsed.GetValue(Grammar.Report));
            reports.Open();
            return new Replay(called, name == "-" ? null : name, saved, parsed.GetResult(Grammar.Subject) is { Implicit: false } ? parsed.GetValue(Grammar.Subject) : null, Grammar.Limits(parsed), Grammar.Profiles(parsed)).Run(parsed.GetValue(Grammar.Json), reports);
        });
        return verb;
    }

    // What no failure that was saved has, and the line that it is on.
    private static (string Header, string Fault)? Fault(Program saved)
    {
        if (saved.Check is { } check && Names.Checks.Find(check) is null && !Names.Checks.Renamed.ContainsKey(check)) return ("check", Names.Checks.Unknown(check));
        if (saved.Verdict == Verdict.Conforms) return ("verdict", "a saved failure does not conform");
        if (saved is { Subject: not null, Dialect: null }) return ("", "a saved failure names its dialect");
        var strategy = Strategy.Find(saved.Strategy);
        if (strategy is null && saved.Strategy is { } unknown and not SoakCheck.WithoutForks) return ("strategy", Names.Strategies.Unknown(unknown));
        if (saved.Schedule.IsDefault) return null;
        var isCoyotes = saved.Schedule is [['{', ..], ..];
        if (isCoyotes == (strategy?.IsCoyotes ?? true)) return null;
        var ours = string.Join(" or ", Strategy.All.Where(one => !one.IsCoyotes).Select(one => $"'strategy {one.Name}'"));
        return ("schedule", $"{(isCoyotes ? "a schedule of Coyote, in JSON, goes with a strategy of Coyote's" : $"a schedule of threads, such as A*3 B, goes with the header {ours}")}, and not with {(strategy is null ? "none" : $"'strategy {strategy.Name}'")}");
    }

    private static string LineOf(string header, string text) => text.ReplaceLineEndings("\n").Split('\n').ToList().FindIndex(line => line.Trim().Split(' ')[0] == header) is >= 0 and var at && header.Length > 0 ? $":{at + 1}" : "";

    /// <summary>What came of a replay.</summary>
    /// <param name="Means">schedule, program, history, sequence or round: what was used.</param>
    /// <param name="How">The same in words.</param>
    /// <param name="Failure">What is wrong, or null.</param>
    /// <param name="Verdict">What it says.</param>
    private sealed record Replayed(string Means, string How, Finding? Failure, Verdict Verdict)
    {
        public Replayed(string means, string how, Finding? failure) : this(means, how, failure, failure is null ? Verdict.Conforms : Verdict.Violates)
        {
        }
    }

    private sealed class Replay(string file, string? path, Program saved, string? otherSubject, ChildLimits foreign, IReadOnlySet<Profile> profiles)
    {
        private readonly string _subject = otherSubject ?? saved.Subject ?? throw new UsageException($"{file} is not a saved failure: it names no subject; --subject names one");

        // A file may come from anybody: what it names of the user's runs only if the user names it too.
        private string Runs => otherSubject is null && UserSubject.Is(_subject)
            ? throw new UsageException($"{file} would run {Quoted.Short(_subject, 200)}: that runs with your rights, and only if you name it too:{SubjectName.ReplayOption(_subject)}") : _subject;

        // Of schedules that are drawn anew.
        private const int Drawn = 400;

        private readonly Dialect _dialect = saved.Dialect ?? Dialect.Patch2011;

        public int Run(bool json, ReportFiles reports)
        {
            var replayed = saved.Check == SoakCheck.Name ? Round() : !saved.Schedule.IsDefault ? Scheduled() : !saved.History.IsDefault ? History()
                : !saved.Threads.IsEmpty ? (saved.Check == StressCheck.Name ? Rounds("nothing was seen of it") : Scheduled()) : AsSequence();
            // The file may come from anybody.
            var summary = Quoted.Short($"{_subject} {replayed.Verdict.Word()}: {replayed.How}", int.MaxValue);
            var shape = Shape(replayed);
            if (json) Output.WriteJson(shape);
            else
            {
                if (replayed.Failure is not null) Console.WriteLine(replayed.Failure.Page().TrimEnd() + "\n");
                Console.WriteLine(summary);
            }

            reports.Write(Report(replayed, summary, shape));
            return replayed.Verdict.ExitCode();
        }

        private object Shape(Replayed replayed) => new
        {
            verdict = replayed.Verdict.Word(),
            subject = _subject,
            dialect = _dialect.ToString(),
            means = replayed.Means,
            how = replayed.How,
            suite = SuiteVersion.Text,
            rules = replayed.Failure?.Rules.Rules.Select(rule => rule.ToString()) ?? [],
            suspects = replayed.Failure?.Suspects.Rules.Select(rule => rule.ToString()) ?? [],
            defects = replayed.Failure?.Defects.Select(defect => defect.Id) ?? [],
            page = replayed.Failure?.Page(),
        };

        private ReportContent Report(Replayed replayed, string summary, object shape)
        {
            const string Alone = "replay";
            var failure = replayed.Failure is { } found ? found with { Saved = found.Saved with { Check = saved.Check ?? Alone, Dialect = _dialect } } : null;
            return new("replay", _subject, replayed.Verdict, summary, shape)
            {
                Dialects = [_dialect],
                Seed = saved.Seed,
                Checks = [new CheckReport(saved.Check ?? Alone, replayed.Verdict switch { Verdict.Conforms => RuleVerdict.Pass, Verdict.Violates => RuleVerdict.Fail, _ => RuleVerdict.Unknown }) { Remark = replayed.How }],
                Failures = failure is null ? [] : [new SavedFailure(failure, path)],
            };
        }

        private Replayed Scheduled()
        {
            try
            {
                if (Strategy.Find(saved.Strategy) is { IsCoyotes: false })
                {
                    using var hooked = SubjectRegistry.PrepareHooked(Runs, $"--strategy {saved.Strategy}", foreign);
                    hooked.Require(_dialect);
                    return Scheduled(hooked.Engine(_ => { }), SchedulePlan.Every);
                }

                using var subject = Ready();
                using var explorer = subject.Explorer();
                return Scheduled(explorer, SchedulePlan.Drawn);
            }
            catch (Exception e) when (e is SubjectException or FormatException)
            {
                throw new UsageException($"{file}: {e.Message}");
            }
        }

        private Replayed Scheduled(IEngine engine, SchedulePlan plan)
        {
            const string Means = "schedule", How = "the saved schedule was run again";
            // A crash of the scheduler's process leaves no schedule behind.
            if (saved.Schedule.IsDefault) return Explored(engine, plan, "there is no schedule in the file");
            var report = engine.Replay(saved.In(_dialect));
            return !report.Followed ? Explored(engine, plan, "the program does not follow the saved schedule: it, or the subject, is another one now")
                : Wrong(report, Means, report.Finding is null ? How : $"{How}, and this came of it") ?? new(Means, $"{How}, and nothing was wrong", null);
        }

        private Replayed Explored(IEngine engine, SchedulePlan plan, string why)
        {
            const string Means = "program";
            var report = engine.Explore(saved.Unanswered, _dialect, new ScheduleBudget(plan.Scheduler is null ? Drawn : plan.Rounds.Sum(), saved.Seed ?? 1, plan.Scheduler ?? saved.Strategy));
            var how = $"{why}; the program was explored again, {report.Schedules} schedules";
            return Wrong(report, Means, how)
                ?? (report.Exhaustive == true ? new(Means, $"{how}, which were all, and nothing was wrong", null)
                : new(Means, $"{how}, which were not all, and nothing was wrong in them", null, Verdict.Inconclusive));
        }

        // What an engine found, or why it found nothing worth saying; null if nothing is wrong.
        private Replayed? Wrong(ExplorationReport report, string means, string how) =>
            report.Finding is { Ending: Ending.Uncontrolled } uncontrolled ? new(means, $"{how}; {uncontrolled.Message}", null, Verdict.Inconclusive)
            : report.Finding is { } finding ? new(means, how, Of(finding))
            : report.Doubt is { } doubt ? new(means, doubt, null, Verdict.Inconclusive)
            : report.Unknown > 0 || (report.CutOff > 0 && report.CutOff == report.Schedules) ? new(means, $"{how}; it was not judged", null, Verdict.Inconclusive)
            : null;

        private Replayed History()
        {
            const string Means = "history";
            if (otherSubject is not null && otherSubject != saved.Subject)
                throw new UsageException($"{file}: a history of real threads is judged, not run; it says nothing of {Quoted.Short(otherSubject)}");
            const string How = "the saved history was judged again; real threads cannot be made to run the same way";
            var judgement = HistoryChecker.Check(saved, _dialect, Budget.Default);
            if (judgement.Violation is not null) return new(Means, How, Finding.OfHistory(saved.In(_dialect), judgement));
            if (judgement.Verdict == Verdict.Inconclusive) return new(Means, $"{How}; the budget ran out", null, Verdict.Inconclusive);
            // A thread that threw, or never came back, left a call without a return: the history alone is allowed.
            return saved.Check == StressCheck.Name ? Rounds("the answers in the file are allowed")
                : saved.Verdict == Verdict.Violates ? new(Means, $"{How}; the answers alone are allowed, and what else went wrong is not in the file", null, Verdict.Inconclusive)
                : new(Means, How, null);
        }

        private Replayed Rounds(string why)
        {
            const string Means = "program";
            using var subject = Ready();
            var how = $"{why}; the program was run again on real threads, {StressCheck.RoundsOfOne:N0} rounds at most";
            var context = new CheckContext(_subject, subject.Create, [_dialect], saved.Seed ?? 1) { Progress = Output.Progress };
            var (finding, doubt) = subject.Apart is not null ? subject.Apart.Replay(saved, _dialect, Output.Progress) : Found(new StressCheck(context).Run(saved));
            Output.EndProgress();
            return finding is not null ? new(Means, how, Of(finding))
                : new(Means, $"{how}, and {doubt ?? "nothing was wrong this time: they need not overlap the same way again"}", null, Verdict.Inconclusive);

            static (Finding? Finding, string? Doubt) Found(CheckReport report) => (report.Failures.FirstOrDefault(), report.Remark);
        }

        private Replayed Round()
        {
            const string Means = "round", How = "the round of the soak was run again";
            using var subject = Ready();
            var context = new CheckContext(_subject, subject.Create, [_dialect], saved.Seed ?? 1) { Inheritance = saved.Strategy != SoakCheck.WithoutForks, Progress = Output.Progress };
            if (!profiles.Contains(Profile.Inheritance)) context = context with { Inheritance = false };
            var report = subject.Apart?.Check(SoakCheck.Name, context, 1) ?? new SoakCheck(context).Run(1);
            Output.EndProgress();
            return report.Failures is [var finding, ..] ? new(Means, How, Of(finding))
                : new(Means, $"{How}, and nothing was wrong this time: real threads need not overlap the same way again", null, Verdict.Inconclusive);
        }

        private Replayed AsSequence()
        {
            const string Means = "sequence", How = "the saved sequence was run again";
            using var subject = Ready();
            var declaration = saved.DeclarationIn(_dialect);
            var (finding, doubt) = subject.Apart is not null ? subject.Apart.Replay(saved, _dialect, Output.Progress)
                : (Sequence.Compare(saved, declaration, subject.Create(declaration)) is { Mismatch: { } mismatch, Defects: var met } ? Of(Finding.OfSequence(saved.In(_dialect), mismatch)) with { Defects = met } : null, null);
            Output.EndProgress();
            if (doubt is not null) return new(Means, $"{How}: {doubt}", null, Verdict.Inconclusive);
            return finding is null && !saved.Operations.Any() ? new(Means, "there is no operation in the file: a system was made, and nothing else", null, Verdict.Inconclusive) : new(Means, How, finding);
        }

        private ReadySubject Ready()
        {
            var ready = SubjectRegistry.Prepare(Runs, foreign);
            ready.Require(_dialect);
            return ready;
        }

        private Finding Of(Finding finding) => finding with { Saved = finding.Saved with { Title = saved.Title, Subject = _subject, Check = saved.Check } };
    }
}
