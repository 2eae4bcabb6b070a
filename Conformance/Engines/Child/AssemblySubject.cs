// The name of a subject that lies in an assembly of the user's: assembly:PATH[,TYPE].
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Child;

/// <summary>A subject in an assembly that is not ours.</summary>
/// <param name="Name">What the user typed.</param>
/// <param name="Path">The path of the assembly, absolute.</param>
/// <param name="Type">The type that was named, or null if the assembly has only one.</param>
internal sealed record AssemblySubject(string Name, string Path, string? Type)
{
    /// <summary>How such a name begins.</summary>
    public const string Prefix = SubjectName.AssemblyPrefix;

    /// <summary>The form, for lists and complaints.</summary>
    public const string Form = "assembly:MY.dll[,Type]";

    /// <summary>Reads a name; null if it is not of this form.</summary>
    /// <exception cref="SubjectException">It names no file, or one that no line of a saved failure could name.</exception>
    public static AssemblySubject? Parse(string name)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var rest = name[Prefix.Length..];
        // A saved failure has the name on a line of its own, where a # after a blank begins a comment.
        if (rest.Any(char.IsControl) || rest.Contains(" #", StringComparison.Ordinal) || rest != rest.Trim())
            throw new SubjectException("the path of an assembly has no control characters, no blanks at its ends and no ' #' in it");
        var (path, type) = File.Exists(rest) || rest.LastIndexOf(',') is not (>= 0 and var comma) ? (rest, null) : (rest[..comma].Trim(), rest[(comma + 1)..].Trim());
        return path.Length > 0 && type?.Length != 0
            ? new AssemblySubject(name, System.IO.Path.GetFullPath(path), type)
            : throw new SubjectException($"'{Quoted.Short(name)}' names nothing: expected {Form}");
    }
}
