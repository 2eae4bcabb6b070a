// FsCheck generators of programs with threads, for the Scheduled and Stress checks: small, and about one target, so that calls meet.
using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Generation;

/// <summary>
/// Each program has a theme: two or three events, one of which most links and reads are about, and one role that most links
/// have. Two threads that draw evenly from everything hardly ever touch the same slot; these mostly do.
/// </summary>
public static class ConcurrentPrograms
{
    private static readonly ImmutableArray<int> EventCounts = [2, 3, 3, 3, 4];

    /// <summary>Programs of two threads, sometimes three, of up to so many calls each, with a readout after them.</summary>
    public static Gen<Document> OfUpTo(int calls) =>
        from events in Gen.Elements<int>(EventCounts)
        from spare in Gen.Elements(0, 0, 1, 4)
        from attributes in Programs.UsualAttributes.ListOf(events)
        from scheduled in Often(true).ListOf(events)
        from theme in Themes(events)
        from setup in theme.SetupCall.ListOf(2)
        from setupCalls in Gen.Choose(0, 2)
        from threads in Gen.Frequency((3, Gen.Constant(2)), (1, Gen.Constant(3)))
        from lists in (from count in Gen.Choose(1, calls) from list in theme.Call.ListOf(count) select list).ListOf(threads)
        select Assemble(events + spare, [.. attributes], [.. scheduled], [.. setup.Take(setupCalls)], [.. lists.Select(list => list.ToImmutableArray())]);

    private static Gen<bool> Often(bool value) => Gen.Elements(value, value, value, value, !value);

    /// <summary>What a program is about.</summary>
    private sealed record Theme(Gen<Operation> SetupCall, Gen<Operation> Call);

    private static Gen<Theme> Themes(int events) =>
        from role in Gen.Elements(Role.Starter, Role.Stopper)
        from verbs in Gen.Elements(0, 1, 2, 3)
        select Make(events, role, verbs);

    private static Theme Make(int events, Role themeRole, int swarm)
    {
        var names = Enumerable.Range(0, events).Select(id => new Handle(id)).ToArray();
        var target = Gen.Frequency((5, Gen.Constant(names[^1])), (1, Gen.Elements(names)));
        var trigger = Gen.Frequency((7, Gen.Elements(names[..^1])), (1, Gen.Elements(names)));
        var any = Gen.Elements(names);
        var role = Gen.Frequency((4, Gen.Constant(themeRole)), (1, Gen.Elements(Role.Starter, Role.Stopper)));
        var link = from r in role from p in trigger from t in target select (Operation)new Operation.SetLink(r, p, t);
        var overflow = trigger.Select(p => (Operation)new Operation.Overflow(Instance.Own(p)));
        var tick = from e in Gen.Frequency((2, target), (1, trigger)) from n in Gen.Elements(1L, 1L, 2L, 3L) select (Operation)new Operation.Tick(Instance.Own(e), n);
        var close = any.Select(e => (Operation)new Operation.Close(e));
        var open = Programs.UsualAttributes.Select(a => (Operation)new Operation.Open(Handle.Invalid, a));
        var state = from e in any
                    from make in Gen.Elements<Func<Handle, Operation>>(
                        h => new Operation.Enable(h), h => new Operation.Enable(h), h => new Operation.Disable(h),
                        h => new Operation.ScheduleIn(Instance.Own(h)), h => new Operation.ScheduleOut(Instance.Own(h)),
                        h => new Operation.Throttle(Instance.Own(h)), h => new Operation.Unthrottle(Instance.Own(h)))
                    select make(e);
        var read = from e in target
                   from r in role
                   from make in Gen.Elements<Func<Handle, Role, Operation>>(
                       (h, _) => new Operation.PausedOf(Instance.Own(h)), (h, _) => new Operation.PausedOf(Instance.Own(h)),
                       (h, _) => new Operation.CountOf(Instance.Own(h)), (h, _) => new Operation.CountOf(Instance.Own(h)),
                       (h, owned) => new Operation.OwnerOf(owned, Instance.Own(h)),
                       (h, _) => new Operation.SamplesOf(Instance.Own(h)), (h, _) => new Operation.StateOf(Instance.Own(h)))
                   select make(e, r);
        // A swarm of its own kind: claims and closes; overflows against state; counting; everything.
        var call = swarm switch
        {
            0 => Gen.Frequency((5, link), (3, close), (3, overflow), (2, read)),
            1 => Gen.Frequency((4, overflow), (3, link), (3, state), (2, read)),
            2 => Gen.Frequency((4, tick), (3, overflow), (3, read), (1, state)),
            _ => Gen.Frequency((3, link), (3, overflow), (2, close), (2, tick), (2, state), (2, read), (2, open)),
        };
        return new Theme(Gen.Frequency((4, link), (1, overflow)), call);
    }

    private static Document Assemble(
        int handles, ImmutableArray<Attributes> attributes, ImmutableArray<bool> scheduled, ImmutableArray<Operation> setup, ImmutableArray<ImmutableArray<Operation>> threads)
    {
        var lines = ImmutableArray.CreateBuilder<Line>();
        for (var id = 0; id < attributes.Length; id++)
        {
            lines.Add(new Line(new Operation.Open(new Handle(id), attributes[id])));
            if (scheduled[id]) lines.Add(new Line(new Operation.ScheduleIn(Instance.Own(new Handle(id)))));
        }

        lines.AddRange(setup.Select(operation => new Line(operation)));
        var next = attributes.Length;
        return Programs.Finish(new Document
        {
            Declaration = new Declaration(Dialect.Rfc2011, handles),
            Setup = lines.ToImmutable(),
            Threads = [.. threads.Select(calls => new ProgramThread([.. calls.Select(call => new Line(Named(call)))]))],
        });

        // What a thread opens gets a name of its own; the readout after the program is who looks at it.
        Operation Named(Operation call) => call is Operation.Open open ? open with { Name = new Handle(next++) } : call;
    }
}
