// Builds the native peer when it is first asked for, where gcc and liburcu are to be had.
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PerfModel.Benchmarks.Peers;

/// <summary>as_posted.c, compiled with -O2 and loaded; once for the process.</summary>
internal static class NativeBuild
{
    private static readonly Lazy<(nint Library, string? WhyNot)> Built = new(Build);

    /// <summary>The loaded library; 0 if there is none.</summary>
    public static nint Library => Built.Value.Library;

    /// <summary>Why there is none, in one line; null if there is one.</summary>
    public static string? WhyNot => Built.Value.WhyNot;

    private static (nint Library, string? WhyNot) Build()
    {
        if (!OperatingSystem.IsLinux()) return (0, "the native peer is built on Linux only");
        DirectoryInfo? folder = null;
        try
        {
            folder = Directory.CreateTempSubdirectory("perfmodel-as-posted-");
            var source = Path.Combine(folder.FullName, "as_posted.c");
            using (Stream code = typeof(NativeBuild).Assembly.GetManifestResourceStream("as_posted.c")!)
            using (FileStream file = File.Create(source))
                code.CopyTo(file);

            // The reader's state of a thread is a thread-local variable of liburcu. A program finds it by an offset; a library that is
            // loaded late asks a function for it, unless there is room in the static block. With it the peer is as fast as it can be.
            (nint Library, string? WhyNot) built = Compile(folder, source, "initial-exec");
            return built.Library != 0 ? built : Compile(folder, source, "global-dynamic");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (0, FirstLine(e.Message));
        }
        finally
        {
            // What is loaded stays, without its file.
            folder?.Delete(recursive: true);
        }
    }

    private static (nint Library, string? WhyNot) Compile(DirectoryInfo folder, string source, string threadLocals)
    {
        var output = Path.Combine(folder.FullName, threadLocals + ".so");
        ProcessStartInfo start = new("gcc", ["-O2", "-fPIC", "-shared", "-ftls-model=" + threadLocals, "-o", output, source, "-lurcu-memb", "-lpthread"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        try
        {
            using Process gcc = Process.Start(start)!;
            Task<string> said = gcc.StandardError.ReadToEndAsync();
            gcc.StandardOutput.ReadToEnd();
            gcc.WaitForExit();
            if (gcc.ExitCode != 0)
            {
                var error = said.Result.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal)) ?? said.Result;
                return (0, "gcc could not build it: " + FirstLine(error));
            }
        }
        catch (Win32Exception)
        {
            return (0, "there is no gcc");
        }

        return NativeLibrary.TryLoad(output, out var library) ? (library, null) : (0, "what gcc built does not load");
    }

    private static string FirstLine(string text) => text.Trim().Split('\n')[0];
}
