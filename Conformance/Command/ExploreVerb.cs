// explore [SCENARIO]: Coyote over a named scenario or over generated programs; the outcomes seen beside those that the model allows.
using System.Collections.Immutable;
using System.CommandLine;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Scheduled;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;
using Failure = PerfModel.Conformance.Checks.Failure;

namespace PerfModel.Conformance.Command;

/// <summary>The verb explore.</summary>
internal static class ExploreVerb
{
    public static System.CommandLine.Command Create(CancellationToken interrupted)
    {
        var scenario = new Argument<string?>("SCENARIO") { Description = $"one of: {string.Join(", ", Scenarios.All.Keys)}; without it, programs made by FsCheck", Arity = ArgumentArity.ZeroOrOne };
        var subject = new Option<string>("--subject") { Description = "whom to explore; 'perfmodel subjects' lists them", DefaultValueFactory = _ => "lockfree" };
        var dialect = new Option<string?>("--dialect") { Description = "Rfc2011 or Amended; default: Rfc2011" };
        var strategy = new Option<string?>("--strategy") { Description = "how the scheduler chooses; default: portfolio" };
        var iterations = new Option<long?>("--iterations") { Description = "how many schedules; default: 1000" };
        var seed = new Option<ulong>("--seed") { Description = "where all that is random starts", DefaultValueFactory = _ => 1 };
        var json = Output.JsonOption();
        var verb = new System.CommandLine.Command("explore", "Explores interleavings with Coyote: distinct outcomes beside what the model allows.") { scenario, subject, dialect, strategy, iterations, seed, json };
        verb.SetAction(parsed =>
        {
            var name = parsed.GetValue(scenario);
            if (name is not null && !Scenarios.All.ContainsKey(name))
                throw new UsageException($"there is no scenario '{OperationParser.Short(name)}'; there are {string.Join(", ", Scenarios.All.Keys)}");
            var schedules = RunVerb.Positive(parsed.GetValue(iterations), "--iterations") ?? 1000;
            var chosen = parsed.GetValue(dialect) is { } asked ? Workplace.Dialects(asked)[0] : Dialect.Rfc2011;
            try
            {
                var ready = Catalogue.Prepare(parsed.GetRequiredValue(subject));
                using var explorer = ready.Explorer();
                var used = parsed.GetValue(strategy) ?? explorer.Strategies()[0].Name;
                if (!explorer.Strategies().Any(known => known.Name == used))
                    throw new UsageException($"there is no strategy '{OperationParser.Short(used)}'; there are {string.Join(", ", explorer.Strategies().Select(known => known.Name))}");
                var run = new ExploreRun(ready, explorer, chosen, used, parsed.GetValue(seed), interrupted);
                return (name is null ? run.Generated(schedules) : run.Scenario(name, schedules)).Write(parsed.GetValue(json));
            }
            catch (ScheduledChildException e)
            {
                throw new UsageException(e.Message);
            }
        });
        return verb;
    }

    /// <summary>One use of the verb.</summary>
    private sealed class ExploreRun(ReadySubject subject, CoyoteExplorer explorer, Dialect dialect, string strategy, ulong seed, CancellationToken interrupted)
    {
        private readonly List<Failure> _failures = [];
        private ImmutableArray<string> _blind = [];
        private long _schedules;
        private long _programs;
        private long _unknown;
        private double _seconds;

        public Explored Scenario(string name, long schedules)
        {
            _blind = explorer.BlindTo(seed);
            var program = Scenarios.All[name];
            var counts = new Dictionary<string, OutcomeCount>();
            // In slices, so that Ctrl-C and progress have their turn; each slice has a seed of its own.
            for (var slice = 0UL; _schedules < schedules && _failures.Count == 0 && !interrupted.IsCancellationRequested; slice++)
            {
                var report = Explore(program, (int)Math.Min(500, schedules - _schedules), seed + slice, name);
                foreach (var outcome in report.Outcomes)
                {
                    counts[outcome.Text] = counts.TryGetValue(outcome.Text, out var before)
                        ? outcome with { Count = outcome.Count + before.Count, Verdict = before.Verdict == "conforms" ? outcome.Verdict : before.Verdict }
                        : outcome;
                }

                Output.Progress(name, _schedules, schedules);
            }

            return Result(name, program, Outcomes.Of(program, dialect, Budget.Default), [.. counts.Values.OrderByDescending(outcome => outcome.Count).ThenBy(outcome => outcome.Text, StringComparer.Ordinal)]);
        }

        public Explored Generated(long schedules)
        {
            _blind = explorer.BlindTo(seed);
            long distinct = 0;
            var context = new CheckContext(subject.Name, subject.Create, [dialect], seed) { Progress = Output.Progress, Cancelled = interrupted };
            var counting = new CountingExplorer(this, explorer);
            var check = new ScheduledCheck(context, counting, strategy).Run(schedules, scenarios: false);
            distinct = counting.Distinct;
            _failures.AddRange(check.Failures);
            return Result(null, null, null, []) with { DistinctOutcomes = distinct, Remark = check.Remark };
        }

        private ExplorationReport Explore(Document program, int schedules, ulong sliceSeed, string? title)
        {
            var report = explorer.Explore(program, dialect, new ExplorationTerms(schedules, sliceSeed, strategy));
            Count(report);
            if (report.Finding is { } finding && finding.Kind != "uncontrolled")
            {
                var saved = DocumentParser.ParseOne(finding.Saved, "the scheduler's finding") with { Title = title, Subject = subject.Name, Check = ScheduledCheck.Name, Strategy = strategy, Seed = sliceSeed };
                _failures.Add(ScheduledCheck.FailureOf(saved, dialect, finding.Kind, finding.Message) with { FoundAfter = _schedules });
            }

            return report;
        }

        private void Count(ExplorationReport report)
        {
            _programs++;
            _schedules += report.Schedules;
            _unknown += report.Unknown;
            _seconds += report.Seconds;
        }

        private Explored Result(string? scenario, Document? program, OutcomeSet? allowed, ImmutableArray<OutcomeCount> outcomes)
        {
            Output.EndProgress();
            return new Explored(scenario, subject.Name, dialect, strategy, seed, program, allowed, outcomes, [.. _failures.Select(failure => (failure, Workplace.Save(failure)))])
            {
                Schedules = _schedules,
                Programs = _programs,
                Seconds = _seconds,
                Unknown = _unknown,
                BlindTo = _blind,
            };
        }

        /// <summary>Counts what the Scheduled check asks, for schedules per second and distinct outcomes.</summary>
        private sealed class CountingExplorer(ExploreRun run, IScheduleExplorer inner) : IScheduleExplorer
        {
            public long Distinct { get; private set; }

            public ExplorationReport Explore(Document program, Dialect dialect, ExplorationTerms terms)
            {
                var report = inner.Explore(program, dialect, terms);
                run.Count(report);
                Distinct += report.Outcomes.Length;
                return report;
            }

            public ExplorationReport Replay(Document saved) => inner.Replay(saved);

            public ImmutableArray<string> BlindTo(ulong seed) => run._blind;
        }
    }
}
