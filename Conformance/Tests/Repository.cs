// Finds the sources of this repository above the tests, for the tests that speak of them.
namespace PerfModel.Conformance.Tests;

internal static class Repository
{
    public static string Root { get; } = Find();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "PerfModel.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the sources are not above the tests");
        return folder;
    }
}
