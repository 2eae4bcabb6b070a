// Asks an adapter each thing that the wire has, and says in words what is wrong with the answers. Of rules it says nothing.
using System.Collections.Immutable;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Adapters;

/// <summary>One thing that was asked.</summary>
/// <param name="What">What, in words.</param>
/// <param name="IsRight">Whether the answer is as the annex has it.</param>
/// <param name="Message">What is wrong with it, or what there is to know; or null.</param>
internal sealed record AdapterStep(string What, bool IsRight, string? Message);

/// <summary>The check of an adapter.</summary>
internal sealed class AdapterCheck : IDisposable
{
    // As many operations as a message of the suite has at most, and more rounds.
    private const int Many = 256;

    private static readonly Handle e = new(0), f = new(1), none = new(2);

    private readonly ImmutableArray<string> _command;
    private readonly TimeSpan _patience;
    private readonly AdapterProcess _process;
    private readonly ImmutableArray<AdapterStep>.Builder _steps = ImmutableArray.CreateBuilder<AdapterStep>();

    private AdapterCheck(ImmutableArray<string> command, TimeSpan patience, Action<bool, ReadOnlyMemory<byte>>? seen)
    {
        (_command, _patience) = (command, patience);
        _process = AdapterProcess.Start(command, seen);
    }

    /// <summary>Runs it. What comes behind a step that fails is not asked.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="patience">How long each step may take.</param>
    /// <param name="seen">Told of each line: <c>true</c> for one that was sent.</param>
    /// <exception cref="SubjectException">There is no such program.</exception>
    public static ImmutableArray<AdapterStep> Run(ImmutableArray<string> command, TimeSpan patience, Action<bool, ReadOnlyMemory<byte>>? seen = null)
    {
        using var check = new AdapterCheck(command, patience, seen);
        check.Run();
        return check._steps.ToImmutable();
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private void Run()
    {
        Welcome? welcome = null;
        if (!Step("hello", () =>
        {
            welcome = _process.Hello(SuiteVersion.Text, _patience);
            return $"{welcome.Name}, in {welcome.Language}; {string.Join(", ", welcome.Dialects)}; {string.Join(", ", welcome.Profiles.Select(profile => profile.ToString().ToLowerInvariant()))}; programs of {welcome.Threads} threads";
        })) return;
        var adapter = new Adapter(_process, welcome!);
        foreach (var dialect in welcome!.Dialects)
        {
            if (!Step($"reset and apply in {dialect}", () =>
            {
                var skipped = Operations(welcome, dialect).Select(operation => Once(adapter, dialect, operation)).OfType<string>().ToList();
                return skipped.Count == 0 ? null : $"skipped: {string.Join("; ", skipped)}";
            })) return;
        }

        var first = welcome.Dialects[0];
        if (!Step("names", () => OfNames(adapter, first))) return;
        if (!Step($"apply of {Many} operations", () =>
        {
            adapter.Make(new Declaration(first)).ApplyAll([.. Enumerable.Repeat<Operation>(new Operation.Close(none), Many)]);
            return null;
        })) return;
        if (welcome.Profiles.Contains(Profile.Concurrency) && !Step("run", () => OfThreads(adapter, welcome, first))) return;
        if (!Step("a method that there is not", () =>
        {
            try
            {
                _process.Ask("perform", json =>
                {
                    json.WriteStartObject();
                    json.WriteEndObject();
                }).Dispose();
            }
            catch (AdapterProcess.ErrorException)
            {
                return null;
            }

            throw new ProtocolException("was answered by a result, and not by an error");
        })) return;
        if (!Step("hello of another protocol", OtherVersion)) return;
        Step("the end of its standard input", () =>
        {
            _process.EndInput();
            return null;
        });
    }

    private bool Step(string what, Func<string?> ask)
    {
        try
        {
            _steps.Add(new AdapterStep(what, true, _process.Within(_patience, ask)));
        }
        catch (ProtocolException wrong)
        {
            _steps.Add(new AdapterStep(what, false, wrong.Message));
        }

        return _steps[^1].IsRight;
    }

    private static IEnumerable<Operation> Operations(Welcome welcome, Dialect dialect)
    {
        var own = new Instance(e, -1);
        yield return new Operation.Open(f, new Attributes(Task: 0, Period: 2, Inherit: true, Enabled: true));
        if (dialect == Dialect.Linux613) yield return new Operation.Open(f, new Attributes(Task: 0) { Aux = true });
        foreach (var role in new[] { Role.Starter, Role.Stopper }) yield return new Operation.SetLink(role, e, e);
        yield return new Operation.Enable(e);
        yield return new Operation.Disable(e);
        yield return new Operation.ScheduleIn(own);
        yield return new Operation.ScheduleOut(own);
        yield return new Operation.Throttle(own);
        yield return new Operation.Unthrottle(own);
        yield return new Operation.Tick(own, 1);
        yield return new Operation.Overflow(own);
        yield return new Operation.CountOf(own);
        yield return new Operation.SamplesOf(own);
        yield return new Operation.StateOf(own);
        yield return new Operation.PausedOf(own);
        foreach (var role in new[] { Role.Starter, Role.Stopper }) yield return new Operation.OwnerOf(role, own);
        yield return new Operation.Close(e);
        if (!welcome.Profiles.Contains(Profile.Inheritance)) yield break;
        yield return new Operation.TotalCount(e);
        yield return new Operation.Fork(0, 2);
        yield return new Operation.Exit(2);
        yield return new Operation.StateOf(new Instance(e, 2));
    }

    // What is skipped of an operation on an event, and why; or null.
    private static string? Once(Adapter adapter, Dialect dialect, Operation operation)
    {
        Operation open = new Operation.Open(e, new Attributes(Task: 0, Period: 1, Enabled: true));
        var answers = adapter.Make(new Declaration(dialect)).ApplyAll([open, new Operation.ScheduleIn(new Instance(e, -1)), operation]);
        var answer = answers[^1];
        if (answer.Instead is { } how) throw new ProtocolException($"holds {operation}, which {how}");
        if (answer.Skipped is { } why) return $"{operation.Verb}, {why}";
        return IsOf(operation, answer.Result) ? null : throw new ProtocolException($"holds {operation}, which was answered by {answer.Result}: that is no answer to {operation.Verb}");
    }

    private static bool IsOf(Operation operation, Result answer) => answer.IsError || operation switch
    {
        Operation.Tick or Operation.Overflow => answer == Result.Ignored || answer.Number is not null,
        Operation.CountOf or Operation.SamplesOf or Operation.TotalCount => answer.Number is not null,
        Operation.StateOf => Enum.GetValues<Activity>().Any(activity => answer == Result.Of(activity)),
        Operation.PausedOf => answer == Result.Gate(true) || answer == Result.Gate(false),
        Operation.OwnerOf => answer == Result.NoOwner || answer.OwnerInstance is not null,
        _ => answer == Result.Ok,
    };

    private static string? OfNames(Adapter adapter, Dialect dialect)
    {
        Operation good = new Operation.Open(e, new Attributes(Task: 0)), wrong = new Operation.Open(e, new Attributes(Task: 0, Period: -1));
        var answers = adapter.Make(new Declaration(dialect)).ApplyAll([good, wrong, new Operation.StateOf(new Instance(e, -1)), new Operation.Close(none)]);
        if (answers.Any(answer => answer.Skipped is not null || answer.Instead is not null)) return "not looked at: some operation is skipped";
        if (answers[1].Result.IsError && answers[2].Result.IsError) throw new ProtocolException("are lost: an Open that fails leaves its name as it was, and the event that it stood for is gone");
        return answers[3].Result.IsError ? null : throw new ProtocolException("are made up: Close of a name that stands for nothing was answered by ok; the adapter passes a handle that was never issued");
    }

    private static string? OfThreads(Adapter adapter, Welcome welcome, Dialect dialect)
    {
        if (welcome.Threads < 2) throw new ProtocolException("needs two threads at least for the profile concurrency, and 'threads' is 1");
        var own = new Instance(e, -1);
        var program = new Program
        {
            Setup = [new Line(new Operation.Open(e, new Attributes(Task: 0)))],
            Threads = [new ProgramThread([new Line(new Operation.StateOf(own)), new Line(new Operation.StateOf(own))]), new ProgramThread([new Line(new Operation.Open(f, new Attributes(Task: 0))), new Line(new Operation.Close(f))])],
            After = [new Line(new Operation.StateOf(own))],
        };
        var rest = adapter.Make(new Declaration(dialect));
        rest.ApplyAll([new Operation.Open(none, new Attributes(Task: 0))]);
        var rounds = rest.Run(program, new Declaration(dialect), Many);
        if (rounds.FirstOrDefault(round => round.Instead is not null)?.Instead is { } how) throw new ProtocolException($"holds an operation that {how}");
        if (rounds.FirstOrDefault(round => round.Skipped is not null)?.Skipped is { } why) return $"skipped: {why}";
        if (rest.ApplyAll([new Operation.StateOf(new Instance(none, -1))])[0].Result.IsError) throw new ProtocolException("touches the system of reset: what was opened there is gone");
        // In a round in which nothing overlaps each call is followed by its return.
        var overlapped = rounds.Count(round => Enumerable.Range(0, round.Order.Count - 1).Any(i => round.Order[i] < 0 && round.Order[i + 1] != -1 - round.Order[i]));
        return $"calls overlapped in {overlapped} of {Many} rounds{(overlapped == 0 ? ": are the threads released together?" : "")}";
    }

    private string? OtherVersion()
    {
        using var other = AdapterProcess.Start(_command);
        return other.Within(_patience, () =>
        {
            try
            {
                other.Ask("hello", json => AdapterProcess.Hello(json, SuiteVersion.Text, Protocol.Version + 1)).Dispose();
            }
            catch (AdapterProcess.ErrorException error)
            {
                return error.Code == Protocol.OtherVersion ? (string?)null : throw new ProtocolException(FormattableString.Invariant($"was answered by the error {error.Code}, and not by {Protocol.OtherVersion}"));
            }

            throw new ProtocolException("was answered by a result: an adapter refuses a protocol that it does not speak");
        });
    }
}
