// Your accessors: every access to shared memory goes through them, and a hook that the JIT leaves out of the shipped build sees each.
namespace Your;

/// <summary>Is told of each access to shared memory before it is made, and of each store after it.</summary>
public interface IHook
{
    /// <summary>The thread is about to access the location.</summary>
    static abstract void Before<T>(ref readonly T location);

    /// <summary>The access that was announced last has stored.</summary>
    static abstract void Stored();
}

/// <summary>The hook of the shipped build: nobody is told.</summary>
public readonly struct NoHook : IHook
{
    /// <inheritdoc/>
    public static void Before<T>(ref readonly T location)
    {
    }

    /// <inheritdoc/>
    public static void Stored()
    {
    }
}

/// <summary>A reference that threads share.</summary>
public struct Shared<T, THook>
    where T : class
    where THook : struct, IHook
{
    private T? _value;

    /// <summary>Loads the reference; what follows in program order stays after it.</summary>
    public readonly T? LoadAcquire()
    {
        THook.Before(in _value);
        return Volatile.Read(in _value);
    }

    /// <summary>Stores the reference; what precedes in program order stays before it.</summary>
    public void StoreRelease(T? value)
    {
        THook.Before(in _value);
        Volatile.Write(ref _value, value);
        THook.Stored();
    }

    /// <summary>Stores the value if the expected one is there; whether it was.</summary>
    public bool TryExchange(T? value, T? expected)
    {
        THook.Before(in _value);
        if (!ReferenceEquals(Interlocked.CompareExchange(ref _value, value, expected), expected)) return false;
        THook.Stored();
        return true;
    }
}
