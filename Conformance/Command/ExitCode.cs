// How a verb ends: the exit codes, and the exception that is one line on stderr.
namespace PerfModel.Conformance.Command;

/// <summary>What the process answers.</summary>
internal static class ExitCode
{
    public const int Conforms = 0;
    public const int Violates = 1;
    public const int Usage = 2;
    public const int Inconclusive = 3;
    public const int Interrupted = 130;
}

/// <summary>Bad usage, or something that could not be run: one line for stderr, exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
