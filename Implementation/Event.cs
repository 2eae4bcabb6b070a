// An instance of an event: what was fixed when it was opened or copied, its word, its two slots, and the links it holds as a trigger.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace PerfModel.Implementation;

public partial class PerfEvents<THook>
{
    /// <summary>The effect of a link on its target when the trigger overflows.</summary>
    private enum Role
    {
        /// <summary>Opens the gate (rule 4.9).</summary>
        Starter,

        /// <summary>Pauses it (rule 4.10).</summary>
        Stopper,
    }

    /// <summary>
    /// One instance of an event, its own or a copy. Its life is monotone: live from the moment it is in its place of the handle table,
    /// or its task runs; then dead for ever. A dead one refers to its family alone, so that it cannot chain live events to dead ones; and one
    /// that had a leader to that one, which refers to nobody.
    /// </summary>
    [DebuggerDisplay("{DebuggerDisplay,nq}")]
    private sealed partial class Event
    {
        /// <summary>That of the event: a copy has the handle of its source, and is told by its task (rule 6.4).</summary>
        public readonly EventHandle Handle;

        /// <summary>The instance's: that of a copy is a forked one.</summary>
        public readonly int Task;

        /// <summary>A declared one, or any.</summary>
        public readonly int Cpu;

        /// <summary>0 is a counting event.</summary>
        public readonly long SamplePeriod;

        /// <summary>Shared by an event and all its copies; null if no fork can copy it (rule 6.3).</summary>
        public readonly Family? Family;

        /// <summary>The part that the instance has in a group; null if none, and in every dialect but Linux613.</summary>
        public readonly Group? Group;

        // Everything that must change together (EventWord.cs).
        private SharedLong _word;

        // The truth about links to this event as a target. A slot holds, in this order:
        //   null       it never had an owner
        //   a link     held while both its ends are live; after its trigger's death whoever comes next replaces it
        //   Tombstone  this event is dead and was swept
        // It never holds the same link twice, nor goes back to null: a compare-exchange that finds the expected link has missed nothing.
        private SharedReference<Link> _starter;
        private SharedReference<Link> _stopper;

        // As a trigger: a superset of the links it holds, to walk when it overflows. A leader has no links, and its members here (Groups.cs).
        private Links _starts;
        private Links _stops;

        // Overflow records written (rule 4.12). Not in the word: no other rule reads it. Last, so that what a visit needs lies together.
        private SharedLong _samples;

        /// <summary>An event that no other thread can see yet: the compare-exchange that puts it in its place publishes all this.</summary>
        public Event(EventHandle handle, in EventAttributes attributes, Group? group)
        {
            Handle = handle;
            Task = attributes.Task;
            Cpu = attributes.Cpu;
            SamplePeriod = attributes.SamplePeriod;
            if (attributes is { Inherit: true, Task: not EventAttributes.NoTask }) Family = new Family();
            Group = group;
            _word = new SharedLong(EventWord.Opened(attributes.Enabled, attributes.StartPaused).Bits);
        }

        /// <summary>A copy for a task that does not run yet (rule 6.4); its slots are free. The start of the task publishes all this.</summary>
        /// <remarks>It does not refer to its source: no death in the middle of a family matters, or keeps memory (rule 6.6).</remarks>
        public Event(Event source, EventWord word, int task, Group? group)
        {
            Handle = source.Handle;
            Task = task;
            Cpu = source.Cpu;
            SamplePeriod = source.SamplePeriod;
            Family = source.Family;
            Group = group;
            _word = new SharedLong(word.Bits);
        }

        /// <summary>Counting events never overflow (rule 4.4).</summary>
        public bool IsSampling => SamplePeriod > 0;

        /// <summary>Whether links may join this event and another: equal task, equal cpu (rule 2.3).</summary>
        public bool SharesScopeWith(Event other) => Task == other.Task && Cpu == other.Cpu;

        /// <summary>Acquire; which step of which call it is, each use says.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public EventWord LoadWord(Row row = Row.None) => new(_word.LoadAcquire(row));

        /// <summary>False is for good, true held at the moment of the load.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool IsLive(Row row = Row.None) => !LoadWord(row).IsDead;

        /// <summary>One atomic step from the state that was seen to the next, or false if the state is no longer that.</summary>
        /// <remarks>
        /// The count only grows and the dead stay dead, but the other bits can come back (ABA): the word may hold the value seen after
        /// having held something else. No harm: the next word depends on the seen one alone, so it is right for the later moment too.
        /// </remarks>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryChange(EventWord seen, EventWord next, Row row = Row.None)
        {
            Debug.Assert(!seen.IsDead, "The dead do not change.");
            return _word.CompareExchange(next.Bits, seen.Bits, row) == seen.Bits;
        }

        public long AddSamples(long overflows) => _samples.Add(overflows, Row.M25);

        public long LoadSamples() => _samples.LoadAcquire(Row.M37);

        /// <summary>Where this event, as a target, names the holder of a role.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ref SharedReference<Link> Slot(Role role)
        {
            if (role == Role.Starter) return ref _starter;
            return ref _stopper;
        }

        /// <summary>Where this event, as a trigger, finds its targets of a role.</summary>
        public ref Links LinksOf(Role role)
        {
            if (role == Role.Starter) return ref _starts;
            return ref _stops;
        }

        // Read without any order between the parts: while other threads run it may show a state that never was.
        private string DebuggerDisplay
        {
            get
            {
                EventWord word = new(_word.PeekWithoutHook());
                string Owner(Link? link) => link?.Trigger is { } owner ? owner.Handle.ToString() : "none";
                return string.Create(CultureInfo.InvariantCulture,
                    $"{Handle} in task {Task}: {word}, samples {_samples.PeekWithoutHook()}, starter {Owner(_starter.PeekWithoutHook())}, stopper {Owner(_stopper.PeekWithoutHook())}");
            }
        }
    }
}
