// What a child writes to its standard error: the beginning and the end of it, however much it writes and whether it ever ends a line.
using System.Text;

namespace PerfModel.Conformance.Engines;

/// <summary>Reads to the end on a thread of its own: a child must not stop at a full pipe, nor fill our memory.</summary>
internal sealed class CrashReport
{
    private const int Kept = 4096;

    // How .NET begins to say why it ends.
    private static readonly string[] Openings = ["Unhandled exception.", "Stack overflow.", "Process terminated.", "Out of memory.", "Fatal error.", "GC heap initialization failed"];

    private readonly StringBuilder _first = new();
    private readonly StringBuilder _last = new();
    private readonly Thread _reader;

    public CrashReport(TextReader errors)
    {
        _reader = new Thread(() => Read(errors)) { IsBackground = true, Name = "crash report" };
        _reader.Start();
    }

    /// <summary>The line in which .NET says why the process ended, or null. To be asked when it has ended.</summary>
    public string? Reason
    {
        get
        {
            var lines = Lines.SkipWhile(line => !Openings.Any(opening => line.StartsWith(opening, StringComparison.Ordinal))).ToList();
            if (lines.Count == 0) return null;
            // Where the opening stands alone, what was done or where follows, behind how often and a rule; the subject's frame says more than the one it called.
            var following = lines.Skip(1).Where(line => line[0] != '-' && !line.StartsWith("Repeat", StringComparison.Ordinal)).ToList();
            var second = following.Find(line => !line.StartsWith("at System.", StringComparison.Ordinal) && !line.StartsWith("at Microsoft.", StringComparison.Ordinal)) ?? following.FirstOrDefault();
            return Openings.Contains(lines[0]) && second is not null ? $"{lines[0]} {second}" : lines[0];
        }
    }

    /// <summary>All lines that were kept.</summary>
    public IEnumerable<string> Lines
    {
        get
        {
            // A grandchild may hold the pipe open.
            _reader.Join(TimeSpan.FromSeconds(2));
            lock (_first)
            {
                var text = _last.Length == 0 ? _first.ToString() : $"{_first}\n{_last}";
                return [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
            }
        }
    }

    private void Read(TextReader errors)
    {
        var buffer = new char[1024];
        try
        {
            while (errors.Read(buffer, 0, buffer.Length) is var read and > 0)
            {
                lock (_first)
                {
                    var toFirst = Math.Min(read, Kept - _first.Length);
                    _first.Append(buffer, 0, toFirst);
                    _last.Append(buffer, toFirst, read - toFirst);
                    if (_last.Length > Kept) _last.Remove(0, _last.Length - Kept);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It was ended in the middle of a word.
        }
    }
}
