// The folder below the current one where failures are saved, each in a file that replays it.
using System.Security.Cryptography;
using System.Text;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Findings;

/// <summary>Saves findings.</summary>
internal static class FailureFolder
{
    /// <summary>Its name.</summary>
    public const string Name = "perfmodel-failures";

    /// <summary>The most files of one check: of a subject that is wrong all over nobody reads more.</summary>
    public const int MostOfACheck = 20;

    /// <summary>
    /// Saves findings, each in a file of its own, the first <see cref="MostOfACheck"/> of each check. A file that cannot be written is told and
    /// costs no verdict.
    /// </summary>
    /// <returns>Each finding with its file, relative to the current folder; null if it was not saved.</returns>
    public static List<(Finding Finding, string? File)> Save(IEnumerable<Finding> findings, Action<string> complain)
    {
        var saved = new Dictionary<string, int>();
        return [.. findings.Select(finding => (finding, (saved[finding.Check] = saved.GetValueOrDefault(finding.Check) + 1) > MostOfACheck ? null
            : Save(finding.Saved, complain, SubjectName.Short(finding.Saved.Subject), finding.Check, finding.Dialect.ToString())))];
    }

    /// <summary>
    /// Saves a program by a name that begins with these words; null if it could not be saved. The name ends in a hash of the program, so that
    /// another one never takes its place, of this run, a later one or one at the same time.
    /// </summary>
    public static string? Save(Program program, Action<string> complain, params string[] words)
    {
        var text = program.ToString();
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
        var file = Path.Combine(Name, string.Concat(string.Join('-', words.Append(hash)).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')) + ".txt");
        try
        {
            Directory.CreateDirectory(Name);
            // Whole or not at all: another process may write the same one.
            var whole = Path.Combine(Name, Path.GetRandomFileName());
            File.WriteAllText(whole, text);
            File.Move(whole, file, overwrite: true);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            complain($"cannot save {file}: {e.Message}");
            return null;
        }
    }
}
