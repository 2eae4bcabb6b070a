// A file in memory that outlives the process which writes it: what was being run, and where every thread stood when the process died or hung.
using System.IO.MemoryMappedFiles;
using System.Text;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Child;

/// <summary>Where a thread stands.</summary>
/// <param name="Calls">How many calls it has begun.</param>
/// <param name="Inside">Whether the last of them is under way.</param>
/// <param name="Phase">Where that stands.</param>
/// <param name="Line">Which line.</param>
/// <param name="Time">Which time of it.</param>
internal readonly record struct Position(long Calls, bool Inside, Phase Phase, int Line, int Time);

/// <summary>
/// The child writes and the parent reads, both through a mapped file: a store to memory for each call, no system call and no
/// lock, so that threads under stress meet as they would without it; and it is there whatever ends the child.
/// </summary>
internal sealed unsafe class BlackBox : IDisposable
{
    /// <summary>As many threads as a program can have; what runs more shares their places.</summary>
    public const int Threads = 26;

    private const int TextAt = 4096;
    private const int Size = TextAt + (1 << 20);

    // A thread's two numbers share a line of cache with no other thread's.
    private const int SlotsAt = 128;
    private const int Slot = 128;

    // Behind its numbers there is room for the words of a call.
    private const int WordsAt = 16;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _at;

    private BlackBox(MemoryMappedFile file)
    {
        _file = file;
        _view = file.CreateViewAccessor(0, Size);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _at);
    }

    /// <summary>Programs begun; odd while the text of one is being written.</summary>
    public long Programs => Volatile.Read(ref Number(0));

    /// <summary>Whether the child ran out of memory and could still say so.</summary>
    public bool OutOfMemory
    {
        get => Volatile.Read(ref Number(1)) != 0;
        set => Volatile.Write(ref Number(1), value ? 1 : 0);
    }

    /// <summary>Whether the subject wrote to standard output.</summary>
    public bool Printed
    {
        get => Volatile.Read(ref Number(10)) != 0;
        set => Volatile.Write(ref Number(10), value ? 1 : 0);
    }

    /// <summary>What the check had done.</summary>
    public (long Iterations, long Operations, RuleSet Spoke) Tally
    {
        get => (Number(4), Number(5), new RuleSet(Wide(6), Wide(8)));
        set
        {
            (Number(4), Number(5)) = (value.Iterations, value.Operations);
            (Wide(6), Wide(8)) = (value.Spoke.Low, value.Spoke.High);
        }
    }

    /// <summary>The program that was begun last, and its dialect; null if none was, or if the child died writing it.</summary>
    public (Program Program, Dialect Dialect)? Program
    {
        get
        {
            var length = (int)Number(2);
            if (Programs % 2 != 0 || length is <= 0 or > Size - TextAt) return null;
            return (ProgramParser.ParseOne(Encoding.UTF8.GetString(_at + TextAt, length), "the black box"), (Dialect)Number(3));
        }
    }

    /// <summary>Makes the file, or opens the one that is there.</summary>
    public static BlackBox Open(string path)
    {
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length < Size) stream.SetLength(Size);
        return new BlackBox(MemoryMappedFile.CreateFromFile(stream, null, Size, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false));
    }

    /// <summary>Forgets everything: another child will write.</summary>
    public void Clear() => new Span<byte>(_at, TextAt).Clear();

    /// <summary>Forgets what the check before has done: another begins.</summary>
    public void Restart()
    {
        Tally = (0, 0, RuleSet.None);
        Number(2) = 0;
    }

    /// <summary>Writes the program that begins.</summary>
    public void Begin(Program program, Dialect dialect)
    {
        Interlocked.Increment(ref Number(0));
        var text = program.ToString();
        var room = new Span<byte>(_at + TextAt, Size - TextAt);
        Number(2) = Encoding.UTF8.TryGetBytes(text, room, out var written) ? written : 0;
        Number(3) = (long)dialect;
        Interlocked.Increment(ref Number(0));
    }

    /// <summary>Writes that a thread's call begins.</summary>
    public void Call(int thread, Phase phase, int line, int time)
    {
        // One number that is inside, phase, line and time, so that no reader sees half of it.
        Volatile.Write(ref OfThread(thread, 1), 1 | ((long)phase << 1) | ((long)(line & 0xFFFF) << 8) | ((long)time << 24));
        Volatile.Write(ref OfThread(thread, 0), OfThread(thread, 0) + 1);
    }

    /// <summary>Writes that a thread's call begins which stands in no program.</summary>
    public void Call(int thread, string operation)
    {
        var room = new Span<byte>(_at + SlotsAt + Slot * (thread % Threads) + WordsAt, Slot - WordsAt);
        room.Clear();
        Encoding.UTF8.TryGetBytes(operation, room, out _);
        Call(thread, Phase.Loose, 0, 0);
    }

    /// <summary>The call of a thread that stands in no program.</summary>
    public string Words(int thread) =>
        Encoding.UTF8.GetString(new ReadOnlySpan<byte>(_at + SlotsAt + Slot * (thread % Threads) + WordsAt, Slot - WordsAt)).TrimEnd('\0');

    /// <summary>Writes that a thread's call is over.</summary>
    public void Return(int thread) => Volatile.Write(ref OfThread(thread, 1), OfThread(thread, 1) & ~1L);

    /// <summary>Where a thread stands.</summary>
    public Position Of(int thread)
    {
        var calls = Volatile.Read(ref OfThread(thread, 0));
        var where = Volatile.Read(ref OfThread(thread, 1));
        return new Position(calls, (where & 1) != 0, (Phase)((where >> 1) & 0x7F), (int)((where >> 8) & 0xFFFF), (int)(where >> 24));
    }

    /// <summary>Writes that no thread's call is under way any more, whatever became of it.</summary>
    public void Rest()
    {
        for (var thread = 0; thread < Threads; thread++) Return(thread);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private ref long Number(int index) => ref *(long*)(_at + 8 * index);

    private ref UInt128 Wide(int index) => ref *(UInt128*)(_at + 8 * index);

    private ref long OfThread(int thread, int index) => ref *(long*)(_at + SlotsAt + Slot * (thread % Threads) + 8 * index);
}
