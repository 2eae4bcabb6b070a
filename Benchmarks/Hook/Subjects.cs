// What is compiled and compared: the shipped library, its copy without the hook, and the library with a hook that does something.
using System.Reflection;
using System.Runtime.CompilerServices;
using PerfModel.Implementation;

namespace PerfModel.Benchmarks.Hook;

/// <summary>A hook that costs: what the comparison must tell from no hook, or it could tell nothing.</summary>
internal readonly struct CountingHook : ISchedulingHook
{
    internal static int Accesses;

    /// <summary>Counts the access, and performs it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Access(AccessKind kind, ref long location, long operand, long comparand, Row row)
    {
        Accesses++;
        return NoHook.Access(kind, ref location, operand, comparand, row);
    }

    /// <summary>Counts the access, and performs it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T? Access<T>(AccessKind kind, ref T? location, T? operand, T? comparand, Row row)
        where T : class
    {
        Accesses++;
        return NoHook.Access(kind, ref location, operand, comparand, row);
    }
}

/// <summary>Runs in the child process: has the JIT compile every method of the three, in the same order, without running any.</summary>
internal static class Subjects
{
    private const BindingFlags Declared =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Which methods the JIT shall print, in the syntax of its setting JitDisasm: those of the three systems and their nested types.</summary>
    public const string Pattern = "PerfModel.Implementation.PerfEvents`1*:* PerfModel.WithoutHook.PerfEvents:* PerfModel.WithoutHook.PerfEvents+*:*";

    /// <summary>Compiles them all; what the JIT makes of them, it writes where it was told to when the process was started.</summary>
    public static void Compile()
    {
        foreach (Type system in (Type[])[typeof(PerfEvents<NoHook>), typeof(WithoutHook.PerfEvents), typeof(PerfEvents<CountingHook>)])
        {
            Type[] types = [.. TypesOf(system).Distinct()];

            // As in a program that has been running for a while: the JIT leaves out checks for what is initialised.
            foreach (Type type in types) RuntimeHelpers.RunClassConstructor(type.TypeHandle);
            foreach (Type type in types)
            {
                RuntimeTypeHandle[] arguments = [.. type.GetGenericArguments().Select(argument => argument.TypeHandle)];
                foreach (MethodBase method in type.GetConstructors(Declared).Concat<MethodBase>(type.GetMethods(Declared)))
                    if (method.GetMethodBody() is not null) RuntimeHelpers.PrepareMethod(method.MethodHandle, arguments);
            }
        }
    }

    /// <summary>A system's class, those nested in it, and the types of their fields, with the system's hook.</summary>
    private static IEnumerable<Type> TypesOf(Type type)
    {
        yield return type;
        Type[] hook = type.GetGenericArguments();
        foreach (Type nested in type.GetNestedTypes(Declared))
        {
            // A shared reference has a parameter more: it is compiled for each type that a field makes it refer to.
            if (nested.GetGenericArguments().Length != hook.Length) continue;
            foreach (Type inner in TypesOf(hook.Length == 0 ? nested : nested.MakeGenericType(hook))) yield return inner;
        }

        foreach (FieldInfo field in type.GetFields(Declared))
        {
            Type fieldType = field.FieldType.GetElementType() ?? field.FieldType;
            if (fieldType.IsGenericType && fieldType.Namespace == type.Namespace) yield return fieldType;
        }
    }
}
