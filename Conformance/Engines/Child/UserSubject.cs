// The names of subjects that are not ours: assembly:PATH[,TYPE] and native:PATH.
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Child;

/// <summary>A subject that is not ours, and runs in a child.</summary>
/// <param name="Name">The name that the user typed.</param>
/// <param name="Path">The path of the file, absolute.</param>
internal abstract record UserSubject(string Name, string Path)
{
    /// <summary>The forms of such names, and a line on each.</summary>
    public static (string Form, string Summary)[] Forms { get; } =
    [
        (AssemblySubject.Form, $"yours: a public type of your assembly that implements {nameof(ISubject)}; if there are several, name one"),
        (NativeSubject.Form, "yours: a library in C, or any language with its ABI, that exports the functions of perfmodel.h"),
    ];

    /// <summary>Whether a name is of one of the forms, its path read or not.</summary>
    public static bool Is(string name) => name.StartsWith(AssemblySubject.Prefix, StringComparison.Ordinal) || name.StartsWith(NativeSubject.Prefix, StringComparison.Ordinal);

    /// <summary>Reads a name; null if it is of neither form.</summary>
    /// <exception cref="SubjectException">It names no file, or one that no line of a saved failure could name.</exception>
    public static UserSubject? Parse(string name)
    {
        if (!Is(name)) return null;
        var rest = name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..];
        // A saved failure has the name on a line of its own, where a # after a blank begins a comment.
        if (rest.Any(char.IsControl) || rest.Contains(" #", StringComparison.Ordinal) || rest != rest.Trim())
            throw new SubjectException($"the path of {(name.StartsWith(NativeSubject.Prefix, StringComparison.Ordinal) ? "a library" : "an assembly")} has no control characters, no blanks at its ends and no ' #' in it");
        return name.StartsWith(NativeSubject.Prefix, StringComparison.Ordinal) ? NativeSubject.Of(name, rest) : AssemblySubject.Of(name, rest);
    }

    /// <summary>The request that loads it.</summary>
    public abstract Request Loading { get; }
}

/// <summary>A subject in an assembly.</summary>
/// <param name="Name">The name that the user typed.</param>
/// <param name="Path">The path of the assembly, absolute.</param>
/// <param name="Type">The type that was named, or null if the assembly has only one.</param>
internal sealed record AssemblySubject(string Name, string Path, string? Type) : UserSubject(Name, Path)
{
    /// <summary>The beginning of such a name.</summary>
    public const string Prefix = SubjectName.AssemblyPrefix;

    /// <summary>The form, for lists and complaints.</summary>
    public const string Form = "assembly:MY.dll[,Type]";

    /// <inheritdoc/>
    public override Request Loading => new Request.Load(Path, Type, Name);

    internal static AssemblySubject Of(string name, string rest)
    {
        var (path, type) = File.Exists(rest) || rest.LastIndexOf(',') is not (>= 0 and var comma) ? (rest, null) : (rest[..comma].Trim(), rest[(comma + 1)..].Trim());
        return path.Length > 0 && type?.Length != 0
            ? new AssemblySubject(name, System.IO.Path.GetFullPath(path), type)
            : throw new SubjectException($"'{Quoted.Short(name)}' names nothing: expected {Form}");
    }
}

/// <summary>A subject in a native library.</summary>
/// <param name="Name">The name that the user typed.</param>
/// <param name="Path">The path of the library, absolute: a bare name would be looked for in the system's folders.</param>
internal sealed record NativeSubject(string Name, string Path) : UserSubject(Name, Path)
{
    /// <summary>The beginning of such a name.</summary>
    public const string Prefix = SubjectName.NativePrefix;

    /// <summary>The form, for lists and complaints.</summary>
    public const string Form = "native:./libmine.so";

    /// <inheritdoc/>
    public override Request Loading => new Request.LoadLibrary(Path);

    internal static NativeSubject Of(string name, string rest) => rest.Length > 0
        ? new NativeSubject(name, System.IO.Path.GetFullPath(rest))
        : throw new SubjectException($"'{Quoted.Short(name)}' names nothing: expected {Form}");
}
