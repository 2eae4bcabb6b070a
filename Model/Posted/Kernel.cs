// The whole state of the posted machine: the memory of the events, and where each actor stands in its function.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PerfModel.Model.Posted;

/// <summary>Who executes statements of the kernel.</summary>
internal enum Actor : byte
{
    /// <summary>A thread of the task in a system call.</summary>
    SyscallA,

    /// <summary>Another thread of the same task, on another cpu.</summary>
    SyscallB,

    /// <summary>The cpu on which the task's events count: scheduler, tick, cross-calls and overflows outside of NMI; interrupts are off.</summary>
    Cpu,

    /// <summary>A non-maskable interrupt on that cpu. The cpu goes on when it has ended.</summary>
    Nmi,

    /// <summary>The child of the task when it exits.</summary>
    Child,

    /// <summary>An overflow on the cpu of the child. The child goes on when it has ended.</summary>
    ChildCpu,

    /// <summary>The end of grace periods.</summary>
    Rcu,
}

/// <summary>How far the child of the task is.</summary>
internal enum ChildLife : byte
{
    /// <summary>No fork has ended.</summary>
    None,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It has begun to exit.</summary>
    Exiting,
}

/// <summary>The local variables of an actor.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal record struct Frame
{
    /// <summary>The statement that comes next.</summary>
    public At At;

    /// <summary>The event that the function was called for.</summary>
    public byte Event;

    /// <summary>The other event: target, state_event, iter, parent_starter.</summary>
    public byte Other;

    /// <summary>Which list, which slot.</summary>
    public Role Role;

    /// <summary>What a test before has shown, and is used later: add_flags, triggers.</summary>
    public byte Seen;
}

/// <summary>A state. It is a value: a copy is another state.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = Words * sizeof(ulong))]
internal struct Kernel : IEquatable<Kernel>
{
    /// <summary>The highest address of an event.</summary>
    public const byte LastEvent = 4;

    private const int Words = 20;

    public Events Events;
    public Frames Frames;

    /// <summary>It followed NULL or memory that was freed: nothing happens any more.</summary>
    public bool Oops;

    public ChildLife Child;

    /// <summary>Where an actor stands.</summary>
    public readonly Frame this[Actor actor] => Frames[(int)actor];

    /// <inheritdoc/>
    public readonly bool Equals(Kernel other) => Bits(in this).SequenceEqual(Bits(in other));

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is Kernel other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode()
    {
        var hash = 0UL;
        foreach (var word in Bits(in this)) hash = (hash ^ word) * 0x9e3779b97f4a7c15 ^ hash >> 29;
        return (int)(hash ^ hash >> 32);
    }

    private static ReadOnlySpan<ulong> Bits(ref readonly Kernel kernel) => MemoryMarshal.Cast<Kernel, ulong>(new ReadOnlySpan<Kernel>(in kernel));
}

/// <summary>The memory: address 0, which nobody may follow, and the events.</summary>
[InlineArray(Kernel.LastEvent + 1)]
internal struct Events
{
    private PerfEvent _null;
}

/// <summary>The frame of each actor but RCU, whose callbacks are one statement.</summary>
[InlineArray((int)Actor.Rcu + 1)]
internal struct Frames
{
    private Frame _first;
}
