// Finds out, once a history is known to violate, what a person needs to know: where, what was possible there, and how far orders go.
using System.Collections.Immutable;
using PerfModel.Model;

namespace PerfModel.Conformance.Histories;

/// <summary>Makes failures.</summary>
internal static class Explanation
{
    /// <summary>The most dead ends of a kind that are looked at for stories that differ.</summary>
    private const int MostStories = 100;

    /// <summary>A setup line with another answer than the model's.</summary>
    public static Violation OfSetup(SequentialMismatch mismatch) => new()
    {
        Place = new Place(Section.Setup, mismatch.Index),
        Thread = -1,
        Operation = mismatch.Operation,
        Seen = mismatch.Seen,
        Possible = [mismatch.Expected],
        PossibleIsComplete = true,
        Longest = Order.Empty,
        State = mismatch.Before,
        Start = mismatch.Before,
        Tried = [],
        DeadEnds = 1,
        Rules = mismatch.Rules,
        AnswerRules = mismatch.Rules,
        Suspects = mismatch.Suspects,
    };

    /// <summary>A history that violates; the search that looked ahead could not explain the moment <paramref name="earliest"/>.</summary>
    public static Violation OfHistory(Moments moments, Origin start, int earliest, Budget budget)
    {
        var at = FirstUnexplained(moments, start, earliest, budget);
        var (moment, dialect) = (moments.All[at], start.State.Declaration.Dialect);
        // Everything that the call may answer there, so nothing is known of its answer.
        var search = new Search(moments, new Scope(at + 1, Horizon: at, Exhaustive: true), budget).Run(start);
        var stories = Stories(moments, search, moment.Number);
        var longest = OrderTo(moments, search.Farthest!);
        var answerRules = RuleSet.None;
        var possible = new HashSet<Result>();
        foreach (var end in search.Ends)
        {
            // The rules of an answer are looked up once for each answer: walking to every end would cost more than the search.
            if (possible.Add(end.Configuration.Calls[moment.Thread]!.Result!.Value))
                answerRules |= Settling(PathTo(moments, end), moment.Number)?.Rules ?? RuleSet.None;
        }

        var rules = stories.Select(story => story.Order).Append(longest).Aggregate(
            answerRules | Cited.Refusing(dialect, moment.Operation, moment.Seen!.Value) | Forbidding(moments, at, dialect), (set, order) => set | RulesAbout(moments, order, moment));
        return new Violation
        {
            Place = moment.Place,
            Thread = moments.ThreadOf(moment.Thread),
            Operation = moment.Operation,
            Seen = moment.Seen!.Value,
            PossibleIsComplete = !search.Overrun,
            Possible = [.. possible.OrderBy(result => result.ToString(), StringComparer.Ordinal)],
            Longest = longest,
            State = search.Farthest!.Configuration.State,
            Start = start.State,
            Tried = [.. stories],
            DeadEnds = search.Ends.Count + search.Dropped,
            Rules = rules,
            AnswerRules = answerRules,
            Suspects = Suspects(moments, longest, moment, answerRules),
        };
    }

    /// <summary>The steps that led to a node.</summary>
    public static Order OrderTo(Moments moments, Search.Node node) => new(PathTo(moments, node));

    /// <summary>
    /// The first return that no order explains. A history that can be explained up to a moment can be explained up to
    /// every earlier one, so halving finds it. A part whose search overruns counts as explained: the place is then late, not wrong.
    /// </summary>
    private static int FirstUnexplained(Moments moments, Origin start, int earliest, Budget budget)
    {
        var judged = Enumerable.Range(earliest, moments.All.Length - earliest).Where(i => moments.All[i] is { Returns: true, Seen: not null }).ToList();
        // The place is mostly near: a gallop from the near end, and halving in the last leap.
        var (low, high) = (0, 0);
        while (high < judged.Count - 1 && !Violates(judged[high])) (low, high) = (high + 1, Math.Min(judged.Count - 1, 2 * high + 1));
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Violates(judged[middle])) high = middle;
            else low = middle + 1;
        }

        return judged[low];

        bool Violates(int at) => new Search(moments, new Scope(at + 1, at + 1, Exhaustive: false), budget).Run(start) is { Explained: null, Overrun: false };
    }

    private static ImmutableArray<OrderStep> PathTo(Moments moments, Search.Node node)
    {
        var path = new Stack<Search.Node>();
        for (var at = node; at.Before is not null; at = at.Before)
            if (at.Slot >= 0) path.Push(at);
        var begun = new HashSet<int>();
        var steps = ImmutableArray.CreateBuilder<OrderStep>(path.Count);
        foreach (var at in path)
        {
            // A node remembers who moved, not how: of all that could be done then, it is what led to the node.
            var before = at.Before!.Configuration;
            var taken = Search.Steps(before.Calls[at.Slot]!, before.State, at.Configuration.Calls[at.Slot]?.Result)
                .First(step => before.After(at.Slot, step).Equals(at.Configuration));
            steps.Add(StepOf(moments, at.Before, at.Slot, taken, begun));
        }

        return steps.MoveToImmutable();
    }

    private static OrderStep StepOf(Moments moments, Search.Node before, int slot, CallStep step, HashSet<int> begun)
    {
        var call = moments.UnderWay(before.Moment, slot);
        var operation = moments.All[moments.Calls[call]].Operation;
        return new OrderStep(moments.ThreadOf(slot), call, operation, begun.Add(call), before.Configuration.State, step);
    }

    /// <summary>The step of a path that settles the answer of a call; null if it was settled before the path begins.</summary>
    private static OrderStep? Settling(ImmutableArray<OrderStep> path, int call) => path.Cast<OrderStep?>().FirstOrDefault(step => step!.Value.Call == call && step.Value.Step.Call.Settled is not null);

    /// <summary>Some orders that break, those first that go furthest; each story once.</summary>
    private static List<BrokenOrder> Stories(Moments moments, Search search, int call)
    {
        var told = new HashSet<string>();
        var stories = new List<BrokenOrder>();
        foreach (var end in search.Ends.OrderByDescending(end => end.Steps).Take(MostStories))
        {
            // What came after the answer was settled is no part of the story.
            var path = PathTo(moments, end);
            if (Settling(path, call) is { } settling && Tell([.. path.TakeWhile(step => step != settling)], settling)) return stories;
        }

        foreach (var drop in search.Drops.OrderByDescending(drop => drop.Before.Moment).ThenByDescending(drop => drop.Before.Steps).Take(MostStories))
        {
            var path = PathTo(moments, drop.Before);
            if (Tell(path, StepOf(moments, drop.Before, drop.Slot, drop.Step, [.. path.Select(step => step.Call)]))) return stories;
        }

        return stories;

        bool Tell(ImmutableArray<OrderStep> path, OrderStep breaking)
        {
            var story = new BrokenOrder(new Order(path), breaking.Thread, breaking.Operation, breaking.Step.Call.Settled!.Value, breaking.Rules);
            if (told.Add($"{story.Order} / {story.Thread} {story.Operation} {story.Must}")) stories.Add(story);
            return stories.Count == HistoryChecker.OrdersListed;
        }
    }

    /// <summary>The rules of those steps of an order that overlap a call, or that touch an event which it names.</summary>
    private static RuleSet RulesAbout(Moments moments, Order order, Moment call) => order.Steps
        // The lines of after are mostly reads: they say nothing of each other.
        .Where(step => IsAbout(step, call) ? moments.All[moments.Calls[step.Call]].Place.Section == Section.History : Overlap(moments, step.Call, call.Number))
        .Aggregate(RuleSet.None, (rules, step) => rules | step.Rules);

    private static bool IsAbout(OrderStep step, Moment call) =>
        call.Operation.Uses.Any(e => step.Touches(e) || !Equals(step.Before.Find(e), step.Step.State.Find(e)));

    private static RuleSet Suspects(Moments moments, Order longest, Moment call, RuleSet answerRules)
    {
        var changes = longest.Steps.Where(step => IsAbout(step, call) && !step.Operation.IsRead).ToList();
        var own = call.Operation.IsRead && changes.Count > 0 ? changes[^1].Rules - OfThreads : answerRules;
        var steps = changes.Where(step => OverlapsAny(moments, step.Call)).Aggregate(RuleSet.None, (rules, step) => rules | (step.Rules & (OfThreads | OfBoth)));
        if (call.Operation is Operation.TotalCount && OverlapsAny(moments, call.Number)) steps |= RuleSet.Of(7_09);
        var suspects = Violation.News(own) | (steps - RuleSet.Of(7_01));
        return suspects.IsEmpty ? answerRules : suspects;
    }

    /// <summary>The rules that say nothing of a call which is alone: chapter 7, and what has the place of one of its rules or adds to them.</summary>
    private static readonly RuleSet OfThreads =
        RuleSet.Of(Enumerable.Range(1, RuleSet.PerChapter).Select(number => new RuleId(7, number))) | RuleSet.Of(8_18) | RuleSet.Of(8_21);

    /// <summary>A rule that says what a call does, and in which steps.</summary>
    private static readonly RuleSet OfBoth = RuleSet.Of(8_19);

    /// <summary>
    /// The rules that forbid. What they forbid is no step of the model, so no step can cite them: each call that the
    /// threads made before the place brings those that bound it.
    /// </summary>
    private static RuleSet Forbidding(Moments moments, int at, Dialect dialect) => moments.All.Take(at + 1)
        .Where(moment => moment.Place.Section == Section.History)
        .Aggregate(RuleSet.None, (set, moment) => set | Cited.Bounding(dialect, moment.Operation, moment.Seen));

    private static bool OverlapsAny(Moments moments, int call) => Enumerable.Range(0, moments.Calls.Length).Any(other => other != call && Overlap(moments, call, other));

    /// <summary>Whether two calls were under way at once.</summary>
    private static bool Overlap(Moments moments, int call, int other)
    {
        return BeginsInTime(call, other) && BeginsInTime(other, call);

        bool BeginsInTime(int late, int early) => moments.Returns[early] < 0 || moments.Calls[late] < moments.Returns[early];
    }
}
