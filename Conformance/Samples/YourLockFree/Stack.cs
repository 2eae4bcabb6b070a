// Your lock-free code, of whatever kind: a stack (Treiber, 1986).
namespace Your;

/// <summary>A stack that any thread may push to and pop from.</summary>
public sealed class Stack<THook>
    where THook : struct, IHook
{
    private Shared<Node, THook> _head;

    public void Push(int value)
    {
        while (true)
        {
            var head = _head.LoadAcquire();
#if MISTAKE
            // Loads and then stores: a push that comes in between is lost.
            _head.StoreRelease(new Node(value, head));
            return;
#else
            if (_head.TryExchange(new Node(value, head), head)) return;
#endif
        }
    }

    public int? TryPop()
    {
        while (_head.LoadAcquire() is { } head)
            if (_head.TryExchange(head.Next, head)) return head.Value;
        return null;
    }

    private sealed record Node(int Value, Node? Next);
}
