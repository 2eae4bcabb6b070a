// Names: of events (Handle) and of their instances in tasks (Instance), and sets of the latter.
using System.Collections.Immutable;
using System.Globalization;

namespace PerfModel.Model;

/// <summary>
/// The name of an event: the value that Open returns (rule 1.1), issued once and never again (rule 1.2).
/// A real system issues 64-bit numbers; the model names them by one letter and an optional number, <c>a</c>…<c>z</c>, <c>a1</c>…<c>z1</c>, <c>a2</c>…
/// </summary>
/// <param name="Id">26 × number + letter, from 0 (<c>a</c>); −1 is <see cref="Invalid"/>.</param>
public readonly record struct Handle(int Id) : IComparable<Handle>
{
    /// <summary>The argument −1, which no Open ever returns (rule 1.7). Prints as <c>-1</c>.</summary>
    public static readonly Handle Invalid = new(-1);

    /// <summary>The highest <see cref="Id"/> that has a name in the text grammar: <c>z999999</c>.</summary>
    internal const int HighestId = 26 * 999_999 + 25;

    /// <summary>The handle of a letter and a number: <c>Of('t')</c> is <c>t</c>, <c>Of('t', 2)</c> is <c>t2</c>.</summary>
    public static Handle Of(char letter, int number = 0) => new(number * 26 + (letter - 'a'));

    /// <inheritdoc/>
    public int CompareTo(Handle other) => Id.CompareTo(other.Id);

    /// <summary>The name in the text grammar.</summary>
    public override string ToString() =>
        Id < 0 ? "-1"
        : Id < 26 ? ((char)('a' + Id)).ToString()
        : string.Create(CultureInfo.InvariantCulture, $"{(char)('a' + Id % 26)}{Id / 26}");
}

/// <summary>
/// An event in one task: the event's own instance, or the copy that a task inherited at its fork (chapter 6).
/// </summary>
/// <param name="Event">The event.</param>
/// <param name="CopyTask">The task that the copy is in, or −1 for the event's own instance.</param>
public readonly record struct Instance(Handle Event, int CopyTask) : IComparable<Instance>
{
    /// <summary>An event's own instance, written <c>e</c>.</summary>
    public static Instance Own(Handle handle) => new(handle, -1);

    /// <summary>Whether this is an inherited copy, written <c>e@task</c>.</summary>
    public bool IsCopy => CopyTask >= 0;

    /// <inheritdoc/>
    public int CompareTo(Instance other) =>
        Event.CompareTo(other.Event) is var byEvent and not 0 ? byEvent : CopyTask.CompareTo(other.CopyTask);

    /// <summary>The name in the text grammar.</summary>
    public override string ToString() =>
        IsCopy ? string.Create(CultureInfo.InvariantCulture, $"{Event}@{CopyTask}") : Event.ToString();
}

/// <summary>A set of instances, compared by its members.</summary>
public readonly struct InstanceSet : IEquatable<InstanceSet>
{
    private readonly ImmutableArray<Instance> _sorted;

    private InstanceSet(ImmutableArray<Instance> sorted) => _sorted = sorted;

    /// <summary>The set with no member.</summary>
    public static InstanceSet Empty { get; } = new([]);

    /// <summary>The members, in order of name.</summary>
    public ImmutableArray<Instance> Members => _sorted.IsDefault ? [] : _sorted;

    /// <summary>Whether the set has no member.</summary>
    public bool IsEmpty => Members.IsEmpty;

    /// <summary>The set of these instances; doubles count once.</summary>
    public static InstanceSet Of(IEnumerable<Instance> instances) => new([.. instances.Distinct().Order()]);

    /// <summary>The set of these instances, which are in order of name, and each once.</summary>
    internal static InstanceSet OfOrdered(ImmutableArray<Instance> ordered) => new(ordered);

    /// <summary>Whether an instance is a member.</summary>
    public bool Contains(Instance instance) => Members.BinarySearch(instance) >= 0;

    /// <summary>The members of either set.</summary>
    public InstanceSet Union(InstanceSet other)
    {
        var all = this;
        foreach (var member in other.Members) all = all.With(member);
        return all;
    }

    /// <summary>The members for which a predicate holds.</summary>
    public InstanceSet Where(Func<Instance, bool> keep) => new(Members.RemoveAll(member => !keep(member)));

    /// <summary>The set without one instance.</summary>
    public InstanceSet Without(Instance instance) => Members.BinarySearch(instance) is >= 0 and var place ? new(Members.RemoveAt(place)) : this;

    /// <summary>The set with one more instance.</summary>
    public InstanceSet With(Instance instance) => Members.BinarySearch(instance) is < 0 and var place ? new(Members.Insert(~place, instance)) : this;

    /// <inheritdoc/>
    public bool Equals(InstanceSet other) => Members.AsSpan().SequenceEqual(other.Members.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is InstanceSet other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = 17;
        foreach (var member in Members) hash = hash * 31 + member.GetHashCode();
        return hash;
    }

    /// <summary>Whether two sets have the same members.</summary>
    public static bool operator ==(InstanceSet left, InstanceSet right) => left.Equals(right);

    /// <summary>Whether two sets differ in a member.</summary>
    public static bool operator !=(InstanceSet left, InstanceSet right) => !left.Equals(right);

    /// <summary>The members, in braces.</summary>
    public override string ToString() => $"{{{string.Join(", ", Members)}}}";
}
