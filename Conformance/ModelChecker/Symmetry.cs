// Symmetry reduction: of all states that differ in names only, one stands for its orbit (Ip and Dill 1996).
namespace PerfModel.Conformance.ModelChecker;

/// <summary>
/// A group of permutations of the bits of a state. It is closed under composition, so the least image of a state is the same
/// for all states of an orbit, and an orbit has as many members as a state has different images.
/// </summary>
public sealed class Symmetry
{
    // Each permutation as tables of eight bits of input: a state's image is the union of what its bytes become.
    private readonly ulong[][] _images;
    private readonly int _bytes;

    private Symmetry(ulong[][] images, int bytes) => (_images, _bytes) = (images, bytes);

    /// <summary>Nothing may be renamed: each state is an orbit of its own.</summary>
    public static Symmetry None { get; } = new([], 0);

    /// <summary>Whether nothing may be renamed.</summary>
    public bool IsTrivial => _images.Length == 0;

    /// <summary>How many permutations there are, the identity included: the size of the largest orbits.</summary>
    public int Order => _images.Length + 1;

    /// <summary>The group of these permutations, the identity left out or not.</summary>
    /// <param name="width">How many bits a state has.</param>
    /// <param name="permutations">Of each, where each bit goes.</param>
    public static Symmetry Of(int width, IEnumerable<int[]> permutations)
    {
        var bytes = (width + 7) / 8;
        var images = permutations
            .Where(permutation => Enumerable.Range(0, width).Any(bit => permutation[bit] != bit))
            .Select(permutation => Table(permutation, width, bytes));
        return new([.. images], bytes);
    }

    /// <summary>The least state of the orbit.</summary>
    public ulong Canonical(ulong state)
    {
        var least = state;
        foreach (var table in _images) least = Math.Min(least, Image(table, state));
        return least;
    }

    /// <summary>How many states the orbit has.</summary>
    public int OrbitSize(ulong state)
    {
        // A group's orbit has as many members as the group has elements for each that leaves the state as it is.
        var fixing = 1;
        foreach (var table in _images)
            if (Image(table, state) == state) fixing++;
        return (_images.Length + 1) / fixing;
    }

    /// <summary>All images of a state, each as often as there are permutations that lead to it.</summary>
    internal IEnumerable<ulong> Images(ulong state) => _images.Select(table => Image(table, state)).Prepend(state);

    private ulong Image(ulong[] table, ulong state)
    {
        var image = 0UL;
        for (var i = 0; i < _bytes; i++) image |= table[(i << 8) + (int)(state >> (i << 3) & 0xff)];
        return image;
    }

    private static ulong[] Table(int[] permutation, int width, int bytes)
    {
        var table = new ulong[bytes << 8];
        for (var entry = 0; entry < table.Length; entry++)
            for (var bit = 0; bit < 8; bit++)
                if ((entry >> bit & 1) != 0 && ((entry >> 8 << 3) + bit) is var from && from < width)
                    table[entry] |= 1UL << permutation[from];
        return table;
    }
}
