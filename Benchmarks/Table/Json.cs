// The table as a program reads it: one object.
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using PerfModel.Benchmarks.Works;

namespace PerfModel.Benchmarks.Table;

/// <summary>Writes what was seen as JSON; README.md has the members.</summary>
internal static class Json
{
    // For people too: ≤ and × as they are.
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The object.</summary>
    public static string Of(IReadOnlyList<Seen> all) =>
        new JsonObject { ["rows"] = new JsonArray([.. all.Select(Row)]) }.ToJsonString(Layout);

    private static JsonObject Row(Seen seen)
    {
        Verdict[] verdicts = Verdict.Of(seen);
        Verdict? first = verdicts.FirstOrDefault(verdict => !verdict.Goal.IsAboutBytes);
        return new()
        {
            ["work"] = seen.Row.Work,
            ["targets"] = seen.Row.Targets,
            ["threads"] = seen.Row.Threads,
            ["unit"] = seen.Row.Unit.Label,
            ["floor"] = Rounded(seen.Value(Columns.Floor)),
            ["ours"] = Rounded(seen.Value(Columns.Ours)),
            ["peers"] = Others(seen, seen.Value),
            ["bytes"] = Rounded(seen.Bytes(Columns.Ours)),
            ["bytesOfPeers"] = Others(seen, seen.Bytes),
            ["ratioTo"] = first?.Goal.To,
            ["ratio"] = Rounded(first?.Ratio?.Median),
            ["target"] = verdicts.Length == 0 ? null : string.Join("; ", verdicts.Select(verdict => verdict.Goal.ToString())),
            ["met"] = Verdict.All(verdicts),
            ["targetsOfRow"] = new JsonArray([.. verdicts.Select(OneTarget)]),
        };
    }

    private static JsonObject Others(Seen seen, Func<string, double?> value)
    {
        JsonObject others = [];
        foreach (var name in seen.Samples.Keys)
            if (name is not (Columns.Floor or Columns.Ours)) others[name] = Rounded(value(name));
        return others;
    }

    private static JsonObject OneTarget(Verdict verdict) => new()
    {
        ["target"] = verdict.Goal.ToString(),
        ["ratioTo"] = verdict.Goal.IsAboutBytes ? null : verdict.Goal.To,
        ["ratio"] = Rounded(verdict.Ratio?.Median),
        ["low"] = Rounded(verdict.Ratio?.Low),
        ["high"] = Rounded(verdict.Ratio?.High),
        ["met"] = verdict.Met,
    };

    private static JsonNode? Rounded(double? value) => value is { } number && double.IsFinite(number) ? Math.Round(number, 4) : null;
}
