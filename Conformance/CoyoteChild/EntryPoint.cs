// The child process in which Coyote runs rewritten copies of what it explores. Started by the perfmodel command, not by a person.
using PerfModel.Conformance.Child;
using PerfModel.CoyoteChild.Canaries;
using PerfModel.CoyoteChild.Rewriting;
using PerfModel.CoyoteChild.Seam;

namespace PerfModel.CoyoteChild;

internal static class EntryPoint
{
    // Unrewritten assemblies give false deadlocks, which a reader would believe; so nothing at all is explored then.
    private static readonly string? Complaint = RewritingCheck.ComplaintAboutBuiltIn();

    public static int Main(string[] args) => ChildHost.Run(args[0], (host, request, _) => Complaint is null ? Answer(host, request) : new Reply.Refused(Complaint));

    private static Reply Answer(ChildHost host, Request request) => request switch
    {
        Request.Explore explore => new Reply.Explored(new ProgramRunner(explore.Program, explore.Dialect, explore.Subject!, host).Explore(explore.Budget)),
        Request.Follow follow => new Reply.Explored(new ProgramRunner(follow.Saved, follow.Dialect, follow.Subject!, host).Replay()),
        Request.Rewrite rewrite => new Reply.Rewritten(Rewriter.Rewrite(rewrite.Assembly, rewrite.Also, rewrite.Folder)),
        Request.Canaries canaries => new Reply.Sightings([.. canaries.Holes ? CanaryRuns.RunHoles(canaries.Seed) : CanaryRuns.RunCanaries(canaries.Seed)]),
        Request.Probe probe => new Reply.Probed(CoyoteRunner.Run(Probe.Find(probe.Name).Body, probe.Options)),
        Request.FollowProbe probe => new Reply.Followed(CoyoteRunner.Replay(Probe.Find(probe.Name).Body, probe.Trace)),
        Request.Lint lint => new Reply.Violations([.. new SeamLint(lint.Assembly, [.. lint.Accessors], lint.Scope).Violations()]),
        Request.Uses uses => BeyondControl.Of(uses.Assemblies, uses.Type),
        _ => throw new FormatException($"a {request.GetType().Name} is not for this child"),
    };
}
