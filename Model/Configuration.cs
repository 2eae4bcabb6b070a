// A system with calls under way: the state and the local state of each thread's call. Its moves are the concurrent spec (rule 7.1).
using System.Collections.Immutable;

namespace PerfModel.Model;

/// <summary>One atomic step of one thread.</summary>
/// <param name="Thread">The thread of the call that moved.</param>
/// <param name="Step">Its step.</param>
/// <param name="After">The configuration after it.</param>
public readonly record struct Move(int Thread, CallStep Step, Configuration After);

/// <summary>The state of a system and the calls that its threads have under way.</summary>
public sealed class Configuration : IEquatable<Configuration>
{
    // 0 until it is asked for: most configurations are on the way to others.
    private int _hash;

    private Configuration(State state, ImmutableArray<Call?> calls)
    {
        State = state;
        Calls = calls;
    }

    /// <summary>The state of the system.</summary>
    public State State { get; }

    /// <summary>The call of each thread, or null for a thread that has none under way.</summary>
    public ImmutableArray<Call?> Calls { get; }

    /// <summary>A system at rest, with so many idle threads.</summary>
    public static Configuration AtRest(State state, int threads) => new(state, [.. new Call?[threads]]);

    /// <summary>A system with these calls under way; each knows of <paramref name="state"/> as much as in a configuration that moves led to.</summary>
    public static Configuration Of(State state, IEnumerable<Call?> calls) => new(state, [.. calls]);

    /// <summary>A thread calls: nothing has happened yet.</summary>
    public Configuration Invoke(int thread, Operation operation) =>
        Calls[thread] is null
            ? new(State, Calls.SetItem(thread, Call.Begin(operation)))
            : throw new InvalidOperationException("a thread has one call under way at most");

    /// <summary>A thread's call returns, its steps all taken.</summary>
    public Configuration Return(int thread) =>
        Calls[thread]?.Result is not null
            ? new(State, Calls.SetItem(thread, null))
            : throw new InvalidOperationException("a call returns when it has its result");

    /// <summary>Every step that some call can take now.</summary>
    public IEnumerable<Move> Moves()
    {
        for (var thread = 0; thread < Calls.Length; thread++)
        {
            if (Calls[thread] is not { } call) continue;
            foreach (var step in call.Steps(State).SelectMany(step => step.EachAnswer()))
                yield return new(thread, step, After(thread, step));
        }
    }

    /// <summary>
    /// Where a step of one thread's call leaves everybody. A step is seen by every call under way: links that are made
    /// and end change the links that an overflow may and must visit.
    /// </summary>
    public Configuration After(int mover, CallStep step)
    {
        var calls = Calls.ToBuilder();
        calls[mover] = step.Call;
        for (var thread = 0; thread < calls.Count; thread++)
            calls[thread] = calls[thread]?.Observe(step.State);
        return new(step.State, calls.MoveToImmutable());
    }

    /// <inheritdoc/>
    public bool Equals(Configuration? other) =>
        ReferenceEquals(this, other)
        || (other is not null && GetHashCode() == other.GetHashCode() && State.Equals(other.State)
            && Calls.AsSpan().SequenceEqual(other.Calls.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Configuration);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash != 0 ? _hash : _hash = Hash();

    private int Hash()
    {
        var hash = State.GetHashCode();
        foreach (var call in Calls) hash = hash * 31 + (call?.GetHashCode() ?? 0);
        return hash;
    }
}
