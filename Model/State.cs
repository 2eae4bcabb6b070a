// The whole state of a system as one immutable value. What is dead, or was never opened, is not in it.
using System.Collections.Immutable;

namespace PerfModel.Model;

/// <summary>One live instance: an event in one task (chapters 1 to 5).</summary>
/// <param name="Id">Its name.</param>
/// <param name="Task">The task that it counts in, or −1 for none.</param>
/// <param name="Cpu">The cpu that it counts on, or −1 for any.</param>
/// <param name="Period">Occurrences between overflows; 0 counts only.</param>
/// <param name="Inherit">Whether forks copy it.</param>
public sealed record InstanceState(Instance Id, int Task, int Cpu, long Period, bool Inherit)
{
    /// <summary>Set by Enable, cleared by Disable (rule 3.2).</summary>
    public bool Enabled { get; init; }

    /// <summary>Set by ScheduleIn, cleared by ScheduleOut (rule 3.3).</summary>
    public bool Scheduled { get; init; }

    /// <summary>The gate: moved by visits only (rule 4.13).</summary>
    public bool Paused { get; init; }

    /// <summary>Set by Throttle, cleared by Unthrottle and by becoming Active (chapter 5).</summary>
    public bool Throttled { get; init; }

    /// <summary>The owner that the starter slot names (rule 2.1).</summary>
    public Instance? Starter { get; init; }

    /// <summary>The owner that the stopper slot names (rule 2.1).</summary>
    public Instance? Stopper { get; init; }

    /// <summary>Occurrences counted while running, 0…2⁵³−1 (rules 4.4 to 4.6).</summary>
    public long Count { get; init; }

    /// <summary>Overflow records written (rules 4.12 and 6.14).</summary>
    public long Samples { get; init; }

    /// <summary>The counts that the event's dead copies left (rule 6.9); kept by the own instance, 0 in a copy.</summary>
    public Int128 Folded { get; init; }

    /// <summary>The attributes that Open gave it as a part of a group (rules 8.12 to 8.14); nothing but in Linux613.</summary>
    public GroupAttributes Group { get; init; }

    /// <summary>The leader of its group, the target of its role, or null (rule 8.15); it can be dead, until the death has reached this instance (rule 8.19).</summary>
    public Instance? Leader { get; init; }

    /// <summary>Set by the death of its leader, cleared by Enable (rules 8.19 and 8.20).</summary>
    public bool Failed { get; init; }

    /// <summary>Whether an overflow is in the middle of a visit of it (rule 8.18).</summary>
    public bool Visited { get; init; }

    /// <summary>Off, Inactive or Active (rule 3.1), or Error (rule 8.19).</summary>
    public Activity Activity => Failed ? Activity.Error : !Enabled ? Activity.Off : Scheduled ? Activity.Active : Activity.Inactive;

    /// <summary>Whether it counts and overflows (rule 4.1).</summary>
    public bool Running => Activity == Activity.Active && !Paused && !Throttled;

    /// <summary>Whether it overflows at all: counting events never do (rule 4.4).</summary>
    public bool Sampling => Period > 0;

    /// <summary>The owner that a slot names, or null if it is free (rule 2.7).</summary>
    public Instance? Owner(Role role) => role == Role.Starter ? Starter : Stopper;

    /// <summary>The same instance with another owner in a slot; the other slot keeps its own (rule 2.7).</summary>
    public InstanceState WithOwner(Role role, Instance? owner) =>
        role == Role.Starter ? this with { Starter = owner } : this with { Stopper = owner };

    /// <summary>One line for a person: the remarkable values, and nothing that goes without saying.</summary>
    /// <param name="scope">Whether task and cpu are news.</param>
    public string Describe(bool scope)
    {
        var words = new List<string> { Activity.ToString().ToLowerInvariant(), Paused ? "paused" : "open" };
        if (Throttled) words.Add("throttled");
        words.Add(FormattableString.Invariant($"count {Count}"));
        if (Sampling) words.Add(FormattableString.Invariant($"samples {Samples}, period {Period}"));
        if (Folded != 0) words.Add(FormattableString.Invariant($"{Folded} left by copies"));
        if (Starter is { } starter) words.Add($"starter {starter}");
        if (Stopper is { } stopper) words.Add($"stopper {stopper}");
        if (Group.Aux) words.Add("aux");
        if (Leader is { } leader) words.Add($"{(Group.Role == Role.Starter ? "resumes" : "pauses")} {leader}");
        if (Visited) words.Add("under a visit");
        if (scope) words.Add(FormattableString.Invariant($"{(Task < 0 ? "no task" : $"task {Task}")}, {(Cpu < 0 ? "any cpu" : $"cpu {Cpu}")}"));
        return $"{Id}: {string.Join(", ", words)}";
    }

    /// <summary>The line, with the scope.</summary>
    public override string ToString() => Describe(scope: true);
}

/// <summary>The attributes of a group that an instance keeps, and its copies with it (rules 8.12 to 8.14).</summary>
/// <param name="Aux">Whether others can pause and resume it.</param>
/// <param name="OpensPaused">Whether it was opened paused, and its copies are.</param>
/// <param name="Role">Its role for its leader: Stopper pauses it, Starter resumes it; null without a leader.</param>
public readonly record struct GroupAttributes(bool Aux, bool OpensPaused, Role? Role)
{
    /// <summary>Those that Open asks for.</summary>
    public static GroupAttributes Of(Attributes asked) =>
        new(asked.Aux, asked.StartPaused, asked.Pauses ? Model.Role.Stopper : asked.Resumes ? Model.Role.Starter : null);
}

/// <summary>The life of a name that a Fork took (rules 6.1 and 7.10).</summary>
public enum TaskLife
{
    /// <summary>Its Fork is under way: the name is used, the task does not run yet.</summary>
    Coming,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It has ended; its name stays used.</summary>
    Exited,
}

/// <summary>A task that is no root.</summary>
/// <param name="Name">Its name, R…T−1.</param>
/// <param name="Life">Its life.</param>
public readonly record struct ForkedTask(int Name, TaskLife Life)
{
    /// <summary>The name and its life.</summary>
    public override string ToString() => FormattableString.Invariant($"task {Name}: {Life.ToString().ToLowerInvariant()}");
}

/// <summary>A system at one instant: the declaration, the live instances, and the tasks that were forked.</summary>
public sealed class State : IEquatable<State>
{
    // 0 until it is asked for: most states are on the way to others, and to hash one takes longer than to make it.
    private int _hash;

    private State(Declaration declaration, ImmutableArray<InstanceState> instances, ImmutableArray<ForkedTask> tasks)
    {
        Declaration = declaration;
        Instances = instances;
        Tasks = tasks;
    }

    /// <summary>The declaration of the system (rule 9.4).</summary>
    public Declaration Declaration { get; }

    /// <summary>The live instances, in order of name.</summary>
    public ImmutableArray<InstanceState> Instances { get; }

    /// <summary>The tasks that were forked, in order of name; the roots are not among them.</summary>
    public ImmutableArray<ForkedTask> Tasks { get; }

    /// <summary>How many handles are live; copies do not count (rules 1.4 and 6.8).</summary>
    public int LiveHandles
    {
        get
        {
            var live = 0;
            foreach (var instance in Instances)
                if (!instance.Id.IsCopy) live++;
            return live;
        }
    }

    /// <summary>The system before its first call: nothing is open, and only roots run.</summary>
    public static State Initial(Declaration declaration) => new(declaration, [], []);

    /// <summary>Whether a task is a root: it runs from the start and never exits (rule 6.1).</summary>
    public bool IsRoot(int task) => task >= 0 && task < Declaration.Roots;

    /// <summary>The life of a name, or null if no Fork took it.</summary>
    public TaskLife? LifeOf(int task)
    {
        foreach (var forked in Tasks)
            if (forked.Name == task) return forked.Life;
        return null;
    }

    /// <summary>Whether a task runs (rules 6.1, 6.2 and 6.9).</summary>
    public bool Runs(int task) => IsRoot(task) || LifeOf(task) == TaskLife.Running;

    /// <summary>Whether all T names are used (rule 6.2).</summary>
    public bool AllNamesUsed => Declaration.Roots + Tasks.Length >= Declaration.Tasks;

    /// <summary>The live copies of an event, in order of task.</summary>
    public IEnumerable<InstanceState> CopiesOf(Handle handle) => Instances.Where(instance => instance.Id.IsCopy && instance.Id.Event == handle);

    /// <summary>The live instances of a task, in order of name.</summary>
    public IEnumerable<InstanceState> In(int task) => Instances.Where(instance => instance.Task == task);

    /// <summary>The instance of this name, or null if it is dead or was never opened.</summary>
    public InstanceState? Find(Instance id)
    {
        foreach (var instance in Instances)
            if (instance.Id == id) return instance;
        return null;
    }

    /// <summary>An event's own instance, or null.</summary>
    public InstanceState? Find(Handle handle) => Find(Instance.Own(handle));

    /// <summary>The instances with this trigger in their slot of a role, in order of name (rule 2.1).</summary>
    public InstanceSet TargetsOf(Instance trigger, Role role)
    {
        var targets = ImmutableArray.CreateBuilder<Instance>();
        foreach (var instance in Instances)
            if (instance.Owner(role) == trigger) targets.Add(instance.Id);
        return InstanceSet.OfOrdered(targets.DrainToImmutable());
    }

    /// <summary>The instances with this leader, in order of name; it can be dead (rules 8.15 and 8.19).</summary>
    public InstanceSet MembersOf(Instance leader)
    {
        var members = ImmutableArray.CreateBuilder<Instance>();
        foreach (var instance in Instances)
            if (instance.Leader == leader) members.Add(instance.Id);
        return InstanceSet.OfOrdered(members.DrainToImmutable());
    }

    /// <summary>The state with one instance changed.</summary>
    public State With(InstanceState changed)
    {
        for (var i = 0; i < Instances.Length; i++)
            if (Instances[i].Id == changed.Id) return new(Declaration, Instances.SetItem(i, changed), Tasks);
        throw new ArgumentException("only a live instance can change", nameof(changed));
    }

    /// <summary>The state with one instance more.</summary>
    public State Add(InstanceState opened)
    {
        var place = 0;
        while (place < Instances.Length && Instances[place].Id.CompareTo(opened.Id) < 0) place++;
        if (place < Instances.Length && Instances[place].Id == opened.Id)
            throw new ArgumentException("a handle is issued once, and copied into a task once", nameof(opened));
        return new(Declaration, Instances.Insert(place, opened), Tasks);
    }

    /// <summary>The state with another life of a name, taken before or not.</summary>
    public State With(ForkedTask changed) =>
        new(Declaration, Instances, [.. Tasks.Where(task => task.Name != changed.Name).Append(changed).OrderBy(task => task.Name)]);

    /// <summary>The state without one instance; its links, by its own slots and by others, end with it (rule 2.10).</summary>
    public State Remove(Instance dead) => new(Declaration,
    [
        .. from instance in Instances
           where instance.Id != dead
           let started = instance.Starter == dead ? instance with { Starter = null } : instance
           select started.Stopper == dead ? started with { Stopper = null } : started,
    ],
    Tasks);

    /// <inheritdoc/>
    public bool Equals(State? other) =>
        ReferenceEquals(this, other)
        || (other is not null && GetHashCode() == other.GetHashCode() && Declaration == other.Declaration
            && Instances.AsSpan().SequenceEqual(other.Instances.AsSpan()) && Tasks.AsSpan().SequenceEqual(other.Tasks.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as State);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash != 0 ? _hash : _hash = Hash();

    private int Hash()
    {
        var hash = 17;
        foreach (var instance in Instances) hash = hash * 31 + instance.GetHashCode();
        foreach (var task in Tasks) hash = hash * 31 + task.GetHashCode();
        return hash;
    }

    /// <summary>A line for each live instance, and for each forked task; one scope is no news.</summary>
    public IEnumerable<string> Describe()
    {
        if (Instances.IsEmpty && Tasks.IsEmpty) return ["(nothing is open)"];
        var scopes = Instances.Select(e => (e.Task, e.Cpu)).Distinct().Count();
        return [.. Instances.Select(e => e.Describe(scopes > 1)), .. Tasks.Select(task => task.ToString())];
    }

    /// <summary>The lines.</summary>
    public override string ToString() => string.Join("\n", Describe());
}
