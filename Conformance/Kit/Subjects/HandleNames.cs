// Which name of a program stands for which handle of the subject.
using System.Collections.Concurrent;
using PerfModel.Model;

namespace PerfModel.Conformance.Subjects;

/// <summary>Keeps the names of a program beside the 64-bit handles that the subject issued. Any thread may use it.</summary>
public sealed class HandleNames
{
    /// <summary>What stands for a name whose Open failed: no Open returns it (rule 1.7).</summary>
    public const long NeverIssued = -1;

    private readonly ConcurrentDictionary<Handle, long> _raw = new();
    private readonly ConcurrentDictionary<long, Handle> _names = new();

    /// <summary>
    /// Notes what Open returned under the name that its operation gave. The answer is Ok, or
    /// <see cref="Result.Foreign"/> if that handle was issued before or is −1 (rule 1.2).
    /// </summary>
    public Result Issued(Handle name, long raw)
    {
        _raw[name] = raw;
        return raw != NeverIssued && _names.TryAdd(raw, name) ? Result.Ok : Result.Foreign(raw);
    }

    /// <summary>The handle of a name.</summary>
    public long Raw(Handle name) => _raw.TryGetValue(name, out var raw) ? raw : NeverIssued;

    /// <summary>The answer of StarterOf and StopperOf in the program's names.</summary>
    /// <param name="raw">The owner's handle.</param>
    /// <param name="copyTask">The task of which the owner is the copy, or −1 if it is the event's own instance.</param>
    public Result Owner(long raw, int copyTask = -1) =>
        _names.TryGetValue(raw, out var name) ? Result.Owner(new Instance(name, copyTask)) : Result.Foreign(raw);
}
