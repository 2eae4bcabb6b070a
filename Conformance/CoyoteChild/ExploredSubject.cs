// Finds the type behind the door in a rewritten assembly.
using System.Reflection;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Subjects;
using PerfModel.Locked;
using PerfModel.Model;
using PerfModel.CoyoteChild.Rewriting;

namespace PerfModel.CoyoteChild;

/// <summary>Subjects as a request names them.</summary>
public static class ExploredSubject
{
    private static readonly Dictionary<(string Original, string? Type), UserAssembly> Loaded = [];

    /// <summary>How to make the subject: one that this program has itself, or a type of a rewritten assembly.</summary>
    /// <param name="name"><c>lockfree</c>, <c>locked</c>, <c>model</c>, or null if an assembly is given.</param>
    /// <param name="assembly">The path of a rewritten assembly, or null.</param>
    /// <param name="type">The full name of the type in it; of a user's assembly, null if it has only one.</param>
    /// <param name="original">What the assembly is a copy of, if it is a user's: what it needs lies beside that. Else null.</param>
    /// <exception cref="FormatException">There is no such subject, or its assembly is not rewritten.</exception>
    public static Func<Declaration, ISubject> Find(string? name, string? assembly, string? type, string? original = null)
    {
        if (assembly is null)
        {
            return name switch
            {
                "lockfree" => declaration => new LockFreeSubject(declaration),
                "locked" => declaration => new LockedSubject(declaration),
                "model" => declaration => new ModelSubject(declaration),
                _ => throw new FormatException($"there is no subject '{name}' here"),
            };
        }

        if (original is not null) return OfUser(original, assembly, type).Make;
        Assembly loaded = Load(assembly);
        if (RewritingCheck.Complaint([loaded]) is string complaint) throw new FormatException(complaint);
        var make = loaded.GetType(type ?? "")?.GetConstructor([typeof(Declaration)])
            ?? throw new FormatException($"{Path.GetFileName(assembly)} has no type '{type}' with a constructor that takes a Declaration");
        return declaration => (ISubject)make.Invoke([declaration]);
    }

    // Loaded once: each loading makes types of its own, compiled anew.
    private static UserAssembly OfUser(string original, string copy, string? type)
    {
        if (Loaded.TryGetValue((original, type), out UserAssembly? known)) return known;
        try
        {
            var loaded = UserAssembly.Load(original, type, Path.GetDirectoryName(copy));
            if (RewritingCheck.Complaint(loaded.Rewritten) is string complaint) throw new FormatException(complaint);
            Loaded.Add((original, type), loaded);
            return loaded;
        }
        catch (ChildException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static Assembly Load(string path)
    {
        try
        {
            return Assembly.LoadFrom(path);
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            throw new FormatException($"{Path.GetFileName(path)} cannot be loaded: {e.Message}");
        }
    }
}
