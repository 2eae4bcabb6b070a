// The child's end: loads a user's subject and runs the checks on it that need no scheduler, in a process that may hang and die.
using System.Collections.Immutable;
using PerfModel.Conformance.Adapters;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Child;

/// <summary>Runs in a process of its own, which <see cref="ChildProcess"/> starts.</summary>
internal sealed class SubjectHost
{
    /// <summary>The first argument of the process; the second is the path of the black box.</summary>
    public const string Verb = "subject-host";

    private readonly ChildHost _host;
    private IUserCode? _subject;

    private SubjectHost(ChildHost host) => _host = host;

    /// <summary>Answers requests until there are no more.</summary>
    public static int Run(string box)
    {
        SubjectHost? subjects = null;
        return ChildHost.Run(box, (host, request, end) => (subjects ??= new SubjectHost(host)).Answer(request, end));
    }

    private Reply Answer(Request request, CancellationToken end)
    {
        switch (request)
        {
            case Request.Load load:
                return Loaded(UserAssembly.Load(load.Path, load.Type, typed: load.Typed));
            case Request.LoadLibrary library:
                return Loaded(UserLibrary.Load(library.Path));
            case Request.StartAdapter adapter:
                Orphans.Adopt();
                return Loaded(UserAdapter.Start(adapter.Command, adapter.Limits, Lost));
            case Request.Check check:
                var report = Check(check, Context(check.Subject, check.Dialect, check.Seed, check.Inheritance, end));
                return new Reply.Report(report.Verdict, report.Iterations, report.Operations, report.Spoke, report.Remark, report.Skipped);
            case Request.Run { Program.Threads.IsEmpty: false } threads:
                var rounds = new StressCheck(Context(threads.Subject, threads.Dialect, 1, inheritance: true, end)).Run(threads.Program);
                return new Reply.Report(rounds.Verdict, rounds.Iterations, rounds.Operations, rounds.Spoke, rounds.Remark, rounds.Skipped);
            case Request.Run sequence:
                var outcome = Sequence.Run(Context(sequence.Subject, sequence.Dialect, 1, inheritance: true, end) with { OneAtATime = true }, sequence.Program, sequence.Dialect);
                if (outcome.Mismatch is { } mismatch) _host.Send(new Reply.Found(Finding.OfSequence(sequence.Program.In(sequence.Dialect) with { Subject = sequence.Subject }, mismatch)));
                return new Reply.Report(outcome.Mismatch is null ? RuleVerdict.Pass : RuleVerdict.Fail, 1, outcome.Operations, RuleSet.None, null, outcome.Skipped);
            case Request.Explore { Subject: null } explore:
                _host.Box.Begin(explore.Program, explore.Dialect);
                return new Reply.Explored(Engine(end).Explore(explore.Program, explore.Dialect, explore.Budget));
            case Request.Follow { Subject: null } follow:
                _host.Box.Begin(follow.Saved, follow.Dialect);
                return new Reply.Explored(Engine(end).Replay(follow.Saved));
            default:
                throw new FormatException($"a {request.GetType().Name} is not for this child");
        }
    }

    private Reply.Ready Loaded(IUserCode loaded)
    {
        _subject = loaded;
        var offered = ImmutableArray.CreateBuilder<Dialect>();
        Exception? refusal = null;
        foreach (var dialect in Enum.GetValues<Dialect>())
        {
            try
            {
                _host.Box.Call(0, Phase.Making, 0, 0);
                var made = _subject.Make(new Declaration(dialect));
                _host.Box.Return(0);
                _host.Box.Call(0, Phase.Disposing, 0, 0);
                made.End();
                _host.Box.Return(0);
                offered.Add(dialect);
            }
            catch (NotSupportedException e)
            {
                // A dialect that it does not offer (rule 8.1).
                _host.Box.Return(0);
                refusal ??= e;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                throw new SubjectException($"{_subject.Maker}{(dialect == Dialect.Patch2011 ? "" : $", in dialect {dialect},")} threw {Quoted.Thrown(e)}");
            }
        }

        return offered.Count > 0 ? new Reply.Ready(offered.ToImmutable(), _subject.IsHooked, _subject.Claimed) : throw new SubjectException($"{_subject.Maker} threw {Quoted.Thrown(refusal!)} in every dialect");
    }

    // Whoever asked ends this process, and the adapter with it.
    private void Lost(DeathCause cause, string what)
    {
        _host.Send(new Reply.Lost(cause, what));
        Thread.Sleep(Timeout.Infinite);
    }

    private ScheduleEngine Engine(CancellationToken end) =>
        new(Watched, end) { Progress = done => _host.Send(new Reply.Progress(ScheduleEngine.Exhaustive, done, 0)) };

    // Threads that park take ten to twenty times as long for a schedule as coroutines: with these a run takes as long as it does for one of ours.
    private const long Scheduled = 8_000;

    private CheckReport Check(Request.Check request, CheckContext context) =>
        new CheckRunner(context, _subject!.IsHooked ? Watched : null).Run(request.Name, request.Iterations ?? (request.Name is SchedulePlan.Schedules or EnumerationCheck.Name ? Scheduled : null), RuleId.TryParse(request.Rule, out var rule) ? rule : null, request.Skip);

    private CheckContext Context(string subject, Dialect dialect, ulong seed, bool inheritance, CancellationToken end)
    {
        _host.Box.Restart();
        return new CheckContext(subject, Make, [dialect], seed)
        {
            Inheritance = inheritance,
            IsRemote = _subject is UserAdapter,
            Cancelled = end,
            Progress = (what, done, all) => _host.Send(new Reply.Progress(what, done, all)),
            Witness = new Witness(_host),
        };
    }

    private ISubject Make(Declaration declaration)
    {
        _host.Box.Call(0, Phase.Making, 0, 0);
        var made = UnmadeSubject.Made(_subject!.Make, declaration);
        _host.Box.Return(0);
        return made;
    }

    // An engine calls from threads of its own, and tells no witness of its calls.
    private WatchedSubject Watched(Declaration declaration) => new(Make(declaration), _host.Box);

    private sealed class Witness(ChildHost host) : IWitness
    {
        public void Begin(Program program, Dialect dialect) => host.Box.Begin(program, dialect);

        public void Call(int thread, Phase phase, int line, int time) => host.Box.Call(thread, phase, line, time);

        public void Call(int thread, Operation operation) => host.Box.Call(thread, operation.ToString());

        public void Return(int thread) => host.Box.Return(thread);

        public void Tally(long iterations, long operations, RuleSet spoke) => host.Box.Tally = (iterations, operations, spoke);

        public void Found(Finding finding) => host.Send(new Reply.Found(finding));
    }
}
