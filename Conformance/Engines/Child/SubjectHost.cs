// The child's end: loads a user's subject and runs the checks on it that need no scheduler, in a process that may hang and die.
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Child;

/// <summary>Runs in a process of its own, which <see cref="SubjectChild"/> starts.</summary>
public sealed class SubjectHost
{
    /// <summary>The first argument of the process; the second is the path of the black box.</summary>
    public const string Verb = "subject-host";

    private readonly BlackBox _box;
    private readonly Stream _answers;
    private readonly BlockingCollection<(Request Request, CancellationToken End)> _requests = [];
    private UserAssembly? _subject;

    private SubjectHost(BlackBox box, Stream answers) => (_box, _answers) = (box, answers);

    /// <summary>Answers requests until there are no more.</summary>
    public static int Run(string box)
    {
        // Ctrl-C reaches every process at the terminal. What it means is the parent's affair, which ends this one when it likes.
        using var ignored = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        var input = Console.In;
        var answers = Console.OpenStandardOutput();
        // What a subject prints goes where it harms nothing, and there is nothing for it to read.
        Console.SetOut(Console.Error);
        Console.SetIn(TextReader.Null);
        new SubjectHost(BlackBox.Open(box), answers).Run(input);
        return 0;
    }

    private void Run(TextReader input)
    {
        new Thread(() => Listen(input)) { IsBackground = true, Name = "requests" }.Start();
        foreach (var (request, end) in _requests.GetConsumingEnumerable())
        {
            try
            {
                Answer(request, end);
            }
            catch (OutOfMemoryException)
            {
                // To say more might take what there is no more of.
                _box.OutOfMemory = true;
                System.Diagnostics.Process.GetCurrentProcess().Kill();
            }
            catch (Exception e)
            {
                // Not the subject's: what that throws has been caught.
                Send(new Reply("error") { Message = $"{e.GetType().Name}: {e.Message}" });
            }
        }
    }

    private void Listen(TextReader input)
    {
        var end = new CancellationTokenSource();
        while (input.ReadLine() is { } line)
        {
            if (Wire.Request(line) is not { } request) continue;
            if (request.Verb == "stop")
            {
                end.Cancel();
                continue;
            }

            end = new CancellationTokenSource();
            _requests.Add((request, end.Token));
        }

        // Whoever asked is gone. The subject may never come back, and its exit handlers may not either.
        System.Diagnostics.Process.GetCurrentProcess().Kill();
    }

    private void Answer(Request request, CancellationToken end)
    {
        switch (request.Verb)
        {
            case "load":
                Send(Loaded(request));
                break;
            case "check":
                Send(new Reply("report") { Report = WireReport.Of(Check(request, Context(request, end))) });
                break;
            default:
                var document = ProgramParser.ParseOne(request.Program!, "the sequence to run");
                var outcome = Sequence.Run(Context(request, end), document, request.Dialect);
                if (outcome.Mismatch is { } mismatch) Found(Finding.OfSequence(document.In(request.Dialect) with { Subject = request.Subject }, mismatch));
                Send(new Reply("report") { Report = new WireReport(outcome.Mismatch is null ? RuleVerdict.Pass : RuleVerdict.Fail, 1, outcome.Operations, RuleSet.None, null) });
                break;
        }
    }

    private Reply Loaded(Request request)
    {
        try
        {
            _subject = UserAssembly.Load(request.Path!, request.Type);
        }
        catch (ChildException e)
        {
            return new Reply("refused") { Message = e.Message };
        }

        foreach (var dialect in Enum.GetValues<Dialect>())
        {
            try
            {
                _box.Call(0, Phase.Making, 0, 0);
                _subject.Make(new Declaration(dialect));
                _box.Return(0);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                return new Reply("refused") { Message = $"the constructor of {_subject.Type} threw {e.GetType().Name}{(dialect == Dialect.Patch2011 ? "" : $" in dialect {dialect}")}: {e.Message}" };
            }
        }

        return new Reply("ready") { Message = _subject.Type };
    }

    private static CheckReport Check(Request request, CheckContext context) => request.Check switch
    {
        RulesCheck.Name => RulesCheck.Run(context, RuleId.TryParse(request.Rule, out var rule) ? rule : null, request.Skip),
        RandomCheck.Name => RandomCheck.Run(context, request.Iterations),
        StressCheck.Name => new StressCheck(context).Run(request.Iterations),
        SoakCheck.Name => new SoakCheck(context).Run(request.Iterations),
        _ => throw new FormatException($"there is no check '{request.Check}' here"),
    };

    private CheckContext Context(Request request, CancellationToken end)
    {
        _box.Restart();
        return new CheckContext(request.Subject!, Make, [request.Dialect], request.Seed)
        {
            Inheritance = request.Inheritance,
            Cancelled = end,
            Progress = (what, done, all) => Send(new Reply("progress") { Message = what, Done = done, All = all }),
            Witness = new Witness(this),
        };
    }

    private ISubject Make(Declaration declaration)
    {
        _box.Call(0, Phase.Making, 0, 0);
        ISubject made;
        try
        {
            made = _subject!.Make(declaration);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            made = new Unmade(e);
        }

        _box.Return(0);
        return made;
    }

    private void Found(Finding finding) => Send(new Reply("found") { Found = finding });

    private void Send(Reply reply)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(Wire.Marked(reply));
        lock (_answers)
        {
            _answers.Write(bytes);
            _answers.Flush();
        }
    }

    /// <summary>Stands for what its constructor did not let be: to whatever is called, that is the answer.</summary>
    private sealed class Unmade(Exception thrown) : ISubject
    {
        public Result Apply(Operation operation) =>
            throw new InvalidOperationException($"the constructor threw {thrown.GetType().Name}: {thrown.Message}", thrown);
    }

    private sealed class Witness(SubjectHost host) : IWitness
    {
        public void Begin(Program program, Dialect dialect) => host._box.Begin(program, dialect);

        public void Call(int thread, Phase phase, int line, int time) => host._box.Call(thread, phase, line, time);

        public void Call(int thread, Operation operation) => host._box.Call(thread, operation.ToString());

        public void Return(int thread) => host._box.Return(thread);

        public void Tally(long iterations, long operations, RuleSet spoke) => host._box.Tally = (iterations, operations, spoke);

        public void Found(Finding finding) => host.Found(finding);
    }
}
