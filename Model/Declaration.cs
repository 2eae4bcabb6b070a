// What is fixed for the life of a system: its dialect and what the subject declares (rules 8.1 and 9.4).
namespace PerfModel.Model;

/// <summary>The reading of the spec that a system follows, fixed for its life (rule 8.1).</summary>
public enum Dialect
{
    /// <summary>The patch of 2011, its holes closed but its choices kept.</summary>
    Patch2011,

    /// <summary>The semantics that its users needed: the gate follows the last trigger, and an event can open paused.</summary>
    Amended,

    /// <summary>The descendant that was merged: <c>aux_pause</c>, <c>aux_resume</c> and <c>aux_start_paused</c> of Linux 6.13, whose roles are given at Open.</summary>
    Linux613,
}

/// <summary>A set of dialects.</summary>
/// <param name="Bits">A bit for each.</param>
public readonly record struct DialectSet(int Bits)
{
    /// <summary>All of them.</summary>
    public static DialectSet All { get; } = Of(Enum.GetValues<Dialect>());

    /// <summary>Those in which links are set by calls: all but Linux613 (rule 8.11).</summary>
    public static DialectSet WithLinks { get; } = Of(Dialect.Patch2011, Dialect.Amended);

    /// <summary>The set of some dialects.</summary>
    public static DialectSet Of(params ReadOnlySpan<Dialect> dialects)
    {
        var bits = 0;
        foreach (var dialect in dialects) bits |= 1 << (int)dialect;
        return new(bits);
    }

    /// <summary>Whether a dialect is in the set.</summary>
    public bool Contains(Dialect dialect) => (Bits & 1 << (int)dialect) != 0;

    /// <summary>Those of the set, in order.</summary>
    internal IEnumerable<Dialect> Dialects => Enum.GetValues<Dialect>().Where(Contains);

    /// <summary>The set without those of another.</summary>
    public DialectSet Without(DialectSet others) => new(Bits & ~others.Bits);
}

/// <summary>The declaration of a system before its first call (rule 9.4).</summary>
/// <param name="Dialect">The reading of the spec.</param>
/// <param name="Handles">M: how many handles can be live at once, from 1 (rule 1.4).</param>
/// <param name="Roots">R: tasks 0…R−1 run from the start and never exit (rule 1.5).</param>
/// <param name="Tasks">T ≥ R: task names are 0…T−1; the others come to be by Fork (chapter 6).</param>
/// <param name="Cpus">Cpus are 0…Cpus−1 (rule 1.3).</param>
public sealed record Declaration(Dialect Dialect, int Handles = 8, int Roots = 2, int Tasks = 4, int Cpus = 2)
{
    /// <summary>The declaration as the text grammar writes it, on two lines.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"dialect {Dialect}\ndeclare handles {Handles}, roots {Roots}, tasks {Tasks}, cpus {Cpus}");
}
