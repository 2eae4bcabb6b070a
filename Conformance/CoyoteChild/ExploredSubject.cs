// Finds the type of the subject in a rewritten assembly.
using System.Reflection;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Subjects;
using PerfModel.Locked;
using PerfModel.Posted;
using PerfModel.Model;
using PerfModel.CoyoteChild.Rewriting;

namespace PerfModel.CoyoteChild;

/// <summary>Subjects as a request names them.</summary>
internal static class ExploredSubject
{
    private static readonly Dictionary<(string Original, string? Type), UserAssembly> Loaded = [];

    /// <summary>How to make the subject: one that this program has itself, or a type of a rewritten assembly.</summary>
    /// <exception cref="FormatException">There is no such subject, or its assembly is not rewritten.</exception>
    public static Func<Declaration, ISubject> Find(ControlledSubject subject)
    {
        if (subject.Copy is not { } assembly)
        {
            return subject.Name switch
            {
                "lockfree" => declaration => new LockFreeSubject(declaration),
                "locked" => declaration => new LockedSubject(declaration),
                "posted" => declaration => new PostedSubject(declaration),
                "model" => declaration => new ModelSubject(declaration),
                _ => throw new FormatException($"there is no subject '{subject.Name}' here"),
            };
        }

        if (subject.Original is not null) return OfUser(subject.Original, assembly, subject.Type).Make;
        Assembly loaded = Load(assembly);
        if (RewritingCheck.Complaint([loaded]) is string complaint) throw new FormatException(complaint);
        var make = loaded.GetType(subject.Type ?? "")?.GetConstructor([typeof(Declaration)])
            ?? throw new FormatException($"{Path.GetFileName(assembly)} has no type '{subject.Type}' with a constructor that takes a Declaration");
        return declaration => (ISubject)make.Invoke([declaration]);
    }

    // Loaded once: each loading makes types of its own, compiled anew.
    private static UserAssembly OfUser(string original, string copy, string? type)
    {
        if (Loaded.TryGetValue((original, type), out UserAssembly? known)) return known;
        var loaded = UserAssembly.Load(original, type, Path.GetDirectoryName(copy));
        if (RewritingCheck.Complaint(loaded.Rewritten) is string complaint) throw new FormatException(complaint);
        Loaded.Add((original, type), loaded);
        return loaded;
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
