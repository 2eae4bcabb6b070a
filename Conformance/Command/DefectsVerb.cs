// defects [DEFECT]: what a search of the posted patch finds, one line each; of one defect the trace, in lanes, and as a picture.
using System.Collections.Immutable;
using System.Globalization;
using PerfModel.Conformance.ModelChecker;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Text;
using PerfModel.Model.Posted;
using PerfModel.Posted;

namespace PerfModel.Conformance.Command;

/// <summary>The verb defects.</summary>
internal static class DefectsVerb
{
    private const string Svg = ".svg";

    public static System.CommandLine.Command Create(Interrupts interrupts)
    {
        var named = Grammar.Argument("DEFECT", "a defect of the annex of SPEC.md, such as D13; without it, all of them", Names.Defects);
        var verb = new System.CommandLine.Command("defects", "Lists the defects of the posted patch that a search finds; of one, shows the trace.") { named, Grammar.Output, Grammar.Json };
        verb.SetAction(parsed =>
        {
            var typed = parsed.GetValue(named);
            var chosen = typed is null ? Defect.All : Chosen(typed);
            var file = parsed.GetValue(Grammar.Output);
            if (file is not null) OpenPicture(file, typed);
            var found = FoundDefect.Find(chosen, Mend.None, at => Output.Progress(() => $"defects: {at.States:N0} states"), interrupts.Token);
            Output.EndProgress();
            if (file is not null) Output.WriteFile(file, TraceDrawing.Svg([.. found.Select(one => ($"{one.Defect.Id}: {one.Defect.Title}", Drawing(one)))]));
            if (parsed.GetValue(Grammar.Json)) Output.WriteJson(ToJson(found, isWhole: typed is null));
            else if (typed is null) WriteList(found);
            else if (file is null) foreach (var one in found) Console.Write(Page(one));
            return found.Any(one => one.Trace.IsEmpty) ? ExitCode.Inconclusive : ExitCode.Conforms;
        });
        return verb;
    }

    /// <summary>Why a defect of the annex is not modelled, or null if it is, or is none.</summary>
    public static string? NotModelled(string typed) =>
        Defect.NotModelled.FirstOrDefault(one => one.Key.Equals(typed, StringComparison.OrdinalIgnoreCase)) is { Key: { } id, Value: var why } ? $"{id} is not modelled: {why}{(PostedScenarios.All.ContainsKey(id) ? $"; 'perfmodel explore {id} --subject posted' shows it on running code" : "")}"
        : Defect.OfSpec.FirstOrDefault(one => one.Key.Equals(typed, StringComparison.OrdinalIgnoreCase)) is { Key: { } kept, Value: var property } ? $"{kept} is no defect of the posted machine: 'perfmodel check --preset steps --property {property}' shows it"
        : null;

    /// <summary>The switch that mends a defect which has none of its own name, or null if there is no such defect.</summary>
    public static string? MendedBy(string typed) =>
        Defect.All.FirstOrDefault(defect => defect.Id.Equals(typed, StringComparison.OrdinalIgnoreCase)) is { } defect ? $"{defect.Id} is mended by --mend {defect.Mend}" : null;

    // D13 is both of its kinds.
    private static ImmutableArray<Defect> Chosen(string typed)
    {
        var chosen = Defect.All.Where(defect => defect.Id.Equals(typed, StringComparison.OrdinalIgnoreCase)).ToImmutableArray();
        if (chosen.IsEmpty) chosen = [.. Defect.All.Where(defect => defect.Mend.ToString().Equals(typed, StringComparison.OrdinalIgnoreCase))];
        return chosen.IsEmpty ? throw new UsageException(NotModelled(typed) ?? Names.Defects.Unknown(typed)) : chosen;
    }

    private static void OpenPicture(string file, string? typed)
    {
        if (typed is null) throw new UsageException("--output draws one defect: name it");
        if (!file.EndsWith(Svg, StringComparison.OrdinalIgnoreCase)) throw new UsageException($"--output '{Quoted.Short(file)}': expected the name of a file that ends in {Svg}");
        Output.OpenReport(file);
    }

    private static void WriteList(ImmutableArray<FoundDefect> found)
    {
        foreach (var group in found.GroupBy(one => Kept(one.Defect)))
        {
            Console.WriteLine($"{group.Key}:");
            Console.WriteLine($"  {"",-4} {"trace",5} {"states",7}  {"rules",-15} {"property",-28} title");
            foreach (var one in group)
                Console.WriteLine($"  {one.Defect.Id,-4} {one.Trace.Length,5} {one.States,7:N0}  {one.Defect.Rules,-15} {one.Defect.Property,-28} {one.Defect.Title}");
            Console.WriteLine();
        }

        var surprises = found.Count(one => one.Defect.IsSurprise);
        Console.WriteLine($"{found.Length} found by search: {found.Length - surprises} defects, and {surprises} surprises, which a dialect keeps on purpose; {Defect.NotModelled.Count} of the annex are not modelled");
    }

    private static string Kept(Defect defect) => (defect.IsSurprise, defect.SatisfiedBy.Dialects.ToList()) switch
    {
        (_, []) => "surprises: reached in every dialect",
        (false, _) => "the property holds in every dialect",
        (true, [var only]) => $"surprises: the property holds in {only} only",
        (true, var some) => $"surprises: the property holds in {string.Join(" and ", some)}",
    };

    private static string Page(FoundDefect one)
    {
        var (defect, page) = (one.Defect, new PageText());
        page.Head(defect.Id, defect.Title, $"{defect.System.Name}, as posted");
        page.Label("breaks", $"{defect.Property}: {defect.Claim.Name}");
        page.Label("rule", $"{defect.Rules} of SPEC.md; {Satisfied(defect)}");
        if (defect.Remark is { } remark) page.Label("remark", remark);
        page.Label("trace", $"{one.Trace.Length} statements, and no trace has fewer; found in {one.States:N0} states of preset {defect.System.Name}");
        page.Line();
        foreach (var line in Drawing(one).Lines(PageText.Width)) page.Line(line);
        page.Line();
        page.Label("mended", $"{defect.Remedy}; then this trace is gone, and those of other defects are not: perfmodel check --machine posted --preset {defect.System.Name} --mend {defect.Mend}");
        page.Line();
        return page.ToString();
    }

    private static string Satisfied(Defect defect) => (defect.SatisfiedBy.Dialects.ToList() is { Count: > 0 } dialects ? $"satisfied by {PageText.Listed(dialects.Select(dialect => dialect.ToString()))}" : "no dialect satisfies it, and all define it")
        + (defect.SaidBy.IsEmpty ? "" : $" ({(defect.SaidBy.Length == 1 ? "property" : "properties")} {string.Join(", ", defect.SaidBy)})");

    private static TraceDrawing Drawing(FoundDefect one) => new(
        [.. one.Trace.Select(told => told.Actor).Distinct().Order().Select(PostedMachine.Name)],
        [.. one.Trace.Select(told => new TraceStep(PostedMachine.Name(told.Actor), told.Function, told.Code, string.Join("; ", told.State)))]);

    // D6 stands before D13e.
    private static readonly Comparer<KeyValuePair<string, string>> ByNumber = Comparer<KeyValuePair<string, string>>.Create((left, right) =>
        string.Compare(left.Key, right.Key, CultureInfo.InvariantCulture, CompareOptions.NumericOrdering));

    private static object ToJson(ImmutableArray<FoundDefect> found, bool isWhole) => new
    {
        defects = found.Select(one => new
        {
            id = one.Defect.Id,
            title = one.Defect.Title,
            property = one.Defect.Property,
            name = one.Defect.Claim.Name,
            rule = one.Defect.Rules.Split(", "),
            satisfiedBy = one.Defect.SatisfiedBy.Dialects.Select(dialect => dialect.ToString()),
            saidBy = one.Defect.SaidBy,
            surprise = one.Defect.IsSurprise,
            preset = one.Defect.System.Name,
            mend = one.Defect.Mend.ToString(),
            remark = one.Defect.Remark,
            traceLength = one.Trace.Length,
            states = one.States,
            steps = one.Trace.Select(told => new { actor = PostedMachine.Name(told.Actor), function = told.Function, code = told.Code, state = told.State }),
        }),
        notModelled = Defect.NotModelled.Where(_ => isWhole).Order(ByNumber).Select(one => new { id = one.Key, why = one.Value }),
    };
}
