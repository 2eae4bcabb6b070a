// The accesses of one execution in the words of a page: places by their fields in MEMORY-ORDERING.md, objects by their types, each numbered as it first comes.
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using PerfModel.Conformance.Coroutines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Spec;

namespace PerfModel.Conformance.Schedules;

/// <summary>Records the accesses of coroutines, and of native code that tells them, when a finding's schedule is run once more.</summary>
internal sealed class AccessLog
{
    private readonly ImmutableArray<InterleavedStep>.Builder _steps = ImmutableArray.CreateBuilder<InterleavedStep>();
    // No pointer is so small.
    private const ulong Small = 4096;

    private readonly Dictionary<object, string> _names = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(bool IsPlace, ulong Address), string> _addresses = [];
    private readonly Dictionary<string, int> _counts = [];

    /// <summary>The accesses, in order.</summary>
    public ImmutableArray<InterleavedStep> Steps => _steps.ToImmutable();

    /// <summary>Forgets an execution that is made again.</summary>
    public void Restart()
    {
        _steps.Clear();
        _names.Clear();
        _addresses.Clear();
        _counts.Clear();
    }

    /// <summary>A thread has made the access that it was suspended before.</summary>
    public void Made(int thread, CoroutineThread access, bool stored)
    {
        if (access.Cell!.Told(access) is var (location, value))
        {
            _steps.Add(new(thread, null, Word(access.Kind, stored), location, value));
            return;
        }

        var row = access.Row == 0 ? null : FormattableString.Invariant($"M{access.Row}");
        _steps.Add(new(thread, row, Word(access.Kind, stored), Name(access.Cell!, MemoryOrdering.Find(row)?.Field ?? "place"), Value(access.Cell!.Value)));
    }

    /// <summary>A thread has made an access in native code: addresses are numbered, since they are others each time.</summary>
    public void Made(int thread, (nint Location, nint Expression, nint File, int Line) at, AccessWord kind, ulong value)
    {
        var place = $"{Path.GetFileName(Marshal.PtrToStringUTF8(at.File))}:{at.Line.ToString(CultureInfo.InvariantCulture)}";
        _steps.Add(new(thread, null, kind, Name(at.Location, Marshal.PtrToStringUTF8(at.Expression)!), $"{(value < Small ? value.ToString(CultureInfo.InvariantCulture) : Name(value, "pointer"))} ({place})"));
    }

    private static AccessWord Word(AccessKind kind, bool stored) => kind switch
    {
        AccessKind.LoadAcquire => AccessWord.Load,
        AccessKind.StoreRelease => AccessWord.Store,
        AccessKind.CompareExchange => stored ? AccessWord.Swap : AccessWord.FailedSwap,
        AccessKind.Exchange or AccessKind.Lock => AccessWord.Exchange,
        _ => AccessWord.Add,
    };

    private string Value(object? value) => value switch
    {
        null => "none",
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => Name(value, Uncapitalized(value.GetType().Name.Split('`')[0])),
    };

    private string Name(nint place, string expression) => Name((true, (ulong)place), expression);

    private string Name(ulong value, string kind) => Name((false, value), kind);

    private string Name((bool IsPlace, ulong Address) address, string kind)
    {
        if (_addresses.TryGetValue(address, out var known)) return known;
        _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        return _addresses[address] = FormattableString.Invariant($"{kind} {_counts[kind]}");
    }

    // The first of its kind, the second: an address would be another one each time.
    private string Name(object it, string kind)
    {
        if (_names.TryGetValue(it, out var known)) return known;
        _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        return _names[it] = FormattableString.Invariant($"{kind} {_counts[kind]}");
    }

    private static string Uncapitalized(string word) => char.ToLowerInvariant(word[0]) + word[1..];
}
