// One statement while it is executed: the state that it makes, the pointer that it follows, and the words for it.
using System.Runtime.CompilerServices;
using System.Text;

namespace PerfModel.Model.Posted;

/// <summary>The statement that an actor executes next.</summary>
/// <param name="mends">What is mended.</param>
/// <param name="names">The names of the events by address, if the statement is to be told.</param>
internal sealed class Statement(Mend mends, string[]? names = null)
{
    /// <summary>The state: before the statement is executed, that before it, and then that after it.</summary>
    public Kernel Kernel;

    /// <summary>The actor.</summary>
    public Actor Actor { get; private set; }

    /// <summary>Where it stood, and its local variables there.</summary>
    public Frame Before { get; private set; }

    /// <summary>The pointer that the statement followed last, if it did.</summary>
    public byte? Followed { get; private set; }

    /// <summary>The answer that a system call has returned with.</summary>
    public Errno? Refused { get; private set; }

    /// <summary>Whether the kernel has printed a warning.</summary>
    public bool Warned { get; private set; }

    /// <summary>Whether a trigger has called start or stop.</summary>
    public bool CalledPmu { get; private set; }

    /// <summary>The kernel's function, if it is told.</summary>
    public string Function { get; private set; } = "";

    /// <summary>What it does there, in C, if it is told.</summary>
    public string Code { get; private set; } = "";

    /// <summary>The local variables of the actor.</summary>
    public ref Frame Frame => ref Kernel.Frames[(int)Actor];

    /// <summary>The event at an address.</summary>
    public ref PerfEvent this[int address] => ref Kernel.Events[address];

    /// <summary>Executes what an actor does next from a state.</summary>
    /// <param name="before">The state.</param>
    /// <param name="actor">The actor.</param>
    /// <param name="frame">Where it stands, or begins.</param>
    /// <returns>Whether it can: it may have to wait.</returns>
    public bool Take(in Kernel before, Actor actor, Frame frame)
    {
        (Kernel, Actor, Before) = (before, actor, frame);
        (Followed, Refused, Warned, CalledPmu) = (null, null, false, false);
        Frame = frame;
        return Patch.Execute(this);
    }

    /// <summary>Whether a defect is mended.</summary>
    public bool Mends(Mend mend) => (mends & mend) != 0;

    /// <summary>Follows a pointer. NULL and memory that was freed are the end of everything.</summary>
    /// <returns>Whether there is an event, be it another than was meant.</returns>
    public bool Follow(byte address)
    {
        Followed = address;
        if (Kernel.Events[address].IsAllocated) return true;
        Corrupt();
        return false;
    }

    /// <summary>Memory is read or written that is not the event's that was meant: nothing that follows means anything.</summary>
    public void Corrupt() => Kernel = new Kernel { Oops = true };

    /// <summary>A WARN_ONCE.</summary>
    public void Warn() => Warned = true;

    /// <summary>A trigger calls start or stop.</summary>
    public void CallPmu() => CalledPmu = true;

    /// <summary>A call returns with an error.</summary>
    public void Refuse(Errno errno) => Refused = errno;

    /// <summary>Says which function does what. It costs nothing if nobody asked.</summary>
    public void Say(string function, [InterpolatedStringHandlerArgument("")] ref Words words)
    {
        if (names is null) return;
        (Function, Code) = (function, words.ToString());
    }

    /// <summary>Says more of the same.</summary>
    public void SayAlso([InterpolatedStringHandlerArgument("")] ref Words words)
    {
        if (names is not null) Code = Code.Length == 0 ? words.ToString() : $"{Code}; {words.ToString()}";
    }

    /// <summary>Words in which addresses are names.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Words
    {
        private readonly StringBuilder? _text;
        private readonly string[]? _names;

        public Words(int literals, int holes, Statement step, out bool isTold)
        {
            _names = step.ToldNames;
            isTold = _names is not null;
            _text = isTold ? new StringBuilder(literals + holes) : null;
        }

        public void AppendLiteral(string text) => _text!.Append(text);

        public void AppendFormatted(byte address) => _text!.Append(_names![address]);

        public void AppendFormatted(string text) => _text!.Append(text);

        public override string ToString() => _text?.ToString() ?? "";
    }

    private string[]? ToldNames => names;
}
