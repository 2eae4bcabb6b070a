// Every execution of a few threads, up to equivalence, depth first: source sets and sleep sets (Abdulla, Aronis, Jonsson, Sagonas, POPL 2014).
using System.Numerics;

namespace PerfModel.Conformance.Schedules;

/// <summary>
/// Explores a tree of schedules, one execution at a time. It knows nothing of what the threads do but their steps.
/// </summary>
/// <remarks>
/// One execution of each Mazurkiewicz trace comes to its end, never two. With three threads or more some are begun in vain
/// (<see cref="ExplorationScheduler.Equivalent"/>); with two, none.
/// <para>
/// After each execution its races are looked up: two dependent steps of different threads with nothing in between that
/// orders them. Each race is reversed: a thread that can begin the other order is added to what must be tried before the first of the
/// two steps, unless one is there already (a source set). A thread whose step was tried at a place sleeps there in the later
/// branches, until a step is taken that depends on its own: before that, all would be equivalent to what was seen in the earlier branch.
/// </para>
/// <para>
/// Races are looked up at the end of an execution, not before a step is taken as in the paper: only then it is known whether a
/// compare-exchange stored and whether a step was its call's last. Either way all branches of a node are known before it is left.
/// </para>
/// <para>
/// A location has a name within one execution only. That is enough: the races are those of one execution, and
/// what a sleeping thread is about to touch, its pending step says in each.
/// </para>
/// </remarks>
internal sealed class DepthFirst : ExplorationScheduler
{
    private const int None = -1;

    private readonly int _threads;
    private readonly bool _reduces;
    private readonly List<Node> _path = [];
    private readonly Stack<Node> _spare = [];
    private readonly int[] _lastOf;
    private readonly Dictionary<nint, int> _lastAt = [];
    private readonly Dictionary<nint, int> _lastFreeing = [];
    private readonly List<Node> _joined = [];
    private int _lastBegin;
    private int _lastEnd;
    private int _depth;
    private int _given;
    private bool _begun;
    private bool _isFinished;

    /// <summary>A tree of which nothing was seen.</summary>
    /// <param name="threads">How many threads, up to 64.</param>
    /// <param name="maxSteps">After how many steps an execution is cut off.</param>
    /// <param name="reduces">Whether one execution stands for all that are equivalent; if not, each sequence of steps is tried.</param>
    public DepthFirst(int threads, int maxSteps, bool reduces = true)
        : base(maxSteps)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        (_threads, _reduces) = (threads, reduces);
        _lastOf = new int[threads];
    }

    /// <inheritdoc/>
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
            var node = _path[^1];
            node.PutToSleep(node.Taken);
            // Who waits for a lock there cannot begin; whoever has it can, and is in the way of no race.
            var left = node.Backtrack & node.Alive & ~node.Asleep;
            if (left != 0)
            {
                node.Chosen = BitOperations.TrailingZeroCount(left);
                _given = _path.Count;
                return TryRestart();
            }

            Shorten(_path.Count - 1);
        }

        _isFinished = CutOff == 0;
        return false;
    }

    /// <inheritdoc/>
    public override bool TryRestart()
    {
        Shorten(_given);
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
        var node = _spare.TryPop(out var spare) ? spare : new Node(_threads);
        node.Begin(alive);
        if (_depth > 0) node.Inherit(_path[_depth - 1], pending, this);
        var awake = alive & ~node.Asleep;
        if (awake == 0)
        {
            _spare.Push(node);
            return GiveUp(ExecutionEnd.Equivalent);
        }

        // The thread that moved last goes on: no other need be woken.
        var last = _depth > 0 ? _path[_depth - 1].Chosen : 0;
        node.Chosen = (awake >> last & 1) != 0 ? last : BitOperations.TrailingZeroCount(awake);
        node.Backtrack = 1UL << node.Chosen;
        _path.Add(node);
        return node.Chosen;
    }

    /// <inheritdoc/>
    /// <exception cref="DivergedException">It is another step than the last time.</exception>
    public override void Took(in TakenStep step)
    {
        var node = _path[_depth];
        // The last of the steps that are given is a new one. Locations have other names now.
        if (_depth < _given - 1 && !node.Taken.IsAsBefore(step)) throw new DivergedException();
        node.Taken = step;
        _depth++;
    }

    /// <inheritdoc/>
    /// <exception cref="DivergedException">It ended earlier than the last time.</exception>
    public override void End()
    {
        if (_depth < _path.Count) throw new DivergedException();
        base.End();
        FindRaces();
    }

    private void Shorten(int length)
    {
        for (var i = _path.Count - 1; i >= length; i--) _spare.Push(_path[i]);
        _path.RemoveRange(length, _path.Count - length);
    }

    private bool Dependent(in TakenStep one, in TakenStep other) => !_reduces || one.DependsOn(other);

    // The races among what was there the last time were looked up then, and the clocks of these steps stand.
    private void FindRaces()
    {
        var known = Math.Max(_given - 1, 0);
        Array.Fill(_lastOf, None);
        _lastAt.Clear();
        _lastFreeing.Clear();
        _lastBegin = _lastEnd = None;
        for (var later = 0; later < _path.Count; later++)
        {
            var node = _path[later];
            var thread = node.Chosen;
            Enter(node, later);
            if (later >= known)
            {
                var before = _lastOf[thread];
                if (before >= 0) _path[before].Clock.CopyTo(node.Clock, 0);
                else Array.Clear(node.Clock);
                // From the latest on: what an ordered step has before it is ordered too, and no race.
                if (_reduces) FindRacesOf(node, later);
                else
                    for (var earlier = later - 1; earlier >= 0; earlier--) Consider(node, later, earlier);
                foreach (var other in _joined) node.JoinClock(other);
                _joined.Clear();
                node.Clock[thread]++;
            }

            _lastOf[thread] = later;
        }
    }

    // Each step knows the one before it at its location, and the last ones that began and that ended a call. Only along these three can there be
    // steps that it depends on.
    private void Enter(Node node, int index)
    {
        node.BeforeAt = node.Taken.Location == 0 ? None : _lastAt.GetValueOrDefault(node.Taken.Location, None);
        if (node.Taken.Location != 0) _lastAt[node.Taken.Location] = index;
        node.FreedBefore = node.Taken.Locks ? _lastFreeing.GetValueOrDefault(node.Taken.Location, None) : None;
        if (node.Taken.Frees != 0) _lastFreeing[node.Taken.Frees] = index;
        (node.BeginBefore, node.EndBefore) = (_lastBegin, _lastEnd);
        if (node.Taken.Begins) _lastBegin = index;
        if (node.Taken.Ends) _lastEnd = index;
    }

    private void FindRacesOf(Node node, int later)
    {
        var (at, end, begin) = (node.BeforeAt, node.Taken.Begins ? node.EndBefore : None, node.Taken.Ends ? node.BeginBefore : None);
        while (Math.Max(at, Math.Max(end, begin)) is var earlier && earlier >= 0)
        {
            Consider(node, later, earlier);
            var other = _path[earlier];
            if (at == earlier) at = other.BeforeAt;
            if (end == earlier) end = other.EndBefore;
            if (begin == earlier) begin = other.BeginBefore;
        }

        if (node.FreedBefore >= 0) _joined.Add(_path[node.FreedBefore]);
    }

    private void Consider(Node node, int later, int earlier)
    {
        var other = _path[earlier];
        if (other.Chosen == node.Chosen || node.IsAfter(other) || !Dependent(node.Taken, other.Taken)) return;
        Reverse(earlier, later);
        // What had to wait cannot come before what it waited for: it is in a race with those before that, too.
        if (node.Taken.Waits) _joined.Add(other);
        else node.JoinClock(other);
    }

    // What can come before the earlier step of a race instead of it: the steps in between that do not need it, then the later one.
    // A thread of which one of these steps can be the first begins the other order.
    private void Reverse(int earlier, int later)
    {
        var first = _path[earlier];
        var reversing = 1UL << _path[later].Chosen;
        var initials = _threads == 2 ? reversing : Initials(earlier, later);
        if ((initials & first.Backtrack) != 0) return;
        first.Backtrack |= (initials & reversing) != 0 ? reversing : initials & (~initials + 1);
    }

    private ulong Initials(int earlier, int later)
    {
        var first = _path[earlier];
        ulong seen = 0, initials = 0;
        for (var i = earlier + 1; i <= later; i++)
        {
            var node = _path[i];
            var bit = 1UL << node.Chosen;
            if ((i < later && node.IsAfter(first)) || (seen & bit) != 0) continue;
            seen |= bit;
            var needs = false;
            for (var j = earlier + 1; j < i && !needs; j++)
            {
                var other = _path[j];
                if (other.IsAfter(first)) continue;
                // Without the earlier step the later one may store where it did not, or be its call's last: so whatever it might
                // depend on then is taken to come before it. To call a thread no initial costs an attempt in vain at most; to call one
                // initial that is none could lose an execution. (Those in between do what they did: they do not need the earlier step.)
                needs = i < later ? node.IsAfter(other) : !_reduces || node.IsAfter(other) || node.Taken.MayDependOn(other.Taken);
            }

            if (!needs) initials |= bit;
        }

        return initials;
    }

    /// <summary>A state on the path, and the step that was taken from it.</summary>
    private sealed class Node(int threads)
    {
        // What the sleeping threads' steps were when they were taken from here or from above. Their locations are those of another
        // execution: what the same steps touch in this one, the pending steps say.
        private readonly TakenStep[] _sleeping = new TakenStep[threads];

        public ulong Alive;
        public ulong Backtrack;
        public ulong Asleep;
        public int Chosen;
        public TakenStep Taken;
        public int BeforeAt, BeginBefore, EndBefore, FreedBefore;

        /// <summary>How many steps of each thread come before the step, itself included, in the order of dependence.</summary>
        public int[] Clock { get; } = new int[threads];

        public void Begin(ulong alive) => (Alive, Asleep) = (alive, 0);

        public void PutToSleep(in TakenStep step)
        {
            Asleep |= 1UL << step.Thread;
            _sleeping[step.Thread] = step;
        }

        public void Inherit(Node above, ReadOnlySpan<PendingStep> pending, DepthFirst tree)
        {
            for (var left = above.Asleep; left != 0; left &= left - 1)
            {
                var thread = BitOperations.TrailingZeroCount(left);
                if (thread == above.Chosen) continue;
                var step = above._sleeping[thread] with { Location = pending[thread].Location };
                if (!tree.Dependent(step, above.Taken)) PutToSleep(step);
            }
        }

        public bool IsAfter(Node other) => Clock[other.Chosen] >= other.Clock[other.Chosen];

        public void JoinClock(Node other)
        {
            var (mine, others) = (Clock, other.Clock);
            for (var i = 0; i < mine.Length && i < others.Length; i++)
                if (others[i] > mine[i]) mine[i] = others[i];
        }
    }
}
