// What a long run says meanwhile: on stderr, one line that is written over; or lines, if nobody looks at a terminal.
namespace PerfModel.Benchmarks.Table;

/// <summary>The progress line.</summary>
internal static class Progress
{
    private const string EraseLine = "\r\e[2K";

    /// <summary>Replaces the line.</summary>
    public static void Say(string what)
    {
        if (Console.IsErrorRedirected) Console.Error.WriteLine(what);
        else Console.Error.Write(EraseLine + what);
    }

    /// <summary>Takes the line away.</summary>
    public static void Clear()
    {
        if (!Console.IsErrorRedirected) Console.Error.Write(EraseLine);
    }
}
