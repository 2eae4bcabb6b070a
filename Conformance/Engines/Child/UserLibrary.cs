// Loads a native library of the user's that exports the functions of perfmodel.h, and makes subjects of it.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PerfModel.Conformance.Engines;
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Child;

/// <summary>A loaded library: the functions of the C ABI, version 1 (Conformance/Adapters/perfmodel.h).</summary>
/// <remarks>It runs in this process, so it belongs into a child that may hang and die: <see cref="SubjectHost"/>.</remarks>
internal sealed unsafe class UserLibrary : IUserCode
{
    private const int Abi = 1;

    private readonly string _file;
    private readonly nint _library;
    private readonly delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<nint, byte*, byte*, int, void>, delegate* unmanaged[Cdecl]<int, ulong, void>, void> _hook;

    private UserLibrary(string file, nint library)
    {
        (_file, _library) = (file, library);
        var abi = (delegate* unmanaged[Cdecl]<int>)Required("pm_abi");
        if (abi() is var version and not Abi) throw new SubjectException($"{file} is of version {version} of perfmodel.h; this program reads version {Abi}");
        Create = (delegate* unmanaged[Cdecl]<in NativeDeclaration, nint>)Required("pm_create");
        Destroy = (delegate* unmanaged[Cdecl]<nint, void>)Required("pm_destroy");
        Open = (delegate* unmanaged[Cdecl]<nint, in NativeAttributes, long>)Required("pm_open");
        SetStarter = OfTwo("pm_set_starter");
        SetStopper = OfTwo("pm_set_stopper");
        Close = OfEvent("pm_close");
        Enable = OfEvent("pm_enable");
        Disable = OfEvent("pm_disable");
        ScheduleIn = OfInstance("pm_schedule_in");
        ScheduleOut = OfInstance("pm_schedule_out");
        Throttle = OfInstance("pm_throttle");
        Unthrottle = OfInstance("pm_unthrottle");
        Overflow = OfInstance("pm_overflow");
        Tick = (delegate* unmanaged[Cdecl]<nint, long, int, long, long>)Required("pm_tick");
        Count = OfInstance("pm_count");
        Samples = OfInstance("pm_samples");
        State = OfInstance("pm_state");
        Paused = OfInstance("pm_paused");
        StarterOf = (delegate* unmanaged[Cdecl]<nint, long, int, out int, long>)Required("pm_starter_of");
        StopperOf = (delegate* unmanaged[Cdecl]<nint, long, int, out int, long>)Required("pm_stopper_of");
        // Of a profile that a subject need not claim.
        Fork = (delegate* unmanaged[Cdecl]<nint, int, int, long>)Optional("pm_fork");
        Exit = (delegate* unmanaged[Cdecl]<nint, int, long>)Optional("pm_exit");
        TotalCount = (delegate* unmanaged[Cdecl]<nint, long, long>)Optional("pm_total_count");
        _hook = (delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<nint, byte*, byte*, int, void>, delegate* unmanaged[Cdecl]<int, ulong, void>, void>)Optional("pm_hook");
        // For good: a thread that nobody schedules goes on at once.
        if (_hook is not null) _hook(&Before, &After);
    }

    /// <inheritdoc/>
    public string Maker => $"pm_create of {_file}";

    /// <inheritdoc/>
    public bool IsHooked => _hook is not null;

    internal delegate* unmanaged[Cdecl]<in NativeDeclaration, nint> Create { get; }

    internal delegate* unmanaged[Cdecl]<nint, void> Destroy { get; }

    internal delegate* unmanaged[Cdecl]<nint, in NativeAttributes, long> Open { get; }

    internal delegate* unmanaged[Cdecl]<nint, long, long, long> SetStarter { get; }

    internal delegate* unmanaged[Cdecl]<nint, long, long, long> SetStopper { get; }

    internal delegate* unmanaged[Cdecl]<nint, long, long> Close { get; }

    internal delegate* unmanaged[Cdecl]<nint, long, long> Enable { get; }

    internal delegate* unmanaged[Cdecl]<nint, long, long> Disable { get; }

    internal delegate* unmanaged[Cdecl]<nint, long, int, long> ScheduleIn { get; }

    internal delegate* unmanaged[Cdecl]<nint, long, int, long> ScheduleOut { get; }

    internal delegate* unmanaged[Cdecl]<nint, long, int, long> Throttle { get; }

    internal delegate* unmanaged[Cdecl]<nint, long, int, long> Unthrottle { get; }

    internal delegate* unmanaged[Cdecl]<nint, long, int, long> Overflow { get; }

    internal delegate* unmanaged[Cdecl]<nint, long, int, long, long> Tick { get; }

    internal delegate* unmanaged[Cdecl]<nint, long, int, long> Count { get; }

    internal delegate* unmanaged[Cdecl]<nint, long, int, long> Samples { get; }

    internal delegate* unmanaged[Cdecl]<nint, long, int, long> State { get; }

    internal delegate* unmanaged[Cdecl]<nint, long, int, long> Paused { get; }

    internal delegate* unmanaged[Cdecl]<nint, long, int, out int, long> StarterOf { get; }

    internal delegate* unmanaged[Cdecl]<nint, long, int, out int, long> StopperOf { get; }

    internal delegate* unmanaged[Cdecl]<nint, int, int, long> Fork { get; }

    internal delegate* unmanaged[Cdecl]<nint, int, long> Exit { get; }

    internal delegate* unmanaged[Cdecl]<nint, long, long> TotalCount { get; }

    /// <summary>Loads a library.</summary>
    /// <exception cref="SubjectException">It is not there, is none, or lacks a function.</exception>
    public static UserLibrary Load(string path)
    {
        var file = Path.GetFileName(path);
        if (!File.Exists(path)) throw new SubjectException($"there is no file {Quoted.Short(path)}");
        try
        {
            return new UserLibrary(file, NativeLibrary.Load(path));
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new SubjectException($"cannot load {file}: {Quoted.Short(e.Message.ReplaceLineEndings(" "), 200)}");
        }
    }

    /// <summary>Makes a system.</summary>
    /// <exception cref="NotSupportedException">The library does not offer the dialect.</exception>
    public ISubject Make(Declaration declaration) => new LibrarySubject(this, declaration);

    /// <summary>The complaint about a function of +inheritance that is not there.</summary>
    internal NotSupportedException Lacks(string function) => new($"{_file} exports no {function}: without it claim no +inheritance, by --profile core,concurrency");

    private nint Required(string function) => Optional(function) is not 0 and var address ? address : throw new SubjectException($"{_file} exports no {function}; perfmodel.h declares it");

    private nint Optional(string function) => NativeLibrary.TryGetExport(_library, function, out var address) ? address : 0;

    private delegate* unmanaged[Cdecl]<nint, long, long> OfEvent(string function) => (delegate* unmanaged[Cdecl]<nint, long, long>)Required(function);

    private delegate* unmanaged[Cdecl]<nint, long, int, long> OfInstance(string function) => (delegate* unmanaged[Cdecl]<nint, long, int, long>)Required(function);

    private delegate* unmanaged[Cdecl]<nint, long, long, long> OfTwo(string function) => (delegate* unmanaged[Cdecl]<nint, long, long, long>)Required(function);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Before(nint location, byte* expression, byte* file, int line)
    {
        try
        {
            ScheduledAccess.Before(location, expression, file, line);
        }
        catch (Exception e)
        {
            // No exception passes through frames that are not ours.
            Environment.FailFast(e.Message);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void After(int access, ulong value) => ScheduledAccess.After(access switch { 0 => AccessWord.Load, 1 => AccessWord.Store, 2 => AccessWord.Swap, _ => AccessWord.FailedSwap }, value);
}

/// <summary>The struct pm_declaration.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct NativeDeclaration(int Dialect, int Handles, int Roots, int Tasks, int Cpus);

/// <summary>The struct pm_attributes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct NativeAttributes(long Period, long Leader, int Task, int Cpu, uint Flags);
