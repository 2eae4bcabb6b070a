// The posted patch, statement by statement: where an actor stands decides what it does. One arm for each statement that matters.
//
// A statement is one access to memory that others read or write. Accesses that nobody can come between without it being the
// same as before or after are one statement: taking a mutex and what is done first under it; what is done last under a mutex
// and giving it back (Lipton 1975); reads of what never changes.
using System.Numerics;

namespace PerfModel.Model.Posted;

/// <summary>The functions of the patch.</summary>
internal static partial class Patch
{
    /// <summary>Executes the statement that a step is at. Whether it can.</summary>
    public static bool Execute(Statement s) => !HasToWait(s) && s.Frame.At switch
    {
        At.Open => Open(s),
        At.Claim => Claim(s),
        At.Add => Add(s),
        At.SetHandler => SetHandler(s),
        At.Close => Close(s),
        At.Release => Release(s),
        At.Unlink => Unlink(s),
        At.Detach => Detach(s),
        At.Free => Free(s),
        At.GracePeriod => GracePeriod(s),
        At.SchedIn => SchedIn(s),
        At.ReadPaused => ReadPaused(s),
        At.PmuAdd => PmuAdd(s),
        At.SchedOut => SchedOut(s),
        At.PmuDel => PmuDel(s),
        At.Enable => Enable(s),
        At.Disable => Disable(s),
        At.Unthrottle => Unthrottle(s),
        At.UnthrottleStart => UnthrottleStart(s),
        At.AdjustStop => AdjustStop(s),
        At.AdjustStart => AdjustStart(s),
        At.Throttle => Throttle(s),
        At.Overflow => Overflow(s),
        At.TestState => TestState(s),
        At.TestPaused => TestPaused(s),
        At.CallPmu => CallPmu(s),
        At.StorePaused => StorePaused(s),
        At.Output => Output(s),
        At.Inherit => Inherit(s),
        At.InheritLoad => InheritLoad(s),
        At.InheritLink => InheritLink(s),
        At.Exit => Exit(s),
        At.ExitEvent => ExitEvent(s),
        _ => false,
    };

    // An interrupt comes between any two statements, and ends before its cpu goes on.
    private static bool HasToWait(Statement s) => s.Actor switch
    {
        Actor.Cpu => !IsIdle(s, Actor.Nmi),
        Actor.Child => !IsIdle(s, Actor.ChildCpu),
        _ => false,
    };

    private static bool IsIdle(Statement s, Actor actor) => s.Kernel[actor].At == At.Idle;

    private static bool Has(byte set, byte address) => (set >> address & 1) != 0;

    private static byte With(byte set, byte address) => (byte)(set | 1 << address);

    private static byte Without(byte set, byte address) => (byte)(set & ~(1 << address));

    /// <summary>The first of a set after an address, or NULL.</summary>
    private static byte NextOf(byte set, byte address) => (set >> address + 1 << address + 1) is > 0 and var rest ? (byte)BitOperations.TrailingZeroCount(rest) : (byte)0;

    private static string Name(Role role) => role == Role.Starter ? "starter" : "stopper";

    private static bool Stand(Statement s, Frame frame)
    {
        s.Frame = frame;
        return true;
    }
}
