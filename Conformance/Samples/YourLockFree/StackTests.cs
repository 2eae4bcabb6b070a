// Your own test of your own lock-free code: three threads in every schedule, access by access.
using PerfModel.Conformance.Schedules;
using Xunit;

namespace Your;

public class StackTests
{
    [Fact]
    public void Nothing_that_was_pushed_is_lost() =>
        Interleavings.Explore(
            () => new Stack<Hook>(),
            stack => Assert.Equal([1, 2], Left(stack).Order()),
            [
                stack => stack.Push(1),
                stack => stack.Push(2),
            ]).ThrowIfFailed();

    [Fact]
    public void Two_threads_do_not_pop_the_same()
    {
        var popped = new int?[2];
        var report = Interleavings.Explore(
            () => { var stack = new Stack<Hook>(); stack.Push(1); stack.Push(2); return stack; },
            _ => Assert.NotEqual(popped[0], popped[1]),
            [stack => popped[0] = stack.TryPop(), stack => popped[1] = stack.TryPop()]);
        Assert.True(report.IsExhaustive);
        Assert.Null(report.Failure);
    }

    private static List<int> Left(Stack<Hook> stack)
    {
        var left = new List<int>();
        while (stack.TryPop() is { } value) left.Add(value);
        return left;
    }

    /// <summary>Tells the engine of schedules.</summary>
    private readonly struct Hook : IHook
    {
        public static void Before<T>(ref readonly T location) => ScheduledAccess.Before(in location);

        public static void Stored() => ScheduledAccess.Stored();
    }
}
