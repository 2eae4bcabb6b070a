// Rewrites one assembly when it is asked for: a wrong subject that was compiled a moment ago, or a user's own.
using System.Diagnostics;
using System.Text.Json;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Coyote;

namespace PerfModel.CoyoteChild.Rewriting;

internal static class Rewriter
{
    private static readonly string Tool = Path.Combine(AppContext.BaseDirectory, "coyote", "coyote.dll");

    /// <summary>Puts rewritten copies of an assembly, and of others that go with it, into a folder. The originals are not touched.</summary>
    /// <param name="assembly">The assembly; what it references must lie beside it or beside this program.</param>
    /// <param name="also">The others.</param>
    /// <param name="folder">Where the copy goes; created when it is not there.</param>
    /// <returns>The path of the assembly's copy.</returns>
    /// <exception cref="InvalidOperationException">Coyote could not rewrite it; the message is its last line.</exception>
    public static string Rewrite(string assembly, IReadOnlyList<string> also, string folder)
    {
        Directory.CreateDirectory(folder);
        string[] copies = [.. also.Prepend(assembly).Select(original => Copy(original, folder))];
        foreach (string copy in copies) CountSleeps(copy);

        string options = Path.Combine(folder, "rewriting.json");
        File.WriteAllText(options, JsonSerializer.Serialize(new
        {
            AssembliesPath = ".",
            Assemblies = copies.Select(Path.GetFileName),
            DependencySearchPaths = new[] { Path.GetDirectoryName(Path.GetFullPath(assembly)), AppContext.BaseDirectory },
            IsRewritingMemoryLocations = true,
            IsRewritingConcurrentCollections = true,
        }));
        Run(options, Path.GetFileName(assembly));
        return copies[0];
    }

    private static string Copy(string original, string folder)
    {
        string copy = Path.Combine(folder, Path.GetFileName(original));
        File.Copy(original, copy, overwrite: true);
        string symbols = Path.ChangeExtension(original, ".pdb");
        if (File.Exists(symbols))
            File.Copy(symbols, Path.ChangeExtension(copy, ".pdb"), overwrite: true);
        return copy;
    }

    // Coyote makes a step of a sleep, however long: before that, what it would take is counted.
    private static void CountSleeps(string copy)
    {
        using var resolver = new DefaultAssemblyResolver();
        bool hasSymbols = File.Exists(Path.ChangeExtension(copy, ".pdb"));
        using var module = ModuleDefinition.ReadModule(copy, new ReaderParameters { AssemblyResolver = resolver, ReadSymbols = hasSymbols, InMemory = true });
        bool any = false;
        foreach (MethodDefinition method in module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody))
        {
            var sleeps = method.Body.Instructions.Where(IsSleep).ToList();
            if (sleeps.Count == 0) continue;
            any = true;
            // Short branches may become too short.
            method.Body.SimplifyMacros();
            foreach (Instruction sleep in sleeps) CountBefore(sleep, method.Body, module);
            method.Body.OptimizeMacros();
        }

        if (any) module.Write(copy, new WriterParameters { WriteSymbols = hasSymbols });
    }

    private static void CountBefore(Instruction sleep, MethodBody body, ModuleDefinition module)
    {
        ILProcessor il = body.GetILProcessor();
        var slept = (MethodReference)sleep.Operand;
        var time = slept.Parameters[0].ParameterType.Name == nameof(TimeSpan) ? typeof(TimeSpan) : typeof(int);
        Instruction[] counted =
        [
            il.Create(OpCodes.Dup),
            il.Create(OpCodes.Call, module.ImportReference(typeof(SleepClock).GetMethod(nameof(SleepClock.Count), [time]))),
            il.Create(OpCodes.Call, slept),
        ];
        // A token lies above the time.
        if (slept.Parameters.Count == 2)
        {
            var token = new VariableDefinition(slept.Parameters[1].ParameterType);
            body.Variables.Add(token);
            counted = [il.Create(OpCodes.Stloc, token), .. counted[..2], il.Create(OpCodes.Ldloc, token), counted[2]];
        }

        // What jumps to the sleep must come to the counting: so that begins where the sleep stood.
        (sleep.OpCode, sleep.Operand) = (counted[0].OpCode, counted[0].Operand);
        var last = sleep;
        foreach (Instruction next in counted[1..])
        {
            il.InsertAfter(last, next);
            last = next;
        }
    }

    private static bool IsSleep(Instruction instruction) =>
        instruction.Operand is MethodReference { Name: "Sleep", DeclaringType.FullName: "System.Threading.Thread" }
            or MethodReference { Name: "Delay", DeclaringType.FullName: "System.Threading.Tasks.Task", Parameters: [_] or [_, { ParameterType.Name: nameof(CancellationToken) }] };

    private static void Run(string options, string name)
    {
        ProcessStartInfo start = DotnetHost.Exec(Tool, "rewrite", options);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["DOTNET_ROLL_FORWARD"] = "LatestMajor";
        start.Environment["COYOTE_CLI_TELEMETRY_OPTOUT"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"Coyote could not rewrite {name}: {LastLine(output + errors.Result)}");
    }

    private static string LastLine(string text) => text.TrimEnd().Split('\n')[^1].Trim();
}
