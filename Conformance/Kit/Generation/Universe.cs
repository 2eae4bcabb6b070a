// A bounded universe of small programs: some calls, made by a few threads from some setups. Programs that differ in the names of threads only are one.
using System.Collections.Immutable;
using System.Globalization;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Generation;

/// <summary>How many calls each thread of a program makes, fewest first, such as 1+2.</summary>
internal sealed record Shape(ImmutableArray<int> Calls)
{
    // What has more cannot be run in a lifetime, from any setup.
    private const int MostCalls = 8;

    /// <summary>Two threads of one call.</summary>
    public static Shape OneAndOne { get; } = new([1, 1]);

    /// <summary>Two threads of one call and of two.</summary>
    public static Shape OneAndTwo { get; } = new([1, 2]);

    /// <summary>Three threads of one call.</summary>
    public static Shape ThreeOnes { get; } = new([1, 1, 1]);

    /// <summary>The calls of all threads.</summary>
    public int Length => Calls.Sum();

    /// <summary>Reads <c>1+2</c>: two threads or more, one call or more each, in any order; null if it is none.</summary>
    public static Shape? Parse(string text)
    {
        var numbers = text.Split('+').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MostCalls ? number : 0).ToList();
        return numbers.Count < 2 || numbers.Contains(0) || numbers.Sum() > MostCalls ? null : new Shape([.. numbers.Order()]);
    }

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && Calls.AsSpan().SequenceEqual(other.Calls.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Calls.Aggregate(17, (hash, calls) => hash * 31 + calls);

    /// <summary>As it is read.</summary>
    public override string ToString() => string.Join('+', Calls);
}

/// <summary>
/// A file of documents of the text grammar. The first has in its thread A the calls that programs are made of, and in its setup a state to begin from. Each further
/// document has a setup and, if it has a thread A, stands for that setup with some of the thread's calls behind it, in their order: with none of them, with each, … with all.
/// Of those that lead the model to one state the shortest stands for all. A call of an event that another call opens stands behind that one, in the same thread.
/// </summary>
/// <remarks>
/// Two programs that differ in the names of events only are both there: places and the order of links tell events apart that the model does not. Of threads
/// nothing but the order of their calls is seen by an engine that runs one at a time.
/// </remarks>
internal sealed class Universe
{
    // Two to the power of it are made at most, for each document.
    private const int MostOptional = 12;

    private static readonly Lazy<ImmutableSortedDictionary<string, Universe>> Loaded = new(() =>
        Embedded.Names("Universes/").ToImmutableSortedDictionary(name => name["Universes/".Length..^".txt".Length], name => Parse(name["Universes/".Length..^".txt".Length], Embedded.Text(name))));

    private readonly ImmutableArray<Program> _documents;
    private readonly ImmutableHashSet<Handle> _openedByCalls;
    private readonly ImmutableHashSet<Handle> _named;
    private readonly int _fresh;

    private Universe(string name, string text, ImmutableArray<Program> documents, ImmutableArray<Operation> calls)
    {
        (Name, Text, Title, Calls, _documents) = (name, text, documents[0].Title!, calls, documents);
        _named = [.. calls.SelectMany(call => call.Uses)];
        _openedByCalls = [.. calls.OfType<Operation.Open>().Select(open => open.Name)];
        _fresh = 1 + documents.SelectMany(document => document.Opened).Concat(_openedByCalls).Max(opened => opened.Id);
    }

    /// <summary>Those of <c>Conformance/Kit/Universes</c>.</summary>
    public static ImmutableSortedDictionary<string, Universe> All => Loaded.Value;

    /// <summary>The name of its file.</summary>
    public string Name { get; }

    /// <summary>The file.</summary>
    public string Text { get; }

    /// <summary>What it is about.</summary>
    public string Title { get; }

    /// <summary>What a thread may call.</summary>
    public ImmutableArray<Operation> Calls { get; }

    /// <summary>Whether only a subject that claims +inheritance can be asked all this.</summary>
    public bool NeedsInheritance => _documents.Any(document => document.NeedsInheritance);

    /// <summary>Reads a file.</summary>
    /// <exception cref="ProgramException">It is none; the message has the place.</exception>
    public static Universe Parse(string name, string text)
    {
        var documents = ProgramParser.ParseAll(text, name);
        if (documents[0].Threads is not [{ Lines: [_, ..] calls }]) throw new ProgramException($"{name}: the first document has one thread: the calls");
        var opened = calls.Select(line => line.Operation).OfType<Operation.Open>().Select(open => open.Name).ToHashSet();
        var named = calls.SelectMany(line => line.Operation.Uses).Where(used => used != Handle.Invalid && !opened.Contains(used)).ToHashSet();
        for (var i = 0; i < documents.Length; i++)
        {
            var document = documents[i];
            if (document.Title is not { } title) throw new ProgramException($"{name}: document {i + 1} has no title");
            if (i > 0 && document.Threads.Length > 1) throw new ProgramException($"{name}: '{title}' has a thread B; its one thread has what may come before");
            if (i > 0 && document.Threads is [{ Lines.Length: > MostOptional }]) throw new ProgramException($"{name}: '{title}' has more than {MostOptional} calls that may come before");
            if (!document.After.IsEmpty || !document.History.IsDefault || !document.Schedule.IsDefault) throw new ProgramException($"{name}: '{title}' has more than a setup and a thread");
            var known = document.Setup.Select(line => line.Operation).OfType<Operation.Open>().Select(open => open.Name).ToHashSet();
            if (named.FirstOrDefault(used => !known.Contains(used), Handle.Invalid) is var missing && missing != Handle.Invalid) throw new ProgramException($"{name}: '{title}' does not open {missing}, which a call names");
        }

        return new Universe(name, text, [documents[0] with { Threads = [] }, .. documents[1..]], [.. calls.Select(line => line.Operation)]);
    }

    /// <summary>The states from which its programs begin in one dialect, each by the shortest way to it.</summary>
    public ImmutableArray<Program> Setups(Dialect dialect) =>
        [.. _documents.Where(document => IsOf(document, dialect)).SelectMany(document => SetupsOf(document, dialect))];

    /// <summary>Whether there is a program in a dialect.</summary>
    public bool SpeaksOf(Dialect dialect) => _documents.Any(document => IsOf(document, dialect));

    // A document that names no dialect is of those that have its operations and the calls (rule 8.11).
    private bool IsOf(Program document, Dialect dialect) =>
        document.Dialects.Contains(dialect) && (document.Dialect == dialect || dialect != Dialect.Linux613 || !Calls.Any(call => call is Operation.SetLink));

    private static IEnumerable<Program> SetupsOf(Program document, Dialect dialect)
    {
        ImmutableArray<Line> optional = document.Threads.IsEmpty ? [] : document.Threads[0].Lines;
        var start = Reached(State.Initial(document.DeclarationIn(dialect)), document.Setup);
        var known = new HashSet<State>();
        foreach (var chosen in Enumerable.Range(0, 1 << optional.Length).OrderBy(int.PopCount))
        {
            ImmutableArray<Line> more = [.. optional.Where((_, i) => (chosen >> i & 1) != 0)];
            if (!known.Add(Reached(start, more))) continue;
            yield return document with
            {
                Title = more.IsEmpty ? document.Title : $"{document.Title}; {string.Join(", ", more.Select(line => line.Operation))}",
                Dialect = dialect,
                Declaration = document.DeclarationIn(dialect),
                Setup = document.Setup.AddRange(more),
                Threads = [],
            };
        }
    }

    private static State Reached(State state, ImmutableArray<Line> lines) =>
        lines.Aggregate(state, (before, line) => Enumerable.Repeat(line.Operation, line.Times).Aggregate(before, (now, call) => Step.Apply(now, call).State));

    /// <summary>The programs of a shape in one dialect.</summary>
    public UniversePrograms Programs(Shape shape, Dialect dialect) => new(this, shape, Setups(dialect));

    /// <summary>Whether a call names an event.</summary>
    internal bool IsNamed(Handle e) => _named.Contains(e);

    /// <summary>How many threads of so many calls there are, none of which uses what the thread has not opened.</summary>
    internal long CountOfThreads(int length) => CountOfThreads(length, []);

    /// <summary>How many of them only read.</summary>
    internal long CountOfReaders(int length) => (long)Math.Pow(Calls.Count(call => call.IsRead && !call.Uses.Any(_openedByCalls.Contains)), length);

    private long CountOfThreads(int length, ImmutableHashSet<Handle> opened)
    {
        if (length == 0) return 1;
        var bound = Calls.Where(call => call.Uses.All(used => !_openedByCalls.Contains(used) || opened.Contains(used))).ToList();
        // What opens nothing new leads to what every other of its kind leads to.
        return bound.GroupBy(call => call is Operation.Open open ? opened.Add(open.Name) : opened)
            .GroupBy(group => string.Join(' ', group.Key.Order()))
            .Sum(same => same.Sum(group => group.Count()) * CountOfThreads(length - 1, same.First().Key));
    }

    /// <summary>The threads with names of their own for what they open, or null if one uses what it has not opened.</summary>
    internal ImmutableArray<ProgramThread>? Named(IEnumerable<IEnumerable<Operation>> threads)
    {
        var fresh = _fresh;
        var taken = new HashSet<Handle>();
        var named = ImmutableArray.CreateBuilder<ProgramThread>();
        foreach (var thread in threads)
        {
            var own = new Dictionary<Handle, Handle>();
            var lines = ImmutableArray.CreateBuilder<Line>();
            foreach (var call in thread)
            {
                if (call.Uses.Any(used => _openedByCalls.Contains(used) && !own.ContainsKey(used))) return null;
                if (call is Operation.Open open) own[open.Name] = taken.Add(open.Name) ? open.Name : new Handle(fresh++);
                lines.Add(new Line(Renamed(call, own)));
            }

            named.Add(new ProgramThread(lines.ToImmutable()));
        }

        return named.ToImmutable();
    }

    private static Operation Renamed(Operation call, Dictionary<Handle, Handle> names)
    {
        if (names.Count == 0) return call;
        return call switch
        {
            Operation.Open open => open with { Name = names[open.Name], Attributes = open.Attributes with { Leader = open.Attributes.Leader is { } leader ? Now(leader) : null } },
            Operation.SetLink link => link with { Trigger = Now(link.Trigger), Target = Now(link.Target) },
            Operation.OnEvent other => other with { Event = Now(other.Event) },
            Operation.OnInstance other => other with { Instance = other.Instance with { Event = Now(other.Instance.Event) } },
            _ => call,
        };

        Handle Now(Handle name) => names.GetValueOrDefault(name, name);
    }
}

/// <summary>The programs of one shape of a universe, in a fixed order: each has a place, and some places none.</summary>
internal sealed class UniversePrograms
{
    private readonly Universe _universe;
    private readonly Shape _shape;
    private readonly long _perSetup;

    internal UniversePrograms(Universe universe, Shape shape, ImmutableArray<Program> setups)
    {
        (_universe, _shape, Setups) = (universe, shape, setups);
        _perSetup = 1;
        for (var i = 0; i < shape.Length; i++) _perSetup *= universe.Calls.Length;
    }

    /// <summary>Where they begin.</summary>
    public ImmutableArray<Program> Setups { get; }

    /// <summary>How many places there are.</summary>
    public long Places => Setups.Length * _perSetup;

    /// <summary>How many programs there are.</summary>
    public long Count => Setups.Length * CountOfThreads();

    /// <summary>The program at a place, read out after its threads; or null if none is there, or another place has the same.</summary>
    /// <param name="place">From 0.</param>
    public Program? At(long place)
    {
        if (ThreadsAt(place % _perSetup) is not { } threads) return null;
        var setup = Setups[(int)(place / _perSetup)];
        return Finished(setup with { Title = $"{_universe.Name}: {setup.Title}", Threads = threads });
    }

    // Of threads of one length a multiset is one program; those that only read are none.
    private long CountOfThreads()
    {
        var (all, reads) = (1L, 1L);
        foreach (var same in _shape.Calls.GroupBy(length => length))
        {
            all *= Multisets(_universe.CountOfThreads(same.Key), same.Count());
            reads *= Multisets(_universe.CountOfReaders(same.Key), same.Count());
        }

        return all - reads;
    }

    private static long Multisets(long kinds, int size)
    {
        var count = 1L;
        for (var i = 0; i < size; i++) count = count * (kinds + i) / (i + 1);
        return count;
    }

    private ImmutableArray<ProgramThread>? ThreadsAt(long place)
    {
        Span<int> calls = stackalloc int[_shape.Length];
        if (!Decode(place, calls)) return null;
        var threads = new List<IEnumerable<Operation>>();
        var next = 0;
        foreach (var length in _shape.Calls)
        {
            threads.Add(calls.Slice(next, length).ToArray().Select(call => _universe.Calls[call]));
            next += length;
        }

        return _universe.Named(threads);
    }

    // Threads of one length stand in order. Where nothing but reads is called, every order answers the same.
    private bool Decode(long place, Span<int> calls)
    {
        for (var i = calls.Length - 1; i >= 0; i--)
        {
            calls[i] = (int)(place % _universe.Calls.Length);
            place /= _universe.Calls.Length;
        }

        var onlyReads = true;
        foreach (var call in calls) onlyReads &= _universe.Calls[call].IsRead;
        if (onlyReads) return false;
        var start = 0;
        for (var thread = 1; thread < _shape.Calls.Length; thread++)
        {
            var (before, length) = (_shape.Calls[thread - 1], _shape.Calls[thread]);
            if (before == length && calls.Slice(start, before).SequenceCompareTo(calls.Slice(start + before, length)) > 0) return false;
            start += before;
        }

        return true;
    }

    // A throttle and the links of a trigger can be seen by what they do only: so whatever a call can name counts, is set going, and overflows, behind the reads.
    private Program Finished(Program program)
    {
        var events = program.Operations.OfType<Operation.Open>().Where(open => open.Name != Handle.Invalid).ToDictionary(open => open.Name, open => open.Attributes);
        var children = program.Forked;
        var opened = program.Threads.SelectMany(thread => thread.Lines).Select(line => line.Operation).OfType<Operation.Open>().Select(open => open.Name).ToHashSet();
        var named = events.Keys.Where(e => _universe.IsNamed(e) || opened.Contains(e)).ToList();
        var instances = named.SelectMany(e => WithCopies(e)).ToList();
        var crowd = events.Keys.Except(named).Select(e => new Operation.PausedOf(Instance.Own(e))).ToList();
        return program with { After = [.. All().Select(call => new Line(call))] };

        IEnumerable<Instance> WithCopies(Handle e) => events[e] is { Inherit: true, Task: >= 0 } ? children.Select(child => new Instance(e, child)).Prepend(Instance.Own(e)) : [Instance.Own(e)];

        IEnumerable<Operation> All()
        {
            foreach (var read in Program.Readout(instances)) yield return read;
            foreach (var read in crowd) yield return read;
            foreach (var e in instances) yield return new Operation.Tick(e, 1);
            foreach (var e in named) yield return new Operation.Enable(e);
            foreach (var e in instances)
            {
                yield return new Operation.ScheduleIn(e);
                yield return new Operation.Unthrottle(e);
            }

            foreach (var trigger in instances.Where(e => events[e.Event].Period > 0))
            {
                yield return new Operation.Overflow(trigger);
                foreach (var e in instances) yield return new Operation.PausedOf(e);
                foreach (var read in crowd) yield return read;
            }

            foreach (var e in instances)
            {
                yield return new Operation.CountOf(e);
                yield return new Operation.SamplesOf(e);
            }

            foreach (var e in children.IsEmpty ? [] : named.Where(e => events[e].Inherit)) yield return new Operation.TotalCount(e);
        }
    }
}
