// A link: one attempt of one trigger to hold one role for one target; or of one event to be on the roster of its task.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace PerfModel.Implementation;

public partial class PerfEvents<THook>
{
    /// <summary>
    /// One attempt of SetStarter or SetStopper. It lies in its trigger's table before it is tried on the target's slot, and it is
    /// <i>held</i> exactly while it lies in the slot and both ends are live.
    /// </summary>
    /// <remarks>
    /// <code>
    ///   pending ──▶ claimed      the slot took it; held until an end dies
    ///      └──────▶ abandoned    refused after it was published; it will never be claimed
    /// </code>
    /// An object for each attempt, not one for each (trigger, target, role): were it shared, a refused attempt could not be dropped
    /// from the table without dropping the claim that another thread has just made with the same object.
    /// <para>
    /// A link without a trigger is an entry of a roster (<see cref="TaskTable"/>): its task stands where the trigger would, the place
    /// of the handle where the slot would. It dies of the same two causes, so the same table keeps it.
    /// </para>
    /// </remarks>
    [DebuggerDisplay("{DebuggerDisplay,nq}")]
    private sealed partial class Link
    {
        /// <summary>In a slot: the target is dead. In the way of any later claim.</summary>
        public static readonly Link Tombstone = new();

        /// <summary>In a table: nothing will ever be added here, the table is being replaced.</summary>
        public static readonly Link Frozen = new();

        /// <summary>Null in the two sentinels, and on a roster.</summary>
        public readonly Event? Trigger;

        /// <summary>Null in the two sentinels only.</summary>
        public readonly Event? Target;

        // 1 after Abandon. Not to be told from a pending link by looking at the slot, in which neither lies.
        private SharedLong _abandoned;

        public Link(Event trigger, Event target)
        {
            Trigger = trigger;
            Target = target;
        }

        /// <summary>An entry of the roster of the event's task.</summary>
        public Link(Event enrolled) => Target = enrolled;

        private Link()
        {
        }

        /// <summary>The attempt was refused. Only the attempt itself says so, once, and never tries the slot, or the place, again.</summary>
        // M17, release: pairs with the load in IsDeadEntry. The interlocked count of the dead that follows (M20) is a fence
        // as well; release is what the meaning asks for: whoever reads 1 reads it after the last look at the slot.
        public void Abandon() => _abandoned.StoreRelease(1, Row.M17);

        /// <summary>Whether no overflow will ever move a gate through this link: it was abandoned, or its target is dead.</summary>
        /// <remarks>Monotone. A pending link is not dead: it may be claimed at any moment, and must then be found by overflows.</remarks>
        // M18, acquire: pairs with Abandon (M17); M19, acquire: pairs with the dead bit (M27). Late news of either is safe, it only
        // keeps a dead entry for one rebuild more.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool IsDeadEntry() => _abandoned.LoadAcquire(Row.M18) != 0 || !Target!.IsLive(Row.M19);

        private string DebuggerDisplay =>
            Target is null
                ? ReferenceEquals(this, Tombstone) ? "tombstone" : "frozen"
                : string.Create(CultureInfo.InvariantCulture,
                    $"{Trigger?.Handle.ToString() ?? "roster"} -> {Target.Handle}{(_abandoned.PeekWithoutHook() != 0 ? ", abandoned" : "")}");
    }
}
