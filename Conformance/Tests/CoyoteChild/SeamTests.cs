// The explored code touches shared state only where the scheduler can see it, and the lint that says so catches what it must.
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Engines;
using Xunit;

namespace PerfModel.Conformance.Tests.CoyoteChild;

public class SeamTests
{
    private const string SampleScope = "PerfModel.Conformance.Tests.CoyoteChild.Samples";

    private static readonly string[] Samples =
        Lint(typeof(SeamTests).Assembly.Location, $"{SampleScope}.Shared`1,{SampleScope}.SharedLong", SampleScope);

    [Fact]
    public void The_implementation_touches_shared_state_only_where_the_scheduler_sees_it()
    {
        const string Room = "PerfModel.Implementation";
        Assert.Empty(Lint(Path.Combine(AppContext.BaseDirectory, Room + ".dll"), $"{Room}.PerfEvents`1/SharedLong,{Room}.PerfEvents`1/SharedReference`1,{Room}.NoHook", Room));
    }

    [Theory]
    [InlineData("Shared.ByteExchange calls Interlocked.Exchange(Byte, Byte): Coyote has no such overload and leaves the call as it is, unseen")]
    [InlineData("Shared.EnumExchange calls Interlocked.Exchange<DayOfWeek>: Coyote's overload is for classes only and throws for this type")]
    [InlineData("Shared.AnyExchange calls Interlocked.Exchange<T>: Coyote's overload is for classes only and throws for this type")]
    [InlineData("Shared.Fence calls Interlocked.MemoryBarrier(): Coyote has no such overload and leaves the call as it is, unseen")]
    [InlineData("Node.get_Mutable reads Node.<Mutable>k__BackingField plainly")]
    [InlineData("Node.set_Mutable writes Node.<Mutable>k__BackingField plainly")]
    [InlineData("Bad.ChangingStatic is a static field that can change: Coyote never sees static fields")]
    [InlineData("Bad.ReadsField reads Node.Word plainly")]
    [InlineData("Bad.WritesField writes Node.Word plainly")]
    [InlineData("Bad.CompoundField reads Node.Word plainly")]
    [InlineData("Bad.CompoundField writes Node.Word plainly")]
    [InlineData("Bad.ReadsThroughLocal reads Node.Word plainly")]
    [InlineData("Bad.ReadsElement reads an array element plainly: Coyote never sees array elements")]
    [InlineData("Bad.WritesElement writes an array element plainly: Coyote never sees array elements")]
    [InlineData("Bad.RefLocal takes the address of an array element, and not for an accessor")]
    [InlineData("Bad.ThroughRef reads through a reference plainly: Coyote never sees that")]
    [InlineData("Bad.InterlockedItself calls Interlocked.Increment itself instead of an accessor")]
    [InlineData("Bad.AddressToStranger takes the address of Node.Word, and not for an accessor")]
    [InlineData("Bad.Locks uses Monitor.Enter: lock-free code neither waits nor starts anything")]
    [InlineData("Bad.Spins uses SpinWait.SpinOnce: lock-free code neither waits nor starts anything")]
    [InlineData("Bad.Copies uses Array.Copy: it reaches array elements or memory behind Coyote's back")]
    [InlineData("BadFields._word is a volatile field: Coyote stands before Volatile and Interlocked, not before the keyword")]
    [InlineData("BadFields._nodes is a List: what it shares inside is out of Coyote's sight")]
    [InlineData("Tally.CountsPlainly reads Tally._sum plainly")]
    [InlineData("Tally.CountsPlainly writes Tally._sum plainly")]
    [InlineData("BadFields.CopiesAccessor reads BadFields._shared plainly")]
    [InlineData("BadFields.ReadsWrittenArray reads an array element plainly: Coyote never sees array elements")]
    public void Lint_complains_about(string sentence) => Assert.Contains(sentence, Samples);

    [Theory]
    [InlineData("Good")]
    [InlineData("Counters")]
    [InlineData("Pair")]
    [InlineData("SharedLong")]
    [InlineData("Shared.LoadAcquire")]
    [InlineData("Shared.TryExchange")]
    [InlineData("Shared.AcceptedPlainInside")]
    public void Lint_lets_good_code_pass(string place) =>
        Assert.DoesNotContain(Samples, sentence => sentence.StartsWith(place, StringComparison.Ordinal));

    [Fact]
    public void Lint_refuses_a_rewritten_copy()
    {
        string copy = Path.Combine(AppContext.BaseDirectory, "coyote", "PerfModel.Implementation.dll");
        var refusal = Assert.Throws<SubjectException>(() => Lint(copy, "Any", "PerfModel"));
        Assert.Equal("PerfModel.Implementation.dll is a rewritten copy; the original is what to look at", refusal.Message);
    }

    private static string[] Lint(string assembly, string accessors, string scope) =>
        [.. CoyoteTests.Ask<Reply.Violations>(new Request.Lint(assembly, [.. accessors.Split(',')], scope)).Lines];
}
