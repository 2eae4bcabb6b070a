// The Soak check: many threads do everything for a long time, and whenever they rest what must hold at rest is looked at. It judges no history.
using PerfModel.Conformance.Text;
using System.Diagnostics;
using PerfModel.Conformance.Subjects;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>
/// Rounds of a mixed load on real threads. Each round has a system of its own; when its threads have ended, counts, samples and
/// totals must be what the answers of all Ticks and Overflows add up to, links must work, and every place must be free again.
/// What remains in memory at rest is noted after a minute and at the end: a leak shows as growth.
/// </summary>
public sealed class SoakCheck(CheckContext context)
{
    /// <summary>The name of the check.</summary>
    public const string Name = "soak";

    private const int CallsPerThread = 20_000;
    private const int MebiByte = 1 << 20;

    private static readonly TimeSpan WarmUp = TimeSpan.FromMinutes(1);

    private readonly int _threads = Math.Max(3, Environment.ProcessorCount + 1);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    // Which thread asks, for the witness; 0 where all rest.
    [ThreadStatic]
    private static int t_thread;

    private long _rounds;
    private long _operations;
    private Memory? _early;

    /// <summary>Runs so many rounds in each dialect; the first thing that does not hold ends it.</summary>
    public CheckReport Run(long rounds)
    {
        string? broken = null;
        foreach (var dialect in context.Dialects)
        {
            for (var round = 0L; round < rounds && broken is null && !context.Cancelled.IsCancellationRequested; round++)
            {
                context.Progress($"{Name} {dialect}", round, rounds);
                broken = RunRound(dialect, context.Seed + (ulong)round);
                context.Witness?.Tally(_rounds, _operations, RuleSet.None);
                if (_early is null && _clock.Elapsed >= WarmUp) _early = Memory.Now();
            }
        }

        var end = Memory.Now();
        // A leak of a long soak is many times what garbage collections differ by.
        if (broken is null && _early is { } early && end.Managed > 2 * early.Managed + 16 * MebiByte) broken = "memory grows";
        var told = _early is null ? $"{end} at the end" : $"{_early} after a minute, {end} at the end";
        return new CheckReport(Name, broken is not null ? RuleVerdict.Fail : _rounds == 0 ? RuleVerdict.NotRun : RuleVerdict.Pass)
        {
            Iterations = _rounds,
            Operations = _operations,
            Remark = broken is null ? told : $"{broken}; {told}",
        };
    }

    private string? RunRound(Dialect dialect, ulong seed)
    {
        var load = new Load(dialect, context, _threads);
        Exception? threw = null;
        var threads = Enumerable.Range(0, _threads).Select(thread => new Thread(() =>
        {
            t_thread = thread + 1;
            try
            {
                load.Work(new Random(HashCode.Combine(seed, thread)), CallsPerThread);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                context.Witness?.Return(t_thread);
                threw = e;
            }
        }) { IsBackground = true, Name = $"soak {thread}" }).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        _operations += load.Operations;
        if (threw is not null) return $"{dialect}, seed {seed}: a call threw {threw.GetType().Name}: {Quoted.Short(threw.Message)}";
        if (context.Cancelled.IsCancellationRequested) return null;
        _rounds++;
        try
        {
            return load.AtRest() is { } broken ? $"{dialect}, seed {seed}: {broken}" : null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            context.Witness?.Return(t_thread);
            return $"{dialect}, seed {seed}: a call threw {e.GetType().Name}: {Quoted.Short(e.Message)}";
        }
    }

    /// <summary>What the process holds.</summary>
    private sealed record Memory(long Managed, long Peak)
    {
        public static Memory Now() => new(GC.GetTotalMemory(forceFullCollection: true), Process.GetCurrentProcess().PeakWorkingSet64);

        public override string ToString() => FormattableString.Invariant($"{Managed / (double)MebiByte:0.0} MiB live and {Peak / MebiByte} MiB peak");
    }

    /// <summary>One system, the calls on it, and what their answers add up to.</summary>
    private sealed class Load
    {
        private const int Places = 24;
        private const int Slots = 32;
        private const int Names = 40;

        private readonly ISubject _subject;
        private readonly Declaration _declaration;
        private readonly bool _forks;
        private readonly CancellationToken _cancelled;
        private readonly IWitness? _witness;
        private readonly Book[] _books;
        private readonly int[] _slots = new int[Slots];
        private readonly int[] _exits = new int[Names];
        private int _opened;
        private int _forked;
        private long _operations;

        public Load(Dialect dialect, CheckContext context, int threads)
        {
            _declaration = new Declaration(dialect, Places, Roots: 2, Tasks: Names);
            _subject = context.Create(_declaration);
            _forks = context.Inheritance;
            _cancelled = context.Cancelled;
            _witness = context.Witness;
            _books = [.. Enumerable.Range(0, threads * CallsPerThread).Select(_ => new Book())];
            _forked = _declaration.Roots;
        }

        public long Operations => Interlocked.Read(ref _operations);

        // What was answered about one event, by all threads.
        private sealed class Book
        {
            public long Opened;
            public long Closed;
            public long Own;
            public long Family;
            public long Samples;
        }

        public void Work(Random random, int calls)
        {
            for (var call = 0; call < calls && !_cancelled.IsCancellationRequested; call++) Step(random);
        }

        private Result Ask(Operation operation)
        {
            Interlocked.Increment(ref _operations);
            if (_witness is null) return _subject.Apply(operation);
            _witness.Call(t_thread, operation);
            var answer = _subject.Apply(operation);
            _witness.Return(t_thread);
            return answer;
        }

        private void Step(Random random)
        {
            var slot = random.Next(Slots);
            var e = new Handle(Volatile.Read(ref _slots[slot]));
            var other = new Handle(Volatile.Read(ref _slots[random.Next(Slots)]));
            var task = _forks && random.Next(3) == 0 ? random.Next(_declaration.Roots, Math.Max(_declaration.Roots + 1, Volatile.Read(ref _forked))) : -1;
            var instance = new Instance(e, task);
            var role = random.Next(2) == 0 ? Role.Starter : Role.Stopper;
            switch (random.Next(64))
            {
                case < 3:
                    Open(slot, random);
                    break;
                case < 5:
                    if (Ask(new Operation.Close(e)) == Result.Ok) Interlocked.Increment(ref _books[e.Id].Closed);
                    break;
                case < 14:
                    Ask(new Operation.SetLink(role, e, other));
                    break;
                case < 18:
                    Ask(new Operation.Enable(e));
                    break;
                case < 20:
                    Ask(new Operation.Disable(e));
                    break;
                case < 25:
                    Ask(new Operation.ScheduleIn(instance));
                    break;
                case < 27:
                    Ask(new Operation.ScheduleOut(instance));
                    break;
                case < 29:
                    Ask(random.Next(2) == 0 ? new Operation.Throttle(instance) : new Operation.Unthrottle(instance));
                    break;
                case < 44:
                    Tick(instance, random.Next(1, 9));
                    break;
                case < 54:
                    if (Ask(new Operation.Overflow(instance)).Number is { } once && task < 0) Interlocked.Add(ref _books[e.Id].Samples, once);
                    break;
                case < 58:
                    Ask(new Operation.OwnerOf(role, instance));
                    break;
                case < 60:
                    Ask(new Operation.CountOf(instance));
                    break;
                case < 62 when _forks:
                    Ask(new Operation.TotalCount(e));
                    break;
                case 62 when _forks && random.Next(20) == 0:
                    Fork(random);
                    break;
                case 63 when _forks && random.Next(24) == 0:
                    Exit(Math.Max(task, _declaration.Roots));
                    break;
                default:
                    Ask(new Operation.PausedOf(instance));
                    break;
            }
        }

        private void Open(int slot, Random random)
        {
            var name = new Handle(Interlocked.Increment(ref _opened) - 1);
            if (name.Id >= _books.Length) return;
            var attributes = new Attributes(random.Next(2), -1, random.Next(4), random.Next(3) > 0, random.Next(4) > 0);
            if (Ask(new Operation.Open(name, attributes)) != Result.Ok) return;
            Volatile.Write(ref _books[name.Id].Opened, 1);
            Volatile.Write(ref _slots[slot], name.Id);
        }

        private void Tick(Instance instance, int amount)
        {
            if (Ask(new Operation.Tick(instance, amount)).Number is not { } overflows) return;
            var book = _books[instance.Event.Id];
            Interlocked.Add(ref book.Family, amount);
            if (instance.IsCopy) return;
            Interlocked.Add(ref book.Own, amount);
            Interlocked.Add(ref book.Samples, overflows);
        }

        private void Fork(Random random)
        {
            var child = Interlocked.Increment(ref _forked) - 1;
            if (child < Names) Ask(new Operation.Fork(random.Next(child), child));
        }

        private void Exit(int task)
        {
            if (task < Names && Ask(new Operation.Exit(task)) == Result.Ok) Interlocked.Increment(ref _exits[task]);
        }

        /// <summary>What does not hold at rest, in words, or null.</summary>
        public string? AtRest()
        {
            var live = new List<Handle>();
            for (var id = 0; id < Math.Min(_opened, _books.Length); id++)
            {
                var (e, book) = (new Handle(id), _books[id]);
                if (book.Opened == 0) continue;
                if (book.Closed > 1) return $"{book.Closed} Closes of {e} answered ok (rule 7.8)";
                if (Ask(new Operation.StateOf(Instance.Own(e))).IsError != (book.Closed == 1)) return $"{e} is {(book.Closed == 1 ? "live after" : "dead without")} a Close (rule 1.8)";
                if (book.Closed == 1) continue;
                live.Add(e);
                if (Differs(new Operation.CountOf(Instance.Own(e)), book.Own, 4_14) is { } count) return count;
                if (Differs(new Operation.SamplesOf(Instance.Own(e)), book.Samples, 4_12) is { } samples) return samples;
            }

            return Links([.. live.Select(Instance.Own)]) ?? (_forks ? CopiesLinked() : null) ?? Free(live) ?? (_forks ? Families(live) : null) ?? Room(live);
        }

        // The answer, if it is another than what the answers of Tick and Overflow add up to.
        private string? Differs(Operation read, long expected, int rule) =>
            Ask(read) is var seen && seen == Result.Of(expected) ? null : $"{read} -> {seen}, and its calls add up to {expected} (rule {RuleSet.Of(rule)})";

        // Who owns a slot lives, and whoever overflows moves every gate that it owns: in one task.
        private string? Links(IReadOnlyCollection<Instance> live)
        {
            var owners = new Dictionary<(Instance, Role), Result>();
            foreach (var e in live)
            {
                foreach (var role in (Role[])[Role.Starter, Role.Stopper])
                {
                    var owner = owners[(e, role)] = Ask(new Operation.OwnerOf(role, e));
                    if (owner != Result.NoOwner && !live.Any(p => owner == Result.Owner(p))) return $"{new Operation.OwnerOf(role, e)} -> {owner}, which is not live (rule 2.10)";
                }
            }

            foreach (var p in live)
            {
                if (Ask(new Operation.Overflow(p)) != Result.Of(1L)) continue;
                var mine = Result.Owner(p);
                foreach (var t in live)
                {
                    if (_declaration.Dialect == Dialect.Patch2011 && Ask(new Operation.StateOf(t)) != Result.Of(Model.Activity.Active)) continue;
                    bool? expected = owners[(t, Role.Stopper)] == mine ? true : owners[(t, Role.Starter)] == mine ? false : null;
                    if (expected is { } paused && Ask(new Operation.PausedOf(t)) is var gate && gate != Result.Gate(paused))
                        return $"after an Overflow({p}), Paused({t}) -> {gate} (rule {(paused ? "4.10" : "4.9")})";
                }
            }

            return null;
        }

        // The same in every forked task. Copies of the closed live too, so every event is asked for.
        private string? CopiesLinked()
        {
            for (var task = _declaration.Roots; task < Names; task++)
            {
                var copies = Enumerable.Range(0, Math.Min(_opened, _books.Length)).Where(id => _books[id].Opened == 1).Select(id => new Instance(new Handle(id), task))
                    .Where(copy => !Ask(new Operation.StateOf(copy)).IsError).ToList();
                if (Links(copies) is { } broken) return broken;
            }

            return null;
        }

        // A slot without an owner can be filled.
        private string? Free(List<Handle> live)
        {
            foreach (var e in live)
            {
                foreach (var role in (Role[])[Role.Starter, Role.Stopper])
                {
                    if (Ask(new Operation.OwnerOf(role, Instance.Own(e))) != Result.NoOwner) continue;
                    var answer = Ask(new Operation.SetLink(role, e, e));
                    if (answer != Result.Ok && (_declaration.Dialect == Dialect.Patch2011 || answer != Result.Of(Errno.EINVAL)))
                        return $"{new Operation.SetLink(role, e, e)} -> {answer}, and the slot has no owner (rule 2.10)";
                }
            }

            return null;
        }

        // Totals are what was counted, before the last tasks exit and after.
        private string? Families(List<Handle> live)
        {
            for (var again = 0; again < 2; again++)
            {
                foreach (var e in live)
                    if (Differs(new Operation.TotalCount(e), _books[e.Id].Family, 6_10) is { } total) return total;
                for (var task = _declaration.Roots; task < Names && again == 0; task++) Exit(task);
            }

            var twice = Array.FindIndex(_exits, exits => exits > 1);
            return twice < 0 ? null : $"{_exits[twice]} Exits of task {twice} answered ok (rule 6.9)";
        }

        // Everything is closed, and as many handles as were declared can be opened again.
        private string? Room(List<Handle> live)
        {
            foreach (var e in live)
                if (Ask(new Operation.Close(e)) is var closed && closed != Result.Ok) return $"Close({e}) -> {closed} (rule 1.8)";
            for (var place = 0; place <= Places; place++)
            {
                var expected = place < Places ? Result.Ok : Result.Of(Errno.EMFILE);
                if (Ask(new Operation.Open(new Handle(_books.Length + place), new Attributes(Task: 0))) is var answer && answer != expected)
                    return $"Open number {place + 1} of {Places} in an empty table -> {answer} (rule 1.4)";
            }

            return null;
        }
    }
}
