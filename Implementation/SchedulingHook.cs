// The scheduling hook, which performs each access to shared state: the way in for schedulers, and for memories of another kind.
namespace PerfModel.Implementation;

/// <summary>How an access to shared state is ordered.</summary>
public enum AccessKind
{
    /// <summary>A load-acquire; the accesses that follow it in program order stay after it.</summary>
    LoadAcquire,

    /// <summary>A store-release; the accesses that precede it in program order stay before it.</summary>
    StoreRelease,

    /// <summary>An interlocked store if the value is the expected one; a full fence either way.</summary>
    CompareExchange,

    /// <summary>An interlocked store that returns the previous value; a full fence.</summary>
    Exchange,

    /// <summary>An interlocked addition; a full fence.</summary>
    Add,
}

/// <summary>Which access it is: the rows of MEMORY-ORDERING.md, which name the partner of each, and the loss without it.</summary>
public enum Row
{
    /// <summary>An access without a row: of an edit, or a test.</summary>
    None,
#pragma warning disable CS1591 // The document is the table.
    M1, M2, M3, M4, M5, M6, M7, M8, M9, M10,
    M11, M12, M13, M14, M15, M16, M17, M18, M19, M20,
    M21, M22, M23, M24, M25, M26, M27, M28, M29, M30,
    M31, M32, M33, M34, M35, M36, M37, M38, M39, M40,
    M41, M42, M43, M44, M45, M46, M47, M48, M49, M50,
    M51, M52, M53, M54, M55, M56, M57, M58, M59, M60,
    M61, M62, M63, M64, M65, M66, M67, M68, M69,
#pragma warning restore CS1591
}

/// <summary>
/// Performs every access to shared state. A scheduler decides first which thread has the turn, and then leaves the access to
/// <see cref="NoHook"/>; a memory of another kind performs it in its own way.
/// </summary>
/// <remarks>
/// The hook is a struct type argument, so each system is compiled for its own hook and calls it directly.
/// There is no way to shared state but through it. Two accesses conflict only if they are to one location, and one of them stores.
/// </remarks>
public interface ISchedulingHook
{
    /// <summary>Performs an access to a long.</summary>
    /// <param name="kind">Which access.</param>
    /// <param name="location">Where.</param>
    /// <param name="operand">The value to store, or to add; of a load the default.</param>
    /// <param name="comparand">The value that a compare-exchange (compare-and-swap) expects: if it is not there, nothing is stored. Else the default.</param>
    /// <param name="row">Which place of the source makes it.</param>
    /// <returns>The previous value; of a store, which loads nothing, any value.</returns>
    static abstract long Access(AccessKind kind, ref long location, long operand, long comparand, Row row);

    /// <summary>Performs an access to a reference, to which nothing is added.</summary>
    /// <param name="kind">Which access.</param>
    /// <param name="location">Where.</param>
    /// <param name="operand">The reference to store; of a load null.</param>
    /// <param name="comparand">The value that a compare-exchange (compare-and-swap) expects: if it is not there, nothing is stored. Else null.</param>
    /// <param name="row">Which place of the source makes it.</param>
    /// <returns>The previous value; of a store, which loads nothing, any value.</returns>
    static abstract T? Access<T>(AccessKind kind, ref T? location, T? operand, T? comparand, Row row)
        where T : class;
}

/// <summary>The hook of the shipped build: the machine itself. No accessor even calls it there, and the JIT leaves no trace of it.</summary>
public readonly struct NoHook : ISchedulingHook
{
    /// <inheritdoc/>
    public static long Access(AccessKind kind, ref long location, long operand, long comparand, Row row)
    {
        switch (kind)
        {
            case AccessKind.LoadAcquire:
                return Volatile.Read(ref location);
            case AccessKind.StoreRelease:
                Volatile.Write(ref location, operand);
                return 0;
            case AccessKind.CompareExchange:
                return Interlocked.CompareExchange(ref location, operand, comparand);
            case AccessKind.Exchange:
                return Interlocked.Exchange(ref location, operand);
            default:
                return Interlocked.Add(ref location, operand) - operand;
        }
    }

    /// <inheritdoc/>
    public static T? Access<T>(AccessKind kind, ref T? location, T? operand, T? comparand, Row row)
        where T : class
    {
        switch (kind)
        {
            case AccessKind.LoadAcquire:
                return Volatile.Read(ref location);
            case AccessKind.StoreRelease:
                Volatile.Write(ref location, operand);
                return null;
            case AccessKind.CompareExchange:
                return Interlocked.CompareExchange(ref location, operand, comparand);
            default:
                return Interlocked.Exchange(ref location, operand);
        }
    }
}
