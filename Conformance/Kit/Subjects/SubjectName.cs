// Names of subjects, as pages and files have them.
namespace PerfModel.Conformance.Subjects;

/// <summary>The name of a subject.</summary>
public static class SubjectName
{
    /// <summary>How the name of a subject in an assembly of the user's begins.</summary>
    public const string AssemblyPrefix = "assembly:";

    /// <summary>How the name of a subject in a native library of the user's begins.</summary>
    public const string NativePrefix = "native:";

    /// <summary>How the name of a subject behind an adapter of the user's begins.</summary>
    public const string AdapterPrefix = "exec:";

    /// <summary>How the names of subjects of the user's begin.</summary>
    internal static string[] UserPrefixes { get; } = [AssemblyPrefix, NativePrefix, AdapterPrefix];

    /// <summary>Whether a subject is compiled from the sources of Implementation, as they are or with an edit.</summary>
    public static bool IsOfOurSource(string name) => name == "lockfree" || name.StartsWith("wrong:", StringComparison.Ordinal) || (name.StartsWith("generated:", StringComparison.Ordinal) && !name.StartsWith("generated:model-", StringComparison.Ordinal));

    /// <summary>The name of any subject, without the folders of a path: for pages and for names of files.</summary>
    public static string Short(string? name) =>
        name is null ? "subject"
        // Of a command each word.
        : UserPrefixes.FirstOrDefault(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) is not { } prefix ? name
        : prefix + (prefix == AdapterPrefix ? string.Join(' ', name[prefix.Length..].Split(' ').Select(WithoutFolders)) : WithoutFolders(name[prefix.Length..]));

    private static string WithoutFolders(string path) => path[(path.LastIndexOfAny(['/', '\\', ':']) + 1)..];
}
