// Follows values through the evaluation stack of one method: who pushed what an instruction takes, and who takes what it pushed.
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace PerfModel.CoyoteChild.Seam;

/// <summary>Good enough for what compilers emit: expressions, conditionals among them, that leave the stack as they found it.</summary>
internal sealed class StackWalk(MethodDefinition method)
{
    private readonly IList<Instruction> _code = method.Body.Instructions;

    /// <summary>The instruction that pushed the value at a depth (0 is the top) when <paramref name="at"/> runs, or null if it is not plain.</summary>
    public Instruction? Producer(Instruction at, int depth)
    {
        int wanted = depth + 1;
        for (Instruction? here = Before(at); here is not null; here = Before(here))
        {
            wanted -= Pushes(here);
            if (wanted <= 0)
                return here;
            wanted += Pops(here);
        }
        return null;
    }

    /// <summary>The instruction that takes what <paramref name="from"/> pushed, or null if it is not plain.</summary>
    public Instruction? Consumer(Instruction from)
    {
        int above = 0;
        for (Instruction? here = from.Next; here is not null; here = After(here))
        {
            if (Pops(here) > above)
                return here;
            above += Pushes(here) - Pops(here);
        }
        return null;
    }

    /// <summary>Whether the object or array that an instruction pushed was made in this method, so that nobody else can know it yet.</summary>
    public bool IsFresh(Instruction? producer) => IsFresh(producer, []);

    private bool IsFresh(Instruction? producer, HashSet<Instruction> seen)
    {
        // A local that is assigned from itself proves nothing either way; what else is assigned to it decides.
        if (producer is null || !seen.Add(producer))
            return producer is not null;
        return producer.OpCode.Code switch
        {
            Code.Newobj or Code.Newarr => true,
            Code.Dup or Code.Castclass => IsFresh(Producer(producer, 0), seen),
            Code.Ldarg_0 => method.IsConstructor && !method.IsStatic,
            _ => LocalRead(producer) is int local && Writes(local).All(write => IsFresh(Producer(write, 0), seen)),
        };
    }

    /// <summary>The field whose value an instruction pushed, straight or by way of a local, or null.</summary>
    public FieldReference? FieldBehind(Instruction? producer) => producer switch
    {
        null => null,
        { OpCode.Code: Code.Ldfld or Code.Ldsfld } => (FieldReference)producer.Operand,
        { OpCode.Code: Code.Dup or Code.Castclass } => FieldBehind(Producer(producer, 0)),
        _ when LocalRead(producer) is int local && Writes(local).ToList() is [Instruction only]
            && Producer(only, 0) is { OpCode.Code: Code.Ldfld or Code.Ldsfld } load => (FieldReference)load.Operand,
        _ => null,
    };

    /// <summary>The index of the parameter that an instruction pushes (without <c>this</c>), or null.</summary>
    public ParameterDefinition? ParameterRead(Instruction producer) => producer.OpCode.Code switch
    {
        Code.Ldarg_0 => Parameter(0),
        Code.Ldarg_1 => Parameter(1),
        Code.Ldarg_2 => Parameter(2),
        Code.Ldarg_3 => Parameter(3),
        Code.Ldarg_S or Code.Ldarg => (ParameterDefinition)producer.Operand,
        _ => null,
    };

    private ParameterDefinition? Parameter(int slot)
    {
        int index = method.HasThis ? slot - 1 : slot;
        return index < 0 ? method.Body.ThisParameter : method.Parameters[index];
    }

    private static int? LocalRead(Instruction instruction) => instruction.OpCode.Code switch
    {
        Code.Ldloc_0 => 0,
        Code.Ldloc_1 => 1,
        Code.Ldloc_2 => 2,
        Code.Ldloc_3 => 3,
        Code.Ldloc or Code.Ldloc_S => ((VariableDefinition)instruction.Operand).Index,
        _ => null,
    };

    private IEnumerable<Instruction> Writes(int local) => _code.Where(instruction => instruction.OpCode.Code switch
    {
        Code.Stloc_0 => local == 0,
        Code.Stloc_1 => local == 1,
        Code.Stloc_2 => local == 2,
        Code.Stloc_3 => local == 3,
        Code.Stloc or Code.Stloc_S => ((VariableDefinition)instruction.Operand).Index == local,
        _ => false,
    });

    // Behind a jump the code before is not what ran before: one of the jumps to here is.
    private Instruction? Before(Instruction here) =>
        here.Previous is { } previous && FallsThrough(previous)
            ? previous
            : _code.FirstOrDefault(jump => jump.Operand == here && jump.OpCode.OperandType is OperandType.InlineBrTarget or OperandType.ShortInlineBrTarget);

    private static Instruction? After(Instruction here) =>
        here.OpCode.FlowControl == FlowControl.Branch ? (Instruction)here.Operand : FallsThrough(here) ? here.Next : null;

    private static bool FallsThrough(Instruction instruction) =>
        instruction.OpCode.FlowControl is not (FlowControl.Branch or FlowControl.Return or FlowControl.Throw);

    private static int Pushes(Instruction instruction) => instruction.OpCode.StackBehaviourPush switch
    {
        StackBehaviour.Push0 => 0,
        StackBehaviour.Push1_push1 => 2,
        StackBehaviour.Varpush => instruction.Operand is IMethodSignature { ReturnType.MetadataType: MetadataType.Void } ? 0 : 1,
        _ => 1,
    };

    private int Pops(Instruction instruction) => instruction.OpCode.StackBehaviourPop switch
    {
        StackBehaviour.Pop0 => 0,
        StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref => 1,
        StackBehaviour.Pop1_pop1 or StackBehaviour.Popi_pop1 or StackBehaviour.Popi_popi or StackBehaviour.Popi_popi8
            or StackBehaviour.Popi_popr4 or StackBehaviour.Popi_popr8 or StackBehaviour.Popref_pop1 or StackBehaviour.Popref_popi => 2,
        StackBehaviour.Popi_popi_popi or StackBehaviour.Popref_popi_popi or StackBehaviour.Popref_popi_popi8
            or StackBehaviour.Popref_popi_popr4 or StackBehaviour.Popref_popi_popr8 or StackBehaviour.Popref_popi_popref => 3,
        StackBehaviour.Varpop when instruction.Operand is IMethodSignature callee =>
            callee.Parameters.Count + (callee.HasThis && instruction.OpCode.Code != Code.Newobj ? 1 : 0),
        StackBehaviour.Varpop when instruction.OpCode.Code == Code.Ret =>
            method.ReturnType.MetadataType == MetadataType.Void ? 0 : 1,
        _ => 0,
    };
}
