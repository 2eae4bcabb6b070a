// The page of a property of check that is not what it should be.
using PerfModel.Conformance.ModelChecker;
using PerfModel.Conformance.Pages;
using PerfModel.Model.Posted;

namespace PerfModel.Conformance.Command;

/// <summary>The page of a property that is not what it should be.</summary>
internal static class ClaimPage
{
    public static string Of(MachineReport report, ClaimVerdict claim, string? file)
    {
        var page = new PageText();
        page.Head(claim.Word.ToUpperInvariant(), report.Machine, $"{report.System.Name}, {report.System.Variant}");
        page.Label("property", $"{claim.Claim.Kind}: {claim.Claim.Name}");
        if (claim.Path.IsEmpty)
        {
            page.Label("seen", "no transition of the whole system does it");
            return page.ToString();
        }

        page.Label("path", Length(report.System.Machine.Tell(claim.Path), claim.Path.Length));
        page.Label("", report.System.Machine.Narrate(claim.Path));
        if (Defect.All.FirstOrDefault(defect => defect.Claim == claim.Claim) is { } defect) page.LabelUnfolded("defect", $"{defect.Id}, {defect.Title}; perfmodel defects {defect.Id} draws it as posted");
        if (file is null) return page.ToString();
        page.LabelUnfolded("program", file);
        page.LabelUnfolded("the model", ArtifactStore.EvalLine(file));
        return page.ToString();
    }

    // Of a concurrent machine an action is a step; of another it may be more than one call, as Open and ScheduleIn of what is always Active.
    private static string Length(Text.Program? path, int actions) =>
        path is null || !path.Threads.IsEmpty ? $"{actions} steps, and no path has fewer"
        : path.Setup.Length > actions ? $"{actions} actions in {path.Setup.Length} calls, and no path has fewer actions"
        : $"{actions} actions, and no path has fewer";
}
