// The closed set of operations; ToString is the text grammar's word for each.

namespace PerfModel.Model;

/// <summary>The two things that a trigger can be to a target (chapter 2).</summary>
public enum Role
{
    /// <summary>Its overflow opens the target's gate.</summary>
    Starter,

    /// <summary>Its overflow pauses the target.</summary>
    Stopper,
}

/// <summary>The arguments of Open (rules 1.1 and 1.3).</summary>
/// <param name="Task">The task's name, or −1 for none.</param>
/// <param name="Cpu">The cpu, or −1 for any.</param>
/// <param name="Period">0 (count only, never overflow) … 2⁵³−1.</param>
/// <param name="Inherit">Whether forks copy the event (chapter 6).</param>
/// <param name="Enabled">Whether it starts enabled.</param>
/// <param name="StartPaused">Whether it starts paused; not in Patch2011 (rules 8.4, 8.5 and 8.13).</param>
public readonly record struct Attributes(
    int Task = -1, int Cpu = -1, long Period = 0, bool Inherit = false, bool Enabled = false, bool StartPaused = false)
{
    /// <summary>Whether the event can be paused and resumed by others; Linux613 only (rules 8.10, 8.13 and 8.14).</summary>
    public bool Aux { get; init; }

    /// <summary>The leader of its group, which is the target of its role; Linux613 only (rules 8.10 and 8.14).</summary>
    public Handle? Leader { get; init; }

    /// <summary>Whether its overflow pauses its leader; Linux613 only (rules 8.10, 8.12 and 8.16).</summary>
    public bool Pauses { get; init; }

    /// <summary>Whether its overflow resumes its leader; Linux613 only (rules 8.10, 8.12 and 8.16).</summary>
    public bool Resumes { get; init; }

    /// <summary>Whether it is asked for anything of a group (rule 8.10).</summary>
    public bool Grouped => Aux || Leader is not null || Pauses || Resumes;

    /// <summary>No task, any cpu, counting, disabled: the default attributes of Open.</summary>
    public Attributes()
        : this(Task: -1)
    {
    }

    /// <summary>The attributes that differ from the defaults, separated by commas.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (Task != -1) parts.Add(FormattableString.Invariant($"task {Task}"));
        if (Cpu != -1) parts.Add(FormattableString.Invariant($"cpu {Cpu}"));
        if (Period != 0) parts.Add(FormattableString.Invariant($"period {Period}"));
        if (Inherit) parts.Add("inherit");
        if (Enabled) parts.Add("enabled");
        if (StartPaused) parts.Add("paused");
        if (Aux) parts.Add("aux");
        if (Leader is { } leader) parts.Add($"leader {leader}");
        if (Pauses) parts.Add("pauses");
        if (Resumes) parts.Add("resumes");
        return string.Join(", ", parts);
    }
}

/// <summary>One operation on a system: a user's call, a move of the hardware, or a read.</summary>
public abstract record Operation
{
    private Operation() { }

    /// <summary>The word for it in the text grammar.</summary>
    public abstract string Verb { get; }

    /// <summary>Whether it only reads (rule 1.9).</summary>
    public virtual bool IsRead => false;

    /// <summary>The handles it names, but for the one that an Open binds.</summary>
    public abstract IEnumerable<Handle> Uses { get; }

    /// <summary>The text between the parentheses.</summary>
    protected abstract string Arguments { get; }

    /// <summary>The operation in the text grammar.</summary>
    public sealed override string ToString() =>
        this is Open { Name: var name } ? $"{name} = {Verb}({Arguments})" : $"{Verb}({Arguments})";

    /// <summary>Opens an event; the name stands for the handle that the call returns (rules 1.1 to 1.6).</summary>
    public sealed record Open(Handle Name, Attributes Attributes) : Operation
    {
        /// <inheritdoc/>
        public override string Verb => "Open";

        /// <inheritdoc/>
        public override IEnumerable<Handle> Uses => Attributes.Leader is { } leader ? [leader] : [];

        /// <inheritdoc/>
        protected override string Arguments => Attributes.ToString();
    }

    /// <summary>Makes <paramref name="Trigger"/> the starter or the stopper of <paramref name="Target"/> (chapter 2).</summary>
    public sealed record SetLink(Role Role, Handle Trigger, Handle Target) : Operation
    {
        /// <inheritdoc/>
        public override string Verb => Role == Role.Starter ? "SetStarter" : "SetStopper";

        /// <inheritdoc/>
        public override IEnumerable<Handle> Uses => [Trigger, Target];

        /// <inheritdoc/>
        protected override string Arguments => $"{Trigger}, {Target}";
    }

    /// <summary>A user's call on an event by its handle: Close, Enable, Disable, TotalCount (rules 1.8, 3.2, 6.10 and 6.11).</summary>
    public abstract record OnEvent(Handle Event) : Operation
    {
        /// <inheritdoc/>
        public sealed override IEnumerable<Handle> Uses => [Event];

        /// <inheritdoc/>
        protected sealed override string Arguments => Event.ToString();
    }

    /// <summary>A move of the hardware on one instance, or a read of it.</summary>
    public abstract record OnInstance(Instance Instance) : Operation
    {
        /// <inheritdoc/>
        public sealed override IEnumerable<Handle> Uses => [Instance.Event];

        /// <inheritdoc/>
        protected override string Arguments => Instance.ToString();
    }

    /// <summary>A read of one instance (rule 1.9).</summary>
    public abstract record Read(Instance Instance) : OnInstance(Instance)
    {
        /// <inheritdoc/>
        public sealed override bool IsRead => true;
    }

    /// <summary>Ends an event (rule 1.8).</summary>
    public sealed record Close(Handle Event) : OnEvent(Event)
    {
        /// <inheritdoc/>
        public override string Verb => "Close";
    }

    /// <summary>Lets an event count when scheduled (rule 3.2).</summary>
    public sealed record Enable(Handle Event) : OnEvent(Event)
    {
        /// <inheritdoc/>
        public override string Verb => "Enable";
    }

    /// <summary>Turns an event off (rule 3.2).</summary>
    public sealed record Disable(Handle Event) : OnEvent(Event)
    {
        /// <inheritdoc/>
        public override string Verb => "Disable";
    }

    /// <summary>The scheduler gives the instance its counter (rule 3.3).</summary>
    public sealed record ScheduleIn(Instance Instance) : OnInstance(Instance)
    {
        /// <inheritdoc/>
        public override string Verb => "ScheduleIn";
    }

    /// <summary>The scheduler takes the counter away (rule 3.3).</summary>
    public sealed record ScheduleOut(Instance Instance) : OnInstance(Instance)
    {
        /// <inheritdoc/>
        public override string Verb => "ScheduleOut";
    }

    /// <summary>Too many overflows: the hardware is silenced until the tick (rule 5.1).</summary>
    public sealed record Throttle(Instance Instance) : OnInstance(Instance)
    {
        /// <inheritdoc/>
        public override string Verb => "Throttle";
    }

    /// <summary>The tick that ends a throttle (rule 5.2).</summary>
    public sealed record Unthrottle(Instance Instance) : OnInstance(Instance)
    {
        /// <inheritdoc/>
        public override string Verb => "Unthrottle";
    }

    /// <summary>Reads the sum of the counts of an event in all its tasks (rule 6.10).</summary>
    public sealed record TotalCount(Handle Event) : OnEvent(Event)
    {
        /// <inheritdoc/>
        public override string Verb => "TotalCount";

        /// <inheritdoc/>
        public override bool IsRead => true;
    }

    /// <summary>A task forks: <paramref name="Child"/> runs from then on, with copies of the inherited events of <paramref name="Task"/> (rule 6.2).</summary>
    public sealed record Fork(int Task, int Child) : Operation
    {
        /// <inheritdoc/>
        public override string Verb => "Fork";

        /// <inheritdoc/>
        public override IEnumerable<Handle> Uses => [];

        /// <inheritdoc/>
        protected override string Arguments => FormattableString.Invariant($"{Task}, {Child}");
    }

    /// <summary>A forked task ends, and its copies with it (rule 6.9).</summary>
    public sealed record Exit(int Task) : Operation
    {
        /// <inheritdoc/>
        public override string Verb => "Exit";

        /// <inheritdoc/>
        public override IEnumerable<Handle> Uses => [];

        /// <inheritdoc/>
        protected override string Arguments => FormattableString.Invariant($"{Task}");
    }

    /// <summary>The hardware counts <paramref name="Amount"/> occurrences, 0…2³²−1 (rules 4.2 to 4.6).</summary>
    public sealed record Tick(Instance Instance, long Amount) : OnInstance(Instance)
    {
        /// <inheritdoc/>
        public override string Verb => "Tick";

        /// <inheritdoc/>
        protected override string Arguments => FormattableString.Invariant($"{Instance}, {Amount}");
    }

    /// <summary>The hardware reports an overflow (rules 4.7 and 4.8).</summary>
    public sealed record Overflow(Instance Instance) : OnInstance(Instance)
    {
        /// <inheritdoc/>
        public override string Verb => "Overflow";
    }

    /// <summary>Reads the count (rule 4.14).</summary>
    public sealed record CountOf(Instance Instance) : Read(Instance)
    {
        /// <inheritdoc/>
        public override string Verb => "Count";
    }

    /// <summary>Reads off, inactive or active (rule 3.1).</summary>
    public sealed record StateOf(Instance Instance) : Read(Instance)
    {
        /// <inheritdoc/>
        public override string Verb => "State";
    }

    /// <summary>Reads the gate (rule 4.13).</summary>
    public sealed record PausedOf(Instance Instance) : Read(Instance)
    {
        /// <inheritdoc/>
        public override string Verb => "Paused";
    }

    /// <summary>Reads which owner a slot names (rule 2.11).</summary>
    public sealed record OwnerOf(Role Role, Instance Instance) : Read(Instance)
    {
        /// <inheritdoc/>
        public override string Verb => Role == Role.Starter ? "StarterOf" : "StopperOf";
    }

    /// <summary>Reads the overflow records written (rule 4.14).</summary>
    public sealed record SamplesOf(Instance Instance) : Read(Instance)
    {
        /// <inheritdoc/>
        public override string Verb => "Samples";
    }
}
