// Loads the user's assembly beside ours, finds the type of the subject in it, and says in one line what is in the way.
using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Child;

/// <summary>A type of a user's assembly that can be made into a subject.</summary>
/// <remarks>It runs in this process, so it belongs into a child that may hang and die: <see cref="SubjectHost"/>, or the scheduler's.</remarks>
internal sealed class UserAssembly : IUserCode
{
    private readonly ConstructorInfo _make;

    private UserAssembly(ConstructorInfo make, ImmutableArray<Assembly> rewritten) => (_make, Rewritten) = (make, rewritten);

    /// <inheritdoc/>
    public string Maker => $"the constructor of {Type}";

    /// <inheritdoc/>
    public bool IsHooked => false;

    /// <summary>The full name of the type.</summary>
    public string Type => _make.DeclaringType!.FullName!;

    /// <summary>What was loaded from the folder of rewritten copies.</summary>
    public ImmutableArray<Assembly> Rewritten { get; }

    /// <summary>Finds the type.</summary>
    /// <param name="path">The assembly, as the user named it.</param>
    /// <param name="type">The type, by its full name or its last word; null if there is only one.</param>
    /// <param name="rewritten">A folder with rewritten copies, which are loaded instead of what they are copies of; or null.</param>
    /// <param name="typed">The subject as the user typed it, for what is said of it.</param>
    /// <exception cref="SubjectException">It cannot be done.</exception>
    public static UserAssembly Load(string path, string? type, string? rewritten = null, string? typed = null)
    {
        var name = Path.GetFileName(path);
        AssemblyFacts.Read(path).MustFit();
        try
        {
            var context = new Context(path, rewritten);
            var assembly = context.LoadFromAssemblyPath(context.Copy(Path.GetFileNameWithoutExtension(path)) ?? path);
            if (rewritten is null) MustHaveWhatItUses(path, assembly.ManifestModule);
            var found = Choose(name, assembly.GetTypes(), type, typed ?? AssemblySubject.Prefix + name);
            var make = found.GetConstructor([typeof(Declaration)])
                ?? throw new SubjectException($"{found.FullName} has no public constructor that takes a {typeof(Declaration).FullName}");
            return new UserAssembly(make, [.. context.Assemblies.Where(one => rewritten is not null && Path.GetDirectoryName(one.Location) == Path.GetFullPath(rewritten))]);
        }
        catch (ReflectionTypeLoadException e) when (e.LoaderExceptions.FirstOrDefault(inner => inner is not null) is { } first)
        {
            throw Explained(name, first);
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or TypeLoadException or MissingMemberException or InvalidOperationException or NotSupportedException)
        {
            throw Explained(name, e);
        }
    }

    /// <summary>The assembly and those of its neighbours that are the user's too: what is to be rewritten.</summary>
    public static ImmutableArray<string> Own(string path) => AssemblyFacts.Own(path);

    /// <summary>Makes a system that nothing has been called on; what the constructor throws comes through as it is.</summary>
    public ISubject Make(Declaration declaration) => (ISubject)_make.Invoke(BindingFlags.DoNotWrapExceptions, null, [declaration], null);

    private static Type Choose(string file, Type[] types, string? asked, string typed)
    {
        var able = types.Where(one => typeof(ISubject).IsAssignableFrom(one) && one is { IsAbstract: false, ContainsGenericParameters: false }).ToList();
        var open = able.Where(one => one.IsVisible).ToList();
        if (asked is not null)
        {
            var named = types.Where(one => one.FullName == asked || one.Name == asked).ToList();
            return named switch
            {
                [] => throw new SubjectException($"{file} has no type '{Quoted.Short(asked)}'; {Those(open)}"),
                [var one] when open.Contains(one) => one,
                [var one] when able.Contains(one) => throw new SubjectException($"{one.FullName} is not public"),
                [{ IsAbstract: true } one] => throw new SubjectException($"{one.FullName} is abstract; {Those(open)}"),
                [{ ContainsGenericParameters: true } one] => throw new SubjectException($"{one.FullName} is generic; {Those(open)}"),
                [var one] when one.GetInterfaces().FirstOrDefault(its => its.Name == nameof(ISubject)) is { } other =>
                    throw new SubjectException($"{one.FullName} implements {other.FullName} of {other.Assembly.GetName().Name}, not {typeof(ISubject).FullName}"),
                [var one] => throw new SubjectException($"{one.FullName} does not implement {typeof(ISubject).FullName}; {Those(open)}"),
                _ => throw new SubjectException($"{file} has several types '{Quoted.Short(asked)}': {string.Join(", ", named.Select(one => one.FullName))}"),
            };
        }

        return open switch
        {
            [var one] => one,
            [] when able is [var hidden, ..] => throw new SubjectException($"no public type of {file} implements {typeof(ISubject).FullName}; {hidden.FullName} does, and is not public"),
            [] => throw new SubjectException($"no public type of {file} implements {typeof(ISubject).FullName}"),
            _ => throw new SubjectException($"{open.Count} types of {file} implement {nameof(ISubject)}: {string.Join(", ", open.Select(one => one.FullName))}; name one: --subject {typed},{open[0].FullName}"),
        };
    }

    private static string Those(List<Type> able) => able.Count == 0
        ? $"no public type of it implements {typeof(ISubject).FullName}"
        : $"{string.Join(", ", able.Select(one => one.FullName))} {(able.Count == 1 ? "implements" : "implement")} {nameof(ISubject)}";

    // A member of ours that is not there would be missed only when it is called, by every call and in a worse place.
    private static void MustHaveWhatItUses(string path, Module module)
    {
        using var file = new PEReader(File.OpenRead(path));
        var reader = file.GetMetadataReader();
        foreach (var handle in reader.TypeReferences)
        {
            if (IsOurs(reader, handle)) module.ResolveType(System.Reflection.Metadata.Ecma335.MetadataTokens.GetToken(handle));
        }

        foreach (var handle in reader.MemberReferences)
        {
            if (reader.GetMemberReference(handle).Parent is { Kind: HandleKind.TypeReference } parent && IsOurs(reader, (TypeReferenceHandle)parent))
                module.ResolveMember(System.Reflection.Metadata.Ecma335.MetadataTokens.GetToken(handle));
        }
    }

    private static bool IsOurs(MetadataReader reader, TypeReferenceHandle handle)
    {
        var scope = reader.GetTypeReference(handle).ResolutionScope;
        return scope.Kind switch
        {
            HandleKind.TypeReference => IsOurs(reader, (TypeReferenceHandle)scope),
            HandleKind.AssemblyReference => AssemblyFacts.Shared(reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)scope).Name)) is not null,
            _ => false,
        };
    }

    private static SubjectException Explained(string file, Exception e) => e switch
    {
        FileNotFoundException { FileName: { } missing } => new SubjectException($"{file} needs {missing.Split(", Culture")[0].Replace(", Version=", " ", StringComparison.Ordinal)}, which does not lie beside it"),
        MissingMemberException or TypeLoadException => new SubjectException($"{file} is built for another version of what it uses: {e.Message}"),
        _ => new SubjectException($"cannot load {file}: {e.Message}"),
    };

    /// <summary>Shares with us what must be the same type on both sides, and the framework; all else is the user's own.</summary>
    private sealed class Context(string path, string? rewritten) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        /// <summary>The rewritten copy of an assembly, if there is one.</summary>
        public string? Copy(string? name) => rewritten is not null && Path.Combine(Path.GetFullPath(rewritten), name + ".dll") is var copy && File.Exists(copy) ? copy : null;

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (AssemblyFacts.Shared(assemblyName.Name) is { } shared) return shared;
            // What rewriting has put into the copies calls the Coyote that schedules them.
            if (rewritten is not null && assemblyName.Name!.StartsWith("Microsoft.Coyote", StringComparison.Ordinal)) return null;
            if (IsOfFramework(assemblyName)) return null;
            var beside = Path.Combine(Path.GetDirectoryName(path)!, assemblyName.Name + ".dll");
            var found = Copy(assemblyName.Name) ?? _resolver.ResolveAssemblyToPath(assemblyName) ?? (File.Exists(beside) ? beside : null);
            return found is null ? null : LoadFromAssemblyPath(found);
        }

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;

        // What is published with its own runtime has one beside it; there is only one in a process.
        private static bool IsOfFramework(AssemblyName name)
        {
            var file = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), name.Name + ".dll");
            return File.Exists(file) && AssemblyName.GetAssemblyName(file).Version >= name.Version;
        }
    }
}
