// Finds the type behind the door in a rewritten assembly.
using System.Reflection;
using PerfModel.Conformance.Subjects;
using PerfModel.Locked;
using PerfModel.Model;
using PerfModel.Scheduled.Rewriting;

namespace PerfModel.Scheduled;

/// <summary>Subjects as a request names them.</summary>
public static class ExploredSubject
{
    /// <summary>How to make the subject: one that this program has itself, or a type of a rewritten assembly.</summary>
    /// <param name="name"><c>lockfree</c>, <c>locked</c>, <c>model</c>, or null if an assembly is given.</param>
    /// <param name="assembly">The path of a rewritten assembly, or null.</param>
    /// <param name="type">The full name of the type in it.</param>
    /// <exception cref="FormatException">There is no such subject, or its assembly is not rewritten.</exception>
    public static Func<Declaration, ISubject> Find(string? name, string? assembly, string? type)
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

        Assembly loaded = Load(assembly);
        if (RewritingCheck.Complaint([loaded]) is string complaint) throw new FormatException(complaint);
        var make = loaded.GetType(type ?? "")?.GetConstructor([typeof(Declaration)])
            ?? throw new FormatException($"{Path.GetFileName(assembly)} has no type '{type}' with a constructor that takes a Declaration");
        return declaration => (ISubject)make.Invoke([declaration]);
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
