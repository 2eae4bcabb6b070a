// The files of vectors, one for each kind, a vector on a line: writes those that the suite comes with, and holds any against the model.
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PerfModel.Conformance.Adapters;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Vectors;

/// <summary>One thing that is wrong with a file of vectors.</summary>
/// <param name="File">Its name.</param>
/// <param name="Id">The vector.</param>
/// <param name="Message">What, in one line.</param>
internal sealed record VectorFault(string File, string Id, string Message);

/// <summary>Files of vectors.</summary>
internal static class VectorFiles
{
    /// <summary>The format of the files.</summary>
    public const int Format = 1;

    /// <summary>The kinds.</summary>
    public static VectorKind[] Kinds { get; } = Enum.GetValues<VectorKind>();

    /// <summary>The name of the file of a kind.</summary>
    public static string Name(VectorKind kind) => $"{VectorJson.Word(kind)}.json";

    /// <summary>The content of a file that the suite comes with.</summary>
    public static string Content(VectorKind kind)
    {
        // Examples of several dialects may differ in nothing but their answers, and some not even in these.
        var vectors = Vector.All(kind).Select(VectorJson.Line).Distinct();
        return $"{{\"format\":{Format},\"spec\":\"{SpecDocument.Current.Version}\",\"kind\":\"{VectorJson.Word(kind)}\",\"vectors\":[\n{string.Join(",\n", vectors)}\n]}}\n";
    }

    /// <summary>The hash of some files, whose order does not matter: by it a claim names its vectors.</summary>
    public static string Hash(IEnumerable<(string Name, string Content)> files) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(files.OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => file.Content)))))[..12];

    /// <summary>Holds a file against the model.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="text">Its content.</param>
    /// <param name="faults">Told of each vector with an expectation that is not the model's.</param>
    /// <param name="end">Ends it.</param>
    /// <returns>How many vectors it has.</returns>
    /// <exception cref="ProtocolException">It is no file of vectors.</exception>
    public static int Verify(string file, string text, Action<VectorFault> faults, CancellationToken end)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text);
        }
        catch (JsonException e)
        {
            throw new ProtocolException($"{file}: it is no JSON: {Quoted.Short(e.Message.Split('.')[0], 120)}, line {e.LineNumber + 1}");
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format", out var format) || format.ValueKind != JsonValueKind.Number || !format.TryGetInt32(out var version))
                throw new ProtocolException($"{file}: it is no file of vectors: 'format' is not there");
            if (version != Format) throw new ProtocolException($"{file}: it has format {version}, and this suite reads {Format}");
            if (!root.TryGetProperty("kind", out var word) || word.ValueKind != JsonValueKind.String || Kinds.Cast<VectorKind?>().FirstOrDefault(one => VectorJson.Word(one!.Value) == word.GetString()) is not { } kind)
                throw new ProtocolException($"{file}: 'kind' is none of {string.Join(", ", Kinds.Select(VectorJson.Word))}");
            if (!root.TryGetProperty("vectors", out var vectors) || vectors.ValueKind != JsonValueKind.Array) throw new ProtocolException($"{file}: 'vectors' is not there, or is no list");
            var ids = new HashSet<string>();
            foreach (var vector in vectors.EnumerateArray())
            {
                end.ThrowIfCancellationRequested();
                var id = Quoted.Short(Named(vector) ?? throw new ProtocolException($"{file}: vector {ids.Count + 1} has no id"));
                if (!ids.Add(id)) faults(new VectorFault(file, id, "stands there twice"));
                try
                {
                    using var right = JsonDocument.Parse(VectorJson.Line(VectorJson.Read(vector, kind)));
                    if (Difference(vector, right.RootElement, "") is { } difference) faults(new VectorFault(file, id, difference));
                }
                catch (Exception e) when (e is ProtocolException or ProgramException)
                {
                    throw new ProtocolException($"{file}: {id}: {e.Message}");
                }
            }

            return ids.Count;
        }
    }

    private static string? Named(JsonElement vector) => vector.ValueKind == JsonValueKind.Object && vector.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;

    // The first place where a file and the model part; null if none. The id comes last: it differs wherever anything does.
    private static string? Difference(JsonElement file, JsonElement model, string path)
    {
        if (file.ValueKind == JsonValueKind.Object && model.ValueKind == JsonValueKind.Object)
        {
            var names = model.EnumerateObject().Select(one => one.Name).Union(file.EnumerateObject().Select(one => one.Name)).OrderBy(name => name == "id");
            foreach (var name in names)
            {
                if (!file.TryGetProperty(name, out var seen)) return $"{path}{name} is not there";
                if (!model.TryGetProperty(name, out var right)) return $"{path}{name} is nothing that a vector has";
                if (Difference(seen, right, $"{path}{name}") is { } difference) return difference;
            }

            return null;
        }

        if (file.ValueKind == JsonValueKind.Array && model.ValueKind == JsonValueKind.Array)
        {
            for (var i = 0; i < Math.Min(file.GetArrayLength(), model.GetArrayLength()); i++)
                if (Difference(file[i], model[i], $"{path}[{i}].") is { } difference) return difference;
            return file.GetArrayLength() == model.GetArrayLength() ? null : $"{path} has {file.GetArrayLength()} elements, and the model {model.GetArrayLength()}";
        }

        return JsonElement.DeepEquals(file, model) ? null : $"{path.TrimEnd('.')} is {Quoted.Short(file.GetRawText())}, and the model's {Quoted.Short(model.GetRawText())}";
    }
}
