// What check prints: the bound, what was counted, a table of the properties, and a page for each that is not as it should be; and the same as JSON.
using PerfModel.Conformance.ModelChecker;
using PerfModel.Conformance.Pages;

namespace PerfModel.Conformance.Command;

/// <summary>The end of a search, for a person or a program.</summary>
internal sealed record MachineReport(string Machine, BoundedSystem System, SearchResult Result)
{
    private bool IsReduced => System.Symmetric == true;

    private bool Exhaustive => Result.End == SearchEnd.Exhausted;

    public object ToJson() => new
    {
        verdict = Result.Verdict.Word(),
        machine = Machine,
        preset = System.Name,
        definition = System.Definition,
        events = System.Events,
        dialect = System.Dialect?.ToString(),
        mends = BoundedSystem.Switches(System.Mends),
        symmetry = IsReduced,
        exhaustive = Exhaustive,
        interrupted = Result.End == SearchEnd.Interrupted,
        states = Result.States,
        orbits = IsReduced ? Result.Stored : (long?)null,
        transitions = Result.Transitions,
        depth = Result.Depth,
        elapsedMs = (long)Result.Elapsed.TotalMilliseconds,
        bytesPerState = Math.Round(Result.BytesPerState, 1),
        properties = Saved().Select(one => new
        {
            id = one.Claim.Claim.Id,
            name = one.Claim.Claim.Name,
            kind = one.Claim.Claim.Kind.ToString(),
            verdict = one.Claim.Word,
            pathLength = one.Claim.Path.IsEmpty ? null : (int?)one.Claim.Path.Length,
            path = one.Claim.Path.IsEmpty ? null : System.Machine.Tell(one.Claim.Path)?.ToString() ?? string.Join("\n", System.Machine.Narrate(one.Claim.Path)),
            file = one.File,
        }),
        notInPlay = System.Idle.Select(idle => new { id = idle.Claim.Id, name = idle.Claim.Name, why = idle.Why }),
    };

    /// <param name="all">Whether all properties were asked for; of a single one the path is shown, whatever it is.</param>
    public void Write(bool all)
    {
        Console.WriteLine($"{Machine}, preset {System.Name}{(System.Bound is { } bound ? $", {bound}" : "")}, {System.Variant}{(System.Symmetric is { } symmetric ? $", symmetry {(symmetric ? "on" : "off")}" : "")}");
        foreach (var line in PageText.Fold(System.Definition, PageText.Width - 2)) Console.WriteLine("  " + line);
        Console.WriteLine();
        var width = Result.Claims.Max(claim => claim.Word.Length);
        Console.WriteLine($"  {"property",-9}  {"".PadRight(width)}  path");
        foreach (var claim in Result.Claims)
        {
            var length = claim.Path.IsEmpty ? "" : $"{claim.Path.Length}";
            var head = $"  {claim.Claim.Kind,-9}  {claim.Word.PadRight(width)}  {length,3}  ";
            foreach (var line in PageText.Fold(claim.Claim.Name, PageText.Width - head.Length))
            {
                Console.WriteLine(head + line);
                head = new string(' ', head.Length);
            }
        }

        foreach (var idle in (all ? System.Idle : []).GroupBy(idle => idle.Why))
            Console.WriteLine($"  not in play: {idle.Count()} {(idle.Count() == 1 ? "property" : "properties")}, because {idle.Key} (--json names them)");
        Console.WriteLine();
        foreach (var (claim, file) in Saved().Where(one => one.Claim.Verdict == Verdict.Violates || (!all && !one.Claim.Path.IsEmpty)))
        {
            Console.WriteLine(ClaimPage.Of(this, claim, file).TrimEnd());
            Console.WriteLine();
        }

        Console.WriteLine(Counted());
        Console.WriteLine(Said());
    }

    private string Counted()
    {
        var states = IsReduced ? $"{Result.States:N0} states in {Result.Stored:N0} orbits" : $"{Result.States:N0} states";
        return $"{states}, {Result.Transitions:N0} transitions, depth {Result.Depth}; {Result.Elapsed.TotalSeconds:F1} s, {Result.Stored / Math.Max(Result.Elapsed.TotalSeconds, 1e-3) / 1e6:F2} M/s stored, {Result.BytesPerState:F1} bytes for each";
    }

    private string Said() => Result.End switch
    {
        SearchEnd.Exhausted => $"{Machine} {Result.Verdict.Word()}: exhaustive, preset {System.Name}{(System.Bound is { } bound ? $" with {bound}" : "")}, {System.Variant}",
        SearchEnd.Answered => $"{Machine} {Result.Verdict.Word()}: it stopped where all that was asked for was seen",
        SearchEnd.OutOfMemory => $"{Machine} {Result.Verdict.Word()}: not exhaustive: the next states would take more than --memory",
        _ => $"{Machine} {Result.Verdict.Word()}: not exhaustive: interrupted",
    };

    // What is not as it should be is worth a file, if the model can answer it; the path to a Sometimes is in the JSON.
    private List<(ClaimVerdict Claim, string? File)> Saved() =>
    [
        .. Result.Claims.Select(claim => (claim, claim.Word != "violated" || System.Machine.Tell(claim.Path) is not { } told ? null
            : ArtifactStore.Save(told with { Title = claim.Claim.Name, Subject = "model" }, Machine, "check", System.Name, System.Variant))),
    ];
}
