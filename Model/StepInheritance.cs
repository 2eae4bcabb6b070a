// What the steps of Fork, Exit, TotalCount, Enable and Disable do to a state (chapter 6). In what order a call takes them is in Inheriting.cs.
namespace PerfModel.Model;

/// <summary>A copy that a Fork is to make (rule 6.4), in the values that it read of its source.</summary>
/// <param name="Source">The instance of the forking task.</param>
/// <param name="Cpu">The source's cpu.</param>
/// <param name="Period">The source's period.</param>
/// <param name="Enabled">The source's bit when it was read.</param>
/// <param name="Paused">The source's gate when it was read; what becomes of it the dialect says (rules 8.8 and 8.9).</param>
public readonly record struct CopyToMake(Instance Source, int Cpu, long Period, bool Enabled, bool Paused);

/// <summary>A link between two copies that a Fork is to make (rule 6.5), by their sources.</summary>
public readonly record struct LinkToMake(Role Role, Instance Trigger, Instance Target);

public static partial class Step
{
    /// <summary>Fork's first step: null if the source runs, or the refusal (rule 6.2).</summary>
    internal static Outcome? FindSource(State s, Operation.Fork fork) =>
        s.Runs(fork.Task) ? null : Refuse(s, Errno.ESRCH, 6_02);

    /// <summary>Fork's second step: the name is taken, or the call refused (rule 6.2).</summary>
    internal static Outcome TakeName(State s, Operation.Fork fork) => fork.Child switch
    {
        var child when s.IsRoot(child) || s.LifeOf(child) is not null => Refuse(s, Errno.EEXIST, 6_02),
        _ when s.AllNamesUsed => Refuse(s, Errno.EAGAIN, 6_02),
        var child when child < 0 || child >= s.Declaration.Tasks => Refuse(s, Errno.EINVAL, 6_02),
        var child => new(s.With(new ForkedTask(child, TaskLife.Coming)), Result.Ok, Cite(6_02)),
    };

    /// <summary>Fork's last step: the task runs, with its copies and their links (rules 6.3 to 6.6, 8.8 and 8.9).</summary>
    internal static Outcome Appear(State s, Operation.Fork fork, IReadOnlyCollection<CopyToMake> copies, IReadOnlyCollection<LinkToMake> links)
    {
        var amended = s.Declaration.Dialect == Dialect.Amended;
        var after = s.With(new ForkedTask(fork.Child, TaskLife.Running));
        foreach (var copy in copies)
        {
            after = after.Add(new InstanceState(InChild(copy.Source), fork.Child, copy.Cpu, copy.Period, Inherit: true)
            {
                Enabled = copy.Enabled,
                Paused = amended && copy.Paused,
                Starter = Owner(copy.Source, Role.Starter),
                Stopper = Owner(copy.Source, Role.Stopper),
            });
        }

        return new(after, Result.Ok, Cite(6_02)
            | (s.Instances.IsEmpty ? RuleSet.None : Cite(6_03))
            | (copies.Count == 0 ? RuleSet.None : Cite(6_04) | Cite(6_05) | Cite(amended ? 8_09 : 8_08))
            | (copies.Count == 0 || s.IsRoot(fork.Task) ? RuleSet.None : Cite(6_06)));

        Instance InChild(Instance source) => new(source.Event, fork.Child);

        Instance? Owner(Instance target, Role role)
        {
            foreach (var link in links)
                if (link.Role == role && link.Target == target) return InChild(link.Trigger);
            return null;
        }
    }

    /// <summary>Exit's first step: the task ends, or the call is refused (rules 6.1 and 6.9).</summary>
    internal static Outcome EndTask(State s, Operation.Exit exit) =>
        s.IsRoot(exit.Task) ? Refuse(s, Errno.ESRCH, 6_09, Cite(6_01))
        : !s.Runs(exit.Task) ? Refuse(s, Errno.ESRCH, 6_09)
        : new(s.With(new ForkedTask(exit.Task, TaskLife.Exited)), Result.Ok, Cite(6_09));

    /// <summary>A further step of Exit: one copy dies, and what it counted goes to its event (rules 2.10, 6.9 and 6.14).</summary>
    internal static Outcome EndCopy(State s, InstanceState copy)
    {
        var folded = s.Find(copy.Id.Event) is { } own ? s.With(own with { Folded = own.Folded + copy.Count }) : s;
        var linked = (copy.Starter ?? copy.Stopper) is not null || !Holds(s, copy).IsEmpty;
        return new(folded.Remove(copy.Id), Result.Ok,
            Cite(6_09) | (linked ? Cite(2_10) : RuleSet.None) | (copy.Samples > 0 ? Cite(6_14) : RuleSet.None));
    }

    /// <summary>The sum over an event's instances and what the dead ones left, or null if its handle is not live (rule 6.10).</summary>
    internal static Int128? Total(State s, Handle handle)
    {
        if (s.Find(handle) is not { } own) return null;
        var total = own.Folded + own.Count;
        foreach (var copy in s.CopiesOf(handle)) total += copy.Count;
        return total;
    }

    /// <summary>TotalCount's answer at a total (rule 6.10).</summary>
    internal static Outcome Total(State s, Int128? total) =>
        total is not { } sum ? Refuse(s, Errno.EBADF, 1_07, Cite(6_10))
        : sum > long.MaxValue ? Refuse(s, Errno.EOVERFLOW, 6_10)
        : Read(s, Result.Of((long)sum), 6_10);

    /// <summary>A step of Enable or Disable on one copy (rules 3.2, 5.3 and 6.11).</summary>
    internal static Outcome OnCopy(State s, Operation.OnEvent call, InstanceState copy) => OnEvent(s, call, copy) with
    {
        Rules = Cite(6_11) | Unthrottling(copy, copy.Scheduled && call is Operation.Enable),
    };
}
