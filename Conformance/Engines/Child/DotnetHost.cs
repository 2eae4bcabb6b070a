// Finds the `dotnet` that runs this process, to start other assemblies on the same runtime.
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PerfModel.Conformance.Child;

/// <summary>The <c>dotnet</c> command of the runtime that this process runs on.</summary>
internal static class DotnetHost
{
    /// <summary>Its path; the bare name <c>dotnet</c>, to be looked up, when the runtime lies somewhere unusual.</summary>
    public static string Path { get; } = Find();

    /// <summary>How to start an assembly: <c>dotnet exec assembly arguments…</c>, nothing redirected.</summary>
    public static ProcessStartInfo Exec(string assembly, params string[] arguments) =>
        new(Path, ["exec", assembly, .. arguments]) { UseShellExecute = false };

    private static string Find()
    {
        // The runtime lies in <root>/shared/Microsoft.NETCore.App/<version>/, its host in <root>/.
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string besideRuntime = System.IO.Path.GetFullPath(System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(besideRuntime) ? besideRuntime
            : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } given ? given
            : "dotnet";
    }
}
