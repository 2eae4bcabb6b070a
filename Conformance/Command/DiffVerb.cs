// diff A B: two JSON reports of run beside each other. Rules and checks with another verdict, failures that came or went, versions.
using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Command;

/// <summary>The verb diff.</summary>
internal static class DiffVerb
{
    public static System.CommandLine.Command Create()
    {
        var (before, after) = (new Argument<string>("A") { Description = "a JSON report of run, or - for standard input" }, new Argument<string>("B") { Description = "another, later one" });
        var verb = new System.CommandLine.Command("diff", "Compares two JSON reports of run.") { before, after, Grammar.Json };
        verb.SetAction(parsed =>
        {
            var (a, b) = (parsed.GetRequiredValue(before), parsed.GetRequiredValue(after));
            var difference = new RunDifference(a, b, SavedRun.Read(a), SavedRun.Read(b));
            if (parsed.GetValue(Grammar.Json)) Output.WriteJson(difference.ToJson());
            else difference.Write();
            return difference.IsNone ? ExitCode.Conforms : ExitCode.Violates;
        });
        return verb;
    }
}

/// <summary>A report of run, as far as two are compared.</summary>
internal sealed record SavedRun(
    string Verdict, string Subject, ImmutableArray<string> Dialects, ulong Seed, string Spec, string Suite, ImmutableArray<SavedRun.SavedRule> Rules, ImmutableArray<SavedRun.SavedCheck> Checks)
{
    private static readonly JsonSerializerOptions Reading = new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };

    /// <summary>The verdict on a rule.</summary>
    internal sealed record SavedRule(string Id, string Title, string Verdict);

    /// <summary>The outcome of a check.</summary>
    internal sealed record SavedCheck(string Name, string Verdict, ImmutableArray<SavedFailure> Failures);

    /// <summary>A failure. Reports of before failures had titles have none.</summary>
    internal sealed record SavedFailure(string Dialect, ImmutableArray<string> Rules, ImmutableArray<string> Suspects = default, string? Title = null)
    {
        /// <summary>The rule by which it is called, as in a list of known failures.</summary>
        public string Rule => (Suspects.IsDefaultOrEmpty ? Rules : Suspects).FirstOrDefault() ?? KnownFailure.NoRule;
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="UsageException">It is no report of run.</exception>
    public static SavedRun Read(string file)
    {
        var text = ArtifactStore.Read(file);
        try
        {
            var read = JsonSerializer.Deserialize<SavedRun>(text, Reading);
            if (read is not null && Problem(read) is null) return read;
        }
        catch (JsonException)
        {
            // Whatever it is, it is not ours.
        }

        throw new UsageException($"{(file == "-" ? "standard input" : Quoted.Short(file))} is no JSON report of run");
    }

    // An array that is null or has a null in it is read all the same; one name twice has no one verdict.
    private static string? Problem(SavedRun run) =>
        run.Dialects.IsDefault || run.Dialects.Contains(null!) || run.Rules.IsDefaultOrEmpty || run.Checks.IsDefaultOrEmpty || run.Rules.Contains(null!) || run.Checks.Contains(null!)
            || run.Checks.Any(check => check.Failures.IsDefault || check.Failures.Any(failure => failure is null || failure.Rules.IsDefault)) ? "something is not there"
        : run.Rules.DistinctBy(rule => rule.Id).Count() != run.Rules.Length || run.Checks.DistinctBy(check => check.Name).Count() != run.Checks.Length ? "a name is there twice"
        : null;
}

/// <summary>Something that has one value here and another there.</summary>
internal sealed record Change(string Name, string A, string B)
{
    /// <summary>The value of what is in one report only.</summary>
    public const string Absent = "absent";

    /// <summary>A title, for a person; or null.</summary>
    public string? Title { get; init; }

    /// <summary>The changes from one list to another, in the order of the first.</summary>
    public static ImmutableArray<Change> Between(IEnumerable<(string Name, string Value)> a, IEnumerable<(string Name, string Value)> b)
    {
        var (before, after) = (a.ToDictionary(), b.ToDictionary());
        return [.. before.Keys.Union(after.Keys).Select(name => new Change(name, before.GetValueOrDefault(name, Absent), after.GetValueOrDefault(name, Absent))).Where(change => change.A != change.B)];
    }
}

/// <summary>A failure that came or went: all that is the same from run to run.</summary>
internal sealed record FailureKey(string Rule, string Check, string Dialect, string? Title)
{
    public override string ToString() => $"{Rule} {Check} {Dialect}: {Title ?? "without a title"}";
}

/// <summary>The differences of two reports.</summary>
internal sealed class RunDifference
{
    private readonly string _fileA;
    private readonly string _fileB;
    private readonly SavedRun _a;
    private readonly SavedRun _b;

    public RunDifference(string fileA, string fileB, SavedRun a, SavedRun b)
    {
        (_fileA, _fileB, _a, _b) = (fileA, fileB, a, b);
        var titles = a.Rules.Concat(b.Rules).DistinctBy(rule => rule.Id).ToDictionary(rule => rule.Id, rule => rule.Title);
        Rules = [.. Change.Between(a.Rules.Select(rule => (rule.Id, rule.Verdict)), b.Rules.Select(rule => (rule.Id, rule.Verdict))).Select(change => change with { Title = titles[change.Name] })];
        Checks = Change.Between(a.Checks.Select(check => (check.Name, check.Verdict)), b.Checks.Select(check => (check.Name, check.Verdict)));
        Versions = Change.Between([("spec", a.Spec), ("suite", a.Suite)], [("spec", b.Spec), ("suite", b.Suite)]);
        Terms = Change.Between(Asked(a), Asked(b));
        Came = Less(Failures(b), Failures(a));
        Gone = Less(Failures(a), Failures(b));
    }

    /// <summary>Rules with another verdict.</summary>
    public ImmutableArray<Change> Rules { get; }

    /// <summary>Checks with another verdict.</summary>
    public ImmutableArray<Change> Checks { get; }

    /// <summary>Versions that differ.</summary>
    public ImmutableArray<Change> Versions { get; }

    /// <summary>Subject, dialects and seed, where they differ. Whoever compares two builds by their paths, or two seeds, knows of it: they are told, and are no difference.</summary>
    public ImmutableArray<Change> Terms { get; }

    /// <summary>Failures of the second report only.</summary>
    public ImmutableArray<FailureKey> Came { get; }

    /// <summary>Failures of the first report only.</summary>
    public ImmutableArray<FailureKey> Gone { get; }

    /// <summary>Whether the reports say the same.</summary>
    public bool IsNone => _a.Verdict == _b.Verdict && Rules.IsEmpty && Checks.IsEmpty && Versions.IsEmpty && Came.IsEmpty && Gone.IsEmpty;

    public object ToJson() => new
    {
        same = IsNone,
        a = _fileA,
        b = _fileB,
        verdict = new { a = _a.Verdict, b = _b.Verdict },
        rules = Rules.Select(change => new { id = change.Name, title = change.Title, a = change.A, b = change.B }),
        checks = Checks.Select(Shape),
        came = Came.Select(Shape),
        gone = Gone.Select(Shape),
        versions = Versions.Select(Shape),
        terms = Terms.Select(Shape),
    };

    public void Write()
    {
        foreach (var change in Rules) Write($"rule  {change.Name,-5} ", $"{change.A} -> {change.B}   {change.Title}");
        foreach (var change in Checks) Write("check ", $"{change.Name}: {change.A} -> {change.B}");
        foreach (var failure in Came) Write("came  ", failure.ToString());
        foreach (var failure in Gone) Write("gone  ", failure.ToString());
        foreach (var change in Versions) Write("version of ", $"{change.Name}: {change.A} -> {change.B}");
        foreach (var change in Terms) Write("asked otherwise: ", $"{change.Name} {change.A} -> {change.B}");
        var counts = new[] { (Rules.Length, "rules"), (Checks.Length, "checks"), (Came.Length, "failures came"), (Gone.Length, "failures went"), (Versions.Length, "versions") };
        Write("", $"{_fileA} and {_fileB} {(IsNone ? "say the same" : $"differ: verdict {_a.Verdict} -> {_b.Verdict}{string.Concat(counts.Where(count => count.Length > 0).Select(count => $", {count.Length} {count.Item2}"))}")}");
    }

    // A report may come from anywhere.
    private static void Write(string name, string text) => Output.WriteItem(Quoted.Short(name, int.MaxValue), Quoted.Short(text, int.MaxValue));

    private static object Shape(Change change) => new { name = change.Name, a = change.A, b = change.B };

    private static object Shape(FailureKey failure) => new { rule = failure.Rule, check = failure.Check, dialect = failure.Dialect, title = failure.Title };

    private static IEnumerable<(string, string)> Asked(SavedRun run) => [("subject", run.Subject), ("dialects", string.Join(" ", run.Dialects)), ("seed", $"{run.Seed}")];

    private static List<FailureKey> Failures(SavedRun run) => [.. run.Checks.SelectMany(check => check.Failures.Select(failure => new FailureKey(failure.Rule, check.Name, failure.Dialect, failure.Title)))];

    // Of failures that cannot be told apart, as many as there are more.
    private static ImmutableArray<FailureKey> Less(List<FailureKey> all, List<FailureKey> others)
    {
        var left = others.GroupBy(key => key).ToDictionary(group => group.Key, group => group.Count());
        return [.. all.Where(key => (left[key] = left.GetValueOrDefault(key) - 1) < 0)];
    }
}
