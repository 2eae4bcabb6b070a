// Numbers on the command line. Taken as text, so that a complaint is in the user's words and not in those of a parser.
using System.CommandLine;
using System.Globalization;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Command;

/// <summary>Budgets and seeds.</summary>
internal static class OptionParsers
{
    /// <summary>The highest budget: far more than anybody waits for, and no sum of a few overflows.</summary>
    public const long MostIterations = 1_000_000_000_000;

    /// <summary>The highest <c>--seconds</c>: a week.</summary>
    public const long MostSeconds = 7 * 24 * 60 * 60;

    /// <summary>The highest seed: 2^53-1, beyond which a reader of JSON may round it.</summary>
    public const ulong MostSeed = (1UL << 53) - 1;

    /// <summary>The option <c>--seed</c>.</summary>
    public static Option<string> SeedOption() => new("--seed") { Description = "where all that is random starts: a whole number from 0 to 2^53-1", DefaultValueFactory = _ => "1" };

    /// <summary>Reads a seed.</summary>
    public static ulong Seed(string? text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) && seed <= MostSeed
            ? seed
            : throw new UsageException($"--seed {Quoted.Short(text ?? "")}: expected a whole number from 0 to 2^53-1, which every reader of JSON keeps");

    /// <summary>Reads a budget; null is the default.</summary>
    public static long? Budget(string? text, string option, long most) =>
        text is null ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most ? number
        : throw new UsageException(FormattableString.Invariant($"{option} {Quoted.Short(text)}: expected a whole number from 1 to {most}"));
}
