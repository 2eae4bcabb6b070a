// The systems that are measured, by the name of their column.
using PerfModel.Benchmarks.Peers;
using PerfModel.Implementation;

namespace PerfModel.Benchmarks.Works;

/// <summary>Makes a new, empty system for each column of each row, so that no row inherits another's heap.</summary>
internal static class Subjects
{
    // The events of the greatest row, and those that its threads have opened beside.
    private const int Capacity = 1 << 15;

    /// <summary>Ours, as the library is by default.</summary>
    public static ManagedSubject<Ours, EventHandle> Ours(int capacity = Capacity) => new(new Ours(Dialect.Patch2011, capacity));

    /// <summary>Ours in the dialect that has no links to set: what is measured of links in the others is in <see cref="Members"/> for it.</summary>
    public static ManagedSubject<Ours, EventHandle> Linux613(int capacity = Capacity) => new(new Ours(Dialect.Linux613, capacity));

    /// <summary>Each system in which links are set, in the order of the table; the native peer only where it can be built.</summary>
    /// <param name="capacity">How many events ours must hold.</param>
    public static IEnumerable<(string Name, Func<Subject> Create)> All(int capacity = Capacity)
    {
        if (NativeBuild.Library != 0) yield return (Columns.AsPosted, () => new AsPosted());
        yield return (Columns.LockAndList, () => new ManagedSubject<LockAndList, LockAndList.Ref>(new LockAndList()));
        yield return (Columns.ImmutableArrays, () => new ManagedSubject<ImmutableArrays, ImmutableArrays.Ref>(default));
        yield return (Columns.Ours, () => Ours(capacity));
        yield return (Columns.OursAmended, () => new ManagedSubject<Ours, EventHandle>(new Ours(Dialect.Amended, capacity)));
    }
}
