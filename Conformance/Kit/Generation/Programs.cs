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
internal static class Programs
{
    // What an operation is before its names are known: picks among the handles that are open to it.
    private readonly record struct Template(int Verb, int First, int Second, int Number, int Task, Attributes Attributes);

    private delegate Operation Make(Instance first, Instance second, long number);

    private static readonly ImmutableArray<(int Weight, Make Make)> Verbs =
    [
        (3, (_, _, _) => null!), // Open: bound apart, it makes a name
        (3, (_, _, _) => null!), // Fork: likewise
        (1, (_, _, _) => null!), // Exit: likewise
        (2, (e, _, _) => new Operation.Close(e.Event)),
        (5, (p, t, _) => new Operation.SetLink(Role.Starter, p.Event, t.Event)),
        (5, (p, t, _) => new Operation.SetLink(Role.Stopper, p.Event, t.Event)),
        (3, (e, _, _) => new Operation.Enable(e.Event)),
        (1, (e, _, _) => new Operation.Disable(e.Event)),
        (4, (e, _, _) => new Operation.ScheduleIn(e)),
        (1, (e, _, _) => new Operation.ScheduleOut(e)),
        (1, (e, _, _) => new Operation.Throttle(e)),
        (1, (e, _, _) => new Operation.Unthrottle(e)),
        (6, (e, _, n) => new Operation.Tick(e, n)),
        (6, (e, _, _) => new Operation.Overflow(e)),
        (1, (e, _, _) => new Operation.CountOf(e)),
        (1, (e, _, _) => new Operation.StateOf(e)),
        (2, (e, _, _) => new Operation.PausedOf(e)),
        (1, (e, _, _) => new Operation.OwnerOf(Role.Starter, e)),
        (1, (e, _, _) => new Operation.OwnerOf(Role.Stopper, e)),
        (1, (e, _, _) => new Operation.SamplesOf(e)),
        (2, (e, _, _) => new Operation.TotalCount(e.Event)),
    ];

    private const int OpenVerb = 0;
    private const int ForkVerb = 1;
    private const int ExitVerb = 2;
    private const int StarterVerb = 4;
    private const int StopperVerb = 5;
    private static readonly int TotalVerb = Verbs.Length - 1;

    // Links are refused there, and groups are opened.
    private static int InGroups(int verb) => verb is StarterVerb or StopperVerb ? 1 : verb == OpenVerb ? 6 : Verbs[verb].Weight;

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
        from period in Gen.Frequency((12, Gen.Constant(usual.Period)), (1, Gen.Elements(-1L, 1L << 31, (1L << 32) + 1, 6_000_000_000L, Step.MaxPeriod, Step.MaxPeriod + 1)))
        from inherit in Gen.Elements(false, false, false, true)
        select usual with { Task = task, Cpu = cpu, Period = period, Inherit = inherit };

    private static readonly Gen<Attributes> OpenAttributes = Gen.Frequency((3, UsualAttributes), (1, AnyAttributes));

    /// <summary>Programs of one sequence, of up to FsCheck's size in operations, with a readout after it.</summary>
    /// <param name="inheritance">Whether tasks may fork, in every other program.</param>
    /// <param name="groups">Whether roles are given at Open (rule 8.12), and links are hardly ever set.</param>
    public static Gen<Program> Sequential(bool inheritance, bool groups = false) =>
        from handles in Gen.Elements(2, 3, 4, 8, 24)
        from forks in inheritance ? Gen.Elements(true, false) : Gen.Constant(false)
        from tasks in forks ? Gen.Elements(3, 4, 4, 6) : Gen.Constant(4)
        from swarm in Swarm(forks, groups)
        from templates in Templates(swarm).ListOf()
        from oneTrigger in Gen.Elements(true, false, false, false)
        let declaration = new Declaration(Dialect.Patch2011, handles, Tasks: tasks)
        select Finish(new Program { Declaration = declaration, Setup = Bind(templates, declaration, forks, oneTrigger, groups) });

    /// <summary>The same behind what one operation at a time hardly comes to: a trigger with up to 100 targets, in some programs a few of them closed, or a place with up to 300 lives.</summary>
    /// <param name="inheritance">Whether tasks may fork, in every other program.</param>
    /// <param name="groups">Whether roles are given at Open: then the crowd is the members of one leader.</param>
    public static Gen<Program> Crowded(bool inheritance, bool groups = false) =>
        from size in Gen.Elements(9, 20, 40, 80, 100)
        from crowd in Gen.Frequency((2, Gen.Choose(0, 1 << 20).ListOf(size).Select(picks => groups ? Members(picks) : Targets(picks))), (1, Gen.Constant(Lives(3 * size))))
        from forks in inheritance ? Gen.Elements(true, false) : Gen.Constant(false)
        from swarm in Swarm(forks, groups)
        from templates in Templates(swarm).ListOf(12)
        from oneTrigger in Gen.Elements(true, false)
        let declaration = crowd.Declaration
        select Finish(crowd with { Setup = Bind(templates, declaration, forks, oneTrigger, groups, crowd.Setup) });

    // Most have a stopper, whose visit shows; of every other crowd one target in four is closed.
    private static Program Targets(List<int> picks)
    {
        var trigger = new Handle(0);
        var lines = new List<Operation> { new Operation.Open(trigger, new Attributes(Task: 0, Period: 1, Enabled: true)), new Operation.ScheduleIn(Instance.Own(trigger)) };
        for (var i = 1; i <= picks.Count; i++)
        {
            var (target, pick) = (new Handle(i), picks[i - 1]);
            lines.Add(new Operation.Open(target, new Attributes(Task: 0, Enabled: true)));
            lines.Add(new Operation.SetLink(pick % 4 == 0 ? Role.Starter : Role.Stopper, trigger, target));
            if (pick % 8 < 7) lines.Add(new Operation.ScheduleIn(Instance.Own(target)));
            if (picks[0] % 2 == 0 && pick % 16 >= 12) lines.Add(new Operation.Close(target));
        }

        lines.Add(new Operation.Overflow(Instance.Own(trigger)));

        return new Program { Declaration = new Declaration(Dialect.Patch2011, Handles: picks.Count + 4), Setup = [.. lines.Select(line => new Line(line))] };
    }

    // Of every other crowd one member in four is closed; the death of the leader reaches the rest.
    private static Program Members(List<int> picks)
    {
        var leader = new Handle(0);
        var lines = new List<Operation> { new Operation.Open(leader, new Attributes(Task: 0, Enabled: true) { Aux = true }), new Operation.ScheduleIn(Instance.Own(leader)) };
        for (var i = 1; i <= picks.Count; i++)
        {
            var (member, pick) = (new Handle(i), picks[i - 1]);
            var pauses = pick % 4 != 0;
            lines.Add(new Operation.Open(member, new Attributes(Task: 0, Period: 1, Enabled: true) { Leader = leader, Pauses = pauses, Resumes = !pauses }));
            if (pick % 8 < 7) lines.Add(new Operation.ScheduleIn(Instance.Own(member)));
            if (picks[0] % 2 == 0 && pick % 16 >= 12) lines.Add(new Operation.Close(member));
        }

        lines.Add(new Operation.Overflow(Instance.Own(new Handle(1))));
        if (picks[0] % 4 < 2) lines.Add(new Operation.Close(leader));
        return new Program { Declaration = new Declaration(Dialect.Patch2011, Handles: picks.Count + 4), Setup = [.. lines.Select(line => new Line(line))] };
    }

    private static Program Lives(int size)
    {
        var lines = new List<Operation> { new Operation.Open(new Handle(0), new Attributes(Task: 0, Period: 1, Enabled: true)) };
        for (var i = 1; i <= size; i++) lines.AddRange(new Operation.Open(new Handle(i), new Attributes(Task: 0)), new Operation.Close(new Handle(i)));
        return new Program { Declaration = new Declaration(Dialect.Patch2011, Handles: 2), Setup = [.. lines.Select(line => new Line(line))] };
    }

    /// <summary>One place with more lives than 16 bits can count: whoever numbers them in fewer hands a handle out again.</summary>
    public static Program Ages { get; } = Lives(1 << 16 | 1 << 12);

    /// <summary>One trigger with 300 targets: more places than seven bits number, and more links than seven doublings of a table hold.</summary>
    public static Program LargeCrowd { get; } = Finish(Targets([.. Enumerable.Range(0, 300).Select(i => 2 * i + 1)]));

    /// <summary>The program with a readout of everything that it opened after its threads have ended.</summary>
    public static Program Finish(Program program) =>
        program with { After = [.. program.Readout().Select(read => new Line(read))] };

    private static Gen<ImmutableArray<int>> Swarm(bool forks, bool groups) =>
        from chosen in Gen.Elements(true, true, false).ListOf(Verbs.Length)
        select (ImmutableArray<int>)
        [
            // Without Open there is nothing to speak of.
            .. Enumerable.Range(0, Verbs.Length)
                .Where(verb => verb == OpenVerb || (verb is ForkVerb ? forks : verb == ExitVerb || verb == TotalVerb ? forks && chosen[verb] : chosen[verb]))
                .SelectMany(verb => Enumerable.Repeat(verb, groups ? InGroups(verb) : Verbs[verb].Weight)),
        ];

    private static Gen<Template> Templates(ImmutableArray<int> verbs) =>
        from verb in Gen.Elements<int>(verbs)
        from first in Gen.Choose(0, 1 << 20)
        from second in Gen.Choose(0, 1 << 20)
        from number in Gen.Choose(0, Amounts.Length - 1)
        from task in Gen.Choose(0, 1 << 20)
        from attributes in verb == OpenVerb ? OpenAttributes : Gen.Constant(default(Attributes))
        select new Template(verb, first, second, number, task, attributes);

    // Gives each template its names, of those that were opened and forked before; one in thirty is -1.
    private static ImmutableArray<Line> Bind(IEnumerable<Template> templates, Declaration declaration, bool forks, bool oneTrigger, bool groups, ImmutableArray<Line> before = default)
    {
        var lines = ImmutableArray.CreateBuilder<Line>();
        if (!before.IsDefault) lines.AddRange(before);
        var known = lines.Select(line => line.Operation).OfType<Operation.Open>().Select(open => open.Name).ToList();
        var asked = lines.Select(line => line.Operation).OfType<Operation.Open>().Select(open => open.Attributes).ToList();
        var forked = new List<int>();
        foreach (var template in templates)
        {
            if (template.Verb == OpenVerb || known.Count == 0)
            {
                var attributes = template.Verb == OpenVerb ? template.Attributes : new Attributes(Task: 0, Period: 1, Enabled: true);
                // Most events of a program that forks are inherited, or its forks would copy nothing.
                if (forks && template.Task % 4 != 0) attributes = attributes with { Inherit = true };
                asked.Add(groups ? Grouped(template, attributes) : attributes);
                known.Add(new Handle(known.Count));
                lines.Add(new Line(new Operation.Open(known[^1], asked[^1])));
                continue;
            }

            lines.Add(new Line(template.Verb switch
            {
                ForkVerb => Fork(template),
                ExitVerb => new Operation.Exit(Task(template.Task)),
                var verb => Verbs[verb].Make(Pick(template.First, template.Task), Pick(template.Second, template.Task), Amounts[template.Number]) switch
                {
                    // So many links of one trigger that its table grows.
                    Operation.SetLink link when oneTrigger && link.Trigger != Handle.Invalid => link with { Trigger = known[0] },
                    var call => call,
                },
            }));
        }

        return lines.ToImmutable();

        // What can be paused; a member of what can be, or of anything; a few with wrong roles; and a few that are in no group.
        Attributes Grouped(Template template, Attributes attributes)
        {
            if (template.Second % 8 < 3) return attributes with { Aux = true };
            if (template.Second % 8 == 7 || known.Count == 0) return attributes;
            var leaders = Enumerable.Range(0, known.Count).Where(i => asked[i].Aux).ToList();
            var leader = leaders.Count == 0 || template.First % 8 == 7 ? template.First / 8 % known.Count : leaders[template.First / 8 % leaders.Count];
            var role = template.Number % 14;
            var member = attributes with { Leader = template.First % 30 == 29 ? Handle.Invalid : known[leader], Pauses = role > 6 || role == 0, Resumes = role < 6, StartPaused = false };
            // Else it would hardly ever be fit for its leader.
            return template.Task % 5 == 4 ? member : member with { Task = asked[leader].Task, Cpu = asked[leader].Cpu, Inherit = asked[leader].Inherit };
        }

        Instance Pick(int pick, int task) =>
            new(pick % 30 == 29 ? Handle.Invalid : known[pick / 30 % known.Count], forked.Count == 0 || task % 2 == 0 ? -1 : Task(task / 2));

        // One in twenty is any name, declared or not.
        int Task(int pick) => forked.Count == 0 || pick % 20 == 19 ? pick / 20 % (declaration.Tasks + 2) - 1 : forked[pick / 20 % forked.Count];

        Operation.Fork Fork(Template template)
        {
            var fresh = declaration.Roots + forked.Count;
            var child = template.Second % 8 == 7 ? Task(template.Second / 8) : fresh;
            if (child == fresh && fresh < declaration.Tasks) forked.Add(fresh);
            return new Operation.Fork(template.First % 3 == 2 ? Task(template.First / 3) : template.First % 10 == 9 ? 1 : 0, child);
        }
    }
}
