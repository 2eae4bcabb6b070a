// What the metadata of a user's assembly says before any of it is loaded: what it is built for, what it refers to, which of its neighbours are its own.
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Text;
using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;
using PerfModel.Conformance.Subjects;
using PerfModel.Model;

namespace PerfModel.Conformance.Child;

/// <summary>Reads assemblies as files.</summary>
internal sealed class AssemblyFacts
{
    private AssemblyFacts(string path, MetadataReader reader)
    {
        Path = path;
        References = [.. reader.AssemblyReferences.Select(handle => reader.GetAssemblyReference(handle)).Select(reference => new AssemblyName(reader.GetString(reference.Name)) { Version = reference.Version })];
        var attributes = reader.GetAssemblyDefinition().GetCustomAttributes().Select(handle => reader.GetCustomAttribute(handle))
            .Select(attribute => (Name: NameOf(reader, attribute), Text: TextOf(reader, attribute))).ToList();
        Framework = attributes.FirstOrDefault(attribute => attribute.Name == "TargetFrameworkAttribute").Text;
        IsReferenceAssembly = attributes.Any(attribute => attribute.Name == "ReferenceAssemblyAttribute");
    }

    public string Path { get; }

    public ImmutableArray<AssemblyName> References { get; }

    private string? Framework { get; }

    private bool IsReferenceAssembly { get; }

    private string File => System.IO.Path.GetFileName(Path);

    /// <summary>Reads a file.</summary>
    /// <exception cref="SubjectException">It is not there, or is no .NET assembly.</exception>
    public static AssemblyFacts Read(string path)
    {
        var name = System.IO.Path.GetFileName(path);
        if (Directory.Exists(path)) throw new SubjectException($"cannot load {Quoted.Short(name)}: it is a folder; name the .dll in it");
        if (!System.IO.File.Exists(path)) throw new SubjectException($"cannot load {Quoted.Short(name)}: there is no such file ({path})");
        try
        {
            using var file = new PEReader(System.IO.File.OpenRead(path));
            if (!file.HasMetadata) throw new SubjectException($"{name} is a native library, not a .NET assembly");
            return new AssemblyFacts(path, file.GetMetadataReader());
        }
        catch (Exception e) when (e is BadImageFormatException or InvalidOperationException)
        {
            throw new SubjectException($"{name} is not a .NET assembly{(System.IO.Path.GetExtension(name) == ".dll" ? "" : "; name the .dll that the build made")}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SubjectException($"cannot read {name}: {e.Message}");
        }
    }

    /// <summary>Refuses what could be loaded only to fail later in words that say less.</summary>
    /// <exception cref="SubjectException">It was built for something else than what runs here.</exception>
    public void MustFit()
    {
        if (IsReferenceAssembly) throw new SubjectException($"{File} is a reference assembly, without code; name the one that the build put into bin");
        if (Framework is not null && !Framework.StartsWith(".NETCoreApp", StringComparison.Ordinal) && !Framework.StartsWith(".NETStandard", StringComparison.Ordinal))
            throw new SubjectException($"{File} is built for {Framework}; this suite runs on .NET {Environment.Version.Major}: target net{Environment.Version.Major}.0");
        var runtime = References.FirstOrDefault(reference => reference.Name == "System.Runtime")?.Version;
        var target = Framework?.StartsWith(".NETCoreApp", StringComparison.Ordinal) == true && Version.TryParse(Framework[(Framework.LastIndexOf('v') + 1)..], out var version) ? version : runtime;
        if (target is not null && target.Major > Environment.Version.Major)
            throw new SubjectException($"{File} is built for .NET {target.Major}; this suite runs on .NET {Environment.Version.Major}: target net{Environment.Version.Major}.0");
        foreach (var reference in References)
        {
            var ours = Shared(reference.Name)?.GetName().Version;
            if (ours is not null && reference.Version is { } theirs && (theirs.Major != ours.Major || (ours.Major == 0 && theirs.Minor != ours.Minor)))
                throw new SubjectException($"{File} is built for {reference.Name} {theirs}; this suite is {ours}: build it against this one");
        }

        if (!References.Any(reference => reference.Name == typeof(ISubject).Assembly.GetName().Name))
            throw new SubjectException($"{File} does not refer to {typeof(ISubject).Assembly.GetName().Name}, so no type in it implements {typeof(ISubject).FullName}");
    }

    /// <summary>The assembly of ours that goes by this name, which a user's must share with us; null if it is none of them.</summary>
    public static Assembly? Shared(string? name) =>
        name == typeof(ISubject).Assembly.GetName().Name ? typeof(ISubject).Assembly : name == typeof(Declaration).Assembly.GetName().Name ? typeof(Declaration).Assembly : null;

    /// <summary>
    /// The assembly, and those beside it that it uses and that its author built with it: what its .deps.json calls a project, or,
    /// without such a file, what lies there. Never ours, and never a package.
    /// </summary>
    public static ImmutableArray<string> Own(string path)
    {
        var folder = System.IO.Path.GetDirectoryName(path)!;
        var projects = Projects(System.IO.Path.ChangeExtension(path, ".deps.json"));
        var found = new List<string> { path };
        for (var i = 0; i < found.Count; i++)
        {
            foreach (var reference in Read(found[i]).References.Where(reference => Shared(reference.Name) is null && projects?.Contains(reference.Name!) != false))
            {
                var beside = System.IO.Path.Combine(folder, reference.Name + ".dll");
                if (System.IO.File.Exists(beside) && !found.Contains(beside)) found.Add(beside);
            }
        }

        return [.. found];
    }

    // The names of what is no package; null if the file is not there, or says nothing of the kind.
    private static HashSet<string>? Projects(string file)
    {
        try
        {
            if (!System.IO.File.Exists(file)) return null;
            using var deps = JsonDocument.Parse(System.IO.File.ReadAllText(file));
            return [.. deps.RootElement.GetProperty("libraries").EnumerateObject()
                .Where(library => library.Value.GetProperty("type").GetString() is "project" or "reference")
                .SelectMany(library => Assemblies(deps.RootElement, library.Name))];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // A project goes by the name of its file, its assembly by another perhaps.
    private static IEnumerable<string> Assemblies(JsonElement deps, string library) =>
        deps.GetProperty("targets").EnumerateObject()
            .Where(target => target.Value.TryGetProperty(library, out _))
            .Select(target => target.Value.GetProperty(library))
            .Where(entry => entry.TryGetProperty("runtime", out _))
            .SelectMany(entry => entry.GetProperty("runtime").EnumerateObject().Select(one => System.IO.Path.GetFileNameWithoutExtension(one.Name)));

    private static string NameOf(MetadataReader reader, CustomAttribute attribute) =>
        attribute.Constructor.Kind == HandleKind.MemberReference && reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } parent
            ? reader.GetString(reader.GetTypeReference((TypeReferenceHandle)parent).Name)
            : "";

    // The first argument, where it is a text: a blob is a prologue of two bytes and then the arguments.
    private static string? TextOf(MetadataReader reader, CustomAttribute attribute)
    {
        if (NameOf(reader, attribute) != "TargetFrameworkAttribute") return null;
        var blob = reader.GetBlobReader(attribute.Value);
        blob.ReadUInt16();
        return blob.ReadSerializedString();
    }
}
