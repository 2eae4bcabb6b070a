// FsCheck generators of programs: sequences for the Random check, threads for the Scheduled and Stress checks.
using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Generation;

/// <summary>
/// Generators of documents whose operations are bound: every name is opened before it is used.
/// Each program draws a swarm first, that is, which verbs it may use at all: long runs of few verbs reach corners
/// that an even mixture never does.
/// </summary>
public static class Programs
{
    // What an operation is before its names are known: picks among the handles that are open to it.
    private readonly record struct Template(int Verb, int First, int Second, int Number, Attributes Attributes);

    private delegate Operation Make(Handle first, Handle second, long number);

    private static readonly ImmutableArray<(int Weight, Make Make)> Verbs =
    [
        (3, (_, _, _) => null!), // Open: bound apart, it makes a name
        (2, (e, _, _) => new Operation.Close(e)),
        (5, (p, t, _) => new Operation.SetLink(Role.Starter, p, t)),
        (5, (p, t, _) => new Operation.SetLink(Role.Stopper, p, t)),
        (3, (e, _, _) => new Operation.Enable(e)),
        (1, (e, _, _) => new Operation.Disable(e)),
        (4, (e, _, _) => new Operation.ScheduleIn(Instance.Own(e))),
        (1, (e, _, _) => new Operation.ScheduleOut(Instance.Own(e))),
        (1, (e, _, _) => new Operation.Throttle(Instance.Own(e))),
        (1, (e, _, _) => new Operation.Unthrottle(Instance.Own(e))),
        (6, (e, _, n) => new Operation.Tick(Instance.Own(e), n)),
        (6, (e, _, _) => new Operation.Overflow(Instance.Own(e))),
        (1, (e, _, _) => new Operation.CountOf(Instance.Own(e))),
        (1, (e, _, _) => new Operation.StateOf(Instance.Own(e))),
        (2, (e, _, _) => new Operation.PausedOf(Instance.Own(e))),
        (1, (e, _, _) => new Operation.OwnerOf(Role.Starter, Instance.Own(e))),
        (1, (e, _, _) => new Operation.OwnerOf(Role.Stopper, Instance.Own(e))),
        (1, (e, _, _) => new Operation.SamplesOf(Instance.Own(e))),
    ];

    private const int OpenVerb = 0;

    // Amounts of a Tick: small ones cross small periods or not; the rest stand at the edges of rules 4.3 and 4.6.
    private static readonly ImmutableArray<long> Amounts = [0, 1, 1, 1, 2, 2, 3, 4, 5, 7, 100, (1L << 32) - 1, 1L << 32, -1];

    private static readonly Gen<Attributes> UsualAttributes =
        from period in Gen.Elements(1L, 1L, 1L, 2L, 3L, 5L, 0L)
        from enabled in Gen.Elements(true, true, true, false)
        from paused in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new Attributes(Task: 0, Period: period, Enabled: enabled, StartPaused: paused);

    private static readonly Gen<Attributes> AnyAttributes =
        from usual in UsualAttributes
        from task in Gen.Frequency((8, Gen.Constant(0)), (3, Gen.Constant(1)), (1, Gen.Elements(-1, 2, 3, 9, -2)))
        from cpu in Gen.Frequency((8, Gen.Constant(-1)), (3, Gen.Elements(0, 1)), (1, Gen.Elements(2, -2)))
        from period in Gen.Frequency((12, Gen.Constant(usual.Period)), (1, Gen.Elements(-1L, Step.MaxPeriod, Step.MaxPeriod + 1)))
        from inherit in Gen.Elements(false, false, false, true)
        select usual with { Task = task, Cpu = cpu, Period = period, Inherit = inherit };

    private static readonly Gen<Attributes> OpenAttributes = Gen.Frequency((3, UsualAttributes), (1, AnyAttributes));

    /// <summary>Programs of one sequence, of up to FsCheck's size in operations, with a readout after it.</summary>
    public static Gen<Document> Sequential { get; } =
        from handles in Gen.Elements(2, 3, 4, 8)
        from swarm in Swarm()
        from templates in Templates(swarm).ListOf()
        select Finish(new Document
        {
            Declaration = new Declaration(Dialect.Rfc2011, handles),
            Setup = Bind(templates, [], 0, out _),
        });

    /// <summary>
    /// Programs of a setup and two or three threads of up to <paramref name="mostCalls"/> calls each: few events in one
    /// scope, linked and running more often than not, so that most calls meet.
    /// </summary>
    public static Gen<Document> Concurrent(int mostCalls = 3) =>
        from handles in Gen.Elements(3, 4, 8)
        from opens in UsualAttributes.ListOf(3)
        from running in Gen.Elements(true, true, true, false)
        from swarm in Swarm()
        from setup in Templates([2, 3, 2, 3, 11, 10, 1]).ListOf(3)
        from threads in Gen.Frequency((3, Gen.Constant(2)), (1, Gen.Constant(3)))
        from calls in (from count in Gen.Choose(1, mostCalls) from list in Templates(swarm).ListOf(count) select list).ListOf(threads)
        select Assemble(handles, [.. opens], running, [.. setup], [.. calls]);

    private static Document Assemble(int handles, ImmutableArray<Attributes> opens, bool running, IList<Template> setup, ImmutableArray<List<Template>> calls)
    {
        var lines = ImmutableArray.CreateBuilder<Line>();
        var names = new List<Handle>();
        foreach (var attributes in opens)
        {
            names.Add(new Handle(names.Count));
            lines.Add(new Line(new Operation.Open(names[^1], attributes)));
            if (running) lines.Add(new Line(new Operation.ScheduleIn(Instance.Own(names[^1]))));
        }

        lines.AddRange(Bind(setup, names, names.Count, out var next));
        var threads = ImmutableArray.CreateBuilder<ProgramThread>();
        foreach (var templates in calls) threads.Add(new ProgramThread(Bind(templates, names, next, out next)));
        return Finish(new Document
        {
            Declaration = new Declaration(Dialect.Rfc2011, handles),
            Setup = lines.ToImmutable(),
            Threads = threads.ToImmutable(),
        });
    }

    /// <summary>The program with a readout of everything that it opened after its threads have ended.</summary>
    public static Document Finish(Document program) =>
        program with { After = [.. Document.Readout(program.Opened).Select(read => new Line(read))] };

    private static Gen<ImmutableArray<int>> Swarm() =>
        from chosen in Gen.Elements(true, true, false).ListOf(Verbs.Length)
        select (ImmutableArray<int>)
        [
            // Without Open there is nothing to speak of.
            .. Enumerable.Range(0, Verbs.Length).Where(verb => verb == OpenVerb || chosen[verb])
                .SelectMany(verb => Enumerable.Repeat(verb, Verbs[verb].Weight)),
        ];

    private static Gen<Template> Templates(ImmutableArray<int> verbs) =>
        from verb in Gen.Elements<int>(verbs)
        from first in Gen.Choose(0, 1 << 20)
        from second in Gen.Choose(0, 1 << 20)
        from number in Gen.Choose(0, Amounts.Length - 1)
        from attributes in verb == OpenVerb ? OpenAttributes : Gen.Constant(default(Attributes))
        select new Template(verb, first, second, number, attributes);

    // Gives each template its names: of the shared ones and those that it opened itself; one in thirty is -1.
    private static ImmutableArray<Line> Bind(IEnumerable<Template> templates, IReadOnlyList<Handle> shared, int next, out int after)
    {
        var known = shared.ToList();
        var lines = ImmutableArray.CreateBuilder<Line>();
        foreach (var template in templates)
        {
            if (template.Verb == OpenVerb || known.Count == 0)
            {
                var attributes = template.Verb == OpenVerb ? template.Attributes : new Attributes(Task: 0, Period: 1, Enabled: true);
                known.Add(new Handle(next++));
                lines.Add(new Line(new Operation.Open(known[^1], attributes)));
                continue;
            }

            lines.Add(new Line(Verbs[template.Verb].Make(Pick(template.First), Pick(template.Second), Amounts[template.Number])));
        }

        after = next;
        return lines.ToImmutable();

        Handle Pick(int pick) => pick % 30 == 29 ? Handle.Invalid : known[pick / 30 % known.Count];
    }
}
