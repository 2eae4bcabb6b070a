// What a subject's code comes to that Coyote does not control, or controls wrongly: there a hang, a deadlock or more says nothing of the subject.
using System.Collections.Immutable;
using Mono.Cecil;
using Mono.Cecil.Cil;
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Subjects;

namespace PerfModel.CoyoteChild.Rewriting;

/// <summary>Reads the code of assemblies, not rewritten, from one type on: what it uses, and what that uses. Reflection it does not see.</summary>
internal sealed class BeyondControl
{
    // They wait, or run something, where no scheduling point stands.
    private static readonly string[] Uncontrolled =
    [
        "System.Threading.Lock", "System.Threading.SpinLock", "System.Threading.Barrier", "System.Threading.CountdownEvent", "System.Threading.ManualResetEventSlim",
        "System.Threading.ReaderWriterLock", "System.Threading.ReaderWriterLockSlim", "System.Threading.Mutex", "System.Threading.Semaphore", "System.Threading.Timer",
        "System.Threading.PeriodicTimer", "System.Threading.ThreadPool", "System.Collections.Concurrent.BlockingCollection`1",
    ];

    private static readonly string[] UncontrolledNamespaces =
        ["System.Threading.Channels", "System.Threading.Tasks.Dataflow", "System.IO.Pipes", "System.IO.Pipelines", "System.Net", "System.Timers"];

    // The copies behave otherwise than the original: Holes.cs shows each. Its Set is a manual event's too, so of an EventWaitHandle it is where one is made.
    private const string AutoResetEvent = "System.Threading.AutoResetEvent", EventWaitHandle = "System.Threading.EventWaitHandle";

    private readonly Dictionary<string, TypeDefinition> _own = [];
    private readonly HashSet<TypeDefinition> _seen = [];
    private readonly Queue<TypeDefinition> _left = [];
    private readonly SortedSet<string> _uncontrolled = new(StringComparer.Ordinal), _mistaken = new(StringComparer.Ordinal);

    private BeyondControl()
    {
    }

    /// <summary>What the code uses.</summary>
    /// <param name="assemblies">The subject's, and those that go with it.</param>
    /// <param name="type">The subject's type, by its full name or its last word; null for the one that is a subject.</param>
    public static Reply.Uses Of(ImmutableArray<string> assemblies, string? type)
    {
        var walk = new BeyondControl();
        var modules = assemblies.Select(ModuleDefinition.ReadModule).ToList();
        foreach (var one in modules.SelectMany(module => module.GetTypes())) walk._own.TryAdd(one.FullName, one);
        foreach (var one in modules[0].GetTypes().Where(one => type is null ? one is { IsAbstract: false, HasGenericParameters: false } && (one.IsPublic || one.IsNestedPublic) && walk.IsSubject(one) : one.FullName.Replace('/', '+') == type || one.Name == type)) walk.Meet(one);
        while (walk._left.TryDequeue(out var next)) walk.Walk(next);
        foreach (var module in modules) module.Dispose();
        return new Reply.Uses([.. walk._uncontrolled], [.. walk._mistaken]);
    }

    private bool IsSubject(TypeDefinition type) =>
        type.Interfaces.Any(its => its.InterfaceType.FullName == typeof(ISubject).FullName) || (type.BaseType is { } parent && _own.TryGetValue(parent.GetElementType().FullName, out var own) && IsSubject(own));

    private void Walk(TypeDefinition type)
    {
        Meet(type.BaseType);
        foreach (var field in type.Fields) Meet(field.FieldType);
        foreach (var method in type.Methods.Where(method => method.HasBody))
        {
            foreach (var local in method.Body.Variables) Meet(local.VariableType);
            foreach (var instruction in method.Body.Instructions) Meet(instruction);
        }
    }

    private void Meet(Instruction instruction)
    {
        switch (instruction.Operand)
        {
            case MethodReference called:
                Meet(called.DeclaringType);
                if (called is { Name: ".ctor", DeclaringType.FullName: EventWaitHandle }) _mistaken.Add(EventWaitHandle);
                if (called is GenericInstanceMethod generic)
                    foreach (var argument in generic.GenericArguments) Meet(argument);
                if (called is { Name: nameof(Monitor.TryEnter), DeclaringType.FullName: "System.Threading.Monitor", Parameters.Count: > 1 } && called.Parameters[1].ParameterType is not ByReferenceType)
                    _mistaken.Add("Monitor.TryEnter with a time limit");
                break;
            case FieldReference field:
                Meet(field.DeclaringType);
                break;
            case TypeReference type:
                Meet(type);
                break;
        }
    }

    private void Meet(TypeReference? type)
    {
        switch (type)
        {
            case null or GenericParameter:
                return;
            case GenericInstanceType generic:
                foreach (var argument in generic.GenericArguments) Meet(argument);
                break;
        }

        var name = type.GetElementType().FullName;
        if (_own.TryGetValue(name, out var own))
        {
            if (_seen.Add(own)) _left.Enqueue(own);
        }
        else if (name == AutoResetEvent) _mistaken.Add(name);
        else if (Uncontrolled.Contains(name) || UncontrolledNamespaces.Any(space => type.Namespace == space || type.Namespace.StartsWith(space + ".", StringComparison.Ordinal))) _uncontrolled.Add(name.Split('`')[0]);
    }
}
