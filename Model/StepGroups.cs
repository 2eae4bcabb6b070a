// What the steps of Linux613 do to a state: an Open with a leader, the visit of a leader, and its death (chapter 8). In what order a call takes them is in Grouped.cs.
using static PerfModel.Model.Errno;

namespace PerfModel.Model;

public static partial class Step
{
    /// <summary>The first step of an Open with a leader: null if that can be its leader, or the refusal (rule 8.14).</summary>
    internal static Outcome? FindLeader(State s, Attributes a) => (Refused(s, a), s.Find(a.Leader!.Value)) switch
    {
        ({ } errno, _) => Refuse(s, errno),
        (_, null) => Refuse(s, EBADF), // 8.14
        (_, { Group.Aux: false } or { Group.Role: not null }) => Refuse(s, EINVAL), // 8.14
        var (_, leader) when leader.Task != a.Task || leader.Cpu != a.Cpu || (a.Task >= 0 && leader.Inherit != a.Inherit) => Refuse(s, EINVAL), // 8.14
        _ => null,
    };

    /// <summary>A visit begins: the target is under it, unless it is under another (rule 8.18).</summary>
    internal static State BeginVisit(State s, Instance leader) => s.With(s.Find(leader)! with { Visited = true });

    /// <summary>A visit moves the gate of a leader, whatever its state (rules 8.16 and 8.17).</summary>
    internal static State MoveLeader(State s, Instance leader, Role role)
    {
        var e = s.Find(leader)!;
        return e.Paused == (role == Role.Stopper) ? s : s.With(e with { Paused = role == Role.Stopper });
    }

    /// <summary>A visit ends (rule 8.18).</summary>
    internal static State EndVisit(State s, Instance leader) => s.With(s.Find(leader)! with { Visited = false });

    /// <summary>The death of its leader reaches a member of its group (rule 8.19).</summary>
    internal static State Fail(State s, InstanceState member) => s.With(member with { Enabled = false, Failed = true, Leader = null });
}
