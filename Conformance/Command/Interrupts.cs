// Ctrl-C: a verb that has something to tell stops and tells it; the others end at once.
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PerfModel.Conformance.Command;

/// <summary>Listens for SIGINT and SIGTERM while it lives.</summary>
internal sealed class Interrupts : IDisposable
{
    // A subject in an endless loop never looks at the token. Long, since a busy machine takes its time to tell, and whoever cannot wait asks again.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    // Whoever presses the keys twice means it once; whoever presses them again after that does not want to wait.
    private static readonly TimeSpan Twice = TimeSpan.FromSeconds(1);

    private readonly Stopwatch _since = new();
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
        context.Cancel = true;
        lock (_since)
        {
            if (_since.IsRunning && _since.Elapsed < Twice) return;
            if (_since.IsRunning) Leave();
            _since.Start();
        }

        Output.StopProgress();
        Output.WriteError(_tells ? "perfmodel: interrupted; what was found until now follows" : "perfmodel: interrupted");
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
