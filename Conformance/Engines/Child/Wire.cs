// What parent and child tell each other: one line of JSON each, the child's behind a mark, because a subject may print what it likes.
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Child;

/// <summary>What the parent asks.</summary>
/// <param name="Verb">load, check, sequence or stop.</param>
internal sealed record Request(string Verb)
{
    public string? Path { get; init; }

    public string? Type { get; init; }

    public string? Subject { get; init; }

    public string? Check { get; init; }

    public Dialect Dialect { get; init; }

    public ulong Seed { get; init; }

    public long Iterations { get; init; }

    public string? Rule { get; init; }

    public bool Inheritance { get; init; } = true;

    /// <summary>Examples that have run already, in a child before this one.</summary>
    public long Skip { get; init; }

    public string? Program { get; init; }
}

/// <summary>What the child answers.</summary>
/// <param name="Kind">ready, refused, progress, found, report or error; the last four but progress and found end a request.</param>
internal sealed record Reply(string Kind)
{
    public string? Message { get; init; }

    public long Done { get; init; }

    public long All { get; init; }

    public WireFailure? Failure { get; init; }

    public WireReport? Report { get; init; }
}

/// <summary>A failure that travels: its page is drawn already, but for the line that replays it.</summary>
internal sealed record WireFailure(string Check, Dialect Dialect, ImmutableArray<string> Rules, string Saved, string Page, long FoundAfter, bool Repeats)
{
    public static WireFailure Of(Failure failure) => new(failure.Check, failure.Dialect, [.. failure.Rules.Rules.Select(rule => rule.ToString())],
        failure.Saved.ToString(), failure.Repeats ? "" : failure.Page(), failure.FoundAfter, failure.Repeats);

    public Failure ToFailure() => new(Check, Dialect, Rules.Select(Rule).Aggregate(RuleSet.None, (set, rule) => set | RuleSet.Of(rule)),
        header => FailurePage.WithReplay(Page, header), ProgramParser.ParseOne(Saved, "what the child found")) { FoundAfter = FoundAfter, Repeats = Repeats };

    private static RuleId Rule(string text) => RuleId.TryParse(text, out var rule) ? rule : throw new FormatException($"{text} is no rule");
}

/// <summary>A report that travels; its failures have been told one by one.</summary>
internal sealed record WireReport(RuleVerdict Verdict, long Iterations, long Operations, string Low, string High, string? Remark)
{
    public static WireReport Of(CheckReport report) => new(report.Verdict, report.Iterations, report.Operations,
        report.Spoke.Low.ToString(CultureInfo.InvariantCulture), report.Spoke.High.ToString(CultureInfo.InvariantCulture), report.Remark);

    public RuleSet Spoke => new(UInt128.Parse(Low, CultureInfo.InvariantCulture), UInt128.Parse(High, CultureInfo.InvariantCulture));
}

/// <summary>Lines.</summary>
internal static class Wire
{
    // What begins the child's lines. A line of a subject's begins with anything else, and what it left unended is ended first.
    private const string Mark = "\u0001perfmodel ";

    public static string Line<T>(T value) => JsonSerializer.Serialize(value, JsonSerializerOptions.Web);

    public static string Marked(Reply reply) => $"\n{Mark}{Line(reply)}\n";

    public static Request? Request(string line) => JsonSerializer.Deserialize<Request>(line, JsonSerializerOptions.Web);

    /// <summary>The answer in a line, or null if it is chatter.</summary>
    public static Reply? Reply(string line)
    {
        try
        {
            return line.StartsWith(Mark, StringComparison.Ordinal) ? JsonSerializer.Deserialize<Reply>(line[Mark.Length..], JsonSerializerOptions.Web) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
