// The model as a subject. Compiled once more with each mutant of the model's step (Conformance/Wrong).
using PerfModel.Model;

namespace PerfModel.Conformance.Subjects;

/// <summary>The model as a subject: it must pass everything, or the checks are wrong.</summary>
public sealed class ModelSubject(Declaration declaration) : IRestorable
{
    private readonly Lock _oneAtATime = new();
    private State _state = State.Initial(declaration);

    /// <inheritdoc/>
    public object Kept
    {
        get => _state;
        set => _state = (State)value;
    }

    /// <inheritdoc/>
    public Result Apply(Operation operation)
    {
        lock (_oneAtATime)
        {
            var outcome = Step.Apply(_state, operation);
            _state = outcome.State;
            return outcome.Result;
        }
    }
}
