// Whether a mutant of the model's step differs from it at all: both side by side, breadth first, from every setup of every universe.
using PerfModel.Conformance.Generation;
using PerfModel.Conformance.Subjects;
using PerfModel.Model;

namespace PerfModel.Conformance.Wrong;

/// <summary>Compares a subject whose state can be kept with the model. It cannot see what needs other setups, arguments or more calls than its bound.</summary>
internal static class SideBySide
{
    /// <summary>How many calls are made behind a setup.</summary>
    public const int Depth = 3;

    // Of one setup; counts grow for ever, so that the states alone are no bound.
    private const int MostPairs = 4_000;

    /// <summary>The first sequence after which the two answer differently, or null if there is none within the bound.</summary>
    /// <param name="create">Makes the other.</param>
    /// <param name="end">Ends the search; nothing is known then.</param>
    /// <param name="compared">How many calls were compared.</param>
    public static (Dialect Dialect, Operation[] Calls)? Difference(Func<Declaration, IRestorable> create, CancellationToken end, out long compared)
    {
        compared = 0;
        foreach (var dialect in Enum.GetValues<Dialect>())
        {
            foreach (var (universe, setup) in Universe.All.Values.Where(universe => universe.Name != "tables").SelectMany(universe => universe.Setups(dialect).Select(setup => (universe, setup))))
            {
                var model = State.Initial(setup.Declaration);
                var other = create(setup.Declaration);
                var before = new List<Operation>();
                foreach (var operation in setup.Setup.SelectMany(line => Enumerable.Repeat(line.Operation, line.Times)))
                {
                    compared++;
                    before.Add(operation);
                    var outcome = Step.Apply(model, operation);
                    if (Answer(other, operation) != outcome.Result) return (dialect, [.. before]);
                    model = outcome.State;
                }

                if (Search(universe, model, other, before, end, ref compared) is { } different) return (dialect, different);
            }
        }

        return null;
    }

    private static Operation[]? Search(Universe universe, State model, IRestorable other, List<Operation> before, CancellationToken end, ref long compared)
    {
        var known = new HashSet<(State, object)> { (model, other.Kept) };
        var layer = new List<(State Model, object Other, Operation[] Calls)> { (model, other.Kept, [.. before]) };
        for (var depth = 0; depth <= Depth; depth++)
        {
            var next = new List<(State, object, Operation[])>();
            foreach (var (state, kept, calls) in layer)
            {
                // Behind the last call only what is read.
                foreach (var call in depth == Depth ? Reads(state) : universe.Calls.Where(call => !(call is Operation.Open { Name: var name } && state.Find(name) is not null)).Concat(Reads(state)))
                {
                    if (end.IsCancellationRequested) return null;
                    compared++;
                    other.Kept = kept;
                    var outcome = Step.Apply(state, call);
                    if (Answer(other, call) != outcome.Result) return [.. calls, call];
                    if (depth < Depth && known.Count < MostPairs && !call.IsRead && known.Add((outcome.State, other.Kept))) next.Add((outcome.State, other.Kept, [.. calls, call]));
                }
            }

            layer = next;
        }

        return null;
    }

    private static IEnumerable<Operation> Reads(State state)
    {
        foreach (var e in state.Instances)
        {
            yield return new Operation.CountOf(e.Id);
            yield return new Operation.SamplesOf(e.Id);
            yield return new Operation.PausedOf(e.Id);
            yield return new Operation.StateOf(e.Id);
            yield return new Operation.OwnerOf(Role.Starter, e.Id);
            yield return new Operation.OwnerOf(Role.Stopper, e.Id);
            if (!e.Id.IsCopy) yield return new Operation.TotalCount(e.Id.Event);
        }
    }

    // What throws answers nothing that the model answers.
    private static Result? Answer(IRestorable subject, Operation operation)
    {
        try
        {
            return subject.Apply(operation);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return null;
        }
    }
}
