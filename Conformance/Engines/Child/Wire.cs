// What parent and child tell each other: one line of JSON each, the child's behind a mark, because a subject may print what it likes.
using System.Text.Json;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Findings;
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

    public Finding? Found { get; init; }

    public WireReport? Report { get; init; }
}

/// <summary>A report that travels; its failures have been told one by one.</summary>
internal sealed record WireReport(RuleVerdict Verdict, long Iterations, long Operations, RuleSet Spoke, string? Remark)
{
    public static WireReport Of(CheckReport report) => new(report.Verdict, report.Iterations, report.Operations, report.Spoke, report.Remark);
}

/// <summary>Lines.</summary>
internal static class Wire
{
    // What begins the child's lines. A line of a subject's begins with anything else, and what it left unended is ended first.
    private const string Mark = "\u0001perfmodel ";

    public static string Line<T>(T value) => JsonSerializer.Serialize(value, FindingJson.Options);

    public static string Marked(Reply reply) => $"\n{Mark}{Line(reply)}\n";

    public static Request? Request(string line) => JsonSerializer.Deserialize<Request>(line, FindingJson.Options);

    /// <summary>The answer in a line, or null if it is chatter.</summary>
    public static Reply? Reply(string line)
    {
        try
        {
            return line.StartsWith(Mark, StringComparison.Ordinal) ? JsonSerializer.Deserialize<Reply>(line[Mark.Length..], FindingJson.Options) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
