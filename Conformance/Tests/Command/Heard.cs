// What is written to standard output by one piece of work, while others run beside it.
using System.Text;

namespace PerfModel.Conformance.Tests.Command;

internal sealed class Heard : TextWriter
{
    private static readonly AsyncLocal<StringWriter?> Mine = new();

    // Console has one writer for all threads.
    private static readonly Lazy<Heard> Listening = new(() =>
    {
        var heard = new Heard(Console.Out);
        Console.SetOut(heard);
        return heard;
    });

    private readonly TextWriter _others;

    private Heard(TextWriter others) => _others = others;

    public override Encoding Encoding => _others.Encoding;

    /// <summary>Runs it, and answers what it wrote to the console; what others write goes where it went.</summary>
    public static string Of(Action work)
    {
        _ = Listening.Value;
        using var written = new StringWriter();
        Mine.Value = written;
        try
        {
            work();
        }
        finally
        {
            Mine.Value = null;
        }

        return written.ToString();
    }

    public override void Write(char value) => (Mine.Value ?? _others).Write(value);

    public override void Write(string? value) => (Mine.Value ?? _others).Write(value);
}
