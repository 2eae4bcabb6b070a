// A subject in the user's assembly, as the checks see it: each runs in a child, and when a child is lost, what it had found is not.
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Child;

/// <summary>Runs the checks that need no scheduler on an assembly of the user's.</summary>
/// <param name="subject">Which.</param>
/// <param name="terms">How long and how much it may take.</param>
/// <param name="host">The program that is <see cref="SubjectHost"/> when it is told so.</param>
/// <param name="folder">Where the black box lies.</param>
public sealed class ChildSubject(AssemblySubject subject, ChildLimits terms, string host, string folder) : IDisposable
{
    // A check goes on after its child is lost; where that happens again and again it says nothing new.
    private const int MostDeaths = 3;

    private readonly string _box = Path.Combine(folder, "black-box");
    private SubjectChild? _child;
    private bool _hasHung;

    /// <summary>How long a call may take. What has not returned once is believed sooner the next time.</summary>
    public TimeSpan Patience => _hasHung ? terms.Patience / 5 : terms.Patience;

    /// <summary>Loads the assembly in a child and makes a subject of it.</summary>
    /// <exception cref="ChildException">It cannot be done.</exception>
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

    /// <summary>Runs a check in each of the context's dialects: any but scheduled.</summary>
    /// <param name="check">Its name.</param>
    /// <param name="context">The terms; the subject in it is not used.</param>
    /// <param name="iterations">How many in each dialect; the examples are as many as they are.</param>
    /// <param name="only">The rule whose examples run; null for all.</param>
    public CheckReport Check(string check, CheckContext context, long iterations, RuleId? only = null)
    {
        var part = new Part(check);
        foreach (var dialect in context.Dialects)
        {
            part.Begin(dialect);
            for (var more = true; more && !context.Cancelled.IsCancellationRequested;)
            {
                var request = new Request("check") { Check = check, Subject = subject.Name, Dialect = dialect, Seed = context.Seed, Iterations = iterations, Rule = only?.ToString(), Inheritance = context.Inheritance, Skip = part.Reached };
                more = false;
                try
                {
                    var (answer, death) = Child(context.Cancelled).Ask(request, Patience, reply => Told(reply, part, context), context.Cancelled);
                    if (answer?.Report is { } report) part.Add(report);
                    else if (answer is not null) part.Doubt(answer.Message ?? "no reason was given");
                    else more = Bury(death!, part, context, dialect) && check == RulesCheck.Name;
                }
                catch (ChildException e)
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

    /// <summary>Runs a saved sequence again; null if it does what the model does.</summary>
    /// <exception cref="ChildException">Nobody can tell.</exception>
    public Finding? Replay(Program saved, Dialect dialect)
    {
        var part = new Part(saved.Check ?? RandomCheck.Name);
        part.Begin(dialect);
        var context = new CheckContext(subject.Name, _ => throw new NotSupportedException(), [dialect], saved.Seed ?? 1);
        var (answer, death) = Child(default).Ask(new Request("sequence") { Subject = subject.Name, Dialect = dialect, Program = saved.ToString() }, Patience, reply => Told(reply, part, context), default);
        if (death is not null) Bury(death, part, context, dialect);
        else if (answer!.Report is null) throw new ChildException(answer.Message ?? "the child refused without a reason");
        var report = part.Report();
        return report.Failures is [var failure, ..] ? failure : report.Verdict == RuleVerdict.Unknown ? throw new ChildException(report.Remark!) : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _child?.Dispose();
        _child = null;
    }

    private static void Told(Reply reply, Part part, CheckContext context)
    {
        if (reply.Found is { } finding) part.Found(finding);
        else context.Progress(reply.Message ?? "", reply.Done, reply.All);
    }

    // Notes what a child's death says. Whether another child may go on where this one stood.
    private bool Bury(Death death, Part part, CheckContext context, Dialect dialect)
    {
        Dispose();
        _hasHung |= death.Kind == "hang";
        part.Add(death.Tally);
        if (death.Kind == "silent") part.Doubt($"the child {death.Message}");
        if (death.Kind is "silent" or "cancelled") return false;
        part.Lost(FindingOf(death, part.Check, context, dialect), $"{Where(death)}{death.Message}");
        return part.Deaths < MostDeaths;
    }

    private static Finding FindingOf(Death death, string check, CheckContext context, Dialect dialect)
    {
        var (program, spoken) = death.Program ?? (new Program(), dialect);
        var declaration = program.DeclarationIn(spoken);
        program = context.Saved(check, program, spoken) with { Seed = context.Seed };
        if (program.Threads.IsEmpty && death.Thread >= 0 && death.Position.Phase == Phase.Setup
            && Sequence.Lost(program, declaration, death.Position.Line, death.Position.Time, death.Message) is { } mismatch)
            return Finding.OfSequence(program, mismatch, EndingOf(death));

        // Where no call of a thread is to blame, nothing but what a system declares and must do is in play.
        var rule = (program.Threads.IsEmpty && death.Position.Phase != Phase.Loose) || death.Position.Phase == Phase.Making ? 9_04 : 7_01;
        return Finding.OfUnfinished(program, EndingOf(death), $"{Where(death)}{death.Message}", rule);
    }

    private static Ending EndingOf(Death death) => death.Kind switch { "hang" => Ending.Hung, "memory" => Ending.OutOfMemory, _ => Ending.Crashed };

    /// <summary>The call that a death is about, for a sentence about it.</summary>
    private static string Where(Death death)
    {
        if (death.Thread < 0) return "between two calls the subject ";
        if (death.Position.Phase == Phase.Making) return "the constructor ";
        if (death.Position.Phase == Phase.Loose) return $"{death.Words} ";
        var lines = death.Program?.Program is not { } program ? []
            : death.Position.Phase == Phase.Thread ? (death.Thread < program.Threads.Length ? program.Threads[death.Thread].Lines : [])
            : death.Position.Phase == Phase.After ? program.After
            : program.Threads.IsEmpty ? program.Setup.AddRange(program.After) : program.Setup;
        if (death.Position.Line >= lines.Length) return "a call ";
        return $"{(death.Position.Phase == Phase.Thread ? $"thread {ProgramThread.Name(death.Thread)}: " : "")}{lines[death.Position.Line].Operation} ";
    }

    private SubjectChild Child(CancellationToken end)
    {
        end.ThrowIfCancellationRequested();
        if (_child is not null) return _child;
        Directory.CreateDirectory(folder);
        _child = SubjectChild.Start(host, _box, terms);
        var (answer, death) = _child.Ask(new Request("load") { Path = subject.Path, Type = subject.Type }, Patience, _ => { }, end);
        if (answer is { Kind: "ready" }) return _child;
        Dispose();
        end.ThrowIfCancellationRequested();
        throw new ChildException(answer?.Message ?? $"{Path.GetFileName(subject.Path)} cannot be used: {Where(death!)}{death!.Message}");
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

        public string Check => check;

        public int Deaths { get; private set; }

        /// <summary>How many examples of this dialect have run.</summary>
        public long Reached => _reached;

        public void Begin(Dialect dialect) => (_dialect, _reached) = (dialect, 0);

        public void Found(Finding failure)
        {
            // The random check tells of each smaller one that it comes to.
            if (check == RandomCheck.Name) _failures.RemoveAll(one => one.Dialect == _dialect);
            _failures.Add(failure);
        }

        public void Add(WireReport report)
        {
            Add((report.Iterations, report.Operations, report.Spoke));
            _verdict = new[] { RuleVerdict.Fail, RuleVerdict.Unknown, RuleVerdict.Pass }.Where(verdict => verdict == _verdict || verdict == report.Verdict).DefaultIfEmpty(RuleVerdict.NotRun).First();
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
            _iterations++;
            _reached++;
            // Lost while it shrank what it had found: that stays, and this is another.
            _failures.Add(failure with { FoundAfter = _reached });
            _remarks.Add(remark);
        }

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
            Remark = (_failures.Count == 0 && _verdict == RuleVerdict.NotRun ? _whyNot : _remarks).Distinct().ToList() is { Count: > 0 } remarks ? string.Join("; ", remarks) : null,
        };
    }
}
