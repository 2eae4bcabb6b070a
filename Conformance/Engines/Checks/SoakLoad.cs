// The load of a soak: threads that do everything at random on one system, and books of what they were answered.
using PerfModel.Conformance.Subjects;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>One system, the calls on it, and the sums of their answers.</summary>
internal sealed class SoakLoad
{
    /// <summary>How many events live at once.</summary>
    public const int Places = 24;

    /// <summary>How many tasks there may be.</summary>
    public const int Names = 40;

    /// <summary>How many calls a thread makes.</summary>
    public const int CallsPerThread = 20_000;

    private const int Slots = 32;

    // Which thread asks, for the witness; 0 where all rest.
    [ThreadStatic]
    private static int t_thread;

    private readonly ISubject _subject;
    private readonly CancellationToken _cancelled;
    private readonly IWitness? _witness;
    private readonly int[] _slots = new int[Slots];
    private int _opened;
    private int _forked;
    private long _operations;

    public SoakLoad(Dialect dialect, CheckContext context, int threads)
    {
        Declaration = new Declaration(dialect, Places, Roots: 2, Tasks: Names);
        _subject = context.Create(Declaration);
        Forks = context.Inheritance;
        _cancelled = context.Cancelled;
        _witness = context.Witness;
        Books = [.. Enumerable.Range(0, threads * CallsPerThread).Select(_ => new Book())];
        _forked = Declaration.Roots;
    }

    public Declaration Declaration { get; }

    /// <summary>The system.</summary>
    public ISubject Subject => _subject;

    /// <summary>Whether tasks fork and exit.</summary>
    public bool Forks { get; }

    /// <summary>Whether roles are given at Open (rule 8.12), and there are no links to set.</summary>
    public bool HasGroups => Declaration.Dialect == Dialect.Linux613;

    /// <summary>The answers about each event, by its number.</summary>
    public Book[] Books { get; }

    /// <summary>The events that somebody tried to open.</summary>
    public int Opened => Math.Min(_opened, Books.Length);

    /// <summary>How many Exits of each task succeeded.</summary>
    public int[] Exits { get; } = new int[Names];

    public long Operations => Interlocked.Read(ref _operations);

    /// <summary>The answers about one event, to all threads.</summary>
    public sealed class Book
    {
        public Attributes Attributes;
        public long Opened;
        public long Closed;
        public long Own;
        public long Family;
        public long Samples;
    }

    /// <summary>The calls of one thread.</summary>
    public void Work(int thread, ulong seed)
    {
        t_thread = thread + 1;
        var random = new Random(HashCode.Combine(seed, thread));
        for (var call = 0; call < CallsPerThread && !_cancelled.IsCancellationRequested; call++) Step(random);
    }

    /// <summary>Asks the system; the asking thread may have to answer for it.</summary>
    public Result Ask(Operation operation)
    {
        Interlocked.Increment(ref _operations);
        if (_witness is null) return _subject.Apply(operation);
        _witness.Call(t_thread, operation);
        try
        {
            var answer = _subject.Apply(operation);
            _witness.Return(t_thread);
            return answer;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _witness.Return(t_thread);
            throw;
        }
    }

    private void Step(Random random)
    {
        var slot = random.Next(Slots);
        var e = new Handle(Volatile.Read(ref _slots[slot]));
        var other = new Handle(Volatile.Read(ref _slots[random.Next(Slots)]));
        var task = Forks && random.Next(3) == 0 ? random.Next(Declaration.Roots, Math.Max(Declaration.Roots + 1, Volatile.Read(ref _forked))) : -1;
        var instance = new Instance(e, task);
        var role = random.Next(2) == 0 ? Role.Starter : Role.Stopper;
        switch (random.Next(64))
        {
            case < 3:
                Open(slot, random);
                break;
            case < 5:
                if (Ask(new Operation.Close(e)) == Result.Ok) Interlocked.Increment(ref Books[e.Id].Closed);
                break;
            case < 14 when !HasGroups:
                Ask(new Operation.SetLink(role, e, other));
                break;
            case < 14:
                Overflow(instance);
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
                Overflow(instance);
                break;
            case < 58:
                Ask(new Operation.OwnerOf(role, instance));
                break;
            case < 60:
                Ask(new Operation.CountOf(instance));
                break;
            case < 62 when Forks:
                Ask(new Operation.TotalCount(e));
                break;
            case 62 when Forks && random.Next(20) == 0:
                Fork(random);
                break;
            case 63 when Forks && random.Next(24) == 0:
                Exit(Math.Max(task, Declaration.Roots));
                break;
            default:
                Ask(new Operation.PausedOf(instance));
                break;
        }
    }

    private void Open(int slot, Random random)
    {
        var name = new Handle(Interlocked.Increment(ref _opened) - 1);
        if (name.Id >= Books.Length) return;
        var attributes = new Attributes(random.Next(2), -1, random.Next(4), random.Next(3) > 0, random.Next(4) > 0);
        if (HasGroups) attributes = InGroup(attributes, random);
        Books[name.Id].Attributes = attributes;
        if (Ask(new Operation.Open(name, attributes)) != Result.Ok) return;
        Volatile.Write(ref Books[name.Id].Opened, 1);
        Volatile.Write(ref _slots[slot], name.Id);
    }

    // One that can be paused, or a member of what was opened in some place: that is perhaps closed by now, and perhaps no leader.
    private Attributes InGroup(Attributes attributes, Random random)
    {
        if (random.Next(3) == 0) return attributes with { Aux = true, StartPaused = random.Next(2) == 0 };
        var leader = new Handle(Volatile.Read(ref _slots[random.Next(Slots)]));
        var pauses = random.Next(2) == 0;
        var scope = Books[leader.Id].Attributes;
        return attributes with { Task = Math.Max(0, scope.Task), Inherit = scope.Inherit, Leader = leader, Pauses = pauses, Resumes = !pauses };
    }

    private void Overflow(Instance instance)
    {
        if (Ask(new Operation.Overflow(instance)).Number is { } once && !instance.IsCopy) Interlocked.Add(ref Books[instance.Event.Id].Samples, once);
    }

    private void Tick(Instance instance, int amount)
    {
        if (Ask(new Operation.Tick(instance, amount)).Number is not { } overflows) return;
        var book = Books[instance.Event.Id];
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

    /// <summary>Ends a task.</summary>
    public void Exit(int task)
    {
        if (task < Names && Ask(new Operation.Exit(task)) == Result.Ok) Interlocked.Increment(ref Exits[task]);
    }
}
