// Which overloads of Interlocked and Volatile Coyote stands before: read from the Coyote that is here, not from memory.
using Microsoft.Coyote.Rewriting;
using Mono.Cecil;

namespace PerfModel.CoyoteChild.Seam;

/// <summary>A call without a counterpart in Coyote's library is left as it is, silently; so whatever this does not contain is not seen.</summary>
internal sealed class CoyoteShim
{
    private const string Home = "Microsoft.Coyote.Rewriting.Types.Threading.";

    private readonly HashSet<string> _overloads = [];

    public CoyoteShim()
    {
        using var library = ModuleDefinition.ReadModule(typeof(RewritingEngine).Assembly.Location);
        foreach (string type in (string[])["Interlocked", "Volatile"])
        {
            foreach (MethodDefinition method in library.GetType(Home + type).Methods.Where(method => method.IsPublic))
                _overloads.Add(Key(type, method));
        }
    }

    /// <summary>What is wrong with a call of Interlocked or Volatile, or null when Coyote sees it.</summary>
    public string? Complaint(MethodReference call)
    {
        if (!_overloads.Contains(Key(call.DeclaringType.Name, call.GetElementMethod())))
            return "Coyote has no such overload and leaves the call as it is, unseen";
        // Its generic overloads are for classes only: anything else throws in the rewritten copy, and looks like a bug found.
        return call is GenericInstanceMethod generic && !generic.GenericArguments.All(IsClass)
            ? "Coyote's overload is for classes only and throws for this type"
            : null;
    }

    private static bool IsClass(TypeReference type) => type is GenericParameter parameter
        ? parameter.HasReferenceTypeConstraint || parameter.Constraints.Any(constraint => constraint.ConstraintType.Resolve() is { IsInterface: false })
        : !type.IsValueType;

    private static string Key(string type, MethodReference method) =>
        $"{type}.{method.Name}({string.Join(",", method.Parameters.Select(parameter => Name(parameter.ParameterType)))})";

    private static string Name(TypeReference type) => type switch
    {
        ByReferenceType reference => Name(reference.ElementType) + "&",
        IModifierType modified => Name(modified.ElementType),
        GenericParameter parameter => "!!" + parameter.Position,
        _ => type.FullName,
    };
}
