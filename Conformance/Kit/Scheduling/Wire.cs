// The line protocol between the command and the child process that schedules: one JSON request a line, one JSON reply a line.
using System.Collections.Immutable;
using System.Text.Json;

namespace PerfModel.Conformance.Scheduling;

/// <summary>What the parent asks.</summary>
public sealed record WireRequest
{
    /// <summary>explore, replay or canaries.</summary>
    public required string Verb { get; init; }

    /// <summary>A program, or a saved failure, in the text grammar.</summary>
    public string? Document { get; init; }

    /// <summary>The dialect to explore it in.</summary>
    public string? Dialect { get; init; }

    /// <summary>The path of the assembly of the subject, rewritten; null for one that the child has itself.</summary>
    public string? Assembly { get; init; }

    /// <summary>The full name of the type behind the door.</summary>
    public string? Type { get; init; }

    /// <summary>How to explore.</summary>
    public ExplorationTerms? Terms { get; init; }

    /// <summary>The seed of the canaries.</summary>
    public ulong Seed { get; init; }
}

/// <summary>What the child answers.</summary>
public sealed record WireReply
{
    /// <summary>Why the request could not be served, or null.</summary>
    public string? Error { get; init; }

    /// <summary>What came of explore and replay.</summary>
    public ExplorationReport? Report { get; init; }

    /// <summary>What came of the canaries: the kinds of access that the scheduler is blind to.</summary>
    public ImmutableArray<string> BlindTo { get; init; } = [];
}

/// <summary>Lines from and to JSON.</summary>
public static class Wire
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>One line of JSON.</summary>
    public static string Write<T>(T message) => JsonSerializer.Serialize(message, Options);

    /// <summary>The message of a line.</summary>
    /// <exception cref="FormatException">The line is none.</exception>
    public static T Read<T>(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, Options) ?? throw new FormatException("an empty message");
        }
        catch (JsonException e)
        {
            throw new FormatException($"not a message of the protocol: {e.Message}");
        }
    }
}
