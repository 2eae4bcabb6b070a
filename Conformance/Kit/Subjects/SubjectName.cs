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

    /// <summary>Whether a subject is code of the user's, which runs only where the user names it.</summary>
    internal static bool IsUsers(string? name) => name is not null && UserPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The option that names a subject of the user's to a command that replays, with a blank before it; nothing for one of ours, which the file names.</summary>
    internal static string ReplayOption(string? name) => name is null || !IsUsers(name) ? ""
        : $" --subject {Argument(name)}";

    /// <summary>A word as a shell takes it.</summary>
    internal static string Argument(string word) => word.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or ':' or '-' or '_' or ',') ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

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
