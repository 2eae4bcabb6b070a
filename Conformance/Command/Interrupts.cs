// Ctrl-C: a verb that has something to tell stops and tells it; the others end at once.
using System.Runtime.InteropServices;

namespace PerfModel.Conformance.Command;

/// <summary>Listens for SIGINT and SIGTERM while it lives.</summary>
internal sealed class Interrupts : IDisposable
{
    // A subject in an endless loop never looks at the token.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private volatile bool _tells;

    public Interrupts() => _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, On))];

    /// <summary>Whether there was a signal.</summary>
    public bool Happened => _source.IsCancellationRequested;

    /// <summary>For a verb that stops by itself when this is cancelled, and says what it found until then.</summary>
    public CancellationToken Token
    {
        get
        {
            _tells = true;
            return _source.Token;
        }
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _source.Dispose();
    }

    private void On(PosixSignalContext context)
    {
        // A second signal ends the process as if nobody listened.
        if (Happened) return;
        context.Cancel = true;
        Output.EndProgress();
        Console.Error.WriteLine(_tells ? "perfmodel: interrupted; what was found until now follows" : "perfmodel: interrupted");
        if (!_tells) Leave();
        _source.Cancel();
        _ = Task.Delay(Grace).ContinueWith(_ => Leave(), TaskScheduler.Default);
    }

    private static void Leave()
    {
        ArtifactStore.Clear();
        Environment.Exit(ExitCode.Interrupted);
    }
}
