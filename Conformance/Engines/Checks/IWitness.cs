// Who is told what a check is about to do, and what it has found, so that it is known if the process does not outlive it.
using PerfModel.Conformance.Findings;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Checks;

/// <summary>Where in a program a call stands.</summary>
internal enum Phase
{
    /// <summary>Before the first call: the subject is being made.</summary>
    Making,

    /// <summary>In the setup; of a program without threads, in setup and after as one.</summary>
    Setup,

    /// <summary>In a thread.</summary>
    Thread,

    /// <summary>After the threads.</summary>
    After,

    /// <summary>In no program.</summary>
    Loose,

    /// <summary>Behind the last call: the subject is being disposed.</summary>
    Disposing,
}

/// <summary>
/// Told of every step of a check on a subject that may hang or end the process. Between <see cref="Call(int, Phase, int, int)"/> and
/// <see cref="Return"/> the subject is at work; what it throws is a return too, but for being out of memory.
/// </summary>
internal interface IWitness
{
    /// <summary>A program begins.</summary>
    void Begin(Program program, Dialect dialect);

    /// <summary>A thread is about to call.</summary>
    /// <param name="thread">The thread, from 0; what runs alone is thread 0's.</param>
    /// <param name="phase">Where the call stands.</param>
    /// <param name="line">Which line of that phase, from 0.</param>
    /// <param name="time">Which time of a line that is repeated, from 0.</param>
    void Call(int thread, Phase phase, int line, int time = 0);

    /// <summary>A thread is about to call something that stands in no program.</summary>
    void Call(int thread, Operation operation);

    /// <summary>The thread's call is over.</summary>
    void Return(int thread);

    /// <summary>What a check has done up to now.</summary>
    void Tally(long iterations, long operations, RuleSet spoke);

    /// <summary>A check has found something; if it shrinks what it finds, the last that it tells is the smallest.</summary>
    void Found(Finding finding);
}
