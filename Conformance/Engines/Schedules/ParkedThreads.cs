// Real threads of which one runs at a time: each parks before its next access to shared state, and a scheduler says who goes on.
using PerfModel.Conformance.Findings;

namespace PerfModel.Conformance.Schedules;

/// <summary>
/// A few threads that make one execution after another. There is no thread that schedules: whoever is about to make an access asks
/// the scheduler, and passes the baton on if another is next.
/// </summary>
/// <remarks>
/// Only who has the baton runs, so nothing here needs a lock. The thread that calls <see cref="Run"/> is the first of them.
/// </remarks>
internal sealed class ParkedThreads : IDisposable
{
    // An execution that was given up is run to its end by one thread after the other, as that is cheaper than to unwind it; but not for ever.
    private const int MostUnscheduled = 100_000;

    private readonly Baton[] _batons;
    private readonly Baton _ended = new();
    private readonly PendingStep[] _pending;
    private readonly OwnThread[] _own;
    private readonly List<int> _choices = [];
    private IThreadScheduler? _scheduler;
    private Action<int>? _body;
    private Action<int>? _called;
    private int _started;
    private int _alive;
    private bool _unscheduled;
    private int _unscheduledSteps;
    private volatile bool _disposed;

    /// <summary>Starts the threads; they wait.</summary>
    /// <param name="count">How many threads, from 1.</param>
    public ParkedThreads(int count)
    {
        _batons = [.. Enumerable.Range(0, count).Select(_ => new Baton())];
        _own = [.. Enumerable.Range(0, count).Select(thread => new OwnThread(this, thread))];
        _pending = new PendingStep[count];
        for (var i = 1; i < count; i++)
        {
            var thread = i;
            new Thread(() => Serve(thread)) { IsBackground = true, Name = $"scheduled {thread}" }.Start();
        }
    }

    /// <summary>The choices of the last execution, one for each step.</summary>
    public IReadOnlyList<int> Choices => _choices;

    /// <summary>Where the accesses are told that come with their place in the source, or null.</summary>
    public AccessLog? Log { get; init; }

    /// <summary>What a thread threw in the last execution, or null.</summary>
    public Exception? Thrown { get; private set; }

    /// <summary>Makes one execution.</summary>
    /// <param name="scheduler">Who decides.</param>
    /// <param name="body">What each thread does.</param>
    /// <param name="called">Told when a call that was announced by <see cref="Calls"/> makes its first step; the thread has the baton.</param>
    /// <exception cref="DivergedException">The scheduler's.</exception>
    /// <returns>False if it says nothing: the collector ran, and may have moved a location, which is known by its address.</returns>
    public bool Run(IThreadScheduler scheduler, Action<int> body, Action<int>? called = null)
    {
        var collections = GC.CollectionCount(0);
        (_scheduler, _body, _called) = (scheduler, body, called);
        (_started, _alive, _unscheduled, _unscheduledSteps) = (1, _own.Length, false, 0);
        Thrown = null;
        Refused = null;
        _choices.Clear();
        foreach (var own in _own) own.Reset();
        if (Perform(0)) _ended.Await();
        if (Refused is not null) throw Refused;
        return GC.CollectionCount(0) == collections;
    }

    /// <summary>A thread is about to begin a call: its next step begins it.</summary>
    public void Calls(int thread) => _own[thread].Calls();

    /// <summary>A thread's call has returned: its last step has ended it. A call that touched nothing takes a step of its own now.</summary>
    public void Returns(int thread) => _own[thread].Returns();

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        foreach (var baton in _batons) baton.Pass();
    }

    // What the scheduler threw, in whatever thread it was asked.
    private DivergedException? Refused { get; set; }

    private void Serve(int thread)
    {
        while (true)
        {
            _batons[thread].Await();
            if (_disposed) return;
            Perform(thread);
        }
    }

    // Answers whether others are still at it; who ends the execution tells the first thread, which waits for that.
    private bool Perform(int thread)
    {
        ScheduledAccess.Enter(_own[thread]);
        try
        {
            _body!(thread);
        }
        catch (EndlessException)
        {
            // Given up already.
        }
        catch (Exception e)
        {
            // The subject's, whatever it is.
            Thrown ??= e;
        }
        finally
        {
            ScheduledAccess.Leave();
        }

        _own[thread].TellStep();
        _pending[thread] = default;
        var others = --_alive > 0;
        // From the moment that the baton is passed on, nothing here may be read.
        if (others) GoOn(thread, ends: true);
        else if (thread != 0) _ended.Pass();
        return others;
    }

    // Answers when the thread has the baton (again); at once if it ends.
    private void GoOn(int thread, bool ends)
    {
        var next = _started < _own.Length ? _started++ : Choose();
        if (next == thread) return;
        _batons[next].Pass();
        if (!ends) _batons[thread].Await();
    }

    private int Choose()
    {
        if (!_unscheduled)
        {
            var next = Ask();
            if (next != IThreadScheduler.Nobody)
            {
                _choices.Add(next);
                return next;
            }

            _unscheduled = true;
        }

        return Array.FindIndex(_pending, pending => pending.Alive);
    }

    private int Ask()
    {
        try
        {
            return _scheduler!.Next(_pending);
        }
        catch (DivergedException e)
        {
            Refused = e;
            return IThreadScheduler.Nobody;
        }
    }

    private void Tell(in TakenStep step)
    {
        if (_unscheduled) return;
        try
        {
            _scheduler!.Took(step);
        }
        catch (DivergedException e)
        {
            Refused = e;
            _unscheduled = true;
        }
    }

    /// <summary>What an execution does that does not end when its threads run one after the other.</summary>
    private sealed class EndlessException : Exception;

    /// <summary>One of the threads, as its accesses find it.</summary>
    internal sealed class OwnThread(ParkedThreads all, int thread)
    {
        private TakenStep _step;
        private bool _hasStep;
        private bool _calls;

        public void Reset()
        {
            _hasStep = _calls = false;
            // Alive, and nobody asks before it has come to its first access.
            all._pending[thread] = new PendingStep(true, 0);
        }

        public void Calls() => _calls = true;

        public void Returns()
        {
            if (_calls) Reach(0);
            _step = _step with { Ends = true };
        }

        /// <summary>The thread is about to make an access; answers when it may.</summary>
        public void Reach(nint location)
        {
            TellStep();
            if (!all._unscheduled || all._started < all._own.Length)
            {
                all._pending[thread] = new PendingStep(true, location);
                all.GoOn(thread, ends: false);
            }

            if (all._unscheduled && ++all._unscheduledSteps > MostUnscheduled) throw new EndlessException();
            _step = new TakenStep(thread, location, Writes: false, Begins: _calls);
            _hasStep = true;
            if (_calls) all._called?.Invoke(thread);
            _calls = false;
        }

        /// <summary>The place of the access that the thread makes now: its address, and the expression, the file and the line as C strings.</summary>
        public (nint Location, nint Expression, nint File, int Line) Told { private get; set; }

        /// <summary>The access has been made.</summary>
        public void Made(AccessWord kind, ulong value) => all.Log?.Made(thread, Told, kind, value);

        /// <summary>The access that the thread makes now stores.</summary>
        public void Writes() => _step = _step with { Writes = true };

        public void TellStep()
        {
            if (_hasStep) all.Tell(_step);
            _hasStep = false;
        }
    }
}
