// Starts an adapter of the user's and watches it, in the process that ends when it is lost.
using System.Collections.Immutable;
using PerfModel.Conformance.Adapters;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Child;

/// <summary>A running adapter of the user's.</summary>
internal sealed class UserAdapter : IUserCode
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    private readonly Adapter _adapter;

    private UserAdapter(Adapter adapter) => _adapter = adapter;

    /// <inheritdoc/>
    public string Maker => $"the adapter of {_adapter.Welcome.Name}";

    /// <inheritdoc/>
    public bool IsHooked => false;

    /// <inheritdoc/>
    public ImmutableArray<Profile>? Claimed => _adapter.Welcome.Profiles;

    /// <summary>Starts one and shakes hands.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="limits">The limits of its time and its memory.</param>
    /// <param name="lost">Told when it has to be given up, and does not return.</param>
    /// <exception cref="SubjectException">It does not start, or there is no handshake.</exception>
    public static UserAdapter Start(ImmutableArray<string> command, ChildLimits limits, Action<DeathCause, string> lost)
    {
        // What it leaves behind is to end with this process.
        Orphans.Adopt();
        var process = AdapterProcess.Start(command);
        try
        {
            var adapter = new Adapter(process, process.Hello(SuiteVersion.Text, limits.Patience), broken => lost(DeathCause.Broken, broken));
            new Thread(() => Watch(process, limits.Memory, lost)) { IsBackground = true, Name = "memory of the adapter" }.Start();
            return new UserAdapter(adapter);
        }
        catch (ProtocolException e)
        {
            process.Dispose();
            throw new SubjectException($"no handshake with {Quoted.Short(string.Join(' ', command))}: hello {e.Message}");
        }
    }

    /// <inheritdoc/>
    public ISubject Make(Declaration declaration) =>
        _adapter.Welcome.Dialects.Contains(declaration.Dialect) ? _adapter.Make(declaration) : throw new NotSupportedException($"{Maker} does not offer {declaration.Dialect}");

    // One that takes all memory would take ours too.
    private static void Watch(AdapterProcess process, int memory, Action<DeathCause, string> lost)
    {
        for (; process.Held is var held; Thread.Sleep(Glance))
            if (held > memory) lost(DeathCause.OutOfMemory, ChildProcess.Allocated(held));
    }
}
