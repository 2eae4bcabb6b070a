// Programs beyond what is enumerated, drawn: longer threads over the calls of a universe, and threads in which an event comes, goes and comes again.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Generation;

/// <summary>Draws programs one after another; the same seed draws the same.</summary>
/// <param name="dialect">The dialect: setups differ.</param>
/// <param name="inheritance">Whether tasks may fork.</param>
/// <param name="seed">Where the drawing starts.</param>
internal sealed class LongerPrograms(Dialect dialect, bool inheritance, ulong seed)
{
    // All that one thread more, or a call more, makes too many to enumerate in a night.
    private static readonly ImmutableArray<Shape> Shapes = [.. ((int[][])[[1, 3], [2, 2], [1, 4], [2, 3], [1, 1, 2], [3, 3]]).Select(calls => new Shape([.. calls]))];

    private readonly Random _random = new(unchecked((int)(seed ^ (seed >> 32))));

    private readonly ImmutableArray<UniversePrograms> _universes =
        [.. from universe in Universe.All.Values
            where universe.SpeaksOf(dialect) && (inheritance || !universe.NeedsInheritance)
            from shape in Shapes
            select universe.Programs(shape, dialect)];

    /// <summary>The next.</summary>
    public Program Next() => _random.Next(4) == 0 ? Tenants() : FromUniverse();

    // Most places have no program: their threads use what they have not opened, or another order of the same threads stands for them.
    private Program FromUniverse()
    {
        while (true)
        {
            var programs = _universes[_random.Next(_universes.Length)];
            if (programs.At(_random.NextInt64(programs.Places)) is { } program && (inheritance || !program.NeedsInheritance)) return program;
        }
    }

    /// <summary>One thread closes and opens, again and again, where there is hardly room; another looks for a place, or at one.</summary>
    private Program Tenants()
    {
        var names = 0;
        var places = _random.Next(1, 4);
        var attributes = new Attributes(Task: 0, Period: 1, Enabled: true, Inherit: inheritance && _random.Next(2) == 0);
        var first = Enumerable.Range(0, places).Select(_ => new Handle(names++)).ToImmutableArray();
        var setup = first.Select(e => (Operation)new Operation.Open(e, attributes)).ToList();
        if (attributes.Inherit) setup.Add(new Operation.Fork(0, 2));
        // The last is gone, or all are there.
        var isFull = _random.Next(2) == 0;
        if (!isFull) setup.Add(new Operation.Close(first[^1]));
        var free = isFull ? 0 : 1;

        var comes = new List<Operation>();
        var own = free < places ? first[0] : Handle.Invalid;
        for (var round = _random.Next(1, 4); round > 0; round--)
        {
            if (own != Handle.Invalid) comes.Add(new Operation.Close(own));
            comes.Add(new Operation.Open(own = new Handle(names++), attributes));
            if (_random.Next(4) == 0) comes.Add(Look(own));
        }

        var looks = new List<Operation> { new Operation.Open(new Handle(names), attributes) };
        if (_random.Next(2) == 0) looks.Add(_random.Next(3) == 0 ? new Operation.Close(new Handle(names)) : Look(new Handle(names)));
        if (attributes.Inherit && _random.Next(2) == 0) looks.Insert(_random.Next(looks.Count + 1), new Operation.Fork(0, 3));
        return Programs.Finish(new Program
        {
            Title = "an event comes, goes and comes again",
            Declaration = new Declaration(Dialect.Patch2011, places),
            Setup = [.. setup.Select(call => new Line(call))],
            Threads = [new ProgramThread([.. looks.Select(call => new Line(call))]), new ProgramThread([.. comes.Select(call => new Line(call))])],
        });

        Operation Look(Handle e) => _random.Next(3) switch
        {
            0 => new Operation.StateOf(Instance.Own(e)),
            1 when attributes.Inherit => new Operation.TotalCount(e),
            _ => new Operation.CountOf(Instance.Own(_random.Next(2) == 0 && attributes.Inherit ? first[0] : e)),
        };
    }
}
