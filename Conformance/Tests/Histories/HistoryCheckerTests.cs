// The checker beside its rival, on the histories of a bounded family: the verdict, the place, what was possible there, and the order that is shown.
using System.Collections.Immutable;
using System.Diagnostics;
using PerfModel.Conformance.Histories;
using PerfModel.Model;
using Xunit;
using Xunit.Abstractions;

namespace PerfModel.Conformance.Tests.Histories;

public class HistoryCheckerTests(ITestOutputHelper output)
{
    private SmallProgram? _program;
    private ProgramJudge? _judge;
    private ImmutableArray<Result> _setup;

    /// <summary>The world, the lengths of the threads, and one of how many programs and of how many histories of each is judged.</summary>
    public static TheoryData<int, int[], int, int> Families { get; } = new()
    {
        { 0, [1, 1], 1, 1 },
        { 0, [1, 2], 3, 71 },
        { 0, [2, 2], 97, 997 },
        { 0, [1, 1, 1], 13, 211 },
        { 1, [1, 1], 1, 3 },
        { 1, [1, 2], 5, 101 },
        { 2, [1, 1], 1, 1 },
        { 2, [1, 2], 3, 41 },
        { 2, [2, 2], 41, 211 },
        { 2, [1, 1, 1], 11, 211 },
        { 3, [1, 1], 1, 4 },
        { 3, [1, 2], 5, 101 },
        { 3, [2, 2], 97, 997 },
        { 3, [1, 1, 1], 13, 211 },
        { 4, [1, 1], 1, 4 },
        { 4, [1, 2], 7, 211 },
        { 4, [2, 2], 97, 1999 },
        { 4, [1, 1, 1], 13, 421 },
        { 5, [1, 1], 1, 1 },
        { 5, [1, 2], 1, 23 },
        { 5, [2, 2], 41, 211 },
        { 5, [1, 1, 1], 11, 211 },
        { 6, [1, 1], 1, 1 },
        { 6, [1, 2], 1, 23 },
        { 6, [2, 2], 41, 211 },
        { 6, [1, 1, 1], 11, 211 },
    };

    [LongTheory]
    [MemberData(nameof(Families))]
    public void Agrees_with_the_rival(int world, int[] lengths, int ofPrograms, int ofHistories)
    {
        var watch = Stopwatch.StartNew();
        var (conforming, violating) = (0, 0);
        foreach (var history in Sample(Family.Programs(world, lengths), ofPrograms).SelectMany(program => Sample(Family.Histories(program), ofHistories)))
        {
            var judgement = Check(history);
            Assert.Equal(judgement.Verdict, JudgedAsARun(history).Verdict);
            var conforms = BruteForce.Conforms(history.Program.Declaration, history.Program.Setup, history.Events, history.After);
            Assert.True((conforms ? Verdict.Conforms : Verdict.Violates) == judgement.Verdict, $"{history}\nthe rival says {conforms}, the checker: {judgement}");
            if (conforms)
            {
                conforming++;
                Assert.True(Certificate.Objection(history, judgement.Order!, history.Events.Length, history.After.Length) is null, $"{history}\n{judgement.Order}");
            }
            else if (violating++ % 7 == 0)
            {
                CheckViolation(history, judgement.Violation!);
            }
        }

        output.WriteLine($"{Family.Worlds[world].Name}: {conforming} conform, {violating} violate, {watch.ElapsedMilliseconds} ms");
        Assert.True(conforming > 20 && violating > 20);
    }

    // The first answer that has no explanation: all before it can be explained, and with any possible answer in its place it can be too.
    private static void CheckViolation(SmallHistory history, Violation violation)
    {
        var inAfter = violation.Place.Section == Section.After;
        var events = inAfter ? history.Events.Length : violation.Place.Index;
        var after = inAfter ? violation.Place.Index : 0;
        Assert.True(Rival(history, events, after, null), $"{history}\nnothing before {violation.Place} can be explained");
        var answers = Enum.GetValues<Errno>().Where(errno => errno != Errno.None).Select(Result.Of)
            .Concat([Result.Ok, Result.Ignored, Result.NoOwner, Result.Gate(false), Result.Gate(true), .. Enumerable.Range(0, 8).Select(n => Result.Of((long)n))])
            .Concat("pqtu".Select(name => Result.Owner(Instance.Own(Handle.Of(name)))))
            .Concat("pt".Select(name => Result.Owner(new Instance(Handle.Of(name), 2))))
            .Concat(Enum.GetValues<Model.Activity>().Select(activity => Result.Of(activity)))
            .ToHashSet();
        Assert.Subset(answers, violation.Possible.ToHashSet());
        Assert.DoesNotContain(violation.Seen, violation.Possible);
        Assert.All(answers.Append(violation.Seen), answer =>
            Assert.True(Rival(history, events, after, answer) == violation.Possible.Contains(answer), $"{history}\n{violation.Place}: {answer}"));
        Assert.True(Certificate.Objection(history, violation.Longest, events, after) is null, $"{history}\n{violation.Longest}\n{Certificate.Objection(history, violation.Longest, events, after)}");
        Assert.NotEmpty(violation.Tried);
        Assert.True(violation.PossibleIsComplete && violation.DeadEnds >= violation.Tried.Length);
        Assert.True(violation.Rules.Contains(new RuleId(7, 1)) && !violation.AnswerRules.IsEmpty && (violation.AnswerRules - violation.Rules).IsEmpty);
    }

    /// <summary>What the rival says of the history up to a place, with another answer at that place, or none.</summary>
    private static bool Rival(SmallHistory history, int events, int after, Result? answer)
    {
        var inAfter = events == history.Events.Length && after < history.After.Length;
        var head = history.Events.Take(events);
        if (!inAfter && answer is not null) head = head.Append(history.Events[events] with { Return = answer });
        var tail = history.After.Take(after);
        if (inAfter && answer is not null) tail = tail.Append(history.After[after] with { Result = answer });
        return BruteForce.Conforms(history.Program.Declaration, history.Program.Setup, [.. head], [.. tail]);
    }

    private static Judgement Check(SmallHistory history) =>
        HistoryChecker.Check(history.Program.Declaration, history.Program.Setup, history.Events, history.After, Budget.Default);

    // As an engine asks, which has the answers of one run beside the program. The judge knows the program's other histories, and no history of another.
    private Judgement JudgedAsARun(SmallHistory history)
    {
        if (_program != history.Program)
        {
            _program = history.Program;
            var (declaration, setup, threads, after) = _program;
            _judge = new ProgramJudge(new PerfModel.Conformance.Text.Program { Declaration = declaration, Setup = setup, Threads = threads, After = after }, declaration.Dialect);
            _setup = [.. setup.Aggregate((State.Initial(declaration), ImmutableList<Result>.Empty), (before, line) => Step.Apply(before.Item1, line.Operation) is var outcome ? (outcome.State, before.Item2.Add(outcome.Result)) : default).Item2];
        }

        int[] order = [.. history.Events.Select(e => e.Call is null ? e.Thread : -1 - e.Thread)];
        Result[] answers = [.. _setup, .. history.Events.Select(e => e.Return).OfType<Result>(), .. history.After.Select(line => line.Result!.Value)];
        return _judge!.Judge(order, answers, Budget.Default);
    }

    private static IEnumerable<T> Sample<T>(IEnumerable<T> all, int of) => all.Where((_, i) => i % of == 0);
}
