// Reads an assembly's code and says where it touches shared state in a way that the scheduler cannot see.
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace PerfModel.CoyoteChild.Seam;

/// <summary>The rule: shared state is touched only through the accessors, and the accessors use only what Coyote stands before.</summary>
/// <remarks>
/// Not shared, and so free: what a constructor does to its own object, what a method does to an object or array it has just made,
/// read-only fields, locals, structs passed by value, out parameters, and the elements of arrays that nobody writes after making them.
/// The address of an accessor struct may go anywhere, for it lets nobody at its field; a copy of one may not be made.
/// It errs on the strict side. Assemblies that wait or lock are not for it.
/// </remarks>
internal sealed class SeamLint
{
    private readonly string _assembly;
    private readonly HashSet<string> _accessors;
    private readonly string _scope;
    private readonly CoyoteShim _shim = new();
    private readonly List<string> _violations = [];
    private readonly HashSet<string> _writtenArrays = [];
    private readonly HashSet<string> _embeddedStructs = [];

    /// <param name="assembly">The assembly's file, not rewritten.</param>
    /// <param name="accessors">Full names of the types that hold the accessors, as in <c>Name.Space.Outer`1/Shared</c>.</param>
    /// <param name="scope">The namespace to look at; namespaces below it belong to it.</param>
    public SeamLint(string assembly, IEnumerable<string> accessors, string scope)
    {
        _assembly = assembly;
        _accessors = [.. accessors];
        _scope = scope;
    }

    /// <summary>One sentence for each violation, in the order of the code; none when the scheduler sees all.</summary>
    /// <exception cref="FormatException">The file was rewritten, or does not have such an accessor type.</exception>
    public IReadOnlyList<string> Violations()
    {
        using var module = ModuleDefinition.ReadModule(_assembly);
        if (module.Assembly.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "RewritingSignatureAttribute"))
            throw new FormatException($"{Path.GetFileName(_assembly)} is a rewritten copy; the original is what to look at");
        TypeDefinition[] types = [.. module.GetTypes().Where(type => InScope(type) && !IsGenerated(type))];
        if (_accessors.Except(types.Select(type => type.FullName)).FirstOrDefault() is string missing)
            throw new FormatException($"{Path.GetFileName(_assembly)} has no type {missing}");

        MethodDefinition[] methods = [.. module.GetTypes().Where(InScope).SelectMany(type => type.Methods).Where(method => method.HasBody)];
        foreach (MethodDefinition method in methods)
            CollectWrittenArrays(method);
        foreach (FieldDefinition field in types.Where(type => !type.IsValueType).SelectMany(type => type.Fields).Where(field => !field.IsStatic && !field.IsInitOnly))
            CollectEmbeddedStructs(field.FieldType);
        foreach (TypeDefinition type in types)
            CheckFields(type);
        foreach (MethodDefinition method in methods)
            CheckCode(method);
        return _violations;
    }

    private void CheckFields(TypeDefinition type)
    {
        foreach (FieldDefinition field in type.Fields.Where(field => !field.IsLiteral))
        {
            string name = $"{type.Name}.{field.Name}";
            if (field.FieldType is RequiredModifierType { ModifierType.Name: "IsVolatile" })
                _violations.Add($"{name} is a volatile field: Coyote stands before Volatile and Interlocked, not before the keyword");
            if (field.IsStatic && !field.IsInitOnly)
                _violations.Add($"{name} is a static field that can change: Coyote never sees static fields");
            if (field.FieldType.Namespace is "System.Collections.Generic" or "System.Collections.Concurrent")
                _violations.Add($"{name} is a {field.FieldType.Name.Split('`')[0]}: what it shares inside is out of Coyote's sight");
        }
    }

    // The arrays whose elements change after they were made: those must then be read through the accessors too.
    private void CollectWrittenArrays(MethodDefinition method)
    {
        var walk = new StackWalk(method);
        foreach (Instruction instruction in method.Body.Instructions.Where(instruction => instruction.OpCode.Code == Code.Ldelema))
        {
            if (walk.FieldBehind(walk.Producer(instruction, 1)) is FieldReference array)
                _writtenArrays.Add(array.FullName);
        }
    }

    // The structs that objects are made of: what their methods do to themselves, they do to a shared object.
    private void CollectEmbeddedStructs(TypeReference type)
    {
        if (OwnStruct(type) is TypeDefinition own && !IsAccessor(own) && _embeddedStructs.Add(own.FullName))
        {
            foreach (FieldDefinition field in own.Fields.Where(field => !field.IsStatic))
                CollectEmbeddedStructs(field.FieldType);
        }
    }

    private void CheckCode(MethodDefinition method)
    {
        bool inAccessor = IsAccessor(method.DeclaringType);
        var walk = new StackWalk(method);
        foreach (Instruction instruction in method.Body.Instructions)
        {
            string? violation = instruction.Operand is MethodReference called
                ? CheckCall(called, inAccessor, instruction, walk)
                : inAccessor ? null : CheckAccess(method, instruction, walk);
            if (violation is not null)
                _violations.Add($"{NameOf(method)} {violation}");
        }
    }

    private string? CheckCall(MethodReference called, bool inAccessor, Instruction call, StackWalk walk)
    {
        TypeReference type = called.DeclaringType;
        string name = $"{type.Name.Split('`')[0]}.{called.Name}";
        if (type.Namespace == "System.Threading" && type.Name is "Interlocked" or "Volatile")
        {
            return !inAccessor ? $"calls {name} itself instead of an accessor"
                : _shim.Complaint(called) is string complaint ? $"calls {name}{Types(called)}: {complaint}"
                : null;
        }
        if (type.Namespace.StartsWith("System.Threading", StringComparison.Ordinal))
            return $"uses {name}: lock-free code neither waits nor starts anything";
        if (type.Namespace == "System.Collections.Concurrent")
            return $"uses {name}: what it shares inside is out of Coyote's sight";
        bool reaches = type.FullName == "System.Array" && called.Name != "get_Length" && !TakesOnlyFreshArrays(called, call, walk)
            || type.FullName is "System.MemoryExtensions" or "System.Runtime.CompilerServices.Unsafe"
            || type.Namespace == "System.Runtime.InteropServices" && type.Name.EndsWith("Marshal", StringComparison.Ordinal);
        return reaches ? $"uses {name}: it reaches array elements or memory behind Coyote's back" : null;
    }

    private static bool TakesOnlyFreshArrays(MethodReference called, Instruction call, StackWalk walk) => called.Parameters
        .Where(parameter => parameter.ParameterType is ArrayType { } or { FullName: "System.Array" })
        .All(parameter => walk.IsFresh(walk.Producer(call, called.Parameters.Count - 1 - parameter.Index)));

    private string? CheckAccess(MethodDefinition method, Instruction instruction, StackWalk walk)
    {
        switch (instruction.OpCode.Code)
        {
            case Code.Ldfld or Code.Stfld or Code.Ldflda:
                return CheckField(method, instruction, walk);
            case Code.Ldelema:
                return IsMadeOfAccessors((TypeReference)instruction.Operand) || walk.IsFresh(walk.Producer(instruction, 1)) || GoesToOwnMethod(method, walk.Consumer(instruction))
                    ? null
                    : "takes the address of an array element, and not for an accessor";
            case Code.Stelem_Any or Code.Stelem_I or Code.Stelem_I1 or Code.Stelem_I2 or Code.Stelem_I4 or Code.Stelem_I8
                or Code.Stelem_R4 or Code.Stelem_R8 or Code.Stelem_Ref:
                return walk.IsFresh(walk.Producer(instruction, 2)) ? null : "writes an array element plainly: Coyote never sees array elements";
            case Code.Ldelem_Any or Code.Ldelem_I or Code.Ldelem_I1 or Code.Ldelem_I2 or Code.Ldelem_I4 or Code.Ldelem_I8
                or Code.Ldelem_R4 or Code.Ldelem_R8 or Code.Ldelem_Ref or Code.Ldelem_U1 or Code.Ldelem_U2 or Code.Ldelem_U4:
                return IsFrozenArray(walk.Producer(instruction, 1), walk)
                    ? null
                    : "reads an array element plainly: Coyote never sees array elements";
            case Code.Ldobj or Code.Ldind_I or Code.Ldind_I1 or Code.Ldind_I2 or Code.Ldind_I4 or Code.Ldind_I8 or Code.Ldind_R4
                or Code.Ldind_R8 or Code.Ldind_Ref or Code.Ldind_U1 or Code.Ldind_U2 or Code.Ldind_U4:
                return IsOwnAddress(method, walk.Producer(instruction, 0), walk) ? null : "reads through a reference plainly: Coyote never sees that";
            case Code.Stobj or Code.Stind_I or Code.Stind_I1 or Code.Stind_I2 or Code.Stind_I4 or Code.Stind_I8 or Code.Stind_R4
                or Code.Stind_R8 or Code.Stind_Ref:
                return IsOwnAddress(method, walk.Producer(instruction, 1), walk) ? null : "writes through a reference plainly: Coyote never sees that";
            default:
                return null;
        }
    }

    private string? CheckField(MethodDefinition method, Instruction instruction, StackWalk walk)
    {
        FieldDefinition? field = ((FieldReference)instruction.Operand).Resolve();
        if (field?.Module != method.Module || field.IsInitOnly || IsGenerated(field.DeclaringType))
            return null;
        bool writes = instruction.OpCode.Code == Code.Stfld;
        Instruction? owner = walk.Producer(instruction, writes ? 1 : 0);
        if (field.DeclaringType.IsValueType ? !IsEmbedded(field.DeclaringType, method, owner, walk) : walk.IsFresh(owner))
            return null;
        if (instruction.OpCode.Code != Code.Ldflda)
            return $"{(writes ? "writes" : "reads")} {field.DeclaringType.Name}.{field.Name} plainly";
        return IsMadeOfAccessors(field.FieldType) || GoesToOwnMethod(method, walk.Consumer(instruction))
            ? null
            : $"takes the address of {field.DeclaringType.Name}.{field.Name}, and not for an accessor";
    }

    // Whether a struct's field is touched where the struct may be part of a shared object: by way of `this` or another reference.
    private bool IsEmbedded(TypeDefinition type, MethodDefinition method, Instruction? owner, StackWalk walk) =>
        _embeddedStructs.Contains(type.FullName) && !method.IsConstructor
        && (owner is null || walk.ParameterRead(owner) is { ParameterType: ByReferenceType } or { ParameterType.IsValueType: true, Index: -1 });

    // Such a struct may be referred to from anywhere: there is no way into it but the accessors.
    private bool IsMadeOfAccessors(TypeReference type) => IsAccessor(type)
        || OwnStruct(type) is TypeDefinition own && own.Fields.Where(field => !field.IsStatic).All(field => IsMadeOfAccessors(field.FieldType));

    private static TypeDefinition? OwnStruct(TypeReference type) =>
        type.Resolve() is { IsValueType: true, IsPrimitive: false, IsEnum: false } definition && definition.Module == type.Module ? definition : null;

    private bool IsFrozenArray(Instruction? producer, StackWalk walk) =>
        walk.IsFresh(producer)
        || walk.FieldBehind(producer) is FieldReference array && !_writtenArrays.Contains(array.FullName) && array.Resolve() is { IsInitOnly: true };

    // An address may go to any method that is itself looked at: what that method does with it is judged there.
    private static bool GoesToOwnMethod(MethodDefinition method, Instruction? consumer) =>
        consumer?.Operand is MethodReference called && called.DeclaringType.Resolve()?.Module == method.Module;

    private static bool IsOwnAddress(MethodDefinition method, Instruction? producer, StackWalk walk) => producer?.OpCode.Code switch
    {
        null => false,
        Code.Ldloca or Code.Ldloca_S or Code.Ldarga or Code.Ldarga_S or Code.Unbox => true,
        // What is taken by address here was judged where it was taken; what a call hands out, in that call.
        Code.Ldflda or Code.Ldelema or Code.Ldsflda or Code.Call or Code.Callvirt => true,
        Code.Dup => IsOwnAddress(method, walk.Producer(producer, 0), walk),
        _ => walk.ParameterRead(producer) is ParameterDefinition parameter
            && (parameter.IsOut || parameter.IsIn || parameter == method.Body.ThisParameter),
    };

    private bool InScope(TypeDefinition type)
    {
        TypeDefinition outer = type;
        while (outer.DeclaringType is not null)
            outer = outer.DeclaringType;
        return outer.Namespace == _scope || outer.Namespace.StartsWith(_scope + ".", StringComparison.Ordinal);
    }

    private bool IsAccessor(TypeReference type) => _accessors.Contains(type.GetElementType().FullName);

    // Closures, iterators and cached delegates: the compiler's own types, known to one thread or written once with equal values.
    private static bool IsGenerated(TypeDefinition type) => type.Name.StartsWith('<');

    private static string NameOf(MethodDefinition method) => $"{method.DeclaringType.Name.Split('`')[0]}.{method.Name}";

    // Which overload: its type arguments, or the types of its parameters.
    private static string Types(MethodReference method) => method is GenericInstanceMethod generic
        ? $"<{string.Join(", ", generic.GenericArguments.Select(type => type.Name))}>"
        : $"({string.Join(", ", method.Parameters.Select(parameter => parameter.ParameterType.Name.TrimEnd('&')))})";
}
