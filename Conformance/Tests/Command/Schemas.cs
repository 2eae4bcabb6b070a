// The JSON Schemas that lie beside the command, and validation by them.
using System.Collections.Concurrent;
using NJsonSchema;
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

public static class Schemas
{
    // To read one takes longer than to validate by it.
    private static readonly ConcurrentDictionary<string, Lazy<JsonSchema>> Read = new();

    /// <summary>The verbs that have one: all that answer in JSON.</summary>
    public static TheoryData<string> Verbs => ["run", "diff", "explore", "enumerate", "merge", "mutants", "subjects", "list", "rules", "explain", "eval", "replay", "litmus", "check", "defects", "adapter", "trace", "vectors"];

    /// <summary>What the schema of a verb has against a text.</summary>
    public static IReadOnlyList<string> Errors(string verb, string json) => ErrorsOf(Path.Combine(AppContext.BaseDirectory, "schemas", $"{verb}.schema.json"), json);

    /// <summary>What the schema in a file has against a text.</summary>
    public static IReadOnlyList<string> ErrorsOf(string file, string json)
    {
        var schema = Read.GetOrAdd(file, _ => new Lazy<JsonSchema>(() => JsonSchema.FromFileAsync(file).GetAwaiter().GetResult()));
        return [.. schema.Value.Validate(json).Select(error => error.ToString())];
    }

    /// <summary>Asserts that an answer is one JSON object, and valid.</summary>
    public static void Valid(string verb, Answer answer)
    {
        Assert.Equal(System.Text.Json.JsonValueKind.Object, answer.Json.ValueKind);
        Assert.Empty(Errors(verb, answer.Out));
    }
}
