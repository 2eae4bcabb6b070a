// struct perf_event of the posted patch, and of its base kernel as far as the patch depends on it.
using PerfModel.Model;

namespace PerfModel.Posted;

/// <summary>event->state.</summary>
internal enum EventState
{
    /// <summary>PERF_EVENT_STATE_OFF.</summary>
    Off,

    /// <summary>PERF_EVENT_STATE_INACTIVE.</summary>
    Inactive,

    /// <summary>PERF_EVENT_STATE_ACTIVE.</summary>
    Active,
}

/// <summary>An event, or the copy of one in a child.</summary>
/// <param name="id">Its name.</param>
/// <param name="attributes">What it was opened with, its own task in it.</param>
/// <param name="parent">event->parent: of a copy, the event of the user's that it descends from.</param>
internal sealed class PerfEvent(Instance id, Attributes attributes, PerfEvent? parent = null)
{
    private readonly Links _starter = new($"{id}", "starter"), _stopper = new($"{id}", "stopper");

    /// <summary>Its name.</summary>
    public Instance Id => id;

    /// <summary>What it was opened with.</summary>
    public Attributes Attributes => attributes;

    /// <summary>event->parent, or null.</summary>
    public PerfEvent? Parent => parent;

    /// <summary>The index of its context: what only counts is a hardware event here, what samples a software event.</summary>
    public int Context => attributes.Period == 0 ? 0 : 1;

    /// <summary>The location of all fields but those of links.</summary>
    public Location Core { get; } = new($"{id}");

    /// <summary>event->starter_stopper_mutex. Whether it is there says whether the memory of an event of the user's is.</summary>
    public Mutex Mutex { get; } = new($"{id}", "starter_stopper_mutex");

    /// <summary>The user has closed it, or its task has ended: no call finds it.</summary>
    public bool Gone { get; set; }

    /// <summary>event->filp->f_count: its descriptor, the calls that use it, its copies.</summary>
    public int References { get; set; } = 1;

    /// <summary>Of a copy: its memory was freed.</summary>
    public bool Freed { get; set; }

    /// <summary>The user's Enable and Disable, as the last statement of either leaves it.</summary>
    public bool Enabled { get; set; } = attributes.Enabled;

    /// <summary>Its context is on the cpu.</summary>
    public bool Scheduled { get; set; }

    /// <summary>event->state.</summary>
    public EventState State { get; set; } = attributes.Enabled ? EventState.Inactive : EventState.Off;

    /// <summary>event->paused.</summary>
    public bool Paused { get; set; }

    /// <summary>Between pmu->add and pmu->del.</summary>
    public bool OnPmu { get; set; }

    /// <summary>The hardware's own: it counts. Apart from <see cref="Paused"/>, which it ought to follow.</summary>
    public bool Running { get; set; }

    /// <summary>hwc->interrupts == MAX_INTERRUPTS.</summary>
    public bool Throttled { get; set; }

    /// <summary>The count.</summary>
    public long Count { get; set; }

    /// <summary>The counts of copies that have exited.</summary>
    public Int128 LeftByCopies { get; set; }

    /// <summary>The records written.</summary>
    public long Samples { get; set; }

    /// <summary>event->overflow_handler == perf_event_pause_resume.</summary>
    public bool Handler { get; set; }

    /// <summary>Handlers that stand between the test of its state and the end of their visit. Interrupts are off there, so that it is not switched out.</summary>
    public int Visits { get; set; }

    /// <summary>Those of them that have tested its gate and are about to move it: says when D12 happens, and changes nothing.</summary>
    public int Moving { get; set; }

    /// <summary>Its fields of one role.</summary>
    public Links Of(Role role) => role == Role.Starter ? _starter : _stopper;

    /// <summary>The name.</summary>
    public override string ToString() => id.ToString();

    /// <summary>The fields of one role, each a location of its own. A field is read without a statement where a mutex holds it still.</summary>
    internal sealed class Links(string owner, string role)
    {
        private readonly Location _slot = new(owner), _list = new(owner), _entry = new(owner);

        /// <summary>event->starter.</summary>
        public PerfEvent? Slot { get; private set; }

        /// <summary>event->starter_list: its first target.</summary>
        public PerfEvent? First { get; private set; }

        /// <summary>event->starter_entry.next: the next target of the same trigger.</summary>
        public PerfEvent? Next { get; private set; }

        /// <summary>The target whose slot was claimed, and that is not on the list with the handler set: says when D31 and D36 happen, and changes nothing.</summary>
        public PerfEvent? Claimed { get; set; }

        /// <summary>Of a copy: the copy on whose list it is. The patch knows it from the list only (D39).</summary>
        public PerfEvent? ListedBy { get; set; }

        /// <summary>The load of the slot.</summary>
        public Statement<PerfEvent?> LoadSlot() => _slot.Load(role, () => Slot);

        /// <summary>The store of the slot, which the patch never makes.</summary>
        public Statement<PerfEvent?> StoreSlot(PerfEvent? trigger) => _slot.Store(role, () => Slot = trigger);

        /// <summary>cmpxchg(&amp;target->starter, NULL, event): what was there.</summary>
        public Statement<PerfEvent?> Claim(PerfEvent trigger, Action claimed) => _slot.Swap(role, () =>
        {
            if (Slot is { } owned) return owned;
            Slot = trigger;
            claimed();
            return null;
        }, shown: () => Slot);

        /// <summary>The load of the first target.</summary>
        public Statement<PerfEvent?> LoadFirst() => _list.Load($"{role}_list", () => First);

        /// <summary>The load of the next target.</summary>
        public Statement<PerfEvent?> LoadNext() => _entry.Load($"{role}_entry", () => Next);

        /// <summary>The store of the first target.</summary>
        public Statement<PerfEvent?> StoreFirst(PerfEvent? target) => _list.Store($"{role}_list", () => First = target);

        /// <summary>The store of the next target.</summary>
        public Statement<PerfEvent?> StoreNext(PerfEvent? target) => _entry.Store($"{role}_entry", () => Next = target);

        /// <summary>A store that nobody else can see: the entry is on no list yet, or the whole list is a child's that does not run yet.</summary>
        public void SetNextUnseen(PerfEvent? target) => Next = target;

        /// <summary>The same of the first target.</summary>
        public void SetFirstUnseen(PerfEvent? target) => First = target;
    }
}
