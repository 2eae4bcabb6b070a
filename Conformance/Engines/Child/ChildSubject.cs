// A subject in the user's assembly, library or adapter, as the checks see it: each runs in a child, and when a child is lost, what it had found is not.
using System.Collections.Immutable;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Child;

/// <summary>Runs checks on an assembly, a library or an adapter of the user's: on a library that is hooked those of our engine too.</summary>
/// <param name="subject">Which.</param>
/// <param name="terms">How long and how much it may take.</param>
/// <param name="host">The program that is <see cref="SubjectHost"/> when it is told so.</param>
/// <param name="folder">Where the black box lies.</param>
internal sealed class ChildSubject(UserSubject subject, ChildLimits terms, string host, string folder) : IDisposable
{
    /// <summary>What is told of a subject that prints; its verdict is as it would be.</summary>
    internal const string Chatter = "the subject writes to standard output, which is the report's: what it wrote is not there";

    // A check goes on after its child is lost; where that happens again and again it says nothing new.
    private const int MostDeaths = 3;

    private ChildProcess? _child;
    private bool _hasHung;

    /// <summary>How long a call may take. What has not returned twice is believed sooner the next time.</summary>
    public TimeSpan Patience => _hasHung ? terms.Patience / 5 : terms.Patience;

    /// <summary>The dialects in which a subject can be made (rule 8.1), once it is ready: a constructor that throws <see cref="NotSupportedException"/> does not offer one.</summary>
    public ImmutableArray<Dialect> Offered { get; private set; } = [.. Enum.GetValues<Dialect>()];

    /// <summary>Whether its accesses come to our engine, once it is ready.</summary>
    public bool IsHooked { get; private set; }

    /// <summary>Whether it is behind an adapter, whose own threads run programs.</summary>
    public bool IsRemote => subject is AdapterCommand;

    /// <summary>The profiles that it says it claims, once it is ready; default if it cannot say.</summary>
    public ImmutableArray<Profile> Claimed { get; private set; }

    /// <summary>Loads the code in a child and makes a subject of it.</summary>
    /// <exception cref="SubjectException">It cannot be done.</exception>
    public void MakeReady(CancellationToken end)
    {
        try
        {
            Child(end);
        }
        catch (OperationCanceledException)
        {
            // Whoever asks next is told.
        }
    }

    /// <summary>Runs a check in each of the context's dialects: any but coyote.</summary>
    /// <param name="check">Its name.</param>
    /// <param name="context">The terms; the subject in it is not used.</param>
    /// <param name="iterations">How many in each dialect, null for as many as usual; the examples are as many as they are.</param>
    /// <param name="only">The rule whose examples run; null for all.</param>
    public CheckReport Check(string check, CheckContext context, long? iterations, RuleId? only = null)
    {
        var part = new Part(check);
        foreach (var dialect in context.Dialects)
        {
            part.Begin(dialect);
            for (var more = true; more && !context.Cancelled.IsCancellationRequested;)
            {
                var request = new Request.Check(check, subject.Name, dialect, context.Seed, iterations, only?.ToString(), context.Inheritance, part.Reached);
                more = false;
                try
                {
                    var (answer, death) = Child(context.Cancelled).Ask(request, Patience, reply => Told(reply, part, context), context.Cancelled);
                    if (_child?.Chatters == true) part.Tell(Chatter);
                    if (answer is Reply.Report report) part.Add(report);
                    else if (answer is Reply.Refused refused) part.Doubt(refused.Message);
                    else more = Note(death!, request, part, context, dialect) && check == RulesCheck.Name;
                }
                catch (SubjectException e)
                {
                    // It was ready once, and is not any more.
                    part.Doubt(e.Message);
                }
                catch (OperationCanceledException)
                {
                    break;
                }
            }
        }

        return part.Report();
    }

    /// <summary>Runs a saved program again, a sequence once, threads in many rounds.</summary>
    /// <returns>What is wrong, or null; and why nobody can tell, or null.</returns>
    /// <exception cref="SubjectException">The subject cannot be made any more.</exception>
    public (Finding? Finding, string? Doubt) Replay(Program saved, Dialect dialect, Action<string, long, long> progress)
    {
        var part = new Part(saved.Check ?? RandomCheck.Name);
        part.Begin(dialect);
        var context = new CheckContext(subject.Name, _ => throw new NotSupportedException(), [dialect], saved.Seed ?? 1) { Progress = progress };
        var request = new Request.Run(subject.Name, dialect, saved);
        var (answer, death) = Child(default).Ask(request, Patience, reply => Told(reply, part, context), default);
        if (death is not null) Note(death, request, part, context, dialect);
        else if (answer is Reply.Refused refused) throw new SubjectException(refused.Message);
        else if (answer is Reply.Report { Remark: { } remark, Verdict: RuleVerdict.Unknown }) part.Doubt(remark);
        var report = part.Report();
        return (report.Failures.FirstOrDefault(), report.Verdict == RuleVerdict.Unknown ? report.Remark : null);
    }

    /// <summary>Our engine in the child, on what was loaded there.</summary>
    /// <param name="progress">Told the number of executions of a program, now and then.</param>
    /// <param name="end">Ends it; every question then throws <see cref="OperationCanceledException"/>.</param>
    public IEngine Engine(Action<long> progress, CancellationToken end = default) => new ChildEngine(this, progress, end);

    /// <inheritdoc/>
    public void Dispose()
    {
        _child?.Dispose();
        _child = null;
    }

    private static void Told(Reply reply, Part? part, CheckContext context)
    {
        if (reply is Reply.Found found) part?.Found(found.Finding);
        else if (reply is Reply.Progress progress) context.Progress(progress.What, progress.Done, progress.All);
    }

    // Notes what a child's death says. Whether another child may go on where this one stood.
    private bool Note(Death death, Request request, Part part, CheckContext context, Dialect dialect)
    {
        Dispose();
        part.Add(death.Tally);
        if (death.Cause == DeathCause.Silent) part.Doubt(death.Doubt);
        if (death.Cause is DeathCause.Silent or DeathCause.Cancelled) return false;
        if (death.NeedsProof)
        {
            if (Again(death, request, context) is not { } again)
            {
                part.Doubt(death.Doubt);
                part.Skip();
                return true;
            }

            // One operation at a time: it knows better where.
            death = again;
        }

        _hasHung |= death.Cause == DeathCause.Hung;
        part.Lost(FindingOf(death, part.Check, context, dialect), death.Message);
        return part.Deaths < MostDeaths;
    }

    // Another child runs the same: the program that the first was lost in if it can be run alone, or all that led there. Null if it is not lost in the same way.
    private Death? Again(Death death, Request request, CheckContext context)
    {
        if (death.Program is var (program, dialect) && program.Threads.IsEmpty && !program.Setup.IsEmpty && death.Position.Phase != Phase.Loose)
            request = new Request.Run(subject.Name, dialect, program);
        var again = Child(context.Cancelled).Ask(request, terms.Patience, reply => Told(reply, null, context), context.Cancelled).Death;
        if (again is not null) Dispose();
        return again is not null && death.IsSameAs(again) ? again : null;
    }

    private static Finding FindingOf(Death death, string check, CheckContext context, Dialect dialect)
    {
        var (program, spoken) = death.Program ?? (new Program(), dialect);
        var declaration = program.DeclarationIn(spoken);
        program = context.Saved(check, program, spoken) with { Seed = program.Seed ?? context.Seed };
        if (program.Threads.IsEmpty && death.Threads.Length > 0 && death.Position.Phase == Phase.Setup
            && Sequence.Lost(program, declaration, death.Position.Line, death.Position.Time, death.What) is { } mismatch)
            return Finding.OfSequence(program, mismatch, death.Ending);

        // Where no call of a thread is to blame, nothing but what a system declares and must do is in play.
        var rule = (program.Threads.IsEmpty && death.Position.Phase != Phase.Loose) || death.Position.Phase is Phase.Making or Phase.Disposing ? 9_04 : 7_01;
        return Finding.OfUnfinished(program, death.Ending, death.Message, rule);
    }

    private ChildProcess Child(CancellationToken end)
    {
        end.ThrowIfCancellationRequested();
        if (_child is not null) return _child;
        _child = ChildProcess.Start(host, folder, terms, own: 0, SubjectHost.Verb);
        var (answer, death) = _child.Ask(subject.Loading(terms), Patience, _ => { }, end);
        if (answer is Reply.Ready ready)
        {
            (Offered, IsHooked, Claimed) = (ready.Offered, ready.IsHooked, ready.Claimed);
            return _child;
        }

        Dispose();
        end.ThrowIfCancellationRequested();
        throw new SubjectException((answer as Reply.Refused)?.Message ?? $"{Path.GetFileName(subject.Path)} cannot be used: {death!.Message}");
    }

    /// <summary>Asks the engine of a child. A child that dies of a question is a finding, and the next question starts another.</summary>
    private sealed class ChildEngine(ChildSubject asked, Action<long> progress, CancellationToken end) : IEngine
    {
        public ExplorationReport Explore(Program program, Dialect dialect, ScheduleBudget budget) => Ask(new Request.Explore(null, program, dialect, budget), program.In(dialect));

        public ExplorationReport Replay(Program saved) => Ask(new Request.Follow(null, saved, saved.Declaration.Dialect), saved);

        // It sees every access that comes to the hook.
        public ImmutableArray<string> BlindTo(ulong seed) => [];

        private ExplorationReport Ask(Request request, Program program)
        {
            var (answer, death) = One(request);
            if (death is { Cause: DeathCause.Silent }) return new ExplorationReport { Doubt = death.Doubt };
            if (death is { NeedsProof: true } first && ((answer, death) = One(request)).death?.IsSameAs(first) != true) return new ExplorationReport { Doubt = first.Doubt };
            if (answer is Reply.Refused refused) throw new SubjectException(refused.Message);
            return (answer as Reply.Explored)?.Seen ?? new ExplorationReport { Finding = Finding.OfUnfinished(program, death!.Ending, death.Message) with { FoundAfter = 1 } };
        }

        private (Reply? Answer, Death? Death) One(Request request)
        {
            var told = asked.Child(end).Ask(request, asked.Patience, reply => { if (reply is Reply.Progress { Done: > 0 } further) progress(further.Done); }, end);
            if (told.Death is not null) asked.Dispose();
            end.ThrowIfCancellationRequested();
            return told;
        }
    }

    /// <summary>What the children of one check have told.</summary>
    private sealed class Part(string check)
    {
        private readonly List<Finding> _failures = [];
        private readonly List<string> _remarks = [];
        private readonly List<string> _whyNot = [];
        private RuleVerdict _verdict = RuleVerdict.NotRun;
        private Dialect _dialect;
        private long _iterations, _operations, _reached;
        private RuleSet _spoke;
        private string? _skipped;

        public string Check => check;

        public int Deaths { get; private set; }

        /// <summary>How many examples of this dialect have run.</summary>
        public long Reached => _reached;

        public void Begin(Dialect dialect) => (_dialect, _reached, Deaths) = (dialect, 0, 0);

        public void Found(Finding failure)
        {
            // The random check tells of each smaller one that it comes to.
            if (check == RandomCheck.Name) _failures.RemoveAll(one => one.Dialect == _dialect);
            _failures.Add(failure);
        }

        public void Add(Reply.Report report)
        {
            // What did not come again is no failure.
            if (check == RandomCheck.Name && report.Verdict == RuleVerdict.Unknown) _failures.RemoveAll(one => one.Dialect == _dialect && one.Ending is (Ending.Returned or Ending.Threw));
            Add((report.Iterations, report.Operations, report.Spoke));
            _verdict = new[] { RuleVerdict.Fail, RuleVerdict.Unknown, RuleVerdict.Pass }.Where(verdict => verdict == _verdict || verdict == report.Verdict).DefaultIfEmpty(RuleVerdict.NotRun).First();
            _skipped ??= report.Skipped;
            if (report.Remark is not null) (report.Verdict == RuleVerdict.NotRun ? _whyNot : _remarks).Add(report.Remark);
        }

        public void Add((long Iterations, long Operations, RuleSet Spoke) tally)
        {
            _iterations += tally.Iterations;
            _operations += tally.Operations;
            _reached += tally.Iterations;
            _spoke |= tally.Spoke;
        }

        /// <summary>The child was lost in an iteration that it could not count any more.</summary>
        public void Lost(Finding failure, string remark)
        {
            Deaths++;
            Skip();
            // Lost while it shrank what it had found: that stays, and this is another.
            _failures.Add(failure with { FoundAfter = _reached });
            _remarks.Add(remark);
        }

        /// <summary>An iteration that nobody could count.</summary>
        public void Skip()
        {
            _iterations++;
            _reached++;
        }

        public void Tell(string remark) => _remarks.Add(remark);

        public void Doubt(string remark)
        {
            _verdict = RuleVerdict.Unknown;
            _remarks.Add(remark);
        }

        public CheckReport Report() => new(check, _failures.Count > 0 ? RuleVerdict.Fail : _verdict)
        {
            Iterations = _iterations,
            Operations = _operations,
            Failures = [.. _failures],
            Spoke = _spoke,
            Skipped = _skipped,
            Remark = (_failures.Count == 0 && _verdict == RuleVerdict.NotRun ? _whyNot : _remarks).Distinct().ToList() is { Count: > 0 } remarks ? string.Join("; ", remarks) : null,
        };
    }
}
