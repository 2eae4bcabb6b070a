// The child's end of the wire: takes requests, answers them one at a time, and ends with its parent.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using PerfModel.Conformance.Engines;

namespace PerfModel.Conformance.Child;

/// <summary>Runs in a process of its own, which <see cref="ChildProcess"/> starts.</summary>
internal sealed class ChildHost
{
    private readonly Stream _answers;
    private readonly BlockingCollection<(Request Request, CancellationToken End)> _requests = [];

    private ChildHost(BlackBox box, Stream answers) => (Box, _answers) = (box, answers);

    /// <summary>Where every call is noted.</summary>
    public BlackBox Box { get; }

    /// <summary>Answers requests until there are no more.</summary>
    /// <param name="box">The path of the black box.</param>
    /// <param name="answer">Answers one. What it throws is a refusal.</param>
    public static int Run(string box, Func<ChildHost, Request, CancellationToken, Reply> answer)
    {
        // Ctrl-C reaches every process at the terminal. What it means is the parent's affair, which ends this one when it likes.
        using var ignored = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        var input = Console.In;
        var host = new ChildHost(BlackBox.Open(box), Console.OpenStandardOutput());
        // What a subject prints goes where it harms nothing, and there is nothing for it to read.
        // Not through Console.Error: within its lock it takes that of Console.Out, and whoever prints holds that one.
        var stream = OperatingSystem.IsWindows() ? Console.OpenStandardError() : new FileStream(new SafeFileHandle(2, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        var errors = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
        Console.SetOut(new Chatter(host.Box, errors));
        Console.SetIn(TextReader.Null);
        new Thread(() => host.Listen(input)) { IsBackground = true, Name = "requests" }.Start();
        foreach (var (request, end) in host._requests.GetConsumingEnumerable()) host.Send(host.Answer(answer, request, end));
        return 0;
    }

    /// <summary>Sends a reply.</summary>
    public void Send(Reply reply)
    {
        var bytes = Encoding.UTF8.GetBytes(Wire.Marked(reply));
        lock (_answers)
        {
            _answers.Write(bytes);
            _answers.Flush();
        }
    }

    /// <summary>Ends the process: to say more might take what there is no more of.</summary>
    public void EndOutOfMemory()
    {
        Box.OutOfMemory = true;
        Process.GetCurrentProcess().Kill();
    }

    private Reply Answer(Func<ChildHost, Request, CancellationToken, Reply> answer, Request request, CancellationToken end)
    {
        try
        {
            return answer(this, request, end);
        }
        catch (OutOfMemoryException)
        {
            EndOutOfMemory();
            throw;
        }
        catch (Exception e)
        {
            // Not the subject's: what that throws has been caught.
            return new Reply.Refused($"{(e is FormatException or SubjectException ? "" : $"{e.GetType().Name}: ")}{e.Message.Split('\n')[0]}");
        }
    }

    private void Listen(TextReader input)
    {
        var end = new CancellationTokenSource();
        while (input.ReadLine() is { } line)
        {
            var request = Wire.Request(line);
            if (request is Request.Stop)
            {
                end.Cancel();
                continue;
            }

            end = new CancellationTokenSource();
            _requests.Add((request, end.Token));
        }

        // Whoever asked is gone. The subject may never come back, and its exit handlers may not either.
        Process.GetCurrentProcess().Kill();
    }

    /// <summary>Notes that something was printed.</summary>
    private sealed class Chatter(BlackBox box, TextWriter errors) : TextWriter
    {
        public override Encoding Encoding => errors.Encoding;

        public override void Write(char value)
        {
            box.Printed = true;
            errors.Write(value);
        }

        public override void Write(string? value)
        {
            box.Printed = true;
            errors.Write(value);
        }

        public override void WriteLine(string? value) => Write(value + "\n");
    }
}
