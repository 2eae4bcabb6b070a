// Refuses to explore an assembly that Coyote has not rewritten: its threads would be out of the scheduler's control.
using System.Reflection;
using Microsoft.Coyote.Rewriting;

namespace PerfModel.CoyoteChild.Rewriting;

internal static class RewritingCheck
{
    /// <summary>The assemblies of this program's own folder that are rewritten when it is built.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } = ["PerfModel.CoyoteChild", "PerfModel.Implementation", "PerfModel.Locked", "PerfModel.Posted"];

    /// <summary>The Coyote that is here.</summary>
    public static string Version { get; } = typeof(RewritingEngine).Assembly.GetName().Version!.ToString();

    /// <summary>One line that says what is wrong, or null when every assembly is rewritten by the Coyote that is here.</summary>
    public static string? Complaint(IEnumerable<Assembly> assemblies)
    {
        string[] untouched = [.. assemblies.Where(assembly => !RewritingEngine.IsAssemblyRewritten(assembly)).Select(assembly => assembly.GetName().Name!)];
        return untouched.Length == 0
            ? null
            : $"not rewritten by Coyote {Version}, so exploring it would report deadlocks that are none: {string.Join(", ", untouched)}";
    }

    public static string? ComplaintAboutBuiltIn() => Complaint(BuiltIn.Select(name => Assembly.Load(name)));
}
