// --patience and --memory: what a subject of the user's may take before its process is ended.
using System.CommandLine;
using PerfModel.Conformance.Child;

namespace PerfModel.Conformance.Command;

/// <summary>The two options, of every verb that runs a subject.</summary>
internal sealed class ForeignOptions
{
    private const long MostMemory = 1 << 20;

    // Below that the runtime does not start.
    private const long LeastMemory = 64;

    private readonly Option<string?> _patience = new("--patience") { Description = $"how many seconds one call of a subject of yours may take; default: {ChildLimits.Default.Patience.TotalSeconds:0}" };
    private readonly Option<string?> _memory = new("--memory") { Description = $"how many MiB a subject of yours may hold; default: {ChildLimits.Default.Memory}" };

    /// <summary>Makes them a verb's.</summary>
    public void AddTo(System.CommandLine.Command verb)
    {
        verb.Add(_patience);
        verb.Add(_memory);
    }

    /// <summary>Reads them.</summary>
    public ChildLimits Of(ParseResult parsed)
    {
        var patience = OptionParsers.Budget(parsed.GetValue(_patience), "--patience", OptionParsers.MostSeconds);
        var memory = OptionParsers.Budget(parsed.GetValue(_memory), "--memory", MostMemory);
        if (memory < LeastMemory) throw new UsageException(FormattableString.Invariant($"--memory {memory}: less than {LeastMemory} MiB is not enough for .NET itself"));
        return new ChildLimits(patience is { } seconds ? TimeSpan.FromSeconds(seconds) : ChildLimits.Default.Patience, (int)(memory ?? ChildLimits.Default.Memory));
    }
}
