// What the steps of Fork, Exit, TotalCount, Enable and Disable do to a state (chapter 6). In what order a call takes them is in Inheriting.cs, and for Fork in Forking.cs.
using static PerfModel.Model.Errno;

namespace PerfModel.Model;

/// <summary>A copy that a Fork is to make (rule 6.4), in the values that it read of its source.</summary>
/// <param name="Source">The instance of the forking task.</param>
/// <param name="Cpu">The source's cpu.</param>
/// <param name="Period">The source's period.</param>
/// <param name="Enabled">The source's bit when it was read.</param>
/// <param name="Paused">The source's gate when it was read; the dialect decides the copy's (rules 8.8, 8.9 and 8.22).</param>
/// <param name="Group">The source's attributes of a group.</param>
public readonly record struct CopyToMake(Instance Source, int Cpu, long Period, bool Enabled, bool Paused, GroupAttributes Group);

/// <summary>A link between two copies that a Fork is to make (rules 6.5 and 8.23), by their sources.</summary>
public readonly record struct LinkToMake(Role Role, Instance Trigger, Instance Target);

public static partial class Step
{
    /// <summary>Fork's first step: null if the source runs, or the refusal (rule 6.2).</summary>
    internal static Outcome? FindSource(State s, Operation.Fork fork) => s.Runs(fork.Task) ? null : Refuse(s, ESRCH);

    /// <summary>Fork's second step: the name is taken, or the call refused (rule 6.2).</summary>
    internal static Outcome TakeName(State s, Operation.Fork fork) => fork.Child switch
    {
        var child when s.IsRoot(child) || s.LifeOf(child) is not null => Refuse(s, EEXIST),
        _ when s.AllNamesUsed => Refuse(s, EAGAIN),
        var child when child < 0 || child >= s.Declaration.Tasks => Refuse(s, EINVAL),
        var child => new(s.With(new ForkedTask(child, TaskLife.Coming)), Result.Ok),
    };

    /// <summary>Fork's last step: the task runs, with its copies and their links (rules 6.3 to 6.6).</summary>
    internal static State Appear(State s, Operation.Fork fork, IReadOnlyCollection<CopyToMake> copies, IReadOnlyCollection<LinkToMake> links)
    {
        var after = s.With(new ForkedTask(fork.Child, TaskLife.Running));
        foreach (var copy in copies)
        {
            after = after.Add(new InstanceState(InChild(copy.Source), fork.Child, copy.Cpu, copy.Period, Inherit: true)
            {
                Enabled = copy.Enabled,
                Paused = s.Declaration.Dialect switch
                {
                    Dialect.Amended => copy.Paused, // 8.9
                    Dialect.Linux613 => copy.Group.OpensPaused, // 8.22
                    _ => false, // 8.8
                },
                Starter = Owner(copy.Source, Role.Starter),
                Stopper = Owner(copy.Source, Role.Stopper),
                Group = copy.Group,
                Leader = Leader(copy.Source), // 8.23
            });
        }

        return after;

        Instance InChild(Instance source) => new(source.Event, fork.Child);

        Instance? Owner(Instance target, Role role)
        {
            if (s.Declaration.Dialect == Dialect.Linux613) return null; // 8.11
            foreach (var link in links)
                if (link.Role == role && link.Target == target) return InChild(link.Trigger);
            return null;
        }

        Instance? Leader(Instance member)
        {
            if (s.Declaration.Dialect != Dialect.Linux613) return null;
            foreach (var link in links)
                if (link.Trigger == member) return InChild(link.Target);
            return null;
        }
    }

    /// <summary>Exit's first step: the task ends, or the call is refused.</summary>
    internal static Outcome EndTask(State s, Operation.Exit exit) =>
        s.IsRoot(exit.Task) || !s.Runs(exit.Task)
            ? Refuse(s, ESRCH) // 6.1, 6.9
            : new(s.With(new ForkedTask(exit.Task, TaskLife.Exited)), Result.Ok); // 6.9

    /// <summary>A further step of Exit: one copy dies, its links end, and its count goes to its event (rules 2.10, 6.9 and 6.14).</summary>
    internal static State EndCopy(State s, InstanceState copy) =>
        (s.Find(copy.Id.Event) is { } own ? s.With(own with { Folded = own.Folded + copy.Count }) : s).Remove(copy.Id);

    /// <summary>The sum over an event's instances and the counts that the dead ones left, or null if its handle is not live (rule 6.10).</summary>
    internal static Int128? Total(State s, Handle handle)
    {
        if (s.Find(handle) is not { } own) return null;
        var total = own.Folded + own.Count;
        foreach (var copy in s.CopiesOf(handle)) total += copy.Count;
        return total;
    }

    /// <summary>A step of Enable or Disable on one copy (rules 3.2, 5.3 and 6.11).</summary>
    internal static State OnCopy(State s, Operation.OnEvent call, InstanceState copy) => OnEvent(s, call, copy).State;
}
