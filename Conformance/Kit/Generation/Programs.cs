// FsCheck generators of sequences, for the Random check. Programs with threads are made in ConcurrentPrograms.
using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Generation;

/// <summary>
/// Generators of sequences whose operations are bound: every name is opened before it is used.
/// Each sequence draws a swarm first, that is, which verbs it may use at all: long runs of few verbs reach corners
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

    internal static readonly Gen<Attributes> UsualAttributes =
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
            Setup = Bind(templates),
        });

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

    // Gives each template its names, of those that were opened before; one in thirty is -1.
    private static ImmutableArray<Line> Bind(IEnumerable<Template> templates)
    {
        var known = new List<Handle>();
        var lines = ImmutableArray.CreateBuilder<Line>();
        foreach (var template in templates)
        {
            if (template.Verb == OpenVerb || known.Count == 0)
            {
                var attributes = template.Verb == OpenVerb ? template.Attributes : new Attributes(Task: 0, Period: 1, Enabled: true);
                known.Add(new Handle(known.Count));
                lines.Add(new Line(new Operation.Open(known[^1], attributes)));
                continue;
            }

            lines.Add(new Line(Verbs[template.Verb].Make(Pick(template.First), Pick(template.Second), Amounts[template.Number])));
        }

        return lines.ToImmutable();

        Handle Pick(int pick) => pick % 30 == 29 ? Handle.Invalid : known[pick / 30 % known.Count];
    }
}
