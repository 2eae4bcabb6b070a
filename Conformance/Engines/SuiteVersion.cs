// The version of the suite, which reports, claims and handshakes carry.
using System.Reflection;

namespace PerfModel.Conformance.Engines;

/// <summary>The version.</summary>
internal static class SuiteVersion
{
    /// <summary>As the packages have it, such as <c>0.1.0</c>.</summary>
    public static string Text { get; } = typeof(SuiteVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
