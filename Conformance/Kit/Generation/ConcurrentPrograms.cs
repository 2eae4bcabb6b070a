// FsCheck generators of programs with threads, for the Scheduled and Stress checks: small, and played from openings in which calls meet.
using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Generation;

/// <summary>
/// A program is about one target and one or more triggers, mostly in one role. It begins with an opening, that is, what each
/// thread calls first; the rest is drawn from verbs that go with it. Threads that draw evenly from everything hardly ever
/// touch the same slot or gate: of five wrong subjects, 8,000 schedules of such programs found one, and of these all.
/// </summary>
internal static class ConcurrentPrograms
{
    /// <summary>Programs of two threads, sometimes three, of up to so many calls each, with a readout after them.</summary>
    /// <param name="calls">How many calls a thread makes at most.</param>
    /// <param name="inheritance">Whether tasks may fork, in somewhat less than half of the programs.</param>
    /// <param name="groups">Whether roles are given at Open: then the target leads the triggers, and what would link overflows.</param>
    public static Gen<Program> OfUpTo(int calls, bool inheritance, bool groups = false) =>
        from events in Gen.Elements(2, 3, 3, 3, 4)
        from threads in Gen.Frequency((4, Gen.Constant(2)), (1, Gen.Constant(3)))
        from role in Gen.Elements(Role.Starter, Role.Stopper, Role.Stopper)
        from opening in Gen.Elements<Func<Cast, Opening>>(inheritance ? [.. Plain, .. Inheriting] : Plain)
        let cast = new Cast([.. Enumerable.Range(0, events).Select(id => new Handle(id))], role)
        let play = opening(cast)
        from attributes in Programs.UsualAttributes.ListOf(events)
        from usual in Gen.Elements(true, true, true, false)
        from spare in Gen.Elements(play.Spare)
        from stray in Gen.Frequency((4, Gen.Constant(-1)), (1, Gen.Choose(0, events - 1)))
        from first in Sequence(Enumerable.Range(0, threads).Select(play.First))
        from rest in (from count in Gen.Choose(0, calls - 1) from list in play.Rest.ListOf(count) select list).ListOf(threads)
        from more in play.Rest.ListOf(1)
        from addMore in Gen.Elements(true, false, false)
        select Assemble(groups ? cast : null, spare, usual, [.. attributes.Select((a, id) => a with { Inherit = a.Inherit || play.Inherits, Cpu = id == stray ? 0 : a.Cpu })], [.. play.Setup, .. addMore ? more : []], [.. first], [.. rest]);

    /// <summary>The events of a program: the last is the target that it is about, the others are triggers.</summary>
    private sealed record Cast(ImmutableArray<Handle> Events, Role Role)
    {
        public Handle Target => Events[^1];

        public Handle Trigger(int thread) => Events[thread % (Events.Length - 1)];
    }

    /// <summary>How a program begins: its setup, the first call of each thread, and what is drawn from then on.</summary>
    private sealed record Opening(ImmutableArray<Operation> Setup, Func<int, Gen<Operation>> First, Gen<Operation> Rest)
    {
        /// <summary>Whether its events are inherited.</summary>
        public bool Inherits { get; init; }

        /// <summary>How many handles there may be beyond those of its events.</summary>
        public int[] Spare { get; init; } = [0, 0, 1, 4];
    }

    private static readonly ImmutableArray<Func<Cast, Opening>> Plain = [Claims, Flight, LateLink, Counting, AlmostFull, Full, Places, Anything];

    // A table of links is made for so many, and is replaced by a larger one when there is one more.
    private const int TableSize = 8;

    private static readonly ImmutableArray<Func<Cast, Opening>> Inheriting = [Forks, Exits, Families];

    // The first and the second name that a Fork can take.
    private const int Child = 2;
    private const int Second = 3;

    // Threads claim the target's slot, each for a trigger of its own; then the triggers fire.
    private static Opening Claims(Cast c) => new([],
        thread => Gen.Constant(Link(c.Role, c.Trigger(thread), c.Target)),
        Gen.Frequency((5, Overflows(c)), (3, Reads(c)), (2, Closes(c)), (2, Links(c))));

    // A linked trigger overflows, while others close, link and change what it meets.
    private static Opening Flight(Cast c) => new([Link(c.Role, c.Trigger(0), c.Target)],
        thread => thread == 0 ? Gen.Constant(Overflow(c.Trigger(0))) : Gen.Frequency((3, Closes(c)), (2, Links(c)), (2, States(c)), (2, Overflows(c))),
        Gen.Frequency((2, Reads(c)), (2, Closes(c)), (2, Links(c)), (1, States(c)), (1, Opens)));

    // A trigger that is off overflows, while it is linked and then enabled: did the overflow that was let in find the link?
    private static Opening LateLink(Cast c) => new([new Operation.Disable(c.Trigger(0))],
        thread => Gen.Constant(thread == 0 ? Overflow(c.Trigger(0)) : Link(c.Role, c.Trigger(0), c.Target)),
        Gen.Frequency((4, Gen.Constant<Operation>(new Operation.Enable(c.Trigger(0)))), (1, States(c)), (1, Reads(c)), (1, Closes(c))));

    // A target counts while its stopper fires, and is read.
    private static Opening Counting(Cast c) => new([Link(Role.Stopper, c.Trigger(0), c.Target)],
        thread => thread == 0 ? Ticks(c.Target) : Gen.Constant(Overflow(c.Trigger(0))),
        Gen.Frequency((3, Ticks(c.Target)), (3, Gen.Elements<Operation>(new Operation.CountOf(Instance.Own(c.Target)), new Operation.SamplesOf(Instance.Own(c.Target)))), (1, Reads(c)), (1, States(c))));

    // A trigger with all the links but one that its table has room for is given more by several threads: some lay theirs, one replaces the table.
    private static Opening AlmostFull(Cast c) => new(Crowd(c, TableSize - 1),
        thread => Gen.Elements(Link(c.Role, c.Trigger(0), thread == 0 ? c.Target : c.Events[^2]), Link(c.Role, c.Trigger(0), c.Target)),
        Gen.Frequency((5, Gen.Constant(Overflow(c.Trigger(0)))), (3, Reads(c)), (2, Links(c)), (1, Closes(c))));

    // A table is replaced while an overflow walks it, and others move the target.
    private static Opening Full(Cast c) => new([Link(c.Role, c.Trigger(0), c.Target), .. Crowd(c, TableSize - 1)],
        thread => thread == 0 ? Gen.Constant(Overflow(c.Trigger(0))) : Gen.Frequency((1, Gen.Constant(Link(c.Role, c.Trigger(0), c.Trigger(0)))), (1, Reads(c))),
        Gen.Frequency((3, Reads(c)), (3, Gen.Elements<Handle>(c.Events).Select(e => Link(c.Role, c.Trigger(0), e))), (2, Overflows(c)), (1, Closes(c))));

    // So many links of the first trigger to events that are off, and of which nothing else is heard.
    private static ImmutableArray<Operation> Crowd(Cast c, int size)
    {
        var others = Enumerable.Range(c.Events.Length, size).Select(id => new Handle(id)).ToList();
        return [.. others.Select(other => new Operation.Open(other, new Attributes(Task: 0))), .. others.Select(other => Link(c.Role, c.Trigger(0), other))];
    }

    // Events come and go while there is hardly room for them.
    private static Opening Places(Cast c) => new([], _ => Gen.Frequency((1, Closes(c)), (1, Opens)), Gen.Frequency((4, Opens), (3, Closes(c)), (1, Reads(c))))
    {
        Spare = [0, 0, 1],
    };

    // A task forks, while others link, close and move what is copied.
    private static Opening Forks(Cast c) => new([Link(c.Role, c.Trigger(0), c.Target)],
        thread => thread == 0 ? Gen.Constant<Operation>(new Operation.Fork(0, Child))
            : Gen.Frequency((3, Closes(c)), (3, Links(c)), (2, States(c)), (2, Overflows(c)), (1, Opens), (1, Tasks)),
        Gen.Frequency((3, ReadsOfCopies(c)), (2, CopiesMove(c)), (1, Tasks), (1, Overflows(c)), (1, States(c)), (1, Closes(c))))
    {
        Inherits = true,
    };

    // A task ends, while its copies count and trigger one another.
    private static Opening Exits(Cast c) => new([Link(c.Role, c.Trigger(0), c.Target), new Operation.Fork(0, Child), .. c.Events.Select(e => new Operation.ScheduleIn(new Instance(e, Child)))],
        thread => thread == 0 ? Gen.Constant<Operation>(new Operation.Exit(Child)) : Gen.Frequency((3, CopiesMove(c)), (2, Totals(c)), (1, Closes(c)), (1, Tasks)),
        Gen.Frequency((3, Totals(c)), (2, CopiesMove(c)), (2, ReadsOfCopies(c)), (1, Closes(c)), (1, Tasks), (1, Ticks(c.Target))))
    {
        Inherits = true,
    };

    // An event with a copy is enabled, disabled, counted and closed.
    private static Opening Families(Cast c) => new([new Operation.Fork(0, Child), .. c.Events.Select(e => new Operation.ScheduleIn(new Instance(e, Child)))],
        thread => thread == 0 ? Gen.Elements<Operation>(new Operation.Disable(c.Target), new Operation.Enable(c.Target), new Operation.TotalCount(c.Target))
            : Gen.Frequency((3, CopiesMove(c)), (2, Tasks), (1, Closes(c)), (1, Ticks(c.Target))),
        Gen.Frequency((3, Totals(c)), (3, ReadsOfCopies(c)), (2, CopiesMove(c)), (1, Tasks), (1, States(c)), (1, Closes(c))))
    {
        Inherits = true,
    };

    private static readonly Gen<Operation> Tasks = Gen.Elements<Operation>(
        new Operation.Fork(0, Child), new Operation.Fork(0, Second), new Operation.Fork(Child, Second), new Operation.Exit(Child), new Operation.Exit(Second));

    private static Gen<Operation> Totals(Cast c) => Gen.Elements<Handle>([c.Target, c.Target, .. c.Events]).Select(e => (Operation)new Operation.TotalCount(e));

    private static Gen<Instance> Copies(Cast c) =>
        from e in Gen.Frequency((3, Gen.Constant(c.Target)), (2, Gen.Elements<Handle>(c.Events)))
        from task in Gen.Elements(Child, Child, Child, Second)
        select new Instance(e, task);

    private static Gen<Operation> CopiesMove(Cast c) =>
        from copy in Copies(c)
        from trigger in Gen.Elements<Handle>(c.Events)
        from amount in Gen.Elements(1L, 1L, 2L, 3L)
        from make in Gen.Elements<Func<Operation>>(
            () => new Operation.Tick(copy, amount), () => new Operation.Tick(copy, amount), () => new Operation.Overflow(copy with { Event = trigger }),
            () => new Operation.ScheduleIn(copy), () => new Operation.Throttle(copy))
        select make();

    private static Gen<Operation> ReadsOfCopies(Cast c) =>
        from copy in Copies(c)
        from make in Gen.Elements<Func<Instance, Operation>>(
            i => new Operation.PausedOf(i), i => new Operation.CountOf(i), i => new Operation.OwnerOf(c.Role, i), i => new Operation.StateOf(i), i => new Operation.SamplesOf(i))
        select make(copy);

    private static Opening Anything(Cast c) => new([], _ => Any(c), Any(c));

    private static Gen<Operation> Any(Cast c) => Gen.Frequency(
        (3, Links(c)), (3, Overflows(c)), (2, Closes(c)), (2, Ticks(c.Target)), (1, Ticks(c.Trigger(0))), (2, States(c)), (2, Reads(c)), (1, Opens));

    private static Operation Link(Role role, Handle trigger, Handle target) => new Operation.SetLink(role, trigger, target);

    private static Operation Overflow(Handle e) => new Operation.Overflow(Instance.Own(e));

    private static Gen<Operation> Links(Cast c) =>
        from role in Gen.Frequency((4, Gen.Constant(c.Role)), (1, Gen.Elements(Role.Starter, Role.Stopper)))
        from trigger in Gen.Elements<Handle>(c.Events)
        from target in Gen.Frequency((4, Gen.Constant(c.Target)), (1, Gen.Elements<Handle>(c.Events)))
        select Link(role, trigger, target);

    private static Gen<Operation> Overflows(Cast c) => Gen.Frequency((4, Gen.Elements<Handle>(c.Events[..^1])), (1, Gen.Constant(c.Target))).Select(Overflow);

    private static Gen<Operation> Ticks(Handle e) => Gen.Elements(1L, 1L, 2L, 3L).Select(n => (Operation)new Operation.Tick(Instance.Own(e), n));

    private static Gen<Operation> Closes(Cast c) => Gen.Elements<Handle>(c.Events).Select(e => (Operation)new Operation.Close(e));

    private static readonly Gen<Operation> Opens = Programs.UsualAttributes.Select(a => (Operation)new Operation.Open(Handle.Invalid, a));

    private static Gen<Operation> States(Cast c) =>
        from e in Gen.Elements<Handle>(c.Events)
        from make in Gen.Elements<Func<Handle, Operation>>(
            h => new Operation.Enable(h), h => new Operation.Enable(h), h => new Operation.Disable(h),
            h => new Operation.ScheduleIn(Instance.Own(h)), h => new Operation.ScheduleOut(Instance.Own(h)),
            h => new Operation.Throttle(Instance.Own(h)), h => new Operation.Unthrottle(Instance.Own(h)))
        select make(e);

    private static Gen<Operation> Reads(Cast c) =>
        from e in Gen.Frequency((4, Gen.Constant(c.Target)), (1, Gen.Elements<Handle>(c.Events)))
        from make in Gen.Elements<Func<Instance, Operation>>(
            i => new Operation.PausedOf(i), i => new Operation.PausedOf(i), i => new Operation.CountOf(i),
            i => new Operation.OwnerOf(c.Role, i), i => new Operation.SamplesOf(i), i => new Operation.StateOf(i))
        select make(Instance.Own(e));

    private static Gen<ImmutableArray<Operation>> Sequence(IEnumerable<Gen<Operation>> calls) => calls.Aggregate(
        Gen.Constant(ImmutableArray<Operation>.Empty), (before, call) => from list in before from operation in call select list.Add(operation));

    private static Program Assemble(
        Cast? group, int spare, bool usual, ImmutableArray<Attributes> attributes, ImmutableArray<Operation> setup, ImmutableArray<Operation> first, ImmutableArray<List<Operation>> rest)
    {
        var lines = ImmutableArray.CreateBuilder<Line>();
        // A leader is opened before its members.
        foreach (var id in group is null ? Enumerable.Range(0, attributes.Length) : Enumerable.Range(0, attributes.Length).Reverse())
        {
            // Usually all run: what is off or only counts moves nothing, and little can go wrong.
            var a = usual ? attributes[id] with { Period = Math.Max(1, attributes[id].Period), Enabled = true, StartPaused = false } : attributes[id];
            if (group is not null) a = id == attributes.Length - 1 ? a with { Aux = true, StartPaused = attributes[id].StartPaused } : Member(a, id);
            lines.Add(new Line(new Operation.Open(new Handle(id), a)));
            lines.Add(new Line(new Operation.ScheduleIn(Instance.Own(new Handle(id)))));
        }

        var next = attributes.Length;
        lines.AddRange(setup.Where(operation => group is null || operation is not Operation.SetLink).Select(operation => new Line(Named(operation))));
        return Programs.Finish(new Program
        {
            Declaration = new Declaration(Dialect.Patch2011, next + spare),
            Setup = lines.ToImmutable(),
            Threads = [.. first.Select((call, thread) => new ProgramThread([new Line(Named(call)), .. rest[thread].Select(more => new Line(Named(more)))]))],
        });

        // What a thread opens gets a name of its own; the readout after the program is who looks at it.
        Operation Named(Operation call) => call switch
        {
            Operation.Open open => open with { Name = new Handle(next++), Attributes = group is null ? open.Attributes : Member(open.Attributes, next) },
            Operation.SetLink link when group is not null => Overflow(link.Trigger),
            _ => call,
        };

        // Of the scope of the target, whose inheritance it has; they pause and resume in turn, beginning with the role that the program is about.
        Attributes Member(Attributes a, int id)
        {
            var pauses = id % 2 == 0 == (group.Role == Role.Stopper);
            return a with { Leader = group.Target, Cpu = attributes[^1].Cpu, Inherit = attributes[^1].Inherit, StartPaused = false, Pauses = pauses, Resumes = !pauses };
        }
    }
}
