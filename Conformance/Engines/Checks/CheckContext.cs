// What every check is given: whom to check, how much, and where to tell of progress.
using System.Collections.Immutable;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>The terms of a run.</summary>
/// <param name="Subject">The subject's name.</param>
/// <param name="Create">Makes a system that nothing has been called on.</param>
/// <param name="Dialects">The dialects to check, in order.</param>
/// <param name="Seed">Where all that is random starts; the same seed and budget give the same run.</param>
internal sealed record CheckContext(string Subject, Func<Declaration, ISubject> Create, ImmutableArray<Dialect> Dialects, ulong Seed)
{
    /// <summary>Whether the subject claims +inheritance (rule 9.2): without it nothing is asked that needs a Fork.</summary>
    public bool Inheritance { get; init; } = true;

    /// <summary>Told, now and then, what is done and what of it there is.</summary>
    public Action<string, long, long> Progress { get; init; } = (_, _, _) => { };

    /// <summary>Told of every step, if the subject may not leave anybody to ask.</summary>
    public IWitness? Witness { get; init; }

    /// <summary>Whether what it makes is a remote subject, whose own threads run programs.</summary>
    public bool IsRemote { get; init; }

    /// <summary>Whether a remote subject is asked one operation at a time, so that it is known which one it is lost in.</summary>
    public bool OneAtATime { get; init; }

    /// <summary>Ends a run early; what was found until then is reported.</summary>
    public CancellationToken Cancelled { get; init; }

    /// <summary>A subject's program is over.</summary>
    public void End(ISubject subject)
    {
        Witness?.Call(0, Phase.Disposing, 0);
        subject.End();
        Witness?.Return(0);
    }

    /// <summary>A program or what was seen of it, as it is saved: it says where it comes from.</summary>
    public Program Saved(string check, Program program, Dialect dialect) => program.In(dialect) with { Subject = Subject, Check = check };
}
