// Which name of a program stands for which handle of the subject.
using System.Collections.Concurrent;
using PerfModel.Model;

namespace PerfModel.Conformance.Subjects;

/// <summary>Keeps the names of a program beside the 64-bit handles that the subject issued. Any thread may use it.</summary>
/// <remarks>
/// A small program has few, and an explorer makes a hundred thousand subjects a second: so the first ones lie in an array, filled under a
/// lock and read without one. All that come later lie in dictionaries.
/// </remarks>
public sealed class HandleNames
{
    /// <summary>The handle of a name if its Open failed: no Open returns it (rule 1.7).</summary>
    public const long NeverIssued = -1;

    private const int Few = 8;

    private readonly (Handle Name, long Raw)[] _few = new (Handle, long)[Few];
    private int _count;
    private int _isBusy;
    private Many? _many;

    /// <summary>
    /// Notes the handle that Open returned, under the name that its operation gave. The answer is Ok, or
    /// <see cref="Result.Foreign"/> if that handle was issued before or is −1 (rule 1.2).
    /// </summary>
    public Result Issued(Handle name, long raw)
    {
        // Held for a few stores; an object of its own to lock on would cost each subject more than all the rest of this.
        var spin = new SpinWait();
        while (Interlocked.Exchange(ref _isBusy, 1) != 0) spin.SpinOnce();
        var isNew = raw != NeverIssued && NameOf(raw) is null;
        if (_count < Few)
        {
            _few[_count] = (name, raw);
            // The entry before the count: whoever reads the count reads the entry.
            Volatile.Write(ref _count, _count + 1);
        }
        else
        {
            if (_many is null) Volatile.Write(ref _many, new Many());
            _many!.Raw[name] = raw;
            if (isNew) _many.Names[raw] = name;
        }

        Volatile.Write(ref _isBusy, 0);
        return isNew ? Result.Ok : Result.Foreign(raw);
    }

    /// <summary>The handle of a name.</summary>
    public long Raw(Handle name)
    {
        if (Volatile.Read(ref _many) is { } many && many.Raw.TryGetValue(name, out var raw)) return raw;
        // The last that was issued under the name.
        for (var i = Volatile.Read(ref _count) - 1; i >= 0; i--)
            if (_few[i].Name == name) return _few[i].Raw;
        return NeverIssued;
    }

    /// <summary>The answer of StarterOf and StopperOf in the program's names.</summary>
    /// <param name="raw">The owner's handle.</param>
    /// <param name="copyTask">The task of which the owner is the copy, or −1 if it is the event's own instance.</param>
    public Result Owner(long raw, int copyTask = -1) => NameOf(raw) is { } name ? Result.Owner(new Instance(name, copyTask)) : Result.Foreign(raw);

    // The first that it was issued to.
    private Handle? NameOf(long raw)
    {
        var count = Volatile.Read(ref _count);
        for (var i = 0; i < count && raw != NeverIssued; i++)
            if (_few[i].Raw == raw) return _few[i].Name;
        return Volatile.Read(ref _many) is { } many && many.Names.TryGetValue(raw, out var name) ? name : null;
    }

    private sealed class Many
    {
        public readonly ConcurrentDictionary<Handle, long> Raw = new();
        public readonly ConcurrentDictionary<long, Handle> Names = new();
    }
}
