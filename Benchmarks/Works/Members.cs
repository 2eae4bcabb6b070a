// The works about links in Linux613, where a trigger is opened as the member of its target's group (rule 8.12): only ours has them.
using PerfModel.Benchmarks.Peers;
using PerfModel.Implementation;

namespace PerfModel.Benchmarks.Works;

/// <summary>Sets a leader and its members up for one of these works, and gives the loop.</summary>
internal static class Members
{
    private static readonly EventAttributes Leader = Ours.Attributes(cpu: 0) with { Aux = true };

    /// <summary>Overflows of a resumer whose leader is open: its gate does not have to move.</summary>
    public static Measurement OverflowStill()
    {
        var (subject, resumer, pauser, leader) = Group();
        subject.Overflow(pauser, 1);
        subject.Overflow(resumer, 1);
        if (subject.IsPaused(leader)) throw new InvalidOperationException("the resumer did not reach its leader");
        return new Loop(Links.Visits, () => subject.Overflow(resumer, Links.Visits), Links.Visits, owned: subject);
    }

    /// <summary>Overflows of a pauser and of a resumer in turn.</summary>
    public static Measurement OverflowFlipping()
    {
        var (subject, resumer, pauser, leader) = Group();
        subject.Overflow(pauser, 1);
        if (!subject.IsPaused(leader)) throw new InvalidOperationException("the pauser did not reach its leader");
        return new Loop(Links.Visits, () => subject.OverflowInTurn(resumer, pauser, Links.Visits / 2), Links.Visits, owned: subject);
    }

    /// <summary>Open and Close of a member: the whole life of a link.</summary>
    public static Measurement WholeLife()
    {
        var subject = Subjects.Linux613();
        var perf = subject.System.Events;
        perf.Open(Leader, out EventHandle leader);
        var attributes = Ours.Attributes(cpu: 0) with { Leader = leader, Resumes = true };
        return new Loop(Links.Pairs, OpenAndClose, Links.Pairs, owned: subject);

        long OpenAndClose()
        {
            long done = 0;
            for (var i = 0; i < Links.Pairs; i++)
                if (perf.Open(attributes, out EventHandle member) == Errno.None && perf.Close(member) == Errno.None) done++;
            return done;
        }
    }

    // All of them run.
    private static (ManagedSubject<Ours, EventHandle> Subject, int Resumer, int Pauser, int Leader) Group()
    {
        var subject = Subjects.Linux613();
        var leader = Opened(Leader);
        var member = Ours.Attributes(cpu: 0) with { Leader = leader };
        return (subject, subject.Add(Opened(member with { Resumes = true })), subject.Add(Opened(member with { Pauses = true })), subject.Add(leader));

        EventHandle Opened(EventAttributes attributes)
        {
            if (subject.System.Events.Open(attributes, out EventHandle handle) != Errno.None) throw new InvalidOperationException("a member was refused");
            subject.System.Events.ScheduleIn(handle);
            return handle;
        }
    }
}
