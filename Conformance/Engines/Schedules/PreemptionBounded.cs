// Every execution with few preemptions, depth first: iterative context bounding (Musuvathi and Qadeer, PLDI 2007), one bound of it.
namespace PerfModel.Conformance.Schedules;

/// <summary>
/// Tries each sequence of steps in which a thread that could go on is stopped for another so many times at most. When a thread has come to its end, any other goes on:
/// that is no preemption. Nothing is reduced: equivalent executions differ in their preemptions, and the one with the fewest is wanted.
/// </summary>
/// <param name="most">How many preemptions an execution has at most.</param>
/// <param name="maxSteps">After how many steps an execution is cut off.</param>
internal sealed class PreemptionBounded(int most, int maxSteps) : ExplorationScheduler(maxSteps)
{
    private readonly List<Place> _path = [];
    private int _depth;
    private int _given;
    private bool _begun;
    private bool _isFinished;

    /// <summary>Whether every execution within the bound was seen.</summary>
    public override bool? IsExhaustive => _isFinished;

    /// <inheritdoc/>
    public override bool TryBegin()
    {
        if (!_begun)
        {
            _begun = true;
            return TryRestart();
        }

        while (_path.Count > 0)
        {
            if (_path[^1].Other(most) is { } other)
            {
                _path[^1] = other;
                _given = _path.Count;
                return TryRestart();
            }

            _path.RemoveAt(_path.Count - 1);
        }

        _isFinished = CutOff == 0;
        return false;
    }

    /// <inheritdoc/>
    public override bool TryRestart()
    {
        _path.RemoveRange(_given, _path.Count - _given);
        _depth = 0;
        Reset();
        return true;
    }

    /// <inheritdoc/>
    /// <exception cref="DivergedException">Other threads are alive than the last time.</exception>
    public override int Next(ReadOnlySpan<PendingStep> pending)
    {
        var alive = AliveOf(pending);
        if (_depth < _given) return _path[_depth].Alive == alive ? _path[_depth].Chosen : throw new DivergedException();
        if (_depth == MaxSteps) return GiveUp(ExecutionEnd.CutOff);
        _path.Add(Place.Behind(_depth > 0 ? _path[_depth - 1] : null, alive));
        return _path[_depth].Chosen;
    }

    /// <inheritdoc/>
    public override void Took(in TakenStep step) => _depth++;

    /// <summary>A choice: who could go on, who went on before, who goes on now, who has been tried.</summary>
    private readonly record struct Place(ulong Alive, int Last, int Chosen, ulong Tried, int Before)
    {
        private bool CanStay => Last >= 0 && (Alive >> Last & 1) != 0;

        private int Preemptions => Before + (CanStay && Chosen != Last ? 1 : 0);

        // The thread that moved last goes on, if it can.
        public static Place Behind(Place? before, ulong alive)
        {
            var last = before?.Chosen ?? -1;
            var chosen = last >= 0 && (alive >> last & 1) != 0 ? last : System.Numerics.BitOperations.TrailingZeroCount(alive);
            return new Place(alive, last, chosen, 1UL << chosen, before?.Preemptions ?? 0);
        }

        public Place? Other(int most)
        {
            var left = Alive & ~Tried;
            if (left == 0 || (CanStay && Before == most)) return null;
            var chosen = System.Numerics.BitOperations.TrailingZeroCount(left);
            return this with { Chosen = chosen, Tried = Tried | 1UL << chosen };
        }
    }
}
