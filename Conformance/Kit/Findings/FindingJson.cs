// Findings as JSON, for a wire between two processes of this kit: programs as their text, sets of rules as lists of numbers.
using System.Text.Json;
using System.Text.Json.Serialization;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Findings;

/// <summary>How findings travel.</summary>
public static class FindingJson
{
    /// <summary>The form of everything on a wire.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower), new ProgramText(), new RuleList() },
    };

    private sealed class ProgramText : JsonConverter<Program>
    {
        public override Program Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            ProgramParser.ParseOne(reader.GetString()!, "a program on the wire");

        public override void Write(Utf8JsonWriter writer, Program value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }

    private sealed class RuleList : JsonConverter<RuleSet>
    {
        public override RuleSet Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            RuleSet.Of(JsonSerializer.Deserialize<string[]>(ref reader, options)!.Select(text => RuleId.TryParse(text, out var rule) ? rule : throw new JsonException($"{text} is no rule")));

        public override void Write(Utf8JsonWriter writer, RuleSet value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Rules.Select(rule => rule.ToString()), options);
    }
}
