// vectors: the model's answers as files for whoever has no .NET; written, or held against the model.
using PerfModel.Conformance.Adapters;
using PerfModel.Conformance.Text;
using PerfModel.Conformance.Vectors;

namespace PerfModel.Conformance.Command;

/// <summary>The verb vectors.</summary>
internal static class VectorsVerb
{
    public static System.CommandLine.Command Create(Interrupts interrupts)
    {
        var verb = new System.CommandLine.Command("vectors", "Writes portable vectors into a folder, or holds those of a folder against the model.") { Grammar.Output, Grammar.Verify, Grammar.Json };
        verb.SetAction(parsed => (parsed.GetValue(Grammar.Output), parsed.GetValue(Grammar.Verify)) switch
        {
            ({ } folder, null) => Write(folder, parsed.GetValue(Grammar.Json)),
            (null, { } folder) => Verify(folder, parsed.GetValue(Grammar.Json), interrupts.Token),
            _ => throw new UsageException("vectors takes one of --output DIR and --verify DIR"),
        });
        return verb;
    }

    private static int Write(string folder, bool json)
    {
        var contents = VectorFiles.Kinds.Select(kind => (Name: VectorFiles.Name(kind), Content: VectorFiles.Content(kind))).ToList();
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var (name, content) in contents) File.WriteAllText(Path.Combine(folder, name), content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"cannot write {Quoted.Short(folder)}: {e.Message}");
        }

        var hash = VectorFiles.Hash(contents);
        if (json) Output.WriteJson(new { folder, files = contents.Select(one => one.Name), vectors = (int?)null, hash, verdict = "pass", faults = Array.Empty<object>() });
        else Console.WriteLine($"{string.Join(", ", contents.Select(one => Path.Combine(folder, one.Name)))}; hash {hash}");
        return ExitCode.Conforms;
    }

    private static int Verify(string folder, bool json, CancellationToken end)
    {
        var faults = new List<VectorFault>();
        var vectors = 0;
        string[] files;
        try
        {
            files = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.json").Where(file => !file.EndsWith(".schema.json", StringComparison.Ordinal)).Order(StringComparer.Ordinal)] : throw new UsageException($"cannot read {Quoted.Short(folder)}: there is no such folder");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot read {Quoted.Short(folder)}: {e.Message}");
        }

        if (files.Length == 0) throw new UsageException($"there are no vectors in {Quoted.Short(folder)}");
        var contents = files.Select(file => (Name: Path.GetFileName(file), Content: ArtifactStore.Read(file))).ToList();
        try
        {
            foreach (var (file, content) in contents)
            {
                Output.Progress($"vectors {file}", 0, 0);
                vectors += VectorFiles.Verify(file, content, faults.Add, end);
            }
        }
        catch (ProtocolException e)
        {
            throw new UsageException(e.Message);
        }

        Output.EndProgress();
        var hash = VectorFiles.Hash(contents);
        if (json)
        {
            Output.WriteJson(new { folder, files = files.Select(Path.GetFileName), vectors = (int?)vectors, hash, verdict = faults.Count == 0 ? "pass" : "fail", faults = faults.Select(one => new { file = one.File, id = one.Id, message = one.Message }) });
        }
        else
        {
            foreach (var fault in faults) Console.WriteLine($"{fault.File}: {fault.Id}: {fault.Message}");
            Console.WriteLine($"{vectors:N0} vectors in {files.Length} files, {(faults.Count == 0 ? "all as the model has them" : $"{faults.Count} not as the model has them")}; hash {hash}");
        }

        return faults.Count == 0 ? ExitCode.Conforms : ExitCode.Violates;
    }
}
