// Libraries in C that a test needs, compiled into its folder.
using System.Diagnostics;
using PerfModel.Conformance.Tests.Command;

namespace PerfModel.Conformance.Tests.Child;

/// <summary>The C compiler.</summary>
internal static class CCompiler
{
    /// <summary>Its name.</summary>
    public const string Name = "gcc";

    /// <summary>The folder of the C adapter.</summary>
    public static string Adapter => Repository.PathOf("Conformance/Adapters/C");

    /// <summary>Compiles sources into a library of the folder, and answers its name as <c>--subject</c> takes it.</summary>
    public static string Library(Cli cli, string name, string switches = "-Wall -Wextra -Werror", params string[] sources)
    {
        string[] arguments = ["-std=c11", "-D_DEFAULT_SOURCE", "-O2", "-fPIC", .. switches.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-shared", "-pthread", "-o", $"lib{name}.so",
            .. sources.Length > 0 ? sources : [Path.Combine(Adapter, "events.c"), Path.Combine(Adapter, "adapter.c")]];
        cli.Run(new ProcessStartInfo(Name, arguments), "").Exits(0);
        return $"native:./lib{name}.so";
    }

    /// <summary>Compiles the program that runs vectors on the C adapter, and answers the command that starts it.</summary>
    public static string Vectors(Cli cli, string name, string switches = "-Wall -Wextra -Werror")
    {
        string[] sources = ["vectors.c", "json.c", "adapter.c", "events.c"];
        string[] arguments = ["-std=c11", "-O2", "-pthread", .. switches.Split(' '), "-o", name, .. sources.Select(source => Path.Combine(Adapter, source))];
        cli.Run(new ProcessStartInfo(Name, arguments), "").Exits(0);
        return $"'{Path.Combine(cli.Folder, name)}'";
    }

    /// <summary>The adapter with a function of its own in the place of one: <c>pm_close</c>, say.</summary>
    public static string LibraryWith(Cli cli, string name, string function, string instead)
    {
        cli.Write($"{name}.c", $"#define {function} original_{function}\n#include \"{Adapter}/adapter.c\"\n#undef {function}\n#include <pthread.h>\n#include <signal.h>\n#include <stdlib.h>\n#include <string.h>\n#include <unistd.h>\n{instead}\n");
        return Library(cli, name, "-w -O0", $"{name}.c", Path.Combine(Adapter, "events.c"));
    }
}
