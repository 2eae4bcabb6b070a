// Reads what the JIT printed, and takes out what must differ between copies of one source: their names and addresses.
using System.Text.RegularExpressions;

namespace PerfModel.Benchmarks.Hook;

/// <summary>One method as machine code.</summary>
/// <param name="Lines">Instructions and labels, without comments.</param>
internal sealed record CompiledMethod(string[] Lines)
{
    /// <summary>How many of the lines are instructions: labels and data are not indented.</summary>
    public int Instructions => Lines.Count(line => line[0] == ' ');
}

/// <summary>What the JIT printed, by system and by method; names are those of the copy without the hook, without its namespace.</summary>
internal sealed partial class MachineCode
{
    private const string Heading = "; Assembly listing for method ";
    private const string Optimised = " (FullOpts)";

    public Dictionary<string, CompiledMethod> Shipped { get; } = [];

    public Dictionary<string, CompiledMethod> WithoutHook { get; } = [];

    public Dictionary<string, CompiledMethod> Counting { get; } = [];

    /// <summary>Parses the file that the JIT wrote.</summary>
    /// <exception cref="InvalidDataException">A method is there twice, or was not optimised: then this compares what it should not.</exception>
    public static MachineCode Parse(string printed)
    {
        MachineCode code = new();
        foreach (var listing in printed.ReplaceLineEndings("\n").Split(Heading).Skip(1))
        {
            var lines = listing.Split('\n');
            if (!lines[0].EndsWith(Optimised, StringComparison.Ordinal)) throw new InvalidDataException($"not optimised: {lines[0]}");
            Dictionary<string, CompiledMethod> system =
                lines[0].StartsWith("PerfModel.WithoutHook.", StringComparison.Ordinal) ? code.WithoutHook
                : lines[0].Contains(nameof(CountingHook), StringComparison.Ordinal) ? code.Counting
                : code.Shipped;
            string[] instructions = [.. lines.Skip(1).Where(line => line.Trim() is not ("" or [';', ..])).Select(line => Rename(line, withRows: system != code.WithoutHook))];
            HideStringNumbers(instructions);
            CompiledMethod method = new(instructions);
            if (!system.TryAdd(Rename(lines[0][..^Optimised.Length], withRows: system != code.WithoutHook), method)) throw new InvalidDataException($"printed twice: {lines[0]}");
        }

        return code;
    }

    private static string Rename(string line, bool withRows)
    {
        var renamed = Hook().Replace(Namespace().Replace(line, ""), "").Replace("PerfEvents`1", "PerfEvents", StringComparison.Ordinal).TrimEnd();
        return withRows ? RowParameter().Replace(renamed, "") : renamed;
    }

    // A throw that names its argument loads the name by its number in the assembly: it is a name as well.
    private static void HideStringNumbers(string[] lines)
    {
        for (var i = 2; i < lines.Length; i++)
            if (lines[i].Contains("CORINFO_HELP_STRCNS", StringComparison.Ordinal))
                for (var argument = i - 2; argument < i; argument++) lines[argument] = SmallNumber().Replace(lines[argument], "NUMBER");
    }

    // x64: `mov edi, 353`; arm64: `mov w0, #0x161`. Addresses are all one number already, and longer.
    [GeneratedRegex(@"(?<=\bmov\s.*, )#?(0x)?[0-9A-Fa-f]{1,6}$")]
    private static partial Regex SmallNumber();

    [GeneratedRegex(@"PerfModel\.(Implementation|WithoutHook|Benchmarks\.Hook)\.")]
    private static partial Regex Namespace();

    // The last parameter of each method that takes a row: part of its name, and no more.
    [GeneratedRegex(@"(?<=:(LoadAcquire|StoreRelease|CompareExchange|Exchange|Add|Load|LoadWord|IsLive|TryChange|TryReplace)\(([^)]*(?=,))?),?int(?=\))")]
    private static partial Regex RowParameter();

    // The whole of a list of type arguments, or the first of them.
    [GeneratedRegex(@"\[(NoHook|CountingHook)\]|(?<=\[)(NoHook|CountingHook),")]
    private static partial Regex Hook();
}
