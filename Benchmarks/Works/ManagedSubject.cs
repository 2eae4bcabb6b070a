// The loops over a system that is written in C#: one source for ours and for the peers.
using System.Runtime.CompilerServices;
using PerfModel.Benchmarks.Peers;
using PerfModel.Implementation;

namespace PerfModel.Benchmarks.Works;

/// <summary>A system in C#.</summary>
internal sealed class ManagedSubject<TSystem, TEvent>(TSystem system) : Subject
    where TSystem : struct, ISystem<TEvent>
    where TEvent : struct
{
    private readonly TSystem _system = system;
    private readonly List<TEvent> _events = [];

    /// <summary>The system itself, for what no peer does.</summary>
    public TSystem System => _system;

    public override int Open(int cpu = 0, bool running = true) => Add(_system.Open(cpu, running));

    /// <summary>Takes in an event that was opened otherwise.</summary>
    /// <returns>Its number.</returns>
    public int Add(TEvent e)
    {
        _events.Add(e);
        return _events.Count - 1;
    }

    public override void Close(int e) => Require(_system.Close(_events[e]));

    public override void SetStarter(int trigger, int target) => Require(_system.SetStarter(_events[trigger], _events[target]));

    public override void SetStopper(int trigger, int target) => Require(_system.SetStopper(_events[trigger], _events[target]));

    public override bool IsPaused(int e) => _system.Paused(_events[e]);

    public override long CountOf(int e) => _system.Count(_events[e]);

    public override Pool NewPool(int size) => new EventPool(this, size);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public override long Overflow(int trigger, int times)
    {
        TSystem system = _system;
        TEvent e = _events[trigger];
        long done = 0;
        for (var i = 0; i < times; i++) done += system.Overflow(e);
        return done;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public override long OverflowInTurn(int one, int other, int times)
    {
        TSystem system = _system;
        TEvent first = _events[one];
        TEvent second = _events[other];
        long done = 0;
        for (var i = 0; i < times; i++) done += system.Overflow(first) + system.Overflow(second);
        return done;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public override long Refuse(int trigger, int target, int refusal, int times)
    {
        TSystem system = _system;
        TEvent first = _events[trigger];
        TEvent second = _events[target];
        long done = 0;
        for (var i = 0; i < times; i++)
            if (system.SetStarter(first, second) == (Errno)refusal) done++;
        return done;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public override long OpenClose(int times)
    {
        TSystem system = _system;
        long done = 0;
        for (var i = 0; i < times; i++)
            if (system.Close(system.Open(cpu: 0, running: false)) == Errno.None) done++;
        return done;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public override long OpenLinkClose(int trigger, int times)
    {
        TSystem system = _system;
        TEvent owner = _events[trigger];
        long done = 0;
        for (var i = 0; i < times; i++)
        {
            TEvent target = system.Open(cpu: 0, running: false);
            if (system.SetStarter(owner, target) == Errno.None && system.Close(target) == Errno.None) done++;
        }

        return done;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public override long Tick(int e, int times)
    {
        TSystem system = _system;
        TEvent ticked = _events[e];
        long done = 0;
        for (var i = 0; i < times; i++)
            if (system.Tick(ticked, 1) == 0) done++;
        return done;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public override long Count(int e, int times)
    {
        TSystem system = _system;
        TEvent read = _events[e];
        long sum = 0;
        for (var i = 0; i < times; i++) sum += system.Count(read);
        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public override long Paused(int e, int times)
    {
        TSystem system = _system;
        TEvent read = _events[e];
        long open = 0;
        for (var i = 0; i < times; i++)
            if (!system.Paused(read)) open++;
        return open;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public override long StarterOf(int trigger, int target, int times)
    {
        TSystem system = _system;
        TEvent owner = _events[trigger];
        TEvent read = _events[target];
        long done = 0;
        for (var i = 0; i < times; i++)
            if (system.IsStarter(owner, read)) done++;
        return done;
    }

    public override void Dispose()
    {
        // The garbage collector has it.
    }

    private static void Require(Errno errno)
    {
        if (errno != Errno.None) throw new InvalidOperationException($"what a work needs was refused: {errno}");
    }

    private sealed class EventPool(ManagedSubject<TSystem, TEvent> subject, int size) : Pool
    {
        private readonly TEvent[] _targets = new TEvent[size];

        public override void Fill()
        {
            for (var i = 0; i < _targets.Length; i++) _targets[i] = subject._system.Open(cpu: 0, running: false);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public override long LinkAndClose(int trigger)
        {
            TSystem system = subject._system;
            TEvent owner = subject._events[trigger];
            long done = 0;
            foreach (TEvent target in _targets)
                if (system.SetStarter(owner, target) == Errno.None && system.Close(target) == Errno.None) done++;
            return done;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public override long Link(int trigger)
        {
            TSystem system = subject._system;
            TEvent owner = subject._events[trigger];
            long done = 0;
            foreach (TEvent target in _targets)
                if (system.SetStarter(owner, target) == Errno.None) done++;
            return done;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public override long Close()
        {
            TSystem system = subject._system;
            long done = 0;
            foreach (TEvent target in _targets)
                if (system.Close(target) == Errno.None) done++;
            return done;
        }
    }
}
