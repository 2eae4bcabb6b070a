// The names of subjects that are not ours: assembly:PATH[,TYPE], native:PATH and exec:COMMAND.
using System.Collections.Immutable;
using System.Text;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Child;

/// <summary>A subject that is not ours, and runs in a child.</summary>
/// <param name="Name">The name that the user typed.</param>
/// <param name="Path">The path of the file, absolute; of an adapter the program, as it was typed.</param>
internal abstract record UserSubject(string Name, string Path)
{
    /// <summary>The forms of such names, and a line on each.</summary>
    public static (string Form, string Summary)[] Forms { get; } =
    [
        (AssemblySubject.Form, $"yours: a public type of your assembly that implements {nameof(ISubject)}; if there are several, name one"),
        (NativeSubject.Form, "yours: a library in C, or any language with its ABI, that exports the functions of perfmodel.h"),
        (AdapterCommand.Form, "yours: a program in any language that speaks the wire of SPEC.md's annex"),
    ];

    /// <summary>Whether a name is of one of the forms, its path read or not.</summary>
    public static bool Is(string name) => SubjectName.UserPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Reads a name; null if it is of none of the forms.</summary>
    /// <exception cref="SubjectException">It names no file, or one that no line of a saved failure could name.</exception>
    public static UserSubject? Parse(string name)
    {
        if (!Is(name)) return null;
        var rest = name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..];
        // A saved failure has the name on a line of its own, where a # after a blank begins a comment.
        if (rest.Any(char.IsControl) || rest.Contains(" #", StringComparison.Ordinal) || rest != rest.Trim())
            throw new SubjectException($"{(Begins(NativeSubject.Prefix) ? "the path of a library" : Begins(AdapterCommand.Prefix) ? "the command of an adapter" : "the path of an assembly")} has no control characters, no blanks at its ends and no ' #' in it");
        return Begins(NativeSubject.Prefix) ? NativeSubject.Of(name, rest) : Begins(AdapterCommand.Prefix) ? AdapterCommand.Of(name, rest) : AssemblySubject.Of(name, rest);

        bool Begins(string prefix) => name.StartsWith(prefix, StringComparison.Ordinal);
    }

    /// <summary>The request that loads it.</summary>
    /// <param name="limits">What it may take.</param>
    public abstract Request Loading(ChildLimits limits);
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
    public override Request Loading(ChildLimits limits) => new Request.Load(Path, Type, Name);

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
    public override Request Loading(ChildLimits limits) => new Request.LoadLibrary(Path);

    internal static NativeSubject Of(string name, string rest) => rest.Length > 0
        ? new NativeSubject(name, System.IO.Path.GetFullPath(rest))
        : throw new SubjectException($"'{Quoted.Short(name)}' names nothing: expected {Form}");
}

/// <summary>A subject behind an adapter, which is a process of its own.</summary>
/// <param name="Name">The name that the user typed.</param>
/// <param name="Words">The program and its arguments; no shell reads them.</param>
internal sealed record AdapterCommand(string Name, ImmutableArray<string> Words) : UserSubject(Name, Words[0])
{
    /// <summary>The beginning of such a name.</summary>
    public const string Prefix = SubjectName.AdapterPrefix;

    /// <summary>The form, for lists and complaints.</summary>
    public const string Form = "exec:COMMAND";

    /// <inheritdoc/>
    public override Request Loading(ChildLimits limits) => new Request.StartAdapter(Words, limits);

    /// <summary>Reads the words of a command: blanks separate them, but for those in single or double quotes.</summary>
    /// <exception cref="SubjectException">There are none, or a quote is left open.</exception>
    public static AdapterCommand Of(string name, string command)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var word = new StringBuilder();
        char? quote = null;
        var begun = false;
        foreach (var c in command)
        {
            if (c == quote) quote = null;
            else if (quote is null && c is '"' or '\'') (quote, begun) = (c, true);
            else if (quote is null && c == ' ') End();
            else
            {
                word.Append(c);
                begun = true;
            }
        }

        if (quote is { } open) throw new SubjectException($"'{Quoted.Short(name)}': the quote {open} is not closed");
        End();
        return words is [{ Length: > 0 }, ..] ? new AdapterCommand(name, words.ToImmutable()) : throw new SubjectException($"'{Quoted.Short(name)}' names nothing: expected {Form}");

        void End()
        {
            if (begun) words.Add(word.ToString());
            word.Clear();
            begun = false;
        }
    }
}
