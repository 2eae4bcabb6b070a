// Adapters to be written: files that compile, speak to the suite, and skip every operation; in each language with the lines that build and run them.
using System.Collections.Immutable;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Command;

/// <summary>An adapter to be written.</summary>
/// <param name="Language">The language, as the command names it.</param>
/// <param name="Summary">One line on it.</param>
/// <param name="Files">Its files, each with the path that it gets and the resource that it is.</param>
/// <param name="Build">The line that builds it in its folder, or null.</param>
/// <param name="Subject">The name of the subject that it is, in its folder.</param>
internal sealed record Skeleton(string Language, string Summary, ImmutableArray<(string Path, string Resource)> Files, string? Build, string Subject)
{
    /// <summary>The languages.</summary>
    public static ImmutableArray<Skeleton> All { get; } =
    [
        new("c", "a library behind perfmodel.h", [("system.c", "New/C/system.c"), ("perfmodel.h", "perfmodel.h"), ("perfmodel_atomic.h", "perfmodel_atomic.h")],
            "gcc -std=c11 -O2 -Wall -Wextra -fPIC -shared -o libmine.so system.c", "native:./libmine.so"),
        new("python", "a program that speaks the wire", [("adapter.py", "New/Python/adapter.py")], null, "exec:python3 adapter.py"),
        new("javascript", "a program for Node that speaks the wire", [("adapter.mjs", "New/JavaScript/adapter.mjs")], null, "exec:node adapter.mjs"),
        new("rust", "a Cargo package that speaks the wire", [("Cargo.toml", "New/Rust/Cargo.toml"), ("src/main.rs", "New/Rust/src/main.rs"), ("src/json.rs", "Rust/src/json.rs")],
            "cargo build --release", "exec:target/release/adapter"),
    ];

    /// <summary>Writes it into a folder, which must be empty or not be there.</summary>
    /// <exception cref="UsageException">It cannot be done.</exception>
    public void Write(string folder)
    {
        try
        {
            if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())) throw new UsageException($"{Quoted.Short(folder)} is there, and not an empty folder: nothing is written over");
            foreach (var (path, resource) in Files)
            {
                var file = Path.Combine(folder, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                using var source = typeof(Skeleton).Assembly.GetManifestResourceStream($"Adapters/{resource}")!;
                using var target = File.Create(file);
                source.CopyTo(target);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"cannot write {Quoted.Short(folder)}: {e.Message}");
        }
    }
}
