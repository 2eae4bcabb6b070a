// A memory with store buffers behind the hook: store buffering shows through the accessors that ship, and an interlocked store forbids it.
using System.Reflection;
using System.Runtime.CompilerServices;
using PerfModel.Implementation;
using Xunit;

namespace PerfModel.Conformance.Tests;

public class StoreBufferTests
{
    // Owens, Sarkar and Sewell, "A better x86 memory model: x86-TSO" (2009): the litmus test SB.
    [Theory]
    [InlineData(AccessKind.StoreRelease, false, true)]
    [InlineData(AccessKind.StoreRelease, true, false)]
    [InlineData(AccessKind.CompareExchange, false, false)]
    [InlineData(AccessKind.Add, false, false)]
    public void Both_loads_of_store_buffering_answer_zero_only_if_the_stores_can_wait(AccessKind store, bool drainsAtOnce, bool expected)
    {
        var outcomes = Litmus.Outcomes(store, drainsAtOnce);
        Assert.Equal(expected, outcomes.Contains((0, 0)));
        // What a machine without buffers answers, none of which needs a store to wait.
        if (!expected) Assert.Equal([(0, 1), (1, 0), (1, 1)], outcomes.Order());
    }

    [Fact]
    public void A_load_is_served_from_the_own_buffer_first_and_stores_leave_it_in_order()
    {
        long x = 0, y = 0;
        StoreBuffers.Reset();
        StoreBuffers.Thread = 0;
        StoreBuffers.Access(AccessKind.StoreRelease, ref x, 1, 0, Row.None);
        StoreBuffers.Access(AccessKind.StoreRelease, ref x, 2, 0, Row.None);
        StoreBuffers.Access(AccessKind.StoreRelease, ref y, 3, 0, Row.None);
        Assert.Equal((2, 0, 0), (StoreBuffers.Access(AccessKind.LoadAcquire, ref x, 0, 0, Row.None), x, y));
        StoreBuffers.DrainOne(0);
        Assert.Equal((1, 0), (x, y));
        Assert.Equal(2, StoreBuffers.Access(AccessKind.Exchange, ref x, 4, 0, Row.None));
        Assert.Equal((4, 3), (x, y));
    }

    /// <summary>FIFO buffers, one for each thread of a simulated machine: total store order. Nobody else runs, so there is nothing to lock.</summary>
    internal readonly struct StoreBuffers : ISchedulingHook
    {
        private static readonly Queue<(nint Location, long Value)>[] s_buffers = [new(), new()];

        public static int Thread { get; set; }

        public static void Reset() => Array.ForEach(s_buffers, buffer => buffer.Clear());

        /// <summary>The oldest store of a thread reaches memory.</summary>
        public static void DrainOne(int thread)
        {
            if (s_buffers[thread].TryDequeue(out var store)) At(store.Location) = store.Value;
        }

        public static long Access(AccessKind kind, ref long location, long operand, long comparand, Row row)
        {
            var own = s_buffers[Thread];
            var address = AddressOf(ref location);
            switch (kind)
            {
                case AccessKind.StoreRelease:
                    own.Enqueue((address, operand));
                    return 0;
                case AccessKind.LoadAcquire:
                    var waiting = own.Where(store => store.Location == address).ToList();
                    return waiting.Count > 0 ? waiting[^1].Value : location;
                default:
                    while (own.Count > 0) DrainOne(Thread);
                    return NoHook.Access(kind, ref location, operand, comparand, row);
            }
        }

        // Its stores do not wait: a reference cannot lie in a buffer by its address.
        public static T? Access<T>(AccessKind kind, ref T? location, T? operand, T? comparand, Row row)
            where T : class
        {
            while (s_buffers[Thread].Count > 0) DrainOne(Thread);
            return NoHook.Access(kind, ref location, operand, comparand, row);
        }

        private static nint AddressOf(ref long location) => Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref Unsafe.As<long, byte>(ref location));

        private static ref long At(nint address) => ref Unsafe.As<byte, long>(ref Unsafe.AddByteOffset(ref Unsafe.NullRef<byte>(), address));
    }

    /// <summary>SB by the accessors of the library, which are private to it: each thread stores into its location, then loads the other's.</summary>
    private static class Litmus
    {
        private delegate long Load<T>(ref T location, Row row);

        private delegate void Store<T>(ref T location, long value, Row row);

        private delegate long Add<T>(ref T location, long amount, Row row);

        private delegate long CompareExchange<T>(ref T location, long value, long expected, Row row);

        // The steps of a schedule: a thread's store, its load.
        private static readonly int[][] s_schedules = [[0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0], [1, 0, 0, 1], [1, 0, 1, 0], [1, 1, 0, 0]];

        public static HashSet<(long, long)> Outcomes(AccessKind store, bool drainsAtOnce)
        {
            var shared = typeof(PerfEvents<>).GetNestedType("SharedLong", BindingFlags.NonPublic)!.MakeGenericType(typeof(StoreBuffers));
            var run = typeof(Litmus).GetMethod(nameof(Run), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(shared).CreateDelegate<Func<AccessKind, bool, int[], (long, long)>>();
            return [.. s_schedules.Select(schedule => run(store, drainsAtOnce, schedule))];
        }

        private static (long, long) Run<T>(AccessKind store, bool drainsAtOnce, int[] schedule)
        {
            var load = Method<Load<T>>("LoadAcquire");
            var locations = GC.AllocateArray<T>(2, pinned: true);
            var (steps, loaded) = (new int[2], new long[2]);
            StoreBuffers.Reset();
            foreach (var thread in schedule)
            {
                StoreBuffers.Thread = thread;
                if (steps[thread]++ > 0) loaded[thread] = load(ref locations[1 - thread], Row.None);
                else if (store == AccessKind.StoreRelease) Method<Store<T>>("StoreRelease")(ref locations[thread], 1, Row.None);
                else if (store == AccessKind.Add) Method<Add<T>>("Add")(ref locations[thread], 1, Row.None);
                else Method<CompareExchange<T>>("CompareExchange")(ref locations[thread], 1, 0, Row.None);
                if (drainsAtOnce) StoreBuffers.DrainOne(thread);
            }

            return (loaded[0], loaded[1]);

            static TDelegate Method<TDelegate>(string name)
                where TDelegate : Delegate => typeof(T).GetMethod(name)!.CreateDelegate<TDelegate>();
        }
    }
}
