// Processes that an adapter starts and leaves behind: on Linux they become children of this process, and end with its tree.
using System.Runtime.InteropServices;

namespace PerfModel.Conformance.Child;

/// <summary>Who gets the orphans of this process's children.</summary>
internal static partial class Orphans
{
    // PR_SET_CHILD_SUBREAPER of sys/prctl.h.
    private const int SetChildSubreaper = 36;

    /// <summary>This process does. Elsewhere than on Linux nothing changes: there they outlive the adapter.</summary>
    public static void Adopt()
    {
        if (OperatingSystem.IsLinux()) _ = Control(SetChildSubreaper, 1, 0, 0, 0);
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint value, nuint third, nuint fourth, nuint fifth);
}
