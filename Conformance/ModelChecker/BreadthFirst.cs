// Breadth-first search over a machine: every state that can be reached, each claim looked at in every transition, shortest paths.
using System.Collections.Immutable;
using System.Diagnostics;
using PerfModel.Model;

namespace PerfModel.Conformance.ModelChecker;

/// <summary>How far a search is.</summary>
/// <param name="States">Stored: states, or orbits if names may be exchanged.</param>
/// <param name="Frontier">Of these, how many of the last layer are still to be expanded.</param>
/// <param name="PerSecond">Stored states a second since the start.</param>
/// <param name="Bytes">What the visited set and the layers take.</param>
public readonly record struct SearchProgress(long States, long Frontier, double PerSecond, long Bytes);

/// <summary>Why a search ended.</summary>
public enum SearchEnd
{
    /// <summary>The frontier emptied: what it says is exhaustive.</summary>
    Exhausted,

    /// <summary>Every claim that it was to look at is noted: no layer that follows can say more.</summary>
    Answered,

    /// <summary>The next layer would not fit into the memory that it may take.</summary>
    OutOfMemory,

    /// <summary>It was told to stop.</summary>
    Interrupted,
}

/// <summary>What became of a claim.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Verdict">Whether the claim is what it should be, is not, or nobody knows: not exhaustive, and nothing seen.</param>
/// <param name="Path">A shortest path whose last transition breaks an Always or reaches a Sometimes, or empty.</param>
/// <param name="Seen">How many stored states had been expanded when the path was found: the layers that it passes; 0 without a path.</param>
public sealed record ClaimVerdict(Claim Claim, Verdict Verdict, ImmutableArray<PathStep> Path, long Seen)
{
    /// <summary>holds, violated, reached, unreached; or unknown.</summary>
    public string Word => (Verdict, Claim.Kind) switch
    {
        (Verdict.Inconclusive, _) => "unknown",
        (Verdict.Conforms, PropertyKind.Always) => "holds",
        (_, PropertyKind.Always) => "violated",
        (Verdict.Conforms, _) => "reached",
        _ => "unreached",
    };
}

/// <summary>What a search found.</summary>
public sealed record SearchResult
{
    /// <summary>Why it ended.</summary>
    public required SearchEnd End { get; init; }

    /// <summary>Reachable states: with symmetry, the sum of the sizes of the orbits.</summary>
    public required long States { get; init; }

    /// <summary>Stored states: with symmetry one for each orbit.</summary>
    public required long Stored { get; init; }

    /// <summary>Transitions out of the stored states that were expanded, those that change nothing included.</summary>
    public required long Transitions { get; init; }

    /// <summary>The length of the longest of all shortest paths.</summary>
    public required int Depth { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>What the visited set and the layers took at the end.</summary>
    public required long Bytes { get; init; }

    /// <summary>The claims, in their order.</summary>
    public required ImmutableArray<ClaimVerdict> Claims { get; init; }

    /// <summary>Bytes for each stored state.</summary>
    public double BytesPerState => (double)Bytes / Stored;

    /// <summary>The worst of the claims.</summary>
    public Verdict Verdict => Claims.Select(claim => claim.Verdict).Worst();
}

/// <summary>
/// A level-synchronous search on all processors. What it counts does not depend on how many there are; nor do the paths, since of all
/// shortest ones it takes the one with the least states.
/// </summary>
/// <param name="machine">What to explore.</param>
/// <param name="wanted">Bit i: whether claim i is looked at.</param>
/// <param name="mostBytes">What the visited set and the layers may take.</param>
/// <param name="workers">How many threads search; 0 is one for each processor. Of a machine that numbers its states it is one.</param>
public sealed class BreadthFirst(IMachine machine, ulong wanted, long mostBytes, int workers = 0)
{
    // How many states of a layer a thread takes at a time.
    private const int Batch = 512;

    private readonly WordSet _visited = new();
    private readonly List<ImmutableArray<ulong[]>> _layers = [];
    private readonly (int Layer, PathStep Step)?[] _noted = new (int, PathStep)?[machine.Claims.Length];
    private readonly Worker[] _workers = [.. Enumerable.Range(0, machine.IsNumbered ? 1 : workers > 0 ? workers : Environment.ProcessorCount).Select(_ => new Worker(machine))];

    private long _stored;
    private long _bytes;
    // What is wanted and was not noted yet.
    private ulong _left = wanted;

    /// <summary>Searches until nothing is left, or it must stop.</summary>
    /// <param name="progress">Told now and then how far it is.</param>
    /// <param name="cancelled">Stops it.</param>
    public SearchResult Run(Action<SearchProgress>? progress = null, CancellationToken cancelled = default)
    {
        var clock = Stopwatch.StartNew();
        var start = machine.Symmetry.Canonical(machine.Initial);
        _visited.Add(start);
        _layers.Add([[start]]);
        _stored = 1;
        var end = SearchEnd.Exhausted;
        while (end == SearchEnd.Exhausted && _layers[^1].Length > 0)
        {
            end = Expand(_layers[^1], clock, progress, cancelled);
            Note(_layers.Count - 1);
            if (_left == 0 && end == SearchEnd.Exhausted) end = SearchEnd.Answered;
            _layers.Add([.. _workers.SelectMany(worker => worker.TakeFound())]);
        }

        return new SearchResult
        {
            End = end,
            States = 1L * machine.Symmetry.OrbitSize(start) + _workers.Sum(worker => worker.States),
            Stored = _stored,
            Transitions = _workers.Sum(worker => worker.Transitions),
            Depth = _layers.Count(layer => layer.Length > 0) - 1,
            Elapsed = clock.Elapsed,
            Bytes = _visited.Bytes + _bytes + machine.Bytes,
            Claims = [.. Enumerable.Range(0, machine.Claims.Length).Where(IsWanted).Select(i => VerdictOn(machine.Claims[i], i, end))],
        };
    }

    // A layer, batch by batch; the visited set has room for all that the batches of one round can find, so it grows between rounds only.
    private SearchEnd Expand(ImmutableArray<ulong[]> layer, Stopwatch clock, Action<SearchProgress>? progress, CancellationToken cancelled)
    {
        var batches = layer.SelectMany(segment => Enumerable.Range(0, (segment.Length + Batch - 1) / Batch)
            .Select(i => new ArraySegment<ulong>(segment, i * Batch, Math.Min(Batch, segment.Length - i * Batch)))).ToList();
        var done = 0;
        var left = SizeOf(layer);
        while (done < batches.Count)
        {
            var round = (int)Math.Min(batches.Count - done, Math.Max(_workers.Length, (_visited.Room - _stored) / ((long)Batch * machine.Degree)));
            var most = _stored + batches.Skip(done).Take(round).Sum(batch => (long)batch.Count) * machine.Degree;
            if (!WordSet.Fits(most) || _visited.BytesToHold(most) + _bytes + machine.Bytes > mostBytes) return SearchEnd.OutOfMemory;
            _visited.Grow(most);

            var next = done - 1;
            Parallel.ForEach(_workers, new ParallelOptions { MaxDegreeOfParallelism = _workers.Length }, worker =>
            {
                while (Interlocked.Increment(ref next) is var at && at < done + round && !cancelled.IsCancellationRequested)
                    worker.Expand(batches[at], _visited, _left);
            });
            for (var i = done; i < done + round; i++) left -= batches[i].Count;
            done += round;
            _stored = 1 + _workers.Sum(worker => worker.Stored);
            _bytes = _workers.Sum(worker => worker.Bytes);
            // Whoever was told to stop left states unexpanded: nothing is exhausted, even if nothing follows.
            if (cancelled.IsCancellationRequested) return SearchEnd.Interrupted;
            progress?.Invoke(new(_stored, left, _stored / clock.Elapsed.TotalSeconds, _visited.Bytes + _bytes + machine.Bytes));
        }

        return SearchEnd.Exhausted;
    }

    // The least of what the workers noted in this layer. What was noted once is not looked for in later layers: paths are longer there.
    private void Note(int layer)
    {
        for (var i = 0; i < _noted.Length; i++)
        {
            if (_noted[i] is not null) continue;
            var steps = _workers.Select(worker => worker.Noted[i]).OfType<PathStep>().ToList();
            if (steps.Count == 0) continue;
            _noted[i] = (layer, steps.MinBy(step => (step.Before, step.Action)));
            _left &= ~(1UL << i);
        }
    }

    private static long SizeOf(ImmutableArray<ulong[]> layer) => layer.Sum(segment => (long)segment.Length);

    private bool IsWanted(int bit) => (_left >> bit & 1) != 0 || _noted[bit] is not null;

    // What was seen breaks an Always, and is what a Sometimes asks for.
    private ClaimVerdict VerdictOn(Claim claim, int bit, SearchEnd end) =>
        _noted[bit] is var (layer, step)
            ? new(claim, claim.Kind == PropertyKind.Always ? Verdict.Violates : Verdict.Conforms, Path(bit, layer, step), _layers.Take(layer + 1).Sum(SizeOf))
            : new(claim, end != SearchEnd.Exhausted ? Verdict.Inconclusive : claim.Kind == PropertyKind.Always ? Verdict.Conforms : Verdict.Violates, [], 0);

    /// <summary>
    /// A path from the start to a transition. Nothing but the layers is kept: of each layer, backwards, a state that leads on; then
    /// forwards, since a state of an orbit stands for others and the path is one of states.
    /// </summary>
    private ImmutableArray<PathStep> Path(int bit, int layer, PathStep last)
    {
        var orbits = new ulong[layer + 1];
        orbits[layer] = last.Before;
        for (var i = layer - 1; i >= 0; i--) orbits[i] = LeadsTo(orbits[i + 1], _layers[i]);

        var edges = new Edge[machine.Degree];
        var path = ImmutableArray.CreateBuilder<PathStep>();
        var at = machine.Initial;
        for (var i = 0; i < layer; i++)
        {
            var edge = First(at, orbits[i + 1], edges)!.Value;
            path.Add(new(at, edge.Action));
            at = edge.After;
        }

        // In the state that stands for the orbit this action notes the claim; here it may be another, by other names.
        var count = machine.Expand(at, 1UL << bit, edges);
        path.Add(new(at, at == last.Before ? last.Action : edges.AsSpan(0, count).ToArray().First(edge => edge.Noted != 0).Action));
        return path.ToImmutable();
    }

    private ulong LeadsTo(ulong orbit, ImmutableArray<ulong[]> layer)
    {
        var edges = new Edge[machine.Degree];
        return layer.SelectMany(segment => segment).Order().First(state => First(state, orbit, edges) is not null);
    }

    private Edge? First(ulong state, ulong orbit, Edge[] edges)
    {
        var count = machine.Expand(state, 0, edges);
        for (var i = 0; i < count; i++)
            if (machine.Symmetry.Canonical(edges[i].After) == orbit) return edges[i];
        return null;
    }

    /// <summary>What one thread finds.</summary>
    private sealed class Worker(IMachine machine)
    {
        private readonly Edge[] _edges = new Edge[machine.Degree];
        private readonly List<ulong[]> _full = [];
        private ulong[] _found = [];
        private int _count;

        /// <summary>Of each claim, the least transition of this layer that notes it.</summary>
        public PathStep?[] Noted { get; } = new PathStep?[machine.Claims.Length];

        public long Transitions { get; private set; }

        public long States { get; private set; }

        public long Stored { get; private set; }

        public long Bytes { get; private set; }

        public void Expand(ArraySegment<ulong> states, WordSet visited, ulong wanted)
        {
            var symmetry = machine.Symmetry;
            foreach (var state in states)
            {
                var count = machine.Expand(state, wanted, _edges);
                Transitions += count;
                foreach (ref readonly var edge in _edges.AsSpan(0, count))
                {
                    if (edge.Noted != 0) Note(state, edge);
                    if (edge.After == state) continue;
                    var after = symmetry.Canonical(edge.After);
                    if (visited.Add(after)) Keep(after, symmetry.OrbitSize(after));
                }
            }
        }

        /// <summary>The states that were found since the last time.</summary>
        public IEnumerable<ulong[]> TakeFound()
        {
            if (_count > 0) _full.Add(_found[.._count]);
            Bytes += (_count - _found.Length) * sizeof(ulong);
            (_found, _count) = ([], 0);
            var taken = _full.ToList();
            _full.Clear();
            return taken;
        }

        private void Keep(ulong state, int states)
        {
            if (_count == _found.Length)
            {
                if (_count > 0) _full.Add(_found);
                // Small layers get small segments, large ones large ones.
                _found = new ulong[Math.Clamp(_count * 2, 64, 1 << 16)];
                Bytes += _found.Length * sizeof(ulong);
                _count = 0;
            }

            _found[_count++] = state;
            Stored++;
            States += states;
        }

        private void Note(ulong state, in Edge edge)
        {
            for (var i = 0; i < Noted.Length; i++)
            {
                if ((edge.Noted >> i & 1) == 0) continue;
                if (Noted[i] is { } least && (least.Before, least.Action).CompareTo((state, edge.Action)) <= 0) continue;
                Noted[i] = new(state, edge.Action);
            }
        }
    }
}
